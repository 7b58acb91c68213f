"""Where things that stay are kept on this machine (a shell: it asks for the user's data folder)."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def data_folder() -> Path:
    """The user's data folder; it may not exist yet."""
    return Path(platformdirs.user_data_dir("relaxlisten", appauthor=False))


def catalogue_path() -> Path:
    """The catalogue of the listener's own music."""
    return data_folder() / "music.sqlite"


def observations_path() -> Path:
    """The observations that a therapist has keys for."""
    return Path(platformdirs.user_config_dir("relaxlisten", appauthor=False)) / "observations.toml"


def window_settings_path() -> Path:
    """What the window remembers of last time."""
    return Path(platformdirs.user_config_dir("relaxlisten", appauthor=False)) / "window.json"

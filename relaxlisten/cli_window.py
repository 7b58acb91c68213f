"""What the window is opened with: this machine's settings, straps, people and records.

Decision: `relaxlisten` alone remembers what was chosen and asks, at the first visit, whether sessions may be kept; a session that
is told on the command line (`listen`) does as it is told, remembers nothing and asks nothing.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from relaxlisten.runtime import LiveSession
    from relaxlisten.settings import SessionSettings
    from relaxlisten.window.choices import SessionChoices
    from relaxlisten.window.looking import Finder
    from relaxlisten.window.pages import Opening


def opening(settings: SessionSettings, launch: Callable[[SessionSettings], LiveSession], *, remembers: bool) -> Opening:
    """All that the window needs. remembers: whether choices are kept for the next visit."""
    from relaxlisten.assembly import shipped_protocols
    from relaxlisten.places import window_settings_path
    from relaxlisten.window.choices import SessionChoices
    from relaxlisten.window.opened import PAGES
    from relaxlisten.window.pages import Hooks, Opening
    from relaxlisten.window.start_model import Preset

    def launched(choices: SessionChoices) -> LiveSession:
        return launch(dataclasses.replace(settings, **dataclasses.asdict(choices)))

    chosen = {field.name: getattr(settings, field.name) for field in dataclasses.fields(SessionChoices)}
    if remembers:
        chosen["sensor"] = "ble"  # who opens the window has a strap, or is told how to do without
    presets = [Preset(name=p.name, title=p.title, description=p.description) for p in shipped_protocols()]
    return Opening(
        initial=SessionChoices(**chosen),
        presets=presets,
        launch=launched,
        pages=PAGES,
        hooks=Hooks(discard=_discard),
        settings_file=window_settings_path() if remembers else None,
        people=_people,
        finder=_finder,
    )


def _people() -> list[str]:
    """The pseudonyms of those of whom something is remembered."""
    from relaxlisten.places import data_folder

    folder = data_folder() / "people"
    return sorted(place.name for place in folder.iterdir() if place.is_dir()) if folder.is_dir() else []


def _finder() -> Finder:
    from relaxlisten.sensor.ble import BleakAir
    from relaxlisten.sensor.watch import StrapWatch

    return StrapWatch(BleakAir())


def _discard(record: Path) -> None:
    """Delete the record of a session that its listener does not want kept; the folder goes where it is empty then."""
    from relaxlisten.session.format import RECORD_NAME

    (record / RECORD_NAME).unlink(missing_ok=True)
    if not any(record.iterdir()):
        record.rmdir()

"""Reads the therapist's own observations from the user's configuration folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.errors import UsageError
from relaxlisten.window.therapist_keys import USUAL, Observation, parse_observations

if TYPE_CHECKING:
    from pathlib import Path


def read_observations(file: Path) -> tuple[tuple[Observation, ...], str]:
    """The observations, and what to say of the file: nothing where all is well or there is none."""
    try:
        return parse_observations(file.read_text(encoding="utf-8"), str(file)), ""
    except FileNotFoundError:
        return USUAL, ""
    except UsageError as fault:
        return USUAL, str(fault)
    except (OSError, UnicodeDecodeError) as fault:
        return USUAL, f"{file} cannot be read ({getattr(fault, 'strerror', None) or fault}): the usual observations are used."

"""What the window remembers from visit to visit: one small JSON file (a shell: it reads and writes it).

Decision: written whole and put in place at once, so that a crash leaves the old one or the new one. Whatever in it cannot be
understood is left at its default: a damaged file costs the choices of last time and never a start. Answers and volume caps are
of one session and are not remembered.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import logging
from typing import TYPE_CHECKING, Any

from relaxlisten.json_text import NotJson, parse_json
from relaxlisten.safe_files import replace_file
from relaxlisten.terms import Bed
from relaxlisten.window.choices import Light, Liking, Motion, Pacing, Remembered, SessionChoices, places_with, without_person

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_log = logging.getLogger(__name__)

_CHOSEN: Mapping[str, Callable[[Any], Any]] = {
    "sensor": str, "music": str, "protocol": str, "volume": lambda value: min(max(float(value), 0.0), 1.0),
    "bed": lambda value: Bed(value) if value else None, "person": lambda value: str(value) if value else None,
}  # fmt: skip
_LIKING: Mapping[str, Callable[[Any], Any]] = {
    "language": str, "view": str, "full_screen": bool, "pacing": Pacing, "trend": bool, "light": Light, "motion": Motion,
    "store": lambda value: None if value is None else bool(value),
}  # fmt: skip


class Memory:
    """What is remembered now. Without a file nothing outlasts the window: who needs no memory is asked nothing either."""

    def __init__(self, file: Path | None) -> None:
        self.now = read_remembered(file) if file else Remembered(liking=Liking(store=True, view="details"))
        self._file = file

    def like(self, liking: Liking) -> None:
        """Remember how somebody likes the window."""
        self._keep(dataclasses.replace(self.now, liking=liking))

    def choose(self, choices: SessionChoices, sensor_name: str) -> None:
        """Remember what was chosen for a session."""
        places = places_with(self.now.places, choices.music)
        chosen = dataclasses.replace(choices, ratings=())
        self._keep(dataclasses.replace(self.now, chosen=chosen, sensor_name=sensor_name, places=places))

    def forget_person(self, name: str) -> None:
        """Remember nobody in particular in the place of this person."""
        self._keep(without_person(self.now, name))

    def _keep(self, remembered: Remembered) -> None:
        self.now = remembered
        if self._file is not None:
            write_remembered(self._file, remembered)


def read_remembered(file: Path) -> Remembered:
    """What stands in the file; the defaults where there is none."""
    try:
        data = parse_json(file.read_bytes())
    except (OSError, NotJson):
        return Remembered()
    if not isinstance(data, dict):
        return Remembered()
    chosen = _understood(data.get("chosen"), _CHOSEN)
    whole = {"sensor", "music", "protocol", "volume"} <= chosen.keys()
    places = data.get("places")
    return Remembered(
        chosen=SessionChoices(**chosen) if whole else None,
        sensor_name=str(data.get("sensor_name", "")),
        places=tuple(str(place) for place in places) if isinstance(places, list) else (),
        liking=Liking(**_understood(data.get("liking"), _LIKING)),
    )


def write_remembered(file: Path, remembered: Remembered) -> bool:
    """Keep it; False where the disk refuses, which costs nothing but the memory."""
    data = dataclasses.asdict(remembered)
    if data["chosen"]:
        data["chosen"] = {name: data["chosen"][name] for name in _CHOSEN}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_file(file, json.dumps(data, indent=1, ensure_ascii=False).encode(), 0o600)  # it names straps and people
    except OSError as fault:
        _log.warning("The choices of this visit could not be remembered: %s", fault)
        return False
    return True


def _understood(data: object, readers: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """The fields of a table that can be read."""
    understood: dict[str, Any] = {}
    for name, reader in readers.items():
        if isinstance(data, dict) and name in data:
            with contextlib.suppress(ValueError, TypeError):
                understood[name] = reader(data[name])
    return understood

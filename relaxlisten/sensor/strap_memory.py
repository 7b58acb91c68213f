"""The file that remembers which straps were heard (a shell). It is a convenience: where it cannot be used, nothing is said."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from relaxlisten.json_text import NotJson, parse_json
from relaxlisten.safe_files import read_ordinary, replace_file
from relaxlisten.sensor.known_straps import KnownStraps, from_data, to_data, warning, with_strap

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "straps.json"


class StrapMemory:
    """What strap_thread.Greet asks, kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE_NAME

    def __call__(self, name: str, address: str) -> str | None:
        """Remember a strap that is heard now; a sentence where it is not the one that it seems to be."""
        known = self._read()
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._file, (json.dumps(to_data(with_strap(known, name, address)), indent=1) + "\n").encode(), 0o600)
        return warning(known, name, address)

    def _read(self) -> KnownStraps:
        try:
            return from_data(parse_json(read_ordinary(self._file)))
        except (OSError, NotJson):
            return KnownStraps()

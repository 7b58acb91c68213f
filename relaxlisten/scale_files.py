"""Files of scales: the one that ships, and those that somebody names (a shell: it reads them)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.control.scales import chosen, parse_scales
from relaxlisten.errors import UsageError
from relaxlisten.safe_files import read_ordinary
from relaxlisten.shipped import shipped_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.control.protocol import RatingQuestion


def shipped_scales() -> tuple[RatingQuestion, ...]:
    """The scales that come with the program."""
    return read_scales(shipped_folder("scales") / "standard.toml")


def load_scales(names: Sequence[str]) -> tuple[RatingQuestion, ...]:
    """Scales by name, or all of a .toml file. Raises UsageError for what there is not, or cannot be used."""
    found: list[RatingQuestion] = []
    for name in names:
        found += read_scales(Path(name)) if name.endswith(".toml") else chosen(shipped_scales(), [name])
    return tuple(found)


def read_scales(file: Path) -> tuple[RatingQuestion, ...]:
    """All scales of a file. Raises UsageError with one sentence, which names the line."""
    try:
        return parse_scales(read_ordinary(file).decode("utf-8"), file.name)
    except (OSError, UnicodeDecodeError) as fault:
        message = f"The scales in {file} cannot be read ({fault}): it must be a text file in UTF-8."
        raise UsageError(message) from fault

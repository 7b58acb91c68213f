"""docs/benchmarks.md is one document of several parts: each bench writes the part under its own first heading, and no other."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def replace_part(document: str, part: str) -> str:
    """The document with this part in the place of the one under the same first heading; at the end, if there was none.

    part: begins with its heading, "# Name". Lines of code blocks are no headings.
    """
    parts = split(document)
    heading = part.splitlines()[0]
    if not heading.startswith("# "):
        message = f"A part begins with its heading, not with {heading!r}."
        raise ValueError(message)
    headings = [one.partition("\n")[0] for one in parts]
    if heading in headings:
        parts[headings.index(heading)] = part
    else:
        parts.append(part)
    return "\n\n".join(one.strip("\n") for one in parts) + "\n"


def split(document: str) -> list[str]:
    """The parts of a document, each from its heading on; what comes before the first heading is a part too."""
    parts: list[list[str]] = []
    in_code = False
    for line in document.splitlines():
        in_code ^= line.startswith("```")
        if not parts or (line.startswith("# ") and not in_code):
            parts.append([])
        parts[-1].append(line)
    return ["\n".join(lines) for lines in parts]


def publish(lines: Iterable[str], document: Path | None) -> None:
    """Print each line as it comes; where a document is named, put them all into it instead, once the last has come."""
    if document is None:
        for line in lines:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        return
    part = "\n".join(lines)
    document.write_text(replace_part(document.read_text() if document.exists() else "", part))

"""Pieces that a person must not hear.

Decision: an avoided piece never enters the session's repertoire, so that no rule of choosing, no playlist's order, no donor's
session and no skip can come to it; where nothing else is left, there is silence and a notice. It is named as people name
pieces: by title, by file, or by a pattern with * and ?, without regard to case.
"""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.messages import Track

CODE = "only_avoided_pieces"
TEXT = "All pieces that were found are ones to avoid, so nothing is played: choose other music."


def is_avoided(track: Track, avoid: Sequence[str]) -> bool:
    """Whether one of the names or patterns means this piece."""
    path = track.track_id.partition(":")[2]
    names = [name.casefold() for name in (track.title, track.track_id, path, path.rsplit("/", 1)[-1])]
    return any(_means(one.casefold().strip(), name) for one in avoid for name in names)


def _means(wanted: str, name: str) -> bool:
    """Brackets are letters here: titles have them."""
    return fnmatch.fnmatchcase(name, wanted.replace("[", "[[]"))

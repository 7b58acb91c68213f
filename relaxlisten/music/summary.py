"""What lists and the builder need of a piece, short enough that thousands are read at once.

Decision: what a piece is taken for is worked out when something about it changes, not when it is asked for: the catalogue keeps
a summary beside each file (`summaries`, made anew by triggers), so that a list of 5,000 is read as it stands. Arousal is not
among it: it depends on all the other pieces, so only its features are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from relaxlisten.music.arousal import FEATURES, arousals_of, features
from relaxlisten.music.catalogue_rows import packed, unpacked
from relaxlisten.music.described import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.music.described import Known


class Summary(NamedTuple):
    """One file, as `piece_facts` names things. problem: a sentence where it cannot be played.

    content: what tells the piece, None where it could not be read. followed: its tempo may be led. candidates: packed doubles,
    tempi that were heard; empty, as features is, where the piece was not heard.
    """

    path: str
    content: str | None
    title: str | None
    artist: str | None
    duration_s: float | None
    pulse: str | None
    tempo_bpm: float | None
    tempo_source: str
    tag_tempo_bpm: float | None
    tag_tempo_verdict: str
    key: str | None
    loudness_lufs: float | None
    brightness_hz: float | None
    followed: bool
    excluded: bool
    problem: str | None
    candidates: bytes
    features: bytes

    @property
    def candidates_bpm(self) -> tuple[float, ...]:
        """Tempi that were heard in it, most salient first."""
        return tuple(unpacked(self.candidates))


COLUMNS = Summary._fields[1:]


def summarised(content: str | None, known: Known, problem: str | None) -> list[Any]:
    """Values of COLUMNS."""
    found, heard = describe(known), known.analysis
    return [
        content,
        known.sidecar.title or known.tags.title,
        known.tags.artist,
        None if problem else found.duration_s,
        None if problem else found.pulse.value,
        found.tempo_bpm,
        found.tempo_source.value,
        known.tags.tempo_bpm,
        found.tempo_tag.value,
        found.key,
        found.loudness_lufs,
        heard and heard.centroid_hz,
        found.followed,
        known.overrides.excluded,
        problem,
        packed(one.tempo_bpm for one in heard.tempo_candidates) if heard else b"",
        packed(features(heard)) if heard else b"",
    ]


def arousal_of(summaries: Sequence[Summary]) -> dict[str | None, float | None]:
    """How stirring each piece is beside all the others, by content; a piece that lies in two places counts once."""
    heard = {one.content: one.features for one in summaries if one.features}
    table = np.frombuffer(b"".join(heard.values())).reshape(-1, FEATURES)
    return dict(zip(heard, arousals_of(table), strict=True))

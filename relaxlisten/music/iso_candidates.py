"""From what is known of pieces to candidates for the way down.

Decision: a piece whose beat is weak and that nobody speaks for counts as one without a pulse, as in a session. Energy is the
arousal beside all other pieces of the catalogue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.music.described import describe, title_of
from relaxlisten.music.iso_cost import Candidate

if TYPE_CHECKING:
    from relaxlisten.music.described import Known


def candidate(name: str, file_name: str, known: Known, arousal: float | None) -> Candidate | None:
    """A piece as a candidate; None where the listener has excluded it. file_name: shown where there is no title."""
    if known.overrides.excluded:
        return None
    found, heard = describe(known), known.analysis
    return Candidate(
        name=name,
        title=known.sidecar.title or known.tags.title or title_of(known) or file_name,
        artist=known.tags.artist,
        duration_s=found.duration_s,
        tempo_bpm=found.tempo_bpm if found.followed else None,
        candidates_bpm=tuple(one.tempo_bpm for one in heard.tempo_candidates) if heard else (),
        energy=arousal,
        brightness_hz=heard.centroid_hz if heard and heard.centroid_hz > 0.0 else None,
        key=found.key,
    )

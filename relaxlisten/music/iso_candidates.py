"""From what is known of pieces to candidates for the way down.

Decision: a piece whose beat is weak and that nobody speaks for counts as one without a pulse, as in a session. Energy is the
arousal beside all other pieces of the catalogue. What the listener has excluded, and what was not heard, is no candidate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.music.iso_cost import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from relaxlisten.music.summary import Summary


def candidates(
    summaries: Iterable[Summary], arousal_of: Mapping[str | None, float | None], stem: Callable[[str], str]
) -> list[Candidate]:
    """Pieces as candidates; a piece that lies in several places is there once, by its first place. stem: of a file's name."""
    chosen: dict[str | None, Summary] = {}
    for one in summaries:
        if one.features and not one.excluded:
            chosen.setdefault(one.content, one)
    return [_candidate(one, one.title or stem(one.path), arousal_of.get(one.content)) for one in chosen.values()]


def _candidate(one: Summary, title: str, arousal: float | None) -> Candidate:
    tempo_bpm = one.tempo_bpm if one.followed else None
    return Candidate(
        one.path,
        title,
        one.duration_s or 0.0,
        tempo_bpm,
        one.artist,
        one.candidates_bpm,
        arousal,
        one.brightness_hz or None,
        one.key,
    )

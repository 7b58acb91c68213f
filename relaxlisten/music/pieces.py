"""The built-in pieces, read from the files that ship with the program (`playlists/builtin`).

Decision: twelve pieces, four in each of three moods. The ten with a pulse lie a ratio of at most 9/8 apart from 48 to 84 BPM, so
that a stretch of ±8 % reaches every tempo from 45 to 90. In 6/8 a beat is a dotted quarter, two to the bar, because that is
what one would rock a cradle to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from relaxlisten.music.arrange import FIRST_BEAT_S, arrange, duration_s
from relaxlisten.music.free import float_freely
from relaxlisten.music.notation import METRES
from relaxlisten.music.piece_file import Mood, PieceFile, read_piece
from relaxlisten.music.plan import FreePlan, Plan
from relaxlisten.shipped import shipped_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.music.score import Score

_FOLDER = "playlists"
_SUBFOLDER = "builtin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The facts of a built-in piece and how to get its notes. tempo_bpm, metre: None for those without a pulse.

    sections: the form, each section with the second at which it begins.
    """

    name: str
    title: str
    mood: Mood
    key: str
    metre: str | None
    tempo_bpm: float | None
    first_beat_s: float
    beats_per_bar: int
    duration_s: float
    instruments: str
    good_for: str
    arousal: float | None
    sections: tuple[tuple[str, float], ...]
    plan: Plan | FreePlan
    compose: Callable[[int], Score]


def piece_of(name: str, said: PieceFile) -> Piece:
    """A piece from what its file says."""
    plan = said.plan
    pulsed = isinstance(plan, Plan)
    return Piece(
        name=name,
        title=said.title,
        mood=said.mood,
        key=said.key,
        metre=said.metre,
        tempo_bpm=plan.tempo_bpm if isinstance(plan, Plan) else None,
        first_beat_s=FIRST_BEAT_S if pulsed else 0.0,
        beats_per_bar=METRES[said.metre].beats_per_bar if said.metre else 4,
        duration_s=duration_s(plan) if isinstance(plan, Plan) else plan.duration_s,
        instruments=said.instruments,
        good_for=said.good_for,
        arousal=said.arousal,
        sections=_sections(plan) if isinstance(plan, Plan) else plan.parts,
        plan=plan,
        compose=partial(arrange, plan) if isinstance(plan, Plan) else partial(float_freely, plan),
    )


def _sections(plan: Plan) -> tuple[tuple[str, float], ...]:
    bar_s = plan.metre.beats_per_bar * 60.0 / plan.tempo_bpm
    begun, bar = [], 0
    for section in plan.form:
        begun.append((section.name, FIRST_BEAT_S + bar * bar_s))
        bar += len(plan.themes[section.theme].chords)
    return tuple(begun)


def _shipped() -> dict[str, Piece]:
    """All pieces by name: by tempo, slowest first, then those without a pulse."""
    files = (shipped_folder(_FOLDER) / _SUBFOLDER).glob("*.toml")
    pieces = [piece_of(file.stem, read_piece(file.read_text(encoding="utf-8"), file.name)) for file in files]
    return {piece.name: piece for piece in sorted(pieces, key=lambda piece: (piece.tempo_bpm or 1e9, piece.name))}


PIECES = _shipped()

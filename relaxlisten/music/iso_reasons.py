"""Why each piece of a way down was picked, and what the library could not give; sentences with their numbers."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.key_circle import fifths_apart
from relaxlisten.music.iso_cost import STEP, TOLERANCE
from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.music.iso_cost import Candidate, Wish

_WORTH_TELLING = 0.005  # half a per cent of tempo is heard by nobody
_LEVELS = {1.0: "", 2.0: ", felt at twice that", 0.5: ", felt at half that", 3.0: ", felt at three times that"}
_A_THIRD = ", felt at a third of that"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A piece in its place. begin_s, heard_s: on the way, stretched. level: factor of the metrical level at which it is felt.

    path_bpm, heard_bpm: the tempo of the path, and what is heard, where it begins and where it ends (None: no pulse).
    part: how far down its middle lies, 0 to 1.
    """

    piece: Candidate
    begin_s: float
    heard_s: float
    silence_before_s: float
    level: float
    path_bpm: tuple[float, float]
    heard_bpm: tuple[float, float] | None
    part: float
    reason: str = ""

    @property
    def stretches(self) -> tuple[float, float]:
        """Heard tempo over own where it begins and where it ends, less 1; (0, 0) without a pulse."""
        return (0.0, 0.0) if self.heard_bpm is None else self._against(self.heard_bpm)

    @property
    def needed(self) -> float:
        """The largest stretch that the path asks of the piece, whether the limits allow it or not."""
        return 0.0 if self.heard_bpm is None else max(abs(part) for part in self._against(self.path_bpm))

    @property
    def misses(self) -> tuple[float, float]:
        """Heard tempo over the path's, less 1."""
        if self.heard_bpm is None:
            return 0.0, 0.0
        return self.heard_bpm[0] / self.path_bpm[0] - 1.0, self.heard_bpm[1] / self.path_bpm[1] - 1.0

    def _against(self, tempi_bpm: tuple[float, float]) -> tuple[float, float]:
        own_bpm = (self.piece.tempo_bpm or 1.0) * self.level
        return tempi_bpm[0] / own_bpm - 1.0, tempi_bpm[1] / own_bpm - 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A way down. cost: in the unit of iso_cost; gap: by how much the best way may be cheaper. notes: what could not be done."""

    wish: Wish
    picks: tuple[Pick, ...]
    length_s: float
    cost: float
    gap: float
    notes: tuple[str, ...]

    @property
    def largest_stretch(self) -> float:
        """The largest stretch that the path asks of any piece, a part of 1."""
        return max((pick.needed for pick in self.picks), default=0.0)


def reasons(picks: Sequence[Pick], wish: Wish, energy_path: tuple[float, float]) -> tuple[Pick, ...]:
    """The picks, each with its reason."""
    before = [None, *picks][: len(picks)]
    told = [
        "; ".join(part for part in (_tempo(pick), _energy(pick, energy_path), _key(pick, last)) if part) + "."
        for pick, last in zip(picks, before, strict=True)
    ]
    return tuple(dataclasses.replace(pick, reason=reason) for pick, reason in zip(picks, told, strict=True))


def _tempo(pick: Pick) -> str:
    if pick.heard_bpm is None:
        return f"No pulse: played as it is, {min(pick.part, 1.0):.0%} of the way down"
    own = f"{pick.piece.tempo_bpm:.1f} BPM{_LEVELS.get(pick.level, _A_THIRD)}"
    first, last = (100.0 * stretch for stretch in pick.stretches)
    played = f"played at {pick.heard_bpm[0]:.1f} to {pick.heard_bpm[1]:.1f} BPM ({first:+.1f} to {last:+.1f} %)"
    return f"{own}, {played}, where the path goes from {pick.path_bpm[0]:.1f} to {pick.path_bpm[1]:.1f}"


def _energy(pick: Pick, energy_path: tuple[float, float]) -> str:
    if pick.piece.energy is None:
        return ""
    wished = energy_path[0] + (energy_path[1] - energy_path[0]) * min(pick.part, 1.0)
    return f"energy {pick.piece.energy:+.1f} (path {wished:+.1f})"


def _key(pick: Pick, last: Pick | None) -> str:
    if last is None or pick.silence_before_s:
        return ""
    steps = fifths_apart(last.piece.key, pick.piece.key)
    if steps is None:
        return ""
    on_circle = f"{steps} steps on the circle of fifths"
    distance = {0: "the same notes", 1: "neighbours on the circle of fifths"}.get(steps, on_circle)
    return f"{pick.piece.key} after {last.piece.key}: {distance}"


# ---- what could not be done ----


def notes(picks: Sequence[Pick], pieces: Sequence[Candidate], wish: Wish, length_s: float) -> tuple[str, ...]:
    """One sentence for everything in which the way falls short of the wish."""
    pairs = list(itertools.pairwise(picks))
    return (
        *_length(pieces, wish, length_s),
        *(sentence for pick in picks for sentence in _missing(pick, wish)),
        *(sentence for last, pick in pairs for sentence in _step(last, pick, pieces)),
        *_artists(pairs, pieces),
        *_silences(picks, wish),
    )


def _length(pieces: Sequence[Candidate], wish: Wish, length_s: float) -> list[str]:
    if abs(length_s / wish.length_s - 1.0) <= TOLERANCE:
        return []
    there_s = sum(piece.duration_s for piece in pieces)
    why = f"the library holds only {_minutes(there_s)}" if there_s < wish.length_s else "no choice of whole pieces comes nearer"
    return [f"The way lasts {_minutes(length_s)} where {_minutes(wish.length_s)} were asked for: {why}."]


def _missing(pick: Pick, wish: Wish) -> list[str]:
    at = max((0, 1), key=lambda end: abs(pick.misses[end]))
    miss = pick.misses[at]
    if pick.heard_bpm is None or abs(miss) <= _WORTH_TELLING:
        return []
    return [
        f"{pick.piece.title} is heard at {pick.heard_bpm[at]:.1f} BPM where the path asks for {pick.path_bpm[at]:.1f} "
        f"({100.0 * miss:+.1f} %): it may be stretched by {wish.stretch_percent:g} % at most."
    ]


def _step(last: Pick, pick: Pick, pieces: Sequence[Candidate]) -> list[str]:
    if last.heard_bpm is None or pick.heard_bpm is None or pick.silence_before_s:
        return []
    from_bpm, to_bpm = last.heard_bpm[1], pick.heard_bpm[0]
    step = to_bpm / from_bpm - 1.0
    if abs(step) <= STEP:
        return []
    low, high = sorted((from_bpm, to_bpm))
    between = any(low < tempo_bpm < high for piece in pieces for tempo_bpm in _tempi(piece))
    why = "what lies between fits worse" if between else f"the library has no piece between {low:.0f} and {high:.0f} BPM"
    return [f"The step from {last.piece.title} to {pick.piece.title} is {100.0 * step:+.0f} %: {why}."]


def _tempi(piece: Candidate) -> list[float]:
    return [] if piece.tempo_bpm is None else [piece.tempo_bpm * factor for factor in (0.5, 1.0, 2.0)]


def _artists(pairs: Sequence[tuple[Pick, Pick]], pieces: Sequence[Candidate]) -> list[str]:
    twice = [(last.piece, pick.piece) for last, pick in pairs if last.piece.artist and _artist(last.piece) == _artist(pick.piece)]
    if twice and len({_artist(piece) for piece in pieces if piece.artist}) == 1:
        return [f"The library has one artist only, {twice[0][0].artist}."]
    return [f"{one.artist} comes twice in a row ({one.title}, {other.title}): all other ways cost more." for one, other in twice]


def _artist(piece: Candidate) -> str:
    return (piece.artist or "").casefold()


def _silences(picks: Sequence[Pick], wish: Wish) -> list[str]:
    left = len(wish.silences_s) - sum(pick.silence_before_s > 0.0 for pick in picks)
    return [f"{left} of {len(wish.silences_s)} silences found no place between two pieces."] if left else []


def _minutes(length_s: float) -> str:
    return f"{length_s / S_PER_MIN:.1f} min"

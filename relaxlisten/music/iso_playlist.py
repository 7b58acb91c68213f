"""From a library to a way down: pieces in an order that leads from one tempo to a slower one, each with its reason.

Decision: what a way costs stands in iso_cost, how the cheapest is found in iso_search. Here it becomes a plan in seconds, with
the tempi at which each piece is heard, and honest sentences about what the library cannot do. Of a large library those pieces
are tried first that may cost least in some stretch of the way; then all those that could still be in a cheaper way than was
found, which are few.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.music.iso_reasons import Pick, Plan, notes, reasons
from relaxlisten.music.iso_search import cheapest_way
from relaxlisten.music.iso_table import Shelf
from relaxlisten.music.metrical_level import nearest_level
from relaxlisten.music.playlist_entry import PLAN, Playlist, PlaylistEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from relaxlisten.music.iso_cost import Candidate, Wish
    from relaxlisten.music.iso_search import Way

_FEW = 30  # of each stretch of the way
SHORTEST_S = 30.0  # what is shorter is a jingle or an effect, no piece


def build(pieces: Sequence[Candidate], wish: Wish) -> Plan:
    """The cheapest way down through these pieces."""
    usable = [piece for piece in pieces if piece.duration_s >= SHORTEST_S]
    shelf = Shelf(usable, wish)
    return planned(usable, wish, cheapest_of(shelf), shelf.energy_path)


def cheapest_of(shelf: Shelf) -> Way:
    """The cheapest way through a whole library, however large."""
    least = shelf.least_costs()
    few = np.unique(np.argsort(least, axis=1, kind="stable")[:, :_FEW])
    way = cheapest_way(shelf.table(few))
    left = np.union1d(few, np.flatnonzero(least.min(axis=0) < way.cost))
    if len(left) > len(few):
        known = [(int(np.searchsorted(left, few[step.piece])), step.silence is not None) for step in way.steps]
        few, way = left, cheapest_way(shelf.table(left), known)
    steps = tuple(replace(step, piece=int(few[step.piece])) for step in way.steps)
    return replace(way, steps=steps)


def plan_playlist(plan: Plan, location_of: Callable[[str], str]) -> Playlist:
    """The plan as a playlist; location_of: the place of a piece by its name."""
    entries = tuple(_entry(pick, location_of(pick.piece.name)) for pick in plan.picks)
    title = f"From {plan.wish.from_bpm:g} to {plan.wish.to_bpm:g} BPM in {plan.length_s / 60.0:.0f} minutes"
    return Playlist(title=title, entries=entries, in_order=True)


def pick_facts(pick: Pick) -> dict[str, object]:
    """A pick as plain data, for other programs; what there is not is null."""
    return {
        "begins_s": round(pick.begin_s, 1),
        "heard_s": round(pick.heard_s, 1),
        "silence_before_s": pick.silence_before_s,
        "tempo_bpm": pick.piece.tempo_bpm,
        "level": pick.level,
        "path_bpm": [round(tempo_bpm, 2) for tempo_bpm in pick.path_bpm],
        "target_bpm": None if pick.heard_bpm is None else [round(tempo_bpm, 2) for tempo_bpm in pick.heard_bpm],
        "time_ratio": round(pick.heard_s / pick.piece.duration_s, 4),
        "energy": pick.piece.energy,
        "brightness_hz": pick.piece.brightness_hz,
        "key": pick.piece.key,
        "reason": pick.reason,
    }


def _entry(pick: Pick, location: str) -> PlaylistEntry:
    return PlaylistEntry(
        location=location,
        title=pick.piece.title,
        artist=pick.piece.artist,
        duration_s=pick.piece.duration_s,
        note=pick.reason,
        extension={PLAN: [pick_facts(pick)]},
    )


def planned(pieces: Sequence[Candidate], wish: Wish, way: Way, energy_path: tuple[float, float]) -> Plan:
    """A way through these pieces in seconds and sentences. energy_path: where the energy of the path begins and ends."""
    picks: list[Pick] = []
    now_s = 0.0
    for step in way.steps:
        silence_s = 0.0 if step.silence is None else wish.silences_s[step.silence]
        picks.append(_pick(pieces[step.piece], wish, now_s + silence_s, silence_s))
        now_s = picks[-1].begin_s + picks[-1].heard_s
    explained = reasons(picks, wish, energy_path)
    cannot = notes(explained, pieces, wish, now_s)
    return Plan(wish=wish, picks=explained, length_s=now_s, cost=way.cost, gap=way.gap, notes=cannot)


@dataclass(frozen=True, slots=True)
class _Held:
    """A piece at a metrical level, held within the limits of stretching."""

    level_bpm: float
    wish: Wish

    def heard_bpm(self, at_s: float) -> float:
        slowest, fastest = self.wish.ln_limits
        away = math.log(self.wish.tempo_bpm(at_s / self.wish.length_s) / self.level_bpm)
        return self.level_bpm * math.exp(min(max(away, slowest), fastest))


def _pick(piece: Candidate, wish: Wish, begin_s: float, silence_s: float) -> Pick:
    middle_s = begin_s + piece.duration_s / 2.0
    if piece.tempo_bpm is None:
        level, heard_s, heard_bpm = 1.0, piece.duration_s, None
    else:
        level = nearest_level(piece.tempo_bpm, wish.tempo_bpm(middle_s / wish.length_s), piece.candidates_bpm)
        held = _Held(piece.tempo_bpm * level, wish)
        heard_s = piece.duration_s * held.level_bpm / held.heard_bpm(middle_s)
        heard_bpm = (held.heard_bpm(begin_s), held.heard_bpm(begin_s + heard_s))
    path_bpm = (wish.tempo_bpm(begin_s / wish.length_s), wish.tempo_bpm((begin_s + heard_s) / wish.length_s))
    return Pick(
        piece=piece, begin_s=begin_s, heard_s=heard_s, silence_before_s=silence_s, level=level, path_bpm=path_bpm,
        heard_bpm=heard_bpm, part=(begin_s + heard_s / 2.0) / wish.length_s,
    )  # fmt: skip

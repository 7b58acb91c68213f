"""The ways in which a written tune may be sung again: variation as composers practise it, one small function each.

Decision: a theme is written out by hand and stays recognisable; what varies is how much of it is sung, what lies between its
notes and who answers. The seed decides only which of the possible ornaments are heard.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from relaxlisten.music.harmony import parse_chord, pitches_of
from relaxlisten.music.notation import Sung

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from relaxlisten.music.plan import Plan, Theme

    Manner = Callable[[Plan, Theme, np.random.Generator], list[Sung]]

PHRASE_BARS = 4
_THIRD, _FIFTH, _SIXTH = (3, 4), (5, 7), (8, 9)


def plain(_plan: Plan, theme: Theme, _chance: np.random.Generator) -> list[Sung]:
    """As written."""
    return list(theme.tune)


def sparse(plan: Plan, theme: Theme, _chance: np.random.Generator) -> list[Sung]:
    """The bones: the first note of each bar, held through it."""
    bar_beats = plan.metre.beats_per_bar
    return [replace(note, length_beats=float(bar_beats)) for note in theme.tune if note.beat % bar_beats < 1e-9]


def ornamented(plan: Plan, theme: Theme, chance: np.random.Generator) -> list[Sung]:
    """Longer notes lead into the next one by a step from its side, or turn to their upper neighbour and back."""
    sung = []
    for note, after in pairwise([*theme.tune, theme.tune[0]]):
        last = after.beat <= note.beat
        short = 1.0 / plan.metre.units_per_beat if plan.metre.units_per_beat > 1 else 0.5
        bar_beats = plan.metre.beats_per_bar
        across = note.beat % bar_beats + note.length_beats > bar_beats + 1e-9  # what is held over a bar line stays held
        if last or across or note.length_beats < 3.0 * short or chance.random() > 0.55:
            sung.append(note)
            continue
        sung += _led_on(plan, note, after, short)
    return sung


def second_voice(plan: Plan, theme: Theme, _chance: np.random.Generator) -> list[Sung]:
    """A lower voice that goes with the tune: a third below where the chord has one, else a sixth, else a fourth or fifth."""
    sung = []
    for note in theme.tune:
        tones = parse_chord(theme.chords[int((note.beat + 1e-9) // plan.metre.beats_per_bar)]).tones
        below = pitches_of(tones, note.pitch - 9, note.pitch - 3)
        ranked = [pitch for least, most in (_THIRD, _SIXTH, _FIFTH) for pitch in below if least <= note.pitch - pitch <= most]
        if ranked:
            sung.append(replace(note, pitch=ranked[0]))
    return sung


def call(plan: Plan, theme: Theme, _chance: np.random.Generator) -> list[Sung]:
    """The first half of each phrase, and silence where another may answer."""
    return [note for note in theme.tune if _in_phrase(plan, note) < PHRASE_BARS / 2]


def answer(plan: Plan, theme: Theme, _chance: np.random.Generator) -> list[Sung]:
    """The second half of each phrase."""
    return [note for note in theme.tune if _in_phrase(plan, note) >= PHRASE_BARS / 2]


def echo(plan: Plan, theme: Theme, _chance: np.random.Generator) -> list[Sung]:
    """What opens every second bar comes again one beat later, as from another room; shorter, so that it is gone in time."""
    bar_beats = plan.metre.beats_per_bar
    sung = []
    for note in theme.tune:
        bar = int((note.beat + 1e-9) // bar_beats)
        if bar % 2 == 1 and note.beat % bar_beats < 1e-9 and note.length_beats >= 0.5 * bar_beats:
            sung.append(replace(note, beat=note.beat + 1.0, length_beats=note.length_beats / 2.0))
    return sung


def drawn_out(plan: Plan, theme: Theme, _chance: np.random.Generator) -> list[Sung]:
    """Augmentation against itself: of each pair of bars the first note alone, held through both where the second chord has it."""
    bar_beats = plan.metre.beats_per_bar
    sung = []
    for note in theme.tune:
        bar = int((note.beat + 1e-9) // bar_beats)
        if bar % 2 == 0 and note.beat % bar_beats < 1e-9:
            later = theme.chords[min(bar + 1, len(theme.chords) - 1)]
            kept = note.pitch % 12 in parse_chord(later).tones
            sung.append(replace(note, length_beats=bar_beats * (1.9 if kept else 0.9)))
    return sung


MANNERS: dict[str, Manner] = {
    "plain": plain,
    "sparse": sparse,
    "ornamented": ornamented,
    "second": second_voice,
    "call": call,
    "answer": answer,
    "echo": echo,
    "drawn": drawn_out,
}


def _in_phrase(plan: Plan, note: Sung) -> float:
    return (note.beat / plan.metre.beats_per_bar + 1e-9) % PHRASE_BARS


def _led_on(plan: Plan, note: Sung, after: Sung, short: float) -> list[Sung]:
    """A note, cut short, and what leads from it to the one after."""
    gap = after.pitch - note.pitch
    end = note.beat + note.length_beats
    if abs(gap) in (3, 4) and after.beat - end < 1e-9:  # a third: the step between
        between = pitches_of(plan.scale, min(note.pitch, after.pitch) + 1, max(note.pitch, after.pitch) - 1)
        if between:
            return [replace(note, length_beats=note.length_beats - short), Sung(end - short, short, between[0])]
    upper = next(iter(pitches_of(plan.scale, note.pitch + 1, note.pitch + 2)), None)
    if upper is None or note.length_beats < 4.0 * short:
        return [note]
    head = note.length_beats - 2.0 * short
    return [replace(note, length_beats=head), Sung(note.beat + head, short, upper), Sung(end - short, short, note.pitch)]

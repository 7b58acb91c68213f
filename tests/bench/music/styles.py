"""The pulsed pieces of the corpus: who plays what in a bar of each style. Beats are felt beats: in 6/8 dotted quarters, two to a
bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.bench.music.harmony import any_key, chords, tune
from tests.bench.music.score import DRUMS, Music, Note, joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    from tests.bench.music.harmony import Chord, Key

PIANO, CELESTA, BOX, VIBES, MARIMBA = 0, 8, 10, 11, 12
TUNES = (0, 4, 8, 10, 11, 40, 42, 46, 68, 71, 73, 75)
_THIRD = 1.0 / 3.0
Figure = tuple[tuple[float, int, float], ...]  # at (beats), note of the chord (-1: bass), length (beats)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One player. figure: one bar. accent: how much louder notes on a felt beat are, in velocity."""

    program: int
    figures: Sequence[Figure]
    velocity: tuple[int, int] = (48, 80)
    accent: int = 6
    base: tuple[int, int] = (50, 60)
    rests: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A way of playing. tune: rhythms of a bar, of which one or two make a piece; drums: (at, key, velocity) of a bar."""

    subset: str
    tempi_bpm: tuple[float, float]
    beats_per_bar: int
    hands: Sequence[Sequence[Hand]]
    tunes: Sequence[tuple[float, ...]] = ()
    tune_programs: Sequence[int] = TUNES
    drums: Sequence[Sequence[tuple[float, int, int]]] = ()
    drum_kit: int = 0
    bass: Sequence[tuple[float, ...]] = ()
    bars_per_chord: tuple[int, ...] = (1,)
    swing: bool = False
    is_weak: bool = False


def compose(chance: np.random.Generator, style: Style, beats: int) -> tuple[Music, Key]:
    """A piece of some length in a style, each choice by chance."""
    key = any_key(chance)
    bars = beats // style.beats_per_bar
    held = int(chance.choice(style.bars_per_chord))
    harmony = [chord for chord in chords(chance, key, -(-bars // held)) for _ in range(held)][:bars]
    hands = style.hands[int(chance.integers(len(style.hands)))]
    parts: list[list[Note]] = [list(_hand(chance, hand, harmony, style, at)) for at, hand in enumerate(hands)]
    programs = {at: hand.program for at, hand in enumerate(hands)}
    if style.tunes and chance.random() < 0.85:
        parts.append(list(_melody(chance, harmony, style, 6)))
        programs[6] = int(chance.choice(style.tune_programs))
    if style.bass:
        parts.append(list(_bass(chance, harmony, style, 7)))
        programs[7] = int(chance.choice([32, 33, 35]))
    if style.drums:
        parts.append(list(_drums(chance, style, bars)))
        programs[DRUMS] = style.drum_kit
    notes = joined(parts)
    swing = chance.uniform(0.08, 0.17) if style.swing and chance.random() < 0.6 else 0.0
    return Music(notes=tuple(_human(chance, note, swing) for note in notes), programs=programs), key


def _hand(chance: np.random.Generator, hand: Hand, harmony: list[Chord], style: Style, channel: int) -> Iterator[Note]:
    figures = [hand.figures[int(chance.integers(len(hand.figures)))] for _ in range(2)]
    base, loud = int(chance.integers(*hand.base)), int(chance.integers(*hand.velocity))
    changes = chance.random() < 0.3
    for bar, chord in enumerate(harmony):
        tones = chord.pitches(base, 8)
        breath = round(8 * (((bar % 8) / 8) - 0.5))
        for at, tone, length in figures[(bar // 8) % 2 if changes else 0]:
            if at > 0 and chance.random() < hand.rests:
                continue
            pitch = chord.root(base - 20) if tone < 0 else tones[min(tone, len(tones) - 1)]
            velocity = loud + breath + (hand.accent if at % 1 == 0 else 0) + (hand.accent if at == 0 else 0)
            yield Note(
                at=bar * style.beats_per_bar + at,
                length=length,
                pitch=pitch,
                velocity=velocity + int(chance.integers(-5, 6)),
                channel=channel,
            )


def _melody(chance: np.random.Generator, harmony: list[Chord], style: Style, channel: int) -> Iterator[Note]:
    rhythms = [style.tunes[int(chance.integers(len(style.tunes)))] for _ in range(2)]
    base, loud, degree = int(chance.choice([60, 62, 67, 72])), int(chance.integers(55, 90)), 4
    for bar, chord in enumerate(harmony):
        rhythm = rhythms[bar % 2]
        if bar % 8 == 7 and chance.random() < 0.6:
            rhythm = rhythm[:1]  # the end of a phrase is held
        line = tune(chance, chord, len(rhythm), degree, base)
        degree = line[-1]
        for place, (at, tone) in enumerate(zip(rhythm, line, strict=True)):
            until = rhythm[place + 1] if place + 1 < len(rhythm) else style.beats_per_bar
            yield Note(
                at=bar * style.beats_per_bar + at,
                length=0.95 * (until - at),
                pitch=chord.key.pitch(tone, base),
                velocity=loud + int(chance.integers(-7, 8)),
                channel=channel,
            )


def _bass(chance: np.random.Generator, harmony: list[Chord], style: Style, channel: int) -> Iterator[Note]:
    rhythm = style.bass[int(chance.integers(len(style.bass)))]
    loud = int(chance.integers(60, 85))
    for bar, chord in enumerate(harmony):
        for place, at in enumerate(rhythm):
            until = rhythm[place + 1] if place + 1 < len(rhythm) else style.beats_per_bar
            pitch = chord.root(33) if place == 0 or chance.random() < 0.5 else chord.pitches(36, 3)[int(chance.integers(3))]
            yield Note(at=bar * style.beats_per_bar + at, length=0.9 * (until - at), pitch=pitch, velocity=loud, channel=channel)


def _drums(chance: np.random.Generator, style: Style, bars: int) -> Iterator[Note]:
    pattern = style.drums[int(chance.integers(len(style.drums)))]
    level, silent = chance.uniform(0.5, 1.0), int(chance.choice([0, 0, 4, 8]))
    for bar in range(silent, bars):
        for at, drum, velocity in pattern:
            loud = round(level * velocity) + int(chance.integers(-4, 5))
            yield Note(at=bar * style.beats_per_bar + at, length=0.2, pitch=drum, velocity=loud, channel=DRUMS)


def _human(chance: np.random.Generator, note: Note, swing: float) -> Note:
    """A few ms off, as a careful player is; eighths off the beat late where the style swings."""
    off_beat = abs(note.at % 1 - 0.5) < 1e-6
    return Note(
        at=note.at + (swing if off_beat else 0.0),
        length=note.length,
        pitch=note.pitch,
        velocity=note.velocity,
        channel=note.channel,
        late_s=float(chance.normal(0.0, 0.006)),
    )


def even(count: int, beats: float, order: Sequence[int], ring: float = 2.0) -> Figure:
    """Notes at equal distances through a bar of so many beats."""
    step = beats / count
    return tuple((place * step, order[place % len(order)], step * ring) for place in range(count))


def block(times: Sequence[float], tones: Sequence[int], beats: float) -> Figure:
    """The same chord at several times, each held to the next."""
    ends = [*times[1:], beats]
    return tuple((at, tone, 0.97 * (end - at)) for at, end in zip(times, ends, strict=True) for tone in tones)


BASS4 = block((0.0,), (-1,), 4)
UP_DOWN, WIDE, ALBERTI = (0, 1, 2, 3, 4, 3, 2, 1), (-1, 1, 2, 3, 4, 5, 4, 3), (0, 2, 1, 2)
TUNES4 = (
    (0.0, 1.0, 2.0, 3.0),
    (0.0, 2.0, 3.0),
    (0.0, 1.0, 1.5, 2.0),
    (0.0, 1.5, 2.0, 3.0),
    (0.0, 0.5, 1.0, 2.0, 3.0),
    (0.0, 2.0),
)
TUNES3 = ((0.0, 1.0, 2.0), (0.0, 2.0), (0.0, 1.5, 2.0), (0.0, 0.5, 1.0, 2.0), (0.0,))
TUNES68 = (
    (0.0, 2 * _THIRD, 1.0),
    (0.0, 2 * _THIRD, 1.0, 1 + 2 * _THIRD),
    (0.0, 1.0),
    (0.0, _THIRD, 2 * _THIRD, 1.0),
    (0.0, 1.0, 1 + _THIRD, 1 + 2 * _THIRD),
)

STYLES = (
    Style(
        subset="slow piano",
        tempi_bpm=(40, 84),
        beats_per_bar=4,
        hands=(
            (
                Hand(program=PIANO, figures=(block((0.0, 2.0), (0, 1, 2), 4), block((0.0,), (0, 1, 2, 3), 4))),
                Hand(program=PIANO, figures=(BASS4, block((0.0, 2.0), (-1,), 4))),
            ),
            (
                Hand(program=PIANO, figures=(block((0.0, 1.0, 2.0, 3.0), (0, 1, 2), 4),), accent=3),
                Hand(program=PIANO, figures=(BASS4,)),
            ),
            (Hand(program=PIANO, figures=(even(4, 4, (-1, 0, 1, 2)), even(4, 4, (-1, 1, 2, 1)))),),
            (
                Hand(program=PIANO, figures=(block((1.0, 2.0, 3.0), (0, 1, 2), 4),), accent=2),
                Hand(program=PIANO, figures=(block((0.0,), (-1,), 4),)),
            ),
        ),
        tunes=TUNES4,
        tune_programs=(PIANO,),
        bars_per_chord=(1, 1, 2),
    ),
    Style(
        subset="arpeggio",
        tempi_bpm=(45, 100),
        beats_per_bar=4,
        hands=(
            (Hand(program=PIANO, figures=(even(8, 4, UP_DOWN), even(8, 4, WIDE), even(8, 4, ALBERTI))),),
            (Hand(program=PIANO, figures=(even(16, 4, UP_DOWN), even(16, 4, WIDE)), accent=4),),
            (Hand(program=46, figures=(even(8, 4, (0, 1, 2, 3, 4, 5, 6, 7)), even(8, 4, UP_DOWN))),),
            (Hand(program=PIANO, figures=(even(12, 4, (-1, 1, 2), 3.0), even(12, 4, (0, 1, 2), 3.0))),),
        ),
        tunes=TUNES4,
        bars_per_chord=(1, 1, 2),
    ),
    Style(
        subset="strings",
        tempi_bpm=(40, 80),
        beats_per_bar=4,
        hands=(
            (
                Hand(program=48, figures=(block((0.0, 2.0), (0, 1, 2), 4), block((0.0,), (0, 1, 2), 4))),
                Hand(program=42, figures=(BASS4, block((0.0, 2.0), (-1,), 4))),
            ),
            (
                Hand(program=49, figures=(block((0.0, 1.0, 2.0, 3.0), (0, 1, 2), 4),)),
                Hand(program=43, figures=(block((0.0, 2.0), (-1,), 4),)),
            ),
            (
                Hand(program=45, figures=(even(8, 4, (0, 1, 2, 1), 1.0), even(4, 4, (0, 1, 2, 1), 1.0))),
                Hand(program=48, figures=(block((0.0,), (0, 1, 2), 4),), velocity=(35, 55)),
            ),
        ),
        tunes=((0.0, 1.0, 2.0, 3.0), (0.0, 2.0, 3.0), (0.0, 1.0, 2.0), (0.0, 1.5, 2.0)),
        tune_programs=(40, 41, 42, 48, 68, 73),
    ),
    Style(
        subset="pad and melody",
        tempi_bpm=(48, 90),
        beats_per_bar=4,
        hands=tuple(
            (Hand(program=program, figures=(block((0.0,), (0, 1, 2, 3), 4),), velocity=(40, 62)),)
            for program in (89, 90, 91, 92, 94, 52)
        ),
        tunes=((0.0, 1.0, 2.0, 3.0), (0.0, 0.5, 1.0, 2.0, 3.0), (0.0, 1.0, 1.5, 2.0, 3.0), (0.0, 1.0, 2.0)),
        tune_programs=(0, 4, 8, 10, 11, 46, 24),
        bars_per_chord=(1, 2),
    ),
    Style(
        subset="3/4 lullaby",
        tempi_bpm=(60, 116),
        beats_per_bar=3,
        hands=tuple(
            (
                Hand(
                    program=program,
                    figures=(
                        block((1.0, 2.0), (0, 1, 2), 3),
                        block((1.0, 2.0), (1, 2), 3),
                        even(6, 3, (0, 1, 2, 3, 2, 1)),
                        even(3, 3, (0, 1, 2)),
                    ),
                ),
                Hand(program=program, figures=(block((0.0,), (-1,), 3),), accent=5),
            )
            for program in (PIANO, CELESTA, BOX, 24)
        ),
        tunes=TUNES3,
    ),
    Style(
        subset="6/8 lullaby",
        tempi_bpm=(40, 72),
        beats_per_bar=2,
        hands=tuple(
            (
                Hand(
                    program=program,
                    figures=(
                        even(6, 2, (0, 1, 2, 3, 2, 1)),
                        even(6, 2, (-1, 1, 2, 0, 1, 2)),
                        even(6, 2, (-1, 0, 1, 2, 1, 0)),
                        even(6, 2, (0, 1, 2)),
                        block((0.0, 2 * _THIRD, 1.0, 1 + 2 * _THIRD), (0, 1), 2),
                    ),
                ),
                Hand(program=program, figures=(block((0.0, 1.0), (-1,), 2), block((0.0,), (-1,), 2))),
            )
            for program in (PIANO, BOX, 46, 24)
        ),
        tunes=TUNES68,
    ),
    Style(
        subset="guitar",
        tempi_bpm=(50, 110),
        beats_per_bar=4,
        hands=tuple(
            (
                Hand(
                    program=program,
                    figures=(
                        even(8, 4, (-1, 2, 1, 2, 0, 2, 1, 2)),
                        even(8, 4, (-1, 1, 2, 3, 2, 1, 2, 1)),
                        even(4, 4, (-1, 1, 2, 1)),
                    ),
                    rests=0.06,
                ),
                Hand(program=program, figures=(block((0.0, 2.0), (-1,), 4), block((0.0,), (-1, 3), 4))),
            )
            for program in (24, 25)
        ),
        tunes=TUNES4,
        tune_programs=(24, 25, 73, 40),
    ),
    Style(
        subset="lo-fi",
        tempi_bpm=(60, 95),
        beats_per_bar=4,
        hands=tuple(
            (
                Hand(
                    program=program,
                    figures=(block((0.0,), (0, 1, 2, 3), 4), block((0.0, 1.5), (0, 1, 2, 3), 4), block((0.5, 2.5), (0, 1, 2), 4)),
                    velocity=(45, 65),
                ),
            )
            for program in (4, 5, 88, 89)
        ),
        tunes=((0.0, 1.5, 2.0, 3.0), (0.5, 1.0, 2.5), (0.0, 1.0, 2.0, 3.5)),
        tune_programs=(4, 11, 12, 24, 80),
        drums=(
            tuple(
                [(0.0, 36, 70), (2.5, 36, 60), (1.0, 38, 50), (3.0, 38, 50)]
                + [(n / 2, 42, 36 if n % 2 else 46) for n in range(8)]
            ),
            tuple([(0.0, 36, 70), (2.0, 36, 62), (1.0, 37, 48), (3.0, 37, 48)] + [(n / 2, 42, 34) for n in range(8)]),
            tuple(
                [(0.0, 36, 70), (1.75, 36, 55), (2.5, 36, 60), (1.0, 38, 52), (3.0, 38, 52)]
                + [(n / 4, 42, 28 if n % 2 else 40) for n in range(16)]
            ),
            tuple([(float(n), 36, 62) for n in range(4)] + [(n + 0.5, 42, 40) for n in range(4)]),
        ),
        drum_kit=24,
        bass=((0.0, 2.5), (0.0, 1.5, 2.0), (0.0,)),
        swing=True,
    ),
    Style(
        subset="brushes",
        tempi_bpm=(50, 118),
        beats_per_bar=4,
        hands=(
            (
                Hand(
                    program=PIANO,
                    figures=(block((0.0,), (0, 1, 2, 3), 4), block((0.0, 2.5), (0, 1, 2, 3), 4), block((1.0, 3.0), (0, 1, 2), 4)),
                    velocity=(42, 62),
                ),
            ),
            (Hand(program=26, figures=(block((0.0, 1.0, 2.0, 3.0), (0, 1, 2), 4),), velocity=(35, 55)),),
        ),
        tunes=TUNES4,
        tune_programs=(PIANO, 11, 26, 65, 71),
        drums=(
            tuple(
                [(float(n), 40 if n % 2 else 38, 40) for n in range(4)]
                + [(1.5, 51, 30), (3.5, 51, 30)]
                + [(float(n), 51, 42) for n in range(4)]
            ),
            tuple([(1.0, 44, 45), (3.0, 44, 45)] + [(float(n), 51, 40) for n in range(4)] + [(1.5, 51, 28), (3.5, 51, 28)]),
            tuple([(float(n), 38, 38) for n in range(4)] + [(0.0, 36, 45), (1.0, 40, 45), (3.0, 40, 45)]),
        ),
        drum_kit=40,
        bass=((0.0, 2.0), (0.0, 1.0, 2.0, 3.0)),
        swing=True,
    ),
    Style(
        subset="vibes and harp",
        tempi_bpm=(50, 104),
        beats_per_bar=4,
        hands=(
            (Hand(program=VIBES, figures=(even(8, 4, UP_DOWN), even(4, 4, (0, 2, 1, 3)), block((0.0, 2.0), (0, 1, 2), 4))),),
            (Hand(program=46, figures=(even(8, 4, (-1, 0, 1, 2, 3, 2, 1, 0)), even(4, 4, (-1, 0, 1, 2)), even(16, 4, UP_DOWN))),),
            (
                Hand(program=MARIMBA, figures=(even(8, 4, (0, 1, 2, 1)), even(4, 4, (0, 1, 2, 1)))),
                Hand(program=89, figures=(block((0.0,), (0, 1, 2), 4),), velocity=(35, 50)),
            ),
        ),
        tunes=TUNES4,
        tune_programs=(8, 11, 46, 73),
    ),
)
WEAK = Style(
    subset="weak pads",
    tempi_bpm=(44, 72),
    beats_per_bar=4,
    hands=tuple(
        (
            Hand(program=program, figures=(block((0.0, 2.0), (0, 1, 2), 4), block((0.0,), (0, 1, 2, 3), 4))),
            Hand(program=other, figures=(block((0.0, 1.0, 2.0, 3.0), (4,), 4), even(4, 4, (3, 4, 5, 4))), velocity=(25, 40)),
        )
        for program, other in ((89, 92), (91, 89), (94, 95), (52, 88))
    ),
    is_weak=True,
)

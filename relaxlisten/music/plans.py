"""Three built-in pieces for struck and plucked strings, told as plans.

Decision: harmony stays in one key, with suspensions instead of sharp dissonance; chords change once a bar; the tune sings in the
middle register and the top stays dark.
"""

from __future__ import annotations

from relaxlisten.music.arrange import Figure, Plan, Section, Tune
from relaxlisten.music.harmony import major_scale

_WHOLE_BAR_4 = tuple((0.0, tone, 4.0, 1.0) for tone in range(4))

SLOW_KEYS = Plan(
    name="slow-keys",
    title="Slow Keys",
    tempo_bpm=63.0,
    beats_per_bar=4,
    scale=major_scale("F"),
    themes={
        "A": "Fmaj7 C/E Dm7 Bbmaj7 F/A Gm7 Csus4 C",
        "B": "Dm7 Am7 Bbmaj7 F/A Gm7 Am7 Bbadd9 Csus4",
        "C": "Fmaj7 Bbmaj7/F Gm7/F Fadd9",
    },
    figures={
        "b": Figure(voice="bass", level=0.36, steps=((0.0, -1, 3.5, 1.0),)),
        "k": Figure(
            voice="keys",
            level=0.46,
            steps=((0.0, -1, 3.9, 0.9), (1.0, 0, 2.9, 0.62), (2.0, 1, 1.9, 0.7), (2.5, 2, 1.4, 0.45), (3.0, 1, 0.9, 0.55)),
            width=0.35,
        ),
        "o": Figure(
            voice="keys",
            level=0.42,
            steps=((0.0, -1, 3.9, 1.0), (0.0, 0, 3.9, 0.6), (1.0, 1, 2.9, 0.6), (2.0, 2, 1.9, 0.62), (3.0, 1, 0.9, 0.5)),
            width=0.35,
        ),
        "p": Figure(voice="pad", level=0.42, steps=_WHOLE_BAR_4[:3]),
    },
    tune=Tune(
        voice="keys",
        level=0.72,
        low=67,
        high=84,
        rhythms=(((0.0, 2.0), (2.0, 2.0)), ((0.0, 3.0), (3.0, 1.0)), ((0.0, 1.0), (1.0, 1.0), (2.0, 2.0)), ((0.0, 4.0),)),
    ),
    form=(
        Section(theme="C", figures="ob", tune=0, level=0.75),
        Section(theme="A", figures="ob", tune=1, level=0.9),
        Section(theme="A", figures="kb", tune=2, level=0.95),
        Section(theme="B", figures="kbp", tune=1, level=1.0),
        Section(theme="A", figures="kbp", tune=2, level=1.0),
        Section(theme="B", figures="obp", tune=2, level=0.95),
        Section(theme="A", figures="ob", tune=1, level=0.88),
        Section(theme="C", figures="o", tune=0, level=0.75),
    ),
    chord_range=(52, 69),
    bass_low=38,
    level=0.613,
    room=0.24,
)

HARP = Plan(
    name="harp-arpeggios",
    title="Harp in Three",
    tempo_bpm=72.0,
    beats_per_bar=3,
    scale=major_scale("G"),
    themes={
        "A": "G D/F# Em7 Cmaj7 G/B Am7 Dsus4 D",
        "B": "Em Bm7 Cmaj7 G/B Am7 G/B Cadd9 Dsus4",
        "C": "Gadd9 Cmaj7/G Am7/G Gadd9",
    },
    figures={
        "h": Figure(
            voice="harp",
            level=0.62,
            steps=(
                (0.0, -1, 1.0, 1.0),
                (0.5, 0, 1.0, 0.5),
                (1.0, 1, 1.0, 0.68),
                (1.5, 2, 1.0, 0.5),
                (2.0, 3, 1.0, 0.66),
                (2.5, 1, 1.0, 0.45),
            ),
            width=0.55,
        ),
        "w": Figure(
            voice="harp",
            level=0.58,
            steps=(
                (0.0, -1, 1.0, 1.0),
                (0.5, 1, 1.0, 0.5),
                (1.0, 2, 1.0, 0.66),
                (1.5, 4, 1.0, 0.46),
                (2.0, 3, 1.0, 0.62),
                (2.5, 2, 1.0, 0.45),
            ),
            width=0.55,
        ),
        "s": Figure(voice="harp", level=0.56, steps=((0.0, -1, 1.0, 1.0), (1.0, 0, 1.0, 0.65), (2.0, 1, 1.0, 0.6)), width=0.55),
        "p": Figure(voice="pad", level=0.42, steps=((0.0, 0, 3.0, 1.0), (0.0, 1, 3.0, 0.9), (0.0, 2, 3.0, 0.9))),
    },
    tune=Tune(
        voice="breath",
        level=0.62,
        low=67,
        high=83,
        rhythms=(((0.0, 2.0), (2.0, 1.0)), ((0.0, 3.0),), ((0.0, 1.0), (1.0, 2.0)), ((0.0, 3.0),)),
        pan=-0.12,
    ),
    form=(
        Section(theme="C", figures="s", tune=0, level=0.75),
        Section(theme="A", figures="h", tune=0, level=0.88),
        Section(theme="A", figures="h", tune=1, level=0.92),
        Section(theme="B", figures="hp", tune=1, level=0.97),
        Section(theme="A", figures="wp", tune=2, level=1.0),
        Section(theme="B", figures="wp", tune=2, level=1.0),
        Section(theme="A", figures="wp", tune=1, level=0.96),
        Section(theme="B", figures="h", tune=1, level=0.9),
        Section(theme="A", figures="h", tune=2, level=0.9),
        Section(theme="C", figures="s", tune=0, level=0.8),
        Section(theme="C", figures="s", tune=0, level=0.7),
    ),
    chord_range=(55, 72),
    bass_low=43,
    level=0.641,
    room=0.27,
)

PLUCKED = Plan(
    name="soft-plucked",
    title="Soft Plucked Pattern",
    tempo_bpm=84.0,
    beats_per_bar=4,
    scale=major_scale("D"),
    themes={
        "A": "Dadd9 A/C# Bm7 Gmaj7 D/F# Em7 Asus4 A",
        "B": "Gmaj7 D/F# Em7 Bm7 Gmaj7 A Bm7 Asus4",
        "C": "Dadd9 Gmaj7/D Asus4/D Dadd9",
    },
    figures={
        "g": Figure(
            voice="pluck",
            level=0.62,
            steps=(
                (0.0, -1, 2.0, 1.0),
                (0.5, 1, 1.0, 0.40),
                (1.0, 2, 1.0, 0.62),
                (1.5, 0, 1.0, 0.40),
                (2.0, -2, 2.0, 0.82),
                (2.5, 1, 1.0, 0.40),
                (3.0, 2, 1.0, 0.60),
                (3.5, 0, 1.0, 0.38),
            ),
            width=0.3,
            pan=-0.1,
        ),
        "f": Figure(
            voice="pluck",
            level=0.60,
            steps=(
                (0.0, -1, 2.0, 1.0),
                (1.0, 0, 1.0, 0.6),
                (1.5, 1, 1.0, 0.4),
                (2.0, -2, 2.0, 0.8),
                (3.0, 2, 1.0, 0.58),
                (3.5, 1, 1.0, 0.38),
            ),
            width=0.3,
            pan=-0.1,
        ),
        "p": Figure(voice="pad", level=0.36, steps=_WHOLE_BAR_4[:3]),
    },
    tune=Tune(
        voice="mallet",
        level=0.66,
        low=69,
        high=86,
        rhythms=(((0.0, 2.0), (2.0, 2.0)), ((0.0, 4.0),), ((1.0, 1.0), (2.0, 2.0)), ((0.0, 4.0),)),
        pan=0.2,
    ),
    form=(
        Section(theme="C", figures="f", tune=0, level=0.75),
        Section(theme="A", figures="f", tune=0, level=0.86),
        Section(theme="A", figures="g", tune=1, level=0.92),
        Section(theme="B", figures="gp", tune=1, level=0.98),
        Section(theme="A", figures="gp", tune=2, level=1.0),
        Section(theme="B", figures="gp", tune=2, level=1.0),
        Section(theme="A", figures="g", tune=2, level=0.95),
        Section(theme="B", figures="fp", tune=1, level=0.92),
        Section(theme="A", figures="f", tune=1, level=0.86),
        Section(theme="C", figures="f", tune=0, level=0.78),
        Section(theme="C", figures="f", tune=0, level=0.68),
    ),
    chord_range=(54, 70),
    bass_low=40,
    level=0.783,
    room=0.21,
)

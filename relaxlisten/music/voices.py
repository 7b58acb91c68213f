"""The voices of the built-in music, as data: which partials, how they begin and how they die away.

Decision: every voice is a sum of decaying sinusoids (`instruments.py` makes the sound). What a body does to a sound is told in
the same terms: formants weigh the partials of a choir, a bow's or a breath's unevenness is a few partials scattered around the
others, a piano's two-stage decay is a second, fainter set that dies slowly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How an instrument sounds.

    weights, ratios: amplitudes and frequency ratios of the partials (1, 2, 3... where no ratios are given).
    inharmonicity: stiffness B of a string, f = n f0 sqrt(1 + B n²).
    ring_s: time to fall by 60 dB at middle C, None for a voice that is held. damping: how much faster each higher partial fades.
    attack_s, release_s: raised-cosine edges. detune_cents: distance of the two or three copies that make a partial live and wide.
    copies: how many. level: amplitude that makes the voices equally present.
    aftersound: share of each partial that dies AFTERSOUND times more slowly, as a piano's strings do once they have fallen out of
    step with each other (Weinreich 1977, doi:10.1121/1.381677).
    formants: (centre Hz, width Hz, gain) of the mouth that the partials pass through. air: how much breath is in the tone.
    """

    weights: tuple[float, ...]
    ring_s: float | None
    attack_s: float
    release_s: float
    level: float
    damping: float = 0.5
    inharmonicity: float = 0.0
    detune_cents: float = 0.6
    copies: int = 2
    longest_s: float = 20.0
    ratios: tuple[float, ...] = ()
    aftersound: float = 0.0
    formants: tuple[tuple[float, float, float], ...] = ()
    air: float = 0.0


def _falling(count: int, slope: float) -> tuple[float, ...]:
    """Amplitudes of partials 1 to count that fall as n ** -slope."""
    return tuple(n**-slope for n in range(1, count + 1))


def _plucked(count: int, slope: float, place: float) -> tuple[float, ...]:
    """Amplitudes of a string plucked at `place` of its length: partials with a node there are missing."""
    return tuple(abs(math.sin(math.pi * n * place)) * n**-slope for n in range(1, count + 1))


VOICES: dict[str, Voice] = {
    "keys": Voice(
        weights=_falling(9, 1.45),
        ring_s=5.5,
        attack_s=0.008,
        release_s=0.5,
        level=0.30,
        damping=0.65,
        inharmonicity=2e-4,
        longest_s=5.0,
    ),
    "harp": Voice(
        weights=_plucked(10, 0.9, 0.36), ring_s=3.6, attack_s=0.005, release_s=0.4, level=0.24, damping=0.65, longest_s=4.0
    ),
    "pluck": Voice(
        weights=_plucked(10, 0.8, 0.22), ring_s=2.6, attack_s=0.005, release_s=0.3, level=0.32, damping=0.7, longest_s=3.0
    ),
    "box": Voice(
        ratios=(1.0, 2.0, 3.01, 5.4),
        weights=(1.0, 0.26, 0.08, 0.04),
        ring_s=3.2,
        attack_s=0.006,
        release_s=0.4,
        level=0.24,
        damping=0.6,
        longest_s=3.5,
    ),
    "mallet": Voice(
        ratios=(1.0, 3.95, 9.1), weights=(1.0, 0.08, 0.015), ring_s=1.8, attack_s=0.007, release_s=0.3, level=0.34, longest_s=2.5
    ),
    "bass": Voice(weights=_falling(5, 1.6), ring_s=4.0, attack_s=0.020, release_s=0.5, level=0.24, damping=0.4, longest_s=4.0),
    "pad": Voice(weights=_falling(8, 1.3), ring_s=None, attack_s=1.6, release_s=2.4, level=0.09, detune_cents=4.0, copies=3),
    "breath": Voice(weights=_falling(6, 1.7), ring_s=None, attack_s=0.12, release_s=0.7, level=0.13, detune_cents=3.0, copies=3),
    "bowl": Voice(
        ratios=(1.0, 2.76, 5.18, 8.16),
        weights=(1.0, 0.42, 0.16, 0.05),
        ring_s=15.0,
        attack_s=0.030,
        release_s=2.0,
        level=0.20,
        damping=0.45,
        detune_cents=3.5,
        longest_s=11.0,
    ),
    "drop": Voice(ratios=(1.0, 1.51), weights=(1.0, 0.3), ring_s=0.35, attack_s=0.004, release_s=0.05, level=0.10, longest_s=0.4),
    "felt": Voice(
        weights=_falling(8, 2.0),
        ring_s=2.6,
        attack_s=0.016,
        release_s=0.6,
        level=0.36,
        damping=0.75,
        inharmonicity=1.5e-4,
        detune_cents=0.9,
        aftersound=0.22,
        longest_s=6.0,
    ),
    "celesta": Voice(
        ratios=(1.0, 2.0, 4.02, 6.7),
        weights=(1.0, 0.16, 0.09, 0.02),
        ring_s=3.4,
        attack_s=0.006,
        release_s=0.4,
        level=0.24,
        damping=0.8,
        longest_s=3.5,
    ),
    "strings": Voice(
        weights=_falling(9, 1.25), ring_s=None, attack_s=0.7, release_s=1.3, level=0.085, detune_cents=6.0, copies=3, air=0.05
    ),
    "tide": Voice(  # strings that come and go like a slow breath
        weights=_falling(9, 1.25), ring_s=None, attack_s=4.0, release_s=4.6, level=0.085, detune_cents=6.0, copies=3, air=0.05
    ),
    "flute": Voice(
        weights=(1.0, 0.32, 0.16, 0.05, 0.02), ring_s=None, attack_s=0.14, release_s=0.5, level=0.15, detune_cents=2.5, air=0.14
    ),
    "glass": Voice(
        weights=(1.0, 0.10, 0.05, 0.02), ring_s=None, attack_s=0.55, release_s=1.6, level=0.14, detune_cents=2.2, copies=3
    ),
    "choir": Voice(
        weights=_falling(10, 0.9),
        ring_s=None,
        attack_s=0.6,
        release_s=1.2,
        level=0.16,
        detune_cents=8.0,
        copies=3,
        formants=((340.0, 110.0, 1.0), (780.0, 140.0, 0.35), (2500.0, 400.0, 0.05)),
        air=0.04,
    ),
    "drone": Voice(
        weights=_falling(6, 1.5), ring_s=None, attack_s=3.0, release_s=4.0, level=0.11, detune_cents=3.0, copies=3, longest_s=30.0
    ),
}

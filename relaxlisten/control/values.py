"""How much each piece is expected to settle this person, as one number to choose by, and a draw from what is not known.

Decision: one standard unit is 3 bpm of heart rate, 0.2 of ln RMSSD, or 15 % of a scale of calm; the known outcomes count alike.
A choice may follow a draw instead of the mean (Thompson sampling: what is uncertain gets its chance in proportion), but only so
often may it differ from the best known: two in three in a person's first three sessions, when hardly anything is known, and
about one in seven from then on. A listener is not a laboratory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.control.response import HEART, VARIABILITY, effects, felt_effects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.control.memory import Memory
    from relaxlisten.control.response import Effects
    from relaxlisten.messages import Track

UNIT_HEART_BPM, UNIT_LN_RMSSD, UNIT_FEELING = 3.0, 0.2, 0.15
EARLY_SESSIONS, EARLY_SHARE, LATER_SHARE = 3, 2.0 / 3.0, 0.15
_DIGITS = 6  # what a value is rounded to: the last bits of a linear algebra library are not the same everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """mean, sd: expected settling of each piece in standard units. heart, variability, feeling: what it rests on."""

    mean: dict[str, float]
    sd: dict[str, float]
    heart: Effects
    variability: Effects
    feeling: Effects

    @property
    def settled(self) -> frozenset[str]:
        """The pieces that were heard often enough to speak of what they do to this person."""
        parts = (self.heart, self.variability, self.feeling)
        return frozenset(name for part in parts for index, name in enumerate(part.track_ids) if part.enough(index))


def values(memory: Memory, tracks: Sequence[Track]) -> Values:
    """What is known, for the pieces that can be chosen."""
    heart, variability = effects(memory, tracks, HEART), effects(memory, tracks, VARIABILITY)
    feeling = felt_effects(memory, tracks)
    parts = [(-1.0 / UNIT_HEART_BPM, heart), (1.0 / UNIT_LN_RMSSD, variability)]
    parts += [(1.0 / UNIT_FEELING, feeling)] if memory.feelings else []
    mean = sum(factor * part.mean for factor, part in parts) / len(parts)
    variance = sum((factor * part.sd) ** 2 for factor, part in parts) / len(parts) ** 2
    ids = heart.track_ids
    return Values(
        mean=dict(zip(ids, np.round(mean, _DIGITS).tolist(), strict=True)),
        sd=dict(zip(ids, np.round(np.sqrt(variance), _DIGITS).tolist(), strict=True)),
        heart=heart,
        variability=variability,
        feeling=feeling,
    )


def explore_share(sessions: int) -> float:
    """What share of the choices of a session may be tries, for a person with so many sessions behind them."""
    return EARLY_SHARE if sessions < EARLY_SESSIONS else LATER_SHARE


def draw(known: Values, seed: int) -> dict[str, float]:
    """One possible world: what each piece might be worth, as likely as what is known makes it."""
    rng = np.random.Generator(np.random.PCG64(seed))
    ids = list(known.mean)
    deviates = rng.standard_normal(len(ids))
    return {
        track_id: round(known.mean[track_id] + known.sd[track_id] * float(deviate), _DIGITS)
        for track_id, deviate in zip(ids, deviates, strict=True)
    }

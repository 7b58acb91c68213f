"""Axes: round numbers to stand on them, and where a value falls."""

from __future__ import annotations

import math
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 5.0, 10.0)
_MINUTE_STEPS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Values from low to high on the way from at_low to at_high, in user units of the picture."""

    low: float
    high: float
    at_low: float
    at_high: float

    def at(self, value: float) -> float:
        """Where a value falls; what is beyond the axis stays at its end."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.at_low + share * (self.at_high - self.at_low)


def round_range(low: float, high: float, step: float, least: float) -> tuple[float, float]:
    """The smallest range of whole steps that holds both and spans at least so much."""
    short = max(least - (high - low), 0.0) / 2.0
    return step * math.floor((low - short) / step), step * math.ceil((high + short) / step)


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most so many round numbers, low and high among them where they are round."""
    rough = max((high - low) / most, 1e-9)
    power = 10.0 ** math.floor(math.log10(rough))
    return _multiples(low, high, next(factor * power for factor in _STEPS if factor * power >= rough))


def minute_ticks(high_min: float, most: int) -> list[float]:
    """At most so many round numbers of minutes from 0."""
    step = next((one for one in _MINUTE_STEPS if high_min / one <= most), None)
    if step is None:  # longer than any session: a time that was damaged
        return ticks(0.0, high_min, most)
    return _multiples(0.0, high_min, step)


def _multiples(low: float, high: float, step: float) -> list[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [step * index for index in range(first, last + 1)]

"""Array types and the few conversions that every room shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy as np
    from numpy.typing import NDArray

    FloatArray: TypeAlias = NDArray[np.float64]
    ComplexArray: TypeAlias = NDArray[np.complex128]
    BoolArray: TypeAlias = NDArray[np.bool_]
    AudioArray: TypeAlias = NDArray[np.float32]

MS_PER_S = 1000.0
S_PER_MIN = 60.0
MS_PER_MIN = 60_000.0


def rr_ms_from_1024(rr_1024: int) -> float:
    """RR in 1/1024 s (HRS 1.0, section 3.1.1.4) as ms, exact: 1024 is a power of two, so no rounding happens."""
    return rr_1024 * MS_PER_S / 1024.0


def decibels_to_gain(level_db: float) -> float:
    """Amplitude factor of a level difference in dB."""
    return float(10.0 ** (level_db / 20.0))

"""How much the harmony changes from moment to moment: what sounds next against what sounded before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from relaxlisten.units import FloatArray

_REACH = 3  # spectra either way: 0.6 s


def harmony_change(pitches: FloatArray) -> FloatArray:
    """1 less the cosine of the mean pitch classes of the 0.6 s before and after each spectrum, shape (n,); 0 in silence.

    pitches: shape (n, 12).
    """
    norms = np.linalg.norm(pitches, axis=1, keepdims=True)
    sums = np.concatenate([np.zeros((1, 12)), np.cumsum(pitches / np.maximum(norms, 1e-9), axis=0)])
    places = np.arange(len(pitches))
    low, high = np.maximum(places - _REACH, 0), np.minimum(places + _REACH, len(pitches))
    before, after = sums[places] - sums[low], sums[high] - sums[places]
    sizes = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    both = sizes > 1e-6
    change: FloatArray = np.where(both, 1.0 - (before * after).sum(axis=1) / np.where(both, sizes, 1.0), 0.0)
    return change

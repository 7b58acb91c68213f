"""Others that correct RR intervals, behind one shape: raw intervals in; a flag for each of them, and corrected intervals, out."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    Corrected = tuple[NDArray[np.bool_], FloatArray]


def neurokit(rr_ms: FloatArray) -> Corrected:
    """NeuroKit2's signal_fixpeaks, method "kubios" (Lipponen & Tarvainen 2019), iterative as by default; looks ahead."""
    import neurokit2

    peaks = np.round(np.concatenate([[0.0], np.cumsum(rr_ms)])).astype(int)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found, _ = neurokit2.signal_fixpeaks(peaks, sampling_rate=1000, iterative=False, method="kubios")
        _, corrected = neurokit2.signal_fixpeaks(peaks, sampling_rate=1000, iterative=True, method="kubios")
    flags = np.zeros(rr_ms.size + 1, dtype=np.bool_)
    for kind in ("ectopic", "missed", "extra", "longshort"):
        flags[[index for index in np.atleast_1d(found[kind]).astype(int) if 0 <= index < flags.size]] = True
    return flags[1:], np.diff(np.asarray(corrected, dtype=np.float64))


def systole(rr_ms: FloatArray) -> Corrected:
    """Systole's rr_artefacts and correct_rr (Lipponen & Tarvainen 2019); looks ahead."""
    from systole.correction import correct_rr
    from systole.detection import rr_artefacts

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = rr_artefacts(rr_ms)
        corrected, _ = correct_rr(rr_ms, verbose=False)
    flags = np.zeros(rr_ms.size, dtype=np.bool_)
    for kind in ("ectopic", "missed", "extra", "long", "short"):
        flags |= np.asarray(found[kind], dtype=np.bool_)
    return flags, np.asarray(corrected, dtype=np.float64)


def karlsson(rr_ms: FloatArray) -> Corrected:
    """Karlsson et al. 2012: more than 20 % from the mean of its two neighbours is an artefact, and left out; looks ahead."""
    flags = np.zeros(rr_ms.size, dtype=np.bool_)
    flags[1:-1] = np.abs(rr_ms[1:-1] / ((rr_ms[:-2] + rr_ms[2:]) / 2.0) - 1.0) > 0.2
    return flags, rr_ms[~flags]


def twenty_percent(rr_ms: FloatArray) -> Corrected:
    """The rule of simple live programs: more than 20 % from the median of the last nine accepted is left out."""
    kept: list[float] = []
    flags = np.zeros(rr_ms.size, dtype=np.bool_)
    for index, rr in enumerate(rr_ms):
        if len(kept) >= 5 and abs(rr / float(np.median(kept[-9:])) - 1.0) > 0.2:
            flags[index] = True
        else:
            kept.append(float(rr))
    return flags, np.array(kept)


PEERS: dict[str, Callable[[FloatArray], Corrected]] = {
    "NeuroKit2 kubios": neurokit,
    "Systole": systole,
    "Karlsson": karlsson,
    "20 % rule": twenty_percent,
}

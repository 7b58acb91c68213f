"""How well artefacts are found and undone: ours and the peers on the same spoiled series."""

from __future__ import annotations

import collections
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

import relaxlisten
from tests.bench.physiology.inject import KINDS, corrupt
from tests.bench.physiology.peers import PEERS
from tests.bench.physiology.scenes import SCENES, synthetic_rr_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from tests.bench.physiology.inject import Corrupted
    from tests.bench.physiology.scenes import FloatArray

RATES = (0.01, 0.02, 0.05, 0.10)
SEVERITIES = (0.85, 1.0, 1.3)
OURS = "RelaxListen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a method made of raw intervals. flags: shape of them. rmssd_ms: as the method would tell it."""

    flags: NDArray[np.bool_]
    rmssd_ms: float
    mean_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One spoiled series: the kinds of its events and whether each was found; clean beats and how many were flagged."""

    kinds: tuple[str, ...]
    found: tuple[bool, ...]
    clean: int
    flagged: int
    rmssd_error_percent: float
    rate_error_percent: float


def rmssd(nn_ms: FloatArray) -> float:
    return float(np.sqrt(np.mean(np.diff(nn_ms) ** 2)))


def ours(rr_ms: FloatArray) -> Outcome:
    """The RMSSD and mean that `relaxlisten rr` prints."""
    beats = relaxlisten.clean_rr(rr_ms)
    told = relaxlisten.hrv(beats)
    raw = ~np.isnan(beats["rr_ms"])
    value = told["rmssd_ms"].value
    known = beats["nn_ms"][~np.isnan(beats["nn_ms"])]
    return Outcome(
        flags=(beats["quality"] != "normal")[raw], rmssd_ms=rmssd(known) if value is None else value, mean_ms=float(known.mean())
    )


def ours_every_nn(rr_ms: FloatArray) -> Outcome:
    """The RMSSD of the whole nn_ms column, corrected beats among it, as one would compute it of a peer's corrected series."""
    beats = relaxlisten.clean_rr(rr_ms)
    known = beats["nn_ms"][~np.isnan(beats["nn_ms"])]
    return Outcome(
        flags=(beats["quality"] != "normal")[~np.isnan(beats["rr_ms"])], rmssd_ms=rmssd(known), mean_ms=float(known.mean())
    )


def uncorrected(rr_ms: FloatArray) -> Outcome:
    return Outcome(flags=np.zeros(rr_ms.size, dtype=np.bool_), rmssd_ms=rmssd(rr_ms), mean_ms=float(rr_ms.mean()))


def _peer(correct: Callable[[FloatArray], tuple[NDArray[np.bool_], FloatArray]]) -> Callable[[FloatArray], Outcome]:
    def outcome(rr_ms: FloatArray) -> Outcome:
        flags, nn_ms = correct(rr_ms)
        return Outcome(flags=flags, rmssd_ms=rmssd(nn_ms), mean_ms=float(nn_ms.mean()))

    return outcome


METHODS: dict[str, Callable[[FloatArray], Outcome]] = {
    OURS: ours,
    f"{OURS}, whole nn_ms column": ours_every_nn,
    **{name: _peer(correct) for name, correct in PEERS.items()},
    "uncorrected": uncorrected,
}


def score(method: Callable[[FloatArray], Outcome], true_ms: FloatArray, spoiled: Corrupted) -> Score:
    """Compare an outcome with the truth.

    A beat counts as clean where neither it nor a neighbour was touched, an event as found where it or its next beat is flagged.
    """
    outcome = method(spoiled.rr_ms)
    near = spoiled.touched.copy()
    near[:-1] |= spoiled.touched[1:]
    near[1:] |= spoiled.touched[:-1]
    return Score(
        kinds=tuple(event.kind for event in spoiled.events),
        found=tuple(bool(outcome.flags[event.first : event.last + 2].any()) for event in spoiled.events),
        clean=int((~near).sum()),
        flagged=int((outcome.flags & ~near).sum()),
        rmssd_error_percent=100.0 * abs(outcome.rmssd_ms / rmssd(true_ms) - 1.0),
        rate_error_percent=100.0 * abs(float(true_ms.mean()) / outcome.mean_ms - 1.0),
    )


def synthetic(rate: float, seeds: Iterable[int], kinds: tuple[str, ...] = KINDS) -> list[tuple[str, FloatArray, Corrupted]]:
    """Spoiled series of every scene, with its name and the truth."""
    return [
        (scene.name, true_ms, corrupt(true_ms, rate, seed, kinds, SEVERITIES[seed % len(SEVERITIES)]))
        for seed in seeds
        for scene in SCENES
        for true_ms in [synthetic_rr_ms(scene, seed)]
    ]


def real(stretches: list[FloatArray], rate: float, seeds: Iterable[int]) -> list[tuple[str, FloatArray, Corrupted]]:
    """The same of real stretches."""
    return [
        (f"real {number}", true_ms, corrupt(true_ms, rate, 100 * number + seed, KINDS, SEVERITIES[seed % len(SEVERITIES)]))
        for seed in seeds
        for number, true_ms in enumerate(stretches)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All in percent. rmssd_error: median and 90th percentile. rate_error: 90th percentile."""

    sensitivity: float
    specificity: float
    rmssd_error: tuple[float, float]
    rate_error: float

    def row(self) -> str:
        """Four cells of a table."""
        median, high = self.rmssd_error
        return f"{self.sensitivity:.1f} | {self.specificity:.2f} | {median:.1f} / {high:.1f} | {self.rate_error:.2f}"

    def below(self, specificity: float, rmssd_error: float) -> list[str]:
        """What does not meet the bar, in words."""
        found = []
        if self.sensitivity < 95.0:
            found.append(f"sensitivity {self.sensitivity:.1f} < 95")
        if self.specificity < specificity:
            found.append(f"specificity {self.specificity:.2f} < {specificity}")
        if self.rmssd_error[1] > rmssd_error:
            found.append(f"RMSSD error {self.rmssd_error[1]:.1f} > {rmssd_error:g}")
        if self.rate_error > 1.0:
            found.append(f"heart rate error {self.rate_error:.2f} > 1")
        return found


def summary(scores: list[Score]) -> Summary:
    """What a method did on many spoiled series."""
    found = np.concatenate([np.array(one.found) for one in scores])
    errors = [one.rmssd_error_percent for one in scores]
    return Summary(
        sensitivity=100.0 * float(found.mean()),
        specificity=100.0 * (1.0 - sum(one.flagged for one in scores) / sum(one.clean for one in scores)),
        rmssd_error=(float(np.median(errors)), float(np.percentile(errors, 90))),
        rate_error=float(np.percentile([one.rate_error_percent for one in scores], 90)),
    )


def by_kind(scores: list[Score]) -> dict[str, float]:
    """Sensitivity in percent for each kind of artefact."""
    found = collections.defaultdict(list)
    for one in scores:
        for kind, hit in zip(one.kinds, one.found, strict=True):
            found[kind].append(hit)
    return {kind: 100.0 * float(np.mean(found[kind])) for kind in KINDS if kind in found}

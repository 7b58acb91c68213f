"""Runs the tempo law against its grid of listeners, and tells and draws what came of it.

python -m tests.bench.control [--write docs/control.md] [--draw docs/control-worst.svg] [--seeds 5] [--workers 2]
"""

from __future__ import annotations

import argparse
import multiprocessing
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.control.grid import DELAYS_S, DROPOUTS, GAINS, NOISES_BPM, Trial, grid, run
from tests.bench.control.plot import drawing
from tests.bench.document import publish

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LIMIT, SLEW, FLOOR_BPM = 0.08, 0.05, 50.0
_ROUNDING = 1e-6


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--draw", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    listeners = grid(tuple(range(1, arguments.seeds + 1)))
    with multiprocessing.get_context("spawn").Pool(arguments.workers) as pool:
        trials = pool.starmap(run, listeners, chunksize=20)
    if arguments.draw is not None:
        arguments.draw.write_text(drawing([(_name(trial), _again(trial)) for trial in worst(trials)]), encoding="utf-8")
    publish(report(trials), arguments.write)


def worst(trials: Sequence[Trial]) -> list[Trial]:
    """The sessions that came nearest to breaking a promise: most turns, most of them together, and one that was let go late."""
    by_turns = sorted(trials, key=lambda trial: (trial.most_turns, len(trial.turns_s), trial.seed), reverse=True)
    clear = [trial for trial in trials if trial.settings.noise_bpm <= 1.0]
    clearest = max(clear, key=lambda trial: (trial.most_turns, len(trial.turns_s)))
    away = max((trial for trial in trials if trial.settings.gain < 0.0), key=lambda trial: len(trial.turns_s))
    return [by_turns[0], by_turns[1], clearest, away]


def _again(trial: Trial) -> Trial:
    return run(trial.settings, trial.seed, keep_path=True)


def _name(trial: Trial) -> str:
    s = trial.settings
    start = ", startled once" if s.jump_bpm else ""
    return (
        f"gain {s.gain:g}, delay {s.delay_s:g} s, noise {s.noise_bpm:g} bpm, signal away {s.dropout_share:.0%}, "
        f"rest {s.resting_bpm:g}{start}: {len(trial.turns_s)} turns"
    )


def report(trials: Sequence[Trial]) -> Iterator[str]:
    """The tables."""
    yield "# What the simulations showed"
    yield ""
    yield "```sh"
    yield ".venv/bin/python -m tests.bench.control --write docs/control.md --draw docs/control-worst.svg"
    yield "```"
    yield ""
    yield f"{len(trials)} sessions of 20 minutes (`settle-20`): {len(GAINS)} gains x {len(DELAYS_S)} time constants x"
    yield f"{len(NOISES_BPM)} noises x {len(DROPOUTS)} shares of lost signal x {len({trial.seed for trial in trials})} seeds, at"
    yield "four resting rates, every third listener startled by 12 bpm once; the whole pipeline, ten pieces of 50 to 84 BPM,"
    yield "invented time."
    yield ""
    yield "| promise | worst of all sessions | kept |"
    yield "|---|---|---|"
    yield from _promises(trials)
    yield ""
    yield "Worst cases (`docs/control-worst.svg`; they are kept as tests in `tests/control/test_stability.py`):"
    yield ""
    for trial in worst(trials):
        yield f"- {_name(trial)}, at {', '.join(f'{turn_s:.0f}' for turn_s in trial.turns_s)} s (seed {trial.seed})"
    yield ""
    yield "![The worst cases](control-worst.svg)"
    yield ""
    yield from _by_gain(trials)


def _promises(trials: Sequence[Trial]) -> Iterator[str]:
    stretch = max(trial.most_stretch for trial in trials)
    fastest = max(trial.fastest_percent_per_beat for trial in trials)
    turns = max(trial.most_turns for trial in trials)
    dark_bpm = max(trial.moved_in_the_dark_bpm for trial in trials)
    rows = [
        (f"never stretched by more than {LIMIT:.0%}", f"{100 * stretch:.3f} %", stretch <= LIMIT + _ROUNDING),
        (f"never faster than {SLEW} % a beat", f"{fastest:.4f} %", fastest <= SLEW + 1e-4),
        ("turns round at most twice in any 5 minutes", f"{turns}", turns <= 2),
        ("stays where it is while the signal is bad", f"{dark_bpm:.3f} BPM", dark_bpm <= _ROUNDING),
    ]
    for promise, figure, kept in rows:
        yield f"| {promise} | {figure} | {'yes' if kept else 'NO'} |"


def _by_gain(trials: Sequence[Trial]) -> Iterator[str]:
    yield "What became of listeners of each kind (all noises, delays and losses together):"
    yield ""
    yield "| gain | tempo let go, % of sessions | turns in a session, mean | lowest target, mean BPM |"
    yield "|---|---|---|---|"
    for gain in GAINS:
        some = [trial for trial in trials if trial.settings.gain == gain]
        let_go = 100.0 * sum(trial.let_go for trial in some) / len(some)
        turns = sum(len(trial.turns_s) for trial in some) / len(some)
        lowest = sum(trial.lowest_goal_bpm for trial in some) / len(some)
        yield f"| {gain:g} | {let_go:.0f} | {turns:.2f} | {lowest:.1f} |"


if __name__ == "__main__":
    main()

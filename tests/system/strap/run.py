"""Runs a program, unmodified, beside a virtual strap that plays an RR file.

python -m tests.system.strap.run --rr FILE [--seconds N] [--speed X] [--out-of-range-at S --for S] -- PROGRAM ARGS...

The file starts with the first subscription; when the link is lost, the heart beats on unheard. Exit code: the program's.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.sensor.rr_formats import read_rr_text
from tests.system.strap.bench import missing, strap_bench

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.system.strap.bench import StrapBench

ENDED_EARLY_S = 10.0


def main(arguments: Sequence[str]) -> int:
    """Parse, run, and give the program's exit code."""
    choices = _parser().parse_args(arguments)
    if reason := missing():
        sys.stderr.write(f"The strap bench cannot run here: {reason}.\n")
        return 1
    return asyncio.run(_run(choices))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.system.strap.run")
    parser.add_argument("--rr", type=Path, required=True, help="RR intervals in ms, one a line")
    parser.add_argument("--seconds", type=float, help="end the program after so long")
    parser.add_argument("--speed", type=float, default=1.0, help="how fast the heart's time passes")
    parser.add_argument("--out-of-range-at", type=float, metavar="S", help="seconds after the first subscription")
    parser.add_argument("--for", type=float, default=60.0, dest="away_s", metavar="S", help="how long it stays away")
    parser.add_argument("program", nargs=argparse.REMAINDER, help="-- PROGRAM ARGS...")
    return parser


async def _run(choices: argparse.Namespace) -> int:
    rr_ms = read_rr_text(choices.rr.read_text(encoding="utf-8"), choices.rr.name)
    async with strap_bench() as bench:
        scene = [asyncio.create_task(_play(bench, rr_ms, choices.speed))]
        if choices.out_of_range_at is not None:
            scene.append(asyncio.create_task(_away(bench, choices.out_of_range_at, choices.away_s)))
        try:
            return await _program(choices.program, bench.bus_address, choices.seconds)
        finally:
            for task in scene:
                task.cancel()
            await asyncio.gather(*scene, return_exceptions=True)


async def _play(bench: StrapBench, rr_ms: Sequence[float], speed: float) -> None:
    await bench.strap.subscribed.wait()
    await bench.strap.play(rr_ms, speed)


async def _away(bench: StrapBench, at_s: float, away_s: float) -> None:
    await bench.strap.subscribed.wait()
    await asyncio.sleep(at_s)
    await bench.out_of_range(away_s)


async def _program(command: Sequence[str], bus_address: str, seconds: float | None) -> int:
    words = command[1:] if command[:1] == ["--"] else command
    process = await asyncio.create_subprocess_exec(*words, env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": bus_address})
    with contextlib.suppress(TimeoutError):
        return await asyncio.wait_for(process.wait(), seconds)
    process.terminate()
    with contextlib.suppress(TimeoutError):
        return await asyncio.wait_for(process.wait(), ENDED_EARLY_S)
    process.kill()
    return await process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

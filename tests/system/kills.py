"""Kills running sessions at random moments, and says what of each is left: `python -m tests.system.kills --kills 100`.

Decision: the real program with a simulated heart, ended by SIGKILL. The only thing added is that it tells where its session clock
began, on the monotonic clock that all processes share: with it, the moment of the kill is known on the record's own clock, and
what is lost is the time between the latest event of a whole line and that moment. Then the record is finished as the next start
would do it, and replayed.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from relaxlisten.replay import replay
from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.records import load_record
from relaxlisten.session.recovery import recover
from tests.system.program import bare_environment, wait_until

MOST_LOST_S = 1.0
LATEST_S = 8.0
_TELLING_ITS_CLOCK = """
import pathlib, sys
from relaxlisten import cli, runtime
class Told(runtime.MonotonicClock):
    def __init__(self):
        super().__init__()
        place.write_text(repr(self.origin_s))
if __name__ == "__main__":
    place = pathlib.Path(sys.argv.pop(1))
    runtime.MonotonicClock = Told
    cli.main()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """at_s: of the kill, on the session's clock. last_s: latest of a whole line. torn_bytes: of the line that was under way."""

    at_s: float
    last_s: float
    events: int
    torn_bytes: int
    replays: bool

    @property
    def lost_s(self) -> float:
        """How much of the session is not in its record."""
        return self.at_s - self.last_s


def kill_one(folder: Path, moments: random.Random) -> Killed:
    """Start a session, kill it at a random moment of its first seconds, finish its record."""
    folder.mkdir()
    program, clock, record = folder / "program.py", folder / "clock", folder / "session" / RECORD_NAME
    program.write_text(_TELLING_ITS_CLOCK)
    command = [sys.executable, str(program), str(clock), "listen", "--no-window", "--no-sound", "--out", str(record.parent)]
    with subprocess.Popen(command, env=bare_environment(folder), stdout=subprocess.DEVNULL) as running:
        try:
            wait_until(lambda: running.poll() is not None or _size(record) > 0, "the header", 60.0)
            threading.Event().wait(moments.uniform(0.0, LATEST_S))
            running.kill()
            killed_s = time.monotonic()
        finally:
            running.kill()
    found = recover([record])
    (cut_off,) = found.cut_off
    kept = load_record(record)
    assert kept.damaged_lines == kept.unknown_lines == ()
    return Killed(
        at_s=killed_s - float(clock.read_text()),
        last_s=cut_off.length_s,
        events=len(kept.events) - 1,  # without the mark
        torn_bytes=cut_off.torn_bytes,
        replays=replay(kept).difference is None,
    )


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def kill_many(folder: Path, kills: int, seed: int) -> list[Killed]:
    """One after the other; what each has left goes to standard output as it comes."""
    moments, killed = random.Random(seed), []
    for number in range(kills):
        killed.append(kill_one(folder / str(number), moments))
        one = killed[-1]
        sys.stdout.write(
            f"{number + 1:4d}  killed at {one.at_s:6.3f} s  kept to {one.last_s:6.3f} s  lost {one.lost_s:5.3f} s  "
            f"{one.events:5d} events  {one.torn_bytes:4d} bytes torn  replay {'equal' if one.replays else 'DIFFERS'}\n"
        )
        sys.stdout.flush()
    return killed


def summary(killed: list[Killed]) -> str:
    """A Markdown table."""
    lost_s = np.array([one.lost_s for one in killed])
    torn = sum(one.torn_bytes > 0 for one in killed)
    equal = sum(one.replays for one in killed)
    return (
        "| kills | recovered | lost: median | 95 % | most | within a torn line | replay equal |\n|---|---|---|---|---|---|---|\n"
        f"| {len(killed)} | {len(killed)} | {np.median(lost_s):.2f} s | {np.percentile(lost_s, 95):.2f} s | {lost_s.max():.2f} s "
        f"| {torn} | {equal} |"
    )


def main() -> int:
    """Kill as often as is asked for; 1 where a record lost more than a second, or does not replay."""
    parser = argparse.ArgumentParser(prog="python -m tests.system.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        killed = kill_many(Path(folder), chosen.kills, chosen.seed)
    sys.stdout.write(summary(killed) + "\n")
    return 0 if all(one.lost_s <= MOST_LOST_S and one.replays for one in killed) else 1


if __name__ == "__main__":
    sys.exit(main())

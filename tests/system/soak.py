"""Eight hours of a session in invented time, and what they cost: `python -m tests.system.soak --hours 8`.

Decision: the real loop, pipeline, simulated heart, recorder and view model; of the sound only its place is moved along, because
what renders it has its own process and its own soak (test_soak.py, in real time). Memory counts from the tenth minute on, when
windows are full. With --sources it says which lines of the program hold what has grown.
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import os
import sys
import tempfile
import threading
import time
import tracemalloc
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.assembly import assemble
from relaxlisten.loop import SessionLoop, SteppedClock
from relaxlisten.runtime import STEP_S
from relaxlisten.settings import SessionSettings
from relaxlisten.sound.silent import SilentSound
from relaxlisten.window.view_model import ViewModel

if TYPE_CHECKING:
    from relaxlisten.messages import Event

MOST_GROWTH_MB_PER_H = 1.0
WARM_UP_S = 600.0
EVERY_S = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Of a process at a time of the session. handles: open files, sockets and pipes."""

    at_s: float
    rss_mb: float
    handles: int
    threads: int
    objects: int


def rss_mb(pid: int | str = "self") -> float:
    """Resident memory of a process, in MB of 2^20 bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def sample(at_s: float) -> Sample:
    """This process now."""
    gc.collect()
    handles = len(os.listdir("/proc/self/fd")) - 1  # without the one that lists them
    return Sample(at_s=at_s, rss_mb=rss_mb(), handles=handles, threads=threading.active_count(), objects=len(gc.get_objects()))


class Screen:
    """The view model as an observer."""

    def __init__(self) -> None:
        self.view = ViewModel()

    def receive(self, event: Event, *, derived: bool) -> None:
        """Show one event."""
        self.view.feed(event)


def soak(hours: float, folder: Path, every_s: float = EVERY_S) -> tuple[list[Sample], float]:
    """Samples from the tenth minute on, and the difference of the record's clock from the invented one at the end, in ms."""
    parts = assemble(SessionSettings(out=folder / "session", minutes=60.0 * hours, offline=True, protocol="settle-20"))
    parts = dataclasses.replace(parts, sound=SilentSound())
    recorder, screen, clock = parts.open_recorder(lambda _fault: None), Screen(), SteppedClock()
    loop = SessionLoop(parts, [recorder, screen])
    parts.sensor.start(clock)
    parts.library.scan()
    samples, due_s, steps = [], WARM_UP_S, 0
    while not loop.ended:
        clock.at_s = steps * STEP_S
        loop.step(clock.at_s)
        steps += 1
        if clock.at_s >= due_s:
            threading.Event().wait(1.5)  # the recorder has written by then
            samples.append(sample(clock.at_s))
            due_s += every_s
    recorder.close()
    return samples, (screen.view.facts.now_s - clock.at_s) * 1000.0


def growth_mb_per_h(samples: list[Sample]) -> float:
    """From the first sample to the last."""
    return (samples[-1].rss_mb - samples[0].rss_mb) / ((samples[-1].at_s - samples[0].at_s) / 3600.0)


def table(samples: list[Sample]) -> str:
    """As Markdown."""
    lines = ["| session time | RSS | handles | threads | objects |", "|---|---|---|---|---|"]
    lines += [
        f"| {one.at_s / 3600.0:.2f} h | {one.rss_mb:.1f} MB | {one.handles} | {one.threads} | {one.objects:,} |"
        for one in samples
    ]
    return "\n".join(lines)


def main() -> int:
    """Run it; 1 where memory, handles or threads have grown too much."""
    parser = argparse.ArgumentParser(prog="python -m tests.system.soak", description=__doc__)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--every", type=float, default=EVERY_S, help="seconds of the session between two samples")
    parser.add_argument("--sources", action="store_true", help="say what holds the memory that has grown (slow)")
    chosen = parser.parse_args()
    if chosen.sources:
        tracemalloc.start(6)
    begun_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        samples, drift_ms = soak(chosen.hours, Path(folder), chosen.every)
        size_mb = (Path(folder) / "session" / "session.jsonl").stat().st_size / 2**20
    growth = growth_mb_per_h(samples)
    sys.stdout.write(
        f"{table(samples)}\n\nMemory grew by {growth:.2f} MB/h after the first ten minutes; the record has {size_mb:.1f} MB; "
        f"its clock is {drift_ms:.1f} ms off; {time.monotonic() - begun_s:.0f} s of this machine.\n"
    )
    if chosen.sources:
        for line in tracemalloc.take_snapshot().statistics("lineno")[:25]:
            sys.stdout.write(f"{line}\n")
    steady = samples[-1].handles <= samples[0].handles and samples[-1].threads <= samples[0].threads
    return 0 if growth <= MOST_GROWTH_MB_PER_H and steady else 1


if __name__ == "__main__":
    sys.exit(main())

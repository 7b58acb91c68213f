"""Study analysis on many generated sessions: memory, two workers against one, killed midway and taken up again.

    .venv/bin/python -m tests.bench.cohort --sessions 10000 --folder /tmp/cohort --write docs/benchmarks.md

Decision: a few sessions of 20 minutes are run through the real loop (simulated strap, cleaning, pipeline; no sound is made) and
recorded; every further session is one of these with its beats made anew: other intervals (a participant's own rate, and noise of
2 ms a beat), another day. So the records are as long and as varied in their lines as real ones and cost little to make; it says
nothing about the physiology of anybody. They are packed (gzip), as 10,000 plain ones would need 40 GB.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import gzip
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relaxlisten.assembly import load_protocol
from relaxlisten.control.protocol import protocol_to_data
from relaxlisten.control.setup import ControlSetup, setup_to_data
from relaxlisten.loop import SessionLoop, SteppedClock
from relaxlisten.music.nature import nature_tracks
from relaxlisten.pipeline import Pipeline
from relaxlisten.ready_music import ReadyMusic
from relaxlisten.sensor.simulated import SimulatedSensor
from relaxlisten.session.format import SCHEMA, SessionHeader, event_line, header_data
from relaxlisten.session.load import PACKED_NAME
from relaxlisten.session.seal import seal
from relaxlisten.simulation.listeners import library, listener
from relaxlisten.simulation.sessions import LoopParts
from relaxlisten.sound.silent import SilentSound
from relaxlisten.terms import Arm
from tests.bench.document import publish

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.messages import Event

ARMS = (Arm.ADAPTIVE, Arm.UNMODIFIED)
VARIANTS, PER_PARTICIPANT, NOISE_MS = 6, 4, 2.0
BEAT = '{"event":"Beat"'


class _Lines:
    """An observer that writes down what a recorder would."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def receive(self, event: Event, *, derived: bool) -> None:
        self.lines.append(event_line(event, derived=derived, number=len(self.lines) + 1))


@dataclass(frozen=True)
class Variant:
    """A recorded session: its header as data, its lines, and its beats as data by their line."""

    header: dict[str, Any]
    lines: tuple[str, ...]
    beats: dict[int, dict[str, Any]]


def variant(number: int) -> Variant:
    """One session through the real loop."""
    tracks, protocol = library(1), load_protocol("study-20")
    person, setup = listener(number, 1, tracks), ControlSetup(arm=ARMS[number % len(ARMS)])
    header = SessionHeader(
        schema=SCHEMA, started_utc="2026-01-01T09:00:00+00:00", seed=number, sensor="simulated", simulated=True,
        settings={"music": "builtin", "volume": 0.8, "volume_cap": 1.0, "bed": None}, protocol=protocol_to_data(protocol),
        versions={}, condition=setup.arm.value, control=setup_to_data(setup),
    )  # fmt: skip
    written = _Lines()
    parts = LoopParts(
        pipeline=Pipeline(protocol, seed=number, volume=0.8, setup=setup),
        sensor=SimulatedSensor(number, person.person, person.effects),
        sound=SilentSound(),
        library=ReadyMusic([*tracks, *nature_tracks()]),
    )
    loop = SessionLoop(parts, [written])  # type: ignore[arg-type]  # the parts that a loop uses
    parts.sensor.start(SteppedClock())
    step = 0
    while not loop.ended:
        loop.step(step * 0.25)
        step += 1
    beats = {at: json.loads(line) for at, line in enumerate(written.lines) if line.startswith(BEAT)}
    return Variant(header=header_data(header), lines=tuple(written.lines), beats=beats)


def session_bytes(made: Variant, number: int) -> bytes:
    """The variant as session `number`: other beats, another day."""
    participant, rng = number // PER_PARTICIPANT, random.Random(number)
    rate = 1.0 + random.Random(f"participant {participant}").uniform(-0.1, 0.1)
    lines = list(made.lines)
    for at, beat in made.beats.items():
        noise_ms = rng.gauss(0.0, NOISE_MS)
        moved = {key: round(beat[key] * rate + noise_ms, 3) for key in ("rr_ms", "nn_ms") if beat[key] is not None}
        lines[at] = _sealed({**beat, **moved})
    day = datetime.date(2026, 1, 1) + datetime.timedelta(days=number % 365)
    header = {**made.header, "seed": number, "started_utc": f"{day}T09:00:00+00:00"}
    return gzip.compress((_sealed(header) + "".join(lines)).encode(), 1, mtime=0)


def _sealed(data: dict[str, Any]) -> str:
    return seal(json.dumps({key: value for key, value in data.items() if key != "crc"}, separators=(",", ":"))) + "\n"


def make(folder: Path, count: int) -> None:
    """So many sessions, of which those that are there already are kept."""
    variants = [variant(number) for number in range(VARIANTS)]
    for number in range(count):
        place = folder / "sessions" / f"P{number // PER_PARTICIPANT + 1:04d}-{number % PER_PARTICIPANT + 1}"
        if not (place / PACKED_NAME).exists():
            place.mkdir(parents=True, exist_ok=True)
            (place / PACKED_NAME).write_bytes(session_bytes(variants[number % VARIANTS], number))


# ---- the measuring ----


@dataclass(frozen=True)
class Run:
    """wall_s, and processor time of the whole tree; peak_mib: of the largest single process."""

    wall_s: float
    cpu_s: float
    peak_mib: float


def analyse(folder: Path, out: Path, workers: int, *, kill_after: int | None = None) -> Run:
    """The command as a user runs it. kill_after: end it by force once so many results are there."""
    words = ["study", "analyse", str(folder), "-o", str(out), "--workers", str(workers), "--sensors", "simulated"]
    before, start_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "relaxlisten", *words], stdout=subprocess.DEVNULL, start_new_session=True)
    peak_mib = 0.0
    while process.poll() is None:
        peak_mib = max(peak_mib, *peaks_mib(process.pid))
        if kill_after is not None and sum(1 for _ in (out / "cache").rglob("*.json")) >= kill_after:
            os.killpg(process.pid, signal.SIGKILL)
        time.sleep(0.5)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(wall_s=time.monotonic() - start_s, cpu_s=cpu_s, peak_mib=peak_mib)


def peaks_mib(group: int) -> list[float]:
    """The most that each process of a group has ever had resident; what getrusage says of it begins with this bench's own."""
    found = [0.0]
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError, StopIteration):  # it ended meanwhile, or is no program
            if os.getpgid(int(status.parent.name)) == group:
                line = next(line for line in status.read_text(errors="replace").splitlines() if line.startswith("VmHWM"))
                found.append(int(line.split()[1]) / 1024.0)
    return found


def same(one: Path, other: Path) -> bool:
    """Whether two runs gave the same tables and page, byte for byte."""
    names = ("sessions.csv", "phases.csv", "exclusions.csv", "overview.html")
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in names)


# The runs, in the order in which they are made: sessions ("few" is a tenth of all), workers.
RUNS = {"few-one": ("few", 1), "few-two": ("few", 2), "two": ("all", 2), "killed": ("all", 2), "again": ("all", 2)}
OUTS = {**{name: f"out-{name}" for name in RUNS}, "again": "out-killed"}


def measure(folder: Path, count: int, wanted: Sequence[str]) -> dict[str, dict[str, float]]:
    """Those runs that are wanted, and those that were made before: an hour's measuring may be done in parts."""
    for name, sessions in {"few": max(count // 10, 1), "all": count}.items():
        make(folder / name, sessions)
    kept = folder / "runs.json"
    known: dict[str, dict[str, float]] = json.loads(kept.read_text()) if kept.exists() else {}
    for name in wanted:
        sessions, workers = RUNS[name]
        out = folder / OUTS[name]
        if name != "again":
            shutil.rmtree(out, ignore_errors=True)
        run = analyse(folder / sessions, out, workers, kill_after=count // 2 if name == "killed" else None)
        results = sum(1 for _ in (out / "cache").rglob("*.json"))
        known[name] = {**asdict(run), "results": results, "load": os.getloadavg()[0]}
        kept.write_text(json.dumps(known))
    return known


def report(folder: Path, count: int, runs: dict[str, dict[str, float]]) -> list[str]:
    """The lines of the report."""
    few, outs = max(count // 10, 1), {name: folder / place for name, place in OUTS.items()}
    size_gib = sum(file.stat().st_size for file in (folder / "all").rglob(PACKED_NAME)) / 2**30
    one, small, two = (runs[name] for name in ("few-one", "few-two", "two"))
    loads = [run["load"] for run in (one, small)]
    return [
        "# Study analysis",
        "",
        "```sh",
        f".venv/bin/python -m tests.bench.cohort --sessions {count} --folder /tmp/cohort --write docs/benchmarks.md",
        "```",
        "",
        f"{count} generated sessions of 20 minutes ({size_gib:.2f} GiB packed), {os.cpu_count()} processors; load at the end of "
        f"the runs with one and two workers {loads[0]:.1f} and {loads[1]:.1f}, of the one with all sessions {two['load']:.1f}:",
        "",
        "| what | figure |",
        "|---|---|",
        f"| largest process, {few} sessions | {small['peak_mib']:.0f} MiB |",
        f"| largest process, {count} sessions | {two['peak_mib']:.0f} MiB |",
        f"| processor time a session | {1000.0 * two['cpu_s'] / count:.0f} ms |",
        f"| {few} sessions, one worker: wall, processor | {one['wall_s']:.0f} s, {one['cpu_s']:.0f} s |",
        f"| {few} sessions, two workers: wall, processor | {small['wall_s']:.0f} s, {small['cpu_s']:.0f} s |",
        f"| one worker's wall time to two workers' | {one['wall_s'] / small['wall_s']:.2f} |",
        f"| {count} sessions, two workers: wall, processor | {two['wall_s']:.0f} s, {two['cpu_s']:.0f} s |",
        f"| killed with {runs['killed']['results']:.0f} results, taken up again: processor | {runs['again']['cpu_s']:.0f} s |",
        f"| its tables are those of a run in one go | {'yes' if same(outs['again'], outs['two']) else 'NO'} |",
        f"| two workers' tables are those of one | {'yes' if same(outs['few-two'], outs['few-one']) else 'NO'} |",
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Make, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, required=True, help="where the sessions go: 0.7 MB each; delete it afterwards")
    parser.add_argument("--runs", nargs="*", choices=RUNS, default=list(RUNS), help="only these now; what was measured is kept")
    parser.add_argument("--write", type=Path, help="the document to write the section into")
    chosen = parser.parse_args(arguments)
    runs = measure(chosen.folder, chosen.sessions, chosen.runs)
    if runs.keys() == RUNS.keys():
        publish(report(chosen.folder, chosen.sessions, runs), chosen.write)


if __name__ == "__main__":
    main()

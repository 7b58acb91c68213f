"""Where a fault happens: the program as a user starts it, on a virtual strap, a virtual sound card, and a folder of its own.

Decision: a stage is made afresh for every run. Whatever happens is stamped on the machine's monotonic clock: what the card
played, what the program printed and when, what was done to it. Judging is left to `judge.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from tests.music.tagging import retagged_flac
from tests.system.faults.measure import SILENT
from tests.system.program import PROGRAM, bare_environment, count_of, wait_until
from tests.system.soundcard.virtual import RATE_HZ, Recording, VirtualCard, virtual_sound_card
from tests.system.strap.bench import strap_bench

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from typing import Any

    from tests.system.strap.bench import StrapBench

TONE_HZ, PIECE_S = 440.0, 180.0
STEADY_S = 3.0  # of music before a fault
START_S = 150.0
FINISHED_S = 20.0
TAGS = ["REPLAYGAIN_TRACK_GAIN=0.00 dB"]
PULSE = "tempo_bpm = 66.0\nfirst_beat_s = 0.0\n"


@dataclass(frozen=True, slots=True)
class Line:
    """What the program printed, and when."""

    time_s: float
    text: str


class Strap:
    """The strap bench on a thread of its own, with a heart that beats on."""

    def __init__(self) -> None:
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._heart: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._live()), daemon=True)
        self._thread.start()
        assert self._ready.wait(10.0), "the strap bench did not start"

    def do(self, work: Callable[[StrapBench], Coroutine[Any, Any, None]], within_s: float = 120.0) -> None:
        """Do something on the bench, and wait for its end."""
        asyncio.run_coroutine_threadsafe(work(self.bench), self._loop).result(within_s)

    def beat(self, *, on: bool = True, ticks_per_s: float = 1.0) -> None:
        """Let the heart beat 70 times a minute, or stop its packets. ticks_per_s: how fast the strap's seconds pass."""

        async def switch(bench: StrapBench) -> None:
            if self._heart is not None:
                self._heart.cancel()
            self._heart = asyncio.create_task(bench.strap.play([857.0] * 2000, ticks_per_s)) if on else None

        self.do(switch)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10.0)
        self._loop.close()

    async def _live(self) -> None:
        async with strap_bench() as bench:
            self.bench = bench
            self._ready.set()
            await self._over.wait()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()


class Stage:
    """One run."""

    def __init__(self, folder: Path, card: VirtualCard) -> None:
        self.folder, self.card = folder, card
        self.session, self.music, self.spare = folder / "session", folder / "music", folder / "spare"
        self.recordings: list[Recording] = []
        self.lines: list[Line] = []
        self.heard_s: float | None = None  # when music was heard first
        self.struck_s: float | None = None
        self.mended_s: float | None = None
        self.end_asked_s: float | None = None
        self.ended_s: float | None = None
        self.seen_tick: tuple[float, int] = (0.0, 0)  # when the record's newest second was seen on the disk, and which it was
        self.program: subprocess.Popen[str] | None = None
        self._strap: Strap | None = None
        self._reader: threading.Thread | None = None
        self._clean_up: list[Callable[[], object]] = []
        self.music.mkdir()
        self.spare.mkdir()

    # ---- before the fault ----

    @property
    def strap(self) -> Strap:
        """The strap; it is put on when somebody asks for it first."""
        if self._strap is None:
            self._strap = Strap()
            self._strap.beat()
        return self._strap

    def add_piece(self, name: str = "tone.flac", hz: float = TONE_HZ, seconds: float = PIECE_S) -> Path:
        """A steady tone as a piece of music, with a pulse that stands beside it."""
        phase = 2.0 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ
        path = self.music / name
        soundfile.write(path, np.repeat(0.5 * np.sin(phase).astype(np.float32)[:, None], 2, axis=1), RATE_HZ)
        path.write_bytes(retagged_flac(path.read_bytes(), TAGS))  # so that it can be played before it has been analysed
        path.with_name(f"{name}.toml").write_text(PULSE, encoding="utf-8")
        return path

    def environment(self) -> dict[str, str]:
        """What the program finds around it."""
        names = ("XDG_RUNTIME_DIR", "PULSE_SERVER")
        bus = {"DBUS_SYSTEM_BUS_ADDRESS": self._strap.bench.bus_address} if self._strap else {}
        card = {name: self.card.environment[name] for name in names}
        return {**bare_environment(self.folder), **card, **bus, "TMPDIR": str(self.spare)}

    def start(
        self, *arguments: str, heart: str = "simulated", music: Path | None = None, window: bool = False,
        env: dict[str, str] | None = None, out: Path | None = None,
    ) -> None:  # fmt: skip
        """Start a session, recorded at the card, with the terminal (or a window) to look at."""
        if heart.startswith("ble"):
            assert self.strap
        if not self.recordings:
            self.record()
        self.session = out or self.session
        command = [*PROGRAM, "listen", "--sensor", heart, "--music", str(music or self.music), "--out", str(self.session)]
        command += ["--minutes", "10", *arguments, *([] if window else ["--no-window"])]
        environment = {**self.environment(), "PYTHONUNBUFFERED": "1", "QT_QPA_PLATFORM": "offscreen", **(env or {})}
        pipe = subprocess.PIPE
        self.program = subprocess.Popen(
            command, env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        self._reader = threading.Thread(target=self._read, args=(self.program,), daemon=True)
        self._reader.start()

    def listen(self, *arguments: str, **options: Any) -> None:
        """Start a session and wait until its music has been heard for a while; with a strap, until it is connected too."""
        if not any(self.music.iterdir()):
            self.add_piece()
        self.start(*arguments, **options)
        self.until_sound()
        if str(options.get("heart", "")).startswith("ble"):
            wait_until(lambda: self.strap.bench.strap.subscribed.is_set(), "the strap", START_S)
        self.rest(STEADY_S)
        self.see_tick()

    def see_tick(self) -> tuple[float, int]:
        """Wait for a new second in the record: when it was seen on the disk, and which one."""
        file = self.session / "session.jsonl"
        before = count_of(file, '"event":"Tick"')
        wait_until(lambda: count_of(file, '"event":"Tick"') > before, "the next second in the record", 10.0)
        self.seen_tick = time.monotonic(), count_of(file, '"event":"Tick"')
        return self.seen_tick

    def beside(self, *arguments: str) -> subprocess.Popen[str]:
        """Start another session of the same listener."""
        command = [*PROGRAM, "listen", "--no-window", "--out", str(self.folder / "other"), *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self.environment(), stdout=pipe, stderr=subprocess.STDOUT, text=True)

    def record(self, sink: str = "nullsink") -> None:
        """Record what a sink of the card plays from now on."""
        self.recordings.append(Recording(self.card.environment, sink))

    # ---- the fault ----

    def strike(self) -> None:
        """The fault is here now."""
        self.struck_s = time.monotonic()

    def mend(self) -> None:
        """And now it is over."""
        self.mended_s = time.monotonic()

    def rest(self, seconds: float) -> None:
        """Let time pass."""
        threading.Event().wait(seconds)

    def until_sound(self, within_s: float = START_S) -> None:
        """Wait for something to be heard at the newest recording."""
        wait_until(self._is_loud, "sound", within_s)
        self.heard_s = self.heard_s or time.monotonic()

    def until_told(self, words: str, within_s: float = 30.0, from_s: float | None = None) -> None:
        """Wait until the program prints this; it goes on where it does not (the judge tells)."""
        with contextlib.suppress(AssertionError):
            wait_until(lambda: self.told_s(words, from_s) is not None, words, within_s)

    def told_s(self, words: str, from_s: float | None = None) -> float | None:
        """When the program printed these words first, after the fault."""
        since_s = from_s or self.struck_s or 0.0
        return next((line.time_s for line in list(self.lines) if line.time_s >= since_s and words in line.text), None)

    def sound_process(self) -> int:
        """The process that owns the card."""
        assert self.program is not None
        return next(pid for pid in children_of(self.program.pid) if "spawn_main" in command_of(pid))

    def everybody(self) -> list[int]:
        """The program and all processes that it has started."""
        assert self.program is not None
        return family_of(self.program.pid)

    def signal(self, number: signal.Signals, *, group: bool = False) -> None:
        """Send a signal to the program (group: to all of its processes at once), as its end is wished for."""
        assert self.program is not None
        self.end_asked_s = time.monotonic()
        (os.killpg if group else os.kill)(self.program.pid, number)

    def kill(self) -> None:
        """End the program, and it alone, without a word."""
        assert self.program is not None
        self.end_asked_s = time.monotonic()
        self.struck_s = self.struck_s or self.end_asked_s
        self.program.kill()
        self.program.wait()

    def stop_reading(self) -> None:
        """Leave the program without anybody who reads what it prints."""
        assert self.program is not None
        assert self.program.stdout is not None
        nowhere = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nowhere, self.program.stdout.fileno())  # the pipe has no reader from here on, and our own reads come to an end
        os.close(nowhere)

    def wait_for_end(self, within_s: float) -> None:
        """Wait until the program has ended."""
        assert self.program is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.program.wait(within_s)

    def until_record(self) -> None:
        """Wait until the session's record is on the disk."""
        wait_until(lambda: count_of(self.session / "session.jsonl", "SessionHeader") > 0, "the record", START_S)

    def afterwards(self, clean_up: Callable[[], object]) -> None:
        """Do this when all has ended, last first."""
        self._clean_up.append(clean_up)

    # ---- after it ----

    def end(self, within_s: float = FINISHED_S) -> None:
        """Ask for the end, unless somebody did, wait for it, and for what the card still holds."""
        assert self.program is not None
        if self.ended_s is not None:
            return
        if self.end_asked_s is None and self.program.poll() is None:
            self.signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.program.wait(within_s)
        self.ended_s = time.monotonic()
        self.rest(0.5)

    def close(self) -> None:
        """Leave nothing behind."""
        if self.program is not None:
            for pid in self.everybody():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.program.wait()
            assert self._reader is not None
            self._reader.join(5.0)
            if self.program.stdout is not None:
                self.program.stdout.close()
        for clean_up in reversed(self._clean_up):
            clean_up()
        for recording in self.recordings:
            recording.stop()
        if self._strap is not None:
            self._strap.close()

    def _is_loud(self) -> bool:
        newest = self.recordings[-1].newest(RATE_HZ // 10)
        return bool(newest.size) and float(np.sqrt(np.mean(newest**2))) > SILENT

    def _read(self, program: subprocess.Popen[str]) -> None:
        assert program.stdout is not None
        for text in program.stdout:
            self.lines.append(Line(time.monotonic(), text.rstrip()))


@contextlib.contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """A stage with a sound card."""
    with virtual_sound_card() as card:
        made = Stage(folder, card)
        try:
            yield made
        finally:
            made.close()


# ---- processes ----


def children_of(pid: int) -> list[int]:
    """Processes that any thread of a process has started."""
    found: list[int] = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in listed.read_text(encoding="ascii").split()]
    return found


def family_of(pid: int) -> list[int]:
    """A process and all that came of it."""
    return [pid, *(one for child in children_of(pid) for one in family_of(child))]


def command_of(pid: int) -> str:
    """The command line of a process; nothing where it has gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    return ""


def is_gone(pid: int) -> bool:
    """Whether a process has ended, waited for or not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] == "Z"
    return True

"""Long or violent, and not part of the ordinary run: what a recording of the card shows. Figures go to the terminal (`-s`)."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from relaxlisten.messages import SoundState
from tests.system.chain import match_segments
from tests.system.program import PROGRAM, bare_environment, read_session
from tests.system.soak import MOST_GROWTH_MB_PER_H, rss_mb
from tests.system.soundcard.virtual import RATE_HZ, missing_programs, virtual_sound_card

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.system.soundcard.virtual import VirtualCard

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(bool(missing_programs()), reason=f"not installed: {', '.join(missing_programs())}"),
    pytest.mark.timeout(4500),
]

MINUTES = float(os.environ.get("SOAK_MINUTES", "60"))


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    def write(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{text}\n")

    return write


@pytest.fixture
def one_busy_core() -> Iterator[None]:
    """A process that never rests, on the first core, at the usual priority whatever the test's own is."""
    never = "import os\nos.setpriority(os.PRIO_PROCESS, 0, 0)\nos.sched_setaffinity(0, {0})\nwhile True: pass"
    busy = subprocess.Popen([sys.executable, "-c", never])
    yield
    busy.kill()
    busy.wait()


def environment_of(card: VirtualCard, folder: Path) -> dict[str, str]:
    names = ("XDG_RUNTIME_DIR", "PULSE_SERVER")
    return {**bare_environment(folder), **{name: card.environment[name] for name in names}, "QT_QPA_PLATFORM": "offscreen"}


@pytest.mark.usefixtures("one_busy_core")
def test_an_hour_with_the_window_open_and_a_core_busy_is_heard_whole(tmp_path: Path, say: Callable[[str], None]) -> None:
    wave, session = tmp_path / "rendered.wav", tmp_path / "session"
    command = [*PROGRAM, "listen", "--minutes", str(MINUTES + 1.0), "--render", str(wave), "--out", str(session)]
    with virtual_sound_card() as card, card.record() as recording:
        program = subprocess.Popen(command, env=environment_of(card, tmp_path), stdout=subprocess.DEVNULL)
        seen = watched(program.pid, MINUTES, say)
        program.terminate()
        program.wait(20.0)
        heard = recording.samples().mean(axis=1, dtype=np.float64)
    rendered, _ = soundfile.read(wave, dtype="float64")
    whole = rendered[: round((MINUTES * 60.0 - 5.0) * RATE_HZ)]  # what comes after the wish to end is not all heard
    matches = match_segments(whole.mean(axis=1), heard, every_s=5.0)
    offsets_ms = np.array([match.offset_frames for match in matches]) / RATE_HZ * 1000.0
    states = [entry.event for entry in read_session(session).events if isinstance(entry.event, SoundState)]
    say(
        f"{len(matches)} seconds compared over {matches[-1].rendered_s / 60.0:.1f} min: offset {offsets_ms.min():.2f} to "
        f"{offsets_ms.max():.2f} ms, residual at worst {max(match.residual_db for match in matches):.1f} dB; breaks "
        f"{states[-1].breaks}, underflow frames {states[-1].underflow_frames}; the card's clock {states[-1].card_drift_ppm} ppm"
    )
    astray = [match for match, offset_ms in zip(matches, offsets_ms, strict=True) if abs(offset_ms - np.median(offsets_ms)) > 1.0]
    for match in astray:
        say(f"astray in second {match.rendered_s:.0f}: {match.offset_frames} frames, residual {match.residual_db:.1f} dB")
    for name, of in warm(seen).items():
        first, last, mb_per_h = of[0], of[-1], growth(of)
        say(f"{name}: {first.rss_mb:.1f} MB in minute {first.minute}, {last.rss_mb:.1f} in {last.minute}: {mb_per_h:+.2f} MB/h")
        assert mb_per_h <= MOST_GROWTH_MB_PER_H or last.minute < WARM_MINUTES + 30  # of a shorter run the figure says little
        assert last.handles <= first.handles
        assert last.threads <= max(one.threads for one in of[:PIECE_MINUTES])
    assert np.ptp(offsets_ms) < 1.0
    assert states[-1].breaks == 0


WARM_MINUTES = 10
PIECE_MINUTES = 10  # in which each kind of work comes: two or three pieces end and begin


@dataclass(frozen=True, slots=True)
class Seen:
    """A process in a minute."""

    minute: int
    rss_mb: float
    handles: int
    threads: int


def watched(pid: int, minutes: float, say: Callable[[str], None]) -> dict[str, list[Seen]]:
    """Memory, handles and threads of the program and the processes that it started, each minute."""
    seen: dict[str, list[Seen]] = {}
    begun_s = time.monotonic()
    for minute in range(1, int(minutes) + 1):
        threading.Event().wait(max(begun_s + 60.0 * minute - time.monotonic(), 0.0))
        for name, one in (("program", pid), *((f"child {child}", child) for child in children_of(pid))):
            with contextlib.suppress(OSError):  # it ended meanwhile
                handles, tasks = len(os.listdir(f"/proc/{one}/fd")), len(os.listdir(f"/proc/{one}/task"))
                seen.setdefault(name, []).append(Seen(minute, rss_mb(one), handles, tasks))
                say(f"minute {minute:3d}  {name:14}  {rss_mb(one):7.1f} MB  {handles:3d} handles  {tasks:3d} threads")
    threading.Event().wait(max(begun_s + 60.0 * minutes - time.monotonic(), 0.0))
    return seen


def warm(seen: dict[str, list[Seen]]) -> dict[str, list[Seen]]:
    """Of each process that lived from the tenth minute to the end: what was seen of it in that time."""
    lasting = {name: [one for one in of if one.minute >= WARM_MINUTES] for name, of in seen.items()}
    end = max((of[-1].minute for of in lasting.values() if of), default=0)
    return {name: of for name, of in lasting.items() if of and of[0].minute == WARM_MINUTES < of[-1].minute == end}


def growth(of: list[Seen]) -> float:
    """MB an hour between the first ten minutes and the last ten: medians, as memory comes and goes with each piece."""
    early, late = of[:PIECE_MINUTES], of[-PIECE_MINUTES:]
    middles_mb = [statistics.median(one.rss_mb for one in part) for part in (early, late)]
    hours = (statistics.mean(one.minute for one in late) - statistics.mean(one.minute for one in early)) / 60.0
    return (middles_mb[1] - middles_mb[0]) / hours if hours else 0.0


def children_of(pid: int) -> list[int]:
    """Processes that any thread of a process has started."""
    lists = [listed.read_text(encoding="ascii") for listed in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(child) for listed in lists for child in listed.split()]

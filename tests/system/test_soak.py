"""Long or violent, and not part of the ordinary run: what a recording of the card shows. Figures go to the terminal (`-s`)."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from relaxlisten.messages import SoundState
from tests.system.chain import match_segments
from tests.system.program import PROGRAM, bare_environment, read_session
from tests.system.soundcard.virtual import RATE_HZ, missing_programs, virtual_sound_card

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

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
    """A process that never rests, on the first core."""
    busy = subprocess.Popen([sys.executable, "-c", "import os\nos.sched_setaffinity(0, {0})\nwhile True: pass"])
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
        threading.Event().wait(60.0 * MINUTES)
        program.terminate()
        program.wait(20.0)
        heard = recording.samples().mean(axis=1, dtype=np.float64)
    rendered, _ = soundfile.read(wave, dtype="float64")
    matches = match_segments(rendered.mean(axis=1), heard, every_s=5.0)
    offsets_ms = np.array([match.offset_frames for match in matches]) / RATE_HZ * 1000.0
    states = [entry.event for entry in read_session(session).events if isinstance(entry.event, SoundState)]
    say(
        f"{len(matches)} seconds compared over {matches[-1].rendered_s / 60.0:.1f} min: offset {offsets_ms.min():.2f} to "
        f"{offsets_ms.max():.2f} ms, residual at worst {max(match.residual_db for match in matches):.1f} dB; breaks "
        f"{states[-1].breaks}, underflow frames {states[-1].underflow_frames}; the card's clock {states[-1].card_drift_ppm} ppm"
    )
    assert np.ptp(offsets_ms) < 1.0
    assert states[-1].breaks == 0

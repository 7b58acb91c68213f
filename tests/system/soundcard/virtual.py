"""A sound card that is none: PulseAudio's null sink, and a recorder at its monitor.

`with virtual_sound_card() as card:` gives `card.environment` (what a program needs to find it), `card.record()` (a context whose
`samples()` are what was heard so far), and `card.unplug()` and `card.plug_in()`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from relaxlisten.units import AudioArray, FloatArray

RATE_HZ = 44_100
PROGRAMS = ("pulseaudio", "pactl", "parec")
_SINK = "module-null-sink", "sink_name=nullsink", f"rate={RATE_HZ}", "channels=2"
_READY_WITHIN_S = 5.0
_LOOK_S = 10.0


def missing_programs() -> list[str]:
    """Which of the programs that make up the card are not installed."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


class Recording:
    """What the card plays, from when it was made."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.started_s = time.monotonic()
        self._bytes = bytearray()
        self._arrivals: list[tuple[float, int]] = []  # moments on the monotonic clock, and frames that had come by then
        command = ["parec", "-d", "nullsink.monitor", "--format=float32le", f"--rate={RATE_HZ}", "--channels=2", "--raw"]
        self._parec = subprocess.Popen([*command, "--latency-msec=20"], stdout=subprocess.PIPE, env=environment)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def samples(self) -> AudioArray:
        """What was heard so far, shape (n, 2)."""
        whole = bytes(self._bytes)
        return np.frombuffer(whole[: len(whole) // 8 * 8], "<f4").reshape(-1, 2)

    def moments_s(self, frames: FloatArray) -> FloatArray:
        """When frames of the recording were heard, on the monotonic clock, but for a constant delay.

        A card's clock and the computer's drift apart; by how much, in each ten seconds the frames tell that came least late.
        """
        moments_s, counts = np.array(self._arrivals).T
        late_s = moments_s - counts / RATE_HZ
        starts = np.arange(moments_s[0], moments_s[-1] - _LOOK_S, _LOOK_S)
        places = [np.flatnonzero((moments_s >= start) & (moments_s < start + _LOOK_S)) for start in starts]
        least = [place[np.argmin(late_s[place])] for place in places if place.size]
        return frames / RATE_HZ + np.interp(frames, counts[least], late_s[least])

    def stop(self) -> None:
        """End the recording."""
        self._parec.terminate()
        self._parec.wait(5.0)
        self._reader.join(5.0)

    def _read(self) -> None:
        assert self._parec.stdout is not None
        with self._parec.stdout as heard:
            while part := heard.read(4096):
                self._bytes += part
                self._arrivals.append((time.monotonic(), len(self._bytes) // 8))


@dataclass(slots=True)
class VirtualCard:
    """A running sound server with one sink."""

    environment: dict[str, str]
    module: str = ""

    @contextlib.contextmanager
    def record(self) -> Iterator[Recording]:
        """Record what the card plays."""
        recording = Recording(self.environment)
        try:
            yield recording
        finally:
            recording.stop()

    def plug_in(self) -> None:
        """Make the sink."""
        self.module = self._pactl("load-module", *_SINK)

    def unplug(self) -> None:
        """Take the sink away from whoever plays to it."""
        self._pactl("unload-module", self.module)

    def _pactl(self, *arguments: str) -> str:
        done = subprocess.run(["pactl", *arguments], env=self.environment, check=True, capture_output=True, text=True, timeout=10)
        return done.stdout.strip()


@contextlib.contextmanager
def virtual_sound_card() -> Iterator[VirtualCard]:
    """A server of its own in a folder of its own; it ends with the context. Works without a screen, and for root."""
    with tempfile.TemporaryDirectory(prefix="card") as folder:
        Path(folder).chmod(0o700)
        environment = {**os.environ, "XDG_RUNTIME_DIR": folder, "HOME": folder, "PULSE_SERVER": f"unix:{folder}/pulse/native"}
        command = [
            "pulseaudio",
            "-n",
            "--daemonize=no",
            "--exit-idle-time=-1",
            "--disallow-exit",
            "-L",
            "module-native-protocol-unix",
        ]
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            card = VirtualCard(environment)
            _wait_for(Path(folder) / "pulse" / "native")
            card.plug_in()
            yield card
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(5.0)


def _wait_for(socket: Path) -> None:
    waiting, until_s = threading.Event(), time.monotonic() + _READY_WITHIN_S
    while not socket.exists():
        assert time.monotonic() < until_s, "the sound server did not start"
        waiting.wait(0.02)

"""A sound card that is none: PulseAudio's null sink, and a recorder at its monitor.

`with virtual_sound_card() as card:` gives `card.environment` (what a program needs to find it), `card.record()` (a context whose
`samples()` are what was heard so far), `card.unplug()` and `card.plug_in()`, and `card.kill_server()` and `card.start_server()`.
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
_FRAME_BYTES = 8


def missing_programs() -> list[str]:
    """Which of the programs that make up the card are not installed."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


class Recording:
    """What the card plays, from when it was made."""

    def __init__(self, environment: dict[str, str], sink: str = "nullsink") -> None:
        self.started_s = time.monotonic()
        self._bytes = bytearray()
        self._arrivals: list[tuple[float, int]] = []  # moments on the monotonic clock, and frames that had come by then
        command = ["parec", "-d", f"{sink}.monitor", "--format=float32le", f"--rate={RATE_HZ}", "--channels=2", "--raw"]
        self._parec = subprocess.Popen([*command, "--latency-msec=20"], stdout=subprocess.PIPE, env=environment)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def samples(self) -> AudioArray:
        """What was heard so far, shape (n, 2)."""
        whole = bytes(self._bytes)
        return np.frombuffer(whole[: len(whole) // _FRAME_BYTES * _FRAME_BYTES], "<f4").reshape(-1, 2)

    def newest(self, frames: int) -> AudioArray:
        """The last of it, shape (n, 2) with n up to `frames`; cheap, however long the recording is."""
        whole = len(self._bytes) // _FRAME_BYTES * _FRAME_BYTES
        start = max(whole - frames * _FRAME_BYTES, 0)
        return np.frombuffer(bytes(self._bytes[start:whole]), "<f4").reshape(-1, 2)

    def began_s(self) -> float:
        """When its first frame was heard, on the monotonic clock: the frames that came least late tell it."""
        return min((moment_s - count / RATE_HZ for moment_s, count in list(self._arrivals)), default=self.started_s)

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
                self._arrivals.append((time.monotonic(), len(self._bytes) // _FRAME_BYTES))


class VirtualCard:
    """A running sound server with one sink, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "pulse" / "native"
        self.environment = {
            **os.environ, "XDG_RUNTIME_DIR": str(folder), "HOME": str(folder), "PULSE_SERVER": f"unix:{self._socket}",
        }  # fmt: skip
        self._module = ""
        self._server: subprocess.Popen[bytes] | None = None

    @contextlib.contextmanager
    def record(self, sink: str = "nullsink") -> Iterator[Recording]:
        """Record what a sink plays."""
        recording = Recording(self.environment, sink)
        try:
            yield recording
        finally:
            recording.stop()

    def plug_in(self) -> None:
        """Make the sink."""
        self._module = self.pactl("load-module", *_SINK)

    def unplug(self) -> None:
        """Take the sink away from whoever plays to it."""
        self.pactl("unload-module", self._module)

    def start_server(self) -> None:
        """Start the server, with its sink."""
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit"]
        command += ["-L", "module-native-protocol-unix"]
        quiet = subprocess.DEVNULL
        self._server = subprocess.Popen(command, env=self.environment, stdout=quiet, stderr=quiet)
        _wait_for(self._socket)
        self.plug_in()

    def kill_server(self) -> None:
        """End the server without a word to anybody."""
        self._end(signal.SIGKILL)
        self._socket.unlink(missing_ok=True)
        self._socket.with_name("pid").unlink(missing_ok=True)

    def hold_server(self, seconds: float) -> None:
        """Let the server stand still for a while."""
        assert self._server is not None
        self._server.send_signal(signal.SIGSTOP)
        threading.Event().wait(seconds)
        self._server.send_signal(signal.SIGCONT)

    def stop_server(self) -> None:
        """End the server as the system does."""
        self._end(signal.SIGTERM)

    def pactl(self, *arguments: str) -> str:
        """Ask the server."""
        done = subprocess.run(["pactl", *arguments], env=self.environment, check=True, capture_output=True, text=True, timeout=10)
        return done.stdout.strip()

    def _end(self, number: signal.Signals) -> None:
        if self._server is not None:
            self._server.send_signal(number)
            self._server.wait(5.0)
            self._server = None


@contextlib.contextmanager
def virtual_sound_card() -> Iterator[VirtualCard]:
    """A server of its own; it ends with the context. Works without a screen, and for root."""
    with tempfile.TemporaryDirectory(prefix="card", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o700)
        card = VirtualCard(Path(folder))
        try:
            card.start_server()
            yield card
        finally:
            card.stop_server()


def _wait_for(socket: Path) -> None:
    waiting, until_s = threading.Event(), time.monotonic() + _READY_WITHIN_S
    while not socket.exists():
        assert time.monotonic() < until_s, "the sound server did not start"
        waiting.wait(0.02)

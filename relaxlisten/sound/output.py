"""The sound card, and the silence that takes its place: the only module that knows sounddevice and rtmixer.

Decision: rtmixer's C callback plays from a ring, because any Python in the callback breaks up as soon as the interpreter is busy
(hundreds of breaks a minute measured, against none). What is at the ear is told from the DAC times of single silent frames that
are slipped in several times a second (`ear_clock.py`). All frames here are counted at RATE_HZ, at which the music is made; a card
that refuses that rate gets them resampled.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from relaxlisten.errors import RelaxListenError
from relaxlisten.sound.ear_clock import EarClock
from relaxlisten.sound.rates import Resampler

if TYPE_CHECKING:
    from typing import Any

    from relaxlisten.units import AudioArray

RATE_HZ = 44_100
USUAL_RATE_HZ = 48_000  # sound servers say that every rate is theirs, and so what a device says of its own may be wrong
RING_FRAMES = 16_384  # 0.37 s: longer than any stall of the producer that was measured
LATENCY_S = 0.15  # never "low": PortAudio's smallest buffers break up on a busy machine
_STALLED_S = 3.0  # sound servers were seen to take 1.2 s before their first callback
_PROBE_TIMEOUT_S = 5.0
_CHANNELS = 2
_FRAME_BYTES = _CHANNELS * 4
_SPARE_FRAMES = 2048
_ASK_EVERY_S = 0.5
_SILENT_FRAME = bytes(_FRAME_BYTES)


class CardFault(RelaxListenError):
    """There is no sound card, or it has gone; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the card has done so far. ear_frame: index of the frame that is at the ear now (since the card was opened).

    drift_ppm: how much faster the card's clock runs than ours; None until it was watched for a while.
    """

    ear_frame: float
    buffered_frames: int
    breaks: int
    underflow_frames: int
    drift_ppm: float | None = None


class Card(Protocol):
    """A place for frames to go, in real time."""

    def free_frames(self) -> int:
        """How many frames `write` takes now."""

    def write(self, block: AudioArray) -> None:
        """Add frames, shape (n, 2), to what is played."""

    def heard(self, now_s: float) -> Heard:
        """What is heard at now_s on the system's monotonic clock. Raises CardFault where the card has gone."""

    def close(self) -> None:
        """Free the card at once."""


class Silence:
    """Frames that go nowhere, at the pace of the clock."""

    def __init__(self, now_s: float) -> None:
        self._start_s = now_s
        self._written = 0

    def free_frames(self) -> int:
        """How many frames `write` takes now."""
        return RING_FRAMES - max(self._written - self._played(time.monotonic()), 0)

    def write(self, block: AudioArray) -> None:
        """Let frames pass."""
        self._written += len(block)

    def heard(self, now_s: float) -> Heard:
        """What would be heard."""
        played = min(self._played(now_s), self._written)
        return Heard(ear_frame=played, buffered_frames=self._written - played, breaks=0, underflow_frames=0)

    def close(self) -> None:
        """Nothing to free."""

    def _played(self, now_s: float) -> int:
        return int((now_s - self._start_s) * RATE_HZ)


class SoundCard:
    """The default output device. Raises CardFault where there is none."""

    def __init__(self, now_s: float) -> None:
        rtmixer = _import_rtmixer()
        self._ring = rtmixer.RingBuffer(_FRAME_BYTES, RING_FRAMES)
        self._stream, self._card_hz = _open_stream(rtmixer)
        self._resampler = Resampler(RATE_HZ, self._card_hz)
        self._written = 0
        self._breaks = 0
        self._underflow_frames = 0
        self._watched_s = self._moved_s = now_s
        self._consumed_before = 0
        self._clock = EarClock(self._card_hz)
        self._action: Any = None
        self._question: tuple[Any, int] | None = None  # a silent frame under way, and ours that it goes with
        self._ask_s = now_s
        self._least_taken = RING_FRAMES

    def free_frames(self) -> int:
        """How many frames `write` takes now."""
        # A resampler holds frames back and gives them later: some room is kept for those.
        spare = 0 if self._card_hz == RATE_HZ else _SPARE_FRAMES
        return int(max(self._ring.write_available - spare, 0) * RATE_HZ / self._card_hz)

    def write(self, block: AudioArray) -> None:
        """Add frames to the ring; play starts once it is half full, and starts again after it ran dry."""
        resampled = self._resampler.feed(block)
        self._ring.write(np.ascontiguousarray(resampled, dtype=np.float32))
        self._written += len(resampled)
        if not self._playing() and self._ring.read_available >= RING_FRAMES // 2:
            if self._action is not None:
                self._breaks += 1
            self._clock.restart(self._consumed())
            self._action = self._stream.play_ringbuffer(self._ring)

    def heard(self, now_s: float) -> Heard:
        """What is heard now. To be called often: several times for each block that the card takes."""
        answer = self._answer(now_s)
        consumed = self._consumed()
        taken = consumed - self._consumed_before
        self._watch(now_s, consumed)
        self._clock.watch(now_s, consumed)
        if taken > 0:
            self._least_taken = min(self._least_taken, taken)
        if answer is not None and 0 < taken < 1.5 * self._least_taken:  # one block, and so the one that held the silent frame
            self._clock.place(*answer)
        self._ask(now_s, consumed)
        ours = RATE_HZ / self._card_hz
        return Heard(
            ear_frame=self._clock.frame_at(now_s) * ours,
            buffered_frames=round((self._written - consumed) * ours),
            breaks=self._breaks,
            underflow_frames=round(self._underflow_frames * ours),
            drift_ppm=self._clock.drift_ppm(now_s),
        )

    def close(self) -> None:
        """Free the card at once."""
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)

    def _ask(self, now_s: float, consumed: int) -> None:
        """Slip a silent frame in with the next block, to learn when that is heard."""
        if self._question is None and now_s >= self._ask_s and self._playing():
            self._question = (self._stream.play_buffer(_SILENT_FRAME, _CHANNELS), consumed)
            self._ask_s = now_s + (_ASK_EVERY_S if self._clock.certain else 0.0)

    def _answer(self, now_s: float) -> tuple[int, float] | None:
        """The frame that led the block of the silent one, and when it is heard; None while that is not known."""
        if self._question is None or self._question[0] in self._stream.actions:
            return None
        (action, frame), self._question = self._question, None
        # PortAudio's clock may be the computer's wall clock: only what lies between two moments on it, both new, is used.
        return (frame, now_s + action.actual_time - self._stream.time) if action.actual_time > 0.0 else None

    def _playing(self) -> bool:
        return self._action is not None and self._action in self._stream.actions

    def _consumed(self) -> int:
        return self._written - int(self._ring.read_available)

    def _watch(self, now_s: float, consumed: int) -> None:
        """Count the time that the ring is dry; a card that takes nothing from a full ring has gone, whatever PortAudio says."""
        dry = self._action is not None and not self._playing()
        if dry:
            self._underflow_frames += int((now_s - self._watched_s) * self._card_hz)
        if dry or consumed != self._consumed_before:
            self._consumed_before, self._moved_s = consumed, now_s
        self._watched_s = now_s
        if now_s - self._moved_s > _STALLED_S or not self._stream.active:
            raise CardFault("The sound card has stopped taking sound")


NO_PORTAUDIO = (
    "Sound cannot be played because the PortAudio library is missing: the session is silent (--render still writes a file); "
    "on Debian and Ubuntu `apt-get install libportaudio2` brings it."
)
NO_CARD = (
    "No sound card was found: the session is silent (--render still writes a file); connect headphones or a card, it is "
    "looked for again and again."
)


def _import_rtmixer() -> Any:
    try:
        import rtmixer
    except OSError as fault:
        raise CardFault(NO_PORTAUDIO) from fault
    except ImportError as fault:
        message = (
            f"Sound cannot be played because rtmixer cannot be loaded ({fault}): the session is silent; install it with pip."
        )
        raise CardFault(message) from fault
    return rtmixer


def _open_stream(rtmixer: Any) -> tuple[Any, int]:
    """A started stream and its rate: RATE_HZ, or the device's own where that is refused, or the usual one of cards."""
    import sounddevice

    try:
        device = sounddevice.query_devices(kind="output")
        for rate_hz in (RATE_HZ, int(device["default_samplerate"]), USUAL_RATE_HZ):
            try:
                stream = rtmixer.Mixer(channels=_CHANNELS, samplerate=rate_hz, latency=LATENCY_S, blocksize=0)
                stream.start()
            except sounddevice.PortAudioError as fault:
                refused = fault
            else:
                return stream, rate_hz
        raise refused
    except (sounddevice.PortAudioError, ValueError) as fault:
        raise CardFault(NO_CARD) from fault


def look_again() -> None:
    """Make PortAudio forget the devices it knows, so that a new one is seen. No stream may be open."""
    import sounddevice

    sounddevice._terminate()
    sounddevice._initialize()


_PROBE = """
import sounddevice
print(sounddevice.query_devices(kind="output")["name"])
"""


def card_status() -> tuple[bool, str]:
    """Whether there is a card, and a sentence. Asked in a process of its own: PortAudio may hang or write to the terminal."""
    try:
        _import_rtmixer()
        asked = subprocess.run(
            [sys.executable, "-c", _PROBE], capture_output=True, text=True, timeout=_PROBE_TIMEOUT_S, check=False
        )
    except CardFault as fault:
        return False, str(fault)
    except (OSError, subprocess.TimeoutExpired):
        return False, "The sound system does not answer: sessions are silent; restart the sound server or the computer."
    name = asked.stdout.strip()
    return (True, f"Sound is played on {name}.") if asked.returncode == 0 and name else (False, NO_CARD)

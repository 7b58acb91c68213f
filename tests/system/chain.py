"""The whole chain on virtual hardware: a strap that plays an RR file, the unmodified program, a sound card that is recorded."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from relaxlisten.messages import SoundState
from tests.system.program import PROGRAM, bare_environment, read_session
from tests.system.soundcard.virtual import RATE_HZ, virtual_sound_card

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from relaxlisten.session.format import Record

_SEGMENT_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a session left behind. heard: recorded at the card; rendered: what the program says it sent. Shapes (n,)."""

    output: str
    exit_code: int
    record: Record
    heard: NDArray[np.float64]
    rendered: NDArray[np.float64]

    def sound_states(self) -> list[SoundState]:
        """What the program said of the sound, while it could be heard."""
        return [e.event for e in self.record.events if isinstance(e.event, SoundState) and e.event.audible]


def run_chain(
    folder: Path, rr_file: Path, music: Path, *, minutes: float, strap: Sequence[str] = (), listen: Sequence[str] = (),
    seconds: float | None = None, qt: str | None = None,
) -> Evidence:  # fmt: skip
    """Run one session with strap and card. strap, listen: more arguments for the virtual strap and for `relaxlisten listen`.

    qt: the Qt platform for the window, which is then closed after `seconds`; None for the terminal.
    """
    session, wave = folder / "session", folder / "rendered.wav"
    program = [*PROGRAM, "listen", "--sensor", "ble", "--music", str(music), "--minutes", str(minutes), "--out", str(session)]
    program += ["--render", str(wave), *listen, *([] if qt else ["--no-window"])]
    ending = [] if seconds is None else ["--seconds", str(seconds)]
    command = [sys.executable, "-m", "tests.system.strap.run", "--rr", str(rr_file), *strap, *ending, "--", *program]
    with virtual_sound_card() as card, card.record() as recording:
        names = ("XDG_RUNTIME_DIR", "PULSE_SERVER")
        environment = {**bare_environment(folder), **{name: card.environment[name] for name in names}}
        environment |= {"QT_QPA_PLATFORM": qt} if qt else {}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=minutes * 60.0 + 60.0, check=False
        )
        heard = recording.samples().mean(axis=1, dtype=np.float64)
    rendered, rate_hz = soundfile.read(wave, dtype="float64")
    assert rate_hz == RATE_HZ
    return Evidence(
        output=done.stdout + done.stderr, exit_code=done.returncode, record=read_session(session), heard=heard,
        rendered=rendered.mean(axis=1),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Where a second of the rendered sound was found in the recording. residual_db: what is left when it is taken away."""

    rendered_s: float
    offset_frames: int
    residual_db: float


def match_segments(rendered: NDArray[np.float64], heard: NDArray[np.float64], every_s: float = 5.0) -> list[Match]:
    """Find seconds of the rendered sound in the recording, each for itself; silent ones are passed over."""
    length = round(_SEGMENT_S * RATE_HZ)
    offset = _offset(rendered[20 * RATE_HZ : 50 * RATE_HZ], heard[: 60 * RATE_HZ]) - 20 * RATE_HZ
    matches = []
    for start in range(0, len(rendered) - length, round(every_s * RATE_HZ)):
        segment = rendered[start : start + length]
        if np.sqrt(np.mean(segment**2)) < 1e-3:
            continue
        around = max(start + offset - RATE_HZ // 2, 0)
        place = heard[around : start + offset + length + RATE_HZ // 2]
        if len(place) < length:
            continue
        found = around + _offset(segment, place)
        left = heard[found : found + length] - segment
        residual_db = 10.0 * np.log10(np.mean(left**2) / np.mean(segment**2) + 1e-20)
        matches.append(Match(rendered_s=start / RATE_HZ, offset_frames=found - start, residual_db=float(residual_db)))
    return matches


def _offset(part: NDArray[np.float64], whole: NDArray[np.float64]) -> int:
    """The shift at which part lies in whole, by normalised cross-correlation (a louder place is no better match)."""
    size = 1 << (len(part) + len(whole) - 1).bit_length()
    product = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(part, size)), size)[: len(whole) - len(part) + 1]
    energy = np.cumsum(np.concatenate(([0.0], whole**2)))
    return int(np.argmax(product / np.sqrt(energy[len(part) :] - energy[: -len(part)] + 1e-9)))


def click_times_s(heard: NDArray[np.float64]) -> NDArray[np.float64]:
    """When clicks (short, high) sound in a recording, found without any knowledge of their tempo."""
    sharp = np.abs(np.diff(heard, 2))
    blocks = sharp[: len(sharp) // 64 * 64].reshape(-1, 64).max(axis=1)
    # A click fills one or two blocks of the 600 of its beat.
    loud = np.flatnonzero(blocks > 0.3 * np.percentile(blocks, 99.9))
    first_of_each = loud[np.diff(loud, prepend=-10_000) > 0.15 * RATE_HZ / 64]
    return np.array([(64 * b + np.argmax(sharp[64 * b : 64 * b + 256])) / RATE_HZ for b in first_of_each])

"""Beats from EDF+: annotations of R-peaks (Kemp & Olivan 2003, doi:10.1016/S1388-2457(03)00123-8).

Decision: only annotations are read, no signal: finding beats in an ECG is another program's work. Intervals are the times between
beats. Our own exports say in their header whether the heart was simulated, and give their start in UTC; others write local
time without a zone, which is no date.
"""

from __future__ import annotations

import datetime
import re

from relaxlisten.errors import UsageError
from relaxlisten.session.imported import Imported, from_times

LAYOUT = "edf"
# What programs call an annotated beat: EDF+'s standard text, and the usual ones of ECG programs.
BEATS = ("qrs", "r", "n", "beat", "r-peak", "rpeak", "heartbeat", "r peak")
_SIGNAL_FIELDS = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)  # widths in the header, of each signal
_SAMPLES_FIELD = 8
_ANNOTATION = re.compile(rb"([+-]\d+(?:\.\d+)?)(?:\x15[\d.]*)?\x14([^\x00]*)\x14\x00")


def read_edf(content: bytes, name: str) -> Imported:
    """The beats of a file. Raises UsageError."""
    try:
        texts = _annotations(content)
    except (ValueError, IndexError) as fault:
        message = f"{name} is no EDF+ file that can be read ({fault})."
        raise UsageError(message) from fault
    beats_s = [
        float(onset)
        for text in texts
        for onset, labels in _ANNOTATION.findall(text)
        if any(label.decode("utf-8", "replace").strip().lower() in BEATS for label in labels.split(b"\x14"))
    ]
    recording = content[88:168].decode("latin-1")
    ours = "RelaxListen" in recording
    return Imported(
        beats=from_times(beats_s, name),
        layout=LAYOUT,
        started_utc=_started(content, recording) if ours else "",
        simulated="simulated_heart" in recording if ours else None,
    )


def _annotations(content: bytes) -> list[bytes]:
    """The annotation signals' bytes of every data record."""
    header_bytes, records, signals = (int(content[at:end]) for at, end in ((184, 192), (236, 244), (252, 256)))
    if header_bytes < 0:
        raise ValueError("its header has no length")
    labels = [content[256 + 16 * number : 272 + 16 * number].strip() for number in range(signals)]
    at = 256 + sum(_SIGNAL_FIELDS[:_SAMPLES_FIELD]) * signals
    sizes = [2 * int(content[at + 8 * number : at + 8 * number + 8]) for number in range(signals)]
    if b"EDF Annotations" not in labels or min(sizes) < 0 or sum(sizes) == 0:
        raise ValueError("it has no annotations")
    whole = -(-(len(content) - header_bytes) // sum(sizes))  # the last one may be cut off
    found = []
    # A header may promise any number of records; -1, while it was being recorded (EDF+ specification, 2.2.3).
    for record in range(min(records, whole) if records >= 0 else whole):
        place = header_bytes + record * sum(sizes)
        for label, size in zip(labels, sizes, strict=True):
            if label == b"EDF Annotations":
                found.append(content[place : place + size])
            place += size
    return found


def _started(content: bytes, recording: str) -> str:
    """When, where that can be read and was not kept out of the file."""
    text = content[168:184].decode("latin-1")
    try:
        start = datetime.datetime.strptime(text + "+0000", "%d.%m.%y%H.%M.%S%z")
    except ValueError:
        return ""
    return "" if "Startdate X" in recording else start.isoformat(timespec="seconds")

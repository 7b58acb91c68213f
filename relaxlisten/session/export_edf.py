"""A session as EDF+C: the heart rate at 4 Hz, and each heart beat as an annotation "QRS" (Kemp & Olivan 2003).

Decision: written by hand, for a header and integers need no library (doi:10.1016/S1388-2457(03)00123-8). EDF has no word for "not
known": 0 stands for it, and the signal's header says so. The patient is X, as EDF+ asks for where no name is to be told.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.session.export_bids import RATE_HZ, held
from relaxlisten.session.export_text import raw_intervals
from relaxlisten.session.wall_clock import started

if TYPE_CHECKING:
    from relaxlisten.session.tables import LoadedSession
    from relaxlisten.units import FloatArray

_RECORD_S = 10.0
_SAMPLES = int(_RECORD_S * RATE_HZ)
# One step of the integers is a hundredth of a beat a minute.
_STEPS_PER_BPM, _HIGHEST_BPM = 100.0, 300.0
# EDF+ asks for a start date; this one stands for "not known" (EDF+ specification, 2.1.3.3).
_UNKNOWN_START = datetime.datetime(1985, 1, 1, tzinfo=datetime.UTC)


def edf_bytes(session: LoadedSession) -> bytes:
    """The whole file. Beats are those that the strap gave, at their corrected times, to 0.1 ms."""
    beats_s, _ = raw_intervals(session)
    last_s = max((float(table["time_s"].max()) for table in session.tables.values() if table["time_s"].size), default=0.0)
    records = int(last_s // _RECORD_S) + 1
    texts = [_annotations(beats_s, record * _RECORD_S) for record in range(records)]
    size = max(len(text) for text in texts)
    size += size % 2
    samples = _samples(session, records)
    rows = (row.tobytes() + text.ljust(size, b"\0") for row, text in zip(samples, texts, strict=True))
    return _header(session, records, size // 2) + b"".join(rows)


def _annotations(beats_s: FloatArray, start_s: float) -> bytes:
    """The time-keeping annotation of a data record, and the beats that fall into it."""
    inside = np.sort(beats_s[(beats_s >= start_s) & (beats_s < start_s + _RECORD_S)])
    return f"+{start_s:g}\x14\x14\0".encode() + b"".join(f"+{beat_s:.4f}\x14QRS\x14\0".encode() for beat_s in inside)


def _samples(session: LoadedSession, records: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    """Heart rate in integers, shape (records, samples of a record), little-endian."""
    heart = session["Physiology"]
    rate_bpm = held(np.arange(records * _SAMPLES) / RATE_HZ, heart["time_s"], heart["heart_rate_now_bpm"])
    known = np.clip(np.nan_to_num(rate_bpm, nan=0.0), 0.0, _HIGHEST_BPM)
    return np.round(known * _STEPS_PER_BPM).astype("<i2").reshape(records, _SAMPLES)


def _header(session: LoadedSession, records: int, words: int) -> bytes:
    header = session.header
    known = started(session)
    start = known or _UNKNOWN_START
    date = f"{start:%d}-{_MONTHS[start.month - 1]}-{start:%Y}" if known else "X"
    heart = "simulated_heart" if header and header.simulated else "heart"
    highest = int(_HIGHEST_BPM * _STEPS_PER_BPM)
    whole = [
        ("0", 8), ("X X X X", 80), (f"Startdate {date} X X RelaxListen_{heart}", 80), (f"{start:%d.%m.%y}", 8),
        (f"{start:%H.%M.%S}", 8), ("768", 8), ("EDF+C", 44), (str(records), 8), (f"{_RECORD_S:g}", 8), ("2", 4),
    ]  # fmt: skip
    signals = [
        ("Heart rate", "EDF Annotations", 16), ("newest value held; 0: not known", "", 80), ("1/min", "", 8), ("0", "-1", 8),
        (f"{_HIGHEST_BPM:g}", "1", 8), ("0", "-32768", 8), (str(highest), "32767", 8),
        ("", "", 80), (str(_SAMPLES), str(words), 8), ("", "", 32),
    ]  # fmt: skip
    fields = [*whole, *((text, width) for first, second, width in signals for text in (first, second))]
    return b"".join(text.encode("ascii").ljust(width) for text, width in fields)


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

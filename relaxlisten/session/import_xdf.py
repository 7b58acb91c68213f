"""Beats from XDF, what LabRecorder writes of LSL streams.

Decision: pyxdf (BSD, optional: `relaxlisten[lsl]`) reads the file and undoes the clocks' offsets. The stream is the one that is
named, or else the only one of type RR or with a channel called rr, ibi or nn. A recording of our own outlets says how LSL's
clock stood to the session's, and gets its session's second 0 back; any other begins with its first interval.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from relaxlisten.errors import UsageError
from relaxlisten.sensor.rr_formats import SECONDS_BELOW
from relaxlisten.session.imported import Imported, from_both
from relaxlisten.units import MS_PER_S

if TYPE_CHECKING:
    from pathlib import Path

LAYOUT = "xdf"
_RR = re.compile(r"(rr|rri|ibi|nn)([-_ ]?intervals?)?([-_ ]*[\[(]?m?s[\])]?)?", re.IGNORECASE)


def read_xdf(file: Path, stream: str | None = None) -> Imported:
    """The beats of a file. Raises UsageError where pyxdf is missing, or the file holds no such stream."""
    try:
        import pyxdf
    except ImportError as fault:
        raise UsageError('XDF files need pyxdf, which is missing: pip install "relaxlisten[lsl]".') from fault
    try:
        streams, _ = pyxdf.load_xdf(file)
    except Exception as fault:  # the reader raises whatever the bytes lead it into
        message = f"{file.name} cannot be read as XDF ({type(fault).__name__}: {fault})."
        raise UsageError(message) from fault
    return _of_stream(_chosen(streams, stream, file.name), file.name)


def _chosen(streams: list[dict[str, Any]], wanted: str | None, name: str) -> dict[str, Any]:
    names = [one["info"]["name"][0] for one in streams]
    fitting = [one for one in streams if (one["info"]["name"][0] == wanted if wanted else _rr_channel(one) is not None)]
    exact = [one for one in fitting if one["info"]["type"][0] == "RR"]
    chosen = exact if len(exact) == 1 else fitting
    if len(chosen) != 1:
        message = (
            f"{name} has {len(fitting)} streams of RR intervals: name one with --stream ({', '.join(names) or 'it has none'})."
        )
        raise UsageError(message)
    return chosen[0]


def _rr_channel(stream: dict[str, Any]) -> int | None:
    """Which channel holds RR intervals."""
    labels = [str(_first(channel, "label") or "") for channel in _channels(stream)]
    named = next((index for index, label in enumerate(labels) if _RR.fullmatch(label)), None)
    return 0 if named is None and stream["info"]["type"][0] == "RR" else named


def _channels(stream: dict[str, Any]) -> list[Any]:
    described = _first(_first(stream["info"], "desc"), "channels")
    return list(described.get("channel", ())) if isinstance(described, dict) else []


def _first(data: Any, key: str) -> Any:
    """An XML element's first child of this name, as pyxdf gives it; None where it has none."""
    found = data.get(key) if isinstance(data, dict) else None
    return found[0] if isinstance(found, list) and found else found


def _of_stream(stream: dict[str, Any], name: str) -> Imported:
    channel = _rr_channel(stream) or 0
    values = [float(row[channel]) for row in stream["time_series"]]
    stamps_s = [float(stamp) for stamp in stream["time_stamps"]]
    if not values:
        message = f"The stream {stream['info']['name'][0]} of {name} is empty."
        raise UsageError(message)
    rr_ms = [value * MS_PER_S for value in values] if sorted(values)[len(values) // 2] < SECONDS_BELOW else values
    described = _first(stream["info"], "desc")
    clock = _first(described, "clock")
    offset_s = _first(clock, "offset_s")
    zero_s = stamps_s[0] - rr_ms[0] / MS_PER_S if offset_s is None else float(offset_s)
    heart = _first(described, "heart")
    return Imported(
        beats=from_both([stamp - zero_s for stamp in stamps_s], rr_ms, name),
        layout=LAYOUT,
        started_utc=str(_first(clock, "started_utc") or ""),
        simulated=None if heart is None else heart == "simulated",
    )

"""What of a session goes out live: a table of streams, and which samples an event makes.

Decision: each sample carries the time of what it tells (a beat's own, the ear's), not of when it was sent. What is not known is
NaN. Markers are words: phases as they change, commands, answers. Of a concealed session nothing that its arm has made gets here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relaxlisten.messages import Beat, Command, Physiology, Rating, SessionPhase, SoundState

if TYPE_CHECKING:
    from relaxlisten.messages import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One number of a sample."""

    label: str
    unit: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """name: after the program's own. kind: LSL's content type. channels: none where the samples are words."""

    name: str
    kind: str
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """values: one a channel of the stream, or one word for markers."""

    stream: str
    time_s: float
    values: tuple[float, ...] | tuple[str]


HEART_RATE, RR, NN, TEMPO, PHYSIOLOGY, MARKERS = "HeartRate", "RR", "NN", "Tempo", "Physiology", "Markers"
# Of a physiology message's own fields and metrics.
_METRICS = (
    Channel(label="rmssd_ms", unit="ms", kind="HRV"),
    Channel(label="sdnn_ms", unit="ms", kind="HRV"),
    Channel(label="breathing_per_min", unit="1/min", kind="RespiratoryRate"),
    Channel(label="coherence", unit="ratio", kind="HRV"),
    Channel(label="valid_fraction", unit="ratio", kind="Quality"),
)
_RATES = (
    Channel(label="heart_rate_bpm", unit="1/min", kind="HR"),
    Channel(label="heart_rate_now_bpm", unit="1/min", kind="HR"),
)
_NN = (Channel(label="nn_ms", unit="ms", kind="NN"), Channel(label="confidence", unit="ratio", kind="Quality"))
_TEMPO = (Channel(label="tempo_bpm", unit="1/min", kind="Tempo"), Channel(label="audible", unit="boolean", kind="Sound"))
STREAMS = {
    HEART_RATE: Stream(name=HEART_RATE, kind="HR", channels=_RATES),
    RR: Stream(name=RR, kind="RR", channels=(Channel(label="rr_ms", unit="ms", kind="RR"),)),
    NN: Stream(name=NN, kind="NN", channels=_NN),
    TEMPO: Stream(name=TEMPO, kind="Tempo", channels=_TEMPO),
    PHYSIOLOGY: Stream(name=PHYSIOLOGY, kind="Physiology", channels=_METRICS),
    MARKERS: Stream(name=MARKERS, kind="Markers", channels=()),
}


class Translator:
    """Events in, samples out; it remembers the phase that it told last."""

    def __init__(self) -> None:
        self._phase = ""

    def samples(self, event: Event) -> list[Sample]:
        """What an event makes, often nothing."""
        match event:
            case Beat():
                return _of_beat(event)
            case Physiology():
                return _of_physiology(event)
            case SoundState():
                values = (_known(event.tempo_bpm), float(event.audible))
                return [Sample(stream=TEMPO, time_s=event.dac_time_s, values=values)]
            case SessionPhase():
                return self._of_phase(event)
            case Command():
                value = "" if event.value is None else f" {event.value}"
                return [_marker(event.time_s, f"{event.what.value}{value}")]
            case Rating():
                return [_marker(event.time_s, f"rating {event.scale} {event.when.value} {event.value:g}")]
        return []

    def _of_phase(self, event: SessionPhase) -> list[Sample]:
        told = f"phase {event.stage.value} {event.kind.value} {event.name}"
        if told == self._phase:
            return []
        self._phase = told
        return [_marker(event.time_s, told)]


def _of_beat(beat: Beat) -> list[Sample]:
    raw = [] if beat.rr_ms is None else [Sample(stream=RR, time_s=beat.time_s, values=(beat.rr_ms,))]
    if beat.nn_ms is None:
        return raw
    return [*raw, Sample(stream=NN, time_s=beat.time_s, values=(beat.nn_ms, beat.confidence))]


def _of_physiology(now: Physiology) -> list[Sample]:
    rates = (_known(now.heart_rate_bpm), _known(now.heart_rate_now_bpm))
    own = {"rmssd_ms": now.rmssd_ms, "sdnn_ms": now.sdnn_ms, "valid_fraction": now.valid_fraction}
    metrics = tuple(_known(own.get(channel.label, now.metrics.get(channel.label))) for channel in _METRICS)
    return [
        Sample(stream=HEART_RATE, time_s=now.time_s, values=rates),
        Sample(stream=PHYSIOLOGY, time_s=now.time_s, values=metrics),
    ]


def _marker(time_s: float, text: str) -> Sample:
    return Sample(stream=MARKERS, time_s=time_s, values=(text,))


def _known(value: float | None) -> float:
    return math.nan if value is None else value

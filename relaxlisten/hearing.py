"""From packets to metrics: the rooms `sensor`, `beats` and `physiology`, composed.

Decision: packets inform, ticks report. A packet gives its measurement and the beats that have become certain; once a second the
trailing windows are measured. A sensor that stops streaming ends the run of beats: nothing is ever paired across its absence.
"""

from __future__ import annotations

import collections
import dataclasses
from array import array
from typing import TYPE_CHECKING

from relaxlisten.beats import beat_times, rhythm, smoothing
from relaxlisten.beats.corrected import Corrector
from relaxlisten.errors import MalformedPayload
from relaxlisten.messages import HeartRateMeasurement, Notice, RrInterval
from relaxlisten.physiology import relaxation as relaxing
from relaxlisten.physiology import window
from relaxlisten.sensor.heart_rate_service import parse_measurement
from relaxlisten.terms import SensorPhase, Severity
from relaxlisten.units import MS_PER_S, rr_ms_from_1024

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.messages import Beat, Derived, Notification, Physiology, SensorState

# One malformed packet is a curiosity, a stream of them is told of no more often than this.
BETWEEN_MALFORMED_S = 60.0
# Straps send each second. What holds far more than that is noise in the shape of a packet, and would upset the time of all beats.
MOST_PACKET_S = 30.0
# This many packets, and never an interval: the sensor sends none.
_SILENT_PACKETS = 12


class HeartListener:
    """What is known of the heart so far."""

    def __init__(self) -> None:
        self._placer = beat_times.PlacerState()
        self._corrector = Corrector()
        self._window = window.MetricsWindow()
        self._present: smoothing.PresentRate | None = None
        # Numbers side by side: an hour of silence before the music, as a dictionary a second, would take 2 MB.
        self._baseline_series = {name: array("d") for name in relaxing.SIGNS}
        self._baseline: relaxing.Baseline | None = None
        self._packets: collections.deque[HeartRateMeasurement] = collections.deque(maxlen=_SILENT_PACKETS)
        self._intervals_seen = False
        self._malformed_s: float | None = None

    def notification(self, packet: Notification | RrInterval) -> list[Derived]:
        """The measurement in a packet, and the beats that have become certain with it."""
        if isinstance(packet, RrInterval):
            return self._interval(packet)
        try:
            measurement = parse_measurement(packet.time_s, packet.payload)
        except MalformedPayload as fault:
            return self._malformed(packet.time_s, fault)
        packet_s = sum(rr_ms_from_1024(rr) for rr in measurement.rr_1024) / MS_PER_S
        if packet_s > MOST_PACKET_S:
            return self._malformed(packet.time_s, MalformedPayload(f"it holds {packet_s:.0f} s of heart beats"))
        self._packets.append(measurement)
        self._intervals_seen = self._intervals_seen or bool(measurement.rr_1024)
        self._placer, placed = beat_times.place(self._placer, measurement)
        return [measurement, *self._clean(placed)]

    def _interval(self, interval: RrInterval) -> list[Derived]:
        """The beats that have become certain with an interval that came without a packet."""
        self._intervals_seen = True
        placed = beat_times.PlacedInterval(time_s=interval.beat_s, rr_ms=interval.rr_ms, after_gap=interval.after_gap)
        return self._clean((placed,))

    def sensor_state(self, state: SensorState) -> list[Derived]:
        """The beats that become certain because no more will come now."""
        if state.phase is SensorPhase.STREAMING:
            return []
        self._placer = beat_times.lost(self._placer)
        self._present = None
        return self._keep(self._corrector.flush())

    def tick(self, time_s: float, *, baseline: bool) -> list[Derived]:
        """The beats that time has made certain, and the metrics now. baseline: the session's first, uninfluenced part."""
        self._placer, placed = beat_times.tick(self._placer, time_s)
        beats = self._clean(placed)
        return [*beats, self._compare(self._measure(time_s), baseline=baseline)]

    def _measure(self, time_s: float) -> Physiology:
        sends_none = len(self._packets) == _SILENT_PACKETS and not self._intervals_seen
        if sends_none:
            rate = smoothing.packet_heart_rate(tuple(self._packets), time_s)
        else:
            rate = smoothing.heart_rate(self._window.beats, time_s, smoothing.breath_window_s(self._window.breath_s))
        present = self._present if rate.heart_rate_bpm is not None else None
        known = window.KnownHeartRate(
            **dataclasses.asdict(rate),
            now_bpm=None if present is None else present.level_bpm,
            now_sd_bpm=None if present is None else present.sd_bpm(time_s),
        )
        return self._window.measure(
            time_s,
            known,
            no_intervals="this sensor sends no beat intervals" if sends_none else None,
            irregular=rhythm.REASON if self._corrector.irregular else None,
        )

    def _compare(self, now: Physiology, *, baseline: bool) -> Physiology:
        """The metrics with the change from the session's own baseline among them, once there is one."""
        sample = {name: now.metrics[name] for name in relaxing.SIGNS if name in now.metrics}
        if now.heart_rate_bpm is not None:
            sample["heart_rate_bpm"] = now.heart_rate_bpm
        if baseline:
            for name, value in sample.items():
                self._baseline_series[name].append(value)
            self._baseline = None
            return dataclasses.replace(now, withheld=now.withheld | {"relaxation": relaxing.NOT_YET})
        if self._baseline is None:
            self._baseline = relaxing.baseline(self._baseline_series)
        change = relaxing.relaxation(sample, self._baseline)
        if change is None:
            reason = relaxing.TOO_LITTLE if self._baseline.means else relaxing.NO_BASELINE
            return dataclasses.replace(now, withheld=now.withheld | {"relaxation": reason})
        return dataclasses.replace(now, metrics=now.metrics | {"relaxation": change})

    def _clean(self, placed: Sequence[beat_times.PlacedInterval]) -> list[Derived]:
        certain: list[Beat] = []
        for interval in placed:
            certain += self._corrector.take(interval)
        return self._keep(certain)

    def _keep(self, beats: Sequence[Beat]) -> list[Derived]:
        self._window.add(beats)
        for beat in beats:
            self._present = smoothing.present_rate(self._present, beat)
        return list(beats)

    def _malformed(self, time_s: float, fault: MalformedPayload) -> list[Derived]:
        if self._malformed_s is not None and time_s - self._malformed_s < BETWEEN_MALFORMED_S:
            return []
        self._malformed_s = time_s
        text = f"The sensor sent a packet that breaks its standard ({fault}); it was left out, the session goes on."
        return [Notice(time_s=time_s, severity=Severity.WARNING, code="malformed_packet", text=text)]

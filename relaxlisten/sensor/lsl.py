"""A heart over LSL: RR intervals that another program streams, as the session's sensor.

Decision: a thread looks for the stream, pulls its samples and maps their times to the session's clock by LSL's own correction.
Each becomes an `RrInterval`, raw, with no packet made up around it. A stream is taken for lost when LSL says so or when no beat
has come for ten seconds, and is looked for again until the session ends. Values below 10 are seconds.
"""

from __future__ import annotations

import contextlib
import math
import queue
import threading
from typing import TYPE_CHECKING, Any

from relaxlisten.crash_report import write_report
from relaxlisten.errors import UsageError
from relaxlisten.messages import Notice, RrInterval, SensorState
from relaxlisten.sensor.packets import LONGEST_RR_MS
from relaxlisten.sensor.rr_formats import SECONDS_BELOW
from relaxlisten.supervision import Restarts
from relaxlisten.terms import SensorKind, SensorPhase, Severity
from relaxlisten.units import MS_PER_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.messages import Notification, SoundState
    from relaxlisten.ports import Clock

MISSING = 'LSL needs pylsl, which is missing: pip install "relaxlisten[lsl]".'
RR_TYPE = "RR"
LOOK_FOR_S = 1.0
SILENT_AFTER_S = 10.0
AGAIN_AFTER_S = 5.0  # most faults of a network have passed by then
_PULL_S = 0.2
_STOP_WITHIN_S = 2.0
# Later than its interval says by a beat and this much: beats are missing before it.
_JITTER_S = 0.1
_STREAMING = {
    SensorKind.UNKNOWN: "Beats come from the LSL stream {}.",
    SensorKind.SIMULATED: "Beats come from the LSL stream {}, whose heart is simulated.",
}


class LslSensor:
    """The stream of a name, or the first of type RR (ports.Sensor)."""

    def __init__(self, name: str | None) -> None:
        """Raises UsageError where pylsl is missing."""
        try:
            import pylsl
            from pylsl import util
        except (ImportError, RuntimeError, OSError) as fault:
            raise UsageError(MISSING) from fault
        self._lsl: Any = pylsl
        self._gone = (util.LostError, util.TimeoutError)
        self._name = name
        self._came: queue.SimpleQueue[RrInterval | SensorState | Notice] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._last_beat_s: float | None = None
        self._thread = threading.Thread(target=self._run, name="lsl-in", daemon=True)

    def start(self, clock: Clock) -> None:
        """Begin to look for the stream; returns at once."""
        self._clock = clock
        self._thread.start()

    def poll(self, now_s: float) -> Sequence[Notification | RrInterval | SensorState | Notice]:
        """What came in since the last call, oldest first."""
        found = []
        while not self._came.empty():
            found.append(self._came.get())
        return found

    def hear(self, state: SoundState) -> None:
        """A heart behind a network hears by itself."""

    def stop(self) -> None:
        """Let the stream go."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_WITHIN_S)

    def _run(self) -> None:
        """Listen until the end; a fault of LSL's own is begun anew after, as often as `supervision.py` allows."""
        recent: Restarts | None = Restarts()
        while not self._stopping.is_set() and recent is not None:
            try:
                self._look_and_listen()
            # A library of another language, and whatever a stream of somebody else's says.
            except Exception as fault:
                write_report(fault, "the LSL sensor")
                recent = recent.one_more(self._clock.now_s())
                self._tell_fault(given_up=recent is None)
                self._stopping.wait(AGAIN_AFTER_S)

    def _tell_fault(self, *, given_up: bool) -> None:
        self._last_beat_s = None
        what = "failed again and again and was given up" if given_up else "failed and was started again"
        text = f"What listens to {self._wanted} {what}: the session goes on as plain listening."
        severity, code = (Severity.ERROR, "lsl_given_up") if given_up else (Severity.WARNING, "lsl_restarted")
        self._came.put(Notice(time_s=self._clock.now_s(), severity=severity, code=code, text=text))

    def _look_and_listen(self) -> None:
        self._tell(SensorPhase.SCANNING, f"Looking for {self._wanted} on the network.")
        missed = False
        while not self._stopping.is_set():
            found = self._look()
            if found is None:
                if not missed:
                    self._tell(
                        SensorPhase.WAITING,
                        f"There is no sign of {self._wanted}: it is looked for until it comes; the music goes on.",
                    )
                missed = True
                continue
            missed = False
            self._listen(found)

    @property
    def _wanted(self) -> str:
        return f"the LSL stream {self._name}" if self._name else "a stream of RR intervals"

    def _look(self) -> Any | None:
        by, value = ("name", self._name) if self._name else ("type", RR_TYPE)
        found = self._lsl.resolve_byprop(by, value, minimum=1, timeout=LOOK_FOR_S)
        return found[0] if found else None

    def _listen(self, info: Any) -> None:
        """Take in a stream's beats until it is lost."""
        inlet = self._lsl.StreamInlet(info, recover=False)
        heard_s = self._clock.now_s()
        streaming, kind = False, SensorKind.UNKNOWN
        with contextlib.suppress(*self._gone):
            inlet.open_stream(timeout=LOOK_FOR_S)
            simulated = inlet.info(timeout=LOOK_FOR_S).desc().child_value("heart") == "simulated"
            kind = SensorKind.SIMULATED if simulated else SensorKind.UNKNOWN
            while not self._stopping.is_set():
                sample, stamp_s = inlet.pull_sample(timeout=_PULL_S)
                if sample is None:
                    if self._clock.now_s() - heard_s > SILENT_AFTER_S:
                        break
                    continue
                if not streaming:
                    self._tell(SensorPhase.STREAMING, _STREAMING[kind].format(info.name()), info.name(), kind)
                streaming, heard_s = True, self._clock.now_s()
                self._take(sample[0], stamp_s + inlet.time_correction(timeout=LOOK_FOR_S))
        inlet.close_stream()
        if streaming and not self._stopping.is_set():
            self._last_beat_s = None
            self._tell(
                SensorPhase.WAITING, f"No beat comes from {info.name()} any more: the music goes on, the stream is looked for."
            )

    def _take(self, value: Any, stamp_s: float) -> None:
        """One sample on LSL's clock. What is no interval is left out: a stream may say 0 where it found none."""
        if not isinstance(value, int | float) or not math.isfinite(value) or value <= 0.0:
            return
        rr_ms = value * MS_PER_S if value < SECONDS_BELOW else float(value)
        if rr_ms > LONGEST_RR_MS:
            return
        now_s = self._clock.now_s()
        beat_s = now_s - (self._lsl.local_clock() - stamp_s)
        late_s = 0.0 if self._last_beat_s is None else beat_s - self._last_beat_s - rr_ms / MS_PER_S
        after_gap = self._last_beat_s is None or late_s > rr_ms / MS_PER_S + _JITTER_S
        self._last_beat_s = beat_s
        self._came.put(RrInterval(time_s=now_s, beat_s=beat_s, rr_ms=rr_ms, after_gap=after_gap))

    def _tell(self, phase: SensorPhase, reason: str, name: str | None = None, kind: SensorKind = SensorKind.UNKNOWN) -> None:
        state = SensorState(time_s=self._clock.now_s(), phase=phase, reason=reason, name=name or self._name, kind=kind)
        self._came.put(state)

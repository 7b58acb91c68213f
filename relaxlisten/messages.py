"""Every message that flows through a session.

Decision: one frozen class a message, fields with units in their names, `time_s` on the session clock (seconds since the session
was opened, monotonic). Inputs come from the shells (sensor, sound, people, the one-second tick) and are recorded raw; everything
else is derived from them by `pipeline.py`, so that a record can be replayed and every derived message checked against it.
None means "not known"; a float field never holds NaN, because JSON has no word for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Quality(StrEnum):
    """What the cleaner made of one RR interval."""

    NORMAL = "normal"
    MISSED = "missed"  # one or more beats were not seen: the interval was split
    EXTRA = "extra"  # a beat that was none: its time was merged with its neighbour's
    ECTOPIC = "ectopic"  # early beat with a compensatory pause: time kept, beat moved
    AFTER_GAP = "after_gap"  # first interval after lost data: nothing may be paired across it


class SensorPhase(StrEnum):
    """Where the connection to the heart-rate sensor stands."""

    SCANNING = "scanning"
    CONNECTING = "connecting"
    STREAMING = "streaming"
    WAITING = "waiting"  # lost or not found; it is looked for again in `retry_in_s`
    UNAVAILABLE = "unavailable"  # no Bluetooth on this machine now; still retried
    ENDED = "ended"  # a file that has been played to its end, or a sensor that was stopped


class SensorKind(StrEnum):
    """How the sensor sees the heart; optical intervals are pulse intervals (labelled PRV)."""

    ECG = "ecg"
    OPTICAL = "optical"
    SIMULATED = "simulated"
    FILE = "file"
    UNKNOWN = "unknown"


class CommandKind(StrEnum):
    """What a person can ask for during a session."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    SKIP = "skip"  # next piece
    NEXT_PHASE = "next_phase"
    HOLD = "hold"  # keep the tempo as it is until RELEASE
    RELEASE = "release"
    VOLUME = "volume"  # value: 0.0 to 1.0
    MARKER = "marker"  # value: free text


class SessionStage(StrEnum):
    """Where the session as a whole stands."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class PhaseKind(StrEnum):
    """What the music does in a phase of a protocol."""

    BASELINE = "baseline"  # music as it is, the heart is only listened to
    MATCH = "match"  # the tempo goes to where the heart is
    LEAD = "lead"  # the tempo goes ahead of the heart, gently, while the heart follows
    SETTLE = "settle"  # the tempo stays where it was led to
    CLOSE = "close"  # tempo stays, the session ends in a long fade


class Severity(StrEnum):
    """How much a notice matters to the listener."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class TempoSource(StrEnum):
    """Where the tempo of a piece is known from."""

    COMPOSED = "composed"
    SIDECAR = "sidecar"
    TAG = "tag"
    ESTIMATE = "estimate"
    NONE = "none"  # no steady pulse: the piece is never stretched


# ---- inputs: recorded as they came, replayed as they were ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One Heart Rate Measurement (0x2A37) value as it came in, stamped on arrival."""

    time_s: float
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorState:
    """A change in the connection to the sensor; `reason` is a sentence for the listener."""

    time_s: float
    phase: SensorPhase
    reason: str
    name: str | None = None
    kind: SensorKind = SensorKind.UNKNOWN
    battery_percent: int | None = None
    retry_in_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundState:
    """What is at the listener's ear at `dac_time_s` (session clock); sent about four times a second.

    source_s: position in the piece (seconds of the source, float64 integral of the ratio).
    tempo_bpm: tempo heard now (source tempo / time_ratio), None for a piece without a pulse and in silence.
    beat_index: whole beats since the piece's first beat; -1 before it; None without a pulse.
    turn: the turn of the plan that is heard.
    breaks: how often the output ran dry so far; underflow_frames: frames of silence that this cost.
    """

    time_s: float
    dac_time_s: float
    track_id: str | None
    source_s: float
    time_ratio: float
    tempo_bpm: float | None
    beat_index: int | None
    audible: bool
    buffered_s: float
    breaks: int
    underflow_frames: int
    turn: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What a person asked for."""

    time_s: float
    what: CommandKind
    value: float | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One second has passed: the pure steps have no clock of their own."""

    time_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One piece of music, as far as choosing and beat-keeping need to know it.

    track_id: "builtin:NAME" or "file:RELATIVE/PATH". duration_s: at the source's own tempo.
    tempo_bpm: None where the piece has no steady pulse. first_beat_s: source second of beat 0.
    gain_db: to be applied so that all pieces sound equally loud.
    """

    track_id: str
    title: str
    duration_s: float
    tempo_bpm: float | None
    tempo_source: TempoSource
    first_beat_s: float = 0.0
    beats_per_bar: int = 4
    gain_db: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackFound:
    """A piece is there to be chosen from now on."""

    time_s: float
    track: Track


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One sentence for the listener: what happened, what it means for the session, what to do. `code` is stable, for machines."""

    time_s: float
    severity: Severity
    code: str
    text: str


# ---- derived: what the pipeline makes of the inputs -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartRateMeasurement:
    """A decoded 0x2A37 value. contact: None where the sensor does not support it. rr_1024: oldest first, in 1/1024 s."""

    time_s: float
    heart_rate_bpm: int
    contact: bool | None
    energy_kj: int | None
    rr_1024: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One heart beat, raw and corrected side by side.

    time_s: when it happened, on the session clock, but for the sensor's own unknown delay.
    rr_ms: raw interval that ended at this beat; None for a beat that the cleaner inserted.
    nn_ms: corrected interval; None where there is none (after a gap; an extra beat merged into the next).
    follows: True where this interval directly follows the one before it, with no gap and no correction between.
    """

    time_s: float
    rr_ms: float | None
    nn_ms: float | None
    quality: Quality
    follows: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Physiology:
    """Metrics of the trailing windows; a value that is None has its reason in `withheld`, under its field's name.

    heart_rate_bpm: mean over the last `heart_rate_window_s`; it lags the heart by `heart_rate_delay_s`.
    heart_rate_sd_bpm: standard error of that mean. rmssd_ms, sdnn_ms: over `window_s`.
    valid_fraction: share of the window's time covered by uncorrected intervals, 0 to 1 (signal quality).
    last_beat_age_s: how old the newest beat is; None before the first.
    """

    time_s: float
    window_s: float
    heart_rate_bpm: float | None
    heart_rate_sd_bpm: float | None
    heart_rate_window_s: float
    heart_rate_delay_s: float
    rmssd_ms: float | None
    sdnn_ms: float | None
    valid_fraction: float
    last_beat_age_s: float | None
    withheld: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPhase:
    """Where the protocol stands; sent on every tick and on every change. remaining_s: of this phase."""

    time_s: float
    stage: SessionStage
    name: str
    kind: PhaseKind
    elapsed_s: float
    remaining_s: float
    session_remaining_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TempoTarget:
    """The tempo that the music is being led to, and the sentence that says why."""

    time_s: float
    tempo_bpm: float | None
    phase: PhaseKind
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackChoice:
    """Which piece comes next, how many were considered, and why this one."""

    time_s: float
    track_id: str
    title: str
    considered: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackPlan:
    """All that the sound needs to know from now on; the newest plan replaces the one before.

    turn: counts the pieces of the session. A new turn: cross-fade over fade_s to track_id (perhaps the same piece again), from
    start_s on. The same turn: only ratio and volume glide. track_id None: fade out over fade_s.
    playing False: fade out over fade_s and keep the place.
    gain_db: the piece's own loudness correction. volume: the listener's, 0 to 1.
    """

    time_s: float
    track_id: str | None
    start_s: float
    time_ratio: float
    gain_db: float
    volume: float
    playing: bool
    fade_s: float
    turn: int = 0


Input = Notification | SensorState | SoundState | Command | Tick | TrackFound | Notice
Derived = HeartRateMeasurement | Beat | Physiology | SessionPhase | TempoTarget | TrackChoice | PlaybackPlan | Notice
Event = Input | Derived


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionHeader:
    """First line of a record. Wall-clock time stands here and nowhere else; simulated is True where no real heart was heard.

    protocol: the whole protocol as data, so that a record replays without the file it came from.
    condition: the arm of a study; "adaptive" where the music follows and leads the heart.
    """

    schema: int
    started_utc: str
    seed: int
    sensor: str
    simulated: bool
    settings: dict[str, str | float | bool | None]
    protocol: dict[str, object]
    versions: dict[str, str]
    condition: str

"""Every message that flows through a session.

Decision: one frozen class a message, fields with units in their names, `time_s` on the session clock (monotonic seconds since the
session was opened). Inputs come from the shells and are recorded raw; everything else is derived from them by `pipeline.py`, so
that a record can be replayed and checked. None means "not known"; no field ever holds NaN, because JSON has no word for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from relaxlisten.messages_control import BreathCue as BreathCue
from relaxlisten.messages_control import Clocks as Clocks
from relaxlisten.messages_control import Decision as Decision
from relaxlisten.messages_control import PieceResponse as PieceResponse
from relaxlisten.messages_control import Rating as Rating
from relaxlisten.messages_control import TempoTarget as TempoTarget
from relaxlisten.messages_control import TrackChoice as TrackChoice
from relaxlisten.messages_exchange import ClockOffset as ClockOffset
from relaxlisten.messages_exchange import RrInterval as RrInterval
from relaxlisten.terms import (
    Alignment,
    Bed,
    CommandKind,
    PhaseKind,
    Quality,
    SensorKind,
    SensorPhase,
    SessionStage,
    Severity,
    TempoSource,
)

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

    source_s: second of the piece (integral of the ratio). tempo_bpm: heard now; None without a pulse and in silence.
    beat_index: whole beats since the piece's first; -1 before it; bar_index: whole bars, likewise; None without a pulse.
    turn: of the plan that is heard. refused_turn: the last one whose piece could not be played, or not to its end; 0 for none.
    breaks: how often the output ran dry so far; underflow_frames: frames of silence that this cost.
    card_drift_ppm: how much faster the card's clock runs than ours; None until it was watched for a while.
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
    turn: int
    bar_index: int | None = None
    refused_turn: int = 0
    card_drift_ppm: float | None = None


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
class BeatPath:
    """Where the beats of a piece lie that keeps no even tempo: evenly between each two knots, and so on before and after them.

    beats: numbers of the beats that are knots, rising; beat 0 begins a bar. source_ms: where they lie, in whole ms of the source.
    """

    beats: tuple[int, ...]
    source_ms: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One piece of music, as far as choosing and beat-keeping need to know it.

    track_id: "builtin:NAME" or "file:RELATIVE/PATH". duration_s: at the source's own tempo.
    tempo_bpm: None where the piece has no steady pulse. first_beat_s: source second of beat 0.
    gain_db: to be applied so that all pieces sound equally loud. beat_path: None where the tempo is one throughout.
    place: from 0, in the playlist that it comes from; None where there is none. phases: those that it is meant for; () for all.
    arousal: in standard units of the listener's own library, None where it is not known. key: "C major", "A minor".
    liking: what the listener said of it, -1 to 1.
    content: of a file, a number made of its sound alone (`music/audio_bytes.content_id`), by which it is found wherever it lies.
    """

    track_id: str
    title: str
    duration_s: float
    tempo_bpm: float | None
    tempo_source: TempoSource
    first_beat_s: float = 0.0
    beats_per_bar: int = 4
    gain_db: float = 0.0
    beat_path: BeatPath | None = None
    place: int | None = None
    phases: tuple[str, ...] = ()
    arousal: float | None = None
    key: str | None = None
    liking: float = 0.0
    content: str | None = None


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
    confidence: how likely it is that this is what the heart did, 0 to 1.
    follows: True where this interval directly follows the one before it, with no gap and no correction between.
    """

    time_s: float
    rr_ms: float | None
    nn_ms: float | None
    quality: Quality
    confidence: float
    follows: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Physiology:
    """Metrics of the trailing windows; a value that is None has its reason in `withheld`, under its field's name.

    heart_rate_bpm: mean over `heart_rate_window_s` (a breath), which lags by `heart_rate_delay_s`, for control;
    heart_rate_sd_bpm: its standard error. heart_rate_now_bpm: of this moment, with every breath in it, for show; its sd grows
    with the time since the last beat. rmssd_ms, sdnn_ms: over `window_s`. valid_fraction: share of it that uncorrected intervals
    cover (signal quality). last_beat_age_s: how old the newest beat is; None before the first.
    metrics: all others that are known now, by name with unit (`physiology/window.py` lists them with their windows).
    """

    time_s: float
    window_s: float
    heart_rate_bpm: float | None
    heart_rate_sd_bpm: float | None
    heart_rate_window_s: float
    heart_rate_delay_s: float
    heart_rate_now_bpm: float | None
    heart_rate_now_sd_bpm: float | None
    rmssd_ms: float | None
    sdnn_ms: float | None
    valid_fraction: float
    last_beat_age_s: float | None
    metrics: dict[str, float] = field(default_factory=dict)
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
class PlaybackPlan:
    """All that the sound needs to know from now on; the newest plan replaces the one before.

    turn: counts the pieces of the session. A new turn: cross-fade over fade_s to track_id (perhaps the same piece again), from
    start_s on. align: what the cross-fade waits for; both pieces then keep one tempo for as long as it lasts. The same turn: only
    ratio and volume glide. track_id None: fade out over fade_s. playing False: the same, but keep the place. gain_db: the
    piece's own loudness correction. volume: the listener's, 0 to 1. bed: what lies under this piece.
    """

    time_s: float
    track_id: str | None
    start_s: float
    time_ratio: float
    gain_db: float
    volume: float
    playing: bool
    fade_s: float
    turn: int
    align: Alignment = Alignment.NONE
    bed: Bed | None = None


Input = (
    Notification | RrInterval | SensorState | SoundState | Command | Tick | TrackFound | Notice | Rating | ClockOffset | Clocks
)
Derived = (
    HeartRateMeasurement
    | Beat
    | Physiology
    | SessionPhase
    | TempoTarget
    | TrackChoice
    | PlaybackPlan
    | Notice
    | BreathCue
    | Decision
    | PieceResponse
)
Event = Input | Derived


@dataclass(frozen=True, slots=True, kw_only=True)
class FromCompanion:
    """An event of another person's heart in the same session, for screens; each has a record of their own (`companion.py`).

    number: of the strap, from 2 on; the first is the session's own. steered: whether the music listens to that first heart.
    """

    number: int
    name: str
    steered: bool
    event: Event

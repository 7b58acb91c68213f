"""The closed sets of words that messages are made of; a member's value is what stands in a record.

Decision: a word, once recorded, is never renamed or reused, so that old records stay readable.
"""

from enum import StrEnum


class Quality(StrEnum):
    """What the cleaner made of one RR interval."""

    NORMAL = "normal"
    MISSED = "missed"  # one or more beats were not seen: the interval was split
    EXTRA = "extra"  # a beat that was none: its time was merged with its neighbour's
    ECTOPIC = "ectopic"  # early beat: moved to where a usual one would have been
    MISPLACED = "misplaced"  # a beat found at the wrong moment: moved, time kept
    NOISE = "noise"  # a run of beats of which only the time in all is to be trusted
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
    MATCH_AGAIN = "match_again"  # go back to where the heart is met
    TEMPO = "tempo"  # value: BPM more (or less, below zero); the tempo is then held until RELEASE
    VOLUME = "volume"  # value: 0.0 to 1.0
    MARKER = "marker"  # value: free text
    END_GENTLY = "end_gently"  # fade out slowly and end; STOP ends within seconds


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
    SILENCE = "silence"  # no music at all; it goes on where it was with the next phase
    RECOVERY = "recovery"  # tempo stays, the heart is only listened to: how much of what changed lasts
    CLOSE = "close"  # tempo stays, the session ends in a long fade


class Until(StrEnum):
    """What may end a phase before its time is over."""

    HEART_NEAR_GOAL = "heart_near_goal"  # the heart is near where the music is being led to
    HEART_STEADY = "heart_steady"  # the heart has stayed within a band


class Pieces(StrEnum):
    """Which pieces a phase takes."""

    ANY = "any"
    PULSED = "pulsed"
    BEATLESS = "beatless"


class When(StrEnum):
    """When in a session something is asked."""

    BEFORE = "before"
    AFTER = "after"


class Arm(StrEnum):
    """What a session does with tempo, pieces and sound; the second half are rules that others have published, to compare with."""

    ADAPTIVE = "adaptive"
    YOKED = "yoked"  # another session's tempo and pieces, whatever this heart does
    FIXED = "fixed"  # the tempo of the heart as it was met first, all through
    UNMODIFIED = "unmodified"  # pieces as they are, in random order
    CHOICE_ONLY = "choice-only"  # pieces are chosen, none is changed
    TEMPO_ONLY = "tempo-only"  # the tempo is led, pieces are only taken for their tempo
    NATURE = "nature"  # rain
    SILENCE = "silence"
    RANDOM_CHOICE = "random-choice"  # the tempo is led, pieces come as they come
    SLOWER_WHEN_ABOVE = "slower-when-above"  # while the heart is above its baseline, the next slower piece
    SONG_MEANS = "song-means"  # the piece after which the heart was lowest on average
    ONE_BEAT = "one-beat"  # always one beat a minute below the heart


class DecisionKind(StrEnum):
    """What a decision was about."""

    TEMPO = "tempo"
    PIECE = "piece"
    PHASE = "phase"  # a phase that ended before its time
    PAUSE = "pause"  # the session paused by itself
    PERSON = "person"  # what a person asked for, and what came of it


class BreathPart(StrEnum):
    """What the pacer asks for."""

    IN = "in"
    OUT = "out"


class Alignment(StrEnum):
    """What a cross-fade waits for in the piece that leaves, and puts on top of it in the one that comes."""

    NONE = "none"  # at once, each piece at its own tempo
    BEAT = "beat"  # beat on beat, at one tempo
    BAR = "bar"  # bar line on bar line, at one tempo


class Bed(StrEnum):
    """A sound of nature that may lie under a piece without a pulse."""

    RAIN = "rain"
    WAVES = "waves"


class Severity(StrEnum):
    """How much a notice matters to the listener."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Pulse(StrEnum):
    """How clearly a piece has a beat."""

    PULSED = "pulsed"  # steady enough to be followed and stretched
    WEAK = "weak"  # a beat may be felt, but is not to be relied on
    BEATLESS = "beatless"  # none: such a piece is chosen, never stretched


class TempoSource(StrEnum):
    """Where the tempo of a piece is known from."""

    COMPOSED = "composed"
    LISTENER = "listener"  # told to the catalogue
    SIDECAR = "sidecar"
    TAG = "tag"
    ESTIMATE = "estimate"
    NONE = "none"  # no steady pulse: the piece is never stretched


class TagVerdict(StrEnum):
    """What the analysis of a piece says of a tag."""

    ABSENT = "absent"
    AGREES = "agrees"
    CONTRADICTED = "contradicted"  # shown as such, and not used
    UNCHECKED = "unchecked"  # nothing was heard clearly enough to compare it with

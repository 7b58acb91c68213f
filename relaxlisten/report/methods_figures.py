"""The figures of one session for a methods text, each with the place in the record that it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.control.arms import ARMS, SoundRule
from relaxlisten.physiology.frequency_domain import HF_HZ, LF_HZ
from relaxlisten.physiology.record import LEAST_S, STRETCH_S
from relaxlisten.report.methods import Figure
from relaxlisten.report.methods_words import CHOICE, SOUND, TEMPO
from relaxlisten.report.words import clock
from relaxlisten.terms import Arm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from relaxlisten.report.facts import SessionFacts, Stretch
    from relaxlisten.session.fidelity import Fidelity

Found = tuple[str, object, str]  # key, value as shown (None: not known), source
CAUSES = {
    "missed": "missed", "extra": "extra", "ectopic": "early (ectopic)", "misplaced": "misplaced", "noise": "noise",
    "after_gap": "after a gap",
}  # fmt: skip
KINDS = {"ecg": "electrical (ECG) sensor", "optical": "optical sensor (PRV)", "simulated": "simulated heart", "file": "RR file"}


def session_figures(facts: SessionFacts, delivered: Fidelity | None) -> Mapping[str, Figure]:
    """All that is known, by key. delivered: None where the record is too damaged to tell."""
    found = (
        *_course(facts), *_music(facts), *_heart(facts), *_metrics(facts), *_answers(facts), *_delivered(delivered),
        *_program(facts), *constants(),
    )  # fmt: skip
    return {
        key: Figure(key=key, shown=str(value), source=source) for key, value, source in found if value is not None and value != ""
    }


def _course(facts: SessionFacts) -> Iterator[Found]:
    yield "duration", f"{facts.duration_s / 60.0:.1f}", "SessionPhase.time_s: last (ended) less first (running), in min"
    yield "started", facts.started_utc, "SessionHeader.started_utc"
    yield "protocol", facts.protocol_title, "SessionHeader.protocol.title"
    phases = ", ".join(f"{phase.name} ({phase.kind}, {_minutes(phase.stretch)} min)" for phase in facts.phases)
    yield "phases", phases, "SessionPhase.name, .kind, .time_s: each run of one name, in min"
    yield "phase_count", len(facts.phases) or None, "SessionPhase: runs of one name"
    yield "pressed", len(facts.commands), "Command (what is neither marker nor start): count"
    yield "markers", len(facts.notes), "Command (what = marker): count"


def _minutes(stretch: Stretch) -> str:
    return f"{round((stretch.end_s - stretch.start_s) / 60.0, 2):g}"


def _music(facts: SessionFacts) -> Iterator[Found]:
    yield "arm", facts.condition, "SessionHeader.condition"
    yield "seed", None if facts.concealed else facts.seed, "SessionHeader.seed"
    for key, name in (("music", "music"), ("volume", "volume"), ("volume_cap", "volume_cap")):
        yield key, facts.settings.get(name), f"SessionHeader.settings.{name}"
    for key, name in (("stretch", "stretch_percent"), ("slew", "slew_percent_per_beat"), ("deadband", "deadband_bpm")):
        yield key, _short(facts.limits.get(name)), f"SessionHeader.protocol.limits.{name}"
    if facts.concealed:
        return
    if facts.condition in list(Arm):
        rules = ARMS[Arm(facts.condition)]
        source = "SessionHeader.condition, as relaxlisten/control/arms.py reads it"
        yield "sound_rule", SOUND.get(rules.sound), source
        if rules.sound is SoundRule.MUSIC:
            yield "tempo_rule", TEMPO[rules.tempo], source
            yield "choice_rule", CHOICE[rules.choice], source
    if facts.pieces:
        yield "piece_count", len(facts.pieces), "SoundState.track_id, .turn: runs"
        listed = "; ".join(f"{piece.title} ({clock(piece.start_s)}-{clock(piece.end_s)})" for piece in facts.pieces)
        yield "pieces", listed, "SoundState.track_id, .dac_time_s: runs; TrackFound.track.title"
    if facts.tempo:
        yield "tempo_start", f"{facts.tempo[0]:.1f}", "SoundState.tempo_bpm: first that is known"
        yield "tempo_end", f"{facts.tempo[1]:.1f}", "SoundState.tempo_bpm: last that is known"


def _short(value: object) -> str | None:
    return f"{value:g}" if isinstance(value, int | float) else None


def _heart(facts: SessionFacts) -> Iterator[Found]:
    known = facts.quality
    yield "sensor", known.sensor, "SensorState.name: last that is known"
    yield "sensor_kind", KINDS.get(known.sensor_kind), "SensorState.kind: last"
    yield "gaps", known.gaps if known.intervals else None, "Beat (quality = after_gap, but for the first beat): count"
    if not known.intervals:
        return
    yield "gap_s", f"{known.gap_s:.0f}", "Beat.time_s: of each beat after a gap less that of the beat before it, sum in s"
    yield "beats", known.beats, "Beat: count"
    changed = known.beats - known.causes.get("normal", 0)
    yield "changed", changed, "Beat (quality is not normal): count"
    yield "changed_share", f"{100.0 * changed / known.beats:.1f}", "Beat (quality is not normal): count, in % of all"
    causes = ", ".join(f"{count} {CAUSES[cause]}" for cause, count in known.causes.items() if cause in CAUSES)
    yield "causes", causes or "none", "Beat.quality: count of each"
    if known.clean_time_share is not None:
        source = "Beat.nn_ms (quality = normal): sum, in % of the duration"
        yield "clean_time", f"{100.0 * known.clean_time_share:.1f}", source


def _metrics(facts: SessionFacts) -> Iterator[Found]:
    if facts.quality.intervals:
        yield "clean", facts.sample.clean, "Beat (quality = normal, confidence >= 0.64) within the session: count"
        yield "pairs", facts.sample.pairs, "Beat: neighbours that are both such: count"
    for key, name, digits, how in (
        ("heart_rate", "heart_rate_bpm", 1, "60 000 / mean of the clean NN"),
        ("sdnn", "sdnn_ms", 1, "standard deviation (n - 1) of the clean NN"),
        ("rmssd", "rmssd_ms", 1, "root mean square of the differences of those pairs"),
    ):
        metric = facts.metrics[name]
        yield key, None if metric.value is None else f"{metric.value:.{digits}f}", f"Beat.nn_ms: {how}"
    withheld = ", ".join(f"{name} ({metric.reason})" for name, metric in facts.metrics.items() if metric.reason)
    yield "withheld", withheld or "nothing", "relaxlisten.rr.hrv of the recorded beats: Metric.reason"
    change = facts.change
    if change is not None:
        start, end = change.start, change.end
        yield (
            "start_rate",
            f"{start.heart_bpm:.1f}",
            f"Beat.nn_ms, {start.start_s:.0f}-{start.end_s:.0f} s: 60 000 / mean of the clean",
        )
        yield "end_rate", f"{end.heart_bpm:.1f}", f"Beat.nn_ms, {end.start_s:.0f}-{end.end_s:.0f} s: 60 000 / mean of the clean"
        yield "rate_change", f"{change.change_bpm:+.1f}", "the one less the other"
        yield "chance", f"{change.chance_bpm:.1f}", "relaxlisten/report/measured.py: 1.645 x 1.5 x sqrt(60 / s + 60 / s)"


def _answers(facts: SessionFacts) -> Iterator[Found]:
    told = [rating for rating in facts.ratings if rating.before is not None and rating.after is not None]
    listed = "; ".join(f"{rating.scale} {rating.before:g} before and {rating.after:g} after" for rating in told)
    yield "ratings", listed, "Rating.scale, .when, .value: last of each"


def _delivered(delivered: Fidelity | None) -> Iterator[Found]:
    if delivered is None:
        return
    source = "relaxlisten/session/fidelity.py of PlaybackPlan, SessionPhase, SoundState"
    for key in ("index", "completed", "audible", "tempo"):
        yield f"fidelity_{key}", f"{getattr(delivered, key):.2f}", f"{source}: {key}"


def _program(facts: SessionFacts) -> Iterator[Found]:
    for name in ("relaxlisten", "python", "numpy", "scipy"):
        yield f"version_{name}", facts.versions.get(name), f"SessionHeader.versions.{name}"
    yield "schema", facts.schema, "SessionHeader.schema"


def constants() -> Iterator[Found]:
    """What the program itself sets, by the name of the constant."""
    yield "resolution", "1/1024", "Bluetooth Heart Rate Service: unit of an RR interval, in s"
    yield "service", "0x2A37", "Bluetooth assigned number of Heart Rate Measurement"
    yield "lf_band", f"{LF_HZ[0]:.2f}-{LF_HZ[1]:.2f}", "relaxlisten.physiology.frequency_domain.LF_HZ"
    yield "hf_band", f"{HF_HZ[0]:.2f}-{HF_HZ[1]:.2f}", "relaxlisten.physiology.frequency_domain.HF_HZ"
    yield "stretch_min", f"{STRETCH_S / 60.0:.0f}", "relaxlisten.physiology.record.STRETCH_S, in min"
    yield "hf_least", f"{LEAST_S['hf_ms2'] / 60.0:.0f}", "relaxlisten.physiology.record.LEAST_S, in min"
    yield "lf_least", f"{LEAST_S['lf_ms2'] / 60.0:.0f}", "relaxlisten.physiology.record.LEAST_S, in min"

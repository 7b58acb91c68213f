"""The tables of a report: facts as rows of texts, ready to be printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.report.chart import letter
from relaxlisten.report.words import UNKNOWN, clock

if TYPE_CHECKING:
    from relaxlisten.physiology.record import Metric
    from relaxlisten.report.facts import NoteFacts, PieceFacts, RatingFacts, SessionFacts
    from relaxlisten.report.words import Language

Row = tuple[str, ...]
# Names of metrics that are the same in every language; those that are words stand with the words.
METRIC_NAMES = {
    "sdnn_ms": "SDNN", "rmssd_ms": "RMSSD", "ln_rmssd": "ln RMSSD", "pnn50_percent": "pNN50", "sd1_ms": "SD1",
    "sd2_ms": "SD2", "stress_index": "SI (Baevsky)", "lf_ms2": "LF", "hf_ms2": "HF", "lf_nu": "LF (nu)", "hf_nu": "HF (nu)",
    "rsa_swing_bpm": "RSA", "sampen": "SampEn", "dfa_alpha1": "DFA alpha 1",
}  # fmt: skip
_OF_PAIRS = ("rmssd_ms", "ln_rmssd", "pnn50_percent", "sd1_ms", "sd2_ms")
_OF_FLOW = ("lf_ms2", "hf_ms2", "total_ms2", "lf_nu", "hf_nu", "coherence", "breathing_per_min", "rsa_swing_bpm")
BY_PHASE = (("rmssd_ms", 1), ("ln_rmssd", 2), ("sdnn_ms", 1), ("hf_ms2", 0), ("lf_ms2", 0), ("breathing_per_min", 1))


def metric_name(name: str, language: Language) -> str:
    """What a metric is called: by a word where it is one, else as everywhere."""
    return language.words.get(f"metric_{name}") or METRIC_NAMES.get(name, name)


def phases(facts: SessionFacts, language: Language) -> list[Row]:
    """Name, the plan for the music (only where it was led by it), from-to, heart, music (where it may be told)."""
    return [
        (
            phase.name,
            *([language.named("phase", phase.kind)] if facts.led else []),
            f"{clock(phase.stretch.start_s)} – {clock(phase.stretch.end_s)}",
            language.number(phase.stretch.heart_bpm),
            *([] if facts.concealed else [_way(phase.tempo_start_bpm, phase.tempo_end_bpm, language)]),
        )
        for phase in facts.phases
    ]


def _way(start: float | None, end: float | None, language: Language) -> str:
    """A tempo that goes from one to another."""
    first, last = language.number(start), language.number(end)
    return first if first == last else f"{first} → {last}"


def ratings(facts: SessionFacts, language: Language) -> list[Row]:
    """Question, scale, before, after, change."""
    return [
        (
            rating.question or rating.scale,
            _scale(rating, language),
            language.plain(rating.before),
            language.plain(rating.after),
            _calmer(rating, language),
        )
        for rating in facts.ratings
    ]


def _scale(rating: RatingFacts, language: Language) -> str:
    if rating.low is None or rating.high is None:
        return UNKNOWN
    low, high = language.plain(rating.low), language.plain(rating.high)
    return language.say("scale_text", low=low, high=high, low_label=rating.low_label, high_label=rating.high_label)


def _calmer(rating: RatingFacts, language: Language) -> str:
    if rating.calmer is None:
        return UNKNOWN
    if rating.calmer == 0.0:
        return language.say("no_change")
    return language.say("calmer" if rating.calmer > 0.0 else "less_calm", n=language.plain(round(abs(rating.calmer), 2)))


def pieces(facts: SessionFacts, language: Language) -> list[Row]:
    """Number, title, from-to, own tempo, tempo as heard, change of the heart, effect."""
    return [_piece(number, piece, language) for number, piece in enumerate(facts.pieces, start=1)]


def _piece(number: int, piece: PieceFacts, language: Language) -> Row:
    change = UNKNOWN
    if piece.change_bpm is not None:
        change = language.say(
            "change_value", change=language.signed(piece.change_bpm), chance=language.number(piece.chance_bpm)
        )  # fmt: skip
    effect = language.say("not_enough")
    if piece.effect is not None:
        mean, low, high = (language.signed(value) for value in piece.effect)
        effect = language.say("beyond_value", mean=mean, low=low, high=high)
    span = f"{clock(piece.start_s)} – {clock(piece.end_s)}"
    heard = _way(piece.tempo_start_bpm, piece.tempo_end_bpm, language)
    return (str(number), piece.title, span, language.number(piece.own_bpm, 0), heard, change, effect)


def notes(facts: SessionFacts, language: Language) -> list[Row]:
    """Letter, time, text: those of the record, then those of the person's file."""
    timed = [(letter(index), clock(note.time_s), note.text) for index, note in enumerate(facts.notes)]
    return [*timed, *(_whole(note, language) for note in facts.person.notes)]


def _whole(note: NoteFacts, language: Language) -> Row:
    return ("", language.say("note_whole") if note.time_s is None else clock(note.time_s), note.text)


def quality(facts: SessionFacts, language: Language) -> list[Row]:
    """Name, text."""
    known = facts.quality
    kind = language.named("sensor", known.sensor_kind)
    sensor = language.say("sensor_text", name=known.sensor, kind=kind) if known.sensor else kind
    if known.battery_percent is not None:
        sensor += ", " + language.say("battery", n=language.number(known.battery_percent, 0))
    rows: list[Row] = [(language.say("sensor"), sensor), (language.say("beats"), _beats(facts, language))]
    if known.intervals:
        rows.append((language.say("corrected"), _causes(facts, language)))
    length = language.length(known.gap_s)
    rows.append((language.say("gaps"), language.say("gaps_text", n=known.gaps, length=length, lost=known.connections_lost)))
    rows.append((language.say("sound"), language.say("sound_text", n=known.sound_breaks)))
    for text, times in known.notices:
        rows.append((language.say("notices"), text if times == 1 else language.say("notice_times", text=text, n=times)))
    return rows


def _beats(facts: SessionFacts, language: Language) -> str:
    known = facts.quality
    if not known.intervals:
        return language.say("beats_none")
    time = language.share(known.clean_time_share)
    return language.say("beats_text", n=known.beats, share=language.share(known.clean_share, 1), time=time)


def _causes(facts: SessionFacts, language: Language) -> str:
    found = [
        language.say("corrected_text", n=count, cause=language.named("cause", cause))
        for cause, count in facts.quality.causes.items()
        if cause != "normal"
    ]
    return ", ".join(found) or language.say("corrected_none")


def withheld(facts: SessionFacts, language: Language) -> list[Row]:
    """What, where, why."""
    return [
        (
            ", ".join(metric_name(name, language) for name in one.names),
            language.say("withheld_whole")
            if one.share is None
            else language.say("withheld_live", share=language.share(one.share)),
            one.reason,
        )
        for one in facts.withheld
    ]


def metrics(facts: SessionFacts, language: Language) -> list[Row]:
    """Name, value or why not, unit, window, sample."""
    rows: list[Row] = []
    for name, metric in facts.metrics.items():
        value, window = _value(metric, language), language.number(metric.window_s, 0)
        rows.append((metric_name(name, language), value, metric.unit, window, _sample(name, facts, language)))
    return rows


def _sample(name: str, facts: SessionFacts, language: Language) -> str:
    sample = facts.sample
    if name in _OF_FLOW:
        return language.say("sample_flow", n=sample.flow)
    if name in _OF_PAIRS:
        return language.say("sample_pairs", n=sample.pairs)
    return language.say("sample_beats", n=sample.clean)


def _value(metric: Metric, language: Language) -> str:
    if metric.value is None:
        return metric.reason or UNKNOWN
    return language.number(metric.value, 0 if abs(metric.value) >= 100.0 else 1 if abs(metric.value) >= 10.0 else 2)


def metrics_by_phase(facts: SessionFacts, language: Language) -> list[Row]:
    """Name, NN, window, heart rate, then BY_PHASE; a dash where one is withheld."""
    return [
        (
            phase.name,
            str(phase.stretch.beats),
            language.number(phase.stretch.end_s - phase.stretch.start_s, 0),
            language.number(phase.stretch.heart_bpm),
            *(language.number(phase.metrics[name].value, digits) for name, digits in BY_PHASE),
        )
        for phase in facts.phases
    ]

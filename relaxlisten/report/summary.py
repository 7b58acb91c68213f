"""The session in sentences that a client understands, and the chart in words.

Decision: what was felt comes before what was measured; a change of heart rate is told beside what hearts do by themselves; and no
sentence says that the music was the cause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.report.facts import Verdict
from relaxlisten.report.words import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.report.facts import RatingFacts, SessionFacts
    from relaxlisten.report.words import Language


def summary(facts: SessionFacts, language: Language) -> list[str]:
    """Paragraphs."""
    happened = [_listened(facts, language), _pieces(facts, language)]
    measured = [*_heart(facts, language), _signal(facts, language)]
    paragraphs = [
        " ".join(part for part in happened if part),
        _felt(facts, language),
        " ".join(part for part in measured if part),
    ]
    return [part for part in (*paragraphs, language.say("short_meaning")) if part]


def _listened(facts: SessionFacts, language: Language) -> str:
    length = language.length(facts.duration_s)
    if not facts.protocol_title:
        return language.say("short_listened_no_name", length=length)
    return language.say("short_listened", length=length, protocol=facts.protocol_title)


def _pieces(facts: SessionFacts, language: Language) -> str:
    count = len(facts.pieces)
    if facts.concealed or not count:
        return ""
    return language.say("short_pieces_one") if count == 1 else language.say("short_pieces", n=count)


def _felt(facts: SessionFacts, language: Language) -> str:
    both = [rating for rating in facts.ratings if rating.before is not None and rating.after is not None]
    if not both:
        return language.say("short_rating_none")
    return " ".join(
        language.say(
            "short_rating", question=rating.question or rating.scale, before=language.plain(rating.before),
            after=language.plain(rating.after), change=_change(rating, language),
        )
        for rating in both
    )  # fmt: skip


def _change(rating: RatingFacts, language: Language) -> str:
    if rating.before == rating.after:
        return language.say("short_rating_same")
    if rating.calmer is None:  # an answer to a question that is not known: no word for its direction
        return language.signed((rating.after or 0.0) - (rating.before or 0.0))
    key = "short_rating_calmer" if rating.calmer > 0.0 else "short_rating_less_calm"
    return language.say(key, n=language.plain(round(abs(rating.calmer), 2)))


def _heart(facts: SessionFacts, language: Language) -> list[str]:
    change = facts.change
    if change is None:
        heard = any(value is not None for value in facts.course.heart_bpm)
        return [language.say("short_heart_unknown" if heard else "short_heart_none")]
    numbers = {"n": abs(change.change_bpm), "chance": change.chance_bpm}
    shown = {name: language.number(value) for name, value in numbers.items()}
    first = language.say(
        "short_heart", start_length=language.length(change.start.end_s - change.start.start_s),
        start=language.number(change.start.heart_bpm), end=language.number(change.end.heart_bpm),
    )  # fmt: skip
    key = {Verdict.SAME: "short_heart_same", Verdict.SLOWER: "short_heart_slower", Verdict.FASTER: "short_heart_faster"}
    return [first, language.say(key[change.verdict], **shown)]


def _signal(facts: SessionFacts, language: Language) -> str:
    share = facts.quality.clean_time_share
    return "" if share is None else language.say("short_signal", share=language.share(share))


def chart_in_words(facts: SessionFacts, language: Language) -> str:
    """What the chart shows, for who does not see it."""
    phases = ", ".join(f"{phase.name} ({clock(phase.stretch.start_s)}–{clock(phase.stretch.end_s)})" for phase in facts.phases)
    return " ".join(
        part
        for part in (
            _heart_line(facts, language),
            _music_line(facts, language),
            language.say("chart_phases", phases=phases) if phases else "",
        )
        if part
    )


def _heart_line(facts: SessionFacts, language: Language) -> str:
    known = _known(facts.course.time_s, facts.course.heart_bpm)
    if not known:
        return language.say("chart_no_heart")
    low, high = min(known, key=lambda point: point[1]), max(known, key=lambda point: point[1])
    rates = {"first": known[0][1], "last": known[-1][1], "low": low[1], "high": high[1]}
    shown = {name: language.number(value, 0) for name, value in rates.items()}
    return language.say("chart_heart", **shown, low_at=clock(low[0]), high_at=clock(high[0]))


def _music_line(facts: SessionFacts, language: Language) -> str:
    tempi = [tempo for _, tempo in _known(facts.course.time_s, facts.course.tempo_bpm)]
    if not tempi:
        return language.say("chart_no_music")
    tempos = {"first": tempi[0], "last": tempi[-1], "low": min(tempi), "high": max(tempi)}
    return language.say("chart_music", **{name: language.number(value, 0) for name, value in tempos.items()})


def _known(times_s: Sequence[float], values: Sequence[float | None]) -> list[tuple[float, float]]:
    return [(time_s, value) for time_s, value in zip(times_s, values, strict=True) if value is not None]

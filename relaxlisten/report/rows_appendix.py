"""The tables of a report's appendix that are not about the heart: protocol, settings, clocks, decisions, commands."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from relaxlisten.control.protocol import Phase
from relaxlisten.control.response import HEART
from relaxlisten.report.columns import number, text_of
from relaxlisten.report.words import UNKNOWN, clock
from relaxlisten.terms import PhaseKind

if TYPE_CHECKING:
    from relaxlisten.report.facts import SessionFacts
    from relaxlisten.report.words import Language

Row = tuple[str, ...]
# Keys of a phase that stand in columns of their own, or say nothing in a table.
_NAMED = ("name", "kind", "minutes", "prompt")
_USUAL = dataclasses.asdict(Phase(name="", kind=PhaseKind.LEAD, minutes=0.0))


def protocol(facts: SessionFacts, language: Language) -> list[Row]:
    """Name, kind, minutes, what else differs from a phase's defaults."""
    rows: list[Row] = []
    for phase in facts.protocol_phases:
        others = {key: value for key, value in phase.items() if key not in _NAMED and value != _USUAL.get(key)}
        settings = ", ".join(f"{text_of(key)} {text_of(value)}" for key, value in others.items())
        minutes = language.number(number(phase.get("minutes")))
        rows.append((text_of(phase.get("name")), text_of(phase.get("kind")), minutes, settings or UNKNOWN))
    return rows


def settings(facts: SessionFacts, language: Language) -> list[Row]:
    """Name, value: how the session was set up and what ran it."""
    arm = [(language.say("arm"), facts.condition or UNKNOWN)]
    seed = language.say("seed_hidden") if facts.concealed else UNKNOWN if facts.seed is None else str(facts.seed)
    limits = [(f"{language.say('limits')}: {text_of(key)}", text_of(value)) for key, value in facts.limits.items()]
    chosen = [(text_of(key), _setting(value)) for key, value in facts.settings.items()]
    versions = list(facts.versions.items())
    return [*arm, (language.say("seed"), seed), *chosen, *limits, (language.say("schema"), text_of(facts.schema)), *versions]


def _setting(value: object) -> str:
    return UNKNOWN if value is None else text_of(value)


def clocks(facts: SessionFacts, language: Language) -> str:
    """A paragraph."""
    known = facts.clocks
    drift = known.card_drift_ppm
    return language.say(
        "clocks_text",
        start=language.moment(facts.started_utc),
        ticks=known.ticks,
        longest=language.number(known.longest_tick_s),
        delay=language.number(None if known.ear_delay_s is None else 1000.0 * known.ear_delay_s, 0),
        drift=language.say("drift_unknown") if drift is None else language.say("drift_value", n=language.signed(drift)),
    )


def decided(facts: SessionFacts, language: Language) -> str:
    """How many decisions of each kind."""
    if not facts.decided:
        return language.say("decisions_none")
    counts = [
        language.say(f"decided_{kind}", n=count) for kind, count in sorted(facts.decided.items()) if _is_told(kind, language)
    ]
    return language.say("decisions_text", counts=", ".join(counts))


def _is_told(kind: str, language: Language) -> bool:
    return f"decided_{kind}" in language.words


def decisions(facts: SessionFacts) -> list[Row]:
    """Time, sentence: those that changed piece or phase, or paused."""
    return [(clock(time_s), reason) for time_s, _, reason in facts.decisions]


def commands(facts: SessionFacts) -> list[Row]:
    """Time, what, value."""
    return [(clock(time_s), what, value) for time_s, what, value in facts.commands]


def chance(language: Language) -> str:
    """Where the range of chance comes from."""
    return language.say("chance_text", scale=language.number(HEART.scale))

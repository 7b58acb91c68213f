"""A protocol from its TOML file, or one sentence that says what is wrong with it and where.

Decision: everything is checked before anything starts, against the tables of `protocol_rules.py`; an error names the file, the
line, the key, what is allowed, and the nearest valid name where there is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from relaxlisten.control.limits import Limits
from relaxlisten.control.protocol import Comfort, MusicRules, Protocol, phase_from_data, rating_from_data
from relaxlisten.control.protocol_rules import TABLES, TOP
from relaxlisten.control.toml_check import check_top, entries, parse_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from relaxlisten.control.toml_check import Source


def parse_protocol(text: str, file_name: str) -> Protocol:
    """A protocol from TOML text. Raises TomlFault with one sentence."""
    return _build(*parse_toml(text, "a protocol", file_name))


def _build(data: Mapping[str, Any], source: Source) -> Protocol:
    check_top(data, TOP, TABLES, source)
    tables = {name: entries(data, name, table, source) for name, table in TABLES.items()}
    if not tables["phase"]:
        raise source.fault(None, 0, "phase", "a protocol needs at least one [[phase]] with name, kind and minutes.")
    _check_sense(tables, source)
    name = str(data.get("name", source.file_name.rsplit(".", 1)[0]))
    return Protocol(
        name=name,
        title=str(data.get("title", name)),
        description=str(data.get("description", "")),
        phases=tuple(phase_from_data(entry) for entry in tables["phase"]),
        limits=Limits(**_only(tables["limits"])),
        music=MusicRules(**_only(tables["music"])),
        comfort=Comfort(**_only(tables["comfort"])),
        ratings=tuple(rating_from_data(entry) for entry in tables["rating"]),
    )


def _only(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return entries[0] if entries else {}


# ---- keys that are right each by itself, and wrong together ----


def _check_sense(tables: Mapping[str, list[dict[str, Any]]], source: Source) -> None:
    for index, phase in enumerate(tables["phase"]):
        if problem := _phase_problem(phase):
            key, text = problem
            raise source.fault("phase", index, key, text)
    check_bounds(tables, source)


def check_bounds(tables: Mapping[str, list[dict[str, Any]]], source: Source) -> None:
    """Check that what is to be lower is lower, in the tables that there are. Raises TomlFault."""
    for name, low, high in (
        ("comfort", "heart_rate_low_bpm", "heart_rate_high_bpm"),
        ("music", "slowest_bpm", "quickest_bpm"),
        ("rating", "low", "high"),
    ):
        for index, entry in enumerate(tables.get(name, ())):
            bound_by_zero = name != "rating" and not (entry.get(low) and entry.get(high))
            if not bound_by_zero and entry.get(low, 0.0) >= entry.get(high, 10.0):
                raise source.fault(name, index, high, f'"{high}" must be more than "{low}" ({entry.get(low, 0.0):g}).')


def _phase_problem(phase: Mapping[str, Any]) -> tuple[str, str] | None:
    """The key that is at fault, and why; None where all go together."""
    if "until" not in phase:
        for key in ("until_within_bpm", "until_for_s", "least_minutes"):
            if key in phase:
                return key, f'"{key}" means nothing without "until": add until = "heart_near_goal" or "heart_steady".'
    if phase.get("least_minutes", 0.0) > phase["minutes"]:
        return "least_minutes", f'"least_minutes" must be at most "minutes" ({phase["minutes"]:g}).'
    beats = [key for key in ("breath_in_beats", "breath_out_beats") if phase.get(key)]
    if len(beats) == 1:
        return beats[0], f'"{beats[0]}" needs the other one too: breath_in_beats and breath_out_beats, each more than 0.'
    if beats and phase.get("breaths_per_min"):
        return "breaths_per_min", '"breaths_per_min" and "breath_in_beats" exclude each other: the clock paces, or the music.'
    if phase.get("tempo_bpm") and phase["kind"] != "settle":
        return "tempo_bpm", f'"tempo_bpm" must stand in a phase of the kind settle, not "{phase["kind"]}".'
    return None

"""A recorded session measured again, with today's program or other settings: how far each metric moves.

Decision: the inputs are fed as they came, so what was heard stays what it was, and only what is made of it changes. Recorded and
new values are paired by the event's kind and time; a value that only one side has is counted, never paired with its neighbour.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relaxlisten.control.protocol import protocol_to_data
from relaxlisten.control.setup import setup_from_data, setup_to_data
from relaxlisten.errors import UsageError
from relaxlisten.replay import replay
from relaxlisten.terms import Arm, Bed
from relaxlisten.toml_text import NotToml, parse_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from relaxlisten.control.protocol import Protocol
    from relaxlisten.messages import Event
    from relaxlisten.session.format import Record, SessionHeader

# What may be changed: for each key the type of its value, and in words what is allowed.
SETTINGS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "protocol": (str, "the name of a shipped protocol or a TOML file"),
    "seed": (int, "a whole number"),
    "volume": ((int, float), "a number from 0 to 1"),
    "volume_cap": ((int, float), "a number from 0 to 1"),
    "bed": (str, f"one of {', '.join(Bed)}"),
    "arm": (str, f"one of {', '.join(Arm)}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One metric, recorded and derived anew.

    pairs: times at which both are known. differ: of these, where they are not equal. recorded_only, derived_only: times at which
    only one is known. mean, most: of the absolute differences, None where it is no number. at_s: where the greatest is, or the
    first, None where nothing differs.
    """

    metric: str
    pairs: int
    differ: int
    recorded_only: int
    derived_only: int
    mean: float | None
    most: float | None
    at_s: float | None


def reanalysed(record: Record) -> list[Moved]:
    """All metrics of a record beside what today's pipeline makes of its inputs."""
    recorded = _values(entry.event for entry in record.events if entry.derived)
    derived = _values(replay(record).derived)
    return [_moved(name, recorded.get(name, {}), derived.get(name, {})) for name in dict.fromkeys((*recorded, *derived))]


_Value = float | str | bool
_Times = dict[tuple[float, int], _Value]


def _values(events: Iterable[Event]) -> dict[str, _Times]:
    """By metric: the values by time and place among the events of that kind at that time."""
    found: dict[str, _Times] = {}
    for event in events:
        kind = type(event).__name__
        for name, value in _flat(dataclasses.asdict(event), kind):
            times = found.setdefault(name, {})
            place = 0
            while (event.time_s, place) in times:
                place += 1
            times[event.time_s, place] = value
    return found


def _flat(fields: dict[str, Any], prefix: str) -> Iterator[tuple[str, _Value]]:
    for key, value in fields.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}.{key}")
        elif isinstance(value, int | float | str) and key != "time_s":
            yield f"{prefix}.{key}", value


def _moved(name: str, recorded: _Times, derived: _Times) -> Moved:
    both = sorted(recorded.keys() & derived.keys())
    unequal = [time for time in both if recorded[time] != derived[time]]
    sizes = [_size(recorded[time], derived[time]) for time in unequal]
    numbers = [size for size in sizes if size is not None]
    numeric = len(numbers) == len(sizes) and any(_is_number(value) for value in (recorded or derived).values())
    worst = unequal[numbers.index(max(numbers))] if numeric and numbers else next(iter(unequal), None)
    return Moved(
        metric=name,
        pairs=len(both),
        differ=len(unequal),
        recorded_only=len(recorded) - len(both),
        derived_only=len(derived) - len(both),
        mean=sum(numbers) / len(both) if numeric and both else None,
        most=max(numbers, default=0.0) if numeric and both else None,
        at_s=None if worst is None else worst[0],
    )


def _size(one: _Value, other: _Value) -> float | None:
    return abs(float(one) - float(other)) if _is_number(one) and _is_number(other) else None


def _is_number(value: _Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# ---- other settings ----


def read_settings(text: str, name: str) -> dict[str, Any]:
    """Settings from TOML. Raises UsageError that names the file, the key and what is allowed."""
    try:
        found = parse_toml(text)
    except NotToml as fault:
        message = f'{name} is no TOML that can be read ({fault}): write lines such as protocol = "settle-20".'
        raise UsageError(message) from fault
    for key, value in found.items():
        if key not in SETTINGS:
            message = f'{name}: "{key}" is no setting of a re-analysis; there are {", ".join(SETTINGS)}.'
            raise UsageError(message)
        kind, allowed = SETTINGS[key]
        if not isinstance(value, kind) or isinstance(value, bool) or not _allowed(key, value):
            message = f"{name}: {key} = {value!r} cannot be: it must be {allowed}."
            raise UsageError(message)
    return found


def _allowed(key: str, value: Any) -> bool:
    if key in ("arm", "bed"):
        return value in (list(Arm) if key == "arm" else list(Bed))
    return 0.0 <= value <= 1.0 if key.startswith("volume") else True


def with_settings(record: Record, changes: dict[str, Any], load_protocol: Callable[[str], Protocol]) -> Record:
    """The record as if its session had been run with other settings; its inputs stay."""
    header = record.header
    plain = {key: value for key, value in changes.items() if key in ("volume", "volume_cap", "bed")}
    header = dataclasses.replace(header, settings={**header.settings, **plain}, seed=changes.get("seed", header.seed))
    if "protocol" in changes:
        header = dataclasses.replace(header, protocol=protocol_to_data(load_protocol(changes["protocol"])))
    return dataclasses.replace(record, header=_with_arm(header, changes["arm"]) if "arm" in changes else header)


def _with_arm(header: SessionHeader, arm: str) -> SessionHeader:
    setup = dataclasses.replace(setup_from_data(header.control), arm=Arm(arm))
    if setup.concealed:
        raise UsageError("The arm of this session is concealed, so no other can be set beside it before the study is opened.")
    return dataclasses.replace(header, control=setup_to_data(setup))

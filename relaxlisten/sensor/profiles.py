"""What is known about heart-rate monitors, one TOML file a model.

Decision: profiles inform and never gate. A monitor without one works by the standard service; a profile only adds how the sensor
sees the heart, whether its intervals exist, whether its contact bit means anything, and what to tell the listener.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relaxlisten.errors import UsageError
from relaxlisten.terms import SensorKind
from relaxlisten.toml_text import NotToml, parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_TYPES: dict[str, type] = {
    "name": str,
    "name_pattern": str,
    "examples": list,
    "kind": str,
    "rr_available": bool,
    "contact_trustworthy": bool,
    "quirks": list,
    "source": str,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One model of heart-rate monitor.

    name_pattern: regular expression for the whole advertised name, case ignored. examples: names that it was seen with.
    rr_available: whether the standard service carries beat-to-beat intervals. source: where the facts are from.
    """

    name: str
    name_pattern: re.Pattern[str]
    examples: tuple[str, ...]
    kind: SensorKind
    rr_available: bool
    contact_trustworthy: bool
    quirks: tuple[str, ...]
    source: str


def parse_profile(text: str, file_name: str) -> Profile:
    """A profile from TOML. Raises UsageError naming the file and what is wrong with it."""
    try:
        data = parse_toml(text)
    except NotToml as fault:
        message = f"The device profile {file_name} is not valid TOML: {fault}."
        raise UsageError(message) from fault
    _check_fields(data, file_name)
    return Profile(
        name=data["name"],
        name_pattern=_pattern(data["name_pattern"], file_name),
        examples=tuple(data["examples"]),
        kind=_kind(data["kind"], file_name),
        rr_available=data["rr_available"],
        contact_trustworthy=data["contact_trustworthy"],
        quirks=tuple(data["quirks"]),
        source=data["source"],
    )


def load_profiles(folder: Path) -> tuple[Profile, ...]:
    """All profiles of a folder, by file name. Raises UsageError for one that cannot be used."""
    return tuple(parse_profile(file.read_text(encoding="utf-8"), file.name) for file in sorted(folder.glob("*.toml")))


def profile_for(advertised_name: str, profiles: Iterable[Profile]) -> Profile | None:
    """The profile whose pattern fits the whole of an advertised name; None for a monitor that is not known."""
    name = advertised_name.strip()
    return next((profile for profile in profiles if profile.name_pattern.fullmatch(name)), None)


def _check_fields(data: dict[str, Any], file_name: str) -> None:
    if wrong := sorted(data.keys() ^ _TYPES.keys()):
        what = "is not known" if wrong[0] in data else "is missing"
        message = f'In the device profile {file_name} the key "{wrong[0]}" {what}; it needs exactly: {", ".join(_TYPES)}.'
        raise UsageError(message)
    for key, kind in _TYPES.items():
        texts = data[key] if kind is list and isinstance(data[key], list) else []
        if not isinstance(data[key], kind) or not all(isinstance(text, str) for text in texts):
            message = f'In the device profile {file_name} the key "{key}" must be a {_NAMES[kind]}.'
            raise UsageError(message)


_NAMES: dict[type, str] = {str: "text", bool: "true or false", list: "list of texts"}


def _pattern(text: str, file_name: str) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what a later Python will read in another way is no pattern to rely on
            return re.compile(text, re.IGNORECASE)
    except (re.error, Warning) as fault:
        message = f"In the device profile {file_name} name_pattern is no regular expression: {fault}."
        raise UsageError(message) from fault


def _kind(text: str, file_name: str) -> SensorKind:
    if text not in (SensorKind.ECG, SensorKind.OPTICAL):
        message = f'In the device profile {file_name} kind is "{text}"; it must be "ecg" or "optical".'
        raise UsageError(message)
    return SensorKind(text)

"""The parts of a session's companions, from how they were named."""

from __future__ import annotations

import dataclasses
import secrets
from typing import TYPE_CHECKING

from relaxlisten.companion import COMPANION
from relaxlisten.control.arms import ARMS, ChoiceRule, SoundRule, TempoRule
from relaxlisten.errors import UsageError
from relaxlisten.group import CompanionParts

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.ports import Sensor
    from relaxlisten.session.format import SessionHeader
    from relaxlisten.settings import SessionSettings
    from relaxlisten.terms import Arm

MOST = 7  # a Bluetooth adapter keeps up seven connections
_LISTENING_TEMPO = (TempoRule.LAW, TempoRule.FIXED, TempoRule.ONE_BEAT)
_LISTENING_CHOICE = (ChoiceRule.LEARNED, ChoiceRule.SLOWER, ChoiceRule.MEANS)


def companions(
    settings: SessionSettings, header: SessionHeader, sensor_of: Callable[[SessionSettings], Sensor]
) -> tuple[CompanionParts, ...]:
    """The other hearts of a session. Raises UsageError for one that does not exist."""
    return tuple(
        CompanionParts(
            number=number,
            name=name,
            sensor=sensor_of(dataclasses.replace(settings, sensor=sensor, seed=settings.seed + number)),
            header=_header(header, sensor, name, number),
            steered=listens(settings.arm) and not settings.concealed,
        )
        for number, (name, sensor) in enumerate(_named(settings), start=2)
    )


def listens(arm: Arm) -> bool:
    """Whether the music of an arm goes by the first heart at all."""
    rules = ARMS[arm]
    return rules.sound is SoundRule.MUSIC and (rules.tempo in _LISTENING_TEMPO or rules.choice in _LISTENING_CHOICE)


def _named(settings: SessionSettings) -> list[tuple[str, str]]:
    """Name and sensor of each."""
    parts = [text.partition("=") if "=" in text else ("", "=", text) for text in settings.also]
    return [(name.strip() or f"Person {number}", sensor.strip()) for number, (name, _, sensor) in enumerate(parts, start=2)]


def tell_apart(settings: SessionSettings) -> None:
    """Raises UsageError where two hearts of a session could be the same, or there are too many, or a study is for one."""
    if settings.also and settings.concealed:  # a companion's record would tell the arm
        raise UsageError("A session whose arm is concealed is for one heart: leave the others out.")
    sensors = [settings.sensor, *(sensor for _, sensor in _named(settings))]
    if len(sensors) > MOST + 1:
        message = f"{len(sensors)} hearts are more than one session can listen to: {MOST + 1} is the most."
        raise UsageError(message)
    straps = [sensor.lower() for sensor in sensors if sensor.partition(":")[0] in ("ble", "lsl")]
    if len(straps) > 1 and ("ble" in straps or len(set(straps)) < len(straps)):
        message = (
            "Several straps must be told apart: name each by its own address, as ble:AA:BB:CC:DD:EE:FF (see relaxlisten sensors)."
        )
        raise UsageError(message)


def _header(session: SessionHeader, sensor: str, name: str, number: int) -> SessionHeader:
    kind, _, detail = sensor.partition(":")
    file = detail.replace("\\", "/").rpartition("/")[2]
    return dataclasses.replace(
        session,
        sensor=f"file:{file}" if kind == "file" else kind,
        simulated=kind == "simulated",
        seed=session.seed + number,
        settings=session.settings | {COMPANION: float(number), "name": name},
        person_id=None,
        control={},
        seal_key=secrets.token_hex(4),
    )

"""What a session is told beyond its protocol: arm, donor, who listens, what was answered, and what to keep."""

from __future__ import annotations

import dataclasses
import datetime
import re
from typing import TYPE_CHECKING

from relaxlisten.control.arms import ARMS, SoundRule
from relaxlisten.control.concealing import concealed
from relaxlisten.control.donor import donor_path
from relaxlisten.control.protocol import Comfort
from relaxlisten.control.setup import ControlSetup
from relaxlisten.errors import UsageError
from relaxlisten.messages import Rating
from relaxlisten.session.records import load_record
from relaxlisten.terms import Arm, When

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.control.memory import Memory
    from relaxlisten.control.protocol import Protocol, RatingQuestion
    from relaxlisten.messages import Event
    from relaxlisten.ports import Observer
    from relaxlisten.settings import SessionSettings

_RANGE = re.compile(r"(\d{2,3})?-(\d{2,3})?")


def prepare(settings: SessionSettings, memory: Memory, avoid: tuple[str, ...]) -> ControlSetup:
    """The setup that these settings ask for. memory, avoid: of the person. Raises UsageError where they cannot be met."""
    yoked = settings.arm is Arm.YOKED
    if yoked and settings.donor is None:
        raise UsageError("A yoked session repeats another one: name it with --donor SESSION.")
    donor = donor_path(entry.event for entry in load_record(settings.donor).events) if yoked and settings.donor else ()
    if yoked and not donor:
        message = f"{settings.donor} cannot be repeated: its music never started."
        raise UsageError(message)
    # The time of day counts only beside a person's other sessions: elsewhere the same seed gives the same record at any time.
    hour = _hour_of_day() if settings.person else ControlSetup().hour
    return ControlSetup(arm=settings.arm, memory=memory, donor=donor, hour=hour, concealed=settings.concealed, avoid=avoid)


def _hour_of_day() -> float:
    now = datetime.datetime.now().astimezone()
    return round(now.hour + now.minute / 60.0, 2)


def needs_music(arm: Arm) -> bool:
    """Whether an arm plays the listener's music at all."""
    return ARMS[arm].sound is SoundRule.MUSIC


def with_comfort(protocol: Protocol, wished: str | None) -> Protocol:
    """The protocol with a listener's own comfort range, "50-110", "-110" or "50-". Raises UsageError."""
    if wished is None:
        return protocol
    match = _RANGE.fullmatch(wished)
    low, high = (float(match[1] or 0), float(match[2] or 0)) if match else (0.0, 0.0)
    if not (low or high) or (low and high and low >= high):
        message = (
            f'"{wished}" is no comfort range: write the lowest and the highest heart rate, as 50-110 (either may be left out).'
        )
        raise UsageError(message)
    comfort = Comfort(heart_rate_low_bpm=low, heart_rate_high_bpm=high, for_s=protocol.comfort.for_s)
    return dataclasses.replace(protocol, comfort=comfort)


def ratings(answers: Sequence[str], questions: Sequence[RatingQuestion], when: When, time_s: float) -> tuple[Rating, ...]:
    """Answers as messages. Raises UsageError for a scale that is not asked, or a value that lies outside of it."""
    asked = {question.scale: question for question in questions if question.when in (None, when)}
    return tuple(_rating(answer, asked, when, time_s) for answer in answers)


def _rating(answer: str, asked: dict[str, RatingQuestion], when: When, time_s: float) -> Rating:
    scale, _, text = answer.partition("=")
    question = asked.get(scale)
    if question is None:
        known = ", ".join(asked) or "none"
        message = f'"{scale}" is not asked {when.value} this session (asked: {known}).'
        raise UsageError(message)
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not question.low <= value <= question.high:
        message = f'"{answer}" is no answer: write {scale}=NUMBER, from {question.low:g} to {question.high:g}.'
        raise UsageError(message)
    return Rating(time_s=time_s, scale=scale, value=value, when=when)


def shown(event: Event, label: str) -> Event | None:
    """What a screen may show of an event: all of it, unless the session is concealed under a label."""
    return concealed(event) if label else event


class Veiled:
    """An observer that sees of a concealed session only what a screen may show."""

    def __init__(self, observer: Observer, label: str) -> None:
        self._observer, self._label = observer, label

    def receive(self, event: Event, *, derived: bool) -> None:
        """Pass on what may be seen."""
        visible = shown(event, self._label)
        if visible is not None:
            self._observer.receive(visible, derived=derived)

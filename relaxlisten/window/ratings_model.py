"""What a listener has answered so far, without Qt.

Decision: a scale that nobody has touched has no answer, wherever its handle might stand: there is no default that could be taken
for one. Every answer can be taken back, and every scale left out.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.control.protocol import RatingQuestion
    from relaxlisten.terms import When

FINEST_STEPS = 100  # of a scale that takes any value


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingForm:
    """Questions in their order, and the answers that were given; a scale without one is not in `values`."""

    questions: tuple[RatingQuestion, ...]
    values: dict[str, float] = field(default_factory=dict)


def form_for(questions: Sequence[RatingQuestion], when: When, answered: Sequence[str] = ()) -> RatingForm:
    """The questions that are asked now, less those that were answered already (as "SCALE=VALUE")."""
    done = {answer.partition("=")[0] for answer in answered}
    asked = (question for question in questions if question.when in (None, when) and question.scale not in done)
    return RatingForm(questions=tuple(asked))


def steps(question: RatingQuestion) -> int:
    """How many steps there are from the lowest answer to the highest."""
    span = question.high - question.low
    return max(round(span / question.step), 1) if question.step else FINEST_STEPS


def value_at(question: RatingQuestion, step: int) -> float:
    """The answer at a step from 0 on; steps beyond the ends are the ends."""
    count = steps(question)
    share = min(max(step, 0), count) / count
    return round(question.low + share * (question.high - question.low), 6)


def step_of(question: RatingQuestion, value: float) -> int:
    """The step nearest to an answer."""
    return round((value - question.low) / (question.high - question.low) * steps(question))


def answered(form: RatingForm, scale: str, step: int) -> RatingForm:
    """The form with a scale answered at a step."""
    return dataclasses.replace(form, values=form.values | {scale: value_at(_question(form, scale), step)})


def taken_back(form: RatingForm, scale: str) -> RatingForm:
    """The form with a scale not answered."""
    return dataclasses.replace(form, values={name: value for name, value in form.values.items() if name != scale})


def answers(form: RatingForm) -> tuple[str, ...]:
    """What was answered, as "SCALE=VALUE", in the order of the questions."""
    return tuple(f"{one.scale}={form.values[one.scale]:g}" for one in form.questions if one.scale in form.values)


def read_answer(question: RatingQuestion, typed: str) -> float | None:
    """The answer that was typed; None where it is none, or lies off the scale."""
    try:
        value = float(typed.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) and question.low <= value <= question.high else None


def _question(form: RatingForm, scale: str) -> RatingQuestion:
    return next(question for question in form.questions if question.scale == scale)

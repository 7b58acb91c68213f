"""Questions before and after a session, asked in a terminal.

Decision: they are asked where somebody sits at a keyboard and sees the question, and nowhere else; so no script ever waits for an
answer. Enter alone leaves a question out, the end of the input leaves out all that are left.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from relaxlisten.window.ratings_model import read_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from relaxlisten.control.protocol import RatingQuestion


def somebody_is_there() -> bool:
    """Whether a person can read a question and type an answer."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def ask(questions: Sequence[RatingQuestion], read: Callable[[str], str] = input) -> tuple[str, ...]:
    """Answers as "SCALE=VALUE", of the questions that were not left out. read(prompt) gives a line, or raises EOFError."""
    given = []
    try:
        for question in questions:
            value = _one(question, read)
            if value is not None:
                given.append(f"{question.scale}={value:g}")
    except EOFError:
        pass
    return tuple(given)


def _one(question: RatingQuestion, read: Callable[[str], str]) -> float | None:
    bounds = f"{question.low:g} {question.low_label} … {question.high:g} {question.high_label}"
    prompt = f"{question.question} ({bounds}; Enter leaves it out) "
    while typed := read(prompt).strip():
        value = read_answer(question, typed)
        if value is not None:
            return value
        prompt = f"Please a number from {question.low:g} to {question.high:g}, or Enter: "
    return None

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.control.protocol import RatingQuestion
from relaxlisten.terms import When
from relaxlisten.window.ratings_model import (
    RatingForm,
    answered,
    answers,
    form_for,
    read_answer,
    step_of,
    steps,
    taken_back,
    value_at,
)
from relaxlisten.window.terminal_ratings import ask

CALM = RatingQuestion(scale="calm", question="How calm?")
SUDS = RatingQuestion(scale="suds", question="How much distress?", high=100.0, step=5.0, calm_is_high=False)
FINE = RatingQuestion(scale="pleasure", question="How pleasant?", high=1.0, step=0.0)
HOPE = RatingQuestion(scale="expectancy", question="What do you expect?", when=When.BEFORE)
ALL = (CALM, SUDS, FINE, HOPE)


def test_nothing_that_was_not_touched_is_an_answer() -> None:
    form = form_for(ALL, When.BEFORE)
    assert answers(form) == ()
    form = answered(answered(form, "suds", 3), "calm", 0)
    assert answers(form) == ("calm=0", "suds=15")
    assert answers(taken_back(form, "calm")) == ("suds=15",)


def test_only_what_is_asked_now_and_was_not_answered_is_asked() -> None:
    assert [one.scale for one in form_for(ALL, When.AFTER).questions] == ["calm", "suds", "pleasure"]
    assert [one.scale for one in form_for(ALL, When.BEFORE, ["calm=3", "suds=5"]).questions] == ["pleasure", "expectancy"]


@given(st.sampled_from(ALL), st.integers(-50, 500))
def test_every_step_is_an_answer_on_the_scale_and_is_found_again(question: RatingQuestion, step: int) -> None:
    value = value_at(question, step)
    assert question.low <= value <= question.high
    assert step_of(question, value) == min(max(step, 0), steps(question))
    assert read_answer(question, f"{value:g}") == value


@pytest.mark.parametrize(("typed", "value"), [("7", 7.0), ("7,5", 7.5), ("11", None), ("-1", None), ("nan", None), ("x", None)])
def test_what_is_typed_is_a_number_on_the_scale_or_nothing(typed: str, value: float | None) -> None:
    assert read_answer(CALM, typed) == value


def asked(*typed: str) -> tuple[tuple[str, ...], list[str]]:
    prompts: list[str] = []
    lines = iter(typed)

    def read(prompt: str) -> str:
        prompts.append(prompt)
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    return ask((CALM, SUDS), read), prompts


def test_in_a_terminal_enter_leaves_out_and_a_wrong_answer_is_asked_again() -> None:
    given_, prompts = asked("", "much", "35")
    assert given_ == ("suds=35",)
    assert "Please a number from 0 to 100" in prompts[2]
    assert "0 not at all … 10 very much" in prompts[0]


def test_the_end_of_the_input_leaves_out_what_is_left() -> None:
    assert asked("4")[0] == ("calm=4",)
    assert asked()[0] == ()


def test_a_form_is_the_same_whichever_way_it_came_about() -> None:
    assert taken_back(answered(RatingForm(questions=ALL), "calm", 3), "calm") == RatingForm(questions=ALL)

import datetime
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaxlisten.control.toml_check import TomlFault
from relaxlisten.people_facts import Consent, Note, PersonCard
from relaxlisten.session.person_card import agreed, card_text, notes_text, parse_card, parse_notes, taken_back

DAY = datetime.date(2026, 3, 1)
# All that can be typed or pasted, with what would end a string or a line in TOML.
texts = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from(string.punctuation + "\n\t\x7f\x00"), min_size=1, max_size=60
)


@given(st.lists(texts, max_size=5), texts, st.lists(texts, max_size=3))
def test_a_card_is_read_back_as_it_was_written(goals: list[str], plan: str, avoid: list[str]) -> None:
    card = PersonCard(goals=tuple(goals), plan=plan, avoid=tuple(avoid), consents=(Consent(version="v1", given=DAY),))
    assert parse_card(card_text(card), "person.toml") == card


@given(st.lists(texts, max_size=5))
def test_notes_are_read_back_as_they_were_written(written: list[str]) -> None:
    notes = tuple(Note(written="2026-03-01T10:00:00+00:00", text=text) for text in written)
    assert parse_notes(notes_text(notes), "notes.toml") == notes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('goals = ["a"]\ngoal = "b"', 'line 2: "goal" is not a key of a person; did you mean "goals"?'),
        ("plan = 3", 'line 1: "plan" must be text of 1 to 8000 characters, not 3'),
        ('\navoid = [""]', 'line 2: "avoid" must be a list of at most 500 texts'),
        ('[[consent]]\nversion = "1"', 'line 1: this consent has no "given": write a date without quotes'),
        ('[[consent]]\nversion = "1"\ngiven = 2026-03-01\nwithdrawn = "soon"', 'line 4: "withdrawn" must be a date'),
        ('[[consent]]\nversion = "1"\ngiven = 2026-03-01\nwithdrawn = 2026-02-01', "line 4"),
        ("plan = ", "line 1: this is not valid TOML"),
    ],
)
def test_what_is_wrong_with_a_card_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(TomlFault) as caught:
        parse_card(text, "person.toml")
    assert said in str(caught.value)


def test_a_consent_holds_until_it_is_withdrawn_and_every_one_is_kept() -> None:
    given = agreed(PersonCard(), "v1", DAY)
    assert given.consent == Consent(version="v1", given=DAY)
    back = taken_back(given, DAY + datetime.timedelta(days=1))
    assert back.consent is None
    again = agreed(back, "v2", DAY + datetime.timedelta(days=2))
    assert [one.version for one in again.consents] == ["v1", "v2"]
    assert again.consent is not None
    assert again.consent.version == "v2"
    assert taken_back(PersonCard(), DAY) == PersonCard()

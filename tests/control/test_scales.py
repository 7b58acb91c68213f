from pathlib import Path

import pytest

from relaxlisten.control.protocol_file import parse_protocol
from relaxlisten.control.scales import chosen, parse_scales, with_scales
from relaxlisten.control.toml_check import TomlFault
from relaxlisten.errors import UsageError
from relaxlisten.messages import Rating
from relaxlisten.scale_files import load_scales
from relaxlisten.session.people import felt_change
from relaxlisten.terms import When

SHIPPED = parse_scales(Path("scales/standard.toml").read_text(encoding="utf-8"), "standard.toml")
PHASE = '[[phase]]\nname = "a"\nkind = "settle"\nminutes = 1\n'


def test_the_scales_that_ship_have_the_bounds_of_their_sources() -> None:
    bounds = {one.scale: (one.low, one.high, one.step, one.when) for one in SHIPPED}
    assert bounds == {
        "relaxation": (0, 10, 1, None), "tension": (0, 10, 1, None), "stress": (0, 10, 1, None), "suds": (0, 100, 5, None),
        "pleasure": (0, 1, 0.01, None), "arousal": (0, 1, 0.01, None), "expectancy": (0, 10, 1, When.BEFORE),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: a file of scales needs at least one [[rating]]"),
        (
            '[[rating]]\nscale = "x"\nquestion = "?"\nhihg = 5',
            'line 4: "hihg" is not a key of a [rating] table; did you mean "high"?',
        ),
        ('[[rating]]\nscale = "x"\nquestion = "?"\nlow = 5\nhigh = 5', 'line 5: "high" must be more than "low"'),
        ('[[rating]]\nscale = "x"', 'line 1: this rating has no "question"'),
        (
            '[[rating]]\nscale = "x"\nquestion = "?"\n[[rating]]\nscale = "x"\nquestion = "?"',
            'line 5: there is a scale "x" above',
        ),
        ('[[ratings]]\nscale = "x"', 'line 1: "ratings" is not a key of a file of scales; did you mean "rating"?'),
    ],
)
def test_what_is_wrong_with_a_file_of_scales_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(TomlFault) as caught:
        parse_scales(text, "mine.toml")
    assert said in str(caught.value)


def test_scales_are_chosen_by_name_or_taken_from_a_file(tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text('[[rating]]\nscale = "pain"\nquestion = "How much does it hurt?"\ncalm_is_high = false\n')
    assert [one.scale for one in load_scales(["suds", str(own)])] == ["suds", "pain"]
    with pytest.raises(UsageError, match='did you mean "stress"'):
        chosen(SHIPPED, ["stres"])
    with pytest.raises(UsageError, match="cannot be read"):
        load_scales([str(tmp_path / "none.toml")])


def test_the_protocols_own_question_stays_where_a_scale_has_its_name() -> None:
    protocol = parse_protocol('[[rating]]\nscale = "stress"\nquestion = "Mine?"\n' + PHASE, "p.toml")
    asked = with_scales(protocol, chosen(SHIPPED, ["stress", "suds", "suds"])).ratings
    assert [(one.scale, one.question) for one in asked] == [("stress", "Mine?"), ("suds", SHIPPED[3].question)]


def test_what_is_pleasant_or_expected_does_not_count_as_calm() -> None:
    def answer(scale: str, value: float, when: When) -> Rating:
        return Rating(time_s=0.0, scale=scale, value=value, when=when)

    answers = [answer("suds", 60.0, When.BEFORE), answer("suds", 40.0, When.AFTER)]
    answers += [answer("pleasure", 0.0, When.BEFORE), answer("pleasure", 1.0, When.AFTER)]
    assert felt_change(answers, SHIPPED) == pytest.approx(0.2)

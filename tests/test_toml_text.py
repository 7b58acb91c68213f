import pytest

from relaxlisten.toml_text import NotToml, parse_toml


def test_whole_numbers_of_64_bits_are_read_and_larger_ones_refused() -> None:
    assert parse_toml("low = -9223372036854775808\nhigh = 9223372036854775807") == {"low": -(2**63), "high": 2**63 - 1}
    with pytest.raises(NotToml, match="more than 64 bits"):
        parse_toml("[[table]]\nvalues = [{number = 9223372036854775808}]")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = " + "9" * 5000, "more digits"),
        ("x = " + "[" * 2000, "deeper"),
        ("x = ", "end of document"),
        ("x = 1\nx = 2", "overwrite"),
    ],
)
def test_whatever_is_no_toml_is_one_kind_of_fault(text: str, words: str) -> None:
    with pytest.raises(NotToml, match=words):
        parse_toml(text)

import pytest

from relaxlisten.foreign_text import LONGEST, plain_line


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Polar H10 A1B2", "Polar H10 A1B2"),
        ("  two\n lines\t", "two lines"),
        ("\x1b]0;owned\x07red \x1b[31mtext", "]0;owned red [31mtext"),  # the escape is gone, and with it its power
        ("\u202egnp.exe", "gnp.exe"),  # would turn the direction of reading
        ("a\u2028b\x00c\ud800d", "a b c d"),
        ("Größe 雨", "Größe 雨"),
        ("x" * 5000, "x" * LONGEST),
        ("\r\n", ""),
    ],
)
def test_text_from_outside_becomes_one_plain_line(text: str, plain: str) -> None:
    assert plain_line(text) == plain

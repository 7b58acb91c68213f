import string

import pytest

from relaxlisten.window import words
from relaxlisten.window.languages import ENGLISH, NAMES, catalogue
from tests.window.words_in_source import MARKS, called, calls, literal, texts, window_files

# What a person reads is handed to these, first.
SHOWN_BY = {
    *(
        "QLabel",
        "QPushButton",
        "QCheckBox",
        "QGroupBox",
        "QAction",
        "setText",
        "setWindowTitle",
        "setToolTip",
        "say",
        "show_text",
    ),
    *("setAccessibleName", "setAccessibleDescription", "setPlaceholderText", "addItem", "addRow"),
}
UNTRANSLATED = {"RelaxListen"}
OTHERS = [code for code in NAMES if code != ENGLISH]


@pytest.fixture(autouse=True)
def english_again():
    yield
    words.use({})


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", OTHERS)
def test_no_text_of_the_window_lacks_its_translation(code: str) -> None:
    assert texts() - catalogue(code).keys() == set()


@pytest.mark.parametrize("code", OTHERS)
def test_no_translation_is_left_over(code: str) -> None:
    assert catalogue(code).keys() - texts() == set()


@pytest.mark.parametrize("code", OTHERS)
def test_translations_keep_the_values_and_the_jump_letters_of_their_texts(code: str) -> None:
    for text, translated in catalogue(code).items():
        assert fields(text) == fields(translated), text
        assert text.count("&") == translated.count("&"), text
        assert translated.strip(), text


@pytest.mark.parametrize("code", OTHERS)
def test_the_jump_letters_of_one_dialog_differ(code: str) -> None:
    start = ["&Heart", "&Music", "&Session", "&Who listens"]
    liking = ["&Language", "A session &opens with", "&Breathing light", "&Motion", "B&rightness of the calm picture", "&Privacy"]
    for table in (start, liking):
        letters = [catalogue(code)[text].split("&")[1][0].lower() for text in table]
        assert len(set(letters)) == len(letters), letters


def test_every_text_that_is_shown_goes_through_the_catalogue() -> None:
    bare = []
    for file in window_files():
        for call in calls(file):
            if called(call) in SHOWN_BY and call.args and (text := literal(call.args[0])):
                bare += [f"{file.name}: {text}"] if any(map(str.isalpha, text)) and text not in UNTRANSLATED else []
    assert bare == []


def test_what_is_translated_is_written_out_where_it_is_marked() -> None:
    hidden = [
        file.name for file in window_files() for call in calls(file) if called(call) == "later" and not literal(call.args[0])
    ]
    assert hidden == []
    assert MARKS == ("tr", "later")


def test_values_are_filled_into_either_language() -> None:
    assert words.tr("battery {percent} %", percent=87) == "battery 87 %"
    words.use(catalogue("de"))
    assert words.tr("battery {percent} %", percent=87) == "Batterie 87 %"
    assert words.tr("Slow Keys") == "Slow Keys"

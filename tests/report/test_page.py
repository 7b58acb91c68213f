"""The page: valid, self-contained, the same in shape whatever anybody wrote into a record, readable on paper."""

import base64
import dataclasses
import hashlib
import itertools
import random
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator

import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from relaxlisten.report import colours
from relaxlisten.report.columns import text_of
from relaxlisten.report.facts import NoteFacts, PersonLines, SessionFacts
from relaxlisten.report.gather import gather
from relaxlisten.report.page import page
from relaxlisten.report.words import LANGUAGES, language
from relaxlisten.session.concealment import conceal
from relaxlisten.session.seal import seal
from relaxlisten.session.tables import session_from_lines
from tests.report.making import HEADER, lines, loaded, session_by_hand, spoken_by
from tests.session.test_tables import damaged

ENGLISH = language("en")
# What has broken pages, terminals and parsers elsewhere.
NASTY = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</style><b>", "</svg></text><a>", "]]>", "<!--", "-->",
    "&lt;&amp;", "{{ 7*7 }}", "{% raw %}", "${x}", "javascript:alert(1)", "a\x00b\x07\x1b[31m", "\ud800", "\u202etxt.exe",
    "\ufffe", "'\"`\\", "", " \n\t ", "x" * 500, "ä漢😀ﷺ", "\u2028", "%s%n", "</title>", "</bdi></td></tr></table>",
)  # fmt: skip


def facts_of(events: list, header=HEADER, person: PersonLines | None = None) -> SessionFacts:
    return gather(loaded(events, header), person or PersonLines())


def parsed(html: str) -> ET.Element:
    """The page as a strict HTML parser reads it: any error of syntax raises."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False)
    root: ET.Element = parser.parse(html)
    return root


def shape(root: ET.Element) -> Counter:
    """Every element with the names of its attributes, by how often it comes."""
    return Counter((str(element.tag), tuple(sorted(element.attrib))) for element in root.iter())


def spoken_page(text: str) -> str:
    events, header = spoken_by(text)
    person = PersonLines(name=text_of(text), notes=(NoteFacts(time_s=None, text=text_of(text)),))
    return page(facts_of(events, header, person), ENGLISH)


def variants() -> Iterator[SessionFacts]:
    whole = lines(session_by_hand())
    yield facts_of(session_by_hand())
    yield gather(conceal(loaded(session_by_hand())))
    yield facts_of(session_by_hand(), dataclasses.replace(HEADER, simulated=True, condition="silence"))
    yield facts_of([])
    yield gather(session_from_lines(whole[1:], "x"))
    yield gather(conceal(session_from_lines(whole[:-4], "x")))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_kind_of_report_is_valid_html_without_a_script_or_anything_from_elsewhere(code: str) -> None:
    for facts in variants():
        root = parsed(page(facts, language(code), "A4"))
        tags = {str(element.tag) for element in root.iter()}
        assert tags.isdisjoint({"script", "link", "iframe", "object", "embed", "img", "form", "base", "a"})
        for element in root.iter():
            assert not [name for name in element.attrib if name.startswith("on") or name in ("style", "src", "href")]
        assert root.attrib["lang"] == code


def test_the_policy_of_the_page_allows_its_own_style_sheet_and_nothing_else() -> None:
    root = parsed(page(facts_of(session_by_hand()), ENGLISH))
    (style,) = root.iter("style")
    digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
    (policy,) = (meta.attrib["content"] for meta in root.iter("meta") if "http-equiv" in meta.attrib)
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in (style.text or "")
    assert "@import" not in (style.text or "")


def test_headings_go_down_one_level_at_a_time() -> None:
    for facts in variants():
        levels = [
            int(str(element.tag)[1])
            for element in parsed(page(facts, ENGLISH)).iter()
            if re.fullmatch("h[1-6]", str(element.tag))
        ]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


ORDINARY = shape(parsed(spoken_page("word")))


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_whatever_anybody_wrote_stays_text(text: str) -> None:
    root = parsed(spoken_page(text))
    found = shape(root)
    if text_of(text).strip():
        assert {key: count for key, count in found.items() if key[0] not in ("text", "h3", "p")} == {
            key: count for key, count in ORDINARY.items() if key[0] not in ("text", "h3", "p")
        }
        cells = "".join(root.itertext())
        assert " ".join(text_of(text).split()) in " ".join(cells.split())
    assert found.keys() <= ORDINARY.keys()


@settings(max_examples=40)
@given(st.text(alphabet=st.sampled_from("<>&\"'/=!-[]{}%#;\\\x00\ud800\u202e\u2029 abc\n"), min_size=1, max_size=30))
@example("<svg/onload=x>")
def test_no_text_makes_an_element(text: str) -> None:
    assert shape(parsed(spoken_page(text))).keys() <= ORDINARY.keys()


def test_every_text_has_the_contrast_that_wcag_asks_for_and_no_colour_is_beside_the_table() -> None:
    assert [pair for pair in colours.TEXTS if colours.contrast(*pair) < 4.5] == []
    assert [pair for pair in colours.LINES if colours.contrast(*pair) < 3.0] == []
    used = set(re.findall(r"#[0-9a-fA-F]{3,8}\b(?!;)|#[0-9a-f]{6}", page(facts_of(session_by_hand()), ENGLISH)))
    assert used <= set(colours.BY_NAME.values())
    assert not re.search(
        r"(?:color|background|fill|stroke)[:=]\s*\"?(?:rgb|hsl|black|red|gray|white)", page(next(variants()), ENGLISH)
    )


def test_contrast_is_wcags() -> None:
    assert colours.contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=1e-3)  # webaim.org's example of just too little


def test_a_simulated_heart_is_marked_on_every_page_and_a_real_one_is_not() -> None:
    simulated = page(facts_of(session_by_hand(), dataclasses.replace(HEADER, simulated=True)), ENGLISH)
    edges = [element for element in parsed(simulated).iter("div") if element.attrib.get("class") == "edge"]
    assert [edge.text for edge in edges] == [ENGLISH.say("simulated_edge")]
    assert re.search(r"\.edge \{ position: fixed;", simulated)  # a fixed element is printed on each page
    assert "imulated" not in page(facts_of(session_by_hand()), ENGLISH)


def test_without_a_header_the_sensor_tells_whether_the_heart_was_simulated_or_the_page_says_that_nobody_does() -> None:
    real = lines(session_by_hand())[1:]
    simulated = [line.replace(b'"optical"', b'"simulated"') for line in lines(session_by_hand())[1:]]
    resealed = [seal(re.sub(r',"crc":"\w{8}"', "", line.decode().rstrip("\n"))).encode() + b"\n" for line in simulated]
    assert ENGLISH.say("heart_unknown") in page(gather(session_from_lines(real, "x")), ENGLISH)
    assert ENGLISH.say("simulated") in page(gather(session_from_lines(resealed, "x")), ENGLISH)


def test_optical_intervals_are_called_pulse_intervals() -> None:
    html = page(facts_of(session_by_hand()), ENGLISH)
    assert ENGLISH.say("sensor_optical") in html
    assert ENGLISH.say("pulse") in html


def test_the_plan_for_the_music_is_told_only_of_sessions_that_followed_it() -> None:
    told = ENGLISH.say("phase_settle")
    assert told in page(facts_of(session_by_hand()), ENGLISH)
    for condition in ("silence", "fixed", "yoked", "B"):
        assert told not in page(facts_of(session_by_hand(), dataclasses.replace(HEADER, condition=condition)), ENGLISH)


def test_damaged_records_are_reported_as_far_as_they_are_whole_and_say_so() -> None:
    content = b"".join(lines(session_by_hand()))
    said = ENGLISH.say("damaged")
    for number in range(40):
        session = session_from_lines(damaged(content, random.Random(number)).splitlines(keepends=True), "x")
        html = page(gather(session), ENGLISH)
        assert (said in html) == bool(session.missing)


def test_all_languages_have_the_same_words_and_places() -> None:
    places = {
        code: {key: sorted(re.findall(r"\{(\w+)\}", text)) for key, text in one.words.items()} for code, one in LANGUAGES.items()
    }
    assert all(found == places["en"] for found in places.values())
    assert all(text.strip() for one in LANGUAGES.values() for text in one.words.values())

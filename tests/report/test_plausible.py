"""Old records have no checksums: damage may still read as an event, with numbers that nothing can give."""

import dataclasses
import random
import re

from relaxlisten.messages import Beat
from relaxlisten.report.gather import gather
from relaxlisten.report.page import page
from relaxlisten.report.plausible import plausible
from relaxlisten.report.words import language
from relaxlisten.session.concealment import conceal
from relaxlisten.session.format import SCHEMA
from relaxlisten.session.tables import session_from_lines
from tests.report.making import lines, loaded, session_by_hand, spoken_by

WRONG = (b"-1", b"1e300", b"1e18", b"-5e9", b"0", b"null", b'"x"', b"true", b"[]", b"{}", b"12345678901234567890")
_VALUE = re.compile(rb':(-?[\d.e+]+|null|"[^"]*"|true|false)(?=[,}])')


def old_record() -> list[bytes]:
    """A record of schema 1: no line has a checksum."""
    events, header = spoken_by("word")
    content = [re.sub(rb',"crc":"\w{8}"', b"", line) for line in lines([*session_by_hand()[:60], *events], header)]
    return [content[0].replace(b'"schema":%d' % SCHEMA, b'"schema":1'), *content[1:]]


def with_wrong_values(content: list[bytes], chance: random.Random) -> list[bytes]:
    damaged = list(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(damaged))
        found = chance.choice(list(_VALUE.finditer(damaged[at])))
        damaged[at] = damaged[at][: found.start(1)] + chance.choice(WRONG) + damaged[at][found.end(1) :]
    return damaged


def test_wrong_values_anywhere_in_an_old_record_stop_no_report() -> None:
    content = old_record()
    for number in range(80):
        session = session_from_lines(with_wrong_values(content, random.Random(number)), "x")
        for code in ("en", "de"):
            assert "</html>" in page(gather(conceal(session) if number % 2 else session), language(code))


def test_what_nothing_can_give_is_left_out_and_counted() -> None:
    events = session_by_hand()
    wrong = [
        dataclasses.replace(event, nn_ms=1e9) if isinstance(event, Beat) and event.time_s > 400.0 else event for event in events
    ]
    count = sum(isinstance(event, Beat) and event.time_s > 400.0 for event in events)
    facts = gather(loaded(wrong))
    assert f"{count} events with impossible numbers were left out." in facts.missing
    assert facts.quality.beats == 450 - count


def test_a_sound_record_stays_as_it_is() -> None:
    session = loaded(session_by_hand())
    assert plausible(session) is session

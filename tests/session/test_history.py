"""What a session changed, in one row; beats written by hand."""

import dataclasses
import math

import pytest

from relaxlisten.control.protocol import protocol_to_data
from relaxlisten.control.protocol_file import parse_protocol
from relaxlisten.messages import Beat, Event, Physiology, Rating, SessionPhase, TrackChoice
from relaxlisten.people_facts import HeardPiece, SessionSummary
from relaxlisten.session.format import SCHEMA, SessionHeader, event_line, header_line
from relaxlisten.session.history import summary, summary_from_data, summary_to_data
from relaxlisten.session.tables import session_from_lines
from relaxlisten.terms import PhaseKind, Quality, SessionStage, When

PROTOCOL = parse_protocol(
    'title = "Evening"\n[[rating]]\nscale = "calm"\nquestion = "How calm?"\n'
    '[[phase]]\nname = "a"\nkind = "baseline"\nminutes = 2\n[[phase]]\nname = "b"\nkind = "settle"\nminutes = 8\n',
    "evening.toml",
)
HEADER = SessionHeader(
    schema=SCHEMA, started_utc="2026-03-01T10:00:00+00:00", seed=1, sensor="ble", simulated=False, settings={},
    protocol=protocol_to_data(PROTOCOL), versions={}, condition="adaptive",
)  # fmt: skip


def phases(until_s: int = 600) -> list[Event]:
    return [
        SessionPhase(
            time_s=float(at_s), stage=SessionStage.RUNNING, name="a" if at_s <= 120 else "b",
            kind=PhaseKind.BASELINE if at_s <= 120 else PhaseKind.SETTLE,
            elapsed_s=float(at_s), remaining_s=0.0, session_remaining_s=0.0,
        )
        for at_s in range(until_s + 1)
    ]  # fmt: skip


def beats(begin_s: float, end_s: float, first_ms: float, second_ms: float) -> list[Event]:
    """Intervals that alternate between two lengths: RMSSD is their difference."""
    found: list[Event] = []
    at_s, lengths = begin_s, (first_ms, second_ms)
    while (at_s := at_s + lengths[len(found) % 2] / 1000.0) <= end_s:
        rr_ms = lengths[len(found) % 2]
        found.append(Beat(time_s=at_s, rr_ms=rr_ms, nn_ms=rr_ms, quality=Quality.NORMAL, confidence=1.0, follows=bool(found)))
    return found


def summed(events: list[Event], header: SessionHeader = HEADER) -> SessionSummary:
    ordered = sorted(events, key=lambda event: event.time_s)
    lines = [header_line(header), *(event_line(event, derived=True, number=n) for n, event in enumerate(ordered, start=1))]
    return summary("monday", session_from_lines([line.encode() for line in lines], "monday"))


def rated(value: float, when: When) -> Rating:
    return Rating(time_s=0.0 if when is When.BEFORE else 600.0, scale="calm", value=value, when=when)


def test_the_baseline_is_compared_with_the_last_three_minutes() -> None:
    events = [
        *phases(),
        *beats(0.0, 120.0, 740.0, 760.0),
        *beats(120.0, 420.0, 500.0, 500.0),
        *beats(420.0, 600.0, 980.0, 1020.0),
    ]
    row = summed(events)
    heart, variability = row.measures["heart_rate_bpm"], row.measures["ln_rmssd"]
    assert (heart.before, heart.after) == (pytest.approx(80.0, abs=0.1), pytest.approx(60.0, abs=0.1))
    assert (variability.before, variability.after) == (pytest.approx(math.log(20.0)), pytest.approx(math.log(40.0)))
    assert heart.difference == pytest.approx(-20.0, abs=0.2)
    assert (row.title, row.minutes, row.started_utc) == ("Evening", 10.0, HEADER.started_utc)


def test_what_the_beats_do_not_support_is_withheld_with_its_reason_and_time() -> None:
    row = summed([*phases(), *beats(0.0, 120.0, 740.0, 760.0), *beats(420.0, 440.0, 980.0, 1020.0)])
    assert row.measures["heart_rate_bpm"].after == pytest.approx(60.0, abs=0.1)
    assert row.measures["ln_rmssd"].after is None
    assert row.measures["ln_rmssd"].difference is None
    assert row.measures["ln_rmssd"].withheld.startswith("after: ")
    assert "of 30 s of clean beats" in row.measures["ln_rmssd"].withheld


def test_variability_of_an_irregular_heart_is_withheld_and_its_rate_is_not() -> None:
    from relaxlisten.beats.rhythm import REASON

    irregular: list[Event] = [
        Physiology(
            time_s=float(at_s), window_s=60.0, heart_rate_bpm=80.0, heart_rate_sd_bpm=1.0, heart_rate_window_s=10.0,
            heart_rate_delay_s=5.0, heart_rate_now_bpm=80.0, heart_rate_now_sd_bpm=1.0, rmssd_ms=None, sdnn_ms=None,
            valid_fraction=1.0, last_beat_age_s=0.5, withheld={"rmssd_ms": REASON},
        )
        for at_s in range(1, 120)
    ]  # fmt: skip
    row = summed([*phases(), *irregular, *beats(0.0, 600.0, 740.0, 760.0)])
    assert row.measures["ln_rmssd"].withheld == f"before: {REASON}"
    assert row.measures["heart_rate_bpm"].difference == pytest.approx(0.0, abs=0.1)


def test_answers_stand_beside_each_other_and_the_last_one_counts() -> None:
    answers = [rated(3.0, When.BEFORE), rated(9.0, When.AFTER), rated(5.0, When.AFTER)]
    row = summed([*phases(), *answers])
    assert (row.ratings["calm"].before, row.ratings["calm"].after) == (3.0, 5.0)
    assert row.felt == pytest.approx(0.2)
    assert summed([*phases(), rated(3.0, When.BEFORE)]).felt is None


def test_a_session_that_never_ran_and_one_without_its_header_have_rows_too() -> None:
    assert summed([]).measures["heart_rate_bpm"].withheld == "the session never ran"
    found = session_from_lines([event_line(event, derived=True, number=n).encode() for n, event in enumerate(phases(), 1)], "x")
    assert summary("x", found).title == ""


def test_a_row_is_read_back_as_it_was_written() -> None:
    choice = TrackChoice(time_s=1.0, track_id="a", title="Piece", considered=1, reason="r")
    row = summed([*phases(), *beats(0.0, 600.0, 740.0, 760.0), rated(3.0, When.BEFORE), choice])
    assert row.pieces == (HeardPiece(track_id="a", title="Piece"),)
    assert summary_from_data(summary_to_data(row)) == row
    assert dataclasses.asdict(row)["session"] == "monday"

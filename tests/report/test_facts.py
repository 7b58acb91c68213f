"""What a report says of a session: figures known by hand, and nothing of a concealed arm."""

import dataclasses
import math
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relaxlisten.cli import app
from relaxlisten.commands.open_window import opening
from relaxlisten.control.setup import SEALED, ControlSetup, setup_to_data
from relaxlisten.messages import Beat, Physiology
from relaxlisten.report.axes import Axis, minute_ticks, round_range, ticks
from relaxlisten.report.chart import chart, letter
from relaxlisten.report.facts import SessionFacts, Verdict
from relaxlisten.report.gather import gather
from relaxlisten.report.methods_file import methods_of
from relaxlisten.report.methods_page import as_markdown, as_trace
from relaxlisten.report.summary import chart_in_words, summary
from relaxlisten.report.words import language
from relaxlisten.report.write import session_facts, write_report
from relaxlisten.runtime import LiveSession
from relaxlisten.session.allocation import Design
from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.study import new_study, unblind
from relaxlisten.settings import SessionSettings
from relaxlisten.terms import Arm, Quality
from tests.report.making import BASELINE_S, END_S, loaded, raw, session_by_hand, small, with_header

ENGLISH = language("en")


def by_hand(start_ms: float = 800.0, end_ms: float = 1000.0) -> SessionFacts:
    return gather(loaded(session_by_hand(start_ms, end_ms)))


def test_phases_come_with_their_times_and_heart_rates() -> None:
    phases = by_hand().phases
    assert [(one.name, one.stretch.start_s, one.stretch.end_s) for one in phases] == [
        ("Baseline", 0.0, BASELINE_S), ("Settle", BASELINE_S, END_S), ("Close", END_S, END_S + 30.0),
    ]  # fmt: skip
    assert [one.stretch.heart_bpm for one in phases] == [pytest.approx(75.0), pytest.approx(60.0), None]
    assert [one.stretch.beats for one in phases] == [150, 300, 0]


def test_the_end_is_compared_with_the_beginning_and_with_what_hearts_do_by_themselves() -> None:
    change = by_hand().change
    assert change is not None
    assert (change.start.heart_bpm, change.end.heart_bpm) == (pytest.approx(75.0), pytest.approx(60.0))
    assert (change.end.start_s, change.end.end_s) == (END_S - 120.0, END_S)
    # two minutes and two minutes: 1.6449 * 1.5 * sqrt(1/2 + 1/2)
    assert change.chance_bpm == pytest.approx(2.46735)
    assert change.verdict is Verdict.SLOWER


@pytest.mark.parametrize(
    ("end_ms", "verdict", "words"),
    [(800.0, Verdict.SAME, "about the same"), (1000.0, Verdict.SLOWER, "more slowly"), (700.0, Verdict.FASTER, "faster")],
)
def test_a_change_is_told_in_words_only_beyond_chance(end_ms: float, verdict: Verdict, words: str) -> None:
    facts = by_hand(end_ms=end_ms)
    assert facts.change is not None
    assert facts.change.verdict is verdict
    text = " ".join(summary(facts, ENGLISH))
    assert words in text
    assert "does not show that the music was the reason" in text


def test_what_was_felt_comes_before_what_was_measured() -> None:
    text = " ".join(summary(by_hand(), ENGLISH))
    assert "You answered 4 before and 7 afterwards: calmer by 3 on this scale." in text
    assert text.index("You answered") < text.index("your heart beat 75.0 times")


def test_without_a_heart_nothing_is_said_of_one() -> None:
    facts = gather(loaded([event for event in session_by_hand() if not isinstance(event, Beat)]))
    assert facts.change is None
    assert "No heartbeat was heard in this session." in " ".join(summary(facts, ENGLISH))


def test_a_sensor_without_intervals_still_has_heart_rates() -> None:
    seconds = [
        Physiology(
            time_s=float(at), window_s=60.0, heart_rate_bpm=70.0 if at <= BASELINE_S else 64.0, heart_rate_sd_bpm=1.0,
            heart_rate_window_s=10.0, heart_rate_delay_s=5.0, heart_rate_now_bpm=None, heart_rate_now_sd_bpm=None, rmssd_ms=None,
            sdnn_ms=None, valid_fraction=1.0, last_beat_age_s=1.0,
        )
        for at in range(1, 451)
    ]  # fmt: skip
    others = [event for event in session_by_hand() if not isinstance(event, Beat)]
    facts = gather(loaded([*others, *seconds]))
    assert [one.stretch.heart_bpm for one in facts.phases][:2] == [70.0, 64.0]
    assert facts.change is not None
    assert facts.change.change_bpm == -6.0
    assert facts.metrics["rmssd_ms"].value is None


def test_beats_that_were_corrected_are_counted_by_cause_and_gaps_by_length() -> None:
    events = session_by_hand()
    at = next(index for index, event in enumerate(events) if isinstance(event, Beat) and event.time_s > 60.0)
    odd = [(Quality.ECTOPIC, 0.0), (Quality.AFTER_GAP, 9.0)]
    for offset, (quality, late_s) in enumerate(odd):
        beat = events[at + offset]
        assert isinstance(beat, Beat)
        events[at + offset] = dataclasses.replace(beat, quality=quality, time_s=beat.time_s + late_s, follows=False)
    quality = gather(loaded(events)).quality
    assert quality.causes == {"normal": 448, "ectopic": 1, "after_gap": 1}
    assert quality.clean_share == pytest.approx(448 / 450)
    assert quality.gaps == 1
    assert 0.0 < quality.gap_s <= 9.8


def test_a_whole_session_of_the_real_loop_is_told_as_its_record_has_it(recorded: Path, facts: SessionFacts) -> None:
    lines = raw(recorded)
    assert [phase.name for phase in facts.phases] == ["Rest", "Meet", "Lead", "Settle", "Rest again", "Close"]
    assert facts.duration_s == 1200.0
    assert [piece.title for piece in facts.pieces] == [line["title"] for line in lines if line["event"] == "TrackChoice"]
    responses = [line for line in lines if line["event"] == "PieceResponse"]
    answered = {str(one["track_id"]): one for one in responses}
    changes = {name: float(one["end_heart_bpm"]) - float(one["start_heart_bpm"]) for name, one in answered.items()}  # type: ignore[arg-type]
    played = [str(line["track_id"]) for line in lines if line["event"] == "TrackChoice"]
    assert [piece.change_bpm for piece in facts.pieces] == [
        None if name not in changes else pytest.approx(changes[name]) for name in played
    ]
    # the last minute and 20 s before: 1.6449 * 1.5 * sqrt(1 + 3)
    chances = [piece.chance_bpm for piece in facts.pieces if piece.change_bpm is not None]
    assert chances == pytest.approx([4.9347] * len(responses))
    assert {piece.effect for piece in facts.pieces} == {None}  # nothing is told of a piece that was heard once
    assert [note.text for note in facts.notes] == ["deep sigh, shoulders drop"]
    assert facts.decided["piece"] == len(played)


def test_a_piece_that_was_heard_often_enough_has_an_effect_with_its_range(recorded: Path, tmp_path: Path) -> None:
    header, *rest = raw(recorded)
    found = [line for line in rest if line["event"] == "PieceResponse"]
    answers = [{key: line[key] for key in line if key not in ("event", "derived", "n", "crc")} for line in found]
    names = [one["track_id"] for one in answers]
    # each piece in every place of a session, and the first of them four beats a minute calmer wherever it is heard
    past = [
        {
            "session": number,
            "hour": 12.0,
            "response": {**one, "track_id": name, "end_heart_bpm": -8.0 if name == names[0] else -4.0},
        }
        for number in range(15)
        for one, name in zip(answers, names[number % 5 :] + names[: number % 5], strict=True)
    ]
    control = {**header["control"], "memory": {"sessions": 15, "pieces": past, "feelings": []}}  # type: ignore[dict-item]
    piece = session_facts(with_header(recorded, tmp_path / "known", control=control)).pieces[0]
    assert piece.hearings == 16
    assert piece.effect is not None
    mean, low, high = piece.effect
    assert low < mean < high
    assert mean < 0.0


# ---- the chart ----


def test_values_fall_where_the_axis_puts_them() -> None:
    axis = Axis(low=50.0, high=100.0, at_low=200.0, at_high=0.0)
    assert [axis.at(value) for value in (50.0, 75.0, 100.0, 500.0)] == [200.0, 100.0, 0.0, 0.0]
    assert round_range(62.0, 71.0, 5.0, 20.0) == (55.0, 80.0)
    assert ticks(50.0, 80.0, 6) == [50.0, 55.0, 60.0, 65.0, 70.0, 75.0, 80.0]
    assert minute_ticks(20.0, 12) == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0, 20.0]
    assert [letter(index) for index in (0, 25, 26)] == ["a", "z", "a2"]


def test_a_heart_that_was_lost_breaks_the_line_and_the_band(facts: SessionFacts) -> None:
    course = facts.course
    torn = tuple(None if 100 <= index < 120 else value for index, value in enumerate(course.heart_bpm))
    whole = chart(facts, ENGLISH, described_by="x")
    broken = chart(dataclasses.replace(facts, course=dataclasses.replace(course, heart_bpm=torn)), ENGLISH, described_by="x")
    assert broken.count("<polyline") == whole.count("<polyline") + 1
    assert broken.count("<polygon") == whole.count("<polygon") + 1


def test_heart_and_music_differ_in_their_line_and_not_only_in_colour(facts: SessionFacts) -> None:
    drawn = chart(facts, ENGLISH, described_by="x").split("<polyline")[1:]
    dashed = {("dasharray" in line.split("/>")[0], line.split('stroke="')[1][:7]) for line in drawn}
    assert len(dashed) == 2
    assert {dash for dash, _ in dashed} == {True, False}


def test_the_chart_is_told_in_words_too(facts: SessionFacts) -> None:
    known = [value for value in facts.course.heart_bpm if value is not None]
    text = chart_in_words(facts, ENGLISH)
    assert f"lowest {min(known):.0f} (at" in text
    assert f"highest {max(known):.0f} (at" in text
    assert "Rest (00:00–02:30), Meet (02:30–06:30)" in text


# ---- concealed studies ----


def concealed_copy(recorded: Path, study: Path) -> Path:
    new_study(study, ["adaptive", "silence"], Design.CROSSOVER, 4, "study-20", seed=424242)
    control = setup_to_data(ControlSetup(arm=Arm.ADAPTIVE, concealed="B"))
    assert SEALED in control
    return with_header(recorded, study / "sessions" / "P01-1", condition="B", control=control, seed=1001)


def secrets_of(recorded: Path) -> set[str]:
    """What would tell the arm: titles of pieces, tempos at the ear, sentences about them, its name."""
    lines = raw(recorded)
    titles = {str(line["title"]) for line in lines if line["event"] == "TrackChoice"}
    reasons = {str(line["reason"])[:30] for line in lines if line["event"] in ("Decision", "TempoTarget")}
    return titles | reasons | {"adaptive", "424242", "met the listener", "go a little ahead", "BPM)</th>"}


@pytest.mark.parametrize("header_lost", [False, True])
def test_a_concealed_session_shows_nothing_of_its_arm_until_its_study_is_opened(
    recorded: Path, tmp_path: Path, *, header_lost: bool
) -> None:
    session = concealed_copy(recorded, tmp_path / "trial")
    if header_lost:
        whole = (session / RECORD_NAME).read_bytes()
        (session / RECORD_NAME).write_bytes(b"rubbish\n" + whole.split(b"\n", 1)[1])
    text = methods_of(session)
    pages = [write_report(session).read_text(encoding="utf-8"), as_markdown(text), as_trace(text)]
    assert [secret for text in pages for secret in secrets_of(recorded) if secret in text] == []
    assert ENGLISH.say("concealed") in pages[0]
    unblind(tmp_path / "trial", "done")
    opened = write_report(session, force=True).read_text(encoding="utf-8")
    assert next(str(line["title"]) for line in raw(recorded) if line["event"] == "TrackChoice") in opened
    assert ENGLISH.say("concealed") not in opened


# ---- the command ----


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result.output


def test_the_command_writes_beside_the_record_and_overwrites_only_when_told(tmp_path: Path) -> None:
    session = small(tmp_path / "monday")
    target = session / "report.html"
    assert str(target) in run("report", str(session), "--with", "kim", "--note", "Arrived <late>.")
    first = target.read_text(encoding="utf-8")
    assert "with kim" in first
    assert "Arrived &lt;late&gt;." in first
    refused = CliRunner().invoke(app, ["report", str(session)])
    assert "--force" in str(refused.exception)
    assert target.read_text(encoding="utf-8") == first
    run("report", str(session / RECORD_NAME), "--force", "--language", "de")
    assert 'lang="de"' in target.read_text(encoding="utf-8")
    assert [path.name for path in session.iterdir() if path.suffix == ".part"] == []


def test_what_is_kept_of_its_person_is_printed_only_when_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relaxlisten.places.data_folder", lambda: tmp_path / "data")
    run("person", "new", "kim", "--consent")
    (folder,) = (tmp_path / "data" / "people").glob("p-*")
    mine = small(folder / "sessions" / "monday")
    run("person", "note", "kim", "Wept, in a good way.", "--session", "monday")
    run("person", "note", "kim", "Of another day.", "--session", "tuesday")
    told = [run("report", str(mine), "--force", *more) and (mine / "report.html").read_text() for more in ((), ("--person",))]
    assert [("kim" in page, "Wept, in a good way." in page, "another day" in page) for page in told] == [
        (False, False, False), (True, True, False),
    ]  # fmt: skip
    refused = CliRunner().invoke(app, ["report", str(small(tmp_path / "nobody")), "--person"])
    assert "nobody in particular" in str(refused.exception)


def test_the_window_writes_the_report_beside_the_record_and_anew_when_asked_again(tmp_path: Path) -> None:
    session = small(tmp_path / "monday")
    hook = opening(SessionSettings(), launch=_never, remembers=False).hooks.report
    assert hook is not None
    assert hook(session) == hook(session) == session / "report.html"


def _never(_settings: SessionSettings) -> LiveSession:
    raise AssertionError


def test_a_place_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["report", str(small(tmp_path / "monday")), "-o", str(tmp_path / "no" / "x.html")])
    assert "cannot be written" in str(result.exception)


def test_chance_is_what_two_stretches_of_a_minute_differ_by() -> None:
    from relaxlisten.report.measured import chance_bpm

    assert chance_bpm(60.0, 60.0) == pytest.approx(1.6449 * 1.5 * math.sqrt(2.0))

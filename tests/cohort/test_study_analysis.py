"""A folder of sessions as a study: figures by hand, reasons, restarts, damage, and what a page must not do."""

import csv
import dataclasses
import gzip
import json
import math
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relaxlisten import spreading
from relaxlisten.cli import app
from relaxlisten.cohort import work
from relaxlisten.cohort.analysis import CACHE, EXCLUSIONS, OVERVIEW, PHASES, SESSIONS, analyse
from relaxlisten.cohort.rules import Rules
from relaxlisten.cohort.summary import Summary
from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.session.allocation import Design
from relaxlisten.session.format import RECORD_NAME, SCHEMA
from relaxlisten.session.study import new_study, unblind
from relaxlisten.terms import SensorKind
from tests.cohort.making import HEADER, Heart, concealed_header, session_lines, write

Row = dict[str, str]


def analysed(folder: Path, out: Path, rules: Rules | None = None, workers: int = 1) -> Summary:
    return analyse(folder, out, rules or Rules(), workers=workers, scheduler=None, seen=lambda _done, _of: None)


def rows(out: Path, name: str) -> list[Row]:
    with (out / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def tables(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in (SESSIONS, PHASES, EXCLUSIONS, OVERVIEW)}


def test_a_phase_s_figures_are_those_of_its_own_beats(tmp_path: Path) -> None:
    """Intervals of 800 and 820 ms in turn, then 1000 and 1020: means of 810 and 1010, every successive difference 20 ms."""
    write(tmp_path / "study" / "P01-1")
    analysed(tmp_path / "study", tmp_path / "out")
    rest, settle = rows(tmp_path / "out", PHASES)
    assert (rest["phase"], settle["phase_kind"], settle["participant"], settle["session_number"]) == (
        "Rest",
        "settle",
        "P01",
        "1",
    )
    assert float(rest["heart_rate_bpm"]) == pytest.approx(60000 / 810, abs=0.15)
    assert float(settle["heart_rate_bpm"]) == pytest.approx(60000 / 1010, abs=0.15)
    assert float(settle["heart_rate_bpm_change"]) == pytest.approx(60000 / 1010 - 60000 / 810, abs=0.3)
    assert float(rest["rmssd_ms"]) == pytest.approx(20.0, abs=0.5)
    assert float(rest["ln_rmssd_change"]) == 0.0
    [session] = rows(tmp_path / "out", SESSIONS)
    assert [float(session[f"calm_{what}"]) for what in ("before", "after", "change")] == [3.0, 7.0, 4.0]
    assert (session["fidelity"], session["excluded"], session["sensor_kind"]) == ("0.995238095", "FALSE", "ecg")


def test_what_cannot_be_told_of_a_phase_is_empty_and_has_its_reason(tmp_path: Path) -> None:
    write(tmp_path / "study" / "P01-1")
    analysed(tmp_path / "study", tmp_path / "out")
    withheld = rows(tmp_path / "out", PHASES)[0]
    assert withheld["breathing_per_min"] == ""
    assert withheld["breathing_per_min_withheld"]


@pytest.mark.parametrize(
    ("heart", "header", "why"),
    [
        (Heart(dirty=0.5), HEADER, r"only \d\d% of its time are clean beats"),
        (Heart(seconds=100), HEADER, "only 48% of its protocol were run"),
        (Heart(kind=SensorKind.UNKNOWN), HEADER, "its sensor is not known"),
        (Heart(kind=SensorKind.SIMULATED), dataclasses.replace(HEADER, simulated=True), "its sensor is a simulated heart"),
    ],
)
def test_a_session_that_breaks_a_rule_is_left_out_of_the_figures_and_stays_in_the_tables(
    tmp_path: Path, heart: Heart, header: object, why: str
) -> None:
    write(tmp_path / "study" / "P01-1")
    write(tmp_path / "study" / "P01-2", heart, header)
    found = analysed(tmp_path / "study", tmp_path / "out")
    assert (found.sessions, found.counted) == (2, 1)
    good, bad = rows(tmp_path / "out", SESSIONS)
    assert (good["excluded"], bad["excluded"]) == ("FALSE", "TRUE")
    assert re.search(why, bad["reasons"])
    assert len(rows(tmp_path / "out", PHASES)) == 4
    assert [row["session"] for row in rows(tmp_path / "out", EXCLUSIONS)] == ["P01-2"]


def test_other_rules_need_no_new_measuring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "study" / "P01-1", Heart(dirty=0.3))
    assert analysed(tmp_path / "study", tmp_path / "out").counted == 0
    monkeypatch.setattr(work, "_measure", lambda file: pytest.fail(f"{file} is measured again"))
    assert analysed(tmp_path / "study", tmp_path / "out", Rules(least_clean=0.5)).counted == 1


# ---- broken off, taken up again ----


def study_of_twelve(folder: Path) -> Path:
    for number in range(12):
        heart = Heart(settle_ms=900.0 + 10.0 * number, swing_ms=15.0 + number, dirty=0.3 if number == 5 else 0.0)
        write(folder / "sessions" / f"P{number // 3 + 1:02d}-{number % 3 + 1}", heart)
    return folder


class Killed(Exception):
    pass


def test_a_study_that_was_killed_and_taken_up_again_gives_the_same_tables_to_the_last_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = study_of_twelve(tmp_path / "study")
    analysed(study, tmp_path / "whole")

    def dies_at_seven(done: int, _of: int) -> None:
        if done == 7:
            raise Killed

    with pytest.raises(Killed):
        analyse(study, tmp_path / "broken", Rules(), workers=1, scheduler=None, seen=dies_at_seven)
    kept = sorted((tmp_path / "broken" / CACHE).rglob("*.json"))
    assert len(kept) == 7
    kept[0].write_text(kept[0].read_text()[:50])  # half written, as by a machine that lost its power
    measured = []
    whole = work._measure
    monkeypatch.setattr(work, "_measure", lambda file: measured.append(file) or whole(file))
    analysed(study, tmp_path / "broken")
    assert len(measured) == 12 - 7 + 1
    assert tables(tmp_path / "broken") == tables(tmp_path / "whole")


def test_two_processes_give_the_tables_of_one(tmp_path: Path) -> None:
    study = study_of_twelve(tmp_path / "study")
    analysed(study, tmp_path / "one")
    analysed(study, tmp_path / "two", workers=2)
    assert tables(tmp_path / "two") == tables(tmp_path / "one")


def test_a_worker_with_other_code_measures_nothing(tmp_path: Path) -> None:
    record = write(tmp_path / "study" / "P01-1") / RECORD_NAME
    with pytest.raises(RelaxListenError, match="another version of RelaxListen, numpy or scipy"):
        work.do(work.Work(file=record, cache=tmp_path, code="0123456789abcdef"))


def test_records_that_are_here_and_that_the_cluster_does_not_see_are_no_unreadable_sessions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def blind(_do: object, things: list[work.Work], _address: str) -> list[work.Done]:
        return [work.Done(file=thing.file, sha256="", result=work._unreadable("it cannot be read")) for thing in things]

    write(tmp_path / "study" / "P01-1")
    monkeypatch.setattr(spreading, "on_dask", blind)
    with pytest.raises(RelaxListenError, match=r"workers do not see .*session\.jsonl: they need the same folders"):
        analyse(tmp_path / "study", tmp_path / "out", Rules(), workers=1, scheduler="tcp://x:1", seen=lambda _done, _of: None)


def test_a_record_that_changed_is_measured_again_and_a_packed_one_gives_the_same(tmp_path: Path) -> None:
    session = write(tmp_path / "study" / "P01-1")
    analysed(tmp_path / "study", tmp_path / "out")
    before = rows(tmp_path / "out", PHASES)
    plain = session / RECORD_NAME
    (session / f"{RECORD_NAME}.gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    analysed(tmp_path / "study", tmp_path / "out")
    assert rows(tmp_path / "out", PHASES) == before
    plain.write_text("".join(session_lines(Heart(settle_ms=700.0))))
    analysed(tmp_path / "study", tmp_path / "out")
    assert rows(tmp_path / "out", PHASES) != before


# ---- damage ----


def test_damaged_records_say_what_is_wrong_and_stop_nothing(tmp_path: Path) -> None:
    study = tmp_path / "study"
    whole = "".join(session_lines(Heart())).encode()
    broken = {
        "P01-1": whole,
        "P02-1": whole[: len(whole) // 2],
        "P03-1": b"rubbish\n" * 20,
        "P04-1": b"",
        "P05-1": whole.partition(b"\n")[2],
        "P06-1": re.sub(rb'"nn_ms":8', rb'"nn_ms":9', whole),
        "P07-1": whole.replace(b'"schema":%d' % SCHEMA, b'"schema":99', 1),
    }
    for name, content in broken.items():
        (study / name).mkdir(parents=True)
        (study / name / RECORD_NAME).write_bytes(content)
    analysed(study, tmp_path / "out")
    why = {row["session"]: row["reasons"] for row in rows(tmp_path / "out", SESSIONS)}
    assert why["P01-1"] == ""
    assert "of its protocol were run" in why["P02-1"]
    assert why["P03-1"] == why["P04-1"] == "it holds no line of a record"
    assert "its header is lost" in why["P05-1"]
    assert "of its events are damaged or lost" in why["P06-1"]
    assert "its header is lost" in why["P07-1"]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no session"):
        analysed(tmp_path, tmp_path / "out")


# ---- concealed, and the page ----


def test_arms_are_letters_until_the_study_is_opened(tmp_path: Path) -> None:
    study = tmp_path / "trial"
    dealt = new_study(study, ["adaptive", "silence"], Design.CROSSOVER, 2, "study-20", seed=4).letters
    for number, (arm, letter) in enumerate(sorted(dealt.items()), start=1):
        write(study / "sessions" / f"P01-{number}", Heart(), concealed_header(arm, letter))
    assert analysed(study, tmp_path / "out").concealed == 2
    text = b"".join(tables(tmp_path / "out").values()).decode()
    assert not any(arm in text for arm in dealt)
    assert "has not been opened" in text
    shown = rows(tmp_path / "out", SESSIONS)
    assert [(row["fidelity"], row["fidelity_tempo"]) for row in shown] == [("", "")] * 2
    assert all(row["fidelity_completed"] for row in shown)
    unblind(study, "done")
    assert analysed(study, tmp_path / "out").concealed == 0
    shown = rows(tmp_path / "out", SESSIONS)
    assert [row["label"] for row in shown] == ["adaptive", "silence"]
    assert all(row["fidelity"] for row in shown)


def test_the_page_is_whole_in_itself_and_what_a_record_says_is_only_text_in_it(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    write(tmp_path / "study" / "P01-1", Heart(), dataclasses.replace(HEADER, condition=evil))
    write(tmp_path / "study" / "a<b" / "x")
    analysed(tmp_path / "study", tmp_path / "out")
    page = (tmp_path / "out" / OVERVIEW).read_text(encoding="utf-8")
    assert evil not in page
    assert "&lt;script&gt;" in page
    outside = re.findall(r"(?:src|href)=|url\(|@import|https?://(?!www\.w3\.org/2000/svg)", page)
    assert outside == []
    assert page.count("<svg") == 3


def test_the_page_follows_a_dark_scheme_and_draws_nothing_in_a_colour_that_only_one_scheme_shows(tmp_path: Path) -> None:
    write(tmp_path / "study" / "P01-1")
    write(tmp_path / "study" / "P02-1", Heart(settle_ms=900.0))
    analysed(tmp_path / "study", tmp_path / "out")
    page = (tmp_path / "out" / OVERVIEW).read_text(encoding="utf-8")
    assert "prefers-color-scheme: dark" in page
    drawings = "".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL))
    assert not re.search(r'(fill|stroke)="#', drawings)
    assert re.search(
        r"<td>settle, adaptive</td><td>\u2212\d+\.\d\d \(\u2212\d+\.\d\d to [+\u2212]\d+\.\d\d\)</td><td>2</td>", page
    )


def test_a_figure_s_mean_is_that_of_participants_and_not_of_sessions(tmp_path: Path) -> None:
    """One person with three sessions of +a and one with a single one of +b: (a + b) / 2."""
    for number in (1, 2, 3):
        write(tmp_path / "study" / f"P01-{number}", Heart(settle_ms=800.0))
    write(tmp_path / "study" / "P02-1", Heart(settle_ms=1000.0))
    found = analysed(tmp_path / "study", tmp_path / "out")
    changes = [float(row["heart_rate_bpm_change"]) for row in rows(tmp_path / "out", PHASES) if row["phase_kind"] == "settle"]
    mean = found.mean("heart_rate_bpm_change", "settle", "adaptive")
    assert (mean.n, mean.mean) == (2, pytest.approx((changes[0] + changes[3]) / 2.0))
    assert math.isfinite(mean.low)


def test_a_cell_that_a_spreadsheet_would_run_is_kept_from_it(tmp_path: Path) -> None:
    write(tmp_path / "study" / "P01-1", Heart(), dataclasses.replace(HEADER, condition="=1+1"))
    analysed(tmp_path / "study", tmp_path / "out")
    assert rows(tmp_path / "out", SESSIONS)[0]["label"] == "'=1+1"


def test_the_command_tells_what_counts_and_writes_parquet_that_says_the_same(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    study = study_of_twelve(tmp_path / "study")
    result = CliRunner().invoke(app, ["study", "analyse", str(study), "-o", str(tmp_path / "out"), "--workers", "1", "--parquet"])
    assert result.exit_code == 0, result.output
    assert "12 sessions of 4 participants; 11 count." in result.output
    assert "1 left out: too little of its time are clean beats" in result.output
    table = parquet.read_table(tmp_path / "out" / "phases.parquet").to_pylist()
    plain = rows(tmp_path / "out", PHASES)
    assert [row["heart_rate_bpm"] for row in table] == [float(row["heart_rate_bpm"]) for row in plain]
    assert json.loads((tmp_path / "out" / "analysis.json").read_text())["counted"] == 11

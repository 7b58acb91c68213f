"""A record measured again: what is the same, what moved, by how much and where."""

import dataclasses
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relaxlisten.assembly import load_protocol
from relaxlisten.cli import app
from relaxlisten.errors import UsageError
from relaxlisten.messages import Beat, Physiology
from relaxlisten.reanalysis import Moved, read_settings, reanalysed, with_settings
from relaxlisten.session.format import RECORD_NAME, Record, RecordedEvent, read_record
from tests.test_replay import recorded_lines


def record() -> Record:
    return read_record(recorded_lines(), "x")


def changed(record: Record, at_s: float, **fields: object) -> Record:
    """The record with other values in one second's physiology."""

    def edited(entry: RecordedEvent) -> RecordedEvent:
        if not (isinstance(entry.event, Physiology) and entry.event.time_s == at_s):
            return entry
        return dataclasses.replace(entry, event=dataclasses.replace(entry.event, **fields))

    return dataclasses.replace(record, events=tuple(edited(entry) for entry in record.events))


def by_name(moved: list[Moved]) -> dict[str, Moved]:
    return {one.metric: one for one in moved}


def test_with_the_same_program_and_settings_nothing_moves() -> None:
    found = reanalysed(record())
    assert {"Physiology.heart_rate_bpm", "Beat.nn_ms", "Beat.quality", "Physiology.metrics.ln_rmssd"} <= by_name(found).keys()
    assert all(one.differ == one.recorded_only == one.derived_only == 0 for one in found)


def test_a_metric_that_moved_is_told_with_its_size_and_place() -> None:
    """One of 60 or more known values is 6 too low; another is not known at all."""
    whole = record()
    known = [entry.event for entry in whole.events if isinstance(entry.event, Physiology) and entry.event.heart_rate_bpm]
    low = known[40]
    other = changed(whole, low.time_s, heart_rate_bpm=low.heart_rate_bpm - 6.0)
    found = by_name(reanalysed(changed(other, known[-1].time_s, heart_rate_bpm=None)))["Physiology.heart_rate_bpm"]
    assert (found.pairs, found.differ, found.derived_only, found.recorded_only) == (len(known) - 1, 1, 1, 0)
    assert (found.most, found.at_s) == (pytest.approx(6.0), low.time_s)
    assert found.mean == pytest.approx(6.0 / (len(known) - 1))


def test_beats_at_the_same_time_are_paired_in_their_order() -> None:
    beat = next(entry for entry in record().events if isinstance(entry.event, Beat))
    twice = dataclasses.replace(record(), events=(*record().events, beat))
    assert by_name(reanalysed(twice))["Beat.quality"].recorded_only == 1


def test_other_settings_change_what_follows_from_them_and_not_the_heart() -> None:
    other = with_settings(record(), {"volume": 0.1, "protocol": "short-5"}, load_protocol)
    found = by_name(reanalysed(other))
    assert found["PlaybackPlan.volume"].most == pytest.approx(0.5)
    assert found["Beat.nn_ms"].differ == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("volume = 3", r"s\.toml: volume = 3 cannot be: it must be a number from 0 to 1"),
        ("seed = true", "seed = True cannot be: it must be a whole number"),
        ('arm = "best"', "it must be one of adaptive"),
        ("tempo = 60", '"tempo" is no setting of a re-analysis; there are protocol'),
        ("volume", "is no TOML that can be read"),
    ],
)
def test_settings_that_cannot_be_are_named_with_what_is_allowed(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_settings(text, "s.toml")


def test_the_command_prints_a_table_or_json(tmp_path: Path) -> None:
    (tmp_path / RECORD_NAME).write_text("".join(recorded_lines()), encoding="utf-8")
    (tmp_path / "s.toml").write_text("volume = 0.2")
    words = ["replay", str(tmp_path), "--reanalyse"]
    same, other = CliRunner().invoke(app, words), CliRunner().invoke(app, [*words, "--settings", str(tmp_path / "s.toml")])
    assert "are the same to the last bit" in same.output
    assert "PlaybackPlan.volume" in other.output
    rows = json.loads(CliRunner().invoke(app, [*words, "--json"]).output)
    assert {row["differ"] for row in rows} == {0}

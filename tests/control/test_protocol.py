import json
from pathlib import Path

import pytest

from relaxlisten.control.protocol import protocol_from_data, protocol_to_data, scaled_to
from relaxlisten.control.protocol_file import parse_protocol
from relaxlisten.control.protocol_rules import TABLES, TOP
from relaxlisten.control.protocol_schema import protocol_schema
from relaxlisten.control.toml_check import TomlFault
from relaxlisten.terms import PhaseKind, Pieces, Until, When

SHIPPED = sorted(Path("playlists").glob("*.toml"))
GOOD = """\
name = "calm"

[limits]
deadband_bpm = 1.5

[[phase]]
name = "Arrive"
kind = "baseline"
minutes = 1

[[phase]]
name = "Close"
kind = "close"
minutes = 2.5
fade_s = 20
"""


def test_a_protocol_is_read_as_written() -> None:
    protocol = parse_protocol(GOOD, "calm.toml")
    assert [phase.kind for phase in protocol.phases] == [PhaseKind.BASELINE, PhaseKind.CLOSE]
    assert protocol.duration_s == 210.0
    assert protocol.limits.deadband_bpm == 1.5
    assert protocol.limits.stretch_percent == 8.0


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_protocols_bear_their_file_names_and_stated_lengths(file: Path) -> None:
    protocol = parse_protocol(file.read_text(encoding="utf-8"), file.name)
    assert protocol.name == file.stem
    minutes = file.stem.rsplit("-", 1)[1]
    assert f"{protocol.duration_s / 60.0:g} minutes" in protocol.title
    assert not minutes.isdigit() or protocol.duration_s == 60.0 * int(minutes)


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("minutes = 1\n", "minuts = 1\n", ["line 9", '"minuts"', 'did you mean "minutes"']),
        ('kind = "close"', 'kind = "closs"', ["line 13", '"closs"', 'did you mean "close"']),
        ("fade_s = 20", "fade = 20", ["line 15", '"fade"', 'did you mean "fade_s"']),
        ("deadband_bpm = 1.5", 'deadband_bpm = "1.5"', ["line 4", '"deadband_bpm"', "number from 0 to 10"]),
        ("deadband_bpm = 1.5", "stretch_percent = 30", ["line 4", '"stretch_percent"', "0 to 12"]),
        ("minutes = 2.5", "minutes = -1", ["line 14", '"minutes"', "-1"]),
        ("minutes = 2.5\n", "", ["line 11", 'no "minutes"']),
        ('name = "calm"', 'nam = "calm"', ["line 1", '"nam"', 'did you mean "name"']),
        ("[limits]", "[limit]", ["line 3", '"limit"', 'did you mean "limits"']),
        ("minutes = 1\n", "minutes = true\n", ["line 9", '"minutes"']),
        ("minutes = 1\n", "minutes = \n", ["not valid TOML", "line 9"]),
    ],
)
def test_a_typo_is_answered_with_file_line_key_and_nearest_name(old: str, new: str, parts: list[str]) -> None:
    assert old in GOOD
    with pytest.raises(TomlFault) as caught:
        parse_protocol(GOOD.replace(old, new, 1), "calm.toml")
    sentence = str(caught.value)
    assert sentence.startswith("calm.toml")
    assert "\n" not in sentence
    for part in parts:
        assert part in sentence


def test_a_protocol_without_phases_is_refused() -> None:
    with pytest.raises(TomlFault, match="at least one"):
        parse_protocol('name = "empty"', "empty.toml")


def test_a_protocol_survives_the_header_of_a_record() -> None:
    protocol = parse_protocol(GOOD, "calm.toml")
    assert protocol_from_data(protocol_to_data(protocol)) == protocol


def test_scaling_keeps_the_shares_of_the_phases() -> None:
    scaled = scaled_to(parse_protocol(GOOD, "calm.toml"), minutes=7.0)
    assert [phase.minutes for phase in scaled.phases] == pytest.approx([2.0, 5.0])


# Every table and every kind of value; the twenty broken files below are this one with one thing wrong.
FULL = """\
name = "full"
title = "Everything"

[music]
slowest_bpm = 50
quickest_bpm = 90

[comfort]
heart_rate_low_bpm = 45
heart_rate_high_bpm = 110
for_s = 30

[[rating]]
scale = "calm"
question = "How calm?"
when = "after"

[[rating]]
scale = "tension"
question = "How tense?"
calm_is_high = false

[[phase]]
name = "Arrive"
kind = "baseline"
minutes = 2
silent = true

[[phase]]
name = "Lead"
kind = "lead"
minutes = 6
until = "heart_near_goal"
until_within_bpm = 2
least_minutes = 1

[[phase]]
name = "Breathe"
kind = "settle"
minutes = 5
tempo_bpm = 60
breath_in_beats = 4
breath_out_beats = 6
pieces = "pulsed"
"""


def test_every_table_of_a_protocol_is_read() -> None:
    protocol = parse_protocol(FULL, "full.toml")
    assert (protocol.music.slowest_bpm, protocol.music.least_between_moves_s) == (50, 120.0)
    assert (protocol.comfort.heart_rate_high_bpm, protocol.comfort.for_s) == (110, 30)
    assert [(rating.when, rating.calm_is_high) for rating in protocol.ratings] == [(When.AFTER, True), (None, False)]
    arrive, lead, breathe = protocol.phases
    assert (arrive.is_silent, lead.until, lead.until_for_s) == (True, Until.HEART_NEAR_GOAL, 60.0)
    assert (breathe.pieces, breathe.breath_in_beats) == (Pieces.PULSED, 4)
    assert protocol_from_data(json.loads(json.dumps(protocol_to_data(protocol)))) == protocol


BROKEN = [
    ('name = "full"', "name = full", 1, ["not valid TOML"]),
    ('title = "Everything"', "title = 7", 2, ['"title"', "text of 1 to 80 characters"]),
    ('title = "Everything"', 'titl = "x"', 2, ['"titl"', 'did you mean "title"']),
    ("[music]", "[musik]", 4, ['"musik"', 'did you mean "music"']),
    ("slowest_bpm = 50", 'slowest_bpm = "50"', 5, ['"slowest_bpm"', "a number from 0 to 200"]),
    ("quickest_bpm = 90", "quickest_bpm = 40", 6, ['"quickest_bpm"', 'more than "slowest_bpm" (50)']),
    ("heart_rate_low_bpm = 45", "heart_rate_low_bpm = 300", 9, ['"heart_rate_low_bpm"', "a number from 0 to 200"]),
    ("heart_rate_high_bpm = 110", "heart_rate_high_bpm = 44", 10, ['"heart_rate_high_bpm"', "(45)"]),
    ("for_s = 30", "for_seconds = 30", 11, ['"for_seconds"', 'did you mean "for_s"']),
    ('question = "How calm?"', "", 13, ['no "question"', "text of 1 to 160 characters"]),
    ('when = "after"', 'when = "later"', 16, ['"when"', "one of before, after, both", '"later"']),
    ("calm_is_high = false", 'calm_is_high = "no"', 21, ['"calm_is_high"', "true or false"]),
    ("minutes = 2", "minutes = 0", 26, ['"minutes"', "a number from 0.05 to 240"]),
    ("silent = true", "silent = 1", 27, ['"silent"', "true or false"]),
    ('kind = "lead"', 'kind = "leed"', 31, ['"kind"', "one of baseline, match, lead", 'did you mean "lead"']),
    ('until = "heart_near_goal"', "", 34, ['"until_within_bpm"', 'without "until"']),
    ("until_within_bpm = 2", "until_within = 2", 34, ['"until_within"', 'did you mean "until_within_bpm"']),
    ("least_minutes = 1", "least_minutes = 9", 35, ['"least_minutes"', 'at most "minutes" (6)']),
    ("breath_out_beats = 6", "", 42, ['"breath_in_beats"', "needs the other one"]),
    ("breath_out_beats = 6", "breath_out_beats = 6\nbreaths_per_min = 6", 44, ['"breaths_per_min"', "exclude each other"]),
    ('kind = "settle"', 'kind = "lead"', 41, ['"tempo_bpm"', "kind settle"]),
    ("[music]\nslowest_bpm = 50\nquickest_bpm = 90", "limits = 3", 4, ['"limits"', "[limits]"]),
    ("[music]\nslowest_bpm = 50\nquickest_bpm = 90", "limits = { deadband_bpm = 99 }", 4, ['"deadband_bpm"', "0 to 10"]),
    ("[music]\nslowest_bpm = 50\nquickest_bpm = 90", "limits.deadband_bpm = 99", 4, ['"deadband_bpm"', "0 to 10"]),
]


@pytest.mark.parametrize(("old", "new", "line", "parts"), BROKEN, ids=[f"{new or old}"[:24] for old, new, _, _ in BROKEN])
def test_a_broken_file_is_answered_with_file_line_key_and_what_is_allowed(
    old: str, new: str, line: int, parts: list[str]
) -> None:
    assert old in FULL
    with pytest.raises(TomlFault) as caught:
        parse_protocol(FULL.replace(old, new, 1), "full.toml")
    sentence = str(caught.value)
    assert sentence.startswith(f"full.toml, line {line}:")
    assert "\n" not in sentence
    for part in parts:
        assert part in sentence


def test_records_of_before_ratings_and_comfort_limits_are_still_read() -> None:
    data = protocol_to_data(parse_protocol(GOOD, "calm.toml"))
    for new in ("music", "comfort", "ratings"):
        del data[new]
    data["phases"] = [{key: phase[key] for key in ("name", "kind", "minutes")} for phase in data["phases"]]
    assert protocol_from_data(data).phases[0].minutes == 1


def test_the_schema_that_ships_is_the_one_that_the_rules_give() -> None:
    assert json.loads(Path("playlists/protocol.schema.json").read_text(encoding="utf-8")) == protocol_schema()


def test_the_documentation_tells_every_key_with_what_it_allows() -> None:
    text = Path("docs/protocols.md").read_text(encoding="utf-8")
    for table in (TOP, *TABLES.values()):
        for key, rule in table.keys.items():
            assert f"| `{key}` | {rule.allows} | {rule.meaning} |" in text

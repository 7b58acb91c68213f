from pathlib import Path

import pytest

from relaxlisten.control.protocol import ProtocolError, parse_protocol, protocol_from_data, protocol_to_data, scaled_to
from relaxlisten.terms import PhaseKind

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
    assert protocol.duration_s == 60.0 * int(file.stem.rsplit("-", 1)[1])


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
    with pytest.raises(ProtocolError) as caught:
        parse_protocol(GOOD.replace(old, new, 1), "calm.toml")
    sentence = str(caught.value)
    assert sentence.startswith("calm.toml")
    assert "\n" not in sentence
    for part in parts:
        assert part in sentence


def test_a_protocol_without_phases_is_refused() -> None:
    with pytest.raises(ProtocolError, match="at least one"):
        parse_protocol('name = "empty"', "empty.toml")


def test_a_protocol_survives_the_header_of_a_record() -> None:
    protocol = parse_protocol(GOOD, "calm.toml")
    assert protocol_from_data(protocol_to_data(protocol)) == protocol


def test_scaling_keeps_the_shares_of_the_phases() -> None:
    scaled = scaled_to(parse_protocol(GOOD, "calm.toml"), minutes=7.0)
    assert [phase.minutes for phase in scaled.phases] == pytest.approx([2.0, 5.0])

"""Harnesses of what people write, and of what somebody types."""

from __future__ import annotations

import contextlib
import json
import math

from relaxlisten.control.protocol import protocol_from_data, protocol_to_data
from relaxlisten.control.protocol_file import parse_protocol
from relaxlisten.control.scales import parse_scales
from relaxlisten.control.toml_check import TomlFault
from relaxlisten.errors import UsageError
from relaxlisten.music.notation import Unreadable
from relaxlisten.music.piece_file import read_piece
from relaxlisten.music.sidecar import parse_sidecar
from relaxlisten.preparing import ratings, with_comfort
from relaxlisten.reanalysis import read_settings
from relaxlisten.sensor.packets import LONGEST_RR_MS
from relaxlisten.sensor.profiles import parse_profile
from relaxlisten.sensor.rr_formats import RrFormat, read_rr_text
from relaxlisten.session.people_key import checked_name
from relaxlisten.session.study import participant_number
from relaxlisten.terms import When
from relaxlisten.window.therapist_keys import parse_observations
from tests.fuzz.harness import text_of

# ---- files that people write ----


def protocol(data: bytes) -> None:
    try:
        found = parse_protocol(text_of(data), "mine.toml")
    except TomlFault:
        return
    assert 0.0 < found.duration_s < math.inf
    assert protocol_from_data(json.loads(json.dumps(protocol_to_data(found)))) == found


def sidecar(data: bytes) -> None:
    with contextlib.suppress(UsageError):
        parse_sidecar(text_of(data), "song.toml")


def profile(data: bytes) -> None:
    with contextlib.suppress(UsageError):
        parse_profile(text_of(data), "strap.toml")


def piece(data: bytes) -> None:
    with contextlib.suppress(Unreadable):
        read_piece(text_of(data), "piece.toml")


def rr_text(data: bytes) -> None:
    for layout in (RrFormat.AUTO, tuple(RrFormat)[len(data) % len(RrFormat)]):
        with contextlib.suppress(UsageError):
            found = read_rr_text(text_of(data), "rr.txt", layout)
            assert found
            assert all(0.0 < rr_ms <= LONGEST_RR_MS for rr_ms in found)


_PROTOCOL = parse_protocol(
    '[[phase]]\nname = "A"\nkind = "match"\nminutes = 3\n[[rating]]\nscale = "calm"\nquestion = "How calm?"\n', "one.toml"
)


def choices(data: bytes) -> None:
    """What somebody types for a session."""
    text = text_of(data)
    with contextlib.suppress(UsageError):
        comfort = with_comfort(_PROTOCOL, text).comfort
        assert 0.0 <= comfort.heart_rate_low_bpm <= 999.0
    with contextlib.suppress(UsageError):
        (answer,) = ratings([text], _PROTOCOL.ratings, When.BEFORE, 0.0)
        assert 0.0 <= answer.value <= 10.0
    with contextlib.suppress(UsageError):
        assert not {"/", "\\", "\0", "\n"} & set(checked_name(text))
    with contextlib.suppress(UsageError):
        assert 1 <= participant_number(text, 99) <= 99


def scales(data: bytes) -> None:
    with contextlib.suppress(TomlFault):
        assert parse_scales(text_of(data), "mine.toml")


def settings(data: bytes) -> None:
    """Those of a re-analysis, and the keys of a therapist."""
    text = text_of(data)
    with contextlib.suppress(UsageError):
        json.dumps(read_settings(text, "other.toml"))
    with contextlib.suppress(UsageError):
        found = parse_observations(text, "keys.toml")
        assert found
        assert all(one.words.isprintable() for one in found)

"""A resonance assessment from a record: the simulated person breathes along with the paces of the shipped protocol."""

from __future__ import annotations

import math
from pathlib import Path

from relaxlisten.assessment import resonance
from relaxlisten.control.protocol import protocol_to_data
from relaxlisten.control.protocol_file import parse_protocol
from relaxlisten.messages import Beat, SessionPhase
from relaxlisten.terms import PhaseKind, Quality, SessionStage

PROTOCOL = parse_protocol(Path("playlists/resonance-15.toml").read_text(encoding="utf-8"), "resonance-15.toml")


def session(resonance_per_min: float) -> list[Beat | SessionPhase]:
    """What a session of the protocol would have derived, with a heart that swings most at one pace."""
    events: list[Beat | SessionPhase] = []
    start_s, beat_s = 0.0, 0.0
    for phase in PROTOCOL.phases:
        end_s = start_s + phase.duration_s
        events += [
            SessionPhase(
                time_s=second, stage=SessionStage.RUNNING, name=phase.name, kind=PhaseKind.SETTLE,
                elapsed_s=second - start_s, remaining_s=end_s - second, session_remaining_s=0.0,
            )
            for second in range(int(start_s), int(end_s) + 1)
        ]  # fmt: skip
        pace = phase.breaths_per_min or 14.0
        swing = 0.02 + 0.1 / (1.0 + ((pace - resonance_per_min) / 0.6) ** 2)
        while beat_s < end_s:
            nn_s = 0.9 * (1.0 + swing * math.sin(2.0 * math.pi * pace / 60.0 * (beat_s - start_s)))
            beat_s += nn_s
            events.append(
                Beat(time_s=beat_s, rr_ms=1000 * nn_s, nn_ms=1000 * nn_s, quality=Quality.NORMAL, confidence=1.0, follows=True)
            )
        start_s = end_s
    return events


def test_the_shipped_protocol_has_the_five_paces_of_the_procedure() -> None:
    assert [phase.breaths_per_min for phase in PROTOCOL.phases] == [0.0, 6.5, 6.0, 5.5, 5.0, 4.5, 0.0, 0.0]
    assert all(phase.minutes == 2.0 for phase in PROTOCOL.phases if phase.breaths_per_min)


def test_a_session_tells_the_pace_at_which_the_heart_swung_most() -> None:
    found = resonance(protocol_to_data(PROTOCOL), session(5.5))
    assert found is not None
    assert (found.breaths_per_min, len(found.steps)) == (5.5, 5)
    assert found.confidence >= 0.75


def test_a_session_that_paces_no_breath_has_no_assessment() -> None:
    protocol = parse_protocol(Path("playlists/short-5.toml").read_text(encoding="utf-8"), "short-5.toml")
    assert resonance(protocol_to_data(protocol), []) is None


def test_a_session_that_was_stopped_early_says_how_many_steps_are_missing() -> None:
    early = [event for event in session(5.5) if event.time_s < 330.0]
    found = resonance(protocol_to_data(PROTOCOL), early)
    assert found is not None
    assert found.withheld == "2 steps count, and 3 are needed"

"""A session as a Standard MIDI File: the music's tempo as it was at the ear, and each heart beat as a side stick.

Decision: second 0 of the file is the opening of the session. Where the music has no tempo the last one goes on, 120 BPM before
the first, because MIDI counts its time in beats; the heart's beats stay within a millisecond of where they were.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.session.export_text import raw_intervals
from relaxlisten.units import S_PER_MIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from relaxlisten.session.tables import LoadedSession

TICKS_PER_BEAT = 960
_US_PER_S = 1_000_000
_FIRST_TEMPO_US = 500_000
_LONGEST_US = 2**24 - 1  # a tempo is written in three bytes
_STICK, _NOTE_S = 37, 0.05  # General MIDI's side stick, on the channel of percussion
_ON, _OFF = bytes([0x99, _STICK, 80]), bytes([0x89, _STICK, 0])

_Timed = tuple[float, bytes]


def midi_bytes(session: LoadedSession) -> bytes:
    """The whole file, of format 0: one track."""
    beats_s, _ = raw_intervals(session)
    notes = [(at_s + later_s, what) for at_s in beats_s.tolist() for later_s, what in ((0.0, _ON), (_NOTE_S, _OFF))]
    track = b"".join(_with_deltas(sorted([*_tempos(session), *notes]))) + b"\x00\xff\x2f\x00"
    head = b"MThd" + (6).to_bytes(4, "big") + b"".join(number.to_bytes(2, "big") for number in (0, 1, TICKS_PER_BEAT))
    return head + b"MTrk" + len(track).to_bytes(4, "big") + track


def _tempos(session: LoadedSession) -> list[_Timed]:
    """Each change of the tempo at the ear."""
    sound = session["SoundState"]
    known = (~np.isnan(sound["tempo_bpm"])) & sound["audible"].astype(np.bool_) & (sound["dac_time_s"] >= 0.0)
    order = np.argsort(sound["dac_time_s"][known], kind="stable")
    times_s, tempos_bpm = (sound[name][known][order].tolist() for name in ("dac_time_s", "tempo_bpm"))
    found = [(0.0, _FIRST_TEMPO_US)]
    for time_s, tempo_bpm in zip(times_s, tempos_bpm, strict=True):
        tempo_us = min(round(S_PER_MIN / tempo_bpm * _US_PER_S), _LONGEST_US)
        if tempo_us != found[-1][1]:
            found.append((time_s, tempo_us))
    return [(time_s, b"\xff\x51\x03" + tempo_us.to_bytes(3, "big")) for time_s, tempo_us in found]


def _with_deltas(events: list[_Timed]) -> Iterator[bytes]:
    """Each event with the ticks since the one before; rounding does not add up."""
    ticks, tempo_us = 0.0, _FIRST_TEMPO_US
    for (before_s, _), (time_s, what) in itertools.pairwise([(0.0, b""), *events]):
        now = ticks + (time_s - before_s) * _US_PER_S / tempo_us * TICKS_PER_BEAT
        yield _variable(round(now) - round(ticks)) + what
        ticks = now
        if what[:1] == b"\xff":
            tempo_us = int.from_bytes(what[3:], "big")


def _variable(number: int) -> bytes:
    """A number in groups of seven bits, all but the last marked."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F | 0x80)
    return bytes(reversed(groups))

"""A Standard MIDI File of one track whose tick is a millisecond: times are exact whatever the tempo does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench.music.score import Music

_TICKS_PER_QUARTER = 500  # at 120 quarters a minute, MIDI's default tempo, a tick is 1 ms
_BEND_RANGE = 2.0  # semitones, MIDI's default


def midi_file(music: Music) -> bytes:
    """The file of placed music (SMF 1.0, format 0)."""
    events: list[tuple[int, int, bytes]] = [
        (0, 0, bytes([0xC0 | channel, program])) for channel, program in music.programs.items()
    ]
    for note in music.notes:
        start, end = round(1000 * note.at), round(1000 * (note.at + note.length))
        velocity = min(max(note.velocity, 1), 127)
        events.append((start, 2, bytes([0x90 | note.channel, note.pitch, velocity])))
        events.append((max(end, start + 1), 1, bytes([0x80 | note.channel, note.pitch, 0])))
    for time_s, channel, semitones in music.bends:
        value = min(max(round(8192 * (1.0 + semitones / _BEND_RANGE)), 0), 16383)
        events.append((round(1000 * time_s), 0, bytes([0xE0 | channel, value & 127, value >> 7])))
    track, now = b"", 0
    for tick, _, event in sorted(events):
        track += _variable(tick - now) + event
        now = tick
    track += _variable(1000) + b"\xff\x2f\x00"
    header = b"MThd" + (6).to_bytes(4, "big") + b"".join(number.to_bytes(2, "big") for number in (0, 1, _TICKS_PER_QUARTER))
    return header + b"MTrk" + len(track).to_bytes(4, "big") + track


def _variable(number: int) -> bytes:
    """A variable-length quantity: seven bits a byte, all but the last with the eighth set."""
    parts = [number & 127]
    while number := number >> 7:
        parts.append(128 | number & 127)
    return bytes(reversed(parts))

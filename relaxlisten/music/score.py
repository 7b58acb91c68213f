"""What a composer hands to the renderer: notes on a beat axis, and the facts of the piece.

Decision: a score is plain data with no idea of sample rates. Beats become seconds in one place (`Score.time_s`), so that
the tempo that is declared is the tempo that sounds. The beat grid is the composed one; a note may be a few milliseconds late
against it, as a hand is, and never early.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note. beat: onset, counted from the first beat. length_beats: until its release begins (ignored by voices that ring).

    pitch: MIDI number (69 is 440 Hz). velocity: 0 to 1, an amplitude factor. pan: -1 (left) to 1 (right).
    late_s: how much later than its beat the note sounds, 0 or more.
    """

    beat: float
    length_beats: float
    pitch: int
    velocity: float
    voice: str
    pan: float = 0.0
    late_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A whole piece. level: amplitude factor of the mix. room: share of the reverberation. rain, waves: their levels, 0 for none.

    rise_s: how long the piece takes to come out of silence.
    """

    notes: tuple[Note, ...]
    beat_s: float
    first_beat_s: float
    duration_s: float
    level: float
    room: float
    rain: float = 0.0
    waves: float = 0.0
    rise_s: float = 0.01

    def time_s(self, beat: float) -> float:
        """Second of the piece at which a beat falls."""
        return self.first_beat_s + beat * self.beat_s

    def onset_s(self, note: Note) -> float:
        """Second of the piece at which a note is heard to begin."""
        return self.time_s(note.beat) + note.late_s

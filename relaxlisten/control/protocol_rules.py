"""What may stand in a protocol file: each table, each key, what it allows, and what it means.

Decision: one set of tables is the only place that knows the keys. The reader checks a file against it (`protocol_file.py`), the
JSON Schema for editors is made from it (`protocol_schema.py`), and so is the list in docs/protocols.md; so none of them can
disagree.
"""

from __future__ import annotations

from relaxlisten.control.limits import HARD_SLEW_PERCENT_PER_BEAT, HARD_STRETCH_PERCENT
from relaxlisten.control.toml_rules import Flag, Number, Rule, Table, Text, Word
from relaxlisten.terms import PhaseKind, Pieces, Until, When

TOP = Table(
    meaning="The whole session.",
    keys={
        "name": Text(60, "what it is called on the command line; the file's name where it is left out"),
        "title": Text(80, "what it is called on the screen"),
        "description": Text(600, "what it is for, in a sentence or two"),
    },
)

_TEMPO: dict[str, Rule] = {
    "lead_bpm": Number(0.0, 15.0, "lead: how far the music may be ahead of the heart"),
    "pace_bpm_per_min": Number(0.0, 5.0, "lead: how fast it goes ahead, at first; the law adapts it to the heart"),
    "floor_bpm": Number(35.0, 120.0, "lead: the slowest tempo led to, on the heart's scale"),
    "tempo_bpm": Number(0.0, 120.0, "settle: go to this tempo and stay there; 0: stay where it is"),
}
_EXIT: dict[str, Rule] = {
    "until": Word(tuple(until.value for until in Until), "ends the phase sooner: when the heart is near the goal, or steady"),
    "until_within_bpm": Number(0.2, 20.0, "until: how near, or within what band"),
    "until_for_s": Number(5.0, 600.0, "until: for how long"),
    "least_minutes": Number(0.0, 240.0, "until: never sooner than this"),
}
_BREATH: dict[str, Rule] = {
    "breaths_per_min": Number(0.0, 20.0, "the pace at which the listener is asked to breathe; 0: the breath is free"),
    "breath_in_beats": Number(0.0, 16.0, "pacer in beats of the music: this many in; 0: not paced by the music"),
    "breath_out_beats": Number(0.0, 16.0, "pacer in beats of the music: this many out"),
}

PHASE = Table(
    meaning="One phase; they follow each other as they are written.",
    repeated=True,
    required=("name", "kind", "minutes"),
    keys={
        "name": Text(40, "what it is called on the screen"),
        "kind": Word(tuple(kind.value for kind in PhaseKind), "what the music does"),
        "minutes": Number(0.05, 240.0, "how long; with `until`: at most this long"),
        **_TEMPO,
        **_EXIT,
        **_BREATH,
        "pieces": Word(tuple(pieces.value for pieces in Pieces), "which pieces are taken, where there are any such"),
        "silent": Flag("no music in this phase, whatever its kind (a baseline in silence, a recovery in silence)"),
        "prompt": Text(200, "a sentence that is shown when the phase begins"),
        "fade_s": Number(0.5, 120.0, "close: length of the last fade"),
    },
)

LIMITS = Table(
    meaning="How far and how fast the tempo may move, in every phase.",
    keys={
        "stretch_percent": Number(0.0, HARD_STRETCH_PERCENT, "largest change of a piece's own tempo; 0: every piece as it is"),
        "slew_percent_per_beat": Number(0.0, HARD_SLEW_PERCENT_PER_BEAT, "fastest change, per beat of the music"),
        "deadband_bpm": Number(0.0, 10.0, "the heart may wander this much before the music answers"),
    },
)

MUSIC = Table(
    meaning="Rules for choosing pieces, in every phase.",
    keys={
        "least_between_moves_s": Number(0.0, 1800.0, "larger moves of tempo, by another piece, come no more often than this"),
        "slowest_bpm": Number(0.0, 200.0, "only pieces of at least this tempo of their own; 0: no bound"),
        "quickest_bpm": Number(0.0, 300.0, "only pieces of at most this tempo of their own; 0: no bound"),
        "remembered_pieces": Number(0.0, 50.0, "a piece does not come again among the next so many"),
    },
)

COMFORT = Table(
    meaning="A range of heart rate that the listener wants to stay in; outside of it the music fades and the session pauses.",
    keys={
        "heart_rate_low_bpm": Number(0.0, 200.0, "0: no lower bound"),
        "heart_rate_high_bpm": Number(0.0, 250.0, "0: no upper bound"),
        "for_s": Number(5.0, 600.0, "only after so long outside, on a clear signal"),
    },
)

RATING = Table(
    meaning="A question to the listener, answered on a scale.",
    repeated=True,
    required=("scale", "question"),
    keys={
        "scale": Text(30, "short name under which answers are kept: calm, tension, pain ..."),
        "question": Text(160, "what is asked"),
        "when": Word((*(when.value for when in When), "both"), "before the session, after it, or both"),
        "low": Number(-100.0, 100.0, "lowest answer"),
        "high": Number(-100.0, 100.0, "highest answer"),
        "low_label": Text(40, "what the lowest answer means"),
        "high_label": Text(40, "what the highest answer means"),
        "step": Number(0.0, 100.0, "answers come in steps of this; 0: any answer between"),
        "calm_is_high": Flag("whether a high answer means calm (and not, as with tension, the opposite)"),
        "tells_calm": Flag(
            "whether a change of the answer counts as calmer or less calm (not for what is expected, or pleasant)"
        ),
    },
)

TABLES: dict[str, Table] = {"limits": LIMITS, "music": MUSIC, "comfort": COMFORT, "rating": RATING, "phase": PHASE}

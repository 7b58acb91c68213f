"""How pieces, tags and wishes stand in the catalogue's rows, and how they come back.

Decision: one column a fact, so that a list of thousands is read without parsing; beats, the only long ones, are packed numbers in
the last column and are read only where they are wanted. A field that is added to a class is added to its table by itself, and
`SCHEMA` in `catalogue.py` must then go up.
"""

from __future__ import annotations

import dataclasses
import json
from array import array
from typing import TYPE_CHECKING, Any

from relaxlisten.music.described import Overrides
from relaxlisten.music.piece_analysis import PieceAnalysis, TempoCandidate
from relaxlisten.music.sidecar import Sidecar
from relaxlisten.music.tags import Tags
from relaxlisten.terms import Pulse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FACTS = tuple(field.name for field in dataclasses.fields(PieceAnalysis) if field.name != "beats_s")
TAGS = tuple(field.name for field in dataclasses.fields(Tags))
WISHES = tuple(field.name for field in dataclasses.fields(Overrides))
_NO_WISHES, _NO_SIDECAR = Overrides(), Sidecar()
_PULSES = {pulse.value: pulse for pulse in Pulse}
_PULSE, _CANDIDATES = FACTS.index("pulse"), FACTS.index("tempo_candidates")


def to_facts(analysis: PieceAnalysis) -> list[Any]:
    """Values of the columns FACTS, and the beats after them."""
    values = [getattr(analysis, name) for name in FACTS]
    values[_PULSE] = analysis.pulse.value
    values[_CANDIDATES] = packed(number for one in analysis.tempo_candidates for number in (one.tempo_bpm, one.salience))
    return [*values, packed(analysis.beats_s)]


def from_facts(values: Sequence[Any], beats: bytes) -> PieceAnalysis:
    """The analysis that stands in the columns FACTS, with these beats."""
    facts = dict(zip(FACTS, values, strict=True))
    facts["pulse"] = _PULSES[facts["pulse"]]
    numbers = unpacked(facts["tempo_candidates"])
    facts["tempo_candidates"] = tuple(
        TempoCandidate(tempo_bpm=tempo_bpm, salience=salience)
        for tempo_bpm, salience in zip(numbers[::2], numbers[1::2], strict=True)
    )
    return PieceAnalysis(**facts, beats_s=tuple(unpacked(beats)))


def packed(numbers: Iterable[float]) -> bytes:
    """Numbers as they stand in a row."""
    return array("d", numbers).tobytes()


def unpacked(stored: bytes) -> array[float]:
    """Numbers as they came out of a row."""
    numbers = array("d")
    numbers.frombytes(stored)
    return numbers


def to_tags(tags: Tags) -> list[Any]:
    """Values of the columns TAGS."""
    return [getattr(tags, name) for name in TAGS]


def from_tags(values: Sequence[Any]) -> Tags:
    """The tags that stand in the columns TAGS."""
    found = dict(zip(TAGS, values, strict=True))
    found["has_lyrics"] = bool(found["has_lyrics"])
    return Tags(**found)


def to_sidecar(sidecar: Sidecar) -> str | None:
    """A sidecar as text, None where it says nothing."""
    stated = {name: value for name, value in dataclasses.asdict(sidecar).items() if value is not None}
    return json.dumps(stated) if stated else None


def from_sidecar(text: str | None) -> Sidecar:
    """The sidecar that a text stands for."""
    return Sidecar(**json.loads(text)) if text else _NO_SIDECAR


def from_wishes(values: Sequence[Any]) -> Overrides:
    """What stands in the columns WISHES; nothing where the row is missing."""
    found = dict(zip(WISHES, values, strict=True))
    if found["excluded"] is None:
        return _NO_WISHES
    found["excluded"] = bool(found["excluded"])
    return Overrides(**found)


def marks(values: Sequence[object]) -> str:
    """Question marks, one a value."""
    return ", ".join("?" * len(values))

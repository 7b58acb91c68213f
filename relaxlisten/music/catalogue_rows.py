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
    from collections.abc import Sequence

FACTS = tuple(field.name for field in dataclasses.fields(PieceAnalysis) if field.name != "beats_s")
TAGS = tuple(field.name for field in dataclasses.fields(Tags))
WISHES = tuple(field.name for field in dataclasses.fields(Overrides))
_PULSE, _CANDIDATES = FACTS.index("pulse"), FACTS.index("tempo_candidates")


def to_facts(analysis: PieceAnalysis) -> list[Any]:
    """Values of the columns FACTS, and the beats after them."""
    values = [getattr(analysis, name) for name in FACTS]
    values[_PULSE] = analysis.pulse.value
    values[_CANDIDATES] = json.dumps([[candidate.tempo_bpm, candidate.salience] for candidate in analysis.tempo_candidates])
    return [*values, array("d", analysis.beats_s).tobytes()]


def from_facts(values: Sequence[Any], beats: bytes) -> PieceAnalysis:
    """The analysis that stands in the columns FACTS, with these beats."""
    facts = dict(zip(FACTS, values, strict=True))
    facts["pulse"] = Pulse(facts["pulse"])
    facts["tempo_candidates"] = tuple(
        TempoCandidate(tempo_bpm=tempo_bpm, salience=salience) for tempo_bpm, salience in json.loads(facts["tempo_candidates"])
    )
    times_s = array("d")
    times_s.frombytes(beats)
    return PieceAnalysis(**facts, beats_s=tuple(times_s))


def to_tags(tags: Tags) -> list[Any]:
    """Values of the columns TAGS."""
    return [getattr(tags, name) for name in TAGS]


def from_tags(values: Sequence[Any]) -> Tags:
    """The tags that stand in the columns TAGS."""
    found = dict(zip(TAGS, values, strict=True))
    return Tags(**found | {"has_lyrics": bool(found["has_lyrics"])})


def to_sidecar(sidecar: Sidecar) -> str | None:
    """A sidecar as text, None where it says nothing."""
    stated = {name: value for name, value in dataclasses.asdict(sidecar).items() if value is not None}
    return json.dumps(stated) if stated else None


def from_sidecar(text: str | None) -> Sidecar:
    """The sidecar that a text stands for."""
    return Sidecar(**json.loads(text)) if text else Sidecar()


def from_wishes(values: Sequence[Any]) -> Overrides:
    """What stands in the columns WISHES; nothing where the row is missing."""
    found = dict(zip(WISHES, values, strict=True))
    return Overrides(**found | {"excluded": bool(found["excluded"])})

"""What was heard and what was said of it: pieces with what the heart did, ratings, notes.

Decision: a piece is told as it reached the ear. What the heart did with it comes from the session's own `PieceResponse`; what
the piece does beyond what sessions do anyway is what `control/response.py` knows of this person, this session included, and is
told under the same conditions as everywhere (`Effects.enough`).
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from relaxlisten.control.episodes import BEFORE_S, END_S
from relaxlisten.control.memory import Memory, PastPiece
from relaxlisten.control.response import HEART, Effects, effects
from relaxlisten.control.setup import setup_from_data
from relaxlisten.messages import PieceResponse, Track
from relaxlisten.report.columns import floats, known, text_of, words
from relaxlisten.report.facts import NoteFacts, PieceFacts
from relaxlisten.report.measured import chance_bpm
from relaxlisten.terms import CommandKind, PhaseKind, TempoSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.session.tables import LoadedSession

# The answer to a piece comes when it ends; its beginning as told by the answer and as heard differ by a cross-fade at most.
_SAME_BEGINNING_S = 45.0
# Fields of a PieceResponse that are always known, and those that may not be.
_SURE = ("time_s", "heard_s", "elapsed_s", "clear")
_PERHAPS = ("start_heart_bpm", "end_heart_bpm", "start_ln_rmssd", "end_ln_rmssd", "tempo_gap")


def notes(session: LoadedSession) -> tuple[NoteFacts, ...]:
    """Markers, in time."""
    table = session["Command"]
    rows = zip(table["time_s"].tolist(), words(table, "what"), words(table, "value"), strict=True)
    found = [NoteFacts(time_s=time_s, text=text) for time_s, what, text in rows if what == CommandKind.MARKER]
    return tuple(sorted(found, key=lambda note: note.time_s or 0.0))


def pieces(session: LoadedSession) -> tuple[PieceFacts, ...]:
    """Every piece in the order in which they were heard."""
    tracks = _tracks(session)
    answers = _answers(session)
    known_effects = effects(_memory(session, answers), list(tracks.values()), HEART)
    return tuple(_piece(tracks.get(track_id), track_id, heard, answers, known_effects) for track_id, heard in _heard(session))


def _heard(session: LoadedSession) -> list[tuple[str, list[tuple[float, float]]]]:
    """Of each piece its seconds at the ear with the tempo (NaN without a pulse)."""
    sound = session["SoundState"]
    rows = zip(
        floats(sound, "dac_time_s").tolist(), floats(sound, "tempo_bpm").tolist(), words(sound, "track_id"),
        floats(sound, "turn").tolist(), strict=True,
    )  # fmt: skip
    playing = [row for row in rows if row[2]]
    groups = itertools.groupby(playing, key=lambda row: (row[2], row[3]))
    return [(track_id, [(time_s, tempo) for time_s, tempo, _, _ in group]) for (track_id, _), group in groups]


def _piece(
    track: Track | None, track_id: str, heard: list[tuple[float, float]], answers: Sequence[PieceResponse], found: Effects
) -> PieceFacts:
    start_s, end_s = heard[0][0], heard[-1][0]
    tempi = [tempo for _, tempo in heard if not math.isnan(tempo)]
    answer = _answer(track_id, start_s, answers)
    change_bpm = _change(answer)
    index = found.track_ids.index(track_id) if track_id in found.track_ids else None
    told = index is not None and found.enough(index)
    return PieceFacts(
        title=track.title if track is not None else track_id,
        start_s=start_s,
        end_s=end_s,
        own_bpm=track.tempo_bpm if track is not None else None,
        tempo_start_bpm=tempi[0] if tempi else None,
        tempo_end_bpm=tempi[-1] if tempi else None,
        change_bpm=change_bpm,
        chance_bpm=None if change_bpm is None else chance_bpm(BEFORE_S, END_S),
        effect=(float(found.mean[index]), *found.interval(index)) if told and index is not None else None,
        hearings=0 if index is None else round(float(found.hearings[index])),
    )


def _change(answer: PieceResponse | None) -> float | None:
    if answer is None or answer.end_heart_bpm is None or answer.start_heart_bpm is None:
        return None
    return answer.end_heart_bpm - answer.start_heart_bpm


def _answer(track_id: str, start_s: float, answers: Sequence[PieceResponse]) -> PieceResponse | None:
    near = [
        one for one in answers
        if one.track_id == track_id and abs(one.time_s - one.heard_s - start_s) <= _SAME_BEGINNING_S
    ]  # fmt: skip
    return near[0] if near else None


def _tracks(session: LoadedSession) -> dict[str, Track]:
    table = session["TrackFound"]
    columns = zip(
        words(table, "track.track_id"), words(table, "track.title"), floats(table, "track.duration_s").tolist(),
        floats(table, "track.tempo_bpm").tolist(), floats(table, "track.arousal").tolist(), strict=True,
    )  # fmt: skip
    return {
        track_id: Track(
            track_id=track_id, title=title or track_id, duration_s=known(duration_s) or 0.0,
            tempo_bpm=tempo if tempo > 0.0 else None, tempo_source=TempoSource.NONE, arousal=known(arousal),
        )
        for track_id, title, duration_s, tempo, arousal in columns
    }  # fmt: skip


def _answers(session: LoadedSession) -> list[PieceResponse]:
    table = session["PieceResponse"]
    columns = {name: floats(table, name).tolist() for name in _SURE + _PERHAPS}
    found = []
    for row, (track_id, phase) in enumerate(zip(words(table, "track_id"), words(table, "phase"), strict=True)):
        if phase in list(PhaseKind):
            sure = {name: known(columns[name][row]) or 0.0 for name in _SURE}
            perhaps = {name: known(columns[name][row]) for name in _PERHAPS}
            found.append(PieceResponse(track_id=track_id, phase=PhaseKind(phase), **sure, **perhaps))  # type: ignore[arg-type]
    return found


def _memory(session: LoadedSession, answers: Sequence[PieceResponse]) -> Memory:
    """What was remembered when the session began, and the session itself."""
    try:
        setup = setup_from_data(session.header.control if session.header else {})
    except (KeyError, TypeError, ValueError):
        return Memory()
    before = setup.memory
    mine = tuple(PastPiece(session=before.sessions, hour=setup.hour, response=answer) for answer in answers)
    return Memory(sessions=before.sessions + 1, pieces=(*before.pieces, *mine), feelings=before.feelings)


def commands(session: LoadedSession) -> tuple[tuple[float, str, str], ...]:
    """What was asked for by hand: time, what, value. Markers are notes, and a session starts by itself."""
    table = session["Command"]
    rows = zip(table["time_s"].tolist(), words(table, "what"), table["value"].tolist(), strict=True)
    return tuple(
        (time_s, what, text_of(value)) for time_s, what, value in rows if what not in (CommandKind.MARKER, CommandKind.START)
    )

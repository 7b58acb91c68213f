"""What was heard in a session, rendered once more from its record into a sound file.

Decision: a record keeps no sound. Its plans are played again, offline, by today's program, with the pieces that are found under
the same names; second 0 of the file is the opening of the session. How far that is what was heard is not assumed but measured:
the record says which second of which piece was at the ear, four times a second, and the new sound says the same; what share of
the audible time agrees is told. A live session's plans took effect a moment after they were made, by as much as its sound process
had in hand: the record shows by how much, and so they do here. A session whose sound is to be kept exactly as it was needs
--render while it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.errors import UsageError
from relaxlisten.messages import Notice, PlaybackPlan, SoundState, TrackFound
from relaxlisten.session.records import open_record
from relaxlisten.settings import RENDER_SUFFIXES
from relaxlisten.sound.offline import OfflineSound
from relaxlisten.sound.player import BUILTIN, NATURE
from relaxlisten.terms import Alignment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.messages import Event, Track
    from relaxlisten.session.format import Record

# An offline session's plans take effect at once, but for how its sound counts frames.
AT_ONCE_S = 0.02
# The same second of the same piece, as far as a listener can tell in which place of a piece they are.
AGREES_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearing:
    """agreement: the share of the audible time in which the same piece was at the same place; None where nothing was audible."""

    agreement: float | None
    sentences: tuple[str, ...]


def rehear(session: Path, out: Path, music: str) -> Rehearing:
    """Render a session's sound. music: "builtin", or the folder or playlist that its files came from. Raises UsageError."""
    if out.suffix.lower() not in RENDER_SUFFIXES:
        message = f"{out} cannot be written: name a file that ends in {' or '.join(RENDER_SUFFIXES)}."
        raise UsageError(message)
    record = open_record(session)
    paths = {} if music == "builtin" else _paths(music)
    _refuse_missing(record, paths)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        message = f"{out} cannot be written ({fault.strerror or fault}): choose another place with --out."
        raise UsageError(message) from fault
    heard = _render(record, OfflineSound(out, record.header.seed), paths)
    recorded = [entry.event for entry in record.events if isinstance(entry.event, SoundState)]
    share = agreement(recorded, [state for state in heard if isinstance(state, SoundState)])
    troubles = [notice.text for notice in heard if isinstance(notice, Notice)]
    return Rehearing(agreement=share, sentences=(*troubles, _told(share)))


def agreement(recorded: Sequence[SoundState], again: Sequence[SoundState]) -> float | None:
    """Of the recorded states in which something was audible: the share whose piece and place are at the ear again then."""
    audible = [state for state in recorded if state.audible and state.track_id is not None]
    if not audible or not again:
        return None if not audible else 0.0
    times_s = np.array([state.dac_time_s for state in again])
    right = 0
    for state in audible:
        at = min(int(np.searchsorted(times_s, state.dac_time_s, side="right")), len(again)) - 1
        other = again[max(at, 0)]
        expected_s = other.source_s + (state.dac_time_s - other.dac_time_s) / other.time_ratio
        right += other.track_id == state.track_id and abs(expected_s - state.source_s) <= AGREES_S
    return right / len(audible)


def lag_s(events: Sequence[Event]) -> float:
    """How long after its making a plan took effect, by the pieces that began as soon as they could; 0 where none shows it."""
    plans: dict[int, PlaybackPlan] = {}
    lags_s: dict[int, float] = {}
    for event in events:
        match event:
            case PlaybackPlan() if event.track_id is not None:
                plans.setdefault(event.turn, event)
            case SoundState() if event.audible and event.turn in plans and event.turn not in lags_s:
                plan = plans[event.turn]
                began_s = event.dac_time_s - (event.source_s - plan.start_s) * event.time_ratio
                if plan.align is Alignment.NONE and event.track_id == plan.track_id:
                    lags_s[event.turn] = began_s - plan.time_s
    found_s = max(median(lags_s.values()), 0.0) if lags_s else 0.0
    return 0.0 if found_s < AT_ONCE_S else found_s


def _told(share: float | None) -> str:
    if share is None:
        return "Nothing was audible in this session."
    return f"In {share:.1%} of the time that the record calls audible, the same piece is at the same place in it again."


def _paths(music: str) -> dict[str, Path]:
    """Where the listener's pieces are, by the names that sessions give them."""
    from relaxlisten.music.library import track_id
    from relaxlisten.music.playlist import list_music

    files = list_music(Path(music).expanduser())
    return {track_id(path, files.folder): path for path in files.paths}


def _refuse_missing(record: Record, paths: dict[str, Path]) -> None:
    played = {entry.event.track_id for entry in record.events if isinstance(entry.event, PlaybackPlan) and entry.event.track_id}
    missing = sorted(name for name in played if not name.startswith((BUILTIN, NATURE)) and name not in paths)
    if missing:
        message = (
            f"{len(missing)} of the pieces that were played are not there ({missing[0]} ...): say where with --music FOLDER."
        )
        raise UsageError(message)


def _render(record: Record, sound: OfflineSound, paths: dict[str, Path]) -> list[SoundState | Notice]:
    """Play the record's plans at their times; gives what was heard, and what went wrong."""
    heard: list[SoundState | Notice] = []
    late_s = lag_s([entry.event for entry in record.events])
    for entry in record.events:
        event = entry.event
        match event:
            case TrackFound():
                sound.add_track(event.track, _path(event.track, paths))
            case PlaybackPlan():
                heard += sound.poll(event.time_s + late_s)
                sound.apply(event)
    last_s = max((entry.event.time_s for entry in record.events), default=0.0)
    heard += sound.poll(last_s)
    sound.stop()
    return heard


def _path(track: Track, paths: dict[str, Path]) -> Path | None:
    return paths.get(track.track_id)

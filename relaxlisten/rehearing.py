"""What was heard in a session, rendered once more from its record into a sound file.

Decision: a record keeps no sound. Its plans are played again, offline, by today's program, with the pieces that have the same
sound, wherever they lie in the folder and whatever they are called; names count only in a record that is too old to tell the
sound. Without all of them nothing is rendered: silence in the place of a piece would pass for what was heard. Second 0 of the
file is the opening of the session. How far that is what was heard is not assumed but measured:
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
from relaxlisten.music.library import PREFIX
from relaxlisten.music.playlist_entry import one_line
from relaxlisten.session.records import open_record
from relaxlisten.settings import RENDER_SUFFIXES
from relaxlisten.sound.offline import OfflineSound
from relaxlisten.sound.player import BUILTIN, NATURE
from relaxlisten.terms import Alignment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.messages import Event
    from relaxlisten.session.format import Record

# An offline session's plans take effect at once, but for how its sound counts frames.
AT_ONCE_S = 0.02
# The same second of the same piece, as far as a listener can tell in which place of a piece they are.
AGREES_S = 0.1
_MOST_NAMED = 20


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
    paths, moved = _places(_played(record), music)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        message = f"{out} cannot be written ({fault.strerror or fault}): choose another place with --out."
        raise UsageError(message) from fault
    heard = _render(record, OfflineSound(out, record.header.seed), paths)
    recorded = [entry.event for entry in record.events if isinstance(entry.event, SoundState)]
    share = agreement(recorded, [state for state in heard if isinstance(state, SoundState)])
    troubles = [notice.text for notice in heard if isinstance(notice, Notice)]
    elsewhere = [f"{_list(moved)} lay elsewhere or had another name: known by the sound."] if moved else []
    return Rehearing(agreement=share, sentences=(*elsewhere, *troubles, _told(share)))


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


def _played(record: Record) -> dict[str, str | None]:
    """The listener's own pieces that were played, with what stands for their sound; None where the record does not say."""
    events = [entry.event for entry in record.events]
    played = {event.track_id for event in events if isinstance(event, PlaybackPlan) and event.track_id}
    own = dict.fromkeys(sorted(name for name in played if not name.startswith((BUILTIN, NATURE))))
    told = {event.track.track_id: event.track.content for event in events if isinstance(event, TrackFound)}
    return {name: told.get(name) for name in own}


def _places(played: dict[str, str | None], music: str) -> tuple[dict[str, Path], list[str]]:
    """Where each piece is, and which lie elsewhere than they did. Raises UsageError where one is not there."""
    from relaxlisten.music.library import track_id
    from relaxlisten.music.playlist import list_music

    if not played:
        return {}, []
    files = None if music == "builtin" else list_music(Path(music).expanduser())
    there = {} if files is None else {track_id(path, files.folder): path for path in files.paths}
    found = {name: there[name] for name, content in played.items() if name in there and content in (None, _content(there[name]))}
    sounds = _by_content({content for name, content in played.items() if content and name not in found}, there)
    moved = {name: sounds[content] for name, content in played.items() if content in sounds and name not in found}
    missing = [name for name in played if name not in found and name not in moved]
    if missing:
        where = "say where your music is with --music FOLDER" if files is None else f"they are not in {music}"
        message = f"Pieces that were played were not found, neither by their sound nor by their names: {_list(missing)}; {where}."
        raise UsageError(message)
    return found | moved, list(moved)


def _by_content(wanted: set[str], there: dict[str, Path]) -> dict[str | None, Path]:
    """Where each sound is; no more files are read than it takes to find all."""
    found: dict[str | None, Path] = {}
    for path in there.values():
        if len(found) == len(wanted):
            break
        content = _content(path)
        if content in wanted:
            found.setdefault(content, path)
    return found


def _content(path: Path) -> str | None:
    from relaxlisten.music.audio_bytes import content_id

    try:
        return content_id(path)
    except OSError:
        return None


def _list(names: Sequence[str]) -> str:
    more = [f"and {len(names) - _MOST_NAMED} more"] if len(names) > _MOST_NAMED else []
    return ", ".join([*(one_line(name.removeprefix(PREFIX)) for name in names[:_MOST_NAMED]), *more])


def _render(record: Record, sound: OfflineSound, paths: dict[str, Path]) -> list[SoundState | Notice]:
    """Play the record's plans at their times; gives what was heard, and what went wrong."""
    heard: list[SoundState | Notice] = []
    late_s = lag_s([entry.event for entry in record.events])
    for entry in record.events:
        event = entry.event
        match event:
            case TrackFound() if event.track.track_id in paths or event.track.track_id.startswith((BUILTIN, NATURE)):
                sound.add_track(event.track, paths.get(event.track.track_id))
            case PlaybackPlan():
                heard += sound.poll(event.time_s + late_s)
                sound.apply(event)
    last_s = max((entry.event.time_s for entry in record.events), default=0.0)
    heard += sound.poll(last_s)
    sound.stop()
    return heard

"""What Start says and offers, in words: no Qt.

Decision: every state of the search for straps is one sentence that says what is so and what to do, and there is always a way on
without a strap. The rows of a list carry what they stand for (`data`), so that the page only shows them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from relaxlisten.window.words import later, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.sensor.seen import SeenStrap, Sighting

ANY_STRAP, NO_STRAP, SIMULATED, BUILTIN = "ble", "none", "simulated", "builtin"
STRAP = "ble:"
_FIRST = ("settle-20", "short-5", "breathe-with-music", "silences-15", "before-performance-10", "reminiscence-30")
_PSEUDONYM = re.compile(r"[\w-]{1,40}")
# Of a strap on the chest: what phones call good, usable and poor.
_SIGNALS = ((-65, later("strong signal")), (-80, later("fair signal")), (-999, later("weak signal")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entry of a list. data: what it stands for. more: a second, lesser line."""

    data: str
    text: str
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A session that can be chosen: the name of its protocol, and what it is in words (English)."""

    name: str
    title: str
    description: str = ""


def strap_row(strap: SeenStrap) -> Row:
    """Name, signal, battery, and the live heart rate as proof."""
    parts = []
    if strap.heart_rate_bpm is not None:
        parts.append(tr("♥ {bpm} bpm now", bpm=strap.heart_rate_bpm))
    if strap.rssi_dbm is not None:
        parts.append(tr(next(words for least_dbm, words in _SIGNALS if strap.rssi_dbm >= least_dbm)))
    else:
        parts.append(tr("already connected"))
    if strap.battery_percent is not None:
        parts.append(tr("battery {percent} %", percent=strap.battery_percent))
    return Row(data=STRAP + strap.address, text=strap.name, more=" · ".join(parts))


def sensor_rows(sighting: Sighting | None, chosen: str, chosen_name: str) -> tuple[Row, ...]:
    """All that a heart can be listened to with: straps in reach, the remembered one, any, none, and the demonstration."""
    found = tuple(strap_row(strap) for strap in sighting.straps) if sighting else ()
    rows = list(found)
    if chosen.startswith(STRAP) and chosen not in {row.data for row in rows}:
        looking = sighting is not None and sighting.looking
        state = tr("looking for it …") if looking else tr("not in reach now: the music starts, and takes it in when it comes")
        rows.append(Row(data=chosen, text=chosen_name or tr("My strap"), more=state))
    if not rows or chosen == ANY_STRAP:
        rows.append(Row(data=ANY_STRAP, text=tr("The first strap that is found"), more=tr("Bluetooth, any maker")))
    rows.append(Row(data=NO_STRAP, text=tr("No strap: relax anyway"), more=tr("the music slows down by its plan")))
    rows.append(Row(data=SIMULATED, text=tr("Simulated heart"), more=tr("a demonstration, marked as such")))
    if chosen not in {row.data for row in rows}:
        rows.append(Row(data=chosen, text=_named(chosen), more=tr("as told on the command line")))
    return tuple(rows)


def _named(sensor: str) -> str:
    kind, _, detail = sensor.partition(":")
    return tr("Recorded heart: {name}", name=PurePath(detail).name) if kind == "file" else sensor


def search_sentence(sighting: Sighting | None) -> str:
    """Where the search for straps stands; "" where nobody searches."""
    if sighting is None:
        return ""
    if sighting.problem:
        return f"{tr(sighting.problem)} {tr('You can relax without one.')}"
    if sighting.straps:
        beating = any(strap.heart_rate_bpm is not None for strap in sighting.straps)
        return (
            tr("Your strap is heard: choose the one that shows your heart.")
            if beating
            else tr("A strap is in reach, but no heartbeat comes yet: moisten it and wear it snugly.")
        )
    if sighting.looking:
        return tr("Looking for straps: put yours on and moisten it …")
    return tr("No strap was found: put it on, moisten it, and end its connection to other apps and watches.")


def music_rows(music: str, places: Sequence[str]) -> tuple[Row, ...]:
    """The built-in music, and the listener's own places."""
    own = [music, *places] if music not in (BUILTIN, *places) else list(places)
    builtin = Row(data=BUILTIN, text=tr("Built-in music"), more=tr("twelve quiet pieces that come with the program"))
    return (builtin, *(Row(data=place, text=PurePath(place).name or place, more=str(PurePath(place).parent)) for place in own))


def music_sentence(pieces: int | None) -> str:
    """What was found in the chosen place; None: it is no longer there."""
    if pieces is None:
        return tr("This place is no longer there: choose another, or the built-in music.")
    if pieces == 0:
        return tr("There is no music here that can be played (WAV, FLAC, OGG, MP3, M4A): choose another place.")
    return tr("1 piece found.") if pieces == 1 else tr("{count} pieces found.", count=pieces)


def person_sentence(name: str) -> str:
    """What is wrong with a pseudonym; "" where nothing is."""
    if not name or _PSEUDONYM.fullmatch(name):
        return ""
    return tr("Use up to 40 letters, digits, - and _ (a pseudonym is best).")


def preset_rows(presets: Sequence[Preset], chosen: str) -> tuple[Row, ...]:
    """The sessions, those for every day first; a protocol of one's own by its file's name."""
    ordered = sorted(presets, key=lambda preset: _FIRST.index(preset.name) if preset.name in _FIRST else len(_FIRST))
    rows = tuple(Row(data=preset.name, text=tr(preset.title)) for preset in ordered)
    known = chosen in {preset.name for preset in presets}
    return rows if known else (*rows, Row(data=chosen, text=PurePath(chosen).name))


def preset_words(presets: Sequence[Preset], chosen: str) -> str:
    """What the chosen session does."""
    words = {preset.name: preset.description for preset in presets}
    return tr(words[chosen]) if chosen in words else tr("A protocol of your own.")

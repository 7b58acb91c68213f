"""A record without what says who it is of: names, places, titles, devices, dates and free text. Pure: lines in, lines out.

Decision: what is renamed is renamed everywhere and in the order in which it sorts, so that an anonymised session still replays
to the last bit. Names are taken from the fields that hold them and then looked for in every sentence. Sentences that a shell
wrote (notices) can name anything, so they go as a whole and only their code stays. Lines that this version has no word for are
left out: nobody can say what they hold. The heart itself is kept; who has another record of the same heart can tell them apart.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from relaxlisten.control.setup import SEALED, seal, unseal
from relaxlisten.session.format import EVENT_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


class Keep(StrEnum):
    """What may stay, where somebody says so."""

    TITLES = "titles"
    MARKERS = "markers"
    DEVICE = "device"
    PROTOCOL = "protocol"
    DATE = "date"


# Pieces that come with the program, or are made up: their names say nothing about a listener.
_PUBLIC = ("builtin:", "nature:", "simulated:")
_SENTENCES = frozenset({"reason", "text", "chosen", "title", "name", "value", "code", "score"})
# Addresses and serial numbers, wherever they stand.
_ADDRESS = re.compile(r"(?i)\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")
_ADDRESS_GONE, _TEXT_GONE = "(address)", "(removed)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What is called what from now on.

    ids: of pieces. words: names, titles and texts in sentences, the longest first. phases: only where one is named and at the
    beginning of a sentence: elsewhere their words are everybody's.
    """

    ids: Mapping[str, str]
    words: Mapping[str, str]
    phases: Mapping[str, str]


def anonymised(
    header: dict[str, Any], lines: Sequence[dict[str, Any]], keep: frozenset[Keep], days: int, *, own_protocol: bool
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The header and the lines of the new record. days: how far dates go back. own_protocol: it is none that is shipped."""
    header = {**header, "control": _opened(header["control"])}
    rename_protocol = own_protocol and Keep.PROTOCOL not in keep
    names = _names(header, lines, keep, own_protocol=rename_protocol)
    kept = [_line(line, names, keep) for line in lines if line["event"] in EVENT_TYPES]
    return _header(header, names, keep, days, own_protocol=rename_protocol), kept


# ---- which names there are ----


def _names(header: dict[str, Any], lines: Sequence[dict[str, Any]], keep: frozenset[Keep], *, own_protocol: bool) -> Names:
    private = sorted({name for name in _piece_ids([header, *lines]) if not name.startswith(_PUBLIC)})
    ids = {} if Keep.TITLES in keep else {name: f"{_kind(name)}{number:04d}" for number, name in enumerate(private, start=1)}
    words = _titles(lines, ids)
    if Keep.DEVICE not in keep:
        words |= _devices(header, lines)
    if Keep.MARKERS not in keep:
        texts = dict.fromkeys(str(line["value"]) for line in lines if _is_marker(line))
        words |= {text: f"marker {number}" for number, text in enumerate(texts, start=1)}
    phases = _phase_names(header["protocol"]) if own_protocol else {}
    if own_protocol:
        words |= _protocol_words(header["protocol"])
    longest_first = sorted((word for word in words if word), key=lambda word: (-len(word), word))
    return Names(ids=ids, words={word: words[word] for word in longest_first}, phases=phases)


def _kind(track_id: str) -> str:
    return track_id.partition(":")[0] + ":" if ":" in track_id else "piece:"


def _piece_ids(values: Iterable[Any]) -> Iterator[str]:
    """Every name of a piece, whatever it stands in."""
    for value in values:
        if isinstance(value, dict):
            for key, inner in value.items():
                if key == "track_id" and inner is not None:
                    yield str(inner)
                elif key in ("shares", "told"):
                    yield from inner
            yield from _piece_ids(value.values())
        elif isinstance(value, list | tuple):
            yield from _piece_ids(value)


def _titles(lines: Sequence[dict[str, Any]], ids: Mapping[str, str]) -> dict[str, str]:
    """Titles, and the names of the files themselves, which sentences may hold."""
    words: dict[str, str] = {}
    for line in lines:
        track = line["track"] if line["event"] == "TrackFound" else line
        if track.get("track_id") in ids and "title" in track:
            words.setdefault(str(track["title"]), _title(ids[track["track_id"]]))
    for name, new in ids.items():
        path = name.partition(":")[2] or name
        words |= {name: new, path: _title(new), path.rpartition("/")[2]: _title(new)}
    return words


def _title(new_id: str) -> str:
    return f"Piece {new_id.rpartition(':')[2]}"


def _devices(header: dict[str, Any], lines: Sequence[dict[str, Any]]) -> dict[str, str]:
    names = {str(line["name"]) for line in lines if line["event"] == "SensorState" and line.get("name")}
    serials = {word for name in names for word in name.split() if len(word) >= 6 and any(letter.isdigit() for letter in word)}
    file = str(header["sensor"]).partition(":")[2]
    return dict.fromkeys((*names, *serials, file), "the sensor")


def _is_marker(line: dict[str, Any]) -> bool:
    return line["event"] == "Command" and line["what"] == "marker" and line.get("value") is not None


def _phase_names(protocol: dict[str, Any]) -> dict[str, str]:
    return {str(phase["name"]): f"{phase['kind']} {number}" for number, phase in enumerate(protocol["phases"], start=1)}


def _protocol_words(protocol: dict[str, Any]) -> dict[str, str]:
    prompts = {str(phase["prompt"]): f"prompt {number}" for number, phase in enumerate(protocol["phases"], start=1)}
    return prompts | {str(protocol["title"]): "own protocol"}


# ---- the new lines ----


def _line(line: dict[str, Any], names: Names, keep: frozenset[Keep]) -> dict[str, Any]:
    if line["event"] == "Notice" and not line["derived"]:
        return {**line, "text": f"{_TEXT_GONE} {line['code']}"}
    renamed: dict[str, Any] = _renamed(line, names, "")
    if line["event"] == "TrackFound" and Keep.TITLES not in keep:
        renamed["track"] = {**renamed["track"], "content": None}  # who has the same file would know it by this
    if line["event"] == "SessionPhase":
        renamed["name"] = names.phases.get(line["name"], line["name"])
    if _is_marker(line) and Keep.MARKERS not in keep:
        renamed["value"] = names.words.get(str(line["value"]), _TEXT_GONE)
    return renamed


def _renamed(value: Any, names: Names, key: str) -> Any:
    if isinstance(value, dict):
        return {names.ids.get(name, name): _renamed(inner, names, name) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_renamed(inner, names, key) for inner in value]
    if not isinstance(value, str):
        return value
    if value in names.ids:
        return names.ids[value]
    if key in _SENTENCES:
        return _sentence(value, names)
    return names.phases.get(value, value) if key in ("phase", "phases") else value


def _sentence(text: str, names: Names) -> str:
    for name, new in names.phases.items():
        if text.startswith((f"{name}: ", f"{name} is over: ")):
            text = new + text.removeprefix(name)
            break
    for word, new in names.words.items():
        if word in text:
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", new.replace("\\", ""), text)
    return _ADDRESS.sub(_ADDRESS_GONE, text)


# ---- the new header ----


def _opened(control: dict[str, Any]) -> dict[str, Any]:
    return unseal(str(control[SEALED])) if SEALED in control else control


def _header(header: dict[str, Any], names: Names, keep: frozenset[Keep], days: int, *, own_protocol: bool) -> dict[str, Any]:
    control = _renamed(header["control"], names, "")
    sealed = {SEALED: seal(control)} if control.get("concealed") else control
    sensor, music = str(header["sensor"]), header["settings"].get("music")
    music = music if music in (None, "builtin") or Keep.TITLES in keep else "own music"
    return {
        **header,
        "started_utc": header["started_utc"] if Keep.DATE in keep else _earlier(header["started_utc"], days),
        "sensor": sensor if Keep.DEVICE in keep else sensor.partition(":")[0],
        "settings": {**_settings(header["settings"]), "music": music},
        "protocol": _protocol(header["protocol"], names) if own_protocol else header["protocol"],
        "control": sealed,
        "person_id": None,
    }


def _settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Without the name and the hash of a file that a session was imported from."""
    return {key: value for key, value in settings.items() if key not in ("imported", "imported_sha256")}


def _earlier(started_utc: str, days: int) -> str:
    """The same time of another day; an imported session may have none."""
    if not started_utc:
        return started_utc
    return (datetime.datetime.fromisoformat(started_utc) - datetime.timedelta(days=days)).isoformat(timespec="seconds")


def _protocol(protocol: dict[str, Any], names: Names) -> dict[str, Any]:
    renamed, texts = names.phases, names.words
    phases = [{**one, "name": renamed[one["name"]], "prompt": texts.get(one["prompt"], "")} for one in protocol["phases"]]
    ratings = [{**rating, "question": "", "low_label": "", "high_label": ""} for rating in protocol["ratings"]]
    return {**protocol, "name": "own", "title": "own protocol", "description": "", "phases": phases, "ratings": ratings}

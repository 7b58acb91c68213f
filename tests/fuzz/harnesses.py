"""What each parser promises for any bytes at all, as one function a parser: it returns, or the promise is broken.

Decision: a harness takes bytes and judges by itself (only the stated error, bounds, round trips, prefixes), so that the same
function is driven by the corpus, by hypothesis and, guided by coverage, by atheris.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.control.protocol import protocol_from_data, protocol_to_data
from relaxlisten.control.protocol_file import parse_protocol
from relaxlisten.control.setup import setup_from_data
from relaxlisten.control.toml_check import TomlFault
from relaxlisten.errors import MalformedPayload, RelaxListenError, UsageError
from relaxlisten.music.audio_bytes import content_id, sound_spans
from relaxlisten.music.notation import Unreadable
from relaxlisten.music.piece_file import read_piece
from relaxlisten.music.playlist_entry import MalformedPlaylist, Playlist, PlaylistEntry, refusal, spellings
from relaxlisten.music.playlist_jspf import parse_jspf, write_jspf
from relaxlisten.music.playlist_lines import parse_m3u, parse_pls, write_m3u, write_m3u8, write_pls
from relaxlisten.music.playlist_phases import parse_phases, write_phases
from relaxlisten.music.playlist_xspf import parse_xspf, write_xspf
from relaxlisten.music.sidecar import parse_sidecar
from relaxlisten.music.tags import read_tags
from relaxlisten.preparing import ratings, with_comfort
from relaxlisten.replay import replay
from relaxlisten.sensor.heart_rate_service import (
    LONGEST_PAYLOAD_BYTES,
    encode_measurement,
    parse_battery,
    parse_body_location,
    parse_measurement,
)
from relaxlisten.sensor.packets import LONGEST_RR_MS
from relaxlisten.sensor.profiles import parse_profile
from relaxlisten.sensor.rr_formats import RrFormat, read_rr_text
from relaxlisten.session.format import event_line, header_line, key_of_header, read_record
from relaxlisten.session.import_edf import read_edf
from relaxlisten.session.import_health import read_health
from relaxlisten.session.import_tables import read_bids, read_csv
from relaxlisten.session.import_text import read_text
from relaxlisten.session.people import FILE_NAME, read_memory
from relaxlisten.session.people_key import checked_name
from relaxlisten.session.person_folder import PersonFolder
from relaxlisten.session.scan import record_key
from relaxlisten.session.seal import BrokenSeal, Unsealed, seal, unseal
from relaxlisten.session.study import participant_number
from relaxlisten.session.tables import session_from_lines
from relaxlisten.terms import When

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.messages import HeartRateMeasurement
    from relaxlisten.session.format import Record
    from relaxlisten.session.imported import Imported

CORPUS = Path(__file__).parent / "corpus"
# Where files that only a parser reads are put: in memory, where the system has such a place.
_FOLDER = Path(tempfile.mkdtemp(prefix="relaxlisten-fuzz-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))


@dataclass(frozen=True, slots=True)
class Harness:
    """check: raises for any input whose fate is not one that the parser states. longest: bytes worth trying."""

    name: str
    check: Callable[[bytes], None]
    longest: int
    words: tuple[bytes, ...] = ()

    def seeds(self) -> list[bytes]:
        """Inputs kept in the repository, sorted by name."""
        return [file.read_bytes() for file in sorted((CORPUS / self.name).glob("*"))]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


# ---- the strap ----


def measurement(data: bytes) -> None:
    whole = _measured(data)
    if whole is None:
        return
    assert all(0 <= rr <= 0xFFFF for rr in whole.rr_1024)
    for length in {len(data) - 1, data[-1] % len(data)}:
        shorter = _measured(data[:length])
        assert shorter is None or shorter == replace(whole, rr_1024=whole.rr_1024[: len(shorter.rr_1024)])
    packed = (whole.heart_rate_bpm, whole.rr_1024, whole.contact, whole.energy_kj)
    if len(data) <= LONGEST_PAYLOAD_BYTES:
        again = encode_measurement(packed[0], packed[1], contact=packed[2], energy_kj=packed[3])
        assert parse_measurement(1.0, again) == whole


def _measured(data: bytes) -> HeartRateMeasurement | None:
    try:
        return parse_measurement(1.0, data)
    except MalformedPayload:
        return None


def strap_details(data: bytes) -> None:
    with contextlib.suppress(MalformedPayload):
        percent = parse_battery(data)
        assert percent is None or 0 <= percent <= 100
    with contextlib.suppress(MalformedPayload):
        parse_body_location(data)


# ---- files that people write ----


def protocol(data: bytes) -> None:
    try:
        found = parse_protocol(_text(data), "mine.toml")
    except TomlFault:
        return
    assert 0.0 < found.duration_s < math.inf
    assert protocol_from_data(json.loads(json.dumps(protocol_to_data(found)))) == found


def sidecar(data: bytes) -> None:
    with contextlib.suppress(UsageError):
        parse_sidecar(_text(data), "song.toml")


def profile(data: bytes) -> None:
    with contextlib.suppress(UsageError):
        parse_profile(_text(data), "strap.toml")


def piece(data: bytes) -> None:
    with contextlib.suppress(Unreadable):
        read_piece(_text(data), "piece.toml")


def rr_text(data: bytes) -> None:
    for layout in (RrFormat.AUTO, tuple(RrFormat)[len(data) % len(RrFormat)]):
        with contextlib.suppress(UsageError):
            found = read_rr_text(_text(data), "rr.txt", layout)
            assert found
            assert all(0.0 < rr_ms <= LONGEST_RR_MS for rr_ms in found)


_PROTOCOL = parse_protocol(
    '[[phase]]\nname = "A"\nkind = "match"\nminutes = 3\n[[rating]]\nscale = "calm"\nquestion = "How calm?"\n', "one.toml"
)


def choices(data: bytes) -> None:
    """What somebody types for a session."""
    text = _text(data)
    with contextlib.suppress(UsageError):
        comfort = with_comfort(_PROTOCOL, text).comfort
        assert 0.0 <= comfort.heart_rate_low_bpm <= 999.0
    with contextlib.suppress(UsageError):
        (answer,) = ratings([text], _PROTOCOL.ratings, When.BEFORE, 0.0)
        assert 0.0 <= answer.value <= 10.0
    with contextlib.suppress(UsageError):
        assert not {"/", "\\", "\0", "\n"} & set(checked_name(text))
    with contextlib.suppress(UsageError):
        assert 1 <= participant_number(text, 99) <= 99


# ---- recordings of other programs ----


def imported(data: bytes) -> None:
    """All readers meet any file: what it is called says which is asked, and a name proves nothing."""
    readers: tuple[Callable[[], Imported], ...] = (
        lambda: read_edf(data, "x.edf"),
        lambda: read_health(_text(data), "x.json"),
        lambda: read_csv(_text(data), "x.csv", {}),
        lambda: read_text(_text(data), "x.txt"),
        lambda: read_bids(data, {"Columns": ["onset", "rr_ms"]}, "x.tsv.gz"),
    )
    for read in readers:
        with contextlib.suppress(UsageError):
            times_s = [beat.time_s for beat in read().beats]
            assert times_s
            assert all(map(math.isfinite, times_s))


# ---- playlists ----


def m3u(data: bytes) -> None:
    _playlist(data, parse_m3u)


def pls(data: bytes) -> None:
    _playlist(data, parse_pls)


def xspf(data: bytes) -> None:
    _playlist(data, parse_xspf)


def jspf(data: bytes) -> None:
    _playlist(data, parse_jspf)


def phases(data: bytes) -> None:
    _playlist(data, parse_phases)


_WRITERS = (
    (write_m3u, parse_m3u), (write_m3u8, parse_m3u), (write_pls, parse_pls),
    (write_xspf, parse_xspf), (write_jspf, parse_jspf), (write_phases, parse_phases),
)  # fmt: skip


def _playlist(data: bytes, parse: Callable[[bytes], Playlist]) -> None:
    """Only the stated error; what may be a file of this computer is found again whatever format it is written in."""
    try:
        found = parse(data)
    except MalformedPlaylist:
        return
    kept = [_as_path(entry) for entry in found.entries if refusal(entry.location, is_uri=entry.is_uri) is None]
    for write, read_again in _WRITERS:
        again = read_again(write(replace(found, entries=tuple(kept))))
        if write is not write_phases:  # which lists pieces by their phases
            assert len(again.entries) == len(kept)
            for before, after in zip(kept, again.entries, strict=True):
                assert refusal(after.location, is_uri=after.is_uri) is None
                assert _plain(before.location) in map(_plain, spellings(after.location, is_uri=after.is_uri))


def _plain(path: str) -> str:
    return os.path.normpath(path.replace("\\", "/"))


def _as_path(entry: PlaylistEntry) -> PlaylistEntry:
    """As `relaxlisten music export` writes it: the path itself."""
    path = os.path.normpath(spellings(entry.location, is_uri=entry.is_uri)[0])
    return replace(entry, location=path, is_uri=False)


# ---- sound files ----


def tags(data: bytes) -> None:
    file = _FOLDER / "piece"
    file.write_bytes(data)
    found = read_tags(file)
    assert found.tempo_bpm is None or 20.0 <= found.tempo_bpm <= 300.0
    assert found.duration_s is None or 0.0 < found.duration_s < math.inf


def audio_bytes(data: bytes) -> None:
    spans = list(sound_spans(io.BytesIO(data)))
    assert len(spans) <= 1 + len(data)
    assert all(start >= 0 for start, _ in spans)
    assert sum(max(min(beyond, len(data)) - start, 0) for start, beyond in spans) <= len(data)
    file = _FOLDER / "bytes"
    file.write_bytes(data)
    assert len(content_id(file)) == 32


# ---- records ----


def _lines(data: bytes) -> list[str]:
    """Lines with seals that hold: behind a checksum no fuzzer gets any further."""
    header, *others = _text(data).split("\n")
    first = (seal(header) if header.endswith("}") else header) + "\n"
    key, _ = record_key([first.encode("utf-8", "replace")])
    return [first, *((seal(line, key) if line.endswith("}") else line) + "\n" for line in others)]


def tables(data: bytes) -> None:
    lines = [line.encode("utf-8", "replace") for line in _lines(data)] if len(data) % 4 else io.BytesIO(data)
    with contextlib.suppress(UsageError):
        loaded = session_from_lines(lines, "session.jsonl")
        assert all(len({column.size for column in table.values()}) == 1 for table in loaded.tables.values())


def record(data: bytes) -> None:
    """Only the stated error, and what was read is written and read again the same."""
    lines = _lines(data) if len(data) % 4 else _text(data).splitlines(keepends=True)
    with contextlib.suppress(UsageError):
        _comes_back(read_record(lines, "session.jsonl"))


def _comes_back(found: Record) -> None:
    written = [header_line(found.header)]
    key = key_of_header(found.header)
    written += [
        event_line(entry.event, derived=entry.derived, number=n, key=key) for n, entry in enumerate(found.events, start=1)
    ]
    again = read_record(written, "session.jsonl")
    assert (again.events, again.damaged_lines, again.unknown_lines) == (found.events, (), ())


def replayed(data: bytes) -> None:
    """A record with any content behind seals that hold: replaying it ends, or is refused in a sentence."""
    with contextlib.suppress(RelaxListenError):
        replay(read_record(_lines(data), "session.jsonl"))


def sealed_line(data: bytes) -> None:
    text = _text(data)
    with contextlib.suppress(Unsealed, BrokenSeal):
        body = unseal(text)
        assert seal(body) == text.rstrip("\r\n")
    if text.endswith("}") and "\n" not in text and "\r" not in text:
        assert unseal(seal(text)) == text.encode("utf-8", "backslashreplace").decode()


def sealed_setup(data: bytes) -> None:
    """The packed part of a header, or of a study's allocation."""
    with contextlib.suppress(KeyError, TypeError, ValueError):
        setup_from_data({"sealed": _text(data)})


def memory(data: bytes) -> None:
    (_FOLDER / FILE_NAME).write_bytes(data)
    found = read_memory(PersonFolder(_FOLDER, None))
    assert 0 <= found.sessions <= data.count(b"\n") + 1 + len(data)


_RECORD_WORDS = (b'"event":"', b'"derived":true', b'"time_s":', b"1e999", b"NaN", b'"n":', b"null")
HARNESSES = (
    Harness("measurement", measurement, 24),
    Harness("strap_details", strap_details, 8),
    Harness("protocol", protocol, 4096, (b"[[phase]]", b"[limits]", b"[comfort]", b"[[rating]]", b"minutes = ", b"0x", b'"""')),
    Harness("sidecar", sidecar, 1024, (b"tempo_bpm = ", b"first_beat_s = ", b"beats_per_bar = ", b'title = "')),
    Harness("profile", profile, 2048, (b"name_pattern = ", b"(?P<", b"{1,9}", b"[^", b"true")),
    Harness("piece", piece, 4096, (b"[themes.", b"chords = ", b"tune = ", b" | ", b"[[form]]")),
    Harness("rr_text", rr_text, 1024, (b"[HRData]", b"rr", b";", b"812", b"\t", b"0.812")),
    Harness("imported", imported, 2048, (b"EDF+C", b"onset", b'"resourceType"', b'"schema_id"', b"time_s,", b"\x14QRS")),
    Harness("choices", choices, 64, (b"50-110", b"calm=", b"P01", b"..")),
    Harness("m3u", m3u, 1024, (b"#EXTM3U", b"#EXTINF:", b"file:///", b"\xff\xfe", b"http://", b"#PLAYLIST:")),
    Harness("pls", pls, 1024, (b"[playlist]", b"File1=", b"Title1=", b"Length1=", b"file://")),
    Harness("xspf", xspf, 2048, (b"<location>", b"</track>", b"<!DOCTYPE", b"<!ENTITY", b"&#", b"<![CDATA[", b"&amp;")),
    Harness("jspf", jspf, 2048, (b'"playlist"', b'"track"', b'"location"', b'"extension"', b"\\ud800", b"NaN")),
    Harness("phases", phases, 2048, (b"[[phase]]", b"pieces = [", b'name = "', b"in_order = true")),
    Harness("tags", tags, 8192, (b"ID3", b"fLaC", b"OggS", b"RIFF", b"WAVE", b"ftyp", b"moov", b"APETAGEX", b"TAG", b"FORM")),
    Harness(
        "audio_bytes", audio_bytes, 8192, (b"ID3", b"fLaC", b"OggS", b"RIFF", b"WAVE", b"ftyp", b"mdat", b"APETAGEX", b"TAG")
    ),
    Harness("record", record, 1500, _RECORD_WORDS),
    Harness("tables", tables, 1500, _RECORD_WORDS),
    Harness("replayed", replayed, 8192, (b'"event":"Tick"', b'"derived":false', b'"time_s":', b"1e99", b'"payload":"', b"null")),
    Harness("sealed_line", sealed_line, 512, (b',"crc":"', b'"}')),
    Harness("sealed_setup", sealed_setup, 512),
    Harness("memory", memory, 2048, (b'"hour":', b'"pieces":', b'"feeling":', b'"shares":', b"null")),
)
BY_NAME = {harness.name: harness for harness in HARNESSES}

"""Harnesses of what comes from outside: packets of straps and programs, recordings, playlists, sound files."""

from __future__ import annotations

import contextlib
import io
import math
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from pythonosc import osc_message

from relaxlisten.errors import MalformedPayload, UsageError
from relaxlisten.exchange.osc import LONGEST_TEXT, marker_texts
from relaxlisten.music.audio_bytes import content_id, sound_spans
from relaxlisten.music.playlist_entry import MalformedPlaylist, Playlist, PlaylistEntry, refusal, spellings
from relaxlisten.music.playlist_jspf import parse_jspf, write_jspf
from relaxlisten.music.playlist_lines import parse_m3u, parse_pls, write_m3u, write_m3u8, write_pls
from relaxlisten.music.playlist_phases import parse_phases, write_phases
from relaxlisten.music.playlist_xspf import parse_xspf, write_xspf
from relaxlisten.music.tags import read_tags
from relaxlisten.sensor.heart_rate_service import (
    LONGEST_PAYLOAD_BYTES,
    encode_measurement,
    parse_battery,
    parse_body_location,
    parse_measurement,
)
from relaxlisten.session.import_edf import read_edf
from relaxlisten.session.import_health import read_health
from relaxlisten.session.import_tables import read_bids, read_csv
from relaxlisten.session.import_text import read_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.messages import HeartRateMeasurement
    from relaxlisten.session.imported import Imported


from tests.fuzz.harness import FOLDER, text_of

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


# ---- packets of other programs ----


def osc(data: bytes) -> None:
    for text in marker_texts(data, osc_message) or ():
        assert 0 < len(text) <= LONGEST_TEXT
        assert text.isprintable()


# ---- recordings of other programs ----


def imported(data: bytes) -> None:
    """All readers meet any file: what it is called says which is asked, and a name proves nothing."""
    readers: tuple[Callable[[], Imported], ...] = (
        lambda: read_edf(data, "x.edf"),
        lambda: read_health(text_of(data), "x.json"),
        lambda: read_csv(text_of(data), "x.csv", {}),
        lambda: read_text(text_of(data), "x.txt"),
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
    file = FOLDER / "piece"
    file.write_bytes(data)
    found = read_tags(file)
    assert found.tempo_bpm is None or 20.0 <= found.tempo_bpm <= 300.0
    assert found.duration_s is None or 0.0 < found.duration_s < math.inf


def audio_bytes(data: bytes) -> None:
    spans = list(sound_spans(io.BytesIO(data)))
    assert len(spans) <= 1 + len(data)
    assert all(start >= 0 for start, _ in spans)
    assert sum(max(min(beyond, len(data)) - start, 0) for start, beyond in spans) <= len(data)
    file = FOLDER / "bytes"
    file.write_bytes(data)
    assert len(content_id(file)) == 32

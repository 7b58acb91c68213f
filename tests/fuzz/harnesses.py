"""What each parser promises for any bytes at all, as one function a parser: it returns, or the promise is broken.

Decision: a harness takes bytes and judges by itself (only the stated error, bounds, round trips, prefixes), so that the same
function is driven by the corpus, by hypothesis and, guided by coverage, by atheris.
"""

from __future__ import annotations

from tests.fuzz.harness import Harness
from tests.fuzz.of_others import audio_bytes, imported, jspf, m3u, measurement, osc, phases, pls, strap_details, tags, xspf
from tests.fuzz.of_ours import kept, memory, people, record, replayed, sealed_line, sealed_setup, tables
from tests.fuzz.of_people import choices, piece, profile, protocol, rr_text, scales, settings, sidecar

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
    Harness("scales", scales, 1024, (b"[[rating]]", b"scale = ", b"question = ", b"low = ", b"high = ")),
    Harness("settings", settings, 512, (b"[observations]", b"protocol = ", b"arm = ", b"volume = ", b"seed = ")),
    Harness(
        "people", people, 2048, (b"[[person]]", b"[[consent]]", b"[[note]]", b"given = 2026-01-02", b"public = ", b"name = ")
    ),
    Harness("kept", kept, 1024, (b'"straps":', b'"chosen":', b'"rows":', b'"letters":', b'"arms":', b"null", b"1e999")),
    Harness("osc", osc, 512, (b"#bundle\0", b"/relaxlisten/marker\0", b",s\0\0", b",T[i]", b"\0\0\0\1")),
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

"""Playlists of all formats: what others write is understood, what is written is read back, what does harm is refused."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.music.playlist import (
    MOST_ENTRIES,
    PLAYLIST_SUFFIXES,
    list_music,
    load_playlist,
    moved,
    read_playlist,
    save_playlist,
)
from relaxlisten.music.playlist_entry import Playlist, PlaylistEntry, refusal, spellings
from relaxlisten.music.playlist_jspf import parse_jspf, write_jspf
from relaxlisten.music.playlist_lines import decode_text, parse_m3u, parse_pls, write_m3u, write_m3u8, write_pls
from relaxlisten.music.playlist_phases import parse_phases, write_phases
from relaxlisten.music.playlist_xspf import parse_xspf, write_xspf

FORMATS = {
    "m3u": (parse_m3u, write_m3u),
    "m3u8": (parse_m3u, write_m3u8),
    "pls": (parse_pls, write_pls),
    "xspf": (parse_xspf, write_xspf),
    "jspf": (parse_jspf, write_jspf),
    "toml": (parse_phases, write_phases),
}
# Any file name that a system of the Unix kind takes, also bytes that are no text (which Python writes as surrogates).
name_parts = st.text(min_size=1, max_size=20).filter(lambda text: "/" not in text and "\0" not in text) | st.binary(
    min_size=1, max_size=12
).map(os.fsdecode).filter(lambda text: "/" not in text and "\0" not in text)
paths = st.lists(name_parts.filter(lambda part: part not in (".", "..")), min_size=1, max_size=3).map("/".join).filter(
    lambda path: not any(0xD800 <= ord(letter) < 0xDC80 or 0xDCFF < ord(letter) < 0xE000 for letter in path)
) | st.sampled_from(
    ["../a.mp3", "/m/a b.mp3", "100%25.mp3", "#1.mp3", " b .mp3", "a\nb.mp3", "Bach: Air.mp3", "file:a.mp3", "für ☾.flac", "a\\b"]
)  # fmt: skip
words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=20)
entries = st.builds(
    PlaylistEntry,
    location=paths,
    title=st.none() | words,
    artist=st.none() | words,
    duration_s=st.none() | st.integers(0, 100_000).map(float),
    note=st.none() | words,
)
playlists = st.builds(Playlist, entries=st.lists(entries, max_size=6).map(tuple), title=st.none() | words)


def means(entry: PlaylistEntry) -> tuple[str, ...]:
    assert refusal(entry.location, is_uri=entry.is_uri) is None
    return tuple(path.removeprefix("./") for path in spellings(entry.location, is_uri=entry.is_uri))


@pytest.mark.parametrize("name", FORMATS)
@given(playlist=playlists)
def test_each_format_names_the_files_that_were_written(name, playlist):
    parse, write = FORMATS[name]
    read = parse(write(playlist))
    assert len(read.entries) == len(playlist.entries)
    for entry, meant in zip(read.entries, playlist.entries, strict=True):
        assert meant.location in means(entry)


@pytest.mark.parametrize("name", ["xspf", "jspf"])
@given(playlist=playlists)
def test_xspf_and_jspf_keep_every_fact(name, playlist):
    parse, write = FORMATS[name]
    read = parse(write(playlist))
    assert read.title == playlist.title
    facts = [(entry.title, entry.artist, entry.duration_s, entry.note) for entry in read.entries]
    assert facts == [(entry.title, entry.artist, entry.duration_s, entry.note) for entry in playlist.entries]
    assert [means(entry)[0] for entry in read.entries] == [entry.location for entry in playlist.entries]


@pytest.mark.parametrize("name", ["m3u", "m3u8", "pls"])
@given(playlist=playlists)
def test_the_formats_of_lines_keep_label_and_length(name, playlist):
    parse, write = FORMATS[name]
    read = parse(write(playlist))
    assert [(entry.label, entry.duration_s) for entry in read.entries] == [
        (entry.label, entry.duration_s) for entry in playlist.entries
    ]


@given(playlist=playlists)
def test_from_format_to_format_and_back_nothing_is_lost_that_both_can_say(playlist):
    assume(all(refusal(entry.location, is_uri=False) is None for entry in playlist.entries))
    once = parse_jspf(write_jspf(playlist))
    named = tuple(dataclasses.replace(entry, location=means(entry)[0], is_uri=False) for entry in once.entries)
    again = parse_xspf(write_xspf(Playlist(title=once.title, entries=named)))
    assert [dataclasses.astuple(entry) for entry in again.entries] == [dataclasses.astuple(entry) for entry in once.entries]


def test_jspf_keeps_what_other_programs_added():
    extension = {"https://example.org/app": [{"mood": "calm", "list": [1, None]}]}
    entry = PlaylistEntry(location="a.mp3", extension=extension)
    assert parse_jspf(write_jspf(Playlist(entries=(entry,)))).entries[0].extension == extension


def test_a_playlist_with_phases_keeps_them():
    written = Playlist(
        title="Evening",
        entries=(
            PlaylistEntry(location="any.mp3"),
            PlaylistEntry(location="a.mp3", phases=("Arrive",)),
            PlaylistEntry(location="b.mp3", phases=("Arrive",)),
            PlaylistEntry(location="b.mp3", phases=("Close",)),
        ),
    )
    assert parse_phases(write_phases(written)) == written


def test_phases_of_a_piece_that_is_named_twice_are_joined_and_a_piece_without_any_plays_in_all(folder):
    first = '[[phase]]\nname = "A"\npieces = ["a.mp3", "b.mp3", "c.mp3"]\n'
    second = '[[phase]]\nname = "B"\npieces = ["b.mp3"]\n'
    (folder / "p.toml").write_text('pieces = ["c.mp3"]\n' + first + second)
    found = read_playlist(folder / "p.toml")
    assert [path.name for path in found.paths] == ["c.mp3", "a.mp3", "b.mp3"]
    assert found.phases == {folder / "a.mp3": ("A",), folder / "b.mp3": ("A", "B")}


# ---- what other programs write ----

WINDOWS_M3U8 = "\ufeff#EXTM3U\r\n#EXTINF:183,Satie - Gymnopédie\r\nsub\\é.mp3\r\n".encode()
VLC_M3U = b"#EXTM3U\n#EXTINF:183,Satie - Gymnop\xc3\xa9die\n#EXTVLCOPT:network-caching=1000\nsub/%C3%A9.mp3\n"
MOPIDY_M3U8 = "#EXTM3U\n#EXTENC: UTF-8\n#EXTINF:183,Gymnopédie\nfile://{folder}/sub/%C3%A9.mp3\n"
LATIN_M3U = "#EXTM3U\r\nsub\\é.mp3\r\n".encode("latin-1")
UTF16_M3U = "#EXTM3U\r\nsub\\é.mp3\r\n".encode("utf-16")
WINAMP_PLS = "[playlist]\r\nNumberOfEntries=1\r\nfile1=sub\\é.mp3\r\nTitle1=Satie\r\nLength1=183\r\nVersion=2\r\n".encode(
    "cp1252"
)
VLC_XSPF = """<?xml version="1.0" encoding="UTF-8"?>
<playlist xmlns="http://xspf.org/ns/0/" xmlns:vlc="http://www.videolan.org/vlc/playlist/ns/0/" version="1">
  <title>Playlist</title>
  <trackList>
    <track><location>file://{folder}/sub/%C3%A9.mp3</location><title>Gymnopédie</title><creator>Satie</creator>
      <duration>183000</duration><extension application="http://www.videolan.org/vlc/playlist/0"><vlc:id>0</vlc:id></extension></track>
  </trackList>
  <extension application="http://www.videolan.org/vlc/playlist/0"><vlc:item tid="0"/></extension>
</playlist>"""
ADDRESSED_JSPF = '{{"playlist": {{"track": [{{"location": ["file://{folder}/sub/%C3%A9.mp3"], "identifier": ["urn:x:1"]}}]}}}}'


@pytest.fixture
def folder(tmp_path):
    for name in ("a.mp3", "b.mp3", "c.mp3", "sub/é.mp3"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("w.m3u8", WINDOWS_M3U8), ("v.m3u", VLC_M3U), ("m.m3u8", MOPIDY_M3U8), ("l.m3u", LATIN_M3U), ("u.m3u", UTF16_M3U),
        ("w.pls", WINAMP_PLS), ("v.xspf", VLC_XSPF), ("a.jspf", ADDRESSED_JSPF),
    ],
)  # fmt: skip
def test_what_other_programs_write_is_understood(folder, name, content):
    if isinstance(content, str):
        content = content.format(folder=folder).encode()
    (folder / name).write_bytes(content)
    found = list_music(folder / name)
    assert found.paths == (folder / "sub" / "é.mp3",)
    assert found.problems == ()


def test_label_and_length_are_taken_from_an_extended_m3u():
    (entry,) = parse_m3u(WINDOWS_M3U8).entries
    assert (entry.artist, entry.title, entry.duration_s) == ("Satie", "Gymnopédie", 183.0)


@pytest.mark.parametrize("location", ["C:\\Music\\a b.mp3", "C:/Music/a b.mp3"])
def test_a_drive_is_a_path_and_no_address(location):
    assert refusal(location, is_uri=False) is None
    assert "C:/Music/a b.mp3" in spellings(location, is_uri=False)


def test_an_address_of_a_drive_is_that_drive():
    assert spellings("file:///C:/Music/a%20b.mp3", is_uri=True) == ("C:/Music/a b.mp3",)


@pytest.mark.parametrize("suffix", PLAYLIST_SUFFIXES)
def test_what_is_saved_plays_in_its_order_wherever_the_list_lies(folder, suffix):
    odd = ["#1.mp3", " two .mp3", "100%41.mp3", "100A.mp3", "a\nb.mp3", "Bach: Air.mp3", "für ☾.mp3"]
    if os.fsdecode(b"\xff.mp3") != "ÿ.mp3":
        odd.append(os.fsdecode(b"\xff.mp3"))  # a name that is no text
    for name in odd:
        (folder / name).write_bytes(b"")
    wanted = [folder / name for name in [*odd, "b.mp3", "sub/é.mp3"]]
    playlist = Playlist(entries=tuple(PlaylistEntry(location=path.relative_to(folder).as_posix()) for path in wanted))
    save_playlist(folder / f"list{suffix}", playlist)
    assert list(read_playlist(folder / f"list{suffix}").paths) == wanted
    elsewhere = folder / "lists"
    elsewhere.mkdir()
    save_playlist(elsewhere / f"list{suffix}", moved(playlist, folder, elsewhere))
    found = read_playlist(elsewhere / f"list{suffix}")
    assert found.problems == ()
    assert [path.resolve() for path in found.paths] == wanted


# ---- what does harm, or cannot be understood ----

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<playlist xmlns="http://xspf.org/ns/0/"><trackList><track><location>&b;</location></track></trackList></playlist>"""


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("l.xspf", LAUGHS, "document type"),
        ("l.xspf", b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><playlist/>', "document type"),
        ("l.xspf", b"<playlist><trackList>", "not valid XML"),
        ("l.xspf", b"<rss/>", "outermost element is <rss>"),
        ("l.xspf", b"<playlist>" + b"<a>" * 10_000, "deep"),
        ("l.xspf", b'<?xml version="1.0" encoding="no-such"?><playlist/>', "encoding"),
        ("l.xspf", b"", "not valid XML"),
        ("l.jspf", b"[" * 200_000, "deeper"),
        ("l.jspf", b"{", "not valid JSON"),
        ("l.jspf", b"[]", "no JSPF"),
        ("l.jspf", b'{"playlist": {"track": {"location": "a.mp3"}}}', "no JSPF"),
        ("l.toml", b"pieces = ", "not valid TOML"),
        ("l.toml", b'piece = ["a.mp3"]', 'did you mean "pieces"'),
        ("l.toml", b'[[phase]]\npieces = ["a.mp3"]', '"name"'),
        ("l.toml", b"pieces = [1]", "list of file names"),
        ("l.pls", b"File1=a.mp3", "[playlist]"),
        ("l.m3u", b"ID3\x04\0\0\0", "no text"),
        ("l.m3u8", b"\xff\xfea", "breaks off"),
        ("l.m3u8", b"#EXTM3U\n#EXT-X-TARGETDURATION:10\nseg1.ts\n", "stream"),
    ],
)
def test_what_cannot_be_understood_ends_in_a_sentence(folder, name, content, words):
    (folder / name).write_bytes(content)
    with pytest.raises(UsageError) as fault:
        list_music(folder / name)
    assert words in str(fault.value)
    assert name in str(fault.value)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("https://x.org/a.mp3", "not on this computer"),
        ("HTTP://x.org/a.mp3", "not on this computer"),
        ("smb://nas/a.mp3", "not on this computer"),
        ("file://nas/a.mp3", "on another computer"),
        ("\\\\nas\\music\\a.mp3", "on another computer"),
        ("//nas/music/a.mp3", "on another computer"),
        ("../../../../nowhere.mp3", "not found"),
        ("/dev/zero", "not found"),
        ("sub", "not found"),
        ("spotify:track:1", "not found"),
        ("x" * 5000, "not found"),
        ("other.m3u8", "itself a playlist"),
    ],
)
def test_an_entry_that_is_no_file_of_this_computer_is_left_out_in_a_sentence(folder, entry, words):
    (folder / "other.m3u8").write_text("a.mp3\n")
    (folder / "l.m3u8").write_text(f"{entry}\na.mp3\n")
    found = list_music(folder / "l.m3u8")
    assert found.paths == (folder / "a.mp3",)
    (problem,) = found.problems
    assert words in problem
    assert len(problem) < 300


@pytest.mark.parametrize("address", ["data:audio/wav;base64,AAAA", "spotify:track:1", "urn:isbn:1", "http:a.mp3"])
def test_in_formats_of_addresses_any_scheme_but_file_is_refused(address):
    assert refusal(address, is_uri=True) == "is not on this computer"


@pytest.mark.parametrize(
    "address",
    [
        "file:////nas/a.mp3",
        "file:///%5C%5Cnas/a.mp3",
        "file://localhost//nas/a.mp3",
        "%5C%5Cnas%5Ca.mp3",
        "%2f%2fnas/a.mp3",
        "\\/nas/a",
    ],
)
def test_another_computer_is_recognised_however_its_name_is_disguised(address):
    """Windows would ask that computer for the file, and tell it who asks."""
    assert refusal(address, is_uri=True) == "is on another computer"


@pytest.mark.parametrize("address", ["a%00b.mp3", "\ud800b.mp3"])
def test_what_no_file_can_be_called_names_none(address):
    assert refusal(address, is_uri=True) == "names no file"


def test_a_folder_of_one_letter_and_a_colon_is_no_drive_where_it_has_a_folder_above_it():
    (entry,) = parse_xspf(write_xspf(Playlist(entries=(PlaylistEntry(location="/p:/a.mp3"),)))).entries
    assert spellings(entry.location, is_uri=True)[0] == "/p:/a.mp3"


def test_an_entry_may_lie_above_the_playlist(folder):
    (folder / "sub" / "l.m3u8").write_text("../a.mp3\n")
    assert [path.resolve() for path in list_music(folder / "sub" / "l.m3u8").paths] == [folder / "a.mp3"]


def test_a_hundred_thousand_entries_are_cut_with_a_sentence_and_do_not_flood(folder):
    (folder / "l.m3u8").write_text("a.mp3\n" + "".join(f"gone{number}.mp3\n" for number in range(100_000)))
    found = list_music(folder / "l.m3u8")
    assert found.paths == (folder / "a.mp3",)
    assert len(found.problems) == 22
    assert found.problems[-2].startswith(f"{MOST_ENTRIES - 21} more entries")
    assert "100001 entries; only the first 20000" in found.problems[-1]


def test_a_file_that_is_too_large_to_be_a_list_is_not_read_to_its_end(folder):
    with (folder / "l.m3u").open("wb") as file:
        file.truncate(40 * 2**20)
    with pytest.raises(UsageError, match="more than 32 MB"):
        list_music(folder / "l.m3u")


@given(content=st.binary(max_size=300), name=st.sampled_from(sorted(FORMATS)))
def test_any_bytes_end_in_a_playlist_or_a_sentence(content, name):
    with contextlib.suppress(UsageError):
        assert isinstance(FORMATS[name][0](content), Playlist)


keys = st.sampled_from(["playlist", "track", "location", "title", "duration", "extension"])
leaves = st.none() | st.booleans() | st.integers() | st.text()
trees = st.recursive(leaves, lambda sub: st.lists(sub) | st.dictionaries(keys, sub), max_leaves=12)


@given(tree=trees)
def test_any_json_ends_in_a_playlist_or_a_sentence(tree):
    for data in ({"playlist": {"track": [tree]}}, tree):
        with contextlib.suppress(UsageError):
            assert isinstance(parse_jspf(json.dumps(data).encode()), Playlist)


@given(st.text(st.characters(codec="latin-1", exclude_characters="\0\r\n"), max_size=30))
def test_an_m3u_is_read_in_the_encoding_that_it_was_written_in(title):
    written = write_m3u(Playlist(entries=(PlaylistEntry(location="a.mp3", title=title.strip() or None),)))
    assert decode_text(written) == decode_text(written).encode("utf-8").decode()
    expected = PlaylistEntry(location="a.mp3", title="".join(" " if ord(c) < 32 or c in "\x7f\x85" else c for c in title).strip())
    assert (parse_m3u(written).entries[0].label or "") == (expected.title or "")


def test_a_list_that_cannot_be_written_leaves_the_old_one_and_says_so(folder):
    with pytest.raises(UsageError, match="suffix of a playlist"):
        save_playlist(folder / "a.txt", Playlist(entries=()))
    with pytest.raises(RelaxListenError, match="cannot be written"):
        save_playlist(folder / "none" / "a.m3u8", Playlist(entries=()))


def test_a_playlist_that_cannot_be_opened_is_told(folder):
    (folder / "d.pls").mkdir()
    with pytest.raises(UsageError, match="cannot be read"):
        load_playlist(folder / "d.pls")

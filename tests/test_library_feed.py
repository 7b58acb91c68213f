"""How a session gets to know its music: from the catalogue, from tags, by hearing."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import numpy as np
import pyloudnorm
import pytest
import soundfile

from relaxlisten import library_feed
from relaxlisten.errors import UsageError
from relaxlisten.finding import BEGINNING_S
from relaxlisten.library_feed import LibraryFeed
from relaxlisten.music import catalogue as catalogue_module
from relaxlisten.music import playlist as playlist_module
from relaxlisten.music.audio_bytes import content_id
from relaxlisten.music.catalogue import Catalogue
from relaxlisten.music.catalogue_file import CatalogueFault
from relaxlisten.music.tags import Tags
from relaxlisten.piece_work import Failed, Hear, Heard
from relaxlisten.terms import TempoSource
from tests.music.making import pluck, train
from tests.music.pieces import piece
from tests.music.tagging import id3v2, retagged_flac
from tests.workers import HereAndNow, sounds_alike

RATE = 22050
MUSIC = 0.1 * train(66.0, 0.4, 30.0, RATE, pluck(RATE))
FULL_TAGS = ["BPM=62", "REPLAYGAIN_TRACK_GAIN=-1.00 dB"]


@pytest.fixture
def place(tmp_path):
    return tmp_path / "data" / "music.sqlite"


@pytest.fixture
def music(tmp_path):
    (tmp_path / "music").mkdir()
    return tmp_path / "music"


def write(path, samples=MUSIC, texts=None):
    path.parent.mkdir(exist_ok=True)
    soundfile.write(path, samples, RATE)
    if texts is not None:
        path.write_bytes(retagged_flac(path.read_bytes(), texts))
    return path


def session(music, place, pool=None, learn=False):
    """One session's look: tracks by file name, sentences, and the pool."""
    pool = pool or HereAndNow(sounds_alike)
    feed = LibraryFeed(str(music), place, lambda: pool)
    feed._look(learn=learn)
    found = feed.poll()
    tracks = {one.path.name: one.track for one in found if not isinstance(one, str)}
    return tracks, [one for one in found if isinstance(one, str)], pool, feed


def test_a_file_without_hints_is_heard_levelled_and_has_its_beats_where_they_are(music, place):
    write(music / "sub" / "song.flac", texts=["TITLE=Evening", "ARTIST=Somebody"])
    tracks, problems, _, _ = session(music, place, HereAndNow())
    track = tracks["song.flac"]
    assert problems == []
    assert (track.track_id, track.title) == ("file:sub/song.flac", "Somebody: Evening")
    assert track.duration_s == pytest.approx(30.0)
    assert track.tempo_source is TempoSource.ESTIMATE
    assert track.tempo_bpm == pytest.approx(66.0, rel=2e-3)
    period_s = 60 / 66
    assert (track.first_beat_s - 0.4 + period_s / 2) % period_s == pytest.approx(period_s / 2, abs=0.02)
    as_played = np.stack([MUSIC, MUSIC], axis=1)  # mono is heard on both sides
    assert track.gain_db == pytest.approx(-23.0 - pyloudnorm.Meter(RATE).integrated_loudness(as_played), abs=0.1)


def test_the_second_session_knows_every_piece_and_hears_nothing(music, place):
    for number in range(3):
        write(music / f"{number}.flac", MUSIC * (1 + number))
    first, _, pool, _ = session(music, place)
    assert len(pool.names_heard) == 3
    second, _, pool, _ = session(music, place)
    assert second == first
    assert pool.jobs == []


def test_every_piece_tells_what_its_sound_is_known_by_whether_it_was_heard_or_is_played_by_its_tags(music, place):
    heard, tagged = write(music / "heard.flac"), write(music / "tagged.flac", MUSIC * 0.5, texts=FULL_TAGS)
    tracks, *_ = session(music, place)
    assert {name: track.content for name, track in tracks.items()} == {path.name: content_id(path) for path in (heard, tagged)}


def test_a_moved_file_is_recognised_and_not_heard_again(music, place):
    write(music / "a.flac")
    session(music, place)
    (music / "a.flac").rename(music / "b.flac")
    tracks, _, pool, _ = session(music, place)
    assert list(tracks) == ["b.flac"]
    assert pool.names_heard == []


def test_known_pieces_come_first_then_tagged_ones_then_those_that_are_heard(music, place):
    write(music / "c.flac")
    session(music, place)
    write(music / "a.flac", MUSIC * 2)
    write(music / "b.flac", MUSIC * 3, FULL_TAGS)
    tracks, _, pool, _ = session(music, place)
    assert list(tracks) == ["c.flac", "b.flac", "a.flac"]
    assert pool.names_heard == ["a.flac"]
    assert (tracks["b.flac"].tempo_bpm, tracks["b.flac"].tempo_source, tracks["b.flac"].gain_db) == (62.0, TempoSource.TAG, -6.0)


def test_a_session_knows_how_stirring_each_piece_is_beside_all_that_were_heard(music, place):
    names = [f"{number}.flac" for number in range(6)]
    for number, name in enumerate(names):
        write(music / name, MUSIC * (1.0 + 0.01 * number))
    levels = iter(range(-30, 0, 2))
    pool = HereAndNow(lambda job: Heard(piece(loudness_lufs=float(next(levels)))))
    first = session(music, place, pool)[0]
    assert [first[name].arousal is None for name in pool.names_heard] == [True] * 4 + [False] * 2  # of four nobody can tell
    known = session(music, place)[0]
    arousals = [known[name].arousal for name in pool.names_heard]
    assert arousals == sorted(arousals)
    assert sum(arousals) == pytest.approx(0.0, abs=1e-9)


def test_what_was_played_by_its_tags_is_heard_afterwards_for_the_next_session(music, place):
    write(music / "a.flac", texts=["BPM=75", "REPLAYGAIN_TRACK_GAIN=-1.00 dB"])
    tracks, _, pool, feed = session(music, place, learn=True)
    assert tracks["a.flac"].tempo_bpm == 75.0
    assert feed.complete
    assert pool.names_heard == ["a.flac"]
    tracks, _, pool, _ = session(music, place)
    assert (tracks["a.flac"].tempo_bpm, tracks["a.flac"].tempo_source) == (
        pytest.approx(60.0),
        TempoSource.ESTIMATE,
    )  # contradicted
    assert pool.jobs == []


def test_after_an_update_a_session_takes_what_an_older_analysis_heard_and_hears_it_again_afterwards(music, place, monkeypatch):
    write(music / "a.flac")
    first = session(music, place)[0]
    monkeypatch.setattr(catalogue_module, "ANALYSIS_VERSION", catalogue_module.ANALYSIS_VERSION + 1)
    tracks, _, pool, _ = session(music, place, learn=True)
    assert tracks == first
    assert pool.names_heard == ["a.flac"]
    assert session(music, place, learn=True)[2].jobs == []


def test_an_offline_session_learns_nothing_more_than_it_needs_and_takes_pieces_by_name(music, place):
    write(music / "b.flac", texts=FULL_TAGS)
    write(music / "a.flac", MUSIC * 2)
    pool = HereAndNow(sounds_alike)
    feed = LibraryFeed(str(music), place, lambda: pool)
    feed.scan()
    assert [one.path.name for one in feed.poll()] == ["a.flac", "b.flac"]
    assert pool.names_heard == ["a.flac"]


def test_of_a_very_long_piece_the_beginning_is_heard_first_and_the_whole_later(music, place, monkeypatch):
    path = write(music / "a.wav")
    monkeypatch.setattr("relaxlisten.music.library.read_tags", lambda path: Tags(duration_s=10_800.0))
    tracks, _, pool, _ = session(music, place, learn=True)
    hears = [job for job in pool.jobs if isinstance(job, Hear)]
    assert hears == [Hear(path, up_to_s=BEGINNING_S), Hear(path)]
    assert len(tracks) == 1


def test_the_beginning_of_a_piece_knows_how_long_the_whole_is(music):
    path = write(music / "a.wav", np.tile(MUSIC, 2))
    from relaxlisten.piece_work import do

    outcome = do(Hear(path, up_to_s=20.0), lambda: None)
    assert outcome.analysis.duration_s == pytest.approx(60.0)
    assert 18.0 < outcome.analysis.beats_s[-1] < 22.0


def test_the_listeners_word_and_a_changed_sidecar_count_at_once(music, place):
    write(music / "a.flac")
    session(music, place)
    (music / "a.toml").write_text("tempo_bpm = 33\n")
    assert session(music, place)[0]["a.flac"].tempo_bpm == 33.0
    catalogue = Catalogue(place)
    catalogue.wish(catalogue.files(with_beats=False)[0].content, {"tempo_bpm": 62.0})
    catalogue.close()
    track = session(music, place)[0]["a.flac"]
    assert (track.tempo_bpm, track.tempo_source) == (62.0, TempoSource.LISTENER)


def test_an_excluded_piece_is_not_played(music, place):
    write(music / "a.flac")
    write(music / "b.flac", MUSIC * 2)
    session(music, place)
    catalogue = Catalogue(place)
    catalogue.wish(catalogue.file(music / "a.flac").content, {"excluded": True})
    catalogue.close()
    tracks, problems, _, feed = session(music, place)
    assert (list(tracks), problems, feed.failure) == (["b.flac"], [], None)


def test_bad_files_become_sentences_and_the_others_play_now_and_next_time(music, place):
    (music / "notes.mp3").write_text("not music\n" * 50)
    (music / "empty.wav").write_bytes(b"")
    (music / "sub").mkdir()
    soundfile.write(music / "sub" / "nothing.wav", np.zeros(0), RATE)
    write(music / "song.wav")
    (music / "song.toml").write_text("tempo_bmp = 60\n")
    for _ in range(2):
        tracks, problems, _, _ = session(music, place, HereAndNow())
        assert list(tracks) == ["song.wav"]
        assert "notes.mp3 is not a sound file that can be played; it is left out." in problems
        assert "empty.wav is empty; it is left out." in problems
        assert "sub/nothing.wav holds no sound; it is left out." in problems
        assert any("song.toml" in problem and "'tempo_bpm'" in problem for problem in problems)
        assert len(problems) == 4


def test_a_sentence_that_says_the_same_of_all_files_is_told_once(music, place):
    for name in "abc":
        write(music / f"{name}.wav", MUSIC * ord(name))
    missing = Failed("Something is missing.", lasting=False, general=True)
    _, problems, _, feed = session(music, place, HereAndNow(lambda job: missing))
    assert problems == ["Something is missing."]
    assert isinstance(feed.failure, UsageError)
    assert len(session(music, place)[0]) == 3  # and it is tried again


def test_a_search_stops_when_asked(music, place):
    for number in range(3):
        write(music / f"{number}.wav", MUSIC * (1 + number))
    pool = HereAndNow(lambda job: feed.stop() or Heard(piece()))
    feed = LibraryFeed(str(music), place, lambda: pool)
    feed._look(learn=True)
    assert len(feed.poll()) == 1
    assert feed.failure is None


def test_without_a_usable_catalogue_the_session_goes_on_and_says_so(music, tmp_path):
    write(music / "a.wav")
    (tmp_path / "file").write_bytes(b"")
    tracks, problems, _, _ = session(music, tmp_path / "file" / "music.sqlite")
    assert list(tracks) == ["a.wav"]
    assert len(problems) == 1
    assert problems[0].startswith("The catalogue ")
    assert problems[0].endswith("This session goes on without it.")


def test_a_catalogue_that_is_damaged_is_told_and_made_anew(music, place):
    write(music / "a.wav")
    place.parent.mkdir()
    place.write_bytes(b"no database" * 500)
    tracks, problems, _, _ = session(music, place)
    assert list(tracks) == ["a.wav"]
    assert "was damaged" in problems[0]
    assert session(music, place)[1] == []


def test_an_mp3_with_all_it_takes_in_its_tags_is_played_at_once(music, place):
    soundfile.write(music / "c.mp3", MUSIC, RATE, format="MP3")
    header = id3v2({"TBPM": b"66", "TXXX": b"REPLAYGAIN_TRACK_GAIN\0-1 dB"})
    (music / "c.mp3").write_bytes(header + (music / "c.mp3").read_bytes())
    tracks, _, pool, _ = session(music, place)
    assert (tracks["c.mp3"].tempo_bpm, pool.jobs) == (66.0, [])


# ---- what may go wrong in the midst of it ----


def test_a_catalogue_that_fails_in_mid_search_is_done_without_and_no_piece_is_told_twice(music, place, monkeypatch):
    for number in range(3):
        write(music / f"{number}.flac", MUSIC * (1 + number))
    session(music, place)
    write(music / "new.flac", MUSIC * 5)
    real_file, asked = Catalogue.file, []

    def locked_from_the_third_on(catalogue, path):
        asked.append(path)
        if len(asked) == 3:
            raise CatalogueFault("The catalogue cannot be used.")
        return real_file(catalogue, path)

    monkeypatch.setattr(Catalogue, "file", locked_from_the_third_on)
    feed = LibraryFeed(str(music), place, lambda: HereAndNow(sounds_alike))
    feed._look(learn=True)
    found = feed.poll()
    names = sorted(one.path.name for one in found if not isinstance(one, str))
    assert names == ["0.flac", "1.flac", "2.flac", "new.flac"]
    assert [one for one in found if isinstance(one, str)] == ["The catalogue cannot be used. This session goes on without it."]
    assert feed.complete
    assert feed.failure is None


def test_a_search_that_fails_ends_with_what_it_has_found_lest_the_session_waits_for_ever(music, place, monkeypatch, tmp_path):
    monkeypatch.setattr("relaxlisten.crash_report.data_folder", lambda: tmp_path)
    write(music / "song.flac")

    def fail():
        raise RuntimeError(str(music))

    feed = LibraryFeed(str(music), place, fail)
    feed._look(learn=False)
    (sentence,) = feed.poll()
    assert sentence.startswith("The search for your music failed: the session goes on with what was found by then.")
    assert str(music) not in next((tmp_path / "crash-reports").glob("*.txt")).read_text()
    assert feed.complete
    assert isinstance(feed.failure, UsageError)


def test_a_search_that_fails_without_the_catalogue_too_ends_all_the_same(music, place, monkeypatch, tmp_path):
    monkeypatch.setattr("relaxlisten.crash_report.data_folder", lambda: tmp_path)
    write(music / "song.flac")
    faults = [CatalogueFault("The catalogue cannot be used."), MemoryError()]

    def fail():
        raise faults.pop(0)

    feed = LibraryFeed(str(music), place, fail)
    feed._look(learn=False)
    assert [sentence.split(":")[0] for sentence in feed.poll()] == [
        "The catalogue cannot be used. This session goes on without it.",
        "The search for your music failed",
    ]
    assert feed.complete
    assert isinstance(feed.failure, UsageError)


# ---- a place that gives no answer ----


@pytest.fixture
def silent(monkeypatch):
    """Whoever lists music is held until `set` is called; a session waits for no such answer."""
    answers = threading.Event()
    listed = playlist_module.list_music

    def held(path):
        assert answers.wait(30.0)
        return listed(path)

    monkeypatch.setattr(playlist_module, "list_music", held)
    monkeypatch.setattr(library_feed, "_LISTED_WITHIN_S", 0.0)
    yield answers
    answers.set()


def looked(feed):
    """Start the search; the function that comes back waits for its end."""
    search = threading.Thread(target=feed._look, kwargs={"learn": False})
    search.start()

    def end():
        search.join(30.0)
        assert not search.is_alive()

    return end


def test_a_place_that_does_not_answer_keeps_nobody_waiting_and_is_played_when_it_does(silent, music, place):
    write(music / "song.flac", texts=FULL_TAGS)
    feed = LibraryFeed(str(music), place, lambda: HereAndNow(sounds_alike))
    wait_for_end = looked(feed)
    assert feed.poll() == []
    assert not feed.complete
    silent.set()
    wait_for_end()
    assert [found.path.name for found in feed.poll()] == ["song.flac"]
    assert feed.complete
    assert feed.failure is None


def test_a_place_that_is_slow_to_say_that_it_has_no_music_is_a_failure_in_the_same_words(silent, music, place):
    feed = LibraryFeed(str(music), place, lambda: HereAndNow(sounds_alike))
    wait_for_end = looked(feed)
    silent.set()
    wait_for_end()
    assert str(feed.failure).startswith(f"No music was found in {music}")
    assert feed.complete


def test_a_place_whose_list_fails_in_a_way_that_nobody_foresaw_ends_the_search_with_a_sentence(silent, monkeypatch, music, place):
    monkeypatch.setattr("relaxlisten.crash_report.data_folder", lambda: place.parent)
    feed = LibraryFeed(str(music), place, lambda: HereAndNow(sounds_alike))
    feed._files = Future()
    feed._files.set_exception(ValueError("nobody foresaw this"))
    feed._look(learn=False)
    assert "The search for your music failed" in feed.poll()[0]
    assert feed.complete


def test_a_search_that_was_stopped_while_its_place_was_silent_does_not_begin(silent, music, place):
    write(music / "song.flac", texts=FULL_TAGS)
    feed = LibraryFeed(str(music), place, lambda: HereAndNow(sounds_alike))
    wait_for_end = looked(feed)
    feed.stop()
    silent.set()
    wait_for_end()
    assert feed.poll() == []
    assert feed.complete
    assert not place.exists()

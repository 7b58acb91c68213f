"""A collection of 5,000 files: how long a scan that finds nothing new, a list and a search take, and what recognising costs.

python -m pytest tests/bench/test_catalogue_speed.py --benchmark-enable --benchmark-only
"""

from __future__ import annotations

import dataclasses
import resource
import sys

import numpy as np
import pytest
import soundfile

from relaxlisten.commands import listing_music
from relaxlisten.commands.music_build import known_pieces
from relaxlisten.control.arms import ARMS
from relaxlisten.control.choose import Wish
from relaxlisten.control.limits import Limits
from relaxlisten.control.memory import Memory
from relaxlisten.control.protocol import MusicRules, Phase
from relaxlisten.control.repertoire import Repertoire
from relaxlisten.messages import Track
from relaxlisten.music import iso_cost
from relaxlisten.music.audio_bytes import content_id
from relaxlisten.music.catalogue import Catalogue, state_of
from relaxlisten.music.iso_playlist import build
from relaxlisten.music.sidecar import Sidecar
from relaxlisten.music.tags import Tags
from relaxlisten.scanning import Scan
from relaxlisten.terms import Arm, PhaseKind, Pulse, TempoSource
from tests.music.pieces import beatless, piece

FILES = 5000


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    """5,000 files in a hundred folders, as a first scan would leave them: each has 240 beats, every fifth is beatless."""
    folder = tmp_path_factory.mktemp("collection")
    catalogue = Catalogue(tmp_path_factory.mktemp("data") / "music.sqlite")
    for number in range(FILES):
        path = folder / f"{number % 100}" / f"{number}.wav"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"RIFF" + number.to_bytes(4, "big"))
        tempo_bpm = 40.0 + number % 80
        beats_s = tuple((np.arange(240) * 60.0 / tempo_bpm).tolist())
        facts = {"duration_s": 240.0, "loudness_lufs": -30.0 + number % 17, "centroid_hz": 300.0 + number % 900}
        heard = beatless(**facts) if number % 5 == 0 else piece(tempo_bpm=tempo_bpm, beats_s=beats_s, **facts)
        content = f"{number:032x}"
        catalogue.keep_piece(content, heard)
        catalogue.keep_file(path, state_of(path), content, Tags(title=f"Piece {number}", tempo_bpm=tempo_bpm), Sidecar())
    yield folder, catalogue
    catalogue.close()


def test_a_scan_that_finds_nothing_new(benchmark, collection):
    folder, catalogue = collection
    scan = benchmark(lambda: Scan([folder], catalogue))
    assert (scan.report.unchanged, scan.new) == (FILES, [])


def test_reading_all_pieces_as_a_builder_does(benchmark, collection):
    _, catalogue = collection
    assert len(benchmark(lambda: catalogue.summaries())) == FILES


def test_a_list_chosen_by_tempo_and_sorted_by_arousal(benchmark, collection):
    _, catalogue = collection

    def choose():
        found = listing_music.brief_facts(catalogue)
        return listing_music.select(found, Pulse.PULSED, 55.0, 65.0, "arousal")

    assert len(benchmark(choose)) > 100
    if sys.platform == "linux":
        benchmark.extra_info["most_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_a_way_down(benchmark, collection):
    _, catalogue = collection
    wish = iso_cost.Wish(from_bpm=78.0, to_bpm=56.0, length_s=1500.0)
    assert benchmark(lambda: build(known_pieces(catalogue, None), wish)).gap == 0.0


def test_the_next_piece_of_a_session(benchmark):
    """The model of this person is fitted anew, as after each piece."""
    tracks = [_track(number) for number in range(FILES)]
    repertoire = Repertoire(ARMS[Arm.ADAPTIVE], Memory(), seed=1, hour=12.0, told={})
    for track in tracks:
        repertoire.find(track)
    phase = Phase(name="Lead", kind=PhaseKind.LEAD, minutes=5.0)
    wish = Wish(bpm=64.0, phase=phase, rules=MusicRules(), limits=Limits(), seed=1, time_s=60.0, heard_bpm=66.0, before=tracks[7])

    def choose():
        repertoire.find(tracks[0])
        return repertoire.next([track.track_id for track in tracks[:5]], wish)

    assert benchmark(choose).choice.considered > FILES // 2


def _track(number):
    tempo_bpm = None if number % 5 == 0 else 40.0 + number % 80
    source = TempoSource.NONE if tempo_bpm is None else TempoSource.ESTIMATE
    return Track(track_id=f"{number}", title=f"Piece {number}", duration_s=200.0, tempo_bpm=tempo_bpm, tempo_source=source)


def test_a_list_with_all_beats_as_json_needs(benchmark, collection):
    _, catalogue = collection
    assert len(benchmark(lambda: listing_music.facts(catalogue))) == FILES


def test_keeping_a_piece(benchmark, collection):
    _, catalogue = collection
    heard = piece(beats_s=tuple((np.arange(400) * 0.9).tolist()))
    benchmark(lambda: catalogue.keep_piece("f" * 32, dataclasses.replace(heard)))


@pytest.mark.parametrize("suffix", ["flac", "ogg", "mp3", "wav"])
def test_recognising_a_piece_of_four_minutes(benchmark, tmp_path, suffix):
    path, chance = tmp_path / f"a.{suffix}", np.random.default_rng(0)
    with soundfile.SoundFile(path, "w", 44_100, 2) as file:
        for _ in range(240):
            file.write(0.1 * chance.standard_normal((44_100, 2)))
    benchmark.extra_info["MB"] = path.stat().st_size / 1e6
    assert len(benchmark(lambda: content_id(path))) == 32

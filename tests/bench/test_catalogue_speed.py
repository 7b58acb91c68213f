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

from relaxlisten import listing_music
from relaxlisten.music.audio_bytes import content_id
from relaxlisten.music.catalogue import Catalogue, state_of
from relaxlisten.music.sidecar import Sidecar
from relaxlisten.music.tags import Tags
from relaxlisten.scanning import Scan
from relaxlisten.terms import Pulse
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
        facts = {"loudness_lufs": -30.0 + number % 17, "centroid_hz": 300.0 + number % 900}
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
    assert len(benchmark(lambda: catalogue.files(with_beats=False))) == FILES


def test_a_list_chosen_by_tempo_and_sorted_by_arousal(benchmark, collection):
    _, catalogue = collection

    def choose():
        found = listing_music.facts(catalogue, with_beats=False)
        return listing_music.select(found, Pulse.PULSED, 55.0, 65.0, "arousal")

    assert len(benchmark(choose)) > 100
    if sys.platform == "linux":
        benchmark.extra_info["most_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_a_list_with_all_beats_as_json_needs(benchmark, collection):
    _, catalogue = collection
    assert len(benchmark(lambda: listing_music.facts(catalogue, with_beats=True))) == FILES


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

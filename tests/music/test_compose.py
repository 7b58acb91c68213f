from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import fft

from relaxlisten.errors import UsageError
from relaxlisten.music.compose import builtin_tracks, open_piece
from relaxlisten.music.pieces import PIECES
from relaxlisten.terms import TempoSource
from tests.bench.builtin.measures import largest_rise_db, most_alike, onsets_per_s, true_peak_dbtp
from tests.music.making import energy_rises

RATE = 44100
TRACKS = builtin_tracks()
PULSED = [track for track in TRACKS if track.tempo_bpm is not None]
NAMES = [track.track_id for track in TRACKS]
LONGEST = 10**9


@lru_cache(maxsize=3)  # a piece takes 90 MB; the fixtures group the tests by piece
def whole(name: str):
    return open_piece(name, RATE, 1).read(LONGEST)


@pytest.fixture(scope="module", params=TRACKS, ids=NAMES)
def track(request):
    return request.param


@pytest.fixture(scope="module", params=PULSED, ids=[track.track_id for track in PULSED])
def pulsed(request):
    return request.param


def test_twelve_pieces_from_48_to_84_and_two_without_a_pulse():
    assert len(set(NAMES)) == len(NAMES) == 12
    tempi = [track.tempo_bpm for track in PULSED]
    assert tempi == sorted(tempi)
    assert (min(tempi), max(tempi)) == (48.0, 84.0)
    assert [track.tempo_source for track in TRACKS if track.tempo_bpm is None] == [TempoSource.NONE] * 2


def test_a_stretch_of_eight_percent_reaches_every_tempo_between_the_pieces():
    tempi = sorted(track.tempo_bpm for track in PULSED)
    assert all(slower * 1.08 >= faster * 0.92 for slower, faster in pairwise(tempi))


def test_lasts_as_long_as_it_says(track):
    assert len(whole(track.track_id)) == round(track.duration_s * RATE)
    assert 180.0 <= track.duration_s <= 300.0


def test_measured_tempo_is_the_declared_one_to_a_hundredth(pulsed):
    # Onsets of the whole piece folded at each tempo: only the right one lets those of four minutes fall into one bin of 15 ms.
    step = 147
    rises = energy_rises(whole(pulsed.track_id).mean(axis=1), step)
    largest = np.flatnonzero(rises > np.quantile(rises, 0.9))
    rises, times_s = rises[largest], largest * step / RATE
    tempi_bpm = np.arange(
        pulsed.tempo_bpm * 0.93, pulsed.tempo_bpm * 1.07, 0.005
    )  # all between this and a neighbour in the metre
    highest = []
    for tempo_bpm in tempi_bpm:
        bins = int(60.0 / tempo_bpm / 0.015)
        folded = np.bincount((times_s * (tempo_bpm / 60.0) % 1.0 * bins).astype(int), rises, bins)
        highest.append((folded + np.roll(folded, 1)).max() * bins)
    assert tempi_bpm[np.argmax(highest)] == pytest.approx(pulsed.tempo_bpm, abs=0.0101)


def test_beats_lie_where_the_track_says(pulsed):
    step = 147
    rises = energy_rises(whole(pulsed.track_id).mean(axis=1), step)
    period_s = 60.0 / pulsed.tempo_bpm
    times_s = np.arange(rises.size) * step / RATE
    phase_s = (times_s - pulsed.first_beat_s + 0.5 * period_s) % period_s - 0.5 * period_s
    bins = np.arange(-0.5 * period_s, 0.5 * period_s, 0.01)
    sums = np.histogram(phase_s, bins, weights=rises)[0]
    assert bins[np.argmax(sums)] + 0.005 == pytest.approx(0.0, abs=0.02)


def test_is_as_loud_as_all_others(track):
    loudness = pyloudnorm.Meter(RATE).integrated_loudness(whole(track.track_id).astype(np.float64))
    assert loudness + track.gain_db == pytest.approx(-23.0, abs=1.0)


def test_leaves_headroom_and_has_no_offset(track):
    sound = whole(track.track_id)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert 0.2 < np.abs(sound).max() <= 10 ** (-5 / 20)
    assert abs(sound.mean()) < 1e-4


def test_has_no_clicks(track):
    # A jump of the waveform by s is a second difference of s, a tone of 2 kHz only one of 8 % of its amplitude.
    sound = whole(track.track_id)
    blocks = len(sound) // 441 - 1
    bend = np.abs(np.diff(sound, n=2, axis=0))[: blocks * 441].reshape(blocks, -1).max(axis=1)
    peak = np.abs(sound)[: blocks * 441].reshape(blocks, -1).max(axis=1)
    around = np.max([np.roll(peak, shift) for shift in (-1, 0, 1)], axis=0)
    rain = track.tempo_bpm is None  # whose noise reaches higher
    assert (bend / (around + 0.01)).max() < (0.35 if rain else 0.15)


def test_is_dark_and_wide_and_free_of_rumble(track):
    sound = whole(track.track_id)
    size = fft.next_fast_len(len(sound), real=True)
    power = np.abs(fft.rfft(sound.sum(axis=1, dtype=np.float64), size)) ** 2
    frequencies = fft.rfftfreq(size, 1 / RATE)
    assert power[frequencies > 6000].sum() < 0.01 * power.sum()
    assert power[frequencies < 45].sum() < 1e-3 * power.sum()
    assert 0.2 < np.corrcoef(sound.T)[0, 1] < 0.95


def test_begins_and_ends_in_silence(track):
    sound = whole(track.track_id)
    assert np.abs(sound[:100]).max() < 1e-3
    assert np.abs(sound[-200:]).max() < 1e-4


def test_reading_in_any_sizes_gives_the_very_same_sound(track):
    source = open_piece(track.track_id, RATE, 1)
    parts = [source.read(size) for size in (1, 7, 333, 8191, 8192, 8193, 20000, 2048, 100_000)]
    together = np.concatenate(parts)
    assert np.array_equal(together, whole(track.track_id)[: len(together)])


@settings(deadline=None, max_examples=3)
@given(place=st.floats(0.0, 1.0))
def test_after_a_seek_it_sounds_as_if_played_from_the_start(track, place):
    name = track.track_id
    frame = int(place * len(whole(name)))
    source = open_piece(name, RATE, 1)
    source.read(5000)
    source.seek(frame)
    heard = source.read(6000)
    assert np.array_equal(heard, whole(name)[frame : frame + 6000])


def test_a_seek_backwards_and_past_the_end():
    source = open_piece("slow-keys", RATE, 1)
    source.seek(LONGEST)
    assert source.read(100).shape == (0, 2)
    source.seek(-5)
    assert np.array_equal(source.read(3000), whole("builtin:slow-keys")[:3000])


def test_one_seed_is_one_music_and_another_seed_another():
    first, again, other = (open_piece("harp-arpeggios", RATE, seed).read(RATE * 60) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert np.abs(first - other).max() > 0.01


@pytest.mark.parametrize("rate_hz", [22050, 48000, 96000])
def test_sounds_alike_at_every_rate(rate_hz, track):
    start_s, length_s = 60, 20
    source = open_piece(track.track_id, rate_hz, 1)
    source.seek(start_s * rate_hz)
    there = source.read(length_s * rate_hz).astype(np.float64)
    here = whole(track.track_id)[start_s * RATE : (start_s + length_s) * RATE].astype(np.float64)
    levels = [pyloudnorm.Meter(rate).integrated_loudness(sound) for rate, sound in ((rate_hz, there), (RATE, here))]
    assert levels[0] == pytest.approx(levels[1], abs=0.5)


def test_a_piece_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(UsageError, match=r"slow-keyz.*slow-keys"):
        open_piece("slow-keyz", RATE, 1)


def test_a_closed_piece_has_let_go_of_its_notes_and_can_still_be_read():
    source = open_piece("lullaby", RATE, 1)
    source.read(9000)
    source.close()
    source.seek(0)
    assert np.array_equal(source.read(9000), whole("builtin:lullaby")[:9000])


def test_nothing_startles(track):
    # No 0.4 s come out by more than 12 dB (mp to mf) over the 3.2 s before them, once the piece has begun.
    assert largest_rise_db(whole(track.track_id).mean(axis=1).astype(np.float64)) < 12.0


def test_is_no_loop(track):
    # Two tellings of a theme over the same chords come to about 0.9, a loop to 1.
    assert most_alike(whole(track.track_id).mean(axis=1).astype(np.float64)) < 0.95


def test_onsets_are_few(track):
    assert onsets_per_s(PIECES[track.track_id.removeprefix("builtin:")]) < 2.5


def test_a_true_peak_stays_below_minus_three(track):
    assert true_peak_dbtp(whole(track.track_id)) < -3.0

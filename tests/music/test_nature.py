from __future__ import annotations

import numpy as np
import pyloudnorm
import pytest

from relaxlisten.music.nature import BED_LUFS, NatureBed, NaturePiece, nature_tracks
from relaxlisten.terms import Bed


def bed(kind: Bed, rate_hz: int = 44_100) -> NatureBed:
    made = NatureBed(rate_hz, seed=1)
    made.turn_to(kind)
    return made


@pytest.mark.parametrize("kind", list(Bed))
@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_a_bed_lies_fifteen_loudness_units_under_the_music(kind: Bed, rate_hz: int) -> None:
    sound = bed(kind, rate_hz).read(120 * rate_hz)
    assert pyloudnorm.Meter(rate_hz).integrated_loudness(sound.astype(np.float64)) == pytest.approx(BED_LUFS, abs=0.5)


@pytest.mark.parametrize("kind", list(Bed))
def test_how_many_frames_are_asked_for_changes_nothing(kind: Bed) -> None:
    one, many = bed(kind), bed(kind)
    parts = [many.read(frames) for frames in (1, 4095, 512, 9000)]
    assert np.array_equal(np.concatenate(parts), one.read(1 + 4095 + 512 + 9000))


def test_waves_come_and_go_and_rain_does_not() -> None:
    def levels_db(kind: Bed) -> np.ndarray:
        seconds = bed(kind).read(60 * 44_100).reshape(60, -1)
        return 10.0 * np.log10((seconds**2).mean(axis=1))

    assert np.ptp(levels_db(Bed.RAIN)) < 2.0
    assert np.ptp(levels_db(Bed.WAVES)) > 10.0


@pytest.mark.parametrize("kind", list(Bed))
def test_nothing_clicks_where_blocks_meet(kind: Bed) -> None:
    steps = np.abs(np.diff(bed(kind).read(20 * 44_100)[:, 0], 2))
    at_seams = steps[4095 : len(steps) : 4096]
    assert at_seams.max() < steps.max()


def test_a_sound_of_nature_is_a_piece_that_plays_for_an_hour_and_then_ends() -> None:
    [track] = nature_tracks()
    piece = NaturePiece(Bed.RAIN, 8000, seed=1)
    assert piece.read(4000).shape == (4000, 2)
    piece.seek(int(track.duration_s * 8000) - 100)
    assert [len(piece.read(4000)) for _ in range(2)] == [100, 0]

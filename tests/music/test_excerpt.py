from __future__ import annotations

import numpy as np
import pytest

from relaxlisten.music.excerpt import excerpt_span_s, heard_spans_s, read_excerpt, read_whole


@pytest.mark.parametrize(
    ("duration_s", "span_s"), [(0.0, (0.0, 0.0)), (60.0, (0.0, 60.0)), (90.0, (0.0, 90.0)), (275.0, (100.0, 75.0))]
)
def test_short_pieces_are_heard_whole_and_long_ones_in_the_middle(duration_s, span_s):
    assert excerpt_span_s(duration_s) == span_s


class Ramp:
    """An audio source whose samples are their own frame numbers."""

    rate_hz = 100
    most = 64  # frames in one read
    closed = False

    def __init__(self, frames):
        self.at, self.frames = 0, frames

    def read(self, frames):
        part = np.arange(self.at, min(self.at + min(frames, self.most), self.frames), dtype=np.float32)
        self.at += len(part)
        return np.stack([part, part], axis=1)

    def seek(self, frame):
        self.at = frame

    def close(self):
        self.closed = True


def test_an_excerpt_is_read_from_the_middle_in_small_reads():
    source = Ramp(27_500)
    found = read_excerpt(source, 275.0)
    assert found.start_s == 100.0
    assert found.samples[0, 0] == 10_000
    assert len(found.samples) == 7_500
    assert source.closed


def test_a_file_shorter_than_it_says_gives_what_it_has():
    assert len(read_excerpt(Ramp(2_000), 60.0).samples) == 2_000
    assert len(read_excerpt(Ramp(0), 60.0).samples) == 0


@pytest.mark.parametrize("duration_s", [10.0, 275.0, 1200.0, 1200.5, 10_800.0])
def test_loudness_is_taken_from_all_or_from_20_minutes_evenly_spread(duration_s):
    spans = heard_spans_s(duration_s)
    starts, lengths = np.array(spans).T
    assert lengths.sum() == pytest.approx(min(duration_s, 1200.0))
    assert starts[0] == 0.0
    assert starts[-1] + lengths[-1] == pytest.approx(duration_s)
    assert np.allclose(np.diff(starts), np.diff(starts)[:1])
    middle_start, middle_length = spans[len(spans) // 2]
    excerpt_start, excerpt_length = excerpt_span_s(duration_s)
    assert middle_start <= excerpt_start
    assert excerpt_start + excerpt_length <= middle_start + middle_length


class FastRamp(Ramp):
    rate_hz = 4000
    most = 50_000


@pytest.mark.parametrize("duration_s", [60.0, 275.0, 3000.0])
def test_whoever_hears_the_whole_keeps_the_same_excerpt(duration_s):
    frames = round(duration_s * 4000)
    part, whole = read_excerpt(FastRamp(frames), duration_s), read_whole(FastRamp(frames), duration_s)
    assert np.array_equal(part.samples, whole.samples)
    assert part.start_s == whole.start_s
    assert part.loudness_lufs is None


class Noise(Ramp):
    """A long piece, its level that of its place."""

    rate_hz = 8000

    def read(self, frames):
        at = self.at
        self.at = min(self.at + frames, self.frames)
        level = 0.02 if at < self.frames // 2 else 0.2
        return level * np.random.default_rng(at).standard_normal((self.at - at, 2)).astype(np.float32)


def test_the_loudness_of_a_very_long_piece_is_that_of_all_its_length():
    source = Noise(7200 * 8000)
    loud = read_whole(source, 7200.0)
    steady = read_whole(Noise(60 * 8000), 60.0)
    assert source.closed
    # The quiet half lies 20 LU below the loud one and thus below the gate: what counts is the loud one alone.
    assert loud.loudness_lufs == pytest.approx(steady.loudness_lufs, abs=0.2)
    assert len(loud.samples) == 75 * 8000

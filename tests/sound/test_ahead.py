from __future__ import annotations

import threading

import numpy as np
import pytest

from relaxlisten.sound.ahead import AHEAD_S, Ahead, AtOnce
from relaxlisten.sound.deck import Piece
from relaxlisten.sound.renderer import PATIENCE_S, Renderer
from tests.sound.making import RATE_HZ, ArraySource, plan, roughness, tone

SMOOTH = 0.25 * (2.0 * np.pi * 440.0 / RATE_HZ) ** 2


class SlowSource(ArraySource):
    """An array of which no more can be read than was let through."""

    def __init__(self, samples):
        super().__init__(samples)
        self.lock = threading.Condition()
        self.let_through = 0
        self.read_in_all = 0

    def read(self, frames):
        with self.lock:
            self.lock.wait_for(lambda: self.read_in_all < self.let_through, 5.0)
        block = super().read(frames)
        self.read_in_all += len(block)
        return block

    def let(self, frames):
        with self.lock:
            self.let_through = frames
            self.lock.notify_all()


def wait_until(condition):
    pause = threading.Event()
    for _ in range(500):
        if condition():
            return
        pause.wait(0.01)
    pytest.fail("waited in vain")


def test_a_piece_is_read_whole_and_in_order_in_whatever_portions():
    samples = tone(440.0, 25.0)
    ahead = Ahead(lambda: ArraySource(samples), 1.0, RATE_HZ)
    parts = []
    while len(part := ahead.read(777)):
        parts.append(part)
    assert np.array_equal(np.concatenate(parts), samples[RATE_HZ:])


def test_no_more_is_kept_than_forty_seconds_or_so():
    source = ArraySource(tone(440.0, 60.0))
    ahead = Ahead(lambda: source, 0.0, RATE_HZ)
    wait_until(lambda: source._at >= AHEAD_S * RATE_HZ)
    ahead.read(100)
    assert source._at < (AHEAD_S + 1.0) * RATE_HZ
    ahead.close()
    wait_until(lambda: source.closed)


class FailingSource(ArraySource):
    """A piece whose decoder fails after two seconds, with a fault of its own."""

    def read(self, frames):
        if self._at > 2 * RATE_HZ:
            raise RuntimeError("/home/anna/Music/secret.flac")
        return super().read(frames)


def test_a_decoder_that_fails_ends_the_piece_where_it_failed_and_says_so():
    told = []
    samples = tone(440.0, 10.0)
    ahead = Ahead(lambda: FailingSource(samples), 0.5, RATE_HZ, lambda fault, second: told.append((type(fault), second)))
    parts = []
    while len(part := ahead.read(5000)):
        parts.append(part)
    heard = np.concatenate(parts)
    assert np.array_equal(heard, samples[RATE_HZ // 2 :][: len(heard)])
    assert not ahead.failed
    ((kind, second),) = told
    assert kind is RuntimeError
    assert second == pytest.approx(0.5 + len(heard) / RATE_HZ)


def test_a_piece_that_cannot_be_opened_has_failed_and_holds_nothing():
    ahead = Ahead(lambda: None, 0.0, RATE_HZ)
    wait_until(lambda: ahead.failed)
    assert len(ahead.read(10)) == 0
    at_once = AtOnce(None, 0.0)
    assert at_once.failed
    assert len(at_once.read(10)) == 0


def test_a_disk_that_stalls_makes_the_piece_fade_and_come_back_where_it_was():
    source = SlowSource(tone(440.0, 60.0))
    ahead = Ahead(lambda: source, 0.0, RATE_HZ)
    player = Renderer(RATE_HZ, lambda _track, _start: Piece(source=ahead, grid=None))
    source.let(3 * RATE_HZ)
    wait_until(lambda: ahead.ready)
    player.apply(plan(fade_s=0.2))
    wait_until(lambda: source.read_in_all >= 3 * RATE_HZ)
    parts = [player.render(RATE_HZ) for _ in range(5)]
    held = player.position_at(4.5 * RATE_HZ)
    assert not held.audible
    assert 2.0 < held.source_s < 3.2
    assert not parts[-1].any()
    source.let(60 * RATE_HZ)
    wait_until(lambda: ahead.ready)
    parts.append(player.render(RATE_HZ))
    assert roughness(np.concatenate(parts)) < 2.0 * SMOOTH
    assert np.abs(parts[-1][RATE_HZ // 2 :]).max() == pytest.approx(0.25, rel=0.01)
    assert player.position_at(5.5 * RATE_HZ).source_s < held.source_s + 1.1
    ahead.close()


def test_a_piece_that_breaks_off_is_told_four_seconds_before_while_it_can_still_be_cross_faded():
    ahead = Ahead(lambda: ArraySource(tone(440.0, 12.0)), 0.0, RATE_HZ)
    wait_until(lambda: ahead.left_frames is not None)
    player = Renderer(RATE_HZ, lambda _track, _start: Piece(source=ahead, grid=None))
    player.apply(plan(fade_s=0.2))
    player.render(round(7.5 * RATE_HZ))
    assert player.refused_turn == 0
    player.render(RATE_HZ)
    assert player.refused_turn == 1
    assert ahead.left_frames > 3.0 * RATE_HZ


def test_a_piece_that_does_not_come_in_time_is_refused_while_the_one_before_goes_on():
    never = SlowSource(tone(330.0, 5.0))
    pieces = {"a": AtOnce(ArraySource(tone(440.0, 30.0)), 0.0), "b": Ahead(lambda: never, 0.0, RATE_HZ)}
    player = Renderer(RATE_HZ, lambda track_id, _start: Piece(source=pieces[track_id], grid=None))
    player.apply(plan("a", fade_s=0.1))
    player.render(RATE_HZ)
    player.apply(plan("b", turn=2, fade_s=1.0))
    sound = player.render(round((PATIENCE_S + 0.5) * RATE_HZ))
    assert player.refused_turn == 2
    assert np.abs(sound[-RATE_HZ:]).max() == pytest.approx(0.25, rel=0.01)
    never.let(RATE_HZ)

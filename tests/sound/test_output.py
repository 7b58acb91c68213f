import numpy as np
import pytest

from relaxlisten.sound.output import RING_FRAMES, Silence


def test_silence_takes_frames_at_the_pace_of_the_clock() -> None:
    silence = Silence(now_s=10.0)
    silence.write(np.zeros((RING_FRAMES, 2), np.float32))
    heard = silence.heard(10.1)
    assert heard.ear_frame == pytest.approx(4410, abs=1)
    assert heard.buffered_frames == RING_FRAMES - heard.ear_frame
    assert silence.heard(99.0).ear_frame == RING_FRAMES

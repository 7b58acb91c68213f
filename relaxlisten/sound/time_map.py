"""Which input frame belongs to which output frame, when the ratio changes on the way: its exact integral.

Decision: a ratio belongs to the input that it was given with, however long the stretcher holds that back. So a beat at input
frame p leaves at the integral of the ratio up to p, whatever the blocks and the delay, and nothing adds up over hours.
"""

from __future__ import annotations

import bisect
from typing import NamedTuple


class _Bend(NamedTuple):
    """From input_frame on, which leaves at output_frame, the ratio is time_ratio."""

    input_frame: float
    output_frame: float
    time_ratio: float


class TimeMap:
    """Straight pieces between the frames at which the ratio changed. Before frame 0 the first ratio holds."""

    def __init__(self) -> None:
        self._bends: list[_Bend] = []

    def turn(self, input_frame: int, time_ratio: float) -> None:
        """From this input frame on, the ratio is another; frames come in order."""
        if not self._bends:
            self._bends.append(_Bend(0.0, 0.0, time_ratio))
        elif time_ratio != self._bends[-1].time_ratio:
            self._bends.append(_Bend(float(input_frame), self.output_of(input_frame), time_ratio))

    def output_of(self, input_frame: float) -> float:
        """When an input frame is heard, in output frames."""
        bend = self._bends[max(bisect.bisect_right(self._bends, input_frame, key=lambda one: one.input_frame) - 1, 0)]
        return bend.output_frame + (input_frame - bend.input_frame) * bend.time_ratio

    def input_of(self, output_frame: float) -> float:
        """What is heard at an output frame, in input frames; 0 before anything was fed."""
        if not self._bends:
            return 0.0
        bend = self._bends[max(bisect.bisect_right(self._bends, output_frame, key=lambda one: one.output_frame) - 1, 0)]
        return bend.input_frame + (output_frame - bend.output_frame) / bend.time_ratio

    def forget(self, output_frame: float) -> None:
        """Nothing before this output frame will be asked for again."""
        while len(self._bends) > 1 and self._bends[1].output_frame < output_frame:
            del self._bends[0]

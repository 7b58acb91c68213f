"""Which frame is at the ear now, from what the sound system says of single frames.

Decision: the sound system is asked again and again when a certain frame reaches the ear; the median of its last answers counts,
because single ones are wrong where two blocks were taken between two looks. No answer is believed for longer than the card takes
frames without a stop: sound servers were seen to fill their buffers at once and then to wait for 1.3 s, so that the first answers
were wrong by as much. How the median moves over minutes is the drift of the card's clock against ours.
"""

from __future__ import annotations

import collections
import statistics

_ANSWERS = 9
_STOPPED_S = 0.3  # longer than any block that was seen (37 ms) and any look that was late
# Answers were within 0.4 ms of each other: over a minute that is 7 ppm, less than the drift of a good clock.
_TRUSTED_AFTER_S = 60.0


class EarClock:
    """Frames of one card, in order, and the moments at which they are heard. All times on the system's monotonic clock."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._first_frame = 0
        self._taken = 0
        self._taken_s: float | None = None
        self._leads_s: collections.deque[float] = collections.deque(maxlen=_ANSWERS)
        self._reference: tuple[float, float] | None = None  # a moment, and the lead then

    def restart(self, first_frame: int) -> None:
        """What was known no longer holds; first_frame will be the next to be heard, at a moment still unknown."""
        self._first_frame, self._taken_s, self._reference = first_frame, None, None
        self._leads_s.clear()

    def watch(self, now_s: float, taken: int) -> None:
        """Take note of how many frames the card has taken in all."""
        if taken != self._taken:
            if self._taken_s is not None and now_s - self._taken_s > _STOPPED_S:
                self.restart(self._taken)
            self._taken, self._taken_s = taken, now_s

    def place(self, frame: int, heard_s: float) -> None:
        """Take note that a frame is, or was, at the ear at heard_s."""
        self._leads_s.append(frame / self._rate_hz - heard_s)
        if self._reference is None and len(self._leads_s) == _ANSWERS:
            self._reference = (heard_s, self._lead_s())

    @property
    def certain(self) -> bool:
        """Whether enough answers are in for a good median."""
        return len(self._leads_s) == _ANSWERS

    def frame_at(self, now_s: float) -> float:
        """Index of the frame at the ear at now_s; none that the card has not taken, none before the first."""
        if not self._leads_s:
            return float(self._first_frame)
        frame = (self._lead_s() + now_s) * self._rate_hz
        return min(max(frame, float(self._first_frame)), float(max(self._taken, self._first_frame)))

    def drift_ppm(self, now_s: float) -> float | None:
        """How much faster the card's clock runs than ours; None until it was watched for a minute."""
        if self._reference is None or now_s - self._reference[0] < _TRUSTED_AFTER_S:
            return None
        since_s, lead_s = self._reference
        return (self._lead_s() - lead_s) / (now_s - since_s) * 1e6

    def _lead_s(self) -> float:
        return statistics.median(self._leads_s)

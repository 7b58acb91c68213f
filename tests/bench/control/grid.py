"""The tempo law against the whole range of plausible listeners, in the real pipeline on invented time.

Three promises are looked at in every session: the tempo stays within its limits, it turns round at most twice in any five
minutes, and it stays where it is while the signal is bad.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

from relaxlisten.control.protocol_file import parse_protocol
from relaxlisten.messages import Command, Physiology, PlaybackPlan, SoundState, TempoTarget, Tick, Track, TrackFound
from relaxlisten.pipeline import Pipeline
from relaxlisten.sound.silent import SilentSound
from relaxlisten.terms import CommandKind, TempoSource
from tests.bench.control.hearts import HeartSettings, SimpleHeart

GAINS = (-0.5, 0.0, 0.25, 0.5, 0.75, 1.0, 1.2)
DELAYS_S = (15.0, 30.0, 60.0, 90.0, 120.0, 180.0)
NOISES_BPM = (0.3, 1.0, 2.0, 4.0)
DROPOUTS = (0.0, 0.05, 0.3)
SEEDS = (1, 2, 3, 4, 5)
PROTOCOL = parse_protocol(Path("playlists/settle-20.toml").read_text(encoding="utf-8"), "settle-20.toml")
TRACKS = tuple(
    Track(
        track_id=f"t{tempo:g}", title=f"Piece at {tempo:g}", duration_s=170.0 + 5.0 * number, tempo_bpm=tempo,
        tempo_source=TempoSource.TAG,
    )
    for number, tempo in enumerate((50.0, 53.0, 56.0, 60.0, 63.0, 66.0, 70.0, 75.0, 80.0, 84.0))
)  # fmt: skip
TURN_BPM = 0.05  # a motion back by less than this is the rounding of a figure, not a turn
WINDOW_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One session of the grid, and what came of it. turns_s: when the delivered tempo turned round within a piece.

    path: (time_s, heart_bpm or None, tempo_bpm or None, target or None) for each second.
    """

    settings: HeartSettings
    seed: int
    most_stretch: float
    fastest_percent_per_beat: float
    turns_s: tuple[float, ...]
    most_turns: int
    moved_in_the_dark_bpm: float
    let_go: bool
    lowest_goal_bpm: float
    path: tuple[tuple[float, float | None, float | None], ...] = ()


def grid(seeds: tuple[int, ...] = SEEDS) -> list[tuple[HeartSettings, int]]:
    """All listeners; every third one is startled once."""
    listeners = []
    product = itertools.product(GAINS, DELAYS_S, NOISES_BPM, DROPOUTS, seeds)
    for number, (gain, delay_s, noise_bpm, dropout, seed) in enumerate(product):
        settings = HeartSettings(
            gain=gain, delay_s=delay_s, noise_bpm=noise_bpm, dropout_share=dropout,
            jump_bpm=12.0 if number % 3 == 0 else 0.0, resting_bpm=62.0 + 7.0 * (number % 4),
        )  # fmt: skip
        listeners.append((settings, seed))
    return listeners


class _Meter:
    """Keeps the promises in view, second by second."""

    def __init__(self) -> None:
        self.most_stretch = self.fastest = self.dark_bpm = 0.0
        self.turns_s: list[float] = []
        self.let_go = False
        self.lowest_bpm = 999.0
        self.path: list[tuple[float, float | None, float | None]] = []
        self.tempo_bpm: float | None = None
        self._before: tuple[int, float] | None = None
        self._direction = 0
        self._own = {track.track_id: float(track.tempo_bpm or 0.0) for track in TRACKS}

    def plan(self, plan: PlaybackPlan, heart: Physiology) -> None:
        """Every plan is seen, the first of a piece too, so that no motion is missed between two pieces."""
        own_bpm = self._own.get(plan.track_id or "")
        if own_bpm is None:
            self._before = self.tempo_bpm = None
            return
        self.tempo_bpm = own_bpm / plan.time_ratio
        self.most_stretch = max(self.most_stretch, abs(self.tempo_bpm / own_bpm - 1.0))
        if self._before is not None and self._before[0] == plan.turn:
            self._moved(plan.time_s, self.tempo_bpm - self._before[1], self.tempo_bpm, heart)
        self._before = (plan.turn, self.tempo_bpm)

    def _moved(self, time_s: float, moved_bpm: float, tempo_bpm: float, heart: Physiology) -> None:
        self.fastest = max(self.fastest, 100.0 * abs(moved_bpm) / tempo_bpm / (tempo_bpm / 60.0))
        trustworthy = heart.valid_fraction >= 0.6 and (heart.last_beat_age_s or 0.0) <= 10.0
        self.dark_bpm += 0.0 if trustworthy else abs(moved_bpm)
        direction = (moved_bpm > 1e-9) - (moved_bpm < -1e-9)
        if direction and self._direction and direction != self._direction:
            self.turns_s.append(time_s)
        self._direction = direction or self._direction


def run(settings: HeartSettings, seed: int, *, keep_path: bool = False) -> Trial:
    """One session."""
    heart, sound, meter = SimpleHeart(settings, seed), SilentSound(), _Meter()
    pipeline = Pipeline(PROTOCOL, seed=seed, volume=0.8, hearing=heart)
    for track in TRACKS:
        sound.add_track(track, None)
        pipeline.feed(TrackFound(time_s=0.0, track=track))
    started = pipeline.feed(Command(time_s=0.5, what=CommandKind.START))
    for second in range(1, 1201):
        events = started
        for state in sound.poll(float(second)):
            if isinstance(state, SoundState):
                heart.hears(state.tempo_bpm)
                events = [*events, *pipeline.feed(state)]
        events = [*events, *pipeline.feed(Tick(time_s=float(second)))]
        started = []
        physiology = next(event for event in events if isinstance(event, Physiology))
        for event in events:
            if isinstance(event, PlaybackPlan):
                sound.apply(event)
                meter.plan(event, physiology)
            if isinstance(event, TempoTarget):
                meter.let_go = meter.let_go or "does not follow the tempo" in event.reason
                meter.lowest_bpm = min(meter.lowest_bpm, event.tempo_bpm or 999.0)
        meter.path.append((float(second), physiology.heart_rate_bpm, meter.tempo_bpm))
    return Trial(
        settings=settings,
        seed=seed,
        most_stretch=meter.most_stretch,
        fastest_percent_per_beat=meter.fastest,
        turns_s=tuple(meter.turns_s),
        most_turns=most_in_window(meter.turns_s),
        moved_in_the_dark_bpm=meter.dark_bpm,
        let_go=meter.let_go,
        lowest_goal_bpm=meter.lowest_bpm,
        path=tuple(meter.path) if keep_path else (),
    )


def most_in_window(turns_s: list[float]) -> int:
    """The most turns in any five minutes."""
    return max((sum(start_s <= turn_s < start_s + WINDOW_S for turn_s in turns_s) for start_s in turns_s), default=0)

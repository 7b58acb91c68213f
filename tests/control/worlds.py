"""A listener in a few lines, for the learner alone: what the last minute of each piece shows, without a pipeline."""

from __future__ import annotations

import dataclasses
import math
import random
from dataclasses import dataclass, field

from relaxlisten.control.memory import Memory, PastPiece
from relaxlisten.messages import PieceResponse, Track
from relaxlisten.terms import PhaseKind, TempoSource

PIECES, PER_SESSION = 24, 7


def tracks(seed: int) -> list[Track]:
    rng = random.Random(seed)
    return [
        Track(
            track_id=f"p{number:02d}", title=f"Piece {number}", duration_s=180.0, tempo_bpm=rng.uniform(48.0, 90.0),
            tempo_source=TempoSource.TAG, arousal=rng.gauss(0.0, 1.0),
        )
        for number in range(PIECES)
    ]  # fmt: skip


@dataclass(slots=True)
class World:
    """heart_sd_bpm, ln_sd: how much pieces differ in what they do. keeps: how much of what was there stays until a piece's
    end."""

    seed: int
    heart_sd_bpm: float = 2.0
    ln_sd: float = 0.15
    keeps: float = 0.2
    noise_bpm: float = 1.2
    noise_ln: float = 0.12
    tracks: list[Track] = field(init=False)
    heart: dict[str, float] = field(init=False)
    ln: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        rng = random.Random(self.seed)
        self.tracks = tracks(self.seed)
        common = {track.track_id: rng.gauss(0.0, 1.0) for track in self.tracks}
        self.heart = {name: self.heart_sd_bpm * value for name, value in common.items()}
        self.ln = {name: -self.ln_sd * (0.8 * value + 0.6 * rng.gauss(0.0, 1.0)) for name, value in common.items()}

    def session(self, memory: Memory, choose: object, number: int) -> tuple[Memory, list[str]]:
        """Seven pieces; choose(memory, played, tracks) gives the next."""
        rng = random.Random(f"{self.seed} {number}")
        heart, ln = 0.0, 0.0
        today_bpm, hour = rng.gauss(0.0, 0.8), rng.uniform(8.0, 22.0)
        played: list[str] = []
        now = memory
        for index in range(PER_SESSION):
            piece = choose(now, played, self.tracks)  # type: ignore[operator]  # a function
            played.append(piece)
            elapsed_s = 150.0 + 180.0 * (index + 1)
            drift_bpm = -3.0 * (1.0 - math.exp(-elapsed_s / 400.0)) + today_bpm
            start, start_ln = heart, ln
            heart = self.keeps * heart + (1.0 - self.keeps) * (drift_bpm + self.heart[piece]) + rng.gauss(0.0, self.noise_bpm)
            ln = self.keeps * ln + (1.0 - self.keeps) * (0.2 + self.ln[piece]) + rng.gauss(0.0, self.noise_ln)
            response = PieceResponse(
                time_s=elapsed_s, track_id=piece, phase=PhaseKind.LEAD if 2 <= index < 5 else PhaseKind.SETTLE, heard_s=180.0,
                elapsed_s=elapsed_s, start_heart_bpm=start, end_heart_bpm=heart, start_ln_rmssd=start_ln, end_ln_rmssd=ln,
                tempo_gap=rng.gauss(0.0, 0.05), clear=1.0,
            )  # fmt: skip
            past = PastPiece(session=memory.sessions, hour=hour, response=response)
            now = dataclasses.replace(now, pieces=(*now.pieces, past))
        return dataclasses.replace(now, sessions=memory.sessions + 1), played

    def worth(self, piece: str) -> float:
        """In the units that pieces are chosen by."""
        return 0.5 * (self.ln[piece] / 0.2 - self.heart[piece] / 3.0)


def fresh(played: list[str], pieces: list[Track]) -> list[str]:
    """All but the last four."""
    return [track.track_id for track in pieces if track.track_id not in played[-4:]]


def best(worth: dict[str, float], played: list[str], pieces: list[Track]) -> str:
    return max(fresh(played, pieces), key=lambda name: (worth[name], name))

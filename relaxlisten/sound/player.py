"""All of the sound but the card: renderer, opened pieces, the file that keeps what was heard, and what is at the ear.

Decision: live and offline sessions share this one; they differ only in who asks for frames and when.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from relaxlisten.crash_report import pointer, write_report
from relaxlisten.errors import RelaxListenError
from relaxlisten.messages import Notice, SoundState
from relaxlisten.music.beat_grid import beat_grid
from relaxlisten.music.tempo_map import local_bpm
from relaxlisten.sound.ahead import Ahead, AtOnce
from relaxlisten.sound.deck import Piece
from relaxlisten.sound.renderer import Renderer
from relaxlisten.terms import Bed, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from relaxlisten.messages import PlaybackPlan, Track
    from relaxlisten.music.beat_grid import BeatGrid
    from relaxlisten.ports import AudioSource
    from relaxlisten.sound.encode import SoundWriter
    from relaxlisten.units import AudioArray

BUILTIN, NATURE = "builtin:", "nature:"


class Player:
    """Plans in, frames out, and a word on what is heard. in_time: frames are asked for by a clock, so pieces are read ahead."""

    def __init__(self, rate_hz: int, seed: int, render_path: Path | None, *, in_time: bool) -> None:
        self.rate_hz = rate_hz
        self._seed = seed
        self._tracks: dict[str, tuple[Track, Path | None]] = {}
        self._in_time = in_time
        self._renderer = Renderer(rate_hz, self._prepare, seed)
        self._troubles: list[tuple[Severity, str, str]] = []
        self._told_waiting: str | None = None
        self._render_path = render_path
        self._writer = self._create(render_path) if render_path else None

    def add_track(self, track: Track, path: Path | None) -> None:
        """Make a piece playable."""
        self._tracks[track.track_id] = (track, path)

    def apply(self, plan: PlaybackPlan) -> None:
        """Follow a plan."""
        self._renderer.apply(plan)

    def render(self, frames: int) -> AudioArray:
        """The next frames, shape (frames, 2); kept in the file too."""
        sound = self._renderer.render(frames)
        if self._writer is not None:
            try:
                self._writer.write(sound)
            except OSError as fault:
                self._give_up_file(fault)
        return sound

    def fade_out(self, fade_s: float) -> float:
        """Let all fade; gives the seconds that it takes."""
        return self._renderer.fade_out(fade_s)

    def state(
        self, time_s: float, ear_frame: float, *, buffered_frames: int, breaks: int, underflow_frames: int,
        card_drift_ppm: float | None = None,
    ) -> SoundState:  # fmt: skip
        """What is at the ear at time_s, where ear_frame is at the ear then."""
        heard = self._renderer.position_at(ear_frame)
        track = self._tracks[heard.track_id][0] if heard and heard.track_id else None
        grid = beat_grid(track) if track and heard and heard.audible else None
        own_bpm = local_bpm(track, heard.source_s) if track and grid and heard else None
        beat, bar = _beat_and_bar(grid, heard.source_s) if grid and heard else (None, None)
        return SoundState(
            time_s=time_s,
            dac_time_s=time_s,
            track_id=track.track_id if track else None,
            source_s=heard.source_s if heard else 0.0,
            time_ratio=heard.time_ratio if heard else 1.0,
            tempo_bpm=own_bpm / heard.time_ratio if own_bpm and heard else None,
            beat_index=beat,
            bar_index=bar,
            audible=bool(heard and heard.audible),
            buffered_s=buffered_frames / self.rate_hz,
            breaks=breaks,
            underflow_frames=underflow_frames,
            turn=heard.turn if heard else 0,
            refused_turn=self._renderer.refused_turn,
            card_drift_ppm=card_drift_ppm,
        )

    def notices(self, time_s: float) -> list[Notice]:
        """What went wrong since the last call."""
        self._tell_waiting()
        told = [Notice(time_s=time_s, severity=severity, code=code, text=text) for severity, code, text in self._troubles]
        self._troubles.clear()
        return told

    def close(self) -> None:
        """Finish the file and free the pieces."""
        self._renderer.close()
        if self._writer is not None:
            try:
                self._writer.close()
            except OSError as fault:
                self._give_up_file(fault)

    def _prepare(self, track_id: str, start_s: float) -> Piece:
        grid = beat_grid(self._tracks[track_id][0])
        if self._in_time:
            ahead = Ahead(lambda: self._open(track_id), start_s, self.rate_hz, lambda *why: self._tell_fault(track_id, *why))
            return Piece(source=ahead, grid=grid)
        return Piece(source=AtOnce(self._open(track_id), start_s), grid=grid)

    def _open(self, track_id: str) -> AudioSource | None:
        _, path = self._tracks[track_id]
        try:
            if path is None and track_id.startswith(NATURE):
                from relaxlisten.music.nature import NaturePiece

                return NaturePiece(Bed(track_id.removeprefix(NATURE)), self.rate_hz, self._seed)
            if path is None:
                from relaxlisten.music.compose import open_piece

                return open_piece(track_id.removeprefix(BUILTIN), self.rate_hz, self._seed)
            from relaxlisten.sound.decode import open_file

            return open_file(path, self.rate_hz, lambda second: self._tell_break(path, second))
        except RelaxListenError as fault:
            text = f"{fault} The next piece follows."
            self._troubles.append((Severity.WARNING, "piece_not_played", text))
            return None

    def _tell_fault(self, track_id: str, fault: Exception, second: float) -> None:
        report = pointer(write_report(fault, "the decoder"))
        title = self._tracks[track_id][0].title
        text = f"{title} breaks off after {second:.0f} s, because its decoder failed; the next piece follows. {report}"
        self._troubles.append((Severity.WARNING, "piece_broke_off", text))

    def _tell_waiting(self) -> None:
        """Once for each time that a piece is kept waiting."""
        waiting = self._renderer.kept_waiting
        if waiting is not None and waiting != self._told_waiting:
            title = self._tracks[waiting][0].title
            text = (
                f"The folder of {title} does not answer, so that the music has to wait: it goes on by itself as soon as it "
                "answers; look after the disk or the network."
            )
            self._troubles.append((Severity.WARNING, "music_waits", text))
        self._told_waiting = waiting

    def _tell_break(self, path: Path, second: float) -> None:
        text = f"{path.name} breaks off after {second:.0f} s, perhaps it was not copied whole; the next piece follows."
        self._troubles.append((Severity.WARNING, "piece_broke_off", text))

    def _create(self, path: Path) -> SoundWriter | None:
        from relaxlisten.sound.encode import create_sound_file

        try:
            return create_sound_file(path, self.rate_hz)
        except OSError as fault:
            self._give_up_file(fault)
            return None

    def _give_up_file(self, fault: OSError) -> None:
        self._writer = None
        text = f"{self._render_path} cannot be written any further ({fault}): the session goes on, the file ends here."
        self._troubles.append((Severity.ERROR, "render_stopped", text))


def _beat_and_bar(grid: BeatGrid, source_s: float) -> tuple[int, int]:
    return max(grid.index(source_s), -1), max(grid.bar_and_beat(source_s)[0], -1)


def frames_until(time_s: float, rate_hz: int) -> int:
    """How many whole frames have passed at time_s."""
    return math.floor(time_s * rate_hz + 1e-6)

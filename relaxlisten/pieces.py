"""The pieces of a session, composed: what is wished of the next one, which it is, and what the heart did with the last.

Decision: the pipeline asks for a piece and tells what is heard; how wishes are made of heart, law and protocol, and how what
was heard becomes something learned, is here and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relaxlisten.control import avoiding, episodes
from relaxlisten.control import playback as sounding
from relaxlisten.control.arms import ARMS
from relaxlisten.control.care import clear_heart_bpm
from relaxlisten.control.choose import Chosen, Wish
from relaxlisten.control.episodes import Baseline, Episode, Second
from relaxlisten.control.repertoire import Repertoire
from relaxlisten.messages import Decision, Notice, TrackChoice
from relaxlisten.music.beat_grid import beat_grid
from relaxlisten.music.tempo_map import local_bpm
from relaxlisten.terms import DecisionKind, PhaseKind, Severity

if TYPE_CHECKING:
    from relaxlisten.control.limits import Limits
    from relaxlisten.control.playback import Playback
    from relaxlisten.control.protocol import Phase, Protocol
    from relaxlisten.control.setup import ControlSetup
    from relaxlisten.control.stances import Heart, PolicyState
    from relaxlisten.messages import Physiology, PieceResponse, Track

BASELINE_WITHOUT_PHASE_S = 60.0


class Pieces:
    """The session's repertoire, and the episode that is heard."""

    def __init__(self, protocol: Protocol, setup: ControlSetup, *, seed: int) -> None:
        self._protocol = protocol
        self._seed = seed
        self._avoid = setup.avoid
        self._avoided = False
        self._repertoire = Repertoire(ARMS[setup.arm], setup.memory, seed=seed, hour=setup.hour, told=setup.told)
        self._has_baseline = any(phase.kind is PhaseKind.BASELINE for phase in protocol.phases)
        self._baseline = Baseline()
        self._episode = Episode()
        self._started_s = 0.0

    def __bool__(self) -> bool:
        """Whether there is anything to play."""
        return bool(self._repertoire)

    def find(self, track: Track) -> None:
        """A piece is there from now on, unless it is to be avoided."""
        if avoiding.is_avoided(track, self._avoid):
            self._avoided = True
        else:
            self._repertoire.find(track)

    def missing(self, time_s: float) -> list[Notice]:
        """What is to be said where every piece that was found is to be avoided."""
        if self._repertoire or not self._avoided:
            return []
        return [Notice(time_s=time_s, severity=Severity.WARNING, code=avoiding.CODE, text=avoiding.TEXT)]

    def start(self, time_s: float) -> None:
        """The session begins."""
        self._started_s = time_s

    def hear(self, known: Physiology | None, heart: Heart, phase: Phase, time_s: float) -> None:
        """Another second of the session."""
        heart_bpm = clear_heart_bpm(heart)
        ln_rmssd = known.metrics.get("ln_rmssd") if known is not None and heart_bpm is not None else None
        second = Second(heart_bpm=heart_bpm, ln_rmssd=ln_rmssd)
        self._episode = episodes.hear(self._episode, second)
        early = not self._has_baseline and time_s - self._started_s <= BASELINE_WITHOUT_PHASE_S
        if phase.kind is PhaseKind.BASELINE or early:
            self._baseline = episodes.add_to_baseline(self._baseline, second)

    def next(
        self, playback: Playback, policy: PolicyState, heart: Heart, phase: Phase, time_s: float, *,
        by_hand: bool, own_tempo: bool,
    ) -> Chosen:  # fmt: skip
        """The next piece, and why it is this one."""
        heart_bpm = clear_heart_bpm(heart)
        baseline_bpm = self._baseline.known.heart_bpm
        wish = Wish(
            bpm=self._wish_bpm(playback, policy, heart, phase, time_s, by_hand=by_hand),
            phase=phase,
            rules=self._protocol.music,
            limits=self._protocol.limits,
            seed=self._seed,
            time_s=time_s,
            heard_bpm=playback.tempo_bpm,
            heart_bpm=heart_bpm,
            before=playback.track,
            let_go=policy.let_go or own_tempo,
            above_baseline=None if heart_bpm is None or baseline_bpm is None else heart_bpm > baseline_bpm,
        )
        return self._repertoire.next(playback.history, wish)

    def begun(self, chosen: Chosen, time_s: float) -> None:
        """The choice was carried out."""
        self._repertoire.begun(chosen)
        self._episode = episodes.begin(self._episode, chosen.track.track_id, time_s)

    def ended(self, phase: Phase, tempo_bpm: float | None, time_s: float) -> PieceResponse | None:
        """What the heart did with the piece that ends now; it is learned from at once."""
        answer = episodes.response(self._episode, self._baseline.known, phase.kind, tempo_bpm, self._started_s, time_s)
        self._episode = episodes.begin(self._episode, None, time_s)
        if answer is not None:
            self._repertoire.learn(answer)
        return answer

    def like(self, track_id: str) -> Track | None:
        """The piece of this name."""
        return self._repertoire.get(track_id)

    def donated(self, track: Track, time_s: float) -> Chosen:
        """A piece that was chosen in another session."""
        sentence = f"{track.title}: chosen in another session, which this one repeats."
        choice = TrackChoice(time_s=time_s, track_id=track.track_id, title=track.title, considered=1, reason=sentence)
        decision = Decision(time_s=time_s, kind=DecisionKind.PIECE, chosen=track.title, reason=sentence, inputs={"rule": "donor"})
        return Chosen(track=track, choice=choice, decision=decision)

    def _wish_bpm(
        self, playback: Playback, policy: PolicyState, heart: Heart, phase: Phase, time_s: float, *, by_hand: bool
    ) -> float | None:
        """The tempo wished of the next piece; the present one's where the last move was too short a time ago."""
        too_soon = time_s - playback.changed_s < self._protocol.music.least_between_moves_s and playback.track is not None
        if too_soon and not by_hand and playback.tempo_bpm is not None:
            return playback.tempo_bpm
        if phase.tempo_bpm:
            return phase.tempo_bpm
        return policy.goal_bpm if policy.goal_bpm is not None else heart.heart_rate_bpm


def beat_at(track: Track, source_s: float) -> float:
    """The beat of a piece at a source second, with its fraction; 0 without a pulse."""
    grid = beat_grid(track)
    return 0.0 if grid is None else grid.beat(source_s)


def followed(playback: Playback, time_s: float, limits: Limits, *, as_it_is: bool) -> Playback:
    """The playback that has taken note of the tempo that the piece itself has come to, where it keeps no even one."""
    track = playback.track
    if track is None or track.beat_path is None:
        return playback
    own_bpm = local_bpm(track, sounding.source_ahead_s(playback, time_s))
    return sounding.follow(playback, own_bpm, limits, as_it_is=as_it_is)

"""Simulated studies: seeded people, the real loop, and tables whose figures are known by hand."""

import statistics
import sys

import pytest

from relaxlisten.assembly import load_protocol
from relaxlisten.control.protocol import scaled_to
from relaxlisten.errors import RelaxListenError
from relaxlisten.simulation.listeners import PIECES, ListenerKind, library, listener
from relaxlisten.simulation.sessions import ORACLE, ArmResult, SessionResult, Task, run_task, session_seed
from relaxlisten.simulation.spread import on_dask, on_processes
from relaxlisten.simulation.tables import against, coverage, interval, regret
from relaxlisten.simulation.truth import true_worth

SHORT = scaled_to(load_protocol("study-20"), 6.0)


def task(arm: str, number: int = 0, *, fast: bool = True, sessions: int = 1) -> Task:
    return Task(number=number, arm=arm, sessions=sessions, seed=3, protocol=SHORT, fast=fast)


def test_a_population_is_the_same_for_the_same_seed_and_has_all_kinds() -> None:
    tracks = library(1)
    people = [listener(number, 1, tracks) for number in range(10)]
    assert people == [listener(number, 1, library(1)) for number in range(10)]
    kinds = [person.kind for person in people]
    assert {kind: kinds.count(kind) for kind in ListenerKind} == {
        ListenerKind.RESPONDER: 4, ListenerKind.NON_RESPONDER: 3, ListenerKind.PARADOXICAL: 1, ListenerKind.NOISY: 2,
    }  # fmt: skip


def test_time_constants_lie_between_15_and_180_seconds() -> None:
    tracks = library(1)
    delays_s = [listener(number, 1, tracks).person.follow_s for number in range(200)]
    assert min(delays_s) >= 15.0
    assert max(delays_s) <= 180.0
    assert max(delays_s) / min(delays_s) > 8.0


def test_pieces_differ_and_do_nothing_to_those_who_do_not_respond() -> None:
    tracks = library(1)
    assert len(tracks) == PIECES
    deaf = listener(4, 1, tracks)
    assert deaf.kind is ListenerKind.NON_RESPONDER
    assert all(effect.heart_bpm == 0.0 for effect in deaf.effects.values())
    answering = [effect.heart_bpm for effect in listener(0, 1, tracks).effects.values()]
    assert 1.0 < statistics.stdev(answering) < 4.0


def test_a_session_has_the_same_seed_in_every_arm_and_another_one_on_another_day() -> None:
    assert session_seed(task("adaptive"), 2) == session_seed(task("silence"), 2)
    assert session_seed(task("adaptive"), 2) != session_seed(task("adaptive"), 3)
    assert session_seed(task("adaptive", 1), 2) != session_seed(task("adaptive", 2), 2)


@pytest.mark.parametrize("fast", [True, False])
def test_a_session_runs_through_the_whole_loop_and_gives_its_figures(fast: bool) -> None:
    [result] = run_task(task("adaptive", fast=fast)).sessions
    assert result.heart_bpm is not None
    assert -15.0 < result.heart_bpm < 8.0
    assert result.settling is not None


def test_results_do_not_depend_on_the_number_of_processes() -> None:
    tasks = [task("unmodified"), task(ORACLE)]
    assert list(on_processes(tasks, 1)) == list(on_processes(tasks, 2))


def test_to_somebody_who_does_not_respond_all_arms_are_the_same() -> None:
    results = [run_task(task(arm, 4)).sessions[0] for arm in ("adaptive", "silence", "song-means")]
    rates = [result.heart_bpm for result in results if result.arm != "silence"]
    assert rates[0] == rates[1]


def test_the_better_piece_is_worth_more() -> None:
    tracks = library(1)
    person = listener(0, 1, tracks)
    worth = true_worth(person, tracks)
    lowest = min(person.effects, key=lambda name: person.effects[name].heart_bpm)
    highest = max(person.effects, key=lambda name: person.effects[name].heart_bpm)
    assert worth[lowest] > worth[highest]


def test_an_interval_is_student_s() -> None:
    found = interval([1.0, 2.0, 3.0])
    # sd 1, standard error 1/sqrt(3), t of 2 degrees of freedom 4.30
    assert (found.mean, found.high) == (2.0, pytest.approx(2.0 + 4.30 / 3**0.5))
    assert interval([1.0]).low == float("-inf")


def session(arm: str, listener_number: int, heart_bpm: float | None, ln_rmssd: float = 0.0) -> SessionResult:
    return SessionResult(listener=listener_number, kind="responder", arm=arm, session=1, heart_bpm=heart_bpm, ln_rmssd=ln_rmssd)


def test_arms_are_compared_within_listeners_and_who_lacks_one_is_left_out() -> None:
    results = [session("adaptive", 1, -5.0), session("fixed", 1, -2.0), session("adaptive", 2, -4.0), session("fixed", 2, -3.0)]
    results += [session("adaptive", 3, -40.0), session("fixed", 4, None)]
    found = against(results, "adaptive", "fixed", lambda one: one.heart_bpm, first=1, last=1)
    assert (found.mean, found.n) == (-2.0, 2)


def test_regret_is_what_is_missed_of_what_could_be_gained() -> None:
    results = []
    for number, more in ((1, 0.0), (2, 0.1)):
        results += [session("unmodified", number, 0.0), session("adaptive", number, -3.0), session(ORACLE, number, -4.0 - more)]
    # settling is half a unit per 3 bpm: 0.5 against 0.675 on average
    found = regret(results, first=1, last=1)
    assert found is not None
    assert found.mean == pytest.approx(1.0 - 3.0 / 4.05)
    assert (found.low, found.high) == (pytest.approx(1.0 - 3.0 / 4.0), pytest.approx(1.0 - 3.0 / 4.1))


def test_coverage_counts_over_all_people_and_each_outcome_by_itself() -> None:
    counts = ({"heart rate": (8, 10), "ln RMSSD": (2, 10)}, {"heart rate": (10, 10)}, {})
    arms = [ArmResult(sessions=(), intervals=one) for one in counts]
    found = coverage(arms, "heart rate")
    assert found is not None
    assert (found.mean, found.n) == (pytest.approx(0.9), 2)
    assert coverage(arms[2:], "heart rate") is None


def test_without_dask_a_scheduler_is_refused_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RelaxListenError, match=r"relaxlisten\[study\]"):
        list(on_dask([task("adaptive")], "tcp://127.0.0.1:1"))

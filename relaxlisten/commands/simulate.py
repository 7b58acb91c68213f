"""`relaxlisten simulate`: a study with simulated listeners, in the real pipeline, without waiting."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from relaxlisten.commands.study import read_arms
from relaxlisten.errors import RelaxListenError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.simulation.sessions import ArmResult, Task

RESULTS, SUMMARY = "results.jsonl", "summary.json"
DEFAULT_ARMS = "adaptive,unmodified,fixed,random-choice,slower-when-above,song-means,one-beat"


def add_to(app: typer.Typer) -> None:
    """Attach the command."""
    app.command(epilog="Example: relaxlisten simulate --listeners 200 --sessions 10 --seed 1 --out study")(simulate)


def simulate(
    listeners: Annotated[int, typer.Option(min=2, help="How many simulated people.")] = 20,
    sessions: Annotated[int, typer.Option(min=1, help="Sessions of each person in each arm.")] = 10,
    arms: Annotated[str, typer.Option(help="Which arms, with commas between.")] = DEFAULT_ARMS,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people, music and days.")] = 1,
    protocol: Annotated[str, typer.Option(help="The protocol of every session.")] = "study-20",
    oracle: Annotated[bool, typer.Option("--oracle/--no-oracle", help="Also an arm that knows the truth.")] = True,
    fast: Annotated[bool, typer.Option("--fast", help="Leave out strap and cleaning: five times as fast.")] = False,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0: one for each processor.")] = 0,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler, instead of local processes.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for results.jsonl and summary.json.")] = None,
) -> None:
    """Try arms on a population of simulated listeners, and print what came of it with confidence intervals."""
    from relaxlisten.assembly import load_protocol
    from relaxlisten.commands.listing_simulation import print_study, summary
    from relaxlisten.safe_files import replace_file
    from relaxlisten.simulation.sessions import ORACLE, Task

    names = read_arms(arms) + ([ORACLE] if oracle else [])
    plan = load_protocol(protocol)
    tasks = [
        Task(number=number, arm=arm, sessions=sessions, seed=seed, protocol=plan, fast=fast)
        for number in range(listeners)
        for arm in names
    ]
    results = _results(tasks, workers, scheduler, out)
    if out is not None:
        replace_file(out / SUMMARY, (json.dumps(summary(results, names), indent=1) + "\n").encode())
    print_study(results, names)


def _results(tasks: Sequence[Task], workers: int, scheduler: str | None, out: Path | None) -> list[ArmResult]:
    """All results; each is written as it comes, so that a study that is broken off keeps what was done."""
    from rich.progress import track

    from relaxlisten.simulation.spread import on_dask, on_processes

    done = on_processes(tasks, workers) if scheduler is None else on_dask(tasks, scheduler)
    results = []
    try:
        with _lines(out) as lines:
            for result in track(done, description="Simulating", total=len(tasks), transient=True):
                results.append(result)
                lines.write(json.dumps(dataclasses.asdict(result)) + "\n")
                lines.flush()
    except OSError as fault:
        message = f"The results cannot be written to {out} ({fault.strerror or fault}): choose another folder with --out."
        raise RelaxListenError(message) from fault
    return results


def _lines(out: Path | None) -> TextIO:
    if out is None:
        return io.StringIO()
    out.mkdir(parents=True, exist_ok=True)
    return (out / RESULTS).open("w", encoding="utf-8")

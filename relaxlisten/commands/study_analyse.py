"""`relaxlisten study analyse`: a folder of sessions as tables, figures and a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relaxlisten.errors import UsageError
from relaxlisten.terms import SensorKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.cohort.rules import Rules
    from relaxlisten.cohort.summary import Summary


def add_to(app: typer.Typer) -> None:
    """Attach the command."""
    app.command(epilog="Example: relaxlisten study analyse trial -o trial-results")(analyse)


def analyse(
    folder: Annotated[Path, typer.Argument(help="A study, or any folder with sessions below it.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for tables, page and all that was measured.")],
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler, instead of local processes.")] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0: one for each processor.")] = 0,
    parquet: Annotated[bool, typer.Option("--parquet", help="Write the tables as Parquet too.")] = False,
    clean: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of a session that clean beats must cover.")] = 0.8,
    run: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of its protocol that must have been run.")] = 0.8,
    minutes: Annotated[float, typer.Option(min=0.0, help="How long a session must have lasted.")] = 0.0,
    sensors: Annotated[str, typer.Option(help=f"Which count, of: {', '.join(SensorKind)}.")] = "ecg,optical,file",
) -> None:
    """Measure every session of a study, say which count and why not, and write tables for a mixed model and an overview."""
    from relaxlisten.cohort.analysis import EXCLUSIONS, OVERVIEW, PHASES, SESSIONS
    from relaxlisten.cohort.analysis import analyse as analyse_study
    from relaxlisten.cohort.parquet import check_parquet, write_parquet

    if not folder.is_dir():
        message = f"{folder} is no folder: name a study, or a folder with sessions below it."
        raise UsageError(message)
    rules = _rules(clean, run, minutes, sensors)
    if parquet:
        check_parquet()
    summary = _with_progress(lambda seen: analyse_study(folder, out, rules, workers=workers, scheduler=scheduler, seen=seen))
    tables = [write_parquet(out / name).name for name in (SESSIONS, PHASES)] if parquet else []
    typer.echo(f"{summary.sessions} sessions of {len(summary.participants)} participants; {summary.counted} count.")
    for why, count in summary.why.most_common():
        typer.echo(f"{count:8d} left out: {why}")
    if summary.simulated:
        typer.echo(f"The heart of {summary.simulated} sessions was simulated: they say nothing about people.")
    if summary.concealed:
        typer.echo("The study has not been opened: arms are called by their letters.")
    typer.echo(f"Wrote {', '.join([SESSIONS, PHASES, EXCLUSIONS, *tables, OVERVIEW])} to {out}.")


def _rules(clean: float, run: float, minutes: float, sensors: str) -> Rules:
    from relaxlisten.cohort.rules import Rules

    names = tuple(name.strip() for name in sensors.split(",") if name.strip())
    wrong = [name for name in names if name not in list(SensorKind)]
    if wrong or not names:
        message = f'"{", ".join(wrong) or sensors}" is no kind of sensor: choose of {", ".join(SensorKind)}.'
        raise UsageError(message)
    return Rules(least_clean=clean, least_run=run, least_minutes=minutes, sensors=names)


def _with_progress(work: Callable[[Callable[[int, int], None]], Summary]) -> Summary:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Measuring", total=None)
        return work(lambda done, of: progress.update(task, completed=done, total=of))

"""`relaxlisten study`: arms, who gets which when, concealed sessions, and the moment when a study is opened."""

from __future__ import annotations

import dataclasses
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relaxlisten.commands import study_analyse
from relaxlisten.errors import UsageError
from relaxlisten.session.allocation import Design
from relaxlisten.settings import SessionSettings
from relaxlisten.terms import Arm

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.session.fidelity import Fidelity

app = typer.Typer(help="Compare arms: balanced, concealed, and opened once.", no_args_is_help=True)
study_analyse.add_to(app)
_run_session: list[Callable[..., None]] = []


def attach(parent: typer.Typer, run_session: Callable[..., None]) -> None:
    """Attach the commands. run_session: how the program runs one session (settings, no_window)."""
    parent.add_typer(app, name="study")
    _run_session[:] = [run_session]


@app.command(epilog="Example: relaxlisten study new trial --arms adaptive,fixed,silence --participants 12")
def new(
    folder: Annotated[Path, typer.Argument(help="Where the study is to lie.")],
    arms: Annotated[str, typer.Option(help=f"Which to compare, of: {', '.join(Arm)}.")],
    participants: Annotated[int, typer.Option(min=1, max=9999, help="How many: P01, P02 ...")],
    design: Annotated[Design, typer.Option(help="Everybody gets every arm in turn, or one only.")] = Design.CROSSOVER,
    protocol: Annotated[str, typer.Option(help="The protocol of every session.")] = "study-20",
    seed: Annotated[int | None, typer.Option(help="To make the same allocation again; who knows it can foretell it.")] = None,
) -> None:
    """Make a study, with its sealed allocation."""
    from relaxlisten.assembly import load_protocol
    from relaxlisten.session.study import new_study

    chosen = read_arms(arms)
    if len(chosen) < 2:
        raise UsageError("A study compares at least two arms: name them with commas between.")
    load_protocol(protocol)
    new_study(folder, chosen, design, participants, protocol, secrets.randbelow(2**31) if seed is None else seed)
    typer.echo(f"Made in {folder}: {len(chosen)} arms as letters, {participants} participants. Who gets what is sealed.")


def read_arms(text: str) -> list[str]:
    """Arms with commas between. Raises UsageError for one that does not exist."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in list(Arm):
            message = f'"{name}" is no arm: choose of {", ".join(Arm)}.'
            raise UsageError(message)
    return list(dict.fromkeys(names))


@app.command(epilog="Example: relaxlisten study session trial P03 --sensor ble --music ~/Music/calm")
def session(
    folder: Annotated[Path, typer.Argument(help="The study.")],
    participant: Annotated[str, typer.Argument(help="P01, P02 ...")],
    sensor: Annotated[str, typer.Option(help="simulated, ble, ble:ADDRESS or file:RR.txt.")] = "simulated",
    music: Annotated[str, typer.Option(help="builtin, a folder or a playlist.")] = "builtin",
    rating: Annotated[list[str] | None, typer.Option(help="An answer given before, as SCALE=VALUE.")] = None,
    no_window: Annotated[bool, typer.Option("--no-window", help="Show the session in the terminal.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="As fast as the machine can (for trying a study out).")] = False,
    lsl: Annotated[bool, typer.Option("--lsl", help="Send heart and markers live over LSL; the arm stays concealed.")] = False,
) -> None:
    """Run the next session of a participant; the arm is not shown."""
    from relaxlisten.session.study import assign

    next_one = assign(folder, participant)
    settings = SessionSettings(
        sensor=sensor, music=music, protocol=next_one.protocol, offline=offline, out=next_one.folder,
        arm=Arm(next_one.arm), concealed=next_one.label, ratings=tuple(rating or ()),
        seed=int(next_one.participant[1:]) * 1000 + next_one.session, lsl=lsl,
    )  # fmt: skip
    if settings.arm is Arm.YOKED:
        settings = dataclasses.replace(settings, donor=_donor(folder, next_one.participant))
    typer.echo(f"{next_one.participant}, session {next_one.session}: {next_one.label}")
    _run_session[0](settings, no_window=no_window)


def _donor(folder: Path, participant: str) -> Path:
    """A session of the adaptive arm of somebody else. The sentence must not say that this one would be yoked."""
    from relaxlisten.control.setup import setup_from_data
    from relaxlisten.session.records import load_record
    from relaxlisten.session.study import SESSIONS

    for one in sorted((folder / SESSIONS).glob("P*-*")):
        mine = one.name.startswith(f"{participant}-")
        if not mine and setup_from_data(load_record(one).header.control).arm is Arm.ADAPTIVE:
            return one
    raise UsageError("This session cannot be run yet: run the next one of another participant first, then this one.")


@app.command(epilog="Example: relaxlisten study status trial")
def status(folder: Annotated[Path, typer.Argument(help="The study.")]) -> None:
    """Which sessions there are, with their letters and how far each delivered what was intended."""
    from relaxlisten.commands.listing_control import print_completed, print_fidelity
    from relaxlisten.session.study import is_open, read_allocation, read_plan

    plan = read_plan(folder)
    typer.echo(f"Arms {', '.join(plan.arms)}; {plan.design}; {plan.participants} participants; {plan.protocol}.")
    opened = is_open(folder)
    names = {letter: arm for arm, letter in read_allocation(folder).letters.items()} if opened else {}
    rows = [(f"{name}  {names.get(label, label)}", one) for name, label, one in _sessions(folder)]
    (print_fidelity if opened else print_completed)(rows)


def _sessions(folder: Path) -> list[tuple[str, str, Fidelity]]:
    from relaxlisten.control.protocol import protocol_from_data
    from relaxlisten.session.fidelity import fidelity
    from relaxlisten.session.records import load_record
    from relaxlisten.session.study import SESSIONS

    rows = []
    for one in sorted((folder / SESSIONS).glob("P*-*")):
        record = load_record(one)
        duration_s = protocol_from_data(record.header.protocol).duration_s
        rows.append((one.name, record.header.condition, fidelity((entry.event for entry in record.events), duration_s)))
    return rows


@app.command(epilog='Example: relaxlisten study unblind trial --reason "last session done"')
def unblind(
    folder: Annotated[Path, typer.Argument(help="The study.")],
    reason: Annotated[str, typer.Option(help="Why now: it is kept with the time.")],
) -> None:
    """Open a study: which letter was which arm. It cannot be closed again."""
    from relaxlisten.session.study import unblind as open_study

    for arm, letter in sorted(open_study(folder, reason).letters.items(), key=lambda item: item[1]):
        typer.echo(f"{letter}  {arm}")

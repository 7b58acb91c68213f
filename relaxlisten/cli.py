"""The commands.

Decision: this module starts fast (nothing heavy is imported before it is needed) and turns every RelaxListenError into one
sentence and its exit code: 0 fine, 1 a run that failed, 2 something asked for that does not exist or cannot be understood, 130
ended by Ctrl-C before it had begun.
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relaxlisten import __version__
from relaxlisten.commands import person as person_commands
from relaxlisten.commands import protocol as protocol_commands
from relaxlisten.commands import ratings, recovery, replay, report, sessions, simulate, study
from relaxlisten.commands.export import export
from relaxlisten.commands.import_file import import_file
from relaxlisten.commands.music_build import app as music_app
from relaxlisten.commands.passphrase import PassphraseFile, for_person
from relaxlisten.commands.people_data import app as people_app
from relaxlisten.crash_report import catch_all, pointer, write_report
from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.settings import DEFAULT_PROTOCOL, DEFAULT_VOLUME, RENDER_SUFFIXES, SessionSettings
from relaxlisten.standard_streams import make_safe
from relaxlisten.terms import Arm, Bed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relaxlisten.assembly import Parts
    from relaxlisten.runtime import LiveSession

INTERRUPTED = 130  # as shells have it

app = typer.Typer(
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Listens to a heart and plays music that helps a person settle. Without a command it opens the window.",
    epilog="Example: relaxlisten listen --music ~/Music/calm --protocol short-5",
)
app.add_typer(music_app, name="music")
app.add_typer(protocol_commands.app, name="protocol")


def main() -> None:
    """Run the command that was given."""
    make_safe()
    catch_all(_say)
    try:
        app()
    except RelaxListenError as fault:
        _say(str(fault))
        sys.exit(fault.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    # A fault of the program itself: a report for its makers, one sentence for its user.
    except Exception as fault:
        _say(f"RelaxListen itself failed ({type(fault).__name__}). {pointer(write_report(fault, 'the command'))}")
        sys.exit(1)


def _say(sentence: str) -> None:
    typer.echo(f"relaxlisten: {sentence}", err=True)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"relaxlisten {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _open(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        _show_window(SessionSettings(), start_at_once=False)


@app.command(epilog="Example: relaxlisten listen --sensor ble --music ~/Music/calm --protocol settle-20")
def listen(
    sensor: Annotated[
        str, typer.Option(help="simulated, none, ble, ble:ADDRESS, lsl:NAME or file:RR.txt (one RR interval in ms a line).")
    ] = "simulated",
    music: Annotated[str, typer.Option(help="builtin, a folder of WAV, FLAC, OGG, MP3 or M4A files, or a playlist.")] = "builtin",
    protocol: Annotated[
        str, typer.Option(help="A shipped protocol (`relaxlisten protocol list`) or a TOML file.")
    ] = DEFAULT_PROTOCOL,
    minutes: Annotated[
        float | None, typer.Option(min=0.1, max=600.0, help="Length of the session; phases keep their shares.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same simulated heart, music and choices.")] = 1,
    volume: Annotated[float, typer.Option(min=0.0, max=1.0, help="0 to 1.")] = DEFAULT_VOLUME,
    volume_cap: Annotated[
        float, typer.Option(min=0.05, max=1.0, help="The loudest that the volume may be set to in this session.")
    ] = 1.0,
    bed: Annotated[Bed | None, typer.Option(help="A sound of nature under pieces that have no pulse.")] = None,
    no_window: Annotated[bool, typer.Option("--no-window", help="Show the session in the terminal.")] = False,
    no_sound: Annotated[bool, typer.Option("--no-sound", help="Use no sound card.")] = False,
    render: Annotated[Path | None, typer.Option(help="Also write what was heard to this file (.wav or .flac).")] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="As fast as the machine can, without sound card and without waiting.")
    ] = False,
    out: Annotated[
        Path | None,
        # A parser of its own: typer's asks the disk about every path, and one that does not answer would hold the program.
        typer.Option(help="Folder for the session's record.", parser=Path, metavar="PATH"),
    ] = None,
    arm: Annotated[Arm, typer.Option(help="What the music does; adaptive unless arms are compared.")] = Arm.ADAPTIVE,
    donor: Annotated[Path | None, typer.Option(help="For --arm yoked: the session whose music is repeated.")] = None,
    person: Annotated[str | None, typer.Option(help="Learn from this person's sessions, and remember this one.")] = None,
    comfort: Annotated[str | None, typer.Option(help="A heart rate to stay in, as 50-110; outside of it all pauses.")] = None,
    also: Annotated[
        list[str] | None, typer.Option(help="Listen to another heart beside, as NAME=ble:ADDRESS; may be given several times.")
    ] = None,
    rating: Annotated[list[str] | None, typer.Option(help="An answer given before the session, as SCALE=VALUE.")] = None,
    scales: Annotated[
        str, typer.Option(help="Also ask these (`relaxlisten scales`), or all of a TOML file; commas between.")
    ] = "",
    passphrase_file: PassphraseFile = None,
    lsl: Annotated[bool, typer.Option("--lsl", help="Send heart, music and markers live over LSL.")] = False,
    osc: Annotated[str | None, typer.Option(help="Send them over OSC to HOST:PORT, or to PORT on this computer.")] = None,
    osc_in: Annotated[str | None, typer.Option(help="Take markers over OSC at this PORT of this computer.")] = None,
) -> None:
    """Run a session: a heart is listened to, and music follows and then leads it."""
    settings = SessionSettings(
        sensor=sensor, music=music, protocol=protocol, minutes=minutes, seed=seed,
        volume=volume, volume_cap=volume_cap, bed=bed, with_sound=not no_sound, render=render, offline=offline, out=out,
        arm=arm, donor=donor, person=person, comfort=comfort, ratings=tuple(rating or ()), scales=ratings.names(scales),
        lsl=lsl, osc=osc, osc_in=osc_in, also=tuple(also or ()),
    )  # fmt: skip
    _check_render(render)
    _run_session(for_person(settings, passphrase_file), no_window=no_window)


def _run_session(settings: SessionSettings, *, no_window: bool) -> None:
    if settings.offline:
        _listen_offline(settings)
    elif no_window:
        _listen_in_terminal(settings)
    else:
        _show_window(settings, start_at_once=True)


@app.command(epilog="Example: relaxlisten sensors --seconds 10")
def sensors(seconds: Annotated[float, typer.Option(min=1.0, max=120.0, help="How long to look.")] = 6.0) -> None:
    """Look for heart-rate sensors and show what they say."""
    from relaxlisten.commands import listing
    from relaxlisten.sensor.ble import scan

    listing.print_sensors(scan(seconds))


app.command(epilog="Example: relaxlisten export ~/sessions/monday --format kubios -o monday.txt")(export)
app.command("import", epilog="Example: relaxlisten import polar.hrm -o ~/sessions/imported")(import_file)
app.add_typer(sessions.app, name="session")
app.add_typer(people_app, name="person")


@app.command(epilog="Example: relaxlisten doctor --json")
def doctor(json: Annotated[bool, typer.Option("--json", help="For machines.")] = False) -> None:
    """Say what works on this machine, what is missing, and how to get it."""
    from relaxlisten.commands import listing
    from relaxlisten.doctor import examine

    listing.print_findings(examine(), as_json=json)


def _check_render(render: Path | None) -> None:
    if render is None:
        return
    if render.suffix.lower() not in RENDER_SUFFIXES:
        message = f"{render} cannot be written: name a file that ends in {' or '.join(RENDER_SUFFIXES)}."
        raise UsageError(message)
    if not render.parent.is_dir():
        message = f"{render} cannot be written: the folder {render.parent} does not exist."
        raise UsageError(message)


# ---- the three ways to run a session ----


def _listen_offline(settings: SessionSettings) -> None:
    from relaxlisten.commands import listing
    from relaxlisten.runtime import run_offline

    parts = _assemble(settings)
    _tell_of_the_last(settings)
    outcome = run_offline(parts)
    if outcome.failure is not None:
        raise outcome.failure
    listing.print_outcome(outcome.record_path, settings)


def _tell_of_the_last(settings: SessionSettings) -> None:
    for sentence in recovery.sentences(settings.out):
        _say(sentence)


def _listen_in_terminal(settings: SessionSettings) -> None:
    from relaxlisten.commands import listing
    from relaxlisten.runtime import LiveSession
    from relaxlisten.window.end_wish import EndWish
    from relaxlisten.window.terminal import run_terminal

    settings = ratings.asked_before(settings)
    parts = _assemble(settings)
    _tell_of_the_last(settings)
    with EndWish() as wish:
        session = LiveSession(parts)
        wish.tell(session)
        run_terminal(session)
        session.join()
    if session.failure is not None:
        raise session.failure
    if not session.beats:
        typer.echo("No heartbeat was heard in this session.")
    ratings.ask_after(session)
    listing.print_outcome(session.record_path, settings)


def _show_window(settings: SessionSettings, *, start_at_once: bool) -> None:
    from relaxlisten.window.display import display_problem

    problem = display_problem()
    if problem is not None:
        _say(problem)
        _listen_in_terminal(settings)
        return
    from relaxlisten.commands.open_window import opening
    from relaxlisten.window.opened import run_window

    opened = dataclasses.replace(
        opening(settings, _launch, remembers=not start_at_once), greeting=" ".join(recovery.sentences(settings.out))
    )
    sys.exit(run_window(opened, start_at_once=start_at_once))


def _launch(settings: SessionSettings) -> LiveSession:
    from relaxlisten.listener import begun_or_let_go
    from relaxlisten.runtime import LiveSession

    parts = _assemble(settings)
    with begun_or_let_go(parts.keeper):
        return LiveSession(parts)


def _assemble(settings: SessionSettings) -> Parts:
    from relaxlisten.assembly import assemble

    return assemble(settings)


replay.add_to(app)
person_commands.add_to(app)
report.add_to(app)
ratings.add_to(app)
study.attach(app, _run_session)
simulate.add_to(app)

__all__: Sequence[str] = ["app", "main"]

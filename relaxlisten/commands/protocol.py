"""`relaxlisten protocol`: look at protocol files before a session does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from relaxlisten.control.protocol import Phase, Protocol

app = typer.Typer(help="List, check and describe protocol files.", no_args_is_help=True)


@app.command("list", epilog="Example: relaxlisten protocol list")
def list_shipped() -> None:
    """The protocols that come with the program."""
    from relaxlisten.assembly import shipped_protocols

    table = Table("Name", "Minutes", "For", box=None)
    for protocol in shipped_protocols():
        table.add_row(protocol.name, f"{protocol.duration_s / 60.0:g}", protocol.description)
    Console(highlight=False).print(table)


@app.command(epilog="Example: relaxlisten protocol check mine.toml")
def check(protocol: Annotated[str, typer.Argument(help="A shipped protocol, or a TOML file.")]) -> None:
    """Say what a protocol will do, or what is wrong with it and where."""
    from relaxlisten.assembly import load_protocol

    found = load_protocol(protocol)
    console = Console(highlight=False)
    console.print(f"{found.title}: {len(found.phases)} phases, {found.duration_s / 60.0:g} minutes.", markup=False)
    table = Table("Phase", "Kind", "Minutes", "What", box=None)
    for phase in found.phases:
        least = f"{phase.least_minutes:g} to " if phase.until else ""
        table.add_row(phase.name, phase.kind.value, f"{least}{phase.minutes:g}", _what(phase))
    console.print(table)
    for sentence in _also(found):
        console.print(sentence, markup=False)


@app.command(epilog="Example: relaxlisten protocol schema > protocol.schema.json")
def schema() -> None:
    """Print the JSON Schema of protocol files, for editors."""
    from relaxlisten.control.protocol_schema import protocol_schema

    typer.echo(json.dumps(protocol_schema(), indent=1))


def _what(phase: Phase) -> str:
    parts = [
        "no music" if phase.is_silent else "",
        f"to {phase.tempo_bpm:g} BPM" if phase.tempo_bpm else "",
        f"until {phase.until.value} ({phase.until_within_bpm:g} bpm, {phase.until_for_s:g} s)" if phase.until else "",
        f"{phase.breaths_per_min:g} breaths a minute" if phase.breaths_per_min else "",
        f"breath {phase.breath_in_beats:g} beats in, {phase.breath_out_beats:g} out" if phase.breath_in_beats else "",
    ]
    return ", ".join(part for part in parts if part)


def _also(protocol: Protocol) -> list[str]:
    low_bpm, high_bpm = protocol.comfort.heart_rate_low_bpm, protocol.comfort.heart_rate_high_bpm
    sentences = [f'Asked: "{rating.question}" ({rating.low:g} to {rating.high:g})' for rating in protocol.ratings]
    if low_bpm or high_bpm:
        bounds = " and ".join(
            words for words in (f"above {low_bpm:g}" if low_bpm else "", f"below {high_bpm:g}" if high_bpm else "") if words
        )
        sentences.append(f"Comfort: pauses where the heart does not stay {bounds} bpm (for {protocol.comfort.for_s:g} s).")
    return sentences

"""What the commands print: tables for people, JSON for machines."""

from __future__ import annotations

import collections
import dataclasses
import json
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from relaxlisten.doctor import Finding
    from relaxlisten.replay import Replay
    from relaxlisten.sensor.ble import FoundSensor
    from relaxlisten.session.format import Record
    from relaxlisten.settings import SessionSettings


def print_sensors(found: Sequence[FoundSensor]) -> None:
    """A table of heart-rate sensors in reach."""
    console = Console()
    if not found:
        console.print(
            "No heart-rate sensor was found: put the strap on, moisten it, and end its connection to other apps and watches."
        )
        return
    table = Table("Name", "Address", "Profile", "Signal", "Battery", "Heart rate", box=None)
    for sensor in found:
        table.add_row(
            sensor.name,
            sensor.address,
            sensor.profile_name or "standard service",
            _known(sensor.rssi_dbm, "dBm"),
            _known(sensor.battery_percent, "%"),
            _known(sensor.heart_rate_bpm, "bpm"),
        )
    console.print(table)


def _known(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{value:g} {unit}"


def print_findings(findings: Sequence[Finding], *, as_json: bool) -> None:
    """What the doctor found."""
    if as_json:
        print(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=2))  # noqa: T201  # a command's output
        return
    table = Table("", "", "", box=None, show_header=False)
    for finding in findings:
        table.add_row("[green]works[/]" if finding.works else "[yellow]missing[/]", finding.what, finding.sentence)
    Console().print(table)


def print_replay(record: Record, result: Replay) -> None:
    """What a replay made of a record, and the first place where it differs from it."""
    console = Console(highlight=False)
    counts = collections.Counter(type(event).__name__ for event in result.derived)
    simulated = " (simulated heart)" if record.header.simulated else ""
    console.print(f"Session of {record.header.started_utc}, sensor {record.header.sensor}{simulated}, seed {record.header.seed}")
    table = Table("Derived", "Count", box=None)
    for name, count in sorted(counts.items()):
        table.add_row(name, str(count))
    console.print(table)
    if record.damaged_lines:
        numbers = ", ".join(str(number) for number in record.damaged_lines[:5])
        console.print(f"{len(record.damaged_lines)} damaged lines were left out (line {numbers}); the rest is whole.")
    if result.difference is None:
        console.print("Every derived event is equal to the recorded one.")
        return
    difference = result.difference
    console.print(f"The first difference is after {difference.position} equal events:", markup=False)
    console.print(f"  recorded: {difference.recorded}", markup=False)
    console.print(f"  replayed: {difference.replayed}", markup=False)


def print_outcome(record_path: Path | None, settings: SessionSettings) -> None:
    """Where a session's files are."""
    console = Console(highlight=False, soft_wrap=True)
    if settings.sensor == "simulated":
        console.print("The heart of this session was simulated.")
    console.print(f"Recorded in {record_path}", markup=False)
    if settings.render is not None:
        console.print(f"What was heard is in {settings.render}", markup=False)

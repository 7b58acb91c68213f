"""What the commands print: tables for people, JSON for machines."""

from __future__ import annotations

import collections
import dataclasses
import itertools
import json
import math
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np

    from relaxlisten.doctor import Finding
    from relaxlisten.physiology.record import Metric
    from relaxlisten.physiology.resonance import Resonance
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


def print_rr_tsv(beats: np.recarray) -> None:
    """Each beat on a line, for other programs; a beat that was put back has no rr_ms, one that was taken out no nn_ms."""
    print("\t".join(beats.dtype.names or ()))  # noqa: T201  # a command's output
    for index, time_s, rr_ms, nn_ms, quality, confidence in beats.tolist():
        print(f"{index}\t{time_s:.4f}\t{_or_empty(rr_ms)}\t{_or_empty(nn_ms)}\t{quality}\t{confidence:.3f}")  # noqa: T201


def _or_empty(value_ms: float) -> str:
    return "" if math.isnan(value_ms) else f"{value_ms:.10g}"


def print_metrics(metrics: Mapping[str, Metric], *, offline: bool) -> None:
    """A table of metrics on standard error, so that what is on standard output stays data."""
    table = Table("Metric", "Value", "Unit", "Window", "Clean", box=None)
    for name, metric in metrics.items():
        value = f"{metric.value:.4g}" if metric.value is not None else f"withheld: {metric.reason}"
        table.add_row(name, value, metric.unit, f"{metric.window_s:.0f} s", f"{metric.valid_fraction:.0%}")
    console = Console(stderr=True)
    console.print(table)
    console.print(
        f"Cleaned {'offline (it looked ahead)' if offline else 'causally (as live)'}. General wellness only: no diagnosis."
    )


def print_rr_json(name: str, beats: np.recarray, metrics: Mapping[str, Metric], *, offline: bool) -> None:
    """Beats and metrics as one JSON object; what is not there is null."""
    rows = [
        {
            column: None if isinstance(value, float) and math.isnan(value) else value
            for column, value in zip(columns, row, strict=True)
        }
        for columns in [beats.dtype.names or ()]
        for row in beats.tolist()
    ]
    found = {
        "file": name,
        "mode": "offline" if offline else "causal",
        "beats": rows,
        "metrics": {key: dataclasses.asdict(metric) for key, metric in metrics.items()},
    }
    print(json.dumps(found, allow_nan=False))  # noqa: T201  # a command's output


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
    if record.unknown_lines:
        console.print(
            f"{len(record.unknown_lines)} lines of another version were left out (from line {record.unknown_lines[0]})."
        )
    if result.difference is None:
        console.print("Every derived event is equal to the recorded one.")
        return
    difference = result.difference
    console.print(f"The first difference is after {difference.position} equal events:", markup=False)
    console.print(f"  recorded: {difference.recorded}", markup=False)
    console.print(f"  replayed: {difference.replayed}", markup=False)


def print_resonance(found: Resonance) -> None:
    """A resonance assessment: each step with its criteria, and the pace that was best."""
    table = Table("Breaths/min", "Swing (bpm)", "Power (bpm²)", "Steadiness", "Smoothness", "Mean rank", box=None)
    for step in found.steps:
        values = (step.swing_bpm, step.power_bpm2, step.steadiness, step.smoothness, step.mean_rank or 0.0)
        cells = ("-",) * len(values) if step.withheld is not None else tuple(f"{value:.2f}" for value in values)
        table.add_row(f"{step.breaths_per_min:g}", *cells)
    console = Console(highlight=False)
    console.print(table)
    for reason, steps in itertools.groupby((step for step in found.steps if step.withheld), key=lambda step: step.withheld):
        console.print(f"Withheld at {', '.join(f'{step.breaths_per_min:g}' for step in steps)}: {reason}")
    if found.breaths_per_min is None:
        console.print(f"No pace can be named: {found.withheld}.")
    else:
        console.print(f"This heart swung most at {found.breaths_per_min:g} breaths a minute; confidence {found.confidence:.0%}.")


def print_outcome(record_path: Path | None, settings: SessionSettings) -> None:
    """Where a session's files are."""
    console = Console(highlight=False, soft_wrap=True)
    if settings.sensor == "simulated":
        console.print("The heart of this session was simulated.")
    console.print(f"Recorded in {record_path}", markup=False)
    if settings.render is not None:
        console.print(f"What was heard is in {settings.render}", markup=False)

"""What the music commands print: tables for people, JSON and CSV for machines, a bar while a scan goes on."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from relaxlisten.errors import UsageError
from relaxlisten.music.piece_facts import NAMES, facts_of, flat
from relaxlisten.music.summary import Summary, arousal_of
from relaxlisten.safe_files import replace_file
from relaxlisten.terms import Pulse, TagVerdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from relaxlisten.music.catalogue import Catalogue
    from relaxlisten.music.piece_facts import Facts
    from relaxlisten.scanning import Report

_SHOWN_PROBLEMS = 20
_LAID_OUT = 200  # pieces in a table that is fitted to the terminal: that of 5,000 takes seconds, plain columns do not
_HEADINGS = ("Piece", "Length", "Pulse", "BPM", "Known from", "Key", "LUFS", "Arousal")
_BRIEF = Summary._fields[: Summary._fields.index("candidates")]
# What --sort names: the fact that it means.
SORTS = {
    "path": "path", "title": "title", "tempo": "tempo_bpm", "arousal": "arousal", "loudness": "loudness_lufs",
    "brightness": "brightness_hz", "key": "key", "duration": "duration_s",
}  # fmt: skip


def brief_facts(catalogue: Catalogue, folder: Path | None = None) -> list[Facts]:
    """What a list shows of all files, or of those in a folder; arousal is beside all the others, always."""
    summaries = catalogue.summaries()
    arousals = arousal_of(summaries)
    chosen = summaries if folder is None else [one for one in summaries if Path(one.path).is_relative_to(folder)]
    return [{**dict(zip(_BRIEF, one, strict=False)), "arousal": arousals.get(one.content)} for one in chosen]


def facts(catalogue: Catalogue, *, folder: Path | None = None, paths: Iterable[Path] | None = None) -> list[Facts]:
    """All that the catalogue knows of all files, of those in a folder, or of these, with their beats."""
    arousals = arousal_of(catalogue.summaries())
    known = catalogue.files(with_beats=True) if paths is None else filter(None, map(catalogue.file, paths))
    files = (file for file in known if folder is None or file.path.is_relative_to(folder))
    return [facts_of(os.fspath(file.path), file.known, arousals.get(file.content), file.problem) for file in files]


def select(found: Sequence[Facts], pulse: Pulse | None, from_bpm: float | None, to_bpm: float | None, sort: str) -> list[Facts]:
    """Those that were asked for, in the order that was asked for; what has no value there comes last."""
    if sort not in SORTS:
        raise UsageError(f'There is no order "{sort}": use one of {", ".join(SORTS)}.')
    chosen = [one for one in found if pulse is None or one["pulse"] == pulse.value]
    if from_bpm is not None or to_bpm is not None:
        chosen = [
            one for one in chosen if one["tempo_bpm"] is not None and (from_bpm or 0.0) <= one["tempo_bpm"] <= (to_bpm or 1e9)
        ]
    key = SORTS[sort]
    return sorted(chosen, key=lambda one: (one[key] is None, one[key] if one[key] is not None else 0, one["path"]))


def print_json(found: Sequence[Facts]) -> None:
    """A list of objects, one a line."""
    lines = ",\n".join(json.dumps(one, allow_nan=False) for one in found)
    print(f"[\n{lines}\n]" if found else "[]")  # noqa: T201  # a command's output


def write_facts(found: Sequence[Facts], out: Path) -> None:
    """A .csv file with one line a piece, or the JSON list; raises OSError."""
    if out.suffix.lower() == ".json":
        replace_file(out, (json.dumps(list(found), indent=1, allow_nan=False) + "\n").encode())
        return
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, NAMES)
    writer.writeheader()
    writer.writerows(flat(one) for one in found)
    replace_file(out, file.getvalue().encode("utf-8", "backslashreplace"))


def print_list(found: Sequence[Facts]) -> None:
    """One line a piece; what cannot be played comes after them, with the reason."""
    console = Console(highlight=False)
    pieces, problems = [one for one in found if not one["problem"]], [one for one in found if one["problem"]]
    if not found:
        console.print("The catalogue has no such piece: run relaxlisten music scan FOLDER to fill it.")
    if pieces:
        rows = [_cells(one) for one in pieces]
        if len(rows) > _LAID_OUT:
            _print_columns([_HEADINGS, *rows])
        else:
            table = Table(*_HEADINGS, box=None)
            for row in rows:
                table.add_row(*map(escape, row))
            console.print(table)
    for one in problems:
        console.print(f"{_plain(one['path'])} {_plain(one['problem'])}.", markup=False, soft_wrap=True)


def _print_columns(rows: Sequence[tuple[str, ...]]) -> None:
    """The same in plain columns, as wide as they must be."""
    sizes = [[cell_len(cell) for cell in row] for row in rows]
    widths = [max(column) for column in zip(*sizes, strict=True)]
    lines = (
        "  ".join(cell + " " * (width - size) for cell, width, size in zip(row, widths, row_sizes, strict=True)).rstrip()
        for row, row_sizes in zip(rows, sizes, strict=True)
    )
    print("\n".join(lines))  # noqa: T201  # a command's output


def _cells(one: Facts) -> tuple[str, ...]:
    name = _plain(one["title"] or os.path.basename(one["path"]))
    length_s = round(one["duration_s"])
    tag = f", tag {one['tag_tempo_bpm']:g} contradicted" if one["tag_tempo_verdict"] == TagVerdict.CONTRADICTED else ""
    return (
        name + (" (excluded)" if one["excluded"] else ""),
        f"{length_s // 60}:{length_s % 60:02}",
        one["pulse"],
        _number(one["tempo_bpm"], ".1f"),
        one["tempo_source"] + tag,
        one["key"] or "-",
        _number(one["loudness_lufs"], ".1f"),
        _number(one["arousal"], "+.2f"),
    )


def print_piece(one: Facts) -> None:
    """Each fact on a line; of the beats only how many there are."""
    table = Table("", "", box=None, show_header=False)
    for name, text in flat(one).items():
        beats = f"{len(one['beats_s'])} beats" if name == "beats_s" else text
        table.add_row(name, escape(_plain(beats)) or "-")
    Console(highlight=False).print(table)


def print_report(report: Report) -> None:
    """What a scan did, on standard error."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(
        f"{report.files} files: {report.unchanged} unchanged, {report.heard} heard, {report.recognised} recognised, "
        f"{report.gone} gone, {len(report.problems)} cannot be played.",
        markup=False,
    )
    for note in report.notes:
        console.print(_plain(note), markup=False)
    for path, reason in report.problems[:_SHOWN_PROBLEMS]:
        console.print(f"  {_plain(os.fspath(path))}: {_plain(reason)}", markup=False)
    if len(report.problems) > _SHOWN_PROBLEMS:
        console.print(f"  and {len(report.problems) - _SHOWN_PROBLEMS} more: relaxlisten music list --json has them all.")


@contextlib.contextmanager
def progress(total: int) -> Iterator[Callable[[Path], None]]:
    """A bar on standard error; what is given is to be called with each file that is done."""
    columns = (TextColumn("Hearing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[name]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total, name="")
        yield lambda path: bar.update(task, advance=1, name=escape(_plain(path.name)))


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else f"{value:{form}}"


def _plain(text: str) -> str:
    """Names of files that are in no encoding can be printed too."""
    return text.encode("utf-8", "backslashreplace").decode()

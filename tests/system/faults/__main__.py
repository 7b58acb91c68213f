"""Runs the fault table, and writes the page about it.

python -m tests.system.faults [--runs 3] [--only WORDS...] [--write docs/reliability.md]

With --only the rows whose names begin with one of the words are run; the page keeps what was measured of the others before.
"""

from __future__ import annotations

import argparse
import fcntl
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.system.faults.judge import run_row
from tests.system.faults.page import all_rows, load, page, save

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.system.faults.rows import Row, Run


def main(arguments: Sequence[str]) -> int:
    """Run, say, write; 1 where a run was not as its row says."""
    choices = _parser().parse_args(arguments)
    chosen = [row for row in all_rows() if not choices.only or row.id.startswith(tuple(choices.only))]
    failed = False
    for row in chosen:
        if why_not := row.needs():
            sys.stdout.write(f"{row.id}: cannot be injected here: {why_not}\n")
            continue
        runs = [_run(row) for _ in range(choices.runs)]
        failed |= any(run.wrong for run in runs)
        if choices.write:
            _keep(row, runs)
    if choices.write:
        choices.write.write_text(page(load()), encoding="utf-8")
    return int(failed)


def _keep(row: Row, runs: list[Run]) -> None:
    """Several benches may run at once."""
    with (Path(tempfile.gettempdir()) / "relaxlisten-faults.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        save({**load(), row.id: runs})


def _run(row: Row) -> Run:
    run = run_row(row)
    sys.stdout.write(f"{row.id}: {'; '.join(run.wrong) or 'as it should be'} {run.measured}\n")
    sys.stdout.flush()
    return run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.system.faults")
    parser.add_argument("--runs", type=int, default=1, help="how often each row is run")
    parser.add_argument("--only", nargs="*", default=[], metavar="WORD", help="names of rows, or how they begin")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="keep what was measured, and write the page")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

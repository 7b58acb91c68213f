"""docs/reliability.md, made from the rows and from what their runs measured; `measured.json` holds the latter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.system.faults.rows import Ending, Keeps, Row, Run
from tests.system.faults.table import GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MEASURED = Path(__file__).parent / "measured.json"
COMMAND = "python -m tests.system.faults --runs 3 --write docs/reliability.md"
HEAD = f"""# It keeps playing

What becomes of a session when something breaks. Each fault below is injected into the running program, started as a user starts
it, on a virtual strap, a virtual sound card that is recorded, and a disk of its own; the figures are read from the recording,
from what the program printed, and from the record it left. A stand-in for a fault is named as one. The figures here are of two
cores that were busy with other work too (load average 1 to 5).
`{COMMAND}` makes this page anew.

What every row has in common, and what fails a run that is otherwise within its bounds: the exit code is right, no traceback is
shown, the music ends in a fade (from half its level to nothing in no less than 0.3 s), and the record that is left replays to
itself to the last bit. A gentle end is heard to its end within 3 s of being asked for.

Bounds are in seconds. *silence*: the longest between the fault and the end of the session; *told*: from the fault until the
listener reads it; *sound back*, *told of the return*: from the moment that the fault is over; *end*: from the wish to end, or the
end of the program, to the last sound; *lost*: of the record's end. Each cell of the last column has one figure a run.
"""
FOOT = """
## Once on the real bluetoothd

`bash tests/system/strap/real_bluez_vm.sh` runs a session in a throw-away machine with Debian's kernel and its Bluetooth, the real
bluetoothd (5.66), and our strap behind `/dev/vhci`; bluetoothd is killed and started again. Run once, on an emulated processor:
the listener was told 8.5 s after the kill, the strap was connected again 7.7 s after the start, and the session ended well.

## What holds all this up

| part | watched by | when it fails |
|---|---|---|
| sound process | the session: its states, four times a second | ended after 6 s without one, started again where it was |
| sound card | the sound process: frames taken | silence in its place, a new card looked for every 3 s |
| piece | the renderer: 40 s read ahead | fades out and waits; a piece that cannot be read is followed by the next |
| strap | 8 s without a packet | a new search, for as long as the session lasts |
| Bluetooth thread | the session: its loop, once a second | left to itself after 10 s without a turn, another one started |
| record | the session: a write of 10 s; a deleted file | goes on in the system's temporary folder, put back at the end |
| search for music | the session: a first piece within 15 s | told; one that fails ends with what it has found |
| folder of the music, before a session | whoever starts it: 2 s | the session begins and waits for its music |
| folder of the record, before a session | whoever starts it: 10 s | refused, which is said |
| folders of earlier sessions | whoever starts: 10 s | told; what was cut off there is looked up the next time |
| folder of a person, at the end | the session: 30 s | what may not be remembered is told; the program ends |
| each observer | the session | called again |
| picture in the terminal | itself | told; the session goes on unseen |
| session | the sound process: a word every 5 s | the music fades after a minute without one, at once where the program is gone |

Nothing is started again more than three times a minute: what fails again is given up, which is said in a sentence.

Where RelaxListen itself fails it leaves a report in the folder `crash-reports` of its data, and says where: versions, system, and
module, line and function of each step; no values, no names of files, no text of the fault.
"""


def load(path: Path = MEASURED) -> dict[str, list[Run]]:
    """What was measured, by row."""
    if not path.exists():
        return {}
    data = json.loads(path.read_text(encoding="utf-8"))
    return {row: [Run(measured=run["measured"], wrong=tuple(run["wrong"])) for run in runs] for row, runs in data.items()}


def save(runs: Mapping[str, Sequence[Run]], path: Path = MEASURED) -> None:
    """Keep what was measured."""
    data: dict[str, Any] = {
        row: [{"measured": run.measured, "wrong": list(run.wrong)} for run in runs[row]] for row in sorted(runs)
    }
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def page(runs: Mapping[str, Sequence[Run]]) -> str:
    """The page."""
    parts = [HEAD]
    for title, intro, rows in GROUPS:
        parts += [
            f"\n## {title}\n\n{intro}\n\n",
            "| fault | injected | music | listener is told | record | bounds | measured |\n",
        ]
        parts.append("|---" * 7 + "|\n")
        parts += [_line(row, runs.get(row.id, ())) for row in rows]
    return "".join([*parts, FOOT])


def _line(row: Row, runs: Sequence[Run]) -> str:
    told = "; ".join(f'"{one.words}"' for one in row.told) or "nothing"
    cells = (row.fault, row.how.strip(), row.music, told, _record(row), _bounds(row), _measured(row, runs))
    return f"| {' | '.join(cells)} |\n"


def _record(row: Row) -> str:
    return {Keeps.CUT: "whole but for its last second"}.get(row.keeps, row.keeps.value)


def bounds_of(row: Row) -> dict[str, float]:
    """All bounds of a row by name."""
    silent = row.silence_s is not None and row.ending in (Ending.ASKED, Ending.UNSAVED)
    return {
        **({"silence": row.silence_s} if silent and row.silence_s is not None else {}),
        **_told_bounds(row, mended=False, name="told"),
        **({"sound back": row.back_s} if row.back_s is not None else {}),
        **_told_bounds(row, mended=True, name="told of the return"),
        **row.bounds,
        **({} if row.ending is Ending.REFUSED or row.end_s is None else {"end": row.end_s}),
    }


def _told_bounds(row: Row, *, mended: bool, name: str) -> dict[str, float]:
    within = [told.within_s for told in row.told if told.mended is mended]
    return {name: max(within)} if within else {}


def _bounds(row: Row) -> str:
    return "; ".join(f"{name} ≤ {bound:g}" for name, bound in bounds_of(row).items())


def _measured(row: Row, runs: Sequence[Run]) -> str:
    if not runs:
        why_not = row.needs()
        return f"cannot be injected here: {why_not}" if why_not else "not run"
    names = dict.fromkeys(name for run in runs for name in run.measured)
    figures = [f"{name} {' / '.join(_figure(run, name) for run in runs)}" for name in names]
    wrong = [f"**run {number}: {'; '.join(run.wrong)}**" for number, run in enumerate(runs, start=1) if run.wrong]
    return "; ".join([*figures, *wrong])


def _figure(run: Run, name: str) -> str:
    return f"{run.measured[name]:.2f}" if name in run.measured else "-"


def all_rows() -> Iterable[Row]:
    """Every row, in the order of the page."""
    return (row for _, _, rows in GROUPS for row in rows)

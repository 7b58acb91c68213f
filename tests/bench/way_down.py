"""The builder of ways down beside a greedy one and a random one, and how long it takes.

python -m tests.bench.way_down --write docs/benchmarks.md
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.commands.music_build import known_pieces
from relaxlisten.music.catalogue import Catalogue, state_of
from relaxlisten.music.iso_playlist import build, planned
from relaxlisten.music.iso_search import cheapest_way
from relaxlisten.music.iso_table import tabulate
from relaxlisten.music.piece_analysis import TempoCandidate
from relaxlisten.music.sidecar import Sidecar
from relaxlisten.music.tags import Tags
from tests.bench.document import replace_part
from tests.music.iso_making import at_random, greedy, library, wish
from tests.music.pieces import beatless, piece

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaxlisten.music.iso_cost import Table
    from relaxlisten.music.iso_search import Way

COUNTS = (20, 100, 500, 5000)
LIBRARIES = 8
MANY = 5000
COMMAND = "python -m tests.bench.way_down --write docs/benchmarks.md"


def planner_rows() -> list[str]:
    """For each size of library: medians over libraries of cost and of the largest stretch that the path asks for."""
    planners: dict[str, Callable[[Table, int], Way]] = {
        "the builder": lambda table, _: cheapest_way(table),
        "greedy": lambda table, _: greedy(table),
        "random": at_random,
    }
    rows = []
    for count in COUNTS:
        for name, planner in planners.items():
            found = [_measure(count, seed, planner) for seed in range(LIBRARIES)]
            costs, stretches, errors, gaps = (statistics.median(one) for one in list(zip(*found, strict=True)))
            gap = f"{gaps:.2f}" if name == "the builder" else ""
            rows.append(f"| {count} | {name} | {costs:.2f} | {100.0 * stretches:.1f} | {100.0 * errors:.1f} | {gap} |")
    return rows


def _measure(count: int, seed: int, planner: Callable[[Table, int], Way]) -> tuple[float, float, float, float]:
    pieces, asked = library(count, seed), wish()
    table = tabulate(pieces, asked)
    way = planner(table, seed)
    plan = planned(pieces, asked, way, table.energy_path)
    return way.cost, plan.largest_stretch, abs(plan.length_s / asked.length_s - 1.0), way.gap


def times_ms() -> dict[str, float]:
    """Median CPU time of the parts of `relaxlisten music build` with a catalogue of 5,000 files."""
    with tempfile.TemporaryDirectory() as folder:
        catalogue = filled(Path(folder))
        reading = _cpu_ms(lambda: known_pieces(catalogue, None), 3)
        pieces = known_pieces(catalogue, None)
        catalogue.close()
    return {
        "read and weigh what the catalogue knows": reading,
        "bounds, table, search, reasons: the whole plan": _cpu_ms(lambda: build(pieces, wish()), 7),
    }


def filled(folder: Path) -> Catalogue:
    catalogue = Catalogue(folder / "music.sqlite")
    for number, one in enumerate(library(MANY, 1)):
        path = folder / one.name
        path.write_bytes(b"")
        energy = one.energy or 0.0
        facts = {
            "centroid_hz": one.brightness_hz,
            "key": one.key,
            "duration_s": one.duration_s,
            "loudness_lufs": -23.0 + 4.0 * energy,
        }
        facts["onsets_per_s"] = 2.0 + 0.5 * energy
        own = {"tempo_bpm": one.tempo_bpm, "tempo_candidates": _only(one.tempo_bpm)} if one.tempo_bpm else {}
        heard = piece(**facts, **own) if own else beatless(**facts)
        catalogue.keep_piece(str(number), heard)
        catalogue.keep_file(path, state_of(path), str(number), Tags(artist=one.artist, title=one.title), Sidecar())
    return catalogue


def _only(tempo_bpm: float) -> tuple[TempoCandidate, ...]:
    return (TempoCandidate(tempo_bpm=tempo_bpm, salience=0.6),)


def _cpu_ms(what: Callable[[], object], times: int) -> float:
    found = []
    for _ in range(times):
        begin = time.process_time()
        what()
        found.append(1000.0 * (time.process_time() - begin))
    return statistics.median(found)


def part() -> str:
    """This bench's part of the document."""
    lines = [
        "# The way down",
        "",
        f"Made by `{COMMAND}`. Random libraries",
        "(`tests/music/iso_making.py`): tempi around 70 BPM, a fifth of the pieces without a pulse, 2 to 7 minutes each; asked",
        f"for 25 minutes from 78 to 56 BPM. Medians of {LIBRARIES} libraries. Cost: as in `relaxlisten/music/iso_cost.py`.",
        "Largest stretch: what the path asks of the piece that lies farthest from it (the limit is 8 %; what is beyond is",
        "not done, and said). Gap: by how much a better way may exist; 0 means proved to be the best. Greedy takes the piece",
        "that costs least for each of its minutes, again and again, and does not look ahead to the length; random any piece.",
        "",
        "| pieces | planner | cost | largest stretch % | length off % | gap |",
        "|---|---|---|---|---|---|",
        *planner_rows(),
        "",
        f"CPU time of `relaxlisten music build` with {MANY} files in the catalogue (medians, ms; without starting Python):",
        "",
        "| part | ms |",
        "|---|---|",
        *(f"| {name} | {milliseconds:.0f} |" for name, milliseconds in times_ms().items()),
    ]
    return "\n".join(lines)


def main() -> None:
    """Print the part, or write it into the document."""
    parser = argparse.ArgumentParser(description="The builder of ways down beside a greedy one and a random one.")
    parser.add_argument("--write", type=Path, help="The document whose part this becomes.")
    document = parser.parse_args().write
    if document is None:
        print(part())  # noqa: T201  # a command's output
    else:
        document.write_text(replace_part(document.read_text(encoding="utf-8"), part()), encoding="utf-8")


if __name__ == "__main__":
    main()

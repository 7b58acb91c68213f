"""How the built-in pieces measure, by one command: python -m tests.bench.builtin --write docs/music.md.

--flac FOLDER: also keep thirty seconds from the middle of each, to listen to.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from relaxlisten.music.analysis import analyse
from relaxlisten.music.arousal import arousals
from relaxlisten.music.pieces import PIECES
from tests.bench.builtin.measures import RATE_HZ, measure
from tests.bench.document import publish
from tests.bench.stretch.tables import Column, table

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = (
    Column(key="lufs", title="LUFS", digits=1),
    Column(key="range", title="range, LU", digits=1),
    Column(key="peak", title="true peak, dBTP", digits=1, most=-3.0),
    Column(key="rise", title="largest rise, dB", digits=1),
    Column(key="centroid", title="centroid, Hz", digits=0),
    Column(key="onsets", title="onsets a second", digits=2),
    Column(key="alike", title="most alike", digits=2),
    Column(key="arousal", title="arousal", digits=2),
    Column(key="speed", title="times real time", digits=0, least=30.0),
    Column(key="worst", title="slowest block, ms", digits=0),
    Column(key="seek", title="seek, ms", digits=0),
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.builtin")
    parser.add_argument("--write", type=Path, metavar="DOCUMENT", help="put the table into this document")
    parser.add_argument("--flac", type=Path, metavar="FOLDER", help="keep thirty seconds of each piece")
    parser.add_argument("pieces", nargs="*", help="only these")
    asked = parser.parse_args()
    publish(document(asked.pieces or list(PIECES), asked.flac), asked.write)


def document(names: list[str], folder: Path | None) -> Iterator[str]:
    yield "# As measured"
    yield ""
    yield "```sh"
    yield ".venv/bin/python -m tests.bench.builtin --write docs/music.md"
    yield ".venv/bin/python -m tests.bench.builtin --flac clips/   # and thirty seconds of each, to listen to"
    yield "```"
    yield ""
    yield "Each piece as a whole, 44.1 kHz, seed 1. Range: loudness range (EBU Tech 3342). Largest rise: of any 0.4 s over the"
    yield "3 s before. Centroid: of the power spectrum. Most alike: mean cosine of the spectra, in semitones, of those 20 s and"
    yield "20 s that are the most alike in the piece, 1.00 for a loop. Arousal: as of your own music, beside the others with a"
    yield "pulse (rain and sea count as bright and busy, which they are not to a listener: none is told). Times real time,"
    yield "slowest block (of 2048 frames, 46 ms) and seek (to the first block, nothing rendered before): processor time on the"
    yield "machine that wrote this."
    yield ""
    rows: dict[tuple[str, ...], dict[str, float]] = {}
    heard = {}
    for name in names:
        sound, figures = measure(PIECES[name])
        rows[name,] = figures | {"arousal": math.nan}
        if PIECES[name].tempo_bpm is not None:
            heard[name] = analyse(np.array_split(sound, max(len(sound) // RATE_HZ, 1)), RATE_HZ)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            middle = len(sound) // 2
            soundfile.write(folder / f"{name}.flac", sound[middle : middle + 30 * RATE_HZ], RATE_HZ, subtype="PCM_24")
    for name, arousal in zip(heard, arousals(list(heard.values())), strict=True):
        rows[name,]["arousal"] = math.nan if arousal is None else arousal
    yield from table(COLUMNS, ("piece",), rows)


if __name__ == "__main__":
    main()

"""The stretch part of docs/benchmarks.md, by one command: python -m tests.bench.stretch --write docs/benchmarks.md.

--music FOLDER: on the music of a folder instead of Debian's. --clips FOLDER: write clips to listen to, and measure nothing.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.document import publish
from tests.bench.stretch import clips, engines, heard, pieces, trials
from tests.bench.stretch.engines import OURS, PINS
from tests.bench.stretch.tables import Column, behind, misses, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.stretch.engines import Engine

STEADY = (
    Column(key="tone", title="tone, dB", digits=0, most=-80.0),
    Column(key="harmonic", title="harmonic, dB", digits=0, most=-50.0),
    Column(key="chord", title="chord, dB", digits=0),
    Column(key="low chord", title="low chord, dB", digits=0),
    Column(key="interval", title="intervals, ms", digits=2, most=0.15),
    Column(key="smear", title="smear, ms", digits=2, most=1.5),
    Column(key="pre-echo", title="pre-echo, dB", digits=0, most=-45.0),
    Column(key="stereo", title="stereo, dB", digits=0, most=-80.0),
    Column(key="offset", title="offset, dB", digits=0, most=-30.0),
)
OVER_PAD = (
    Column(key="worst interval", title="worst interval, ms", digits=2),
    Column(key="smear", title="smear, ms", digits=2, most=1.5),
    Column(key="pre-echo", title="pre-echo, dB", digits=0, most=-45.0),
    Column(key="pad before", title="pad before, dB", digits=0),
    Column(key="pad after", title="pad after, dB", digits=0),
    Column(key="pad level", title="pad level, dB", digits=2),
)
CHANGING = (
    Column(key="unity", title="unity, dB", digits=0, most=-120.0),
    Column(key="ramp", title="ramp, ms", digits=2, most=0.5),
    Column(key="steps", title="steps", digits=2, most=1.1),
    Column(key="speed", title="times real time", digits=0, least=50.0),
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.stretch")
    parser.add_argument("--write", type=Path, metavar="DOCUMENT", help="put the tables into this document")
    parser.add_argument("--music", type=Path, metavar="FOLDER", help="measure on this music instead of Debian's")
    parser.add_argument("--clips", type=Path, metavar="FOLDER", help="write clips to listen to, and measure nothing")
    asked = parser.parse_args()
    publish(clips.write(asked.clips, asked.music) if asked.clips else document(asked.music), asked.write)


def document(music: Path | None) -> Iterator[str]:
    compared = engines.installed()
    yield "# Time-stretch"
    yield ""
    yield "```sh"
    pins = " ".join(f'"{name}=={version}"' for name, version in PINS.items())
    yield f".venv/bin/python -m pip install {pins}   # the peers; nothing else needs them"
    yield ".venv/bin/python -m tests.bench.stretch --write docs/benchmarks.md"
    yield ".venv/bin/python -m tests.bench.stretch --clips clips/   # the same engines, to listen to"
    yield "```"
    yield ""
    yield "RelaxListen's own stretcher beside two peers, all in one run, stereo at 44.1 kHz. RelaxListen and Rubber Band"
    yield "(R3, in real time, both sides together) are fed blocks of 2048 frames; Signalsmith Stretch has the whole sound"
    yield 'at once. Constant delays are taken off. Ratio: output length / input length. "none": below -200 dB. "-": cannot'
    yield "be measured."
    yield from (f"{engine.name} is not installed, and left out." for engine in engines.ENGINES if engine not in compared)
    yield ""
    yield from steady(compared)
    yield from over_pad(compared)
    yield from changing(compared)
    yield from heard.part(compared, *pieces.everything(music))


def steady(compared: list[Engine]) -> Iterator[str]:
    yield "## At one ratio"
    yield ""
    yield "Tone, harmonic: what is left of a pure tone, and of one with eight partials, once the best steady ones are taken"
    yield "out. Chord, low chord: the same for each half second of three tones, C4 E4 G4 and A2 C#3 E3, which no frame of"
    yield "93 ms can tell apart. Intervals: standard deviation of those between clicks. Smear: how long 90 % of a click's"
    yield "energy lasts (0.68 ms as it goes in). Pre-echo: the loudest moment in the 60 ms before a click, against it."
    yield "Stereo: what of a source on the left is heard where it should not be, beside a source on the right. Offset: how"
    yield "far what is below 20 Hz departs from a constant that the sound has, as some published music has one, against it."
    yield ""
    rows = {(f"{ratio}", engine.name): trials.steady(engine, ratio) for ratio in trials.RATIOS for engine in compared}
    yield from table(STEADY, ("ratio", "engine"), rows)
    yield ""
    yield from misses(STEADY, rows, OURS)


def over_pad(compared: list[Engine]) -> Iterator[str]:
    yield "## Clicks over a pad"
    yield ""
    yield "The same clicks over two steady tones. Worst interval: the largest error of one between clicks. Pad before,"
    yield "after: what is left in 30 ms before and after a click once the best steady tones are taken out; level: its"
    yield "largest change there."
    yield ""
    rows = {(f"{ratio}", engine.name): trials.over_pad(engine, ratio) for ratio in trials.RATIOS for engine in compared}
    yield from table(OVER_PAD, ("ratio", "engine"), rows)
    yield from behind([column for column in OVER_PAD if not column.bar], rows, OURS)
    yield from misses(OVER_PAD, rows, OURS)


def changing(compared: list[Engine]) -> Iterator[str]:
    yield "## A ratio that moves, and speed"
    yield ""
    yield "Unity: what differs from the input at ratio 1, on noise. Ramp: the worst click against the integral of a ratio"
    yield "that goes from 0.85 to 1.15 in 47 s. Steps: the largest second difference of a pad while the ratio jumps between"
    yield "0.85, 1, 1.15 and others twice a second, against that of the pad (1: no click). Speed: noise with clicks, a"
    yield 'second of processor time, the best of several runs; how they compare is what counts. "Ratio delayed": each ratio'
    yield "is set as late as the engine holds its input."
    yield ""
    moving = compared + [engines.DELAYED] * engines.is_installed(engines.DELAYED)
    rows = {(engine.name,): trials.changing(engine) for engine in moving}
    yield from table(CHANGING, ("engine",), rows)
    yield ""
    yield from misses(CHANGING, rows, OURS)


if __name__ == "__main__":
    main()

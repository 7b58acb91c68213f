"""The methods text: each figure recomputed from the record's own lines by another path, and nothing that nobody measured."""

import dataclasses
import itertools
import json
import math
import re
import statistics
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from relaxlisten.cli import app
from relaxlisten.report import checklists, methods_words
from relaxlisten.report.methods import TO_COMPLETE, Figure, Item, MethodsText, escaped
from relaxlisten.report.methods_page import as_markdown, as_trace, used_figures
from relaxlisten.session.allocation import Design
from relaxlisten.session.format import RECORD_NAME
from relaxlisten.session.study import new_study, unblind
from tests.report.making import HEADER, raw, small


class Recomputed:
    """The figures of a record, from its lines as plain data: no module of the program takes part."""

    def __init__(self, folder: Path) -> None:
        self.lines: list[dict[str, Any]] = raw(folder)
        self.header = self.lines[0]
        self.beats = sorted(self.of("Beat"), key=lambda beat: beat["time_s"])
        self.phases = [one for one in self.of("SessionPhase") if one["stage"] != "ready"]
        self.runs = [list(run) for _, run in itertools.groupby(self.phases, key=lambda one: one["name"])]
        self.minutes = (self.phases[-1]["time_s"] - self.phases[0]["time_s"]) / 60.0
        starts = [run[0]["time_s"] for run in self.runs]
        self.ends = [*starts[1:], self.phases[-1]["time_s"]]
        self.starts = starts

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == kind]

    @staticmethod
    def good(beat: dict[str, Any]) -> bool:
        return beat["quality"] == "normal" and beat["confidence"] >= 0.64

    def inside(self, low_s: float, high_s: float) -> list[dict[str, Any]]:
        return [beat for beat in self.beats if low_s < beat["time_s"] <= high_s]

    def rate(self, low_s: float, high_s: float) -> float:
        return 60_000.0 / statistics.fmean(beat["nn_ms"] for beat in self.inside(low_s, high_s) if self.good(beat))

    def clean_s(self, low_s: float, high_s: float) -> float:
        return sum(beat["nn_ms"] for beat in self.inside(low_s, high_s) if self.good(beat)) / 1000.0

    def normal_ms(self) -> float:
        return sum(beat["nn_ms"] for beat in self.beats if beat["quality"] == "normal")

    def pieces(self) -> list[tuple[str, float, float]]:
        heard = [one for one in self.of("SoundState") if one["track_id"] is not None]
        runs = [list(run) for _, run in itertools.groupby(heard, key=lambda one: one["turn"])]
        titles = {one["track"]["track_id"]: one["track"]["title"] for one in self.of("TrackFound")}
        return [(titles[run[0]["track_id"]], run[0]["dac_time_s"], run[-1]["dac_time_s"]) for run in runs]

    def figures(self) -> dict[str, str]:
        odd = Counter(beat["quality"] for beat in self.beats if beat["quality"] != "normal")
        good = [beat for beat in self.inside(self.starts[0], self.ends[-1]) if self.good(beat)]
        nn_ms = [beat["nn_ms"] for beat in good]
        spoken = self.inside(self.starts[0], self.ends[-1])
        steps = [b["nn_ms"] - a["nn_ms"] for a, b in itertools.pairwise(spoken) if self.good(a) and self.good(b)]
        gaps = [(a, b) for a, b in itertools.pairwise(self.beats) if b["quality"] == "after_gap"]
        tempi = [one["tempo_bpm"] for one in self.of("SoundState") if one["tempo_bpm"] is not None]
        settings, limits = self.header["settings"], self.header["protocol"]["limits"]
        first, before_close = self.ends[0], self.starts[-1]
        beginning, end = self.rate(self.starts[0], first), self.rate(before_close - 120.0, before_close)
        clean_s = self.clean_s(self.starts[0], first), self.clean_s(before_close - 120.0, before_close)
        answers = {(one["scale"], one["when"]): one["value"] for one in self.of("Rating")}
        commands = Counter(one["what"] for one in self.of("Command"))
        pieces = self.pieces()
        return {
            "duration": f"{self.minutes:.1f}",
            "started": self.header["started_utc"],
            "protocol": self.header["protocol"]["title"],
            "phase_count": str(len(self.runs)),
            "phases": ", ".join(
                f"{run[0]['name']} ({run[0]['kind']}, {round((end_s - start_s) / 60.0, 2):g} min)"
                for run, start_s, end_s in zip(self.runs, self.starts, self.ends, strict=True)
            ),
            "pressed": str(sum(commands.values()) - commands["start"] - commands["marker"]),
            "markers": str(commands["marker"]),
            "arm": "adaptive",
            "seed": "1",
            "music": settings["music"],
            "volume": str(settings["volume"]),
            "volume_cap": str(settings["volume_cap"]),
            "stretch": f"{limits['stretch_percent']:g}",
            "slew": f"{limits['slew_percent_per_beat']:g}",
            "tempo_rule": "met the listener's heart rate and then went ahead of it in small steps while the heart followed",
            "choice_rule": "by their tempo and by how much each was expected to settle this listener",
            "piece_count": str(len(pieces)),
            "pieces": "; ".join(f"{title} ({_clock(start_s)}-{_clock(end_s)})" for title, start_s, end_s in pieces),
            "tempo_start": f"{tempi[0]:.1f}",
            "tempo_end": f"{tempi[-1]:.1f}",
            "sensor": "Simulated heart",
            "sensor_kind": "simulated heart",
            "gaps": str(len(gaps)),
            "gap_s": f"{sum(b['time_s'] - a['time_s'] for a, b in gaps):.0f}",
            "beats": str(len(self.beats)),
            "changed": str(odd.total()),
            "changed_share": f"{100.0 * odd.total() / len(self.beats):.1f}",
            "causes": f"{odd['ectopic']} early (ectopic), {odd['after_gap']} after a gap",
            "clean_time": f"{self.normal_ms() / 600.0 / self.minutes:.1f}",
            "clean": str(len(good)),
            "pairs": str(len(steps)),
            "heart_rate": f"{60_000.0 / statistics.fmean(nn_ms):.1f}",
            "sdnn": f"{statistics.stdev(nn_ms):.1f}",
            "rmssd": f"{math.sqrt(statistics.fmean(step * step for step in steps)):.1f}",
            "withheld": "nothing",
            "start_rate": f"{beginning:.1f}",
            "end_rate": f"{end:.1f}",
            "rate_change": f"{end - beginning:+.1f}",
            "chance": f"{1.6449 * 1.5 * math.sqrt(60.0 / clean_s[0] + 60.0 / clean_s[1]):.1f}",
            "ratings": f"calm {answers['calm', 'before']:g} before and {answers['calm', 'after']:g} after",
            "fidelity_index": "1.00",
            "fidelity_completed": "1.00",
            "fidelity_audible": "1.00",
            "fidelity_tempo": "1.00",
            **{f"version_{name}": self.header["versions"][name] for name in ("relaxlisten", "python", "numpy", "scipy")},
            "schema": str(self.header["schema"]),
            # from the specifications, not from the program
            "resolution": "1/1024", "service": "0x2A37", "lf_band": "0.04-0.15", "hf_band": "0.15-0.40", "stretch_min": "5",
            "hf_least": "1", "lf_least": "2",
        }  # fmt: skip


def _clock(time_s: float) -> str:
    return f"{int(time_s // 60):02d}:{int(time_s % 60):02d}"


def test_each_figure_of_the_text_is_what_another_path_finds_in_the_record(recorded: Path, text: MethodsText) -> None:
    used = {figure.key: figure.shown for figure in used_figures(text)}
    assert used == Recomputed(recorded).figures()


def test_every_number_in_the_text_is_a_figure_with_a_source() -> None:
    sentences = [sentence for group in (methods_words.SESSION, methods_words.STUDY) for part in group for sentence in part]
    sentences += [answer for checklist in checklists.ALL for item in checklist.items for answer in item.answers]
    bare = [re.sub(r"\{\w+\}", "", sentence) for sentence in sentences]
    assert [sentence for sentence in bare if re.search(r"\d", sentence)] == []


def test_each_figure_says_where_it_comes_from(recorded: Path, text: MethodsText) -> None:
    traced = as_trace(text).splitlines()
    rows = [line.split("\t") for line in traced]
    assert rows[0] == ["figure", "shown", "from"]
    assert all(len(row) == 3 and all(cell.strip() for cell in row) for row in rows)
    kinds = {line["event"] for line in raw(recorded)} | {"Metric"}
    named = [row for row in rows[1:] if any(kind in row[2] for kind in kinds)]
    others = {row[0] for row in rows[1:]} - {row[0] for row in named}
    assert others == {
        "resolution",
        "service",
        "lf_band",
        "hf_band",
        "stretch_min",
        "hf_least",
        "lf_least",
        "rate_change",
        "chance",
    }


def test_the_checklists_have_all_items_of_their_guidelines(text: MethodsText) -> None:
    numbers = [[item.number for item in one.items] for one in checklists.ALL]
    assert numbers[0] == ["A", "B.1", "B.2", "B.3", "B.4", "B.5", "C", "D", "E", "F", "G"]
    assert numbers[1] == ["1a", "1b", "1c", "1d", "1e", "2a", "2b", "3a", "3b", "3c", "3d", "4a", "4b"]
    shown = as_markdown(text)
    for number in (*numbers[0], *numbers[1], *numbers[2]):
        assert f"| {number} | " in shown


def test_what_only_a_person_knows_is_asked_for(text: MethodsText) -> None:
    rows = [line for line in as_markdown(text).splitlines() if line.startswith("| ")]
    asked = {row.split(" | ")[0].strip("| ") for row in rows if TO_COMPLETE in row}
    assert {"A", "B.2", "B.3", "C", "D", "F", "G", "1a", "1b", "1c", "1d", "1e", "2a", "2b"} <= asked
    assert all(len(row.split(" | ")) == 3 for row in rows)


def test_a_simulated_heart_is_said_first(text: MethodsText, tmp_path: Path) -> None:
    assert as_markdown(text).splitlines()[2] == f"**{methods_words.SIMULATED}**"
    assert methods_words.SIMULATED not in said("methods", str(small(tmp_path / "real")))


def test_without_the_header_nothing_is_made_up(tmp_path: Path) -> None:
    target = small(tmp_path / "torn")
    whole = (target / RECORD_NAME).read_bytes()
    (target / RECORD_NAME).write_bytes(whole.split(b"\n", 1)[1])
    text = said("methods", str(target))
    assert methods_words.UNKNOWN_HEART in text
    assert "seed" not in text
    assert "condition “" not in text
    assert "the mean heart rate was" in text  # what is whole is still told


@pytest.mark.parametrize("text", ["a|b", "*x*", "<b>", "[l](u)", "`c`", "a\nb", "#h", "\x00"])
def test_what_stands_in_a_record_stays_one_cell_of_text(text: str) -> None:
    item = Item(number="n", asks="asks", answers=("{what}.",))
    figures = {"what": Figure(key="what", shown=text, source="x")}
    shown = as_markdown(
        MethodsText(
            title="t", warning="", paragraphs=(), figures=figures,
            checklists=(checklists.Checklist(title="c", source="s", items=(item,)),),
        )
    )  # fmt: skip
    row = shown.splitlines()[-1]
    assert row == f"| n | asks | {escaped(text)}. |"
    assert not re.search(r"(?<!\\)[*<\[`#]", row)


# ---- studies ----


def study(folder: Path) -> Path:
    new_study(folder, ["adaptive", "silence"], Design.CROSSOVER, 12, "study-20", seed=424242)
    for name, label, most in (("P01-1", "A", None), ("P01-2", "B", None), ("P02-1", "B", 300)):
        header = dataclasses.replace(HEADER, condition=label, control={"sealed": "x"})
        small(folder / "sessions" / name, header, most=most)
    return folder


def test_a_study_tells_its_arms_and_its_seed_once_it_is_open_and_not_before(tmp_path: Path) -> None:
    folder = study(tmp_path / "trial")
    closed = said("methods", str(folder))
    assert "12 participants were planned in a crossover design that compared 2 arms" in closed
    assert "2 took part in 3 recorded sessions" in closed
    assert "Williams square" in closed
    for secret in ("424242", "silence", "adaptive"):
        assert secret not in closed
        assert secret not in said("methods", str(folder), "--trace")
    unblind(folder, "last *session* done")
    opened = said("methods", str(folder))
    letters = json.loads((folder / "unblinded.json").read_text(encoding="utf-8"))["letters"]
    counts = {letters["adaptive"]: "adaptive", letters["silence"]: "silence"}
    listed = sorted([f"{counts['A']} 1", f"{counts['B']} 2"])
    assert f"Sessions by arm: {', '.join(listed)}." in opened
    assert "the seed 424242" in opened
    assert r"last \*session\* done" in opened


def test_a_study_names_the_sessions_that_are_not_whole_with_the_reason(tmp_path: Path) -> None:
    text = said("methods", str(study(tmp_path / "trial")))
    assert "Of the recorded sessions 1 are not whole or hold no heart beat: P02-1 (The record stops at" in text
    assert "P01-1 (" not in text


def said(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result.output

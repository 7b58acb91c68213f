"""`relaxlisten rr`: what a researcher with a file of RR intervals gets."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from tests.system.program import run

pytestmark = pytest.mark.system

REST = Path("tests/data/rest_rr_ms.txt").resolve()


def test_beats_go_to_standard_output_as_tsv_and_metrics_beside(tmp_path: Path) -> None:
    done = run("rr", REST, home=tmp_path)
    beats = list(csv.DictReader(io.StringIO(done.stdout), delimiter="\t"))
    assert done.returncode == 0
    assert list(beats[0]) == ["index", "time_s", "rr_ms", "nn_ms", "quality", "confidence"]
    assert len([beat for beat in beats if beat["rr_ms"]]) == 910
    assert {"rmssd_ms", "breathing_per_min", "dfa_alpha1"} <= set(done.stderr.split())
    assert "no diagnosis" in done.stderr


def test_a_beat_that_was_put_back_has_no_rr(tmp_path: Path) -> None:
    file = tmp_path / "missed.txt"
    file.write_text("\n".join(["800"] * 20 + ["1600"] + ["800"] * 20))
    beats = list(csv.DictReader(io.StringIO(run("rr", file, "--tsv", home=tmp_path).stdout), delimiter="\t"))
    assert [(beat["rr_ms"], beat["nn_ms"], beat["quality"]) for beat in beats[20:22]] == [
        ("", "800", "missed"),
        ("1600", "800", "missed"),
    ]


def test_json_has_both_and_no_nan(tmp_path: Path) -> None:
    done = run("rr", REST, "--json", "--offline", home=tmp_path)
    found = json.loads(done.stdout, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert (done.returncode, found["mode"], found["file"]) == (0, "offline", REST.name)
    assert found["beats"][0]["nn_ms"] == 1114.0
    raw_ms = np.loadtxt(REST)  # a dozen early beats in it
    assert found["metrics"]["rmssd_ms"]["value"] == pytest.approx(np.sqrt(np.mean(np.diff(raw_ms) ** 2)), rel=0.1)
    assert found["metrics"]["lf_ms2"]["reason"] is None


@pytest.mark.parametrize(
    ("text", "arguments", "words"),
    [
        (None, [], ["cannot be read"]),
        ("hello\n", [], ["Line 1", "812"]),
        ("812\n", ["--format", "hrm"], ["[HRData]"]),
        ("812\n", ["--json", "--tsv"], ["either"]),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(
    tmp_path: Path, text: str | None, arguments: list[str], words: list[str]
) -> None:
    file = tmp_path / "mine.txt"
    if text is not None:
        file.write_text(text)
    done = run("rr", file, *arguments, home=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert all(word in done.stderr for word in words), done.stderr

"""The music commands as a user runs them: real processes, real workers, small files."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from relaxlisten.music.catalogue import Catalogue
from relaxlisten.music.piece_facts import NAMES
from tests.music.making import pluck, train
from tests.music.tagging import retagged_flac
from tests.system.program import bare_environment, run, start, wait_until

RATE = 8000
TEMPOS_BPM = {"slow": 56.0, "middle": 66.0, "quick": 84.0}


def write(path, seed=0, seconds=2.0):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.1 * np.random.default_rng(seed).standard_normal(round(seconds * RATE)), RATE)
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A listener who has scanned three pulsed pieces, three of noise, and two broken files."""
    home = tmp_path_factory.mktemp("home")
    music = home / "Musik für Söhne"
    music.mkdir()
    for name, tempo_bpm in TEMPOS_BPM.items():
        soundfile.write(music / f"{name}.flac", 0.1 * train(tempo_bpm, 0.4, 30.0, 22050, pluck(22050)), 22050)
    tagged = music / "middle.flac"
    tagged.write_bytes(retagged_flac(tagged.read_bytes(), ["TITLE=Evening [live]", "BPM=50", "INITIALKEY=8A"]))
    for number in range(3):
        write(music / "noise" / f"{number}.wav", number, 20.0)
    (music / "text.mp3").write_text("not music\n" * 50)
    (music / "empty.wav").write_bytes(b"")
    result = run("music", "scan", music, "--jobs", "2", "--json", home=home)
    assert result.returncode == 0, result.stderr
    (home / "scan.json").write_text(result.stdout)
    (home / "scan.txt").write_text(result.stderr)
    return home


def music_of(home):
    return home / "Musik für Söhne"


def listed(home, *arguments):
    result = run("music", "list", "--json", *arguments, home=home)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_a_scan_prints_a_list_of_objects_and_nothing_else(home):
    found = {Path(one["path"]).name: one for one in json.loads((home / "scan.json").read_text())}
    assert len(found) == 8
    for one in found.values():
        assert tuple(one) == NAMES
        assert Path(one["path"]).is_absolute()
    for name, tempo_bpm in TEMPOS_BPM.items():
        one = found[f"{name}.flac"]
        assert one["pulse"] == "pulsed"
        assert one["tempo_bpm"] == pytest.approx(tempo_bpm, rel=0.01)
        assert one["tempo_candidates"][0]["tempo_bpm"] == pytest.approx(tempo_bpm, rel=0.04)
        assert len(one["beats_s"]) == pytest.approx(30 * tempo_bpm / 60, abs=2)
        assert one["loudness_lufs"] < 0.0
        assert one["key"] is not None
        assert one["arousal"] is not None  # six pieces are enough
        assert one["problem"] is None
    for number in range(3):
        one = found[f"{number}.wav"]
        assert (one["pulse"], one["tempo_bpm"], one["beats_s"]) == ("beatless", None, [])
    assert found["empty.wav"]["problem"] == "is empty"
    assert (found["text.mp3"]["pulse"], found["text.mp3"]["tempo_bpm"]) == (None, None)


def test_a_scan_says_what_it_did_and_why_files_are_left_out(home):
    told = (home / "scan.txt").read_text()
    assert "8 files: 0 unchanged, 6 heard, 0 recognised, 0 gone, 2 cannot be played." in told
    assert "empty.wav: is empty" in told
    assert "text.mp3: is not a sound file that can be played" in told


def test_a_second_scan_opens_nothing_and_prints_the_same(home):
    result = run("music", "scan", music_of(home), "--json", home=home)
    assert json.loads(result.stdout) == json.loads((home / "scan.json").read_text())
    assert "8 files: 6 unchanged, 0 heard" in result.stderr


def test_a_list_can_be_chosen_from_and_put_in_order(home):
    assert [one["pulse"] for one in listed(home, "--pulse", "beatless")] == ["beatless"] * 3
    assert [round(one["tempo_bpm"]) for one in listed(home, "--from", "60", "--to", "90", "--sort", "tempo")] == [66, 84]
    by_length = [one["duration_s"] for one in listed(home, "--sort", "duration")]
    assert by_length[:6] == sorted(by_length[:6])
    assert by_length[6:] == [None, None]
    assert len(listed(home, str(music_of(home) / "noise"))) == 3


def test_a_table_shows_names_with_brackets_and_tags_that_are_contradicted(home):
    told = run("music", "list", home=home).stdout
    assert "Evening [live]" in told
    assert "tag 50 contradicted" in told
    assert "empty.wav is empty." in told


def test_show_tells_all_of_one_piece(home):
    result = run("music", "show", music_of(home) / "middle.flac", home=home)
    assert "tag_tempo_verdict" in result.stdout
    (one,) = json.loads(run("music", "show", music_of(home) / "middle.flac", "--json", home=home).stdout)
    assert (one["tag_tempo_bpm"], one["tag_tempo_verdict"], one["tag_key"]) == (50.0, "contradicted", "A minor")
    assert one["title"] == "Evening [live]"


def test_set_goes_before_everything_and_stays_with_the_piece(home):
    path = music_of(home) / "slow.flac"
    assert run("music", "set", path, "--tempo", "62", "--beats-per-bar", "3", home=home).returncode == 0
    (one,) = json.loads(run("music", "show", path, "--json", home=home).stdout)
    assert (one["tempo_bpm"], one["tempo_source"], one["beats_per_bar"]) == (62.0, "listener", 3)
    assert run("music", "set", path, "--exclude", home=home).returncode == 0
    (one,) = json.loads(run("music", "show", path, "--json", home=home).stdout)
    assert (one["tempo_bpm"], one["excluded"]) == (62.0, True)
    assert run("music", "set", path, "--forget", home=home).returncode == 0
    (one,) = json.loads(run("music", "show", path, "--json", home=home).stdout)
    assert (one["tempo_source"], one["excluded"]) == ("estimate", False)


def test_export_writes_json_and_csv(home, tmp_path):
    expected = {one["path"]: one for one in listed(home)}
    assert json.loads(run("music", "export", home=home).stdout) == list(expected.values())
    assert run("music", "export", "-o", tmp_path / "m.json", home=home).returncode == 0
    assert json.loads((tmp_path / "m.json").read_text()) == list(expected.values())
    assert run("music", "export", "-o", tmp_path / "m.csv", home=home).returncode == 0
    with (tmp_path / "m.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8
    for row in rows:
        one = expected[row["path"]]
        assert row["tempo_bpm"] == ("" if one["tempo_bpm"] is None else f"{one['tempo_bpm']:.10g}")
        assert len(row["beats_s"].split()) == len(one["beats_s"])


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["scan", "/nowhere"], 2, "There is no /nowhere: name a folder of music, or a file."),
        (["show", "/nowhere.flac"], 2, "/nowhere.flac is not in the catalogue: run relaxlisten music scan on it"),
        (["set", "/nowhere.flac", "--tempo", "62"], 2, "/nowhere.flac cannot be read (No such file or directory): name a"),
        (["set", "/nowhere.flac"], 2, "Nothing was set: use --tempo, --first-beat, --beats-per-bar, --exclude,"),
        (["list", "--sort", "mood"], 2, 'There is no order "mood": use one of path, title, tempo, arousal,'),
        (["export", "-o", "/tmp/m.xls"], 2, "/tmp/m.xls cannot be written: name a file that ends in .json or .csv."),
        (["export", "-o", "/nowhere/m.csv"], 2, "/nowhere/m.csv cannot be written (No such file or directory): choose"),
    ],
)  # fmt: skip
@pytest.mark.skipif(sys.platform == "win32", reason="paths and words of POSIX systems")
def test_what_cannot_be_done_is_one_sentence(home, arguments, code, sentence):
    result = run("music", *arguments, home=home)
    assert result.returncode == code
    assert result.stderr.startswith(f"relaxlisten: {sentence}")
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_an_empty_folder_is_an_empty_list(tmp_path):
    result = run("music", "scan", tmp_path, "--json", home=tmp_path)
    assert (result.returncode, json.loads(result.stdout)) == (0, [])
    assert json.loads(run("music", "list", "--json", home=tmp_path).stdout) == []
    assert "run relaxlisten music scan FOLDER" in run("music", "list", home=tmp_path).stdout


def test_another_catalogue_can_be_named(home, tmp_path):
    other = tmp_path / "other.sqlite"
    assert json.loads(run("music", "--catalogue", other, "list", "--json", home=home).stdout) == []
    assert other.exists()


def test_a_damaged_catalogue_is_told_in_a_sentence_and_the_scan_goes_on(tmp_path):
    write(tmp_path / "music" / "a.wav")
    (tmp_path / "c.sqlite").write_bytes(b"no database" * 500)
    result = run("music", "--catalogue", tmp_path / "c.sqlite", "scan", tmp_path / "music", home=tmp_path)
    assert result.returncode == 0
    assert "was damaged: it was moved to" in result.stderr
    assert "1 heard" in result.stderr


def known_in(place):
    """How many pieces a catalogue that another process fills holds by now."""
    if not place.exists():
        return 0
    catalogue = Catalogue(place)
    try:
        return catalogue.count()
    finally:
        catalogue.close()


@pytest.mark.system
@pytest.mark.skipif(sys.platform == "win32", reason="a process is killed as POSIX systems do")
@pytest.mark.parametrize("end", ["SIGKILL", "SIGINT"])
def test_a_scan_that_is_ended_in_its_midst_loses_nothing_and_repeats_nothing(tmp_path, end):
    for number in range(14):
        write(tmp_path / "music" / f"{number}.wav", number, 30.0)
    place = tmp_path / "c.sqlite"
    scan = start("music", "--catalogue", place, "scan", tmp_path / "music", "--jobs", "2", home=tmp_path)
    wait_until(lambda: known_in(place) >= 3, "the first three pieces", 100.0)
    scan.send_signal(getattr(signal, end))
    told, _ = scan.communicate(timeout=30)
    assert scan.returncode != 0
    assert "Traceback" not in told
    if end == "SIGINT":
        assert "The scan was stopped: what was heard is kept; run it again to go on." in told
    kept = known_in(place)
    assert 3 <= kept < 14
    wait_until(lambda: not processes_of(tmp_path), "the end of its workers")
    again = run("music", "--catalogue", place, "scan", tmp_path / "music", "--jobs", "2", home=tmp_path)
    assert f"14 files: {kept} unchanged, {14 - kept} heard, 0 recognised" in again.stderr


def processes_of(home):
    """Numbers of all processes that were started for this home, on Linux."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            found += [environ.parent.name] if f"HOME={home}\0".encode() in environ.read_bytes() else []
    return found


@pytest.mark.system
def test_two_scans_at_once_both_end_well_and_each_file_is_there_once(tmp_path):
    for number in range(12):
        write(tmp_path / "music" / f"{number}.wav", number, 10.0)
    place = tmp_path / "c.sqlite"
    command = [
        sys.executable,
        "-m",
        "relaxlisten",
        "music",
        "--catalogue",
        str(place),
        "scan",
        str(tmp_path / "music"),
        "--jobs",
        "1",
    ]
    scans = [
        subprocess.Popen(command, env=bare_environment(tmp_path), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        for _ in range(2)
    ]
    told = [scan.communicate(timeout=100)[1] for scan in scans]
    assert [scan.returncode for scan in scans] == [0, 0], told
    assert known_in(place) == 12
    assert all("0 cannot be played" in one for one in told)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names there are Unicode")
def test_names_in_no_encoding_are_listed(tmp_path):
    write(tmp_path / "music" / "a.wav").rename(tmp_path / "music" / os.fsdecode(b"\xc4nne [1].wav"))
    result = run("music", "scan", tmp_path / "music", "--json", home=tmp_path)
    (one,) = json.loads(result.stdout)
    assert os.fsencode(one["path"]).endswith(b"\xc4nne [1].wav")
    assert "\\udcc4nne [1].wav" in run("music", "list", home=tmp_path).stdout
    assert run("music", "export", "-o", tmp_path / "m.csv", home=tmp_path).returncode == 0


def test_the_doctor_says_what_is_known(home, tmp_path):
    told = {one["what"]: one for one in json.loads(run("doctor", "--json", home=home).stdout)}
    assert told["Your music"]["sentence"].startswith("6 files are known; the catalogue is ")
    told = {one["what"]: one for one in json.loads(run("doctor", "--json", home=tmp_path).stdout)}
    assert told["Your music"]["sentence"].startswith("No piece is known yet")

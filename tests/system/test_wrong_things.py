"""What a new user does wrong, and what the machine lacks: one clear sentence and the right exit code, never a traceback."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.system.program import read_session, run

pytestmark = pytest.mark.system

SHORT = ("listen", "--no-window", "--no-sound", "--minutes", "0.1")


def one_sentence(output: str) -> str:
    assert "Traceback" not in output
    lines = [line for line in output.splitlines() if line.startswith("relaxlisten: ")]
    assert len(lines) == 1, output
    return lines[0]


def music_folder(folder: Path, seconds: float = 20.0) -> Path:
    folder.mkdir()
    times_s = np.arange(int(44100 * seconds)) / 44100.0
    pulse = np.sin(2 * np.pi * 220.0 * times_s) * np.exp(-((times_s % 1.0) * 6.0)) * 0.3
    soundfile.write(folder / "pulse.flac", np.stack([pulse, pulse], axis=1), 44100)
    return folder


def bad_protocol(folder: Path) -> Path:
    file = folder / "mine.toml"
    file.write_text('[[phase]]\nname = "A"\nkind = "match"\nminuts = 3\n')
    return file


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--music", "{folder}/missing"], ["missing"]),
        (["--music", "{empty}"], ["No music", "--music builtin"]),
        (["--music", "{fake}"], ["can be played", "--music builtin"]),
        (["--protocol", "{protocol}"], ["mine.toml", "line 4", '"minuts"', '"minutes"']),
        (["--protocol", "setle-20"], ["setle-20", "settle-20"]),
        (["--sensor", "bluetooth"], ["bluetooth", "ble"]),
        (["--sensor", "file:{folder}/none.txt"], ["none.txt"]),
        (["--sensor", "file:{fake}/notes.mp3"], ["Line 1 of notes.mp3", "milliseconds"]),
        (["--sensor", "ble", "--offline"], ["--offline"]),
        (["--render", "{folder}/nowhere/out.wav"], ["nowhere"]),
        (["--render", "{folder}/out.mp3"], ["out.mp3", ".wav", ".flac"]),
    ],
    ids=lambda value: " ".join(value) if value and value[0].startswith("--") else "",
)  # fmt: skip
def test_what_does_not_exist_or_cannot_be_understood_is_wrong_usage(
    tmp_path: Path, arguments: list[str], words: list[str]
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "fake").mkdir()
    (tmp_path / "fake" / "notes.mp3").write_text("milk\nbread\n")
    places = {
        "folder": tmp_path, "empty": tmp_path / "empty", "fake": tmp_path / "fake", "protocol": bad_protocol(tmp_path),
    }  # fmt: skip
    result = run(*SHORT, *[argument.format(**places) for argument in arguments], home=tmp_path)
    assert result.returncode == 2, result.stdout + result.stderr
    sentence = one_sentence(result.stderr)
    for word in words:
        assert word in sentence


def test_an_option_that_does_not_exist_is_wrong_usage(tmp_path: Path) -> None:
    result = run("listen", "--musik", "x", home=tmp_path)
    assert result.returncode == 2
    assert "--music" in result.stderr


def test_files_that_cannot_be_played_are_left_out_and_the_rest_is_played(tmp_path: Path) -> None:
    folder = music_folder(tmp_path / "music")
    (folder / "notes.mp3").write_text("milk\nbread\n")
    whole = (folder / "pulse.flac").read_bytes()
    (folder / "cut.flac").write_bytes(whole[: len(whole) // 2])
    result = run("listen", "--offline", "--minutes", "0.5", "--music", folder, "--out", tmp_path / "session", home=tmp_path)
    assert result.returncode == 0, result.stderr
    record = read_session(tmp_path / "session")
    notices = [entry.event.text for entry in record.events if type(entry.event).__name__ == "Notice"]
    assert any("notes.mp3" in text for text in notices)
    assert "Traceback" not in result.stdout + result.stderr


def test_without_bluetooth_the_session_goes_on_as_plain_listening(tmp_path: Path) -> None:
    result = run(*SHORT, "--sensor", "ble", "--out", tmp_path / "session", home=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "Bluetooth" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr
    record = read_session(tmp_path / "session")
    assert any(type(entry.event).__name__ == "SoundState" and entry.event.audible for entry in record.events)


def test_looking_for_sensors_without_bluetooth_fails_with_a_sentence(tmp_path: Path) -> None:
    result = run("sensors", "--seconds", "1", home=tmp_path)
    assert result.returncode == 1
    assert "Bluetooth" in one_sentence(result.stderr)


def test_without_a_sound_card_the_session_goes_on_silently_and_says_so(tmp_path: Path) -> None:
    result = run("listen", "--no-window", "--minutes", "0.1", "--out", tmp_path / "session", home=tmp_path)
    assert result.returncode == 0, result.stderr
    codes = [entry.event.code for entry in read_session(tmp_path / "session").events if type(entry.event).__name__ == "Notice"]
    assert "no_sound_card" in codes
    assert "silent" in result.stdout


def test_a_folder_that_cannot_be_written_stops_the_session_before_it_starts(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run(*SHORT, "--out", tmp_path / "file" / "session", home=tmp_path)
    assert result.returncode == 1
    assert "another folder" in one_sentence(result.stderr)

"""What the window is opened with on this machine."""

import dataclasses
from pathlib import Path

import pytest

from relaxlisten.commands.open_window import opening
from relaxlisten.settings import SessionSettings
from relaxlisten.window.choices import SessionChoices


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


def test_the_window_alone_looks_for_a_strap_and_remembers(tmp_path: Path) -> None:
    opened = opening(SessionSettings(), lambda _: None, remembers=True)
    assert opened.initial.sensor == "ble"
    assert opened.settings_file is not None
    assert opened.settings_file.name == "window.json"


def test_what_the_command_line_tells_is_done_and_not_remembered() -> None:
    opened = opening(SessionSettings(sensor="simulated", protocol="short-5"), lambda _: None, remembers=False)
    assert (opened.initial.sensor, opened.initial.protocol) == ("simulated", "short-5")
    assert opened.settings_file is None


def test_choices_reach_the_session_beside_what_only_the_command_line_knows() -> None:
    launched: list[SessionSettings] = []
    settings = SessionSettings(with_sound=False, seed=7)
    choices = SessionChoices(sensor="none", music="builtin", protocol="demo-3", volume=0.3, ratings=("calm=3",))
    opening(settings, launched.append, remembers=True).launch(choices)
    assert launched == [dataclasses.replace(settings, **dataclasses.asdict(choices))]

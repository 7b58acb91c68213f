import json
import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relaxlisten.terms import Bed
from relaxlisten.window.choices import MOST_PLACES, Light, Liking, Motion, Pacing, Remembered, SessionChoices, places_with
from relaxlisten.window.remembered import read_remembered, write_remembered

CHOSEN = SessionChoices(
    sensor="ble:A0:9E", music="/music/calm", protocol="short-5", volume=0.4, bed=Bed.RAIN, person="kim"
)  # fmt: skip
LIKING = Liking(
    language="de", view="details", full_screen=True, pacing=Pacing.MUSIC, trend=True, light=Light.LOW, motion=Motion.REDUCED,
    store=True,
)  # fmt: skip
WHOLE = Remembered(chosen=CHOSEN, sensor_name="Polar H10", places=("/music/calm", "/music/ä.m3u8"), liking=LIKING)


def test_what_was_chosen_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "new folder" / "window.json"
    assert write_remembered(file, WHOLE)
    assert read_remembered(file) == WHOLE
    assert [path.name for path in file.parent.iterdir()] == ["window.json"]


def test_the_first_visit_knows_nothing_and_has_asked_nobody(tmp_path: Path) -> None:
    assert read_remembered(tmp_path / "none.json") == Remembered()
    assert Remembered().liking.store is None


def test_answers_and_caps_of_one_session_are_not_remembered(tmp_path: Path) -> None:
    file = tmp_path / "window.json"
    once = SessionChoices(sensor="none", music="builtin", protocol="x", volume=0.2, volume_cap=0.3, ratings=("calm=3",))
    write_remembered(file, Remembered(chosen=once))
    assert "calm" not in file.read_text(encoding="utf-8")
    assert read_remembered(file).chosen == SessionChoices(sensor="none", music="builtin", protocol="x", volume=0.2)


@settings(max_examples=25)
@given(st.data())
def test_a_file_that_was_cut_or_filled_with_rubbish_costs_no_start(tmp_path_factory: pytest.TempPathFactory, data) -> None:
    file = tmp_path_factory.mktemp("settings") / "window.json"
    write_remembered(file, WHOLE)
    whole = file.read_bytes()
    cut = data.draw(st.integers(min_value=0, max_value=len(whole)))
    file.write_bytes(whole[:cut] + data.draw(st.binary(max_size=8)))
    assert isinstance(read_remembered(file), Remembered)


@pytest.mark.parametrize("text", ["[]", "7", '{"chosen": 3, "liking": [], "places": {}}', '{"chosen": {"sensor": "ble"}}'])
def test_what_is_no_settings_is_no_settings(tmp_path: Path, text: str) -> None:
    file = tmp_path / "window.json"
    file.write_text(text, encoding="utf-8")
    assert read_remembered(file) == Remembered()


def test_one_bad_field_leaves_the_others(tmp_path: Path) -> None:
    file = tmp_path / "window.json"
    write_remembered(file, WHOLE)
    data = json.loads(file.read_text(encoding="utf-8"))
    data["liking"]["motion"] = "backwards"
    data["chosen"]["volume"] = 17
    file.write_text(json.dumps(data), encoding="utf-8")
    known = read_remembered(file)
    assert known.liking.motion is Motion.SYSTEM
    assert known.liking.pacing is Pacing.MUSIC
    assert known.chosen is not None
    assert known.chosen.volume == 1.0


def test_a_disk_that_refuses_is_no_fault_of_the_session(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    assert not write_remembered(tmp_path / "taken" / "window.json", WHOLE)


def test_places_are_kept_newest_first_each_once_and_not_without_end() -> None:
    places: tuple[str, ...] = ()
    for name in ("a", "b", "a", "builtin", "c", "d", "e", "f"):
        places = places_with(places, name)
    assert places == ("f", "e", "d", "c", "a")
    assert len(places) == MOST_PLACES


@pytest.mark.skipif(sys.platform == "win32", reason="modes mean nothing there")
def test_only_its_owner_may_read_it_whatever_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert write_remembered(tmp_path / "window.json", Remembered())
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "window.json").stat().st_mode) == 0o600

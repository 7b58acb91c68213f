import pytest

from relaxlisten.assembly import shipped_protocols
from relaxlisten.sensor.seen import SeenStrap, Sighting
from relaxlisten.window.start_model import (
    Preset,
    music_rows,
    music_sentence,
    person_sentence,
    preset_rows,
    preset_words,
    search_sentence,
    sensor_rows,
    strap_row,
)

H10 = SeenStrap(address="A0", name="Polar H10", rssi_dbm=-58, battery_percent=87, heart_rate_bpm=68)
SILENT = SeenStrap(address="C4", name="TICKR", rssi_dbm=-84)
PRESETS = [Preset(name=p.name, title=p.title, description=p.description) for p in shipped_protocols()]


def data(rows) -> list[str]:
    return [row.data for row in rows]


def test_a_strap_shows_its_heart_its_signal_and_its_battery() -> None:
    assert strap_row(H10).text == "Polar H10"
    assert strap_row(H10).more == "♥ 68 bpm now · strong signal · battery 87 %"
    assert strap_row(SILENT).more == "weak signal"


def test_a_strap_that_is_connected_already_has_no_signal_to_tell() -> None:
    assert strap_row(SeenStrap(address="A0", name="H10")).more == "already connected"


@pytest.mark.parametrize("sighting", [None, Sighting(looking=True), Sighting(looking=False, problem="Bluetooth is off.")])
def test_there_is_always_a_way_without_a_strap(sighting: Sighting | None) -> None:
    assert data(sensor_rows(sighting, "ble", ""))[-2:] == ["none", "simulated"]


def test_straps_in_reach_stand_first_and_the_open_choice_goes_once_one_is_chosen() -> None:
    found = Sighting(looking=False, straps=(H10, SILENT))
    assert data(sensor_rows(found, "ble", "")) == ["ble:A0", "ble:C4", "ble", "none", "simulated"]
    assert data(sensor_rows(found, "ble:A0", "")) == ["ble:A0", "ble:C4", "none", "simulated"]


def test_the_strap_of_last_time_stays_in_the_list_while_it_is_away() -> None:
    looking = sensor_rows(Sighting(looking=True), "ble:A0", "Polar H10")
    assert (looking[0].data, looking[0].text, looking[0].more) == ("ble:A0", "Polar H10", "looking for it …")
    away = sensor_rows(Sighting(looking=False, straps=(SILENT,)), "ble:A0", "Polar H10")
    assert data(away) == ["ble:C4", "ble:A0", "none", "simulated"]
    assert "the music starts" in away[1].more


def test_a_recorded_heart_from_the_command_line_is_offered_by_its_name() -> None:
    assert sensor_rows(None, "file:/data/rest.txt", "")[-1].text == "Recorded heart: rest.txt"


@pytest.mark.parametrize(
    ("sighting", "start"),
    [
        (None, ""),
        (Sighting(looking=True), "Looking for straps"),
        (Sighting(looking=False), "No strap was found"),
        (Sighting(looking=False, problem="Bluetooth is switched off: switch it on."), "Bluetooth is switched off"),
        (Sighting(looking=True, straps=(SILENT,)), "A strap is in reach, but no heartbeat"),
        (Sighting(looking=True, straps=(SILENT, H10)), "Your strap is heard"),
    ],
)
def test_every_state_of_the_search_is_one_sentence(sighting: Sighting | None, start: str) -> None:
    assert search_sentence(sighting).startswith(start)


def test_where_bluetooth_fails_the_way_on_is_told() -> None:
    assert search_sentence(Sighting(looking=False, problem="Bluetooth is off.")).endswith("You can relax without one.")


def test_music_is_the_built_in_and_the_places_of_before_each_once() -> None:
    assert data(music_rows("/music/calm", ["/music/calm", "/music/b.m3u8"])) == ["builtin", "/music/calm", "/music/b.m3u8"]
    assert data(music_rows("/music/new", ["/music/calm"])) == ["builtin", "/music/new", "/music/calm"]
    assert music_rows("/music/new", [])[1].text == "new"


@pytest.mark.parametrize(
    ("pieces", "words"),
    [(None, "no longer there"), (0, "no music here"), (1, "1 piece found."), (12, "12 pieces found.")],
)
def test_what_was_found_in_a_place_is_told(pieces: int | None, words: str) -> None:
    assert words in music_sentence(pieces)


def test_sessions_for_every_day_stand_before_those_for_studies() -> None:
    names = data(preset_rows(PRESETS, "settle-20"))
    assert names[:2] == ["settle-20", "short-5"]
    assert names[-1] == "study-20"
    assert sorted(names) == sorted(preset.name for preset in PRESETS)


def test_a_protocol_of_ones_own_is_offered_by_its_file() -> None:
    rows = preset_rows(PRESETS, "/home/kim/evening.toml")
    assert (rows[-1].data, rows[-1].text) == ("/home/kim/evening.toml", "evening.toml")
    assert preset_words(PRESETS, "/home/kim/evening.toml") == "A protocol of your own."
    assert "long fade" in preset_words(PRESETS, "settle-20")


@pytest.mark.parametrize(
    ("name", "fine"), [("", True), ("kim-7", True), ("Zoë", True), ("a b", False), ("../x", False), ("x" * 41, False)]
)
def test_a_pseudonym_is_one_word(name: str, fine: bool) -> None:
    assert (person_sentence(name) == "") is fine

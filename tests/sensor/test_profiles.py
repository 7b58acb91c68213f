from __future__ import annotations

import pytest

from relaxlisten.errors import UsageError
from relaxlisten.sensor.profiles import load_profiles, parse_profile, profile_for
from relaxlisten.shipped import shipped_folder
from relaxlisten.terms import SensorKind

FOLDER = shipped_folder("device_profiles")
PROFILES = load_profiles(FOLDER)
EXAMPLES = [(example, profile.name) for profile in PROFILES for example in profile.examples]

VALID = """
name = "Strap"
name_pattern = 'Strap \\d+'
examples = ["Strap 12"]
kind = "ecg"
rr_available = true
contact_trustworthy = false
quirks = []
source = "measured"
"""


def test_the_monitors_that_people_have_are_known():
    names = " / ".join(profile.name for profile in PROFILES)
    wanted = "H10|H9|OH1|Verity Sense|HRM-Pro|HRM-Dual|TICKR|Coospo H6|H808S|H64|Rhythm|Movesense"
    assert [word for word in wanted.split("|") if word not in names] == []


@pytest.mark.parametrize(("example", "name"), EXAMPLES)
def test_an_advertised_name_fits_its_own_profile_and_no_other(example, name):
    assert [profile.name for profile in PROFILES if profile.name_pattern.fullmatch(example)] == [name]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_every_profile_has_examples_and_a_source(profile):
    assert profile.examples
    assert profile.source


@pytest.mark.parametrize(("advertised", "kind"), [
    ("Polar H10 7A2F4D26", SensorKind.ECG),
    ("polar h10 7a2f4d26 ", SensorKind.ECG),
    ("Polar Sense A1B2C3D4", SensorKind.OPTICAL),
    ("TICKR FIT 0C9D", SensorKind.OPTICAL),
    ("HRMPro+:aris", SensorKind.ECG),
])  # fmt: skip
def test_a_name_finds_how_the_sensor_sees_the_heart(advertised, kind):
    found = profile_for(advertised, PROFILES)
    assert found is not None
    assert found.kind is kind


@pytest.mark.parametrize("advertised", ["", "Polar", "Polar H100 7A2F4D26", "My TICKR toy", "H60", "HRM", "Strap of a new maker"])
def test_a_name_that_only_resembles_one_finds_none(advertised):
    assert profile_for(advertised, PROFILES) is None


@pytest.mark.parametrize(("change", "said"), [
    (('name = "Strap"', ""), r'"name" is missing'),
    (('kind = "ecg"', 'kind = "laser"'), r'kind is "laser".*"ecg" or "optical"'),
    (("rr_available = true", "rr_available = 1"), r'"rr_available" must be a true or false'),
    (("quirks = []", "quirks = [1]"), r'"quirks" must be a list of texts'),
    (("quirks = []", "quirks = []\ncolour = 1"), r'"colour" is not known'),
    (("Strap \\d+", "Strap ("), "no regular expression"),
    (('"Strap"', '"Strap'), "not valid TOML"),
])  # fmt: skip
def test_a_wrong_profile_is_refused_with_file_and_key(change, said):
    assert parse_profile(VALID, "own.toml").name == "Strap"
    with pytest.raises(UsageError, match=said) as fault:
        parse_profile(VALID.replace(*change), "own.toml")
    assert "own.toml" in str(fault.value)

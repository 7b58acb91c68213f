"""A session as a BIDS 1.11 data set: one participant, one recording (doi:10.1038/sdata.2016.44, physiological recordings).

Decision: heart rate and tempo are sampled at 4 Hz by holding the newest value, never by looking ahead or smoothing; before the
first value, and where it is not known, stands n/a. Onsets count from the opening of the session, which is second 0 of every file.
A simulated heart is said to be one in the README, in the sidecar and in the participant's row. No date, no name of a file and no
text that a person wrote goes out.
"""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from relaxlisten.terms import DecisionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from relaxlisten.session.tables import LoadedSession
    from relaxlisten.units import FloatArray

BIDS_VERSION = "1.11.0"
RATE_HZ = 4.0
_STEM = "sub-01/beh/sub-01_task-listening"
_PHYSIO_COLUMNS = {
    "timestamp": ("Time on the session's clock, to which the onsets of the beats refer", "s"),
    "cardiac_rate": ("Heart rate of this moment from the newest corrected beats (Physiology.heart_rate_now_bpm)", "1/min"),
    "music_tempo": ("Tempo at the listener's ear (SoundState.tempo_bpm)", "1/min"),
}
_BEAT_COLUMNS = {
    "onset": ("Time of the heart beat", "s"),
    "rr_ms": ("Raw interval that ended at this beat", "ms"),
    "nn_ms": ("Corrected interval", "ms"),
    "quality": ("What the artefact correction made of the interval", None),
    "confidence": ("How likely it is that this is what the heart did, 0 to 1", None),
}


def bids_files(session: LoadedSession) -> dict[str, bytes]:
    """The files of the data set by their path in it."""
    heart = "n/a" if session.header is None else "simulated" if session.header.simulated else "recorded"
    return {
        "dataset_description.json": _json(_description()),
        "README": _readme(session, heart).encode(),
        "participants.tsv": _tsv([("participant_id", "heart"), ("sub-01", heart)]),
        "participants.json": _json({"heart": {"Description": "Whether a heart was recorded or simulated"}}),
        f"{_STEM}_recording-heart_physio.tsv.gz": gzip.compress(_tsv(_physio_rows(session)), mtime=0),
        f"{_STEM}_recording-heart_physio.json": _json(_physio_sidecar(heart)),
        f"{_STEM}_recording-heart_physioevents.tsv.gz": gzip.compress(_tsv(_beat_rows(session)), mtime=0),
        f"{_STEM}_recording-heart_physioevents.json": _json(_beats_sidecar(heart)),
        f"{_STEM}_events.tsv": _tsv([("onset", "duration", "trial_type", "value"), *_event_rows(session)]),
        f"{_STEM}_events.json": _json(_events_sidecar()),
        **_phenotype(session),
    }


def _description() -> dict[str, Any]:
    made = [{"Name": "RelaxListen", "Description": "relaxlisten export --format bids"}]
    return {"Name": "RelaxListen session", "BIDSVersion": BIDS_VERSION, "DatasetType": "raw", "GeneratedBy": made}


def _readme(session: LoadedSession, heart: str) -> str:
    versions = session.header.versions.get("relaxlisten", "of unknown version") if session.header else "of unknown version"
    missing = "".join(f"\n- {sentence}" for sentence in session.missing) or " nothing."
    return (
        f"# A listening session recorded by RelaxListen {versions}\n\nThe heart of this session: {heart}.\n"
        "Second 0 of each file is the opening of the session; onsets are on its one monotonic clock.\n"
        f"Missing from the record:{missing}\n"
    )


def _physio_rows(session: LoadedSession) -> list[tuple[str, ...]]:
    last_s = max((float(table["time_s"].max()) for table in session.tables.values() if table["time_s"].size), default=0.0)
    grid_s = np.arange(int(last_s * RATE_HZ) + 1) / RATE_HZ
    heart, sound = session["Physiology"], session["SoundState"]
    rate = held(grid_s, heart["time_s"], heart["heart_rate_now_bpm"])
    tempo = held(grid_s, sound["dac_time_s"], sound["tempo_bpm"])
    columns = (grid_s.tolist(), rate.tolist(), tempo.tolist())
    return [tuple(_number(value) for value in row) for row in zip(*columns, strict=True)]


def held(grid_s: FloatArray, times_s: FloatArray, values: FloatArray) -> FloatArray:
    """The newest value at each moment of the grid, NaN before the first."""
    order = np.argsort(times_s, kind="stable")
    at = np.searchsorted(times_s[order], grid_s, side="right") - 1
    padded = np.concatenate([values[order], [np.nan]])
    return padded[at]  # -1, before the first value, is the NaN at the end


def _beat_rows(session: LoadedSession) -> list[tuple[str, ...]]:
    beats = session["Beat"]
    columns = (beats[name].tolist() for name in ("time_s", "rr_ms", "nn_ms", "quality", "confidence"))
    rows = sorted(zip(*columns, strict=True), key=lambda row: float(row[0]))
    return [(_number(t), _number(rr), _number(nn), str(quality), _number(sure)) for t, rr, nn, quality, sure in rows]


def _event_rows(session: LoadedSession) -> list[tuple[str, ...]]:
    rows = [*_phases(session), *_pieces(session), *_markers(session), *_ratings(session), *_decisions(session)]
    return [(_number(at_s), _number(long_s), kind, value) for at_s, long_s, kind, value in sorted(rows, key=lambda row: row[0])]


_Event = tuple[float, float, str, str]


def _phases(session: LoadedSession) -> list[_Event]:
    phases = session["SessionPhase"]
    found = [
        (float(at_s), str(kind), str(name))
        for at_s, stage, kind, name in zip(*(phases[key].tolist() for key in ("time_s", "stage", "kind", "name")), strict=True)
        if stage in ("running", "paused", "ended")
    ]
    if not found:
        return []
    changes = [index for index, row in enumerate(found) if index == 0 or row[1:] != found[index - 1][1:]]
    ends = [*(found[index][0] for index in changes[1:]), found[-1][0]]
    return [(found[i][0], end_s - found[i][0], "phase", found[i][1]) for i, end_s in zip(changes, ends, strict=True)]


def _pieces(session: LoadedSession) -> list[_Event]:
    """Pieces by their turn: which file it was stays in the record."""
    times = session["TrackChoice"]["time_s"].tolist()
    return [(time_s, np.nan, "piece", f"piece-{number}") for number, time_s in enumerate(times, start=1)]


def _markers(session: LoadedSession) -> list[_Event]:
    commands = session["Command"]
    both = zip(commands["time_s"].tolist(), commands["what"].tolist(), strict=True)
    return [(time_s, 0.0, "command", str(what)) for time_s, what in both]


def _ratings(session: LoadedSession) -> list[_Event]:
    return [(time_s, 0.0, "rating", f"{scale} {when}: {value:g}") for time_s, scale, value, when in _answers(session)]


def _answers(session: LoadedSession) -> list[tuple[float, str, float, str]]:
    """Time, scale, value and "before" or "after" of each answer; of a scale only letters, digits and lines."""
    answers = session["Rating"]
    columns = (answers[name].tolist() for name in ("time_s", "scale", "value", "when"))
    return [
        (time_s, re.sub(r"\W", "_", str(scale)), value, str(when)) for time_s, scale, value, when in zip(*columns, strict=True)
    ]


def _decisions(session: LoadedSession) -> list[_Event]:
    """What was decided when. Of pieces only that one was chosen: their names stay in the record, as do all sentences."""
    decisions = session["Decision"]
    columns = (decisions[name].tolist() for name in ("time_s", "kind", "chosen"))
    return [
        (time_s, 0.0, "decision", f"tempo: {chosen}" if kind == DecisionKind.TEMPO else str(kind))
        for time_s, kind, chosen in zip(*columns, strict=True)
    ]


def _phenotype(session: LoadedSession) -> dict[str, bytes]:
    """The answers as a measurement tool: a column a scale and time; the last one counts. Nothing where nothing was answered."""
    given = {f"{scale}_{when}": value for _, scale, value, when in _answers(session)}
    if not given:
        return {}
    rows = [("participant_id", *given), ("sub-01", *(_number(value) for value in given.values()))]
    told = {
        name: {"Description": f"Answer on the scale {name.rpartition('_')[0]}, {name.rpartition('_')[2]} the session"}
        for name in given
    }
    tool = {"MeasurementToolMetadata": {"Description": "Questions of the session's protocol, answered on numbered scales"}}
    return {"phenotype/ratings.tsv": _tsv(rows), "phenotype/ratings.json": _json({**tool, **told})}


def _physio_sidecar(heart: str) -> dict[str, Any]:
    return {"SamplingFrequency": RATE_HZ, "StartTime": 0.0, "PhysioType": "generic", "Heart": heart, **_columns(_PHYSIO_COLUMNS)}


def _beats_sidecar(heart: str) -> dict[str, Any]:
    told = {"Description": "Heart beats, raw and corrected side by side", "OnsetSource": "timestamp", "Heart": heart}
    return {**told, **_columns(_BEAT_COLUMNS)}


def _columns(columns: Mapping[str, tuple[str, str | None]]) -> dict[str, Any]:
    told = {name: {"Description": text, **({"Units": unit} if unit else {})} for name, (text, unit) in columns.items()}
    return {"Columns": list(columns), **told}


def _events_sidecar() -> dict[str, Any]:
    levels = {
        "phase": "A phase of the protocol; value: its kind",
        "piece": "A piece was chosen to be next; value: its turn",
        "command": "What a person asked for; a marker's text is not exported",
        "rating": "An answer; value: scale, before or after the session, and the answer",
        "decision": "What the program decided; value: about what, and the tempo where it was about that",
    }
    return {"trial_type": {"Description": "What happened", "Levels": levels}, "value": {"Description": "Which one"}}


def _number(value: float) -> str:
    return "n/a" if value != value else f"{value:.6f}".rstrip("0").rstrip(".")


def _tsv(rows: Iterable[Sequence[str]]) -> bytes:
    return "".join("\t".join(row) + "\n" for row in rows).encode()


def _json(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, indent=2) + "\n").encode()

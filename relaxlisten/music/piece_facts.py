"""A piece as one flat table of facts, for lists, JSON and CSV.

Decision: the names here are the contract with other programs. What is not known is None; a file that cannot be played has the
same names, with the reason in `problem`. tempo_bpm, beats_s and key are what the piece is taken for (`described.py`); what its
tags say stands beside, under names that begin with `tag_`, with the verdict on them.
"""

from __future__ import annotations

import math
from typing import Any

from relaxlisten.music.beat_levels import Beats
from relaxlisten.music.described import Described, Known, beats_of, describe

Facts = dict[str, Any]


def facts_of(path: str, known: Known, arousal: float | None, problem: str | None) -> Facts:
    """All that is known of one file. path: as it is to be shown. Without beats in known.analysis there are none here."""
    found = describe(known)
    return {
        "path": path,
        "title": known.sidecar.title or known.tags.title,
        "artist": known.tags.artist,
        "duration_s": None if problem else found.duration_s,
        "pulse": None if problem else found.pulse.value,
        **_rhythm(known, found),
        **_sound(known, found),
        "arousal": arousal,
        "has_lyrics": known.tags.has_lyrics,
        "recording_id": known.tags.recording_id,
        "excluded": known.overrides.excluded,
        "problem": problem,
    }


def _rhythm(known: Known, found: Described) -> Facts:
    heard = known.analysis
    beats = beats_of(known, found.tempo_bpm) if heard and heard.beats_s else Beats()
    candidates = heard.tempo_candidates if heard else ()
    return {
        "pulse_clarity": heard and heard.pulse_clarity,
        "tempo_bpm": found.tempo_bpm,
        "tempo_source": found.tempo_source.value,
        "tempo_confidence": heard and heard.tempo_confidence,
        "tempo_candidates": [{"tempo_bpm": one.tempo_bpm, "salience": one.salience} for one in candidates],
        "followed": found.followed,
        "tag_tempo_bpm": known.tags.tempo_bpm,
        "tag_tempo_verdict": found.tempo_tag.value,
        "beats_s": list(beats.times_s),
        "beats_per_bar": found.beats_per_bar,
        "first_downbeat": beats.downbeat,
    }


def _sound(known: Known, found: Described) -> Facts:
    heard = known.analysis
    return {
        "key": found.key,
        "key_confidence": heard and heard.key_confidence,
        "tag_key": known.tags.key,
        "tag_key_verdict": found.key_tag.value,
        "loudness_lufs": found.loudness_lufs,
        "loudness_range_lu": heard and heard.loudness_range_lu,
        "tag_loudness_lufs": known.tags.loudness_lufs,
        "valence": heard and heard.valence,
        "onsets_per_s": heard and heard.onsets_per_s,
        "brightness_hz": heard and heard.centroid_hz,
        "flux_ln": heard.flux_ln if heard and math.isfinite(heard.flux_ln) else None,
        "vocals_likely": heard and heard.vocals_likely,
        "quiet_intro_s": heard and heard.quiet_intro_s,
        "quiet_outro_s": heard and heard.quiet_outro_s,
    }


NAMES = tuple(facts_of("", Known(), None, None))


def flat(facts: Facts) -> dict[str, str]:
    """The same as texts for a table of one line a piece: numbers in lists are separated by spaces, what is not known is empty."""
    return {name: _text(value) for name, value in facts.items()}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        numbers = [one["tempo_bpm"] if isinstance(one, dict) else one for one in value]
        return " ".join(f"{number:.10g}" for number in numbers)
    return f"{value:.10g}" if isinstance(value, float) else str(value)

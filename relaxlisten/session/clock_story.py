"""What a record's readings of its clocks say, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from relaxlisten.session.tables import Table

# A wall clock that is kept by a time server is steered by at most 500 ppm: 0.03 s in a minute. More is a jump.
JUMP_S = 0.1
LEAST_S = 60.0


def clock_story(clocks: Table) -> list[str]:
    """Sentences; none where the record holds no readings (a session on invented time, or of an older version)."""
    times_s = clocks["time_s"]
    if times_s.size == 0:
        return []
    apart_s = clocks["wall_s"] - times_s
    worst_s = float(clocks["uncertainty_s"].max())
    read_to = f"read to {worst_s * 1e6:.1f} µs"
    found = [f"Second 0 was {apart_s[0]:+.3f} s from the start that the header names by the wall clock ({read_to})."]
    jumps = np.flatnonzero(np.abs(np.diff(apart_s)) > JUMP_S)
    for at in jumps:
        step_s = float(apart_s[at + 1] - apart_s[at])
        between = f"{_clock(times_s[at])} and {_clock(times_s[at + 1])}"
        found.append(f"Between {between} the wall clock moved by {step_s:+.2f} s: it was set, or the machine slept.")
    if times_s[-1] - times_s[0] >= LEAST_S and jumps.size == 0:
        drift_ppm = 1e6 * float(apart_s[-1] - apart_s[0]) / float(times_s[-1] - times_s[0])
        found.append(f"Until {_clock(times_s[-1])} it went {drift_ppm:+.1f} ppm against the session's clock.")
    return [*found, *_sound(clocks)]


def _sound(clocks: Table) -> list[str]:
    later_s, drift_ppm = clocks["ear_later_s"], clocks["card_drift_ppm"]
    later_s, drift_ppm = later_s[~np.isnan(later_s)], drift_ppm[~np.isnan(drift_ppm)]
    found = [f"What the sound told of reached the ear {np.median(later_s):.3f} s later (median)."] if later_s.size else []
    return [*found, f"The sound card's clock went {drift_ppm[-1]:+.1f} ppm against the session's."] if drift_ppm.size else found


def _clock(time_s: float) -> str:
    return f"{int(time_s) // 60:02d}:{int(time_s) % 60:02d}"

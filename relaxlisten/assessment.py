"""A record's resonance assessment: the paces of its protocol, the beats of its session, and what `physiology` makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from relaxlisten.control.protocol import protocol_from_data
from relaxlisten.messages import Beat, SessionPhase
from relaxlisten.physiology.record import Series
from relaxlisten.physiology.resonance import Resonance, assess, paced_steps
from relaxlisten.physiology.time_domain import CERTAIN
from relaxlisten.terms import Quality, SessionStage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from relaxlisten.messages import Event


def resonance(protocol: Mapping[str, object], events: Sequence[Event]) -> Resonance | None:
    """The assessment of a session; None where its protocol paces no breath. Steps that were not run to their end are left out."""
    paces = {phase.name: phase.breaths_per_min for phase in protocol_from_data(protocol).phases if phase.breaths_per_min > 0.0}
    if not paces:
        return None
    seen: dict[str, list[float]] = {}
    for event in events:
        if isinstance(event, SessionPhase) and event.stage is SessionStage.RUNNING and event.name in paces:
            seen.setdefault(event.name, []).append(event.time_s)
    steps = [(paces[name], times_s[0], times_s[-1]) for name, times_s in seen.items() if len(times_s) > 1]
    return assess(paced_steps(steps, _series([event for event in events if isinstance(event, Beat)])))


def _series(beats: Sequence[Beat]) -> Series:
    known = [beat for beat in beats if beat.nn_ms is not None]
    return Series(
        nn_ms=np.array([beat.nn_ms for beat in known], dtype=np.float64),
        ends_s=np.array([beat.time_s for beat in known], dtype=np.float64),
        clean=np.array([beat.quality is Quality.NORMAL and beat.confidence >= CERTAIN for beat in known], dtype=np.bool_),
        follows=np.array([beat.follows for beat in known], dtype=np.bool_),
    )

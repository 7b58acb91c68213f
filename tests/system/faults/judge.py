"""Whether a run of a row was as the row says: what was heard, told and kept, each measured from outside of the program."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from relaxlisten.messages import SessionPhase, Tick
from relaxlisten.replay import load_record, replay
from relaxlisten.terms import SessionStage
from tests.system.faults.measure import GENTLE_S, first_sound_s, last_fade_s, last_sound_s, longest_silence_s, loudness
from tests.system.faults.rows import Ending, Keeps, Run
from tests.system.faults.stage import stage as on_stage
from tests.system.soundcard.virtual import RATE_HZ

if TYPE_CHECKING:
    from relaxlisten.session.format import Record
    from tests.system.faults.measure import Loudness
    from tests.system.faults.rows import Row
    from tests.system.faults.stage import Stage

_SAVED_AS = re.compile(r"(?:saved as|which is at) (\S+?)(?::| for now)")
_EXIT_CODES = {Ending.ASKED: 0, Ending.BY_FAULT: 0, Ending.REFUSED: 1, Ending.UNSAVED: 1, Ending.KILLED: -9}
LOST_S = 1.5  # half a second between two writings, and a second between two ticks


def run_row(row: Row) -> Run:
    """Play a row once, on a stage of its own."""
    with tempfile.TemporaryDirectory(prefix="fault-", ignore_cleanup_errors=True) as folder, on_stage(Path(folder)) as stage:
        return _run_on(stage, row)


def _run_on(stage: Stage, row: Row) -> Run:
    """What a fault of the bench itself is, is told as one: the row has then not passed."""
    try:
        measured = row.play(stage)
        stage.end()
    except (AssertionError, OSError, RuntimeError, StopIteration, TimeoutError) as fault:
        tail = " | ".join(line.text for line in stage.lines[-4:])
        return Run(measured={}, wrong=(f"{type(fault).__name__}: {fault} [{tail}]",))
    verdict = _Verdict(row, stage)
    verdict.bounded(measured, row.bounds)
    verdict.look()
    return Run(measured=verdict.measured, wrong=tuple(verdict.wrong))


class _Verdict:
    """What was measured, and what was wrong."""

    def __init__(self, row: Row, stage: Stage) -> None:
        self.measured: dict[str, float] = {}
        self.wrong: list[str] = []
        self._row, self._stage = row, stage

    def look(self) -> None:
        """At everything."""
        self._process()
        self._told()
        if self._row.ending is not Ending.REFUSED:
            self._heard(loudness([(recording.began_s(), recording.samples()) for recording in self._stage.recordings], RATE_HZ))
        self._kept()

    def bounded(self, measured: dict[str, float], bounds: dict[str, float]) -> None:
        """Each value with its bound."""
        for name, value in measured.items():
            self.measured[name] = round(value, 2)
            if name in bounds and value > bounds[name]:
                self.wrong.append(f"{name} {value:.2f} s, at most {bounds[name]:g}")

    def _process(self) -> None:
        stage = self._stage
        assert stage.program is not None
        code, wanted = stage.program.poll(), _EXIT_CODES[self._row.ending]
        if code != wanted:
            self.wrong.append(f"exit code {code}, not {wanted}")
        if any("Traceback" in line.text for line in stage.lines):
            self.wrong.append("a traceback was shown: " + stage.lines[-1].text)

    def _told(self) -> None:
        for told in self._row.told:
            since_s = self._stage.mended_s if told.mended else self._stage.struck_s
            assert since_s is not None
            at_s = self._stage.told_s(told.words, since_s)
            if at_s is None:
                self.wrong.append(f'never told: "{told.words}"')
            else:
                name = "told of the return" if told.mended else "told"
                worst = max(at_s - since_s, self.measured.get(name, 0.0))
                self.bounded({name: worst}, {name: told.within_s if worst == at_s - since_s else worst})

    def _heard(self, heard: Loudness) -> None:
        stage, row = self._stage, self._row
        struck_s, asked_s = stage.struck_s, stage.end_asked_s or stage.struck_s
        assert struck_s is not None
        assert asked_s is not None
        if row.silence_s is not None and row.ending in (Ending.ASKED, Ending.UNSAVED):
            from_s = max(struck_s, stage.heard_s or struck_s)  # some faults are there before any music
            self.bounded({"silence": longest_silence_s(heard, from_s, asked_s)}, {"silence": row.silence_s})
        if row.back_s is not None and stage.mended_s is not None:
            back_s = first_sound_s(heard, stage.mended_s)
            self.bounded({"sound back": (back_s or 1e9) - stage.mended_s}, {"sound back": row.back_s})
        last_s = last_sound_s(heard) or 0.0
        if row.end_s is None:
            return
        self.bounded({"end": last_s - asked_s}, {"end": row.end_s})
        fade_s = last_fade_s(heard, asked_s)
        if fade_s < GENTLE_S:
            self.wrong.append(f"the music ends within {fade_s:.2f} s: that is no fade")

    def _kept(self) -> None:
        if self._row.keeps is Keeps.NONE:
            return
        record = self._record()
        if record is None:
            return
        ticks = [entry.event.time_s for entry in record.events if isinstance(entry.event, Tick)]
        phases = [entry.event for entry in record.events if isinstance(entry.event, SessionPhase)]
        if record.damaged_lines and self._row.keeps is not Keeps.CUT:
            self.wrong.append(f"{len(record.damaged_lines)} damaged lines in the record")
        if replay(record).difference is not None:
            self.wrong.append("the record does not replay to itself")
        if self._row.ending is Ending.KILLED:
            self._cut(ticks)
        elif not phases or phases[-1].stage is not SessionStage.ENDED:
            self.wrong.append("the record has no end")

    def _cut(self, ticks: list[float]) -> None:
        """How much of the session is not in the record, from the second on that was seen on the disk last."""
        assert self._stage.end_asked_s is not None
        seen_s, seen_tick = self._stage.seen_tick
        self.bounded({"lost": self._stage.end_asked_s - seen_s - (ticks[-1] - seen_tick)}, {"lost": LOST_S})

    def _record(self) -> Record | None:
        folder = self._stage.session
        saved = [match[1] for line in self._stage.lines if (match := _SAVED_AS.search(line.text))]
        if self._row.keeps in (Keeps.ELSEWHERE, Keeps.PARTS):
            if not saved:
                self.wrong.append("no other place was told")
                return None
            folder = Path(saved[-1])
        try:
            return _joined(self._stage.session, folder) if self._row.keeps is Keeps.PARTS else load_record(folder)
        except Exception as fault:  # whatever it is, the record is not there
            self.wrong.append(f"the record cannot be read: {fault}")
            return None


def _joined(first: Path, second: Path) -> Record:
    """A record of which the second part is in another place: it has a header of its own, and both may hold some events."""
    begun, rest = load_record(first), load_record(second)
    ends = [place for place, entry in enumerate(begun.events) if entry == rest.events[0]]
    return replace(begun, events=(*begun.events[: ends[-1] if ends else None], *rest.events))

"""Two sessions at once, on one strap, one sound card and one catalogue."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from relaxlisten.messages import Beat, Notice, SessionPhase, SoundState
from relaxlisten.music.catalogue import Catalogue
from relaxlisten.session.recovery import records_near, recover
from relaxlisten.terms import SessionStage
from tests.system.program import PROGRAM, bare_environment, read_session
from tests.system.soundcard.virtual import RATE_HZ, missing_programs, virtual_sound_card
from tests.system.strap.bench import missing as missing_strap

WHY_NOT = missing_strap() or (f"not installed: {', '.join(missing_programs())}" if missing_programs() else None)
pytestmark = [pytest.mark.system, pytest.mark.skipif(WHY_NOT is not None, reason=WHY_NOT or ""), pytest.mark.timeout(300)]

RR_FILE = Path("tests/data/rest_rr_ms.txt").resolve()
# The second begins a few seconds after the first and ends before it.
BOTH = 'first=$1; second=$2; shift 2; "$@" --out "$first" & sleep 4; "$@" --minutes 0.15 --out "$second"; wait'


def test_both_are_heard_and_whole_and_nothing_that_they_share_is_harmed(tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    tone = 0.1 * np.sin(2.0 * np.pi * 220.0 * np.arange(25 * RATE_HZ) / RATE_HZ)
    soundfile.write(music / "tone.wav", np.stack([tone, tone], axis=1), RATE_HZ)
    listen = [*PROGRAM, "listen", "--no-window", "--sensor", "ble", "--music", str(music), "--minutes", "0.5"]
    first, second = tmp_path / "first", tmp_path / "second"
    command = [sys.executable, "-m", "tests.system.strap.run", "--rr", str(RR_FILE), "--", "sh", "-c", BOTH, "sh"]
    with virtual_sound_card() as card:
        names = ("XDG_RUNTIME_DIR", "PULSE_SERVER")
        environment = {**bare_environment(tmp_path), **{name: card.environment[name] for name in names}}
        done = subprocess.run(
            [*command, str(first), str(second), *listen],
            env=environment,
            capture_output=True,
            text=True,
            timeout=200.0,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert f"Another session is running already ({first})" in done.stderr
    for folder in (first, second):
        record = read_session(folder)
        events = [entry.event for entry in record.events]
        assert record.damaged_lines == ()
        assert [event for event in events if isinstance(event, SessionPhase)][-1].stage is SessionStage.ENDED
        assert any(event.audible for event in events if isinstance(event, SoundState))
        assert not [event for event in events if isinstance(event, Notice) and event.code == "no_sound_card"]
    assert sum(isinstance(entry.event, Beat) for entry in read_session(first).events) > 10
    assert recover(records_near([tmp_path])).cut_off == ()
    catalogue = Catalogue(tmp_path / "data" / "relaxlisten" / "music.sqlite")
    assert catalogue.count() == 1
    catalogue.check()
    catalogue.close()

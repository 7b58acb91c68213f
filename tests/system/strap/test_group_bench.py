"""Two people with a strap each, in the running program: over the air, into a record each."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from relaxlisten.messages import Beat, Notification
from relaxlisten.replay import load_record, replay
from tests.system.program import PROGRAM, bare_environment
from tests.system.strap.bench import missing, strap_bench

pytestmark = [pytest.mark.system, pytest.mark.skipif(missing() is not None, reason=str(missing()))]

KIM = "D0:22:33:44:55:66"
RR_MS = (1000.0, 750.0)  # 60 and 80 a minute: nobody could take one heart for the other
LONG_ENOUGH_S = 100.0


async def session(out: Path, home: Path) -> int:
    async with strap_bench() as bench:
        kim = await bench.add_strap("Polar H10 KIM", KIM)
        hearts = [asyncio.create_task(play(strap, rr_ms)) for strap, rr_ms in zip((bench.strap, kim), RR_MS, strict=True)]
        command = [
            *PROGRAM,
            "listen",
            "--no-window",
            "--no-sound",
            "--protocol",
            "short-5",
            "--minutes",
            "0.4",
            "--out",
            str(out),
        ]
        command += ["--sensor", f"ble:{bench.strap.address}", "--also", f"Kim=ble:{KIM}"]
        environment = {**bare_environment(home), "DBUS_SYSTEM_BUS_ADDRESS": bench.bus_address, "QT_QPA_PLATFORM": "offscreen"}
        program = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.DEVNULL)
        code = await asyncio.wait_for(program.wait(), LONG_ENOUGH_S)
        for heart in hearts:
            heart.cancel()
        await asyncio.gather(*hearts, return_exceptions=True)
        return code


async def play(strap, rr_ms: float) -> None:
    await strap.subscribed.wait()
    await strap.play([rr_ms] * 200)


def test_two_straps_on_the_air_are_two_hearts_in_two_records(tmp_path: Path) -> None:
    assert asyncio.run(session(tmp_path / "s", tmp_path)) == 0
    records = [load_record(folder) for folder in (tmp_path / "s", tmp_path / "s" / "person-2")]
    for record, rr_ms in zip(records, RR_MS, strict=True):
        events = [entry.event for entry in record.events]
        beats = [event.nn_ms for event in events if isinstance(event, Beat) and event.nn_ms is not None]
        assert len([event for event in events if isinstance(event, Notification)]) >= 15
        assert np.median(beats) == pytest.approx(rr_ms, abs=2.0)
        assert replay(record).difference is None
        assert not record.header.simulated
    assert records[1].header.settings["name"] == "Kim"

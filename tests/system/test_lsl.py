"""A live session sends over LSL; a recorder that knows nothing of it writes XDF; both tell the same beats at the same times."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import relaxlisten
from relaxlisten.session.import_xdf import read_xdf
from tests.system.program import bare_environment, run, start
from tests.system.xdf import lonely_lsl

pylsl = pytest.importorskip("pylsl", reason="pylsl is not installed")
pyxdf = pytest.importorskip("pyxdf", reason="pyxdf is not installed")

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

STREAMS = ("HeartRate", "Markers", "NN", "Physiology", "RR", "Tempo")
WITHIN_S = 0.005


def recorded_beside_a_session(folder: Path, xdf: Path, env: dict[str, str]) -> None:
    """The recorder waits for the streams; the session goes on until it has heard enough of each, and it until that has ended.

    Nobody waits for a time: only the test's own time-out ends a recorder that finds nothing.
    """
    command = [sys.executable, "-m", "tests.system.xdf", str(xdf), *(f"RelaxListen {name}" for name in STREAMS)]
    recorder = subprocess.Popen(
        command, env={**bare_environment(folder), **env}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    call = ("listen", "--no-window", "--no-sound", "--minutes", "10", "--lsl", "--out", folder / "s")
    program = start(*call, home=folder, env=env)
    with program, recorder:
        try:
            assert recorder.stdout is not None
            assert [recorder.stdout.readline(), recorder.stdout.readline()] == ["recording\n", "heard\n"]
            program.terminate()
            output, _ = program.communicate()
            assert program.returncode == 0, output
            said, _ = recorder.communicate("stop\n")
            assert (recorder.returncode, said) == (0, "")
        finally:
            for process in (program, recorder):
                process.kill()


def test_a_recording_elsewhere_agrees_with_the_record_within_5_ms(tmp_path: Path) -> None:
    config = tmp_path / "lsl_api.cfg"
    config.write_text(lonely_lsl())
    xdf = tmp_path / "recorded.xdf"
    recorded_beside_a_session(tmp_path, xdf, {"LSLAPICFG": str(config)})

    session = relaxlisten.load(tmp_path / "s")
    offsets_s = session["ClockOffset"]["offset_s"]
    assert np.ptp(offsets_s) < 0.001
    streams = {one["info"]["name"][0].removeprefix("RelaxListen "): one for one in pyxdf.load_xdf(xdf)[0]}
    assert tuple(sorted(streams)) == STREAMS
    assert {one["info"]["desc"][0]["heart"][0] for one in streams.values()} == {"simulated"}
    heard = ~np.isnan(session["Beat"]["rr_ms"])
    expected = {
        "RR": (session["Beat"]["time_s"][heard], session["Beat"]["rr_ms"][heard]),
        "Tempo": (session["SoundState"]["dac_time_s"], session["SoundState"]["tempo_bpm"]),
        "HeartRate": (session["Physiology"]["time_s"], session["Physiology"]["heart_rate_bpm"]),
    }
    for name, (times_s, values) in expected.items():
        got_s = streams[name]["time_stamps"] - offsets_s[0]
        assert got_s.size > 10  # the recorder came in while the session ran: it has its end
        assert got_s == pytest.approx(times_s[-got_s.size :], abs=WITHIN_S), name
        np.testing.assert_array_equal(streams[name]["time_series"][:, 0], values[-got_s.size :], err_msg=name)
    assert streams["Markers"]["time_series"][-1][0].startswith("phase ended")

    count = len(read_xdf(xdf).beats)
    assert run("import", xdf, "-o", tmp_path / "back", home=tmp_path).returncode == 0
    back = relaxlisten.load(tmp_path / "back")
    assert back.header is not None
    assert back.header.simulated
    assert back["RrInterval"]["beat_s"] == pytest.approx(expected["RR"][0][-count:], abs=0.001)

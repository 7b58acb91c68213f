"""A session of which its listener keeps nothing, in a program of its own that is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.program import bare_environment

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

PROGRAM = """
import sys, time
from relaxlisten.assembly import assemble
from relaxlisten.runtime import LiveSession
from relaxlisten.settings import SessionSettings
from relaxlisten.terms import CommandKind

if __name__ == "__main__":
    session = LiveSession(assemble(SessionSettings(keep=False, with_sound=False)))
    while session.beats < 3:
        time.sleep(0.05)
    print("beats", session.record_path, flush=True)
    sys.stdin.readline()
    session.command(CommandKind.STOP)
    session.join()
    print("ended", session.failure, flush=True)
"""


def written(home: Path) -> list[str]:
    return sorted(file.name for file in home.rglob("*") if file.is_file() and file.suffix != ".py")


@pytest.mark.parametrize("killed", [False, True])
def test_nothing_of_it_is_ever_written_whether_it_ends_or_is_killed(tmp_path: Path, killed: bool) -> None:
    program = tmp_path / "session.py"
    program.write_text(PROGRAM)
    session = subprocess.Popen(
        [sys.executable, str(program)],
        env={**bare_environment(tmp_path), "TMPDIR": str(tmp_path), "PYTHONPATH": str(Path.cwd())},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert session.stdout is not None
    assert session.stdout.readline() == "beats None\n"
    assert written(tmp_path) == []
    if killed:
        session.kill()
    said, _ = session.communicate("\n", timeout=30.0)
    assert said == ("" if killed else "ended None\n")
    assert written(tmp_path) == []

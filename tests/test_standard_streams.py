"""A program whose streams are closed, or cannot say every letter, as a shell starts it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def run(program: str, *, shell: str = "", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    call = ["sh", "-c", f'exec "$@" {shell}', "sh", sys.executable, "-c", program]
    environment = {**os.environ, **(env or {}), "PYTHONPATH": str(Path.cwd())}
    return subprocess.run(call, env=environment, capture_output=True, timeout=60.0, check=False)


def test_a_letter_that_the_terminal_does_not_have_is_a_question_mark_and_no_fault() -> None:
    program = "from relaxlisten.standard_streams import make_safe; make_safe(); print('\u2581 heart \u2192 70')"
    done = run(program, env={"PYTHONIOENCODING": "ascii:strict", "PYTHONUTF8": "0"})
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, [b"?", b"heart", b"?", b"70"], b"")


KEPT = """
import os, sys
from relaxlisten.standard_streams import make_safe, to_nobody
make_safe()
with open(os.environ["KEPT"], "wb", buffering=0) as record:
    print("to nobody", flush=True)
    print("to nobody", file=sys.stderr, flush=True)
    for number in (1, 2):
        os.write(number, b"what a sound library complains of")
    record.write(b"the record")
    to_nobody()
    assert sys.stdin.read() == ""
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the shell is POSIX's")
@pytest.mark.parametrize("closed", ["<&- >&- 2>&-", ">&-", "</dev/null 2>&-"])
def test_where_streams_were_closed_no_file_takes_their_number_and_what_is_printed_gets_into_none(
    tmp_path: Path, closed: str
) -> None:
    kept = tmp_path / "session.jsonl"
    stdin = "" if "<" in closed else "</dev/null"
    done = run(KEPT, shell=f"{closed} {stdin}", env={"KEPT": str(kept)})
    assert (done.returncode, kept.read_bytes()) == (0, b"the record"), done.stderr

"""Runs the installed program as a user would: in a process of its own, in an environment that holds nothing by chance."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from relaxlisten.replay import load_record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from relaxlisten.session.format import Record

PROGRAM = (sys.executable, "-m", "relaxlisten")


def bare_environment(home: Path) -> dict[str, str]:
    """No display, no sound server, no Bluetooth, and a home of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_RUNTIME_DIR": str(home),
        "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={home}/no-bus",
        "PULSE_SERVER": f"unix:{home}/no-pulse",
        "COLUMNS": "200",
    }


def run(
    *arguments: str | Path, home: Path, env: Mapping[str, str] | None = None, timeout_s: float = 100.0
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    command = [*PROGRAM, *map(str, arguments)]
    environment = {**bare_environment(home), **(env or {})}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=timeout_s, check=False)


def start(*arguments: str | Path, home: Path, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Start a command that goes on."""
    command = [*PROGRAM, *map(str, arguments)]
    environment = {**bare_environment(home), **(env or {})}
    heeding = None if sys.platform == "win32" else _heed_the_keyboard
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=heeding
    )


def _heed_the_keyboard() -> None:
    """A shell that runs the tests in the background has its children ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_until(condition: Callable[[], bool], what: str, timeout_s: float = 30.0) -> None:
    """Wait for a condition, not for a time."""
    pause, deadline = threading.Event(), time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"waited {timeout_s} s in vain for {what}"
        pause.wait(0.02)


def read_session(folder: Path) -> Record:
    """The record in a session's folder."""
    return load_record(folder)


def count_of(path: Path, text: str) -> int:
    """How often a text stands in a file that may not be there yet."""
    return path.read_text(encoding="utf-8", errors="replace").count(text) if path.exists() else 0

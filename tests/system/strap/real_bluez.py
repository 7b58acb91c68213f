"""Kills the real bluetoothd under a session, and starts it again. Runs inside the machine that `real_bluez_vm.sh` makes.

The kernel's Bluetooth and bluetoothd are real; the strap is ours, on a virtual controller behind /dev/vhci.
python -m tests.system.strap.real_bluez PATH-OF-BLUETOOTHD
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from bumble import hci
from bumble.controller import Controller
from bumble.transport import open_transport

from tests.system.program import PROGRAM, bare_environment
from tests.system.strap.air import Air
from tests.system.strap.virtual_strap import VirtualStrap

PATIENCE_S = 240.0  # an emulated processor is some twenty times as slow
HEARTS_S = 5.0
BUS = "unix:path=/run/dbus/system_bus_socket"


async def main(bluetoothd: str) -> int:
    """Play the scene; 0 where the listener was told of both, and the strap was heard again."""
    air = Air()
    transport = await open_transport("vhci")
    radio = Controller(
        "BLUEZ", host_source=transport.source, host_sink=transport.sink, link=air, public_address="00:00:00:00:00:01"
    )
    # What the kernel would use of a controller that says it can, and the virtual one cannot.
    radio.le_features &= ~(hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING)
    strap = VirtualStrap(air.controller(2))
    await strap.start()
    heart = asyncio.create_task(strap.play([857.0] * 10_000))
    try:
        return await _scene(strap, bluetoothd)
    finally:
        heart.cancel()


async def _scene(strap: VirtualStrap, bluetoothd: str) -> int:
    home = Path(tempfile.mkdtemp())
    arguments = ["listen", "--sensor", "ble", "--no-sound", "--no-window", "--minutes", "30", "--out", str(home / "session")]
    environment = {**bare_environment(home), "DBUS_SYSTEM_BUS_ADDRESS": BUS, "PYTHONUNBUFFERED": "1"}
    pipe = asyncio.subprocess.PIPE
    program = await asyncio.create_subprocess_exec(
        *PROGRAM, *arguments, env=environment, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    assert program.stdout is not None
    await _until(program.stdout, "Connected to")
    await strap.subscribed.wait()
    await asyncio.sleep(HEARTS_S)
    _kill_all(bluetoothd)
    killed_s = time.monotonic()
    await _until(program.stdout, "The Bluetooth service of this system is not running")
    _say(f"told {time.monotonic() - killed_s:.1f} s after bluetoothd was killed")
    service = await asyncio.create_subprocess_exec(bluetoothd, "-n", stdout=asyncio.subprocess.DEVNULL)
    started_s = time.monotonic()
    await _until(program.stdout, "Connected to")
    _say(f"connected again {time.monotonic() - started_s:.1f} s after bluetoothd was started again")
    program.send_signal(signal.SIGTERM)
    asked_s = time.monotonic()
    await program.wait()
    _say(f"ended {time.monotonic() - asked_s:.1f} s after it was asked to, exit code {program.returncode}")
    service.kill()
    return program.returncode or 0


async def _until(lines: asyncio.StreamReader, words: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while line := (await lines.readline()).decode():
            _say(f"    {line.rstrip()}")
            if words in line:
                return
    raise AssertionError(f"the program ended before it said: {words}")


def _kill_all(path: str) -> None:
    """Every process of a program, which is known by its path."""
    for entry in Path("/proc").glob("[0-9]*/exe"):
        try:
            if os.readlink(entry) == path:
                os.kill(int(entry.parent.name), signal.SIGKILL)
        except OSError:  # not ours to look at, or gone
            continue


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1])))

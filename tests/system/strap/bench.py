"""The strap bench: a private bus, a look-alike of bluetoothd on it, and straps in its air, as one context."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.system.strap.air import Air
    from tests.system.strap.fake_bluez import FakeBlueZ
    from tests.system.strap.virtual_strap import VirtualStrap

# The longest that a strap may be silent before both ends hold the link for lost (a usual supervision timeout).
SUPERVISION_S = 0.72


def missing() -> str | None:
    """Why the bench cannot run on this machine; None where it can."""
    if sys.platform != "linux":
        return "the strap bench stands in for BlueZ, which is Linux only"
    if shutil.which("dbus-daemon") is None:
        return "dbus-daemon is not installed"
    if importlib.util.find_spec("bumble") is None:
        return "bumble is not installed"
    return None


@contextlib.contextmanager
def private_bus() -> Iterator[str]:
    """A D-Bus daemon of its own; yields its address, for DBUS_SYSTEM_BUS_ADDRESS."""
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as daemon:
        assert daemon.stdout is not None
        try:
            yield daemon.stdout.readline().strip()
        finally:
            daemon.terminate()
            daemon.wait()


class StrapBench:
    """What a test holds: the bus, the look-alike, the air, and the straps."""

    def __init__(self, bus_address: str, bluez: FakeBlueZ, air: Air, strap: VirtualStrap) -> None:
        self.bus_address = bus_address
        self.bluez = bluez
        self.air = air
        self.strap = strap
        self.straps = [strap]

    async def add_strap(self, name: str, address: str) -> VirtualStrap:
        """One more strap in the room."""
        from tests.system.strap.virtual_strap import VirtualStrap

        strap = VirtualStrap(self.air.controller(len(self.straps) + 2), name, address)
        self.straps.append(strap)
        await strap.start()
        return strap

    async def drop(self) -> None:
        """The strap ends the connection itself."""
        await self.strap.drop()

    async def leave(self, supervision_s: float = SUPERVISION_S) -> None:
        """The strap goes out of range; both ends notice after the supervision timeout."""
        self.air.mute(self.strap.controller)
        await asyncio.sleep(supervision_s)
        self.air.supervision_timeout(self.strap.controller)

    async def back(self) -> None:
        """The strap is in range again."""
        self.air.unmute(self.strap.controller)

    async def out_of_range(self, for_s: float) -> None:
        """Away for so many seconds, and back."""
        await self.leave()
        await asyncio.sleep(max(for_s - SUPERVISION_S, 0.0))
        await self.back()


@contextlib.asynccontextmanager
async def strap_bench() -> AsyncIterator[StrapBench]:
    """A bench with one advertising strap; set DBUS_SYSTEM_BUS_ADDRESS to its bus_address for the program under test."""
    from tests.system.strap.air import Air
    from tests.system.strap.fake_bluez import FakeBlueZ
    from tests.system.strap.virtual_strap import VirtualStrap

    with private_bus() as bus_address:
        air = Air()
        bluez, strap = FakeBlueZ(air.controller(1)), VirtualStrap(air.controller(2))
        await bluez.start(bus_address)
        await strap.start()
        try:
            yield StrapBench(bus_address, bluez, air, strap)
        finally:
            await bluez.die()

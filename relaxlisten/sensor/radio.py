"""The few shapes of a radio by which straps are heard; who implements them does not matter to who listens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Peer(Protocol):
    """A strap that showed itself. On macOS the address is a UUID."""

    @property
    def name(self) -> str | None: ...  # noqa: D102  # said above
    @property
    def address(self) -> str: ...  # noqa: D102


class Connection(Protocol):
    """A connection that is open, or is being opened."""

    async def open(self, on_packet: Callable[[bytes], None], on_lost: Callable[[], None]) -> None:
        """Connect and subscribe to the heart rate; raises whatever the system raises."""

    async def read(self, uuid: str) -> bytes | None:
        """A characteristic's value; None where the strap has none or does not give it."""

    async def close(self) -> None:
        """Disconnect; never raises for a connection that is already gone."""


class Radio(Protocol):
    """How straps are found and reached."""

    async def find(self, address: str | None, within_s: float) -> Peer | None:
        """The first strap that shows itself, or the one with this address."""

    def connection(self, peer: Peer) -> Connection:
        """A connection to a strap, not yet open."""

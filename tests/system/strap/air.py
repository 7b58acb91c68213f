"""Virtual air between Bluetooth controllers, with a range: a controller that is out of reach neither sends nor receives."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bumble.controller import Controller
from bumble.link import LocalLink

if TYPE_CHECKING:
    from bumble.core import PhysicalTransport
    from bumble.hci import Address

CONNECTION_TIMEOUT = 0x08


class Air(LocalLink):
    """A link whose controllers can leave it; bumble's own has neither range nor supervision timers."""

    def __init__(self) -> None:
        super().__init__()
        self.muted: set[Controller] = set()

    def controller(self, number: int) -> Controller:
        """A new controller on this air."""
        return Controller(f"C{number}", link=self, public_address=f"00:00:00:00:00:{number:02X}")

    def send_advertising_pdu(self, sender: Controller, packet: Any) -> None:
        if sender in self.muted:
            return
        for receiver in self.controllers - self.muted - {sender}:
            asyncio.get_running_loop().call_soon(receiver.on_ll_advertising_pdu, packet)

    def send_acl_data(self, sender: Controller, destination: Address, transport: PhysicalTransport, data: bytes) -> None:
        receiver = self.find_le_controller(destination)
        if receiver is None or {sender, receiver} & self.muted:
            return
        # bumble takes the sender's random address for the source; a Linux host connects from its public one.
        links = sender.le_connections.values()
        source = next((link.self_address for link in links if link.peer_address == destination), sender.random_address)
        asyncio.get_running_loop().call_soon(receiver.on_link_acl_data, source, transport, data)

    def send_ll_control_pdu(self, sender_address: Address, receiver_address: Address, packet: Any) -> None:
        ends = {self.find_le_controller(sender_address), self.find_le_controller(receiver_address)}
        if not ends & self.muted:
            super().send_ll_control_pdu(sender_address, receiver_address, packet)

    def mute(self, controller: Controller) -> None:
        """Take a controller out of range; nobody is told yet."""
        self.muted.add(controller)

    def unmute(self, controller: Controller) -> None:
        """Bring it back."""
        self.muted.discard(controller)

    def supervision_timeout(self, controller: Controller) -> None:
        """Let both ends of its connections notice that nothing comes any more."""
        peers = [self.find_le_controller(address) for address in list(controller.le_connections)]
        for end in (controller, *filter(None, peers)):
            for link in list(end.le_connections.values()):
                end.on_le_disconnected(link, CONNECTION_TIMEOUT)

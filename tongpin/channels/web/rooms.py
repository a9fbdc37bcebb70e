"""The channel of our own rooms. Where letters are kept is handed in; what members say there comes by no payload."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tongpin.base.clock import now
from tongpin.channels.port import (
    Arrival,
    BadConfig,
    BadPayload,
    Capabilities,
    Command,
    Health,
    Letter,
    Receipt,
    Rooms,
    Supplies,
    refuse_command,
    refuse_letter,
)

CAPABILITIES = Capabilities(
    to=frozenset({"place", "person"}),
    parts=frozenset({"text", "pictures", "voice", "card"}),
    verbs=frozenset({"invite", "kick", "redact"}),
    idempotent=True,
    at_once=16,
)


class WebRooms:
    """Sends by handing letters to the house's own keeping."""

    kind = "web"
    capabilities = CAPABILITIES

    def __init__(self, *, rooms: Rooms) -> None:
        self._rooms = rooms

    def parse(self, *, payload: bytes) -> Sequence[Arrival]:
        """Members speak through our own pages."""
        raise BadPayload(reason="not_offered")

    async def send(self, *, letter: Letter) -> Receipt:
        refuse_letter(letter=letter, capabilities=self.capabilities)
        return Receipt(platform_id=await self._rooms.keep(letter=letter), at=now())

    async def do(self, *, command: Command) -> Receipt:
        refuse_command(command=command, capabilities=self.capabilities)
        return Receipt(platform_id=await self._rooms.obey(command=command), at=now())

    async def check(self) -> Health:
        return Health(ok=True)

    async def close(self) -> None:
        """Nothing is open."""


def open_web(*, config: Mapping[str, str], supplies: Supplies) -> WebRooms:
    """Needs `supplies.rooms`; has no settings."""
    for setting in sorted(config):
        raise BadConfig(setting=setting, must="left out; our own rooms have no settings")
    if supplies.rooms is None:
        raise BadConfig(setting="rooms", must="handed in: where letters to our own rooms are kept")
    return WebRooms(rooms=supplies.rooms)

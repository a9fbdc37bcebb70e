"""The platform in memory and the channel to it. A platform outlives its channels, as a real one outlives our process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeAlias

import msgspec

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
    Supplies,
    refuse_command,
    refuse_letter,
)

CAPABILITIES = Capabilities(
    to=frozenset({"place", "person"}),
    parts=frozenset({"text", "pictures", "voice", "card"}),
    verbs=frozenset({"invite", "kick", "mute", "redact", "tag", "open_group"}),
    idempotent=True,
    hears=True,
    at_once=16,
)

Before: TypeAlias = Callable[[Letter | Command], Awaitable[None]]
"""Called before and after the platform takes something; raises or waits to play its part."""


async def _nothing(_: Letter | Command) -> None:
    """All goes well."""


@dataclass(slots=True)
class Platform:
    """What arrived. `said` and `done` are in order of arrival, without what had been taken before under the same key.

    before: trouble on the way there; after: trouble on the way back, when it has been taken already.
    """

    idempotent: bool = True
    before: Before = _nothing
    after: Before = _nothing
    said: list[Letter] = field(default_factory=list)
    done: list[Command] = field(default_factory=list)
    tries: list[str] = field(default_factory=list)
    _ids: dict[str, str] = field(default_factory=dict)

    def said_in(self, address: str) -> list[str]:
        """The texts at an address, in order."""
        return [one.content.text for one in self.said if one.to.value == address]

    async def take(self, thing: Letter | Command) -> str:
        """The id under which it is kept."""
        self.tries.append(thing.key)
        await self.before(thing)
        if not self.idempotent or thing.key not in self._ids:
            self._ids[thing.key] = f"fake-{len(self.said) + len(self.done) + 1}"
            if isinstance(thing, Letter):
                self.said.append(thing)
            else:
                self.done.append(thing)
        given = self._ids[thing.key]
        await self.after(thing)
        return given


class _Heard(msgspec.Struct, frozen=True):
    key: str
    place: str
    sender: str
    text: str = ""
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)


_heard = msgspec.json.Decoder(list[_Heard])


class FakeChannel:
    """The way to a Platform."""

    kind = "fake"

    def __init__(self, *, platform: Platform | None = None, capabilities: Capabilities = CAPABILITIES) -> None:
        self.platform = platform or Platform()
        self.capabilities = replace(capabilities, idempotent=self.platform.idempotent)

    def parse(self, *, payload: bytes) -> Sequence[Arrival]:
        """A JSON list of objects with key, place, sender, text, at."""
        try:
            heard = _heard.decode(payload)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise BadPayload(reason="unreadable") from error
        return [
            Arrival(kind="message", key=one.key, place=one.place, sender=one.sender, text=one.text, at=one.at)
            for one in heard
        ]

    async def send(self, *, letter: Letter) -> Receipt:
        refuse_letter(letter=letter, capabilities=self.capabilities)
        return Receipt(platform_id=await self.platform.take(letter), at=now())

    async def do(self, *, command: Command) -> Receipt:
        refuse_command(command=command, capabilities=self.capabilities)
        return Receipt(platform_id=await self.platform.take(command), at=now())

    async def check(self) -> Health:
        return Health(ok=True, named="fake")

    async def close(self) -> None:
        """Nothing is open."""


def open_fake(*, config: Mapping[str, str], supplies: Supplies) -> FakeChannel:
    """Has no settings and needs nothing."""
    for setting in sorted(config):
        raise BadConfig(setting=setting, must="left out; the fake channel has no settings")
    return FakeChannel()

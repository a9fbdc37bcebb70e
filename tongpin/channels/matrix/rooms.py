"""The channel of Matrix. Whoever it speaks as is one user of the homeserver, who speaks for the house."""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final, TypeVar

from tongpin.base.clock import now
from tongpin.channels.matrix.configuration import Homeserver, read_homeserver
from tongpin.channels.matrix.hearing import arrivals_in
from tongpin.channels.matrix.uploading import Uploads
from tongpin.channels.matrix.wire import AT_ONCE, Refusal, Wire
from tongpin.channels.matrix.writing import Event, media_of, messages_of
from tongpin.channels.port import (
    Arrival,
    Capabilities,
    Command,
    Health,
    Letter,
    Receipt,
    Supplies,
    TransportError,
    refuse_command,
    refuse_letter,
)

CAPABILITIES: Final = Capabilities(
    to=frozenset({"place", "person"}),
    parts=frozenset({"text", "pictures", "voice", "card"}),
    verbs=frozenset({"invite", "kick", "redact", "open_group"}),
    idempotent=True,
    hears=True,
    at_once=AT_ONCE,
    answers_within=60.0,
    text_limit=8_000,
)

CLIENT: Final = ("_matrix", "client", "v3")
DEVICE: Final = "TONGPIN"
"""The device we send from: the homeserver remembers by it for a day what was sent under which key, also when it was
started again in between."""

T = TypeVar("T")

_ROOM: Final = re.compile(r"![^\s\x00-\x1f]{1,254}")
_USER: Final = re.compile(r"@[^\s:\x00-\x1f]{1,200}:[^\s\x00-\x1f]{1,230}")


class MatrixChannel:
    """Speaks in rooms, and to people each in a room of their own."""

    kind = "matrix"

    def __init__(self, *, server: Homeserver, wire: Wire, uploads: Uploads | None) -> None:
        self._server, self._wire, self._uploads = server, wire, uploads
        parts = CAPABILITIES.parts if uploads else CAPABILITIES.parts - {"pictures", "voice"}
        self.capabilities = replace(CAPABILITIES, parts=parts)
        self._settling = asyncio.Lock()
        self._device: dict[str, str] | None = None
        self._rooms: dict[str, str] = {}

    def parse(self, *, payload: bytes) -> Sequence[Arrival]:
        """A transaction as the homeserver sends it."""
        return arrivals_in(payload=payload, server=self._server)

    async def send(self, *, letter: Letter) -> Receipt:
        refuse_letter(letter=letter, capabilities=self.capabilities)
        try:
            device = await self._settled()
            room = letter.to.value if letter.to.kind == "place" else await self._room_with(letter.to.value)
            if not _ROOM.fullmatch(room):
                raise TransportError(reason="no_such_address", permanent=True)
            wanted = media_of(content=letter.content)
            if wanted and self._uploads is None:
                raise TransportError(reason="not_offered", permanent=True)
            uploads = {name: await self._uploads.place(media=name) for name in wanted} if self._uploads else {}
            events = messages_of(content=letter.content, uploads=uploads, in_reply_to=letter.in_reply_to)
            keys = [letter.key] if len(events) == 1 else [f"{letter.key}-{n}" for n in range(len(events))]
            said = [await self._say(room, key, event, device) for key, event in zip(keys, events, strict=True)]
        except Refusal as refusal:
            raise refusal.told() from None
        return Receipt(platform_id=said[0], at=now(), more=tuple(said[1:]))

    async def do(self, *, command: Command) -> Receipt:
        refuse_command(command=command, capabilities=self.capabilities)
        absent = "gone" if command.verb == "redact" else "no_such_address"
        try:
            device = await self._settled()
            _check_whither(command)
            done = await self._in_room(command.place, lambda: self._deeds[command.verb](self, command, device))
        except Refusal as refusal:
            raise refusal.told(absent=absent) from None
        return Receipt(platform_id=done, at=now())

    async def check(self) -> Health:
        try:
            self._device = None
            await self._settled()
        except Refusal as refusal:
            return Health(ok=False, reason=refusal.told(forbidden="refused_us", absent="refused").reason)
        except TransportError as error:
            return Health(ok=False, reason=error.reason)
        return Health(ok=True, named=self._server.us)

    async def close(self) -> None:
        await self._wire.close()

    async def _settled(self) -> dict[str, str]:
        """That we are who we say and have a device; asked once. What is added to requests so that keys are remembered."""
        if self._device is not None:
            return self._device
        async with self._settling:
            if self._device is None:
                await self._register()
                told = await self._wire.ask("GET", *CLIENT, "account", "whoami")
                if told.get("user_id") != self._server.us:
                    raise TransportError(reason="bad_config", permanent=False, wide=True)
                self._device = await self._own_device()
            return self._device

    async def _register(self) -> None:
        said = {"type": "m.login.application_service", "username": self._server.localpart, "inhibit_login": True}
        try:
            await self._wire.ask("POST", *CLIENT, "register", said=said)
        except Refusal as refusal:
            if refusal.code != "M_USER_IN_USE":
                raise

    async def _own_device(self) -> dict[str, str]:
        """A homeserver that knows no devices of application services remembers keys as long as it runs."""
        # Synapse 1.163 fails where a device is named and its user is not.
        device = {"user_id": self._server.us, "device_id": DEVICE}
        try:
            await self._wire.ask("PUT", *CLIENT, "devices", DEVICE, said={"display_name": "Tongpin"})
            await self._wire.ask("GET", *CLIENT, "account", "whoami", query=device)
        except Refusal as refusal:
            if refusal.status == 429 or refusal.status >= 500:
                raise
            return {}
        return device

    async def _say(self, room: str, key: str, event: Event, device: Mapping[str, str]) -> str:
        path = (*CLIENT, "rooms", room, "send", "m.room.message", key)
        told = await self._in_room(room, lambda: self._wire.ask("PUT", *path, query=device, said=event))
        return str(told.get("event_id", ""))

    async def _in_room(self, room: str, deed: Callable[[], Awaitable[T]]) -> T:
        """Does it; where we were invited and have not come in yet, we come in first."""
        try:
            return await deed()
        except Refusal as refusal:
            if refusal.code != "M_FORBIDDEN" or not room or not await self._come_in(room):
                raise
        return await deed()

    async def _come_in(self, room: str) -> bool:
        """Whether we are in now and were not before. Where we were sent out we do not come back by ourselves."""
        try:
            await self._membership(room, self._server.us)
        except Refusal as refusal:
            # Only who never was inside may not even see whether they are.
            if refusal.status != 403:
                raise
        else:
            return False
        try:
            await self._wire.ask("POST", *CLIENT, "join", room, said={})
        except Refusal as refusal:
            if refusal.status == 429 or refusal.status >= 500:
                raise
            return False
        return True

    async def _membership(self, room: str, user: str) -> str:
        """`join`, `invite`, `leave`, `ban`, `knock`, or nothing."""
        path = (*CLIENT, "rooms", room, "state", "m.room.member", user)
        try:
            return str((await self._wire.ask("GET", *path)).get("membership", ""))
        except Refusal as refusal:
            if refusal.status == 404:
                return ""
            raise

    async def _room_with(self, user: str) -> str:
        """The room in which we speak to somebody; who left it does not want to hear from us."""
        if not _USER.fullmatch(user):
            raise TransportError(reason="no_such_address", permanent=True)
        # Under a name only we can make, so that nobody can ask who hears from us.
        mark = hmac.digest(self._server.as_token.encode(), user.encode(), "sha256").hex()[:32]
        asked = {"invite": [user], "is_direct": True, "preset": "trusted_private_chat"}
        room = self._rooms.get(user)
        if room is None:
            with _of_another_server():
                room = self._rooms[user] = await self._opened(f"dm_{mark}", asked)
        held = await self._membership(room, user)
        if held in {"leave", "ban"}:
            raise TransportError(reason="shut_out", permanent=True)
        if not held:
            with _of_another_server():
                await self._wire.ask("POST", *CLIENT, "rooms", room, "invite", said={"user_id": user})
        return room

    async def _opened(self, name: str, asked: Mapping[str, object]) -> str:
        """The room of this name of ours, opened where there is none. Done twice it is the same room."""
        local = f"{self._server.localpart}_{name}"
        try:
            told = await self._wire.ask("POST", *CLIENT, "createRoom", said={**asked, "room_alias_name": local})
        except Refusal as refusal:
            if refusal.code != "M_ROOM_IN_USE":
                raise
            alias = f"#{local}:{self._server.name}"
            told = await self._wire.ask("GET", *CLIENT, "directory", "room", alias)
        return str(told.get("room_id", ""))

    async def _invite(self, command: Command, _: Mapping[str, str]) -> str:
        if await self._membership(command.place, command.person) not in {"join", "invite"}:
            await self._move("invite", command)
        return ""

    async def _kick(self, command: Command, _: Mapping[str, str]) -> str:
        if await self._membership(command.place, command.person) in {"join", "invite", "knock"}:
            await self._move("kick", command)
        return ""

    async def _move(self, verb: str, command: Command) -> None:
        said = {"user_id": command.person, **({"reason": command.reason} if command.reason else {})}
        with _of_another_server():
            await self._wire.ask("POST", *CLIENT, "rooms", command.place, verb, said=said)

    async def _redact(self, command: Command, device: Mapping[str, str]) -> str:
        path = (*CLIENT, "rooms", command.place, "redact", command.message, command.key)
        said = {"reason": command.reason} if command.reason else {}
        return str((await self._wire.ask("PUT", *path, query=device, said=said)).get("event_id", ""))

    async def _open_group(self, command: Command, _: Mapping[str, str]) -> str:
        """A room one has to ask for; its members see what was said before they came."""
        asked = {
            "name": command.name,
            "preset": "private_chat",
            "initial_state": [
                {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "knock"}},
                {"type": "m.room.history_visibility", "state_key": "", "content": {"history_visibility": "shared"}},
            ],
        }
        return await self._opened(command.key, asked)

    _deeds: Final[dict[str, Callable[[MatrixChannel, Command, Mapping[str, str]], Awaitable[str]]]] = {
        "invite": _invite,
        "kick": _kick,
        "redact": _redact,
        "open_group": _open_group,
    }


@contextmanager
def _of_another_server() -> Iterator[None]:
    """Somebody's own homeserver may be down: that is their letter's trouble, and no other waits for it."""
    try:
        yield
    except Refusal as refusal:
        if refusal.status >= 500:
            raise TransportError(reason="no_answer", permanent=False) from None
        raise


def _check_whither(command: Command) -> None:
    if command.verb == "open_group":
        return
    if not _ROOM.fullmatch(command.place) or (command.person and not _USER.fullmatch(command.person)):
        raise TransportError(reason="no_such_address", permanent=True)


def open_matrix(*, config: Mapping[str, str], supplies: Supplies) -> MatrixChannel:
    """Settings as `read_homeserver` tells them. Without a media store it offers no pictures and no voice."""
    server = read_homeserver(config=config)
    wire = Wire(server=server, allowed=supplies.allowed)
    return MatrixChannel(
        server=server, wire=wire, uploads=Uploads(wire=wire, store=supplies.media) if supplies.media else None
    )

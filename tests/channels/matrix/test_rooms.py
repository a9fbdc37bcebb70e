"""The channel on a real homeserver: what members of its rooms see, and what we are told."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import quote

import pytest

from tests.matrix_server import US, MemoryMedia, Synapse
from tongpin.channels.matrix.rooms import MatrixChannel, open_matrix
from tongpin.channels.port import (
    Address,
    Card,
    Command,
    Content,
    Health,
    Letter,
    Media,
    Picture,
    Supplies,
    TransportError,
    Voice,
)

T = TypeVar("T")


def meeting(server: Synapse, deed: Callable[[MatrixChannel], Awaitable[T]], **supplied: Any) -> T:
    async def walk() -> T:
        channel = open_matrix(config=server.config, supplies=supplied.get("supplies") or server.supplies())
        try:
            return await deed(channel)
        finally:
            await channel.close()

    return asyncio.run(walk())


def fresh() -> str:
    return secrets.token_hex(8)


def said(room: str, text: str = "大家好", *, key: str = "", **more: Any) -> Letter:
    to = Address(kind="person" if room.startswith("@") else "place", value=room)
    return Letter(key=key or fresh(), to=to, content=Content(text=text, **more))


async def refusal(deed: Awaitable[Any]) -> tuple[str, bool, bool]:
    with pytest.raises(TransportError) as told:
        await deed
    assert "house.test" not in f"{told.value} {told.value.__cause__}"
    return told.value.reason, told.value.permanent, told.value.wide


def test_where_we_were_invited_we_come_in_with_the_first_letter(homeserver: Synapse) -> None:
    _, token = homeserver.person("lin")
    room = homeserver.room(token)

    async def deed(channel: MatrixChannel) -> list[str]:
        return [(await channel.send(letter=said(room, text))).platform_id for text in ("一", "二", "三")]

    ids = meeting(homeserver, deed)
    seen = homeserver.said_in(room, token)
    assert [(one["event_id"], one["content"]["body"], one["sender"]) for one in seen] == [
        (event_id, text, US) for event_id, text in zip(ids, "一二三", strict=True)
    ]


def test_where_we_were_sent_out_we_do_not_come_back(homeserver: Synapse) -> None:
    _, token = homeserver.person("lin")
    room = homeserver.room(token, preset="public_chat")

    async def deed(channel: MatrixChannel) -> tuple[str, bool, bool]:
        await channel.send(letter=said(room))
        homeserver.ask("POST", f"/rooms/{quote(room)}/kick", token, {"user_id": US})
        return await refusal(channel.send(letter=said(room)))

    assert meeting(homeserver, deed) == ("not_allowed", True, False)
    assert len(homeserver.said_in(room, token)) == 1


@pytest.mark.parametrize("room", ["!nowhere:house.test", "no room", "#alias:house.test"])
def test_a_room_that_is_not_there_gets_nothing_for_good(homeserver: Synapse, room: str) -> None:
    reason, permanent, wide = meeting(homeserver, lambda channel: refusal(channel.send(letter=said(room))))
    assert (reason in {"not_allowed", "no_such_address"}, permanent, wide) == (True, True, False)


def test_the_same_key_is_said_once_also_when_the_homeserver_was_started_again(homeserver: Synapse) -> None:
    _, token = homeserver.person("lin")
    room, key = homeserver.room(token), fresh()
    first = meeting(homeserver, lambda channel: channel.send(letter=said(room, key=key)))
    homeserver.stop()
    homeserver.start()
    again = meeting(homeserver, lambda channel: channel.send(letter=said(room, key=key)))
    assert again.platform_id == first.platform_id
    assert len(homeserver.said_in(room, token)) == 1


def test_a_letter_of_many_parts_is_so_many_messages_all_with_their_ids(homeserver: Synapse) -> None:
    _, token = homeserver.person("lin")
    room = homeserver.room(token)
    card = Card(title="开讲", url="https://example.com/t/1")
    letter = said(room, pictures=(Picture(media="p1"),), voice=Voice(media="v1", seconds=2), card=card)
    receipt = meeting(homeserver, lambda channel: channel.send(letter=letter))
    seen = homeserver.said_in(room, token)
    assert [one["event_id"] for one in seen] == [receipt.platform_id, *receipt.more]
    assert [one["content"]["msgtype"] for one in seen] == ["m.text", "m.image", "m.audio"]


def test_a_picture_goes_up_once_for_all_rooms(homeserver: Synapse) -> None:
    _, token = homeserver.person("lin")
    rooms = [homeserver.room(token) for _ in range(3)]
    read: list[str] = []

    class Counting(MemoryMedia):
        async def read(self, *, media: str) -> Media | None:
            read.append(media)
            return await super().read(media=media)

    async def deed(channel: MatrixChannel) -> None:
        letters = [said(room, pictures=(Picture(media="p1"),)) for room in rooms]
        await asyncio.gather(*(channel.send(letter=one) for one in letters))

    meeting(homeserver, deed, supplies=Supplies(media=Counting(), allowed=homeserver.supplies().allowed))
    assert read == ["p1"]
    assert len({homeserver.said_in(room, token)[1]["content"]["url"] for room in rooms}) == 1


def test_what_the_house_has_no_more_is_not_sent(homeserver: Synapse) -> None:
    _, token = homeserver.person("lin")
    letter = said(homeserver.room(token), pictures=(Picture(media="lost"),))
    assert meeting(homeserver, lambda channel: refusal(channel.send(letter=letter))) == ("gone", True, False)


def test_a_person_has_one_room_with_us_and_may_leave_it(homeserver: Synapse) -> None:
    person, token = homeserver.person(f"p{fresh()}")

    async def deed(channel: MatrixChannel) -> tuple[str, bool, bool]:
        await channel.send(letter=said(person, "一"))
        async with asyncio.timeout(20):
            other = open_matrix(config=homeserver.config, supplies=homeserver.supplies())
            await other.send(letter=said(person, "二"))
            await other.close()
        (room,) = homeserver.ask("GET", "/sync", token)["rooms"]["invite"]
        homeserver.ask("POST", f"/join/{quote(room)}", token, {})
        assert [one["content"]["body"] for one in homeserver.said_in(room, token)] == ["一", "二"]
        homeserver.ask("POST", f"/rooms/{quote(room)}/leave", token, {})
        return await refusal(channel.send(letter=said(person, "三")))

    assert meeting(homeserver, deed) == ("shut_out", True, False)


def test_somebody_on_a_server_that_is_down_keeps_nobody_waiting(homeserver: Synapse) -> None:
    letter = said("@mei:elsewhere.invalid")
    assert meeting(homeserver, lambda channel: refusal(channel.send(letter=letter))) == ("no_answer", False, False)


def test_a_relayed_message_is_taken_back(homeserver: Synapse) -> None:
    _, token = homeserver.person("lin")
    room = homeserver.room(token)

    async def deed(channel: MatrixChannel) -> tuple[str, bool, bool]:
        receipt = await channel.send(letter=said(room))
        for _ in range(2):
            await channel.do(command=Command(key="r1", verb="redact", place=room, message=receipt.platform_id))
        return await refusal(channel.do(command=Command(key="r2", verb="redact", place=room, message="$none")))

    assert meeting(homeserver, deed) == ("gone", True, False)
    assert [one["content"] for one in homeserver.said_in(room, token)] == [{}]


def test_a_group_is_opened_once_and_people_let_in_and_sent_out(homeserver: Synapse) -> None:
    person, token = homeserver.person(f"p{fresh()}")
    key = fresh()

    async def deed(channel: MatrixChannel) -> str:
        opened = [await channel.do(command=Command(key=key, verb="open_group", name="春茶群")) for _ in range(2)]
        (room,) = {one.platform_id for one in opened}
        for verb in ("invite", "invite", "kick", "kick"):
            await channel.do(command=Command(key=fresh(), verb=verb, place=room, person=person, reason="x"))  # type: ignore[arg-type]
        return room

    room = meeting(homeserver, deed)
    state = homeserver.ask("GET", f"/rooms/{quote(room)}/state", homeserver.us)
    told = {one["type"]: one["content"] for one in state if one["state_key"] == ""}
    (they,) = [one["content"]["membership"] for one in state if one["state_key"] == person]
    assert (told["m.room.name"]["name"], told["m.room.join_rules"], they) == ("春茶群", {"join_rule": "knock"}, "leave")
    homeserver.ask("POST", f"/knock/{quote(room)}", token, {"reason": "想学泡茶"})


def test_what_is_said_in_a_room_is_told_to_us(homeserver: Synapse) -> None:
    person, token = homeserver.person(f"p{fresh()}")
    room = homeserver.room(token)
    ours = meeting(homeserver, lambda channel: channel.send(letter=said(room))).platform_id
    path = f"/rooms/{quote(room)}/send/m.room.message"
    theirs = homeserver.ask("PUT", f"{path}/1", token, {"msgtype": "m.text", "body": "几点开讲？"})["event_id"]

    async def deed(channel: MatrixChannel) -> list[tuple[str, str, str, str, bool]]:
        payloads = {homeserver.heard(one) for one in (ours, theirs)}
        arrivals = [one for payload in payloads for one in channel.parse(payload=payload)]
        return [(one.kind, one.key, one.sender, one.text, one.ours) for one in arrivals if one.place == room]

    heard = meeting(homeserver, deed)
    assert ("message", ours, US, "大家好", True) in heard
    assert ("message", theirs, person, "几点开讲？", False) in heard
    assert homeserver.ear.told[0].path.startswith("/hooks/matrix/_matrix/app/v1/transactions/")
    assert homeserver.ear.told[0].authorization == f"Bearer {homeserver.config['hs_token']}"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"as_token": "another-secret-than-agreed"}, "refused_us"),
        ({"server_name": "other.test"}, "bad_config"),
        ({"localpart": "other"}, "refused_us"),
    ],
)
def test_settings_that_the_homeserver_does_not_know_are_told(
    homeserver: Synapse, changed: dict[str, str], reason: str
) -> None:
    async def walk() -> Health:
        channel = open_matrix(config={**homeserver.config, **changed}, supplies=homeserver.supplies())
        try:
            return await channel.check()
        finally:
            await channel.close()

    assert asyncio.run(walk()) == Health(ok=False, reason=reason)


def test_a_house_server_that_was_not_allowed_is_not_gone_to(homeserver: Synapse) -> None:
    told = meeting(homeserver, lambda channel: channel.check(), supplies=Supplies(texts={"a": "b"}))
    assert told == Health(ok=False, reason="bad_config")


def test_without_a_media_store_neither_pictures_nor_voice_are_offered(homeserver: Synapse) -> None:
    async def deed(channel: MatrixChannel) -> frozenset[str]:
        return channel.capabilities.parts

    allowed = homeserver.supplies().allowed
    assert meeting(homeserver, deed, supplies=Supplies(allowed=allowed)) == {"text", "card"}

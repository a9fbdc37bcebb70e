"""What the homeserver tells us."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.channels.matrix.test_configuration import GOOD
from tongpin.channels.matrix.configuration import read_homeserver
from tongpin.channels.matrix.hearing import arrivals_in
from tongpin.channels.port import Arrival, Attachment, BadPayload

SERVER = read_homeserver(config=GOOD)
ROOM, MEI = "!tea:example.com", "@mei:example.com"
AT = 1_795_320_000_000
BLANK = asdict(Arrival(kind="message", key="k", place="p", sender="s", at=datetime(2026, 1, 1, tzinfo=UTC)))


def event(content: dict[str, Any], kind: str = "m.room.message", **more: Any) -> dict[str, Any]:
    return {
        "type": kind, "event_id": "$1", "room_id": ROOM, "sender": MEI, "origin_server_ts": AT, "content": content, **more
    }  # fmt: skip


def heard(*events: Any) -> list[Arrival]:
    return arrivals_in(payload=json.dumps({"events": events}).encode(), server=SERVER)


def told(one: dict[str, Any]) -> dict[str, Any]:
    """What an arrival says beyond where, when and by whom."""
    (arrival,) = heard(one)
    assert (arrival.key, arrival.place, arrival.at) == ("$1", ROOM, datetime.fromtimestamp(AT / 1000, UTC))
    common = {"key", "place", "at"}
    return {name: value for name, value in asdict(arrival).items() if value != BLANK[name] and name not in common}


def test_words() -> None:
    assert told(event({"msgtype": "m.text", "body": "大家好"})) == {"sender": MEI, "text": "大家好"}


def test_an_answer_without_the_quote_older_clients_put_above_it() -> None:
    relates = {"m.in_reply_to": {"event_id": "$0"}}
    said = {"msgtype": "m.text", "body": "> <@lin:a> 几点？\n> 在哪\n\n八点", "m.relates_to": relates}
    assert told(event(said)) == {"sender": MEI, "text": "八点", "in_reply_to": "$0"}


@pytest.mark.parametrize(("falls_back", "reply"), [(True, {}), (False, {"in_reply_to": "$5"})])
def test_a_thread(falls_back: bool, reply: dict[str, str]) -> None:
    relates = {
        "rel_type": "m.thread", "event_id": "$0", "is_falling_back": falls_back, "m.in_reply_to": {"event_id": "$5"}
    }  # fmt: skip
    said = {"msgtype": "m.text", "body": "嗯", "m.relates_to": relates}
    assert told(event(said)) == {"sender": MEI, "text": "嗯", "thread": "$0", **reply}


def test_a_picture_with_and_without_a_caption() -> None:
    about = {"mimetype": "image/png", "size": 73}
    said = {"msgtype": "m.image", "body": "tea.png", "url": "mxc://a/b", "info": about}
    held = asdict(Attachment(kind="picture", reference="mxc://a/b", media_type="image/png", name="tea.png", size=73))
    assert told(event(said)) == {"sender": MEI, "attachments": (held,)}
    captioned = {**said, "filename": "tea.png", "body": "茶园"}
    assert told(event(captioned)) == {"sender": MEI, "attachments": (held,), "text": "茶园"}


def test_a_voice() -> None:
    said = {"msgtype": "m.audio", "body": "v", "url": "mxc://a/b", "info": {"duration": 2500}}
    held = asdict(Attachment(kind="voice", reference="mxc://a/b", name="v", seconds=2.5))
    assert told(event(said)) == {"sender": MEI, "attachments": (held,)}


def test_an_edit_a_mark_and_what_was_taken_back() -> None:
    edit = {"body": "* 九点", "m.new_content": {"msgtype": "m.text", "body": "九点"},
            "m.relates_to": {"rel_type": "m.replace", "event_id": "$0"}}  # fmt: skip
    mark = {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$0", "key": "👍"}}
    assert told(event(edit)) == {"kind": "edited", "sender": MEI, "about": "$0", "text": "九点"}
    assert told(event(mark, "m.reaction")) == {"kind": "reaction", "sender": MEI, "about": "$0", "text": "👍"}
    for one in (event({"redacts": "$0"}, "m.room.redaction"), event({}, "m.room.redaction", redacts="$0")):
        assert told(one) == {"kind": "redacted", "sender": MEI, "about": "$0"}


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        (None, "join", "joined"),
        ("invite", "join", "joined"),
        ("join", "join", None),
        ("join", "leave", "left"),
        ("join", "ban", "left"),
        ("invite", "leave", None),
        ("knock", "leave", None),
        (None, "invite", None),
        (None, "knock", "asked_to_join"),
    ],
)
def test_who_comes_and_goes(before: str | None, now: str, kind: str | None) -> None:
    content = {"membership": now, "displayname": "小美", "reason": "听说的" if now == "knock" else ""}
    unsigned = {"prev_content": {"membership": before}} if before else {}
    moved = event(content, "m.room.member", state_key="@qiang:example.com", unsigned=unsigned)
    if kind is None:
        assert heard(moved) == []
        return
    expected = {"kind": kind, "sender": "@qiang:example.com", "sender_name": "小美"}
    assert told(moved) == ({**expected, "text": "听说的"} if now == "knock" else expected)


def test_what_we_said_ourselves_is_ours() -> None:
    said = event({"msgtype": "m.text", "body": "a"})
    senders = ["@tongpin:example.com", "@tongpin_lin:example.com", MEI]
    assert [one.ours for one in heard(*({**said, "sender": sender} for sender in senders))] == [True, True, False]


@pytest.mark.parametrize(
    "bad",
    [
        "words", 1, None, {}, event({"body": 5, "msgtype": "m.text"}), event({}), event({"msgtype": "m.text"}),
        event({"body": "x"}, "m.room.encrypted"), event({"body": "x"}, origin_server_ts=10**20),
        event({"body": "x"}, origin_server_ts="now"), event({"body": "x"}, event_id=""), event({"body": "x"}, state_key=""),
        event({"membership": "join"}, "m.room.member"), event({"m.relates_to": {"rel_type": "m.annotation"}}, "m.reaction"),
    ],
)  # fmt: skip
def test_one_bad_event_never_holds_up_those_beside_it(bad: Any) -> None:
    good = event({"msgtype": "m.text", "body": "好"})
    assert [one.text for one in heard(bad, good, bad)] == ["好"]


def test_an_event_whose_order_or_more_is_unknown_is_still_read() -> None:
    assert told(event({"msgtype": "org.other", "body": "a"}, age=5, user_id=MEI)) == {"sender": MEI, "text": "a"}


@given(content=st.dictionaries(st.sampled_from(["body", "msgtype", "url", "info", "m.relates_to", "membership"]),
       st.recursive(st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
                    lambda inner: st.dictionaries(st.sampled_from(["event_id", "rel_type", "size", "duration", "key"]),
                                                  inner))),
       kind=st.sampled_from(["m.room.message", "m.sticker", "m.reaction", "m.room.redaction", "m.room.member"]),
       state=st.booleans())  # fmt: skip
def test_whatever_an_event_holds_it_is_read_or_left_out(content: dict[str, Any], kind: str, state: bool) -> None:
    assert len(heard(event(content, kind, **({"state_key": MEI} if state else {})))) <= 1


@pytest.mark.parametrize("payload", [b"", b"{}", b"[]", b"\xff", b'{"events": 5}', b'{"events": {}}'])
def test_what_is_no_transaction_is_refused(payload: bytes) -> None:
    with pytest.raises(BadPayload) as refused:
        arrivals_in(payload=payload, server=SERVER)
    assert refused.value.reason == "unreadable"

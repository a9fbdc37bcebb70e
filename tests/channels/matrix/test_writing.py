"""A letter as the messages of a room."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tongpin.channels.matrix.writing import LONGEST, Uploaded, media_of, messages_of
from tongpin.channels.port import Card, Content, Picture, TransportError, Voice

HELD = {
    "p1": Uploaded(uri="mxc://a/p1", media_type="image/jpeg", size=9, name="tea.jpg"),
    "v1": Uploaded(uri="mxc://a/v1", media_type="audio/mp4", size=8, name=""),
}
LINK = Card(title="开讲 <1>", text="今晚八点", url="https://example.com/t?a=1&b=2")


def written(content: Content, **more: Any) -> list[dict[str, Any]]:
    return messages_of(content=content, uploads=HELD, **more)


def test_plain_words_are_only_words() -> None:
    assert written(Content(text="大家好 <b>")) == [{"msgtype": "m.text", "body": "大家好 <b>"}]


def test_who_speaks_stands_before_the_words_and_nothing_typed_becomes_a_tag() -> None:
    (event,) = written(Content(text="<i>你好</i>\n再见", speaker="林老师"))
    assert event == {
        "msgtype": "m.text",
        "body": "林老师：<i>你好</i>\n再见",
        "format": "org.matrix.custom.html",
        "formatted_body": "<strong>林老师：</strong>&lt;i&gt;你好&lt;/i&gt;<br>再见",
    }
    assert written(Content(text="hi", speaker="Lin"))[0]["body"] == "Lin: hi"


def test_a_card_is_a_link_that_can_also_be_read() -> None:
    (event,) = written(Content(text="来听", card=LINK))
    assert event["body"] == "来听\n\n开讲 <1>\n今晚八点\nhttps://example.com/t?a=1&b=2"
    assert event["formatted_body"] == (
        '来听<br><br><a href="https://example.com/t?a=1&amp;b=2"><strong>开讲 &lt;1&gt;</strong></a><br>今晚八点'
    )


def test_each_picture_and_the_voice_are_messages_of_their_own_in_order() -> None:
    content = Content(
        text="看",
        pictures=(Picture(media="p1", caption="茶园"), Picture(media="p1")),
        voice=Voice(media="v1", seconds=3.25),
        speaker="林老师",
    )
    text, first, second, voice = written(content)
    assert media_of(content=content) == ["p1", "v1"]
    assert text["body"] == "林老师：看"
    assert (first["body"], first["filename"], first["url"]) == ("茶园", "tea.jpg", "mxc://a/p1")
    assert second["body"] == second["filename"] == "tea.jpg"
    assert voice == {
        "msgtype": "m.audio",
        "body": "audio.m4a",
        "filename": "audio.m4a",
        "url": "mxc://a/v1",
        "info": {"mimetype": "audio/mp4", "size": 8, "duration": 3250},
        "org.matrix.msc3245.voice": {},
        "org.matrix.msc1767.audio": {"duration": 3250, "waveform": []},
    }


def test_a_picture_alone_says_whose_it_is() -> None:
    said = [Content(pictures=(Picture(media="p1", caption=caption),), speaker="林老师") for caption in ("茶园", "")]
    assert [written(one)[0]["body"] for one in said] == ["林老师：茶园", "林老师"]


def test_the_first_message_is_the_answer() -> None:
    events = written(Content(text="是", pictures=(Picture(media="p1"),)), in_reply_to="$q")
    assert [event.get("m.relates_to") for event in events] == [{"m.in_reply_to": {"event_id": "$q"}}, None]


def test_long_words_lose_their_form_before_they_are_refused() -> None:
    (event,) = written(Content(text="😀" * 8000, speaker="林老师"))
    assert set(event) == {"msgtype", "body"}
    assert len(msgspec.json.encode(event)) <= LONGEST
    with pytest.raises(TransportError) as told:
        written(Content(text="x", card=Card(title="t", url="https://example.com/" + "a" * LONGEST)))
    assert (told.value.reason, told.value.permanent) == ("too_long", True)

"""The channels' media store stands on our shelf."""

from __future__ import annotations

import asyncio

import pytest

from tests.conftest import NOON
from tests.core.files.making import drawn, sounding
from tongpin.channels.port import Media, MediaStore
from tongpin.core.files.actions import keep_picture
from tongpin.core.files.media import HouseMedia
from tongpin.core.files.queries import file_seen, read
from tongpin.core.files.refusal import FileRefused
from tongpin.core.sending.desk import Desk

pytestmark = pytest.mark.django_db(transaction=True)
STRANGER = "ab" * 20


def test_a_channel_reads_what_the_house_keeps_and_keeps_what_it_hears() -> None:
    one = keep_picture(content=drawn(), person_id=None, about_kind="offer", about=1, at=NOON, actor="staff:1")

    async def talk() -> tuple[Media | None, Media | None, Media | None, str, str]:
        desk = Desk()
        store: MediaStore = HouseMedia(thread=desk, clock=lambda: NOON)
        said = Media(content=sounding(kind="ogg", codec="libopus", rate=48_000), media_type="audio/ogg")
        try:
            return (
                await store.read(media=one.name),
                await store.read(media=STRANGER),
                await store.read(media="../../etc/passwd"),
                await store.keep(media=said),
                await store.keep(media=Media(content=drawn(), media_type="image/jpeg")),
            )
        finally:
            await desk.close()

    found, none, outside, voice, picture = asyncio.run(talk())
    content = read(name=one.name)
    assert content is not None
    assert found == Media(content=content, media_type="image/jpeg", name=f"{one.name[:8]}.jpg")
    assert (none, outside, picture) == (None, None, one.name)
    heard = file_seen(name=voice)
    assert heard is not None
    assert (heard.kind, heard.media_type, heard.made_at) == ("voice", "audio/mpeg", NOON)


def test_what_a_channel_hears_and_cannot_be_kept_is_refused_aloud() -> None:
    async def hear() -> None:
        desk = Desk()
        try:
            await HouseMedia(thread=desk, clock=lambda: NOON).keep(media=Media(content=b"x", media_type="image/png"))
        finally:
            await desk.close()

    with pytest.raises(FileRefused, match="JPEG, PNG"):
        asyncio.run(hear())

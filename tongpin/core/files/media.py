"""Pictures and recordings for the channels: their media store, on our shelf."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

from tongpin.channels.port import Media
from tongpin.core.files.actions import keep_picture, keep_voice
from tongpin.core.files.queries import file_seen, read

T = TypeVar("T")

HEARD = "heard"
ACTOR = "channel"


class Thread(Protocol):
    """Does blocking work beside the event loop; core/sending's Desk is one."""

    def __call__(self, deed: Callable[[], T], /) -> Awaitable[T]: ...


class HouseMedia:
    """A MediaStore of the port; `media` is a file's name. What was heard belongs to nobody until somebody says whose."""

    def __init__(self, *, thread: Thread, clock: Callable[[], datetime]) -> None:
        self._thread = thread
        self._clock = clock

    async def read(self, *, media: str) -> Media | None:
        """What lies under this name, or nothing."""
        return await self._thread(partial(_read, media))

    async def keep(self, *, media: Media) -> str:
        """Keeps what was heard, drawn or recorded anew. Raises FileRefused."""
        return await self._thread(partial(_keep, media, self._clock()))


def _read(name: str) -> Media | None:
    known = file_seen(name=name)
    content = read(name=name) if known else None
    if known is None or content is None:
        return None
    ending = "jpg" if known.kind == "picture" else "mp3"
    return Media(content=content, media_type=known.media_type, name=f"{name[:8]}.{ending}")


def _keep(media: Media, at: datetime) -> str:
    keep = keep_voice if media.media_type.startswith(("audio/", "video/")) else keep_picture
    return keep(content=media.content, person_id=None, about_kind=HEARD, about=0, at=at, actor=ACTOR).name

"""Pictures and recordings on their way to the homeserver: each once, however many rooms it is said in."""

from __future__ import annotations

import asyncio
from typing import Final

from tongpin.channels.matrix.wire import Wire
from tongpin.channels.matrix.writing import Uploaded
from tongpin.channels.port import MediaStore, TransportError

REMEMBERED: Final = 1000


class Uploads:
    """What the homeserver holds of the media store, as far as this process put it there."""

    def __init__(self, *, wire: Wire, store: MediaStore) -> None:
        self._wire, self._store = wire, store
        self._done: dict[str, Uploaded] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def place(self, *, media: str) -> Uploaded:
        """Where it lies. Raises Refusal, TransportError (`gone` where the store has it no more)."""
        async with self._turns.setdefault(media, asyncio.Lock()):
            found = self._done.get(media)
            if found is None:
                found = self._done[media] = await self._upload(media)
                if len(self._done) > REMEMBERED:
                    del self._done[next(iter(self._done))]
        self._turns.pop(media, None)
        return found

    async def _upload(self, media: str) -> Uploaded:
        held = await self._store.read(media=media)
        if held is None:
            raise TransportError(reason="gone", permanent=True)
        told = await self._wire.ask(
            "POST", "_matrix", "media", "v3", "upload", content=held.content, media_type=held.media_type
        )
        uri = told.get("content_uri")
        if not isinstance(uri, str):
            raise TransportError(reason="refused", permanent=False)
        return Uploaded(uri=uri, media_type=held.media_type, size=len(held.content), name=held.name)

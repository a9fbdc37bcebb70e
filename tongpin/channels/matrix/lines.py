"""Connections to one server that are kept open, on an event loop: one request at a time on each, as many as are asked for.

The server's name is resolved and checked as base/egress does before each connection, which goes to the very address that
was checked. HTTP is spoken by h11; the pool of httpcore takes ten times as much of the processor for the same request.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import h11
import httpcore

from tongpin.base.egress import USUAL, Egress

CONNECTED_WITHIN: Final = 8.0
KEPT: Final = 45.0
"""Seconds that a connection without work is kept."""

HEAD: Final = 64 * 1024
"""Bytes of an answer's head at most."""


class Lost(Exception):
    """There was no connection, it broke off, or what came is not HTTP."""


class TooLong(Exception):
    """The answer is longer than we take."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A whole answer. Names of headers are in small letters."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    content: bytes


class _Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD)
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answered] | None = None
        self._response: h11.Response | None = None
        self._content = bytearray()
        self.idle_since = 0.0

    @property
    def is_open(self) -> bool:
        """Whether something may be asked."""
        return self._transport is not None and self._http.our_state is h11.IDLE

    async def ask(self, request: h11.Request, content: bytes) -> Answered:
        """One request and its answer. Raises Lost, TooLong."""
        if self._transport is None:
            raise Lost
        answer: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._answer = answer
        pieces = [self._http.send(request), self._http.send(h11.Data(data=content)) if content else b""]
        self._transport.write(b"".join([*(one or b"" for one in pieces), self._http.send(h11.EndOfMessage()) or b""]))
        return await answer

    def end(self) -> None:
        """Nothing more is said or heard."""
        if self._transport is not None:
            self._transport.abort()
        self._over(Lost())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._answer is None:
            self.end()  # What is said unasked would be taken for the next answer.
            return
        self._heard(data)

    def eof_received(self) -> None:
        if self._answer is not None:
            self._heard(b"")

    def connection_lost(self, exc: Exception | None) -> None:
        self._over(Lost())

    def _heard(self, data: bytes) -> None:
        try:
            self._http.receive_data(data)
            while self._answer is not None:
                event = self._http.next_event()
                if event is h11.NEED_DATA:
                    return
                if isinstance(event, h11.Response):
                    self._response = event
                elif isinstance(event, h11.Data):
                    self._content += event.data
                    if len(self._content) > self._most:
                        self._over(TooLong())
                        self.end()
                elif isinstance(event, h11.EndOfMessage):
                    self._whole()
                elif not isinstance(event, h11.InformationalResponse):
                    self.end()
        except h11.ProtocolError:
            self.end()

    def _whole(self) -> None:
        answer, response, content = self._answer, self._response, bytes(self._content)
        self._answer, self._response, self._content = None, None, bytearray()
        # Nothing was said beyond it, and nobody hung up.
        if self._http.our_state is self._http.their_state is h11.DONE and self._http.trailing_data == (b"", False):
            self._http.start_next_cycle()
        else:
            self.end()
        if answer is not None and response is not None and not answer.done():
            answer.set_result(Answered(response.status_code, list(response.headers), content))

    def _over(self, error: Exception) -> None:
        answer, self._answer, self._transport = self._answer, None, None
        if answer is not None and not answer.done():
            answer.set_exception(error)


class Lines:
    """The connections to one server, `at_once` at most. most: bytes of an answer."""

    def __init__(self, *, door: Egress, url: str, at_once: int, most: int) -> None:
        self._door, self._url, self._most = door, url, most
        self._turns = asyncio.Semaphore(at_once)
        self._idle: list[_Line] = []
        self._tls: ssl.SSLContext | None = None

    async def ask(
        self, method: str, target: str, *, headers: Sequence[tuple[str, str]], content: bytes, within: float
    ) -> Answered:
        """One request; `headers` with the Host. Raises Lost, TooLong, TimeoutError, EgressError."""
        request = h11.Request(method=method, target=target, headers=list(headers))
        async with self._turns:
            line = self._kept() or await self._opened()
            try:
                async with asyncio.timeout(within):
                    answer = await line.ask(request, content)
            except BaseException:
                line.end()  # What still comes would be taken for the next answer.
                raise
            if line.is_open:
                line.idle_since = asyncio.get_running_loop().time()
                self._idle.append(line)
            return answer

    async def close(self) -> None:
        """Ends all that have no work; the others end with theirs."""
        for one in self._idle:
            one.end()
        self._idle.clear()
        await asyncio.sleep(0)  # The loop lets go of them in its next turn.

    def _kept(self) -> _Line | None:
        """The one used last: others may be let go of when there is less to do."""
        oldest = asyncio.get_running_loop().time() - KEPT
        while self._idle:
            line = self._idle.pop()
            if line.is_open and line.idle_since >= oldest:
                return line
            line.end()
        return None

    async def _opened(self) -> _Line:
        target = self._door.checked(self._url)
        port = target.port or USUAL[target.scheme]
        host = target.raw_host.decode("ascii")
        tls = self._secured() if target.scheme == "https" else None
        loop = asyncio.get_running_loop()
        for address in await asyncio.to_thread(self._door.addresses, host, port):
            try:
                async with asyncio.timeout(CONNECTED_WITHIN):
                    _, line = await loop.create_connection(
                        lambda: _Line(self._most), address, port, ssl=tls, server_hostname=host if tls else None
                    )
                return line
            except OSError:
                continue
        raise Lost

    def _secured(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = httpcore.default_ssl_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls

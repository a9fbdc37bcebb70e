"""A small mail server on asyncio: takes letters, or refuses them as it is told. For tests of the mail channel."""

from __future__ import annotations

import asyncio
import base64
import ssl
from dataclasses import dataclass, field
from types import TracebackType


@dataclass(frozen=True, slots=True)
class Taken:
    """One letter as it came."""

    sender: str
    receivers: tuple[str, ...]
    content: bytes


@dataclass(slots=True)
class Manners:
    """How the server answers. `receiver`, `content`: a line such as `550 no such box` in place of taking it.

    user, password: what it wants to hear; drop_after_content: it takes the letter and hangs up without a word.
    """

    receiver: str = ""
    content: str = ""
    user: str = ""
    password: str = ""
    drop_after_content: bool = False


@dataclass(slots=True)
class SmtpServer:
    """`async with SmtpServer() as server:` listens on 127.0.0.1 at `server.port`. `tls` from the first byte, `starttls` on
    request."""

    tls: ssl.SSLContext | None = None
    starttls: ssl.SSLContext | None = None
    manners: Manners = field(default_factory=Manners)
    taken: list[Taken] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None

    async def __aenter__(self) -> SmtpServer:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Talk(self, reader, writer).hold()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()


class _Talk:
    """One connection."""

    def __init__(self, server: SmtpServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server, self._reader, self._writer = server, reader, writer
        self._sender, self._receivers = "", list[str]()
        self._encrypted = server.tls is not None

    async def hold(self) -> None:
        await self._say("220 stand-in ready")
        while line := (await self._reader.readline()).decode("utf-8", "replace").strip():
            verb = line.partition(" ")[0].upper()
            if verb == "QUIT":
                await self._say("221 bye")
                return
            if verb == "DATA":
                if not await self._content():
                    return
                continue
            await self._answer(verb, line)
            if verb == "STARTTLS" and self._server.starttls is not None:
                await self._writer.start_tls(self._server.starttls)
                self._encrypted = True

    async def _answer(self, verb: str, line: str) -> None:
        manners = self._server.manners
        if verb == "EHLO":
            offers = ["stand-in", "SMTPUTF8", "8BITMIME"]
            if self._server.starttls is not None and not self._encrypted:
                offers.append("STARTTLS")
            if manners.user:
                offers.append("AUTH PLAIN")
            for offer in offers[:-1]:
                await self._say(f"250-{offer}")
            await self._say(f"250 {offers[-1]}")
        elif verb == "AUTH":
            wanted = base64.b64encode(f"\0{manners.user}\0{manners.password}".encode()).decode()
            await self._say("235 welcome" if line.rpartition(" ")[2] == wanted else "535 wrong user or password")
        elif verb == "MAIL":
            self._sender, self._receivers = _inner(line), []
            await self._say("250 ok")
        elif verb == "RCPT" and manners.receiver:
            await self._say(manners.receiver)
        elif verb == "RCPT":
            self._receivers.append(_inner(line))
            await self._say("250 ok")
        elif verb == "STARTTLS" and self._server.starttls is not None:
            await self._say("220 go ahead")
        elif verb in ("NOOP", "RSET", "HELO"):
            await self._say("250 ok")
        else:
            await self._say("502 not known here")

    async def _content(self) -> bool:
        await self._say("354 end with a dot")
        raw = await self._reader.readuntil(b"\r\n.\r\n")
        manners = self._server.manners
        if manners.content:
            await self._say(manners.content)
            return True
        content = raw[:-3].replace(b"\r\n..", b"\r\n.")
        self._server.taken.append(Taken(self._sender, tuple(self._receivers), content))
        if manners.drop_after_content:
            return False
        await self._say("250 taken")
        return True

    async def _say(self, line: str) -> None:
        self._writer.write(line.encode() + b"\r\n")
        await self._writer.drain()


def _inner(line: str) -> str:
    """What stands between < and >."""
    return line.partition("<")[2].partition(">")[0]

"""Connections that are kept: each answer belongs to its own request, and what cannot be trusted is let go of."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from tongpin.base.egress import Egress
from tongpin.channels.matrix.lines import Answered, Lines, Lost, TooLong

Deed = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class House:
    """A server that does with each request what it is told, and counts connections."""

    def __init__(self, deed: Deed) -> None:
        self.deed, self.connections, self.requests = deed, 0, 0

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                self.requests += 1
                await self.deed(reader, writer)
        writer.close()


def walk(deed: Deed, path: Callable[[Lines], Awaitable[None]], *, at_once: int = 4) -> House:
    async def _walk() -> House:
        house = House(deed)
        server = await asyncio.start_server(house.meet, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        door = Egress(allowed=(f"127.0.0.1:{port}",))
        lines = Lines(door=door, url=f"http://127.0.0.1:{port}", at_once=at_once, most=1000)
        await path(lines)
        await lines.close()
        door.close()
        server.close()
        return house

    return asyncio.run(_walk())


async def ask(lines: Lines, *, within: float = 5.0) -> Answered:
    return await lines.ask("GET", "/", headers=[("Host", "a")], content=b"", within=within)


async def well(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK)


def test_one_after_the_other_share_a_connection() -> None:
    async def path(lines: Lines) -> None:
        for _ in range(5):
            assert await ask(lines) == Answered(200, [(b"content-length", b"2")], b"{}")

    house = walk(well, path)
    assert (house.connections, house.requests) == (1, 5)


def test_side_by_side_there_are_never_more_connections_than_allowed() -> None:
    async def slowly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.01)
        writer.write(OK)

    async def path(lines: Lines) -> None:
        await asyncio.gather(*(ask(lines) for _ in range(20)))

    house = walk(slowly, path, at_once=3)
    assert (house.connections, house.requests) == (3, 20)


def test_an_answer_in_pieces_and_chunks_is_put_together() -> None:
    async def in_pieces(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        whole = (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        )
        for at in range(0, len(whole), 7):
            writer.write(whole[at : at + 7])
            await writer.drain()
            await asyncio.sleep(0)

    async def path(lines: Lines) -> None:
        assert [(await ask(lines)).content for _ in range(2)] == [b"{}"] * 2

    assert walk(in_pieces, path).connections == 1


def test_an_answer_that_ends_with_the_connection_is_whole() -> None:
    async def and_hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n{}")
        writer.close()

    async def path(lines: Lines) -> None:
        assert [(await ask(lines)).content for _ in range(2)] == [b"{}"] * 2

    assert walk(and_hang_up, path).connections == 2


@pytest.mark.parametrize("more", [OK, b"HTTP/1.1 200 OK\r\n", b"x"])
def test_what_was_said_unasked_is_never_the_next_answer(more: bytes) -> None:
    async def twice(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + more)

    async def path(lines: Lines) -> None:
        for _ in range(3):
            assert (await ask(lines)).content == b"{}"
            await asyncio.sleep(0.01)

    assert walk(twice, path).connections == 3


def test_an_answer_that_came_too_late_is_never_the_next_one() -> None:
    said = iter([b"late", b"soon"])

    async def late_once(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        words = next(said)
        await asyncio.sleep(0.05 if words == b"late" else 0)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + words)

    async def path(lines: Lines) -> None:
        with pytest.raises(TimeoutError):
            await ask(lines, within=0.01)
        assert (await ask(lines)).content == b"soon"

    assert walk(late_once, path).connections == 2


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}", Lost),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", Lost),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000, Lost),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + b"x" * 1001, TooLong),
    ],
)
def test_what_is_broken_or_too_long_ends_the_connection(said: bytes, error: type[Exception]) -> None:
    async def badly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        writer.close()

    async def path(lines: Lines) -> None:
        for _ in range(2):
            with pytest.raises(error):
                await ask(lines)

    assert walk(badly, path).connections == 2

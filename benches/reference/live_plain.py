"""The plain rival of live pages: one asyncio server that asks for new lines every 0.25 s and writes them to every page.

No tickets, no framework, no catch-up, no counting: the least that can be done. Prints its port's readiness by answering.
"""

from __future__ import annotations

import asyncio
import os
import sys

import psycopg

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\nretry: 2000\n\n"


async def serve(port: int, talk: int) -> None:
    """Serves until it is ended."""
    pages: set[asyncio.StreamWriter] = set()

    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD)
        pages.add(writer)
        try:
            await reader.read()
        finally:
            pages.discard(writer)
            writer.close()

    server = await asyncio.start_server(page, "127.0.0.1", port, backlog=2048)
    last = 0
    async with server, await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
        while True:
            rows = await database.execute(
                "select l.number, s.words from talk_line l join talk_segment s on s.id = l.ref"
                " where l.talk_id = %s and l.kind = 'segment' and l.number > %s order by l.number",
                [talk, last],
            )
            for number, words in await rows.fetchall():
                event = f"id: {number}\ndata: {words}\n\n".encode()
                for writer in tuple(pages):
                    writer.write(event)
                last = number
            await asyncio.sleep(0.25)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))

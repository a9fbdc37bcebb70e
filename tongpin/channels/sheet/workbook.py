"""Excel workbooks (xlsx, xls), read by python-calamine in a process of its own (workbook_child.py says why)."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, Literal, cast

import msgspec

from .delimited import Cell, RawRow
from .packing import Limits, Packing, Source
from .refusal import Refusal, Unreadable

_CHILD: Final = Path(__file__).with_name("workbook_child.py")
_MOMENT: Final = 1
_COPIED: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Book:
    """Where a workbook lies and how it is wrapped."""

    path: Path
    kind: Literal["xlsx", "xls"]
    packing: Packing = ""
    member: str = ""


def sheet_names(book: Book, *, limits: Limits) -> tuple[str, ...]:
    """Names of the visible work sheets. Raises Unreadable."""
    with _reading(book, sheet=None, rows=0, limits=limits) as frames:
        return tuple(_greeting(frames)["sheets"])


class SheetRows:
    """Rows of one sheet, in order. `seen` and `height` serve progress. Close it to end its process."""

    def __init__(self, book: Book, *, sheet: int, rows: int = 0, limits: Limits) -> None:
        self.seen = 0
        self.height = 0
        self._frames = _reading(book, sheet=sheet, rows=rows, limits=limits)

    def __iter__(self) -> Iterator[RawRow]:
        with self._frames as frames:
            self.height = int(_greeting(frames)["height"])
            for frame in frames:
                for cells in frame:
                    self.seen += 1
                    yield RawRow(self.seen, cells)


@contextmanager
def _reading(book: Book, *, sheet: int | None, rows: int, limits: Limits) -> Iterator[Iterator[Any]]:
    with _on_disk(book, limits) as file:
        number = file.fileno()
        wanted = "" if sheet is None else str(sheet)
        words = [sys.executable, "-I", str(_CHILD), f"/dev/fd/{number}", book.kind, wanted, str(rows)]
        child = subprocess.Popen(
            [*words, str(limits.workbook_memory)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(number,),
        )
        try:
            yield _frames(child)
        finally:
            child.kill()
            child.wait()
            cast(IO[bytes], child.stdout).close()


@contextmanager
def _on_disk(book: Book, limits: Limits) -> Iterator[BinaryIO]:
    """An open file of the bare workbook; unpacked to a nameless file that vanishes with its last reader."""
    if not book.packing:
        size = book.path.stat().st_size
        if size > limits.workbook:
            raise Unreadable("workbook_too_large", bytes=size)
        with book.path.open("rb") as plain:
            yield plain
        return
    with tempfile.TemporaryFile() as copy, Source(book.path, book.packing, member=book.member, limits=limits) as source:
        size = 0
        while block := source.read(_COPIED):
            size += len(block)
            if size > limits.workbook:
                raise Unreadable("workbook_too_large", bytes=size)
            copy.write(block)
        copy.flush()
        yield cast(BinaryIO, copy)


def _frames(child: "subprocess.Popen[bytes]") -> Iterator[Any]:
    out = cast(IO[bytes], child.stdout)
    decoder = msgspec.msgpack.Decoder(ext_hook=_moment)
    while head := out.read(4):
        size = int.from_bytes(head, "big")
        body = out.read(size)
        if len(head) < 4 or len(body) < size:
            break
        yield decoder.decode(body)
    # A child that ends by a signal or a Rust panic ran into its limit; broken files end with a frame that says so.
    if child.wait() != 0:
        raise Unreadable("workbook_too_large" if child.returncode < 0 else "workbook_broken")


def _moment(_code: int, body: memoryview) -> Cell:
    return datetime.fromisoformat(str(body, "ascii"))


def _greeting(frames: Iterator[Any]) -> dict[str, Any]:
    first = next(frames, None)
    if not isinstance(first, dict):
        raise Unreadable("workbook_broken")
    if "refused" in first:
        raise Unreadable(cast(Refusal, first["refused"]))
    return first

"""Bytes of a file as they are after unpacking, read in blocks, with limits against archives that explode."""

import gzip
import os
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal, Self, cast

from .refusal import Unreadable

Packing = Literal["", "gz", "zip"]

_NOISE = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, unless said otherwise. The defaults let through every honest export we know of."""

    unpacked: int = 4 << 30
    ratio: int = 200  # how many times larger than the packed bytes, once `ratio_from` is passed
    ratio_from: int = 64 << 20
    line: int = 1 << 20
    workbook: int = 256 << 20  # of the workbook file itself
    workbook_memory: int = 1280 << 20  # of the process that reads it


LIMITS = Limits()


class Source:
    """A readable file, unpacked on the way. `done` and `total` count bytes of the file on disk, for progress."""

    def __init__(self, path: Path, packing: Packing, *, member: str = "", limits: Limits = LIMITS) -> None:
        self._raw = path.open("rb")
        self._limits = limits
        self._given = 0
        self._archive: zipfile.ZipFile | None = None
        self._stream: BinaryIO
        self.total = os.fstat(self._raw.fileno()).st_size
        try:
            if packing == "gz":
                self._stream = cast(BinaryIO, gzip.GzipFile(fileobj=self._raw))
            elif packing == "zip":
                self._archive = zipfile.ZipFile(self._raw)
                self._stream = cast(BinaryIO, self._archive.open(member))
            else:
                self._stream = self._raw
        except BaseException:
            self._raw.close()
            raise
        self._packed = packing != ""

    @property
    def done(self) -> int:
        return self.total if self._raw.closed else min(self._raw.tell(), self.total)

    def read(self, size: int) -> bytes:
        if not self._packed:
            return self._raw.read(size)
        try:
            block = self._stream.read(size)
        except (EOFError, OSError, zlib.error, zipfile.BadZipFile) as broken:
            raise Unreadable("archive_broken") from broken
        self._given += len(block)
        limits = self._limits
        over_ratio = self._given > limits.ratio_from and self._given > limits.ratio * max(self._raw.tell(), 1)
        if over_ratio or self._given > limits.unpacked:
            raise Unreadable("archive_bomb", unpacked=self._given, packed=self.total)
        return block

    def close(self) -> None:
        with suppress(OSError, zlib.error, EOFError):
            self._stream.close()
        if self._archive is not None:
            self._archive.close()
        self._raw.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Wrapping:
    """How a file is packed, and whether the zip is itself an office document."""

    packing: Packing = ""
    member: str = ""
    office: Literal["", "xlsx", "xlsb", "ods", "word", "slides"] = ""


def wrapping_of(path: Path) -> Wrapping:
    """Look at the first bytes. Raises Unreadable for an archive we cannot take."""
    with path.open("rb") as file:
        head = file.read(4)
    if not head:
        raise Unreadable("empty_file")
    if head[:2] == b"\x1f\x8b":
        return Wrapping(packing="gz")
    if head == b"PK\x03\x04":
        return _zip_wrapping(path)
    if head == b"PK\x05\x06":
        raise Unreadable("archive_empty")
    return Wrapping()


def _zip_wrapping(path: Path) -> Wrapping:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as broken:
        raise Unreadable("archive_broken") from broken
    names = {member.filename for member in members}
    office = office_kind(names)
    if office:
        return Wrapping(office=office)
    files = [member for member in members if not member.is_dir() and not _is_noise(member.filename)]
    if not files:
        raise Unreadable("archive_empty")
    if len(files) > 1:
        raise Unreadable("archive_many_files", files=len(files))
    if files[0].flag_bits & 0x1:
        raise Unreadable("archive_password")
    return Wrapping(packing="zip", member=files[0].filename)


def office_kind(names: set[str]) -> Literal["", "xlsx", "xlsb", "ods", "word", "slides"]:
    """What office document a zip with these member names is; empty when it is an ordinary archive."""
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "word/document.xml" in names:
        return "word"
    if "ppt/presentation.xml" in names:
        return "slides"
    if "mimetype" in names and "content.xml" in names:
        return "ods"
    # WPS and some libraries name the workbook part otherwise; the content-types part is in every one.
    return "xlsx" if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names) else ""


def _is_noise(name: str) -> bool:
    low = name.lower()
    return low.startswith(_NOISE[0]) or low.rsplit("/", 1)[-1] in _NOISE[1:] or low.rsplit("/", 1)[-1].startswith("._")

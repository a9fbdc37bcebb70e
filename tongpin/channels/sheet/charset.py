"""Which character encoding a file is in, judged by its bytes: UTF-8, UTF-16, GB18030 (GBK), Big5, or Western."""

from collections.abc import Iterable
from typing import Final

from .packing import Source

_SCAN: Final = 32 << 20  # a file that is plain ASCII so far is read this far for its first other byte
_WINDOW: Final = 256 << 10
_BLOCK: Final = 256 << 10

BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def encoding_of(source: Source) -> str:
    """A Python codec name. `utf-8` where every byte is ASCII."""
    head = source.read(_BLOCK)
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    wide = _utf16_without_mark(head)
    if wide:
        return wide
    window, read = _first_foreign(source, head)
    return _narrow_encoding(window) if read else "utf-8"


def _utf16_without_mark(head: bytes) -> str:
    """Every digit, comma and line end in UTF-16 has a zero in one and the same of its two bytes, each line end too."""
    even, odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    seen = len(head[:4096]) // 2
    if seen < 4:
        return ""
    if odd > seen * 0.05 and odd > 2 * even and b"\n\0" in head:
        return "utf-16-le"
    if even > seen * 0.05 and even > 2 * odd and b"\0\n" in head:
        return "utf-16-be"
    return ""


def _first_foreign(source: Source, head: bytes) -> tuple[bytes, bool]:
    """Some whole lines from the first one that is not ASCII; (b"", False) where there is none."""
    block, seen, tail = head, len(head), b""
    while block:
        if not block.isascii():
            window = tail + block
            while len(window) < _WINDOW:
                more = source.read(_BLOCK)
                if not more:
                    return window, True
                window += more
            return window[: window.rfind(b"\n") + 1] or window, True
        if seen > _SCAN:
            break
        tail = block[block.rfind(b"\n") + 1 :][-4096:]
        block = source.read(_BLOCK)
        seen += len(block)
    return b"", False


def _narrow_encoding(window: bytes) -> str:
    lines = [line for line in window.split(b"\n") if not line.isascii()][:4000]
    # A line of GBK of more than two characters is practically never valid UTF-8, so half is plenty; and one
    # wrong byte in a UTF-8 file must not turn the whole file into GBK.
    if _share_valid(lines, "utf-8") >= 0.5:
        return "utf-8"
    common = {name: _share_common(lines, name) for name in ("gb18030", "big5")}
    best = max(common, key=lambda name: common[name])
    return best if common[best] >= 0.5 else "cp1252"


def _share_valid(lines: Iterable[bytes], encoding: str) -> float:
    outcomes = [_decodes(line, encoding) for line in lines]
    return sum(outcomes) / len(outcomes) if outcomes else 0.0


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _share_common(lines: list[bytes], encoding: str) -> float:
    """Share of the double bytes that are everyday characters in that encoding (first level of its table)."""
    level = (0xB0, 0xD7) if encoding == "gb18030" else (0xA4, 0xC6)
    marks = (0xA1, 0xA3)
    everyday = seen = 0
    for line in lines:
        if not _decodes(line, encoding):
            seen += 8
            continue
        at = 0
        while at < len(line):
            lead = line[at]
            if lead < 0x80:
                at += 1
                continue
            seen += 1
            trail = line[at + 1] if at + 1 < len(line) else 0
            simple = encoding != "gb18030" or trail >= 0xA1
            everyday += simple and (level[0] <= lead <= level[1] or marks[0] <= lead <= marks[1])
            at += 2
    return everyday / seen if seen else 0.0

"""Pictures and recordings made up for tests."""

from __future__ import annotations

import io
import math
import struct
import wave
import zlib
from typing import Any

import pytest
from PIL import Image


def drawn(
    *, size: tuple[int, int] = (640, 400), kind: str = "JPEG", mode: str = "RGB", colour: Any = "teal", **more: Any
) -> bytes:
    """A picture of one colour with a red corner at the top left."""
    image = Image.new(mode, size, colour)
    image.paste("red" if mode in ("RGB", "RGBA") else 0, (0, 0, size[0] // 4, size[1] // 4))
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def photographed(*, orientation: int = 6) -> bytes:
    """A picture as a phone takes it: lying on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "A Phone"
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 3.0), 3: "E", 4: (121.0, 29.0, 8.0)})
    return drawn(size=(640, 400), exif=exif, comment=b"taken at home", quality=95)


def claiming(*, width: int, height: int) -> bytes:
    """A PNG of a hundred bytes that says it is this large."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def sounding(*, kind: str, codec: str, rate: int, seconds: float = 1.0, **tags: str) -> bytes:
    """A tone of 440 Hz in one of the forms that phones record."""
    av = pytest.importorskip("av")
    out = io.BytesIO()
    with av.open(out, "w", format=kind) as written:
        written.metadata.update(tags)
        voice = written.add_stream(codec, rate=rate, layout="mono")
        if codec == "libopencore_amrnb":
            voice.bit_rate = 12_200
        evened = av.AudioResampler(format=voice.codec_context.format, layout="mono", rate=rate)
        told = waves(rate=rate, seconds=seconds)
        for start in range(0, len(told), rate * 2):
            part = told[start : start + rate * 2]
            frame = av.AudioFrame(format="s16", layout="mono", samples=len(part) // 2)
            frame.planes[0].update(part.ljust(frame.planes[0].buffer_size, b"\0"))
            frame.sample_rate, frame.pts = rate, start // 2
            for even in evened.resample(frame):
                written.mux(voice.encode(even))
        for even in evened.resample(None):
            written.mux(voice.encode(even))
        written.mux(voice.encode(None))
    return out.getvalue()


def waves(*, rate: int, seconds: float) -> bytes:
    """Samples of 16 bits."""
    second = b"".join(struct.pack("<h", int(8000 * math.sin(2 * math.pi * 440 * at / rate))) for at in range(rate))
    return (second * (int(seconds) + 1))[: int(seconds * rate) * 2]


def waved(*, seconds: float, rate: int = 8000) -> bytes:
    """A WAV file, made without any library of sound."""
    out = io.BytesIO()
    with wave.open(out, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes(waves(rate=rate, seconds=seconds))
    return out.getvalue()

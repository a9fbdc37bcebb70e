"""Runs as a process of its own (see reencoding.py): reads one recording, writes it anew as an MP3 to standard output.

Imports nothing of the project. The kind is told from the first bytes and named to the reader, which then tries no other:
some of the kinds it knows (play lists, subtitles) open further files by themselves.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

_MEMORY = 1 << 30
_CPU_SECONDS = 90
_LONGEST = 602
"""Ten minutes, and the moment that recorders add at the ends."""
_RATE = 24_000
_BITS = 48_000
_PACKETS = 2_000_000
_DECODERS = (
    "opus,libopus,vorbis,aac,mp3,mp3float,amrnb,amrwb,libopencore_amrnb,libopencore_amrwb,flac,alac,"
    "pcm_s16le,pcm_u8,pcm_s24le,pcm_f32le"
)


class Refused(Exception):
    """Says the code."""


def main(file: str) -> int:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    content = b""
    try:
        with open(file, "rb") as source:
            content, seconds = _anew(source)
        told: dict[str, Any] = {"seconds": seconds, "parts": [len(content)]}
    except Refused as refusal:
        told = {"refused": str(refusal)}
    except ImportError:
        told = {"refused": "voice_not_here"}
    except Exception:
        # A damaged recording ends in every kind of exception, a full memory among them.
        told = {"refused": "voice_broken"}
    out = sys.stdout.buffer
    out.write(json.dumps(told).encode() + b"\n" + (content if "parts" in told else b""))
    out.flush()
    return 0


def _kind(head: bytes) -> str:
    """What a recording says it is by its first bytes, in the reader's own name for it."""
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if head[4:8] == b"ftyp":
        return "mp4"
    if head.startswith(b"OggS"):
        return "ogg"
    if head.startswith(b"#!AMR"):
        return "amr"
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"fLaC"):
        return "flac"
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xF6 == 0xF0:
        return "aac"
    if head.startswith(b"ID3") or (head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0):
        return "mp3"
    raise Refused("voice_unknown")


def _anew(source: BinaryIO) -> tuple[bytes, float]:
    """The recording as an MP3 of one channel, and how many seconds it has. Whatever else the file says stays behind."""
    kind = _kind(source.read(16))
    source.seek(0)
    import av  # noqa: PLC0415 - a house without the extra says so; no other process pays its hundred megabytes

    av.logging.set_level(av.logging.PANIC)
    given = {"protocol_whitelist": "", "format_whitelist": kind + ",mov,webm", "codec_whitelist": _DECODERS}
    with av.open(source, format=kind, options=given, metadata_errors="ignore") as heard:
        if not heard.streams.audio:
            raise Refused("voice_broken")
        return _recorded(av, heard, heard.streams.audio[0])


def _recorded(av: Any, heard: Any, stream: Any) -> tuple[bytes, float]:
    stream.codec_context.thread_count = 1
    out = io.BytesIO()
    samples = 0
    with av.open(out, "w", format="mp3", options={"id3v2_version": "0", "fflags": "+bitexact"}) as written:
        voice = written.add_stream("libmp3lame", rate=_RATE, layout="mono")
        voice.bit_rate = _BITS
        voice.codec_context.thread_count = 1
        evened = av.AudioResampler(format="s16p", layout="mono", rate=_RATE)
        for frame in _frames(av, heard, stream):
            for even in evened.resample(frame):
                samples += even.samples
                if samples > _LONGEST * _RATE:
                    raise Refused("voice_too_long")
                even.pts = None
                written.mux(voice.encode(even))
        for even in evened.resample(None) if samples else ():
            samples += even.samples
            even.pts = None
            written.mux(voice.encode(even))
        if not samples:
            raise Refused("voice_broken")
        written.mux(voice.encode(None))
    return out.getvalue(), round(samples / _RATE, 2)


def _frames(av: Any, heard: Any, stream: Any) -> Iterator[Any]:
    """What can be decoded, in order: a phone that lost its signal leaves a recording without an end."""
    damaged = 0
    for count, packet in enumerate(heard.demux(stream)):
        if count > _PACKETS:
            raise Refused("voice_too_long")
        try:
            yield from packet.decode()
        except av.InvalidDataError:
            damaged += 1
            if damaged > 100:
                raise Refused("voice_broken") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

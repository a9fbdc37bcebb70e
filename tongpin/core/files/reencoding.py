"""Pictures drawn and recordings recorded anew, each in a process of its own with little memory and time.

Apart, because readers of pictures and sound have been broken into before, and a file of a few hundred bytes may ask for
gigabytes: then only that process ends. PyAV is imported there and nowhere else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tongpin.core.files.refusal import PICTURE_MOST, REASONS, VOICE_MOST, FileRefused

_HERE: Final = Path(__file__).parent
_AT_ONCE: Final = threading.BoundedSemaphore(2)
_OPTIONS: Final = ("-I",)
_PATIENCE: Final = 30.0
"""Seconds somebody waits for their turn."""
_ENVIRONMENT: Final = ("LD_LIBRARY_PATH", "PATH", "SYSTEMROOT")


@dataclass(frozen=True, slots=True)
class Reencoded:
    """What is to be kept. `small` is a small picture of a picture."""

    content: bytes
    media_type: str
    small: bytes = b""
    width: int = 0
    height: int = 0
    seconds: float = 0.0


def picture_anew(*, content: bytes) -> Reencoded:
    """A picture as a JPEG, upright, in sRGB, at most 2048 pixels a side. Raises FileRefused."""
    _weigh(content, PICTURE_MOST, "picture_too_heavy")
    told, parts = _ask("picture_child.py", content, seconds=30, broken="picture_broken", spent="picture_too_large")
    return Reencoded(parts[0], "image/jpeg", parts[1], width=told["width"], height=told["height"])


def voice_anew(*, content: bytes) -> Reencoded:
    """A recording as an MP3, one channel. Raises FileRefused."""
    _weigh(content, VOICE_MOST, "voice_too_heavy")
    told, parts = _ask("voice_child.py", content, seconds=120, broken="voice_broken", spent="voice_broken")
    return Reencoded(parts[0], "audio/mpeg", seconds=told["seconds"])


def _weigh(content: bytes, most: int, code: str) -> None:
    if not content:
        raise FileRefused("empty")
    if len(content) > most:
        raise FileRefused(code)


def _ask(child: str, content: bytes, *, seconds: int, broken: str, spent: str) -> tuple[dict[str, Any], list[bytes]]:
    """The child's answer: a line of JSON that says the sizes of the parts, then the parts."""
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise FileRefused("busy")
    try:
        with tempfile.TemporaryFile() as file:
            file.write(content)
            file.flush()
            number = file.fileno()
            done = subprocess.run(
                [sys.executable, *_OPTIONS, str(_HERE / child), f"/dev/fd/{number}"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=(number,),
                # Nothing of the house's own settings: whoever breaks the reader finds no secret there.
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                timeout=seconds,
                check=False,
            )
    except subprocess.TimeoutExpired as late:
        raise FileRefused(spent) from late
    finally:
        _AT_ONCE.release()
    if done.returncode:
        # A signal is a limit it ran into; anything else is a reader that gave up.
        raise FileRefused(spent if done.returncode < 0 else broken)
    line, _, rest = done.stdout.partition(b"\n")
    told = json.loads(line)
    if "refused" in told:
        raise FileRefused(told["refused"] if told["refused"] in REASONS else broken)
    parts = []
    for size in told["parts"]:
        parts.append(rest[:size])
        rest = rest[size:]
    return told, parts

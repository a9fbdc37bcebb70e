"""A line of a talk as an event of the live page: made once, sent to every page as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from tongpin.core.files.queries import FileSeen
from tongpin.loop.give.talks.seen import LineSeen

Files = Mapping[str, FileSeen]
"""What is known of files, by name."""


def event_of(line: LineSeen, files: Files) -> bytes:
    """The event: its id is the line's number, its data what the page draws. Never ends a line early: JSON escapes."""
    text = json.dumps(_told(line, files), ensure_ascii=False, separators=(",", ":"))
    return f"id: {line.number}\ndata: {text}\n\n".encode()


def _told(line: LineSeen, files: Files) -> dict[str, Any]:
    told: dict[str, Any] = {"n": line.number, "kind": line.kind, "at": f"{timezone.localtime(line.at):%H:%M}"}
    if line.segment_id:
        told["segment"] = line.segment_id
    if line.kind not in ("segment", "answer"):
        return told
    if line.redacted:
        return told | {"redacted": True}
    told["words"] = line.words
    if line.kind == "segment":
        told["form"] = line.form
    if line.files:
        told["files"] = [_file(name, files.get(name)) for name in line.files]
        told["seconds"] = line.seconds
    if line.question:
        told["question"] = {"id": line.question_id, "words": line.question, "name": line.asker}
    return told


def _file(name: str, known: FileSeen | None) -> dict[str, Any]:
    address = f"/f/{name}"
    if known is None or known.kind == "voice":
        return {"url": address, "small": f"{address}/small"}
    return {"url": address, "small": f"{address}/small", "width": known.width, "height": known.height}

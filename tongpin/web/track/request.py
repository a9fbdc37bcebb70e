"""What a tracking request is: its body, its key, its events. Every refusal says what to send instead."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from tongpin.core.intake.events import (
    BATCH_EVENTS,
    BATCH_LIMIT,
    Event,
    Problem,
    cleaned,
    decode_batch,
    decode_event,
    decode_whole,
    needs_cleaning,
)

PATHS = {
    "identify": "identify",
    "track": "track",
    "page": "page",
    "screen": "screen",
    "group": "group",
    "alias": "alias",
    "i": "identify",
    "t": "track",
    "p": "page",
    "s": "screen",
    "g": "group",
    "a": "alias",
    "batch": "batch",
    "b": "batch",
    "import": "batch",
}
"""What a path's last word means; browser SDKs use the short ones."""


class Refused(Exception):
    """The request cannot be used: an HTTP status and what to do."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status, self.reason, self.message = status, reason, message


@dataclass(slots=True)
class Asked:
    """A decoded request: events with their kind and raw bytes, in order, and those that are none."""

    secret: str
    sent_at: str | None
    events: list[tuple[Event, str, bytes]]
    problems: list[Problem]


def unpack(body: bytes, *, encoding: str) -> bytes:
    """The JSON itself; gzip is known by its first bytes, whatever the headers say."""
    if body[:2] == b"\x1f\x8b" or encoding.strip().lower() == "gzip":
        try:
            opened = zlib.decompressobj(31)
            body = opened.decompress(body, BATCH_LIMIT + 1)
        except zlib.error as error:
            raise Refused(400, "gzip", "the body says it is gzip but cannot be unpacked") from error
    if len(body) > BATCH_LIMIT:
        raise Refused(400, "too_large", f"at most {BATCH_LIMIT // 1024} KB a request: send smaller batches")
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise Refused(400, "utf8", "the body must be UTF-8") from error
    return cleaned(body) if needs_cleaning(body) else body


def header_key(authorization: str) -> str:
    """The write key of `Basic base64(key:)` or `Bearer key`; empty where there is none."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def read(body: bytes, *, call: str, authorization: str) -> Asked:
    """Decodes a request. Raises Refused for what is no JSON of the wanted form."""
    try:
        if call == "batch":
            return _read_batch(body, authorization)
        event = decode_event(body)
    except msgspec.DecodeError as error:
        raise Refused(400, "json", f"not the JSON of a {call}: {error}") from error
    if isinstance(event, Problem):
        if event.reason == "too_large":
            raise Refused(400, event.reason, event.detail)
        raise Refused(400, "json", f"not the JSON of a {call}: {event.detail}")
    secret = header_key(authorization) or str(event.writeKey or "")
    return Asked(secret, event.sentAt, [(event, call, body)], [])


def _read_batch(body: bytes, authorization: str) -> Asked:
    whole = decode_whole(body)
    if whole is not None and len(whole.batch) <= BATCH_EVENTS:
        asked = Asked(header_key(authorization) or str(whole.writeKey or ""), whole.sentAt, [], [])
        shared = whole.context if len(memoryview(whole.context)) > 2 else None
        for event in whole.batch:
            if shared is not None:
                event.context = _both(shared, event.context)
            asked.events.append((event, str(event.type or ""), b""))
        return asked
    envelope = decode_batch(body)
    if len(envelope.batch) > BATCH_EVENTS:
        raise Refused(400, "too_many", f"at most {BATCH_EVENTS} events a batch")
    asked = Asked(header_key(authorization) or str(envelope.writeKey or ""), envelope.sentAt, [], [])
    shared = envelope.context if len(memoryview(envelope.context)) > 2 else None
    for raw in envelope.batch:
        one = decode_event(raw)
        if isinstance(one, Problem):
            asked.problems.append(one)
            continue
        if shared is not None:
            one.context = _both(shared, one.context)
        asked.events.append((one, str(one.type or ""), bytes(raw)))
    return asked


def _both(shared: msgspec.Raw, own: msgspec.Raw) -> msgspec.Raw:
    """The batch's context under the event's own."""
    if len(memoryview(own)) <= 2:
        return shared
    try:
        merged: Mapping[str, Any] = {**msgspec.json.decode(shared), **msgspec.json.decode(own)}
    except (msgspec.DecodeError, TypeError):
        return own
    return msgspec.Raw(msgspec.json.encode(merged))

"""Notices of the test gateway: signed over the raw bytes as WeChat Pay v3 signs, with a shared secret (HMAC-SHA256)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from tongpin.base.ids import token
from tongpin.cashier.headers import find_header
from tongpin.cashier.port import BadNotice, ChargeState, Notice, RefundState

TIMESTAMP = "Sandbox-Timestamp"
NONCE = "Sandbox-Nonce"
SIGNATURE = "Sandbox-Signature"
WINDOW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One sending of a notice: post `body` with `headers` to `url` — once, often, late or never."""

    notice_id: str
    url: str
    headers: dict[str, str]
    body: bytes


class Spoken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a notice. Exactly one of the two states is there."""

    notice_id: str
    number: str
    charge_number: str
    charge: ChargeState | None = None
    refund: RefundState | None = None


def signed(*, secret: bytes, notice_id: str, url: str, body: bytes, now: datetime) -> Delivery:
    """The notice with a fresh timestamp, nonce and signature."""
    timestamp, nonce = str(int(now.timestamp())), token()
    headers = {
        "Content-Type": "application/json",
        TIMESTAMP: timestamp,
        NONCE: nonce,
        SIGNATURE: _signature(secret, timestamp, nonce, body),
    }
    return Delivery(notice_id=notice_id, url=url, headers=headers, body=body)


def verified(*, secret: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
    """What a notice says. Raises BadNotice `signature` (also for missing headers), `stale` or `unreadable`."""
    timestamp = find_header(headers=headers, name=TIMESTAMP)
    nonce = find_header(headers=headers, name=NONCE)
    given = find_header(headers=headers, name=SIGNATURE)
    right = _signature(secret, timestamp, nonce, body)
    if not hmac.compare_digest(given.encode("utf-8", "replace"), right.encode()):
        raise BadNotice(reason="signature")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):
        raise BadNotice(reason="unreadable")
    if abs(now - datetime.fromtimestamp(int(timestamp), tz=UTC)) > WINDOW:
        raise BadNotice(reason="stale")
    return _read(body)


def _signature(secret: bytes, timestamp: str, nonce: str, body: bytes) -> str:
    head = f"{timestamp}\n{nonce}\n".encode("utf-8", "replace")
    return hmac.new(secret, head + body + b"\n", hashlib.sha256).hexdigest()


def _read(body: bytes) -> Notice:
    try:
        spoken = msgspec.json.decode(body, type=Spoken)
    except msgspec.DecodeError:
        raise BadNotice(reason="unreadable") from None
    ids = {"notice_id": spoken.notice_id, "number": spoken.number, "charge_number": spoken.charge_number}
    if spoken.charge is not None and spoken.refund is None:
        return Notice(kind="charge", state=spoken.charge, **ids)
    if spoken.refund is not None and spoken.charge is None:
        return Notice(kind="refund", state=spoken.refund, **ids)
    raise BadNotice(reason="unreadable")

"""A ticket lets one browser follow one stream for a while: signed by the web process, checked by the live process."""

from __future__ import annotations

from django.core.signing import BadSignature, TimestampSigner

_signer = TimestampSigner(salt="tongpin.web.live")
LASTS = 12 * 3600


def issue(*, stream: str, staff_id: int = 0) -> str:
    """A ticket for a stream, such as `imports:12`, `ledger` or `talk:7`; `staff_id` 0 for visitors of an open page."""
    return _signer.sign(f"{stream}|{staff_id}")


def check(ticket: str) -> str | None:
    """The stream a ticket opens, or None where it is false or too old."""
    try:
        return _signer.unsign(ticket, max_age=LASTS).rpartition("|")[0]
    except BadSignature:
        return None

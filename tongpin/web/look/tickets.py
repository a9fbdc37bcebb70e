"""A ticket lets one browser follow one stream for a while: signed by the web process, checked by the live process."""

from __future__ import annotations

from django.core.signing import BadSignature, TimestampSigner

_signer = TimestampSigner(salt="tongpin.web.live")
LASTS = 12 * 3600


def issue(*, stream: str, staff_id: int) -> str:
    """A ticket for a stream, such as `imports:12` or `ledger`."""
    return _signer.sign(f"{stream}|{staff_id}")


def check(ticket: str) -> str | None:
    """The stream a ticket opens, or None where it is false or too old."""
    try:
        return _signer.unsign(ticket, max_age=LASTS).rpartition("|")[0]
    except BadSignature:
        return None

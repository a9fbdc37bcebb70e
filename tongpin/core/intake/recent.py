"""The last tracked events of a write key, good and bad, as whoever integrates an SDK wants to see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from tongpin.base.secrets import KeyFileError
from tongpin.core.intake.models import TrackProblem, TrackRecent
from tongpin.core.team.keys import keyring

SHOWN = 30


@dataclass(frozen=True, slots=True)
class KeyTraffic:
    """How many events of a key were good and bad since it was made, and when the last came."""

    good: int
    bad: int
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecentEvent:
    """An event that was taken. `body` is what the ledger keeps of it, as JSON, cut where it is long."""

    at: datetime
    kind: str
    name: str
    body: str


@dataclass(frozen=True, slots=True)
class RecentProblem:
    """An event that could not be used; `raw` is what was sent, empty where it was too large."""

    at: datetime
    reason: str
    detail: str
    raw: str


class _Kept(msgspec.Struct):
    at: datetime
    kind: str
    body: str


class _Named(msgspec.Struct):
    name: Any = None


_kept = msgspec.json.Decoder(list[_Kept])
_named = msgspec.json.Decoder(_Named)


def traffic(*, key_ids: Sequence[int]) -> dict[int, KeyTraffic]:
    """What came by these keys. One query."""
    rows = TrackRecent.objects.filter(write_key__in=key_ids).values_list("write_key", "good", "bad", "seen_at")
    return {key: KeyTraffic(good, bad, seen) for key, good, bad, seen in rows}


def events_of(*, key_id: int) -> list[RecentEvent]:
    """The last good events, newest first. One query."""
    row = TrackRecent.objects.filter(write_key=key_id).first()
    if row is None or not row.sealed:
        return []
    try:
        kept = _kept.decode(keyring().decrypt(row.sealed, context="track_recent"))
    except (KeyFileError, msgspec.DecodeError):
        return []
    return [RecentEvent(one.at, one.kind, _name_in(one.body), one.body) for one in reversed(kept)][:SHOWN]


def _name_in(body: str) -> str:
    try:
        return str(_named.decode(body).name or "")
    except msgspec.DecodeError:  # cut in its middle
        return ""


def problems_of(*, key_id: int) -> list[RecentProblem]:
    """The last events that could not be used, newest first. One query."""
    rows = TrackProblem.objects.filter(write_key=key_id).order_by("-id")[:SHOWN]
    return [RecentProblem(row.received_at, row.reason, row.detail, _opened(row.sealed)) for row in rows]


def _opened(sealed: bytes | memoryview | None) -> str:
    if sealed is None:
        return ""
    try:
        return keyring().decrypt(sealed, context="track_problem")
    except KeyFileError:
        return ""

"""The audit trail (审计): one line per deed, written in the transaction of the deed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from tongpin.core.team.models import AuditLine
from tongpin.core.team.rules import Actor

CODE = re.compile(r"[A-Za-z0-9_.:*/\-]{0,80}")
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")

Detail = str | int | bool | None | Sequence[str] | Sequence[int]


class NotACode(ValueError):
    """Details of an audit line are codes and numbers: a name, a phone or a sentence does not belong there."""


def audit(
    *,
    actor: Actor,
    action: str,
    at: datetime,
    subject: tuple[str, int | None] = ("", None),
    community_id: int | None = None,
    details: Mapping[str, Detail] | None = None,
) -> None:
    """Writes one line. `action` is `noun.verbed`; `subject` is (kind, id). Raises NotACode for words in details."""
    if not connection.in_atomic_block:
        raise RuntimeError("audit() belongs inside the transaction of what it tells")
    held = dict(details or {})
    if not ACTION.fullmatch(action):
        raise NotACode(f"an action reads noun.verbed, not {len(action)} other characters")
    for name, value in held.items():
        parts = [value] if isinstance(value, str | int | None) else list(value)
        if not CODE.fullmatch(name) or any(isinstance(p, str) and not CODE.fullmatch(p) for p in parts):
            raise NotACode(f"the detail {name!r} of {action} is not a code")
    AuditLine.objects.create(
        at=at,
        actor_kind=actor.kind,
        actor_id=actor.id,
        action=action,
        subject_kind=subject[0],
        subject_id=subject[1],
        community_id=community_id,
        place=actor.place,
        details=held,
    )


@dataclass(frozen=True, slots=True)
class AuditSeen:
    """One line of the trail."""

    id: int
    at: datetime
    actor_kind: str
    actor_id: int | None
    action: str
    subject: tuple[str, int | None]
    community_id: int | None
    place: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Lines from new to old; `older_than` is the key of the next page, None at the end."""

    lines: list[AuditSeen]
    older_than: int | None


def audit_page(
    *,
    older_than: int | None = None,
    staff_id: int | None = None,
    action: str = "",
    subject: tuple[str, int] | None = None,
    size: int = 50,
) -> AuditPage:
    """The trail, newest first, paged by key."""
    rows = AuditLine.objects.order_by("-id")
    if older_than is not None:
        rows = rows.filter(id__lt=older_than)
    if staff_id is not None:
        rows = rows.filter(actor_kind="staff", actor_id=staff_id)
    if action:
        rows = rows.filter(action=action)
    if subject is not None:
        rows = rows.filter(subject_kind=subject[0], subject_id=subject[1])
    found = [
        AuditSeen(
            row.pk,
            row.at,
            row.actor_kind,
            row.actor_id,
            row.action,
            (row.subject_kind, row.subject_id),
            row.community_id,
            row.place,
            row.details,
        )
        for row in rows[: size + 1]
    ]
    more = len(found) > size
    return AuditPage(found[:size], found[size - 1].id if more else None)

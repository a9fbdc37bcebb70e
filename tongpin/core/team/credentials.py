"""Keys for machines (密钥): write keys with which sites send events, tokens with which programs use the API.

A secret is shown once, when it is made; afterwards only its last four characters tell it from others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F, Q

from tongpin.base.ids import token, token_digest
from tongpin.core.team import queries
from tongpin.core.team.limits import OLD_KEY_LASTS, SEEN_EVERY
from tongpin.core.team.models import ApiToken, KeyVersion, Staff, WriteKey
from tongpin.core.team.rules import Actor, Right
from tongpin.core.team.trail import audit

PREFIX = {"browser": "tpb_", "server": "tps_"}
NAMESPACE = re.compile(r"[a-z0-9][a-z0-9_\-]{0,39}")


class OriginRefused(ValueError):
    """An origin reads https://shop.example.com, without a path; `*` stands for any."""


class NamespaceRefused(ValueError):
    """A namespace has up to 40 small letters, digits, hyphens; it names whose user ids these are."""


class RightRefused(ValueError):
    """A token may only have rights that its owner holds, and needs at least one."""


@dataclass(frozen=True, slots=True)
class Made:
    """A key or token just made. The secret is nowhere else."""

    id: int
    secret: str


def checked_origin(text: str) -> str:
    """An origin as browsers send it. Raises OriginRefused."""
    if text.strip() == "*":
        return "*"
    try:
        parts = urlsplit(text.strip().lower())
        port = parts.port
    except ValueError as error:
        raise OriginRefused from error
    plain = parts.path in {"", "/"} and not parts.query and not parts.fragment and "@" not in parts.netloc
    if parts.scheme not in {"http", "https"} or not parts.hostname or not plain:
        raise OriginRefused
    usual = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")


def _changed() -> None:
    if not KeyVersion.objects.filter(pk=1).update(number=F("number") + 1):
        KeyVersion.objects.get_or_create(pk=1, defaults={"number": 1})


@transaction.atomic
def make_write_key(
    *,
    actor: Actor,
    kind: Literal["browser", "server"],
    name: str,
    origins: Iterable[str] = (),
    namespace: str = "",
    now: datetime,
) -> Made:
    """A new write key. A browser key needs its sites' origins; what it sends are claims, in its own namespace.

    Server keys of one shop may share a namespace so that their user ids mean the same people. Raises OriginRefused,
    NamespaceRefused.
    """
    allowed = sorted({checked_origin(one) for one in origins}) if kind == "browser" else []
    if kind == "browser" and not allowed:
        raise OriginRefused
    own = f"{kind[0]}-{token(size=8)}"
    if namespace and (kind == "browser" or not NAMESPACE.fullmatch(namespace) or namespace.startswith("b-")):
        raise NamespaceRefused
    return _write(actor, kind, name.strip()[:80], allowed, namespace or own, None, now)


def _write(
    actor: Actor, kind: str, name: str, origins: list[str], namespace: str, replaced_id: int | None, now: datetime
) -> Made:
    secret = PREFIX[kind] + token()
    row = WriteKey.objects.create(
        kind=kind,
        name=name,
        namespace=namespace,
        digest=token_digest(secret),
        public=secret if kind == "browser" else "",
        hint=secret[-4:],
        origins=origins,
        made_at=now,
        made_by=actor.id,
        replaced_id=replaced_id,
    )
    _changed()
    audit(actor=actor, action="key.made", at=now, subject=("write_key", row.pk), details={"kind": kind})
    return Made(row.pk, secret)


@transaction.atomic
def roll_write_key(*, actor: Actor, key_id: int, now: datetime) -> Made | None:
    """A new secret for the same name, origins and namespace; the old one goes on for a day. None: no such key."""
    old = WriteKey.objects.select_for_update().filter(pk=key_id, revoked_at__isnull=True).first()
    if old is None:
        return None
    WriteKey.objects.filter(pk=old.pk).update(revoked_at=now + OLD_KEY_LASTS)
    audit(actor=actor, action="key.rolled", at=now, subject=("write_key", old.pk))
    return _write(actor, old.kind, old.name, old.origins, old.namespace, old.pk, now)


@transaction.atomic
def revoke_write_key(*, actor: Actor, key_id: int, now: datetime) -> bool:
    """The key stops at once. False where it had stopped."""
    good = Q(revoked_at__isnull=True) | Q(revoked_at__gt=now)
    if not WriteKey.objects.filter(good, pk=key_id).update(revoked_at=now):
        return False
    _changed()
    audit(actor=actor, action="key.revoked", at=now, subject=("write_key", key_id))
    return True


def _due(last: datetime | None, now: datetime) -> bool:
    return last is None or now - last >= SEEN_EVERY


def used_write_key(*, key: queries.KeySeen, now: datetime) -> None:
    """Notes that a key is in use; at most once a minute, so callers need not think about it."""
    if _due(key.last_used_at, now):
        earlier = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - SEEN_EVERY)
        WriteKey.objects.filter(earlier, pk=key.id).update(last_used_at=now)


@transaction.atomic
def make_api_token(
    *,
    actor: Actor,
    staff_id: int,
    name: str,
    rights: Iterable[Right],
    community_ids: Iterable[int] | None = None,
    expires_at: datetime | None = None,
    now: datetime,
) -> Made:
    """A token for a teammate's program, with some of the teammate's rights. Raises RightRefused."""
    person = queries.teammate(staff_id=staff_id)
    wanted = sorted(set(rights))
    if person is None or not wanted or not person.scope("api.use") or not all(person.scope(r) for r in wanted):
        raise RightRefused
    secret = "tpa_" + token()
    row = ApiToken.objects.create(
        staff=Staff.objects.get(pk=staff_id),
        name=name.strip()[:80],
        digest=token_digest(secret),
        hint=secret[-4:],
        rights=wanted,
        community_ids=None if community_ids is None else sorted(set(community_ids)),
        made_at=now,
        expires_at=expires_at,
    )
    audit(actor=actor, action="token.made", at=now, subject=("token", row.pk), details={"rights": wanted})
    return Made(row.pk, secret)


@transaction.atomic
def revoke_api_token(*, actor: Actor, token_id: int, staff_id: int | None, now: datetime) -> bool:
    """The token stops at once; `staff_id` limits it to one's own. False where there is none such."""
    rows = ApiToken.objects.filter(pk=token_id, revoked_at__isnull=True)
    if staff_id is not None:
        rows = rows.filter(staff_id=staff_id)
    if not rows.update(revoked_at=now):
        return False
    audit(actor=actor, action="token.revoked", at=now, subject=("token", token_id))
    return True


def used_api_token(*, seen: queries.TokenSeen, now: datetime) -> None:
    """Notes that a token is in use; at most once a minute."""
    if _due(seen.last_used_at, now):
        earlier = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - SEEN_EVERY)
        ApiToken.objects.filter(earlier, pk=seen.id).update(last_used_at=now)

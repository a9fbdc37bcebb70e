"""What doors and screens ask about the team. Everything comes back as frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from django.db.models import Q

from tongpin.base.ids import token_digest
from tongpin.core.team.models import ApiToken, Grant, KeyVersion, Pass, Staff, WriteKey
from tongpin.core.team.rules import (
    HOUSE_RIGHTS,
    Communities,
    Everything,
    Held,
    PassKind,
    PassRight,
    Right,
    Role,
    Scope,
    meet,
    scope_of,
)

State = Literal["working", "invited", "off"]


@dataclass(frozen=True, slots=True)
class Teammate:
    """Someone of the team with the roles they hold now."""

    id: int
    login: str
    display_name: str
    language: str
    grants: tuple[Held, ...]
    state: State
    has_second_step: bool
    last_seen: datetime | None

    def scope(self, right: Right) -> Scope:
        """Where this person holds a right."""
        return scope_of(grants=self.grants, right=right)


def _teammate(staff: Staff, grants: tuple[Held, ...]) -> Teammate:
    state: State = "off" if not staff.is_active else "working" if staff.joined_at else "invited"
    return Teammate(
        id=staff.pk,
        login=staff.login,
        display_name=staff.display_name,
        language=staff.language,
        grants=grants,
        state=state,
        has_second_step=staff.totp_since is not None,
        last_seen=staff.last_seen,
    )


def grants_of(*, staff_id: int | None) -> tuple[Held, ...]:
    """The roles of one person, the whole house first."""
    rows = Grant.objects.filter(staff_id=staff_id or 0).order_by("community_id", "role")
    held = [Held(cast(Role, role), community) for role, community in rows.values_list("role", "community_id")]
    return tuple(sorted(held, key=lambda one: (one.community_id is not None, one.community_id or 0, one.role)))


def teammate_of(*, staff: Staff) -> Teammate:
    """The person a session belongs to."""
    return _teammate(staff, grants_of(staff_id=staff.pk))


def teammate(*, staff_id: int) -> Teammate | None:
    """One person of the team."""
    staff = Staff.objects.filter(pk=staff_id).first()
    return teammate_of(staff=staff) if staff else None


def team() -> list[Teammate]:
    """Everybody, those who work here first, by name."""
    held: dict[int, list[Held]] = {}
    for staff_id, role, community in Grant.objects.values_list("staff_id", "role", "community_id"):
        held.setdefault(staff_id, []).append(Held(cast(Role, role), community))
    order = {"working": 0, "invited": 1, "off": 2}
    everybody = [
        _teammate(s, tuple(sorted(held.get(s.pk, []), key=lambda g: (g.community_id or 0, g.role))))
        for s in Staff.objects.all()
    ]
    return sorted(everybody, key=lambda one: (order[one.state], one.display_name, one.id))


def names_of(*, staff_ids: set[int]) -> dict[int, str]:
    """Display names, for lists that hold ids."""
    return dict(Staff.objects.filter(pk__in=staff_ids).values_list("pk", "display_name"))


def scope(*, staff_id: int, right: Right) -> Scope:
    """Where someone holds a right: Everything, or some Communities (falsy where none)."""
    return scope_of(grants=grants_of(staff_id=staff_id), right=right)


def owners() -> list[int]:
    """Ids of owners who can sign in, the first one first."""
    held = Grant.objects.filter(role="owner", staff__is_active=True, staff__joined_at__isnull=False)
    return sorted(held.values_list("staff_id", flat=True))


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """An owner link or invitation that still opens. `staff` is None where the first owner is to be made."""

    kind: Literal["owner", "invite"]
    staff: Teammate | None
    expires_at: datetime


def _open_passes(now: datetime) -> Q:
    return Q(revoked_at__isnull=True, expires_at__gt=now)


def find_link(*, token: str, now: datetime) -> LinkSeen | None:
    """What a one-time link would do, without using it up."""
    found = Pass.objects.filter(
        _open_passes(now), digest=token_digest(token), kind__in=("owner", "invite"), used_count=0
    ).first()
    if found is None:
        return None
    if found.kind == "owner":
        known = owners()
        staff_id = found.subject_id or (known[0] if known else None)
    else:
        staff_id = found.subject_id
    person = teammate(staff_id=staff_id) if staff_id else None
    if (person is None and found.kind == "invite") or (person and person.state == "off"):
        return None
    return LinkSeen("owner" if found.kind == "owner" else "invite", person, found.expires_at)


@dataclass(frozen=True, slots=True)
class PassSeen:
    """A link-only view that is open: for whom, onto what."""

    id: int
    kind: PassKind
    subject: tuple[str, int | None]
    community_id: int | None
    rights: frozenset[PassRight]
    expires_at: datetime


def find_pass(*, token: str, now: datetime, kinds: tuple[PassKind, ...]) -> PassSeen | None:
    """The link-only view of a token, if it is of one of these kinds and still open."""
    row = Pass.objects.filter(_open_passes(now), digest=token_digest(token), kind__in=kinds).first()
    if row is None:
        return None
    return PassSeen(
        id=row.pk,
        kind=cast(PassKind, row.kind),
        subject=(row.subject_kind, row.subject_id),
        community_id=row.community_id,
        rights=frozenset(cast("list[PassRight]", row.rights)),
        expires_at=row.expires_at,
    )


@dataclass(frozen=True, slots=True)
class KeySeen:
    """A write key that is good now. `ends_at` is set where it was rolled and goes on for a while."""

    id: int
    kind: Literal["browser", "server"]
    name: str
    namespace: str
    origins: tuple[str, ...]
    ends_at: datetime | None
    last_used_at: datetime | None

    def is_good(self, *, at: datetime) -> bool:
        """For those who keep it in a cache: still good at this moment."""
        return self.ends_at is None or at < self.ends_at


def _good(now: datetime) -> Q:
    return Q(revoked_at__isnull=True) | Q(revoked_at__gt=now)


def find_write_key(*, secret: str, now: datetime) -> KeySeen | None:
    """The key of a secret: one look-up by its digest. Keep the answer, also None, until `key_version()` changes."""
    row = WriteKey.objects.filter(_good(now), digest=token_digest(secret)).first()
    return _key_seen(row) if row else None


def _key_seen(row: WriteKey) -> KeySeen:
    kind: Literal["browser", "server"] = "browser" if row.kind == "browser" else "server"
    return KeySeen(row.pk, kind, row.name, row.namespace, tuple(row.origins), row.revoked_at, row.last_used_at)


def key_version() -> int:
    """A number that goes up whenever a write key is made, rolled or revoked."""
    return KeyVersion.objects.filter(pk=1).values_list("number", flat=True).first() or 0


@dataclass(frozen=True, slots=True)
class KeyListed:
    """A write key as the settings show it. `public` is the key itself for browsers, empty for servers."""

    key: KeySeen
    public: str
    hint: str
    made_at: datetime
    replaced_id: int | None


def write_keys(*, now: datetime) -> list[KeyListed]:
    """The keys that are good, the newest first."""
    rows = WriteKey.objects.filter(_good(now)).order_by("-id")
    return [KeyListed(_key_seen(r), r.public, r.hint, r.made_at, r.replaced_id) for r in rows]


@dataclass(frozen=True, slots=True)
class TokenSeen:
    """An API token that is good now, with where each of its rights holds at this moment."""

    id: int
    staff_id: int
    name: str
    scopes: dict[Right, Scope]
    last_used_at: datetime | None

    def scope(self, right: Right) -> Scope:
        """Where the token holds a right; falsy where it does not."""
        return self.scopes.get(right, Communities())


def find_api_token(*, secret: str, now: datetime) -> TokenSeen | None:
    """The token of a secret: never more than its owner may do now, nothing once they are off or lost `api.use`."""
    row = (
        ApiToken.objects.filter(
            _good(now),
            Q(expires_at__isnull=True) | Q(expires_at__gt=now),
            digest=token_digest(secret),
            staff__is_active=True,
        )
        .select_related("staff")
        .first()
    )
    if row is None:
        return None
    grants = grants_of(staff_id=row.staff.pk)
    bounds: Scope = Everything() if row.community_ids is None else Communities(frozenset(row.community_ids))
    may_use = scope_of(grants=grants, right="api.use")
    scopes = {
        right: meet(scope_of(grants=grants, right=right), may_use, bounds) for right in cast("list[Right]", row.rights)
    }
    if not may_use:
        return None
    # Rights over the house are held over all of it or not at all, also by a token bound to some communities.
    held = {r: s for r, s in scopes.items() if s and (r not in HOUSE_RIGHTS or isinstance(s, Everything))}
    return TokenSeen(row.pk, row.staff.pk, row.name, held, row.last_used_at)


@dataclass(frozen=True, slots=True)
class TokenListed:
    """A token as the settings show it."""

    id: int
    staff_id: int
    name: str
    hint: str
    rights: tuple[Right, ...]
    community_ids: tuple[int, ...] | None
    made_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


def api_tokens(*, now: datetime, staff_id: int | None = None) -> list[TokenListed]:
    """The tokens that are good, of one person or of all, the newest first."""
    rows = ApiToken.objects.filter(_good(now), Q(expires_at__isnull=True) | Q(expires_at__gt=now)).order_by("-id")
    if staff_id is not None:
        rows = rows.filter(staff_id=staff_id)
    return [
        TokenListed(
            id=row.pk,
            staff_id=row.staff_id,
            name=row.name,
            hint=row.hint,
            rights=tuple(cast("list[Right]", row.rights)),
            community_ids=None if row.community_ids is None else tuple(row.community_ids),
            made_at=row.made_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
        )
        for row in rows
    ]

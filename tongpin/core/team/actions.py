"""Changing the team: the owner link, invitations, roles, links for guests. Each deed leaves its line in the trail.

Whether someone may do a deed to another is decided here, not at the door: the door knows the right, not the person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import F

from tongpin.base.ids import token, token_digest
from tongpin.core.team import queries
from tongpin.core.team.credentials import make_api_token as make_api_token
from tongpin.core.team.credentials import make_write_key as make_write_key
from tongpin.core.team.credentials import revoke_api_token as revoke_api_token
from tongpin.core.team.credentials import revoke_write_key as revoke_write_key
from tongpin.core.team.credentials import roll_write_key as roll_write_key
from tongpin.core.team.credentials import used_api_token as used_api_token
from tongpin.core.team.credentials import used_write_key as used_write_key
from tongpin.core.team.limits import INVITATION_LASTS, OWNER_LINK_LASTS
from tongpin.core.team.models import Grant, Pass, Staff
from tongpin.core.team.rules import (
    PASS_RIGHTS,
    SYSTEM,
    Actor,
    Held,
    PassKind,
    PassRight,
    allows,
    checked_login,
    may_grant,
    may_manage,
)
from tongpin.core.team.second_step import end_second_step
from tongpin.core.team.trail import audit as audit
from tongpin.core.team.visits import end_all_visits

OWNER = Held("owner")


class NotAllowed(Exception):
    """The one who asks may not do this to that person or with that role."""


class LastOwner(Exception):
    """The house would be left without an owner who can sign in."""


class LoginTaken(Exception):
    """Somebody has this sign-in name already."""


class LinkSpent(Exception):
    """The link was used, withdrawn, replaced by a newer one, or its time is over."""


def _grants(actor: Actor) -> tuple[Held, ...]:
    """What an actor holds. The command line runs as the machine's owner and holds everything."""
    if actor == SYSTEM:
        return (OWNER,)
    return queries.grants_of(staff_id=actor.id) if actor.kind == "staff" else ()


def _must_manage(actor: Actor, staff_id: int) -> None:
    if not may_manage(actor=_grants(actor), target=queries.grants_of(staff_id=staff_id)):
        raise NotAllowed


def _make_link(*, kind: str, staff_id: int | None, made_by: int | None, now: datetime) -> str:
    """A one-time link; older ones of the same kind for the same person stop working."""
    subject = {"kind": kind, "subject_kind": "staff" if staff_id else "house", "subject_id": staff_id}
    Pass.objects.filter(**subject, used_count=0, revoked_at__isnull=True).update(revoked_at=now)
    secret = token()
    lasts = OWNER_LINK_LASTS if kind == "owner" else INVITATION_LASTS
    Pass.objects.create(digest=token_digest(secret), made_at=now, made_by=made_by, expires_at=now + lasts, **subject)
    return secret


def _use_link(*, secret: str, kind: str, now: datetime) -> Pass:
    """Uses a one-time link up. Raises LinkSpent; of two at once only one comes through."""
    digest = token_digest(secret)
    still_open = Pass.objects.filter(
        digest=digest, kind=kind, used_count=0, revoked_at__isnull=True, expires_at__gt=now
    )
    if not still_open.update(used_count=1, last_used_at=now):
        raise LinkSpent
    return Pass.objects.get(digest=digest)


@transaction.atomic
def make_owner_link(*, now: datetime) -> str:
    """A token that makes the first owner, or signs the existing one in: once, within 15 minutes. Not kept anywhere."""
    secret = _make_link(kind="owner", staff_id=None, made_by=None, now=now)
    audit(actor=SYSTEM, action="link.owner_made", at=now)
    return secret


@transaction.atomic
def make_first_owner(
    *, secret: str, login: str, display_name: str, password: str, language: str, place: str, now: datetime
) -> int:
    """The owner of a new house. Raises LinkSpent also where the house has an owner by now; LoginRefused."""
    _use_link(secret=secret, kind="owner", now=now)
    if queries.owners():
        raise LinkSpent
    staff_id = _new_staff(login=login, display_name=display_name, language=language, now=now)
    Staff.objects.filter(pk=staff_id).update(password=make_password(password), joined_at=now)
    Grant.objects.create(staff_id=staff_id, role="owner", granted_at=now)
    actor = Actor("staff", staff_id, place)
    audit(actor=actor, action="staff.owner_made", at=now, subject=("staff", staff_id))
    return staff_id


@transaction.atomic
def enter_by_owner_link(*, secret: str, place: str, now: datetime) -> int:
    """The id of the owner whom the link signs in. Raises LinkSpent."""
    _use_link(secret=secret, kind="owner", now=now)
    known = queries.owners()
    if not known:
        raise LinkSpent
    actor = Actor("staff", known[0], place)
    audit(actor=actor, action="link.owner_used", at=now, subject=("staff", known[0]))
    return known[0]


def _new_staff(*, login: str, display_name: str, language: str, now: datetime) -> int:
    try:
        with transaction.atomic():
            staff = Staff.objects.create(
                login=checked_login(login),
                display_name=display_name.strip()[:80],
                language=language,
                password=make_password(None),
                created_at=now,
            )
    except IntegrityError as error:
        raise LoginTaken from error
    return staff.pk


@dataclass(frozen=True, slots=True)
class Invited:
    """Who was invited, and the token of their link, which is kept nowhere."""

    staff_id: int
    secret: str


@transaction.atomic
def invite(*, actor: Actor, login: str, display_name: str, roles: Iterable[Held], now: datetime) -> Invited:
    """A new teammate and the one-time link by which they choose their password.

    Raises NotAllowed, LoginRefused, LoginTaken.
    """
    wanted = set(roles)
    may = _grants(actor)
    if not wanted or not all(may_grant(actor=may, role=held.role) for held in wanted):
        raise NotAllowed
    staff_id = _new_staff(login=login, display_name=display_name, language="", now=now)
    _write_roles(staff_id, wanted, actor, now)
    audit(
        actor=actor,
        action="staff.invited",
        at=now,
        subject=("staff", staff_id),
        details={"roles": [_role_code(held) for held in sorted(wanted, key=_role_code)]},
    )
    return Invited(staff_id, _make_link(kind="invite", staff_id=staff_id, made_by=actor.id, now=now))


@transaction.atomic
def make_password_link(*, actor: Actor, staff_id: int, now: datetime) -> str:
    """A link by which a teammate sets a new password, or an invited one their first. Raises NotAllowed."""
    _must_manage(actor, staff_id)
    audit(actor=actor, action="link.password_made", at=now, subject=("staff", staff_id))
    return _make_link(kind="invite", staff_id=staff_id, made_by=actor.id, now=now)


@transaction.atomic
def join(*, secret: str, password: str, place: str, now: datetime) -> int:
    """Sets the password by invitation and ends other sessions. Signing in, and the second step, come after."""
    used = _use_link(secret=secret, kind="invite", now=now)
    staff = Staff.objects.select_for_update().filter(pk=used.subject_id or 0, is_active=True).first()
    if staff is None:
        raise LinkSpent
    actor = Actor("staff", staff.pk, place)
    first = staff.joined_at is None
    Staff.objects.filter(pk=staff.pk).update(password=make_password(password), joined_at=staff.joined_at or now)
    end_all_visits(staff_id=staff.pk)
    audit(actor=actor, action="staff.joined" if first else "staff.password_set", at=now, subject=("staff", staff.pk))
    return staff.pk


@transaction.atomic
def set_password(*, actor: Actor, staff_id: int, password: str, keep: str | None, now: datetime) -> None:
    """One's own new password: every other session ends. `keep` is the session in hand, which must renew its hash."""
    Staff.objects.filter(pk=staff_id).update(password=make_password(password))
    end_all_visits(staff_id=staff_id, keep=keep)
    audit(actor=actor, action="staff.password_set", at=now, subject=("staff", staff_id))


def set_name_and_language(*, staff_id: int, display_name: str, language: str) -> None:
    """One's own name and language; too small a thing for the trail."""
    Staff.objects.filter(pk=staff_id).update(display_name=display_name.strip()[:80], language=language)


def _role_code(held: Held) -> str:
    return held.role if held.community_id is None else f"{held.role}:{held.community_id}"


def _write_roles(staff_id: int, wanted: set[Held], actor: Actor, now: datetime) -> None:
    present = set(queries.grants_of(staff_id=staff_id))
    for held in present - wanted:
        Grant.objects.filter(staff_id=staff_id, role=held.role, community_id=held.community_id).delete()
    Grant.objects.bulk_create(
        Grant(staff_id=staff_id, role=held.role, community_id=held.community_id, granted_at=now, granted_by=actor.id)
        for held in sorted(wanted - present, key=_role_code)
    )


def _lock_owners() -> None:
    """Two owners who remove each other at the same moment come one after the other."""
    list(Grant.objects.select_for_update().filter(role="owner").order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def set_roles(*, actor: Actor, staff_id: int, roles: Iterable[Held], now: datetime) -> None:
    """The roles someone holds from now on. Raises NotAllowed, LastOwner."""
    wanted = set(roles)
    _lock_owners()
    _must_manage(actor, staff_id)
    present = set(queries.grants_of(staff_id=staff_id))
    may = _grants(actor)
    if not all(may_grant(actor=may, role=held.role) for held in wanted - present):
        raise NotAllowed
    if wanted == present:
        return
    _write_roles(staff_id, wanted, actor, now)
    if not queries.owners():
        raise LastOwner
    details = {"roles": [_role_code(held) for held in sorted(wanted, key=_role_code)]}
    audit(actor=actor, action="staff.roles_set", at=now, subject=("staff", staff_id), details=details)


@transaction.atomic
def switch_off(*, actor: Actor, staff_id: int, now: datetime) -> None:
    """They can no longer sign in; sessions, links and tokens stop. Raises NotAllowed, LastOwner."""
    _lock_owners()
    _must_manage(actor, staff_id)
    Staff.objects.filter(pk=staff_id).update(is_active=False)
    if not queries.owners():
        raise LastOwner
    links = Pass.objects.filter(kind="invite", subject_kind="staff", subject_id=staff_id, revoked_at__isnull=True)
    links.update(revoked_at=now)
    end_all_visits(staff_id=staff_id)
    audit(actor=actor, action="staff.switched_off", at=now, subject=("staff", staff_id))


@transaction.atomic
def switch_on(*, actor: Actor, staff_id: int, now: datetime) -> None:
    """They may sign in again with the roles they had. Raises NotAllowed."""
    _must_manage(actor, staff_id)
    Staff.objects.filter(pk=staff_id).update(is_active=True)
    audit(actor=actor, action="staff.switched_on", at=now, subject=("staff", staff_id))


@transaction.atomic
def lift_second_step(*, actor: Actor, staff_id: int, now: datetime) -> None:
    """For a teammate who lost phone and recovery codes. Raises NotAllowed."""
    _must_manage(actor, staff_id)
    end_second_step(staff_id=staff_id, actor=actor, now=now)


@transaction.atomic
def end_sessions(*, actor: Actor, staff_id: int, keep: str | None, now: datetime) -> int:
    """Ends someone's sessions: one's own (but the one in hand), or a teammate's. Raises NotAllowed."""
    if actor.id != staff_id or actor.kind != "staff":
        _must_manage(actor, staff_id)
    ended = end_all_visits(staff_id=staff_id, keep=keep)
    audit(actor=actor, action="staff.sessions_ended", at=now, subject=("staff", staff_id), details={"count": ended})
    return ended


class PassRefused(ValueError):
    """A pass may only have the rights of its kind and must end in the future."""


@transaction.atomic
def make_pass(
    *,
    actor: Actor,
    kind: PassKind,
    subject: tuple[str, int],
    community_id: int | None,
    rights: Iterable[PassRight],
    expires_at: datetime,
    now: datetime,
) -> str:
    """A link for someone who is not staff, onto one subject. Raises NotAllowed, PassRefused."""
    wanted = frozenset(rights)
    if not wanted or not wanted <= PASS_RIGHTS[kind][0] or expires_at <= now:
        raise PassRefused
    if not allows(grants=_grants(actor), right="places.edit", community_id=community_id):
        raise NotAllowed
    secret = token()
    made = Pass.objects.create(
        digest=token_digest(secret),
        kind=kind,
        subject_kind=subject[0],
        subject_id=subject[1],
        community_id=community_id,
        rights=sorted(wanted),
        made_at=now,
        made_by=actor.id,
        expires_at=expires_at,
    )
    audit(actor=actor, action="pass.made", at=now, subject=("pass", made.pk), community_id=community_id)
    return secret


@transaction.atomic
def revoke_pass(*, actor: Actor, pass_id: int, now: datetime) -> None:
    """The link stops working. Raises NotAllowed; a link that stopped already stays as it is."""
    found = Pass.objects.filter(pk=pass_id, kind__in=PASS_RIGHTS, revoked_at__isnull=True).first()
    if found is None:
        return
    if not allows(grants=_grants(actor), right="places.edit", community_id=found.community_id):
        raise NotAllowed
    Pass.objects.filter(pk=pass_id).update(revoked_at=now)
    audit(actor=actor, action="pass.revoked", at=now, subject=("pass", pass_id), community_id=found.community_id)


def used_pass(*, pass_id: int, now: datetime) -> None:
    """Counts that a link was opened."""
    Pass.objects.filter(pk=pass_id).update(used_count=F("used_count") + 1, last_used_at=now)

"""Members at our own pages (会员登录态): who holds a phone's session, and people who first meet us there.

What they type of themselves is their word: a phone or mail is kept as a trait for suggestions, never as a key.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from tongpin.base.ids import token, token_digest
from tongpin.base.text import clean
from tongpin.core.ledger.bulk import record_many
from tongpin.core.people.arriving import lines_of_arrival
from tongpin.core.people.models import MemberSession
from tongpin.core.people.resolving import Arrival, remember, resolve_many
from tongpin.core.people.roots import present
from tongpin.core.people.signs import Sign
from tongpin.core.people.suggesting import suggest_for
from tongpin.core.people.telling import TraitTold, tell_traits

VIA = "member"
LASTS = timedelta(days=180)
"""A session that was not used for so long is over."""

TOUCHED_EVERY = timedelta(hours=12)


class Nameless(ValueError):
    """Somebody who joins in needs something to be called by."""


_WHOSE = """
select p.id, s.seen_at from member_session s left join person_alias a on a.person_id = s.person_id
join person p on p.id = coalesce(a.root, s.person_id) and p.erased_at is null
where s.digest = %s and s.seen_at > %s
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """A person and the secret of their session: it goes into their cookie and nowhere else."""

    person_id: int
    secret: str


@transaction.atomic
def meet_visitor(*, nickname: str, phone: str = "", mail: str = "", at: datetime) -> Visit:
    """Somebody new at our pages, with a session. `phone` and `mail` are claims. Raises Nameless."""
    called = clean(nickname, limit=40)
    if not called:
        raise Nameless("tell us what to call you")
    secret = token()
    device = Sign("device", VIA, token_digest(secret).hex()[:32])
    arrivals = [Arrival((device,), nickname=called)]
    resolved = resolve_many(arrivals, via=VIA, at=at)
    person = resolved.people[0]
    if person is None:
        raise RuntimeError("a new device makes a person")
    record_many(lines_of_arrival(resolved, via=VIA, at=at), recorded_at=at, actor=f"person:{person}", source=VIA)
    claims = [TraitTold(person, kind, value) for kind, value in (("phone", phone), ("mail", mail)) if value.strip()]
    if claims:
        tell_traits(claims, via=VIA, at=at)
        suggest_for(person_ids=[person], at=at)
    MemberSession.objects.create(digest=token_digest(secret), person_id=person, begun_at=at, seen_at=at)
    transaction.on_commit(lambda: remember(resolved))
    return Visit(person, secret)


def begin_session(*, person_id: int, at: datetime) -> Visit:
    """A session for somebody who has shown who they are. Raises PersonUnknown, PersonIsErased."""
    person = present(person_id=person_id)
    secret = token()
    MemberSession.objects.create(digest=token_digest(secret), person=person, begun_at=at, seen_at=at)
    return Visit(person.pk, secret)


def person_of_session(*, secret: str, at: datetime) -> int | None:
    """Whose session it is (the person all their records are read as); None where it is over or never was."""
    if not 0 < len(secret) <= 60:
        return None
    digest = token_digest(secret)
    with connection.cursor() as cursor:
        cursor.execute(_WHOSE, [digest, at - LASTS])
        found = cursor.fetchone()
    if found is None:
        return None
    person, seen_at = found
    if at - seen_at >= TOUCHED_EVERY:
        MemberSession.objects.filter(digest=digest).update(seen_at=at)
    return int(person)


def signed_in_among(*, person_ids: Collection[int], at: datetime) -> frozenset[int]:
    """Which of these records have a phone signed in. One query."""
    held = MemberSession.objects.filter(person__in=person_ids, seen_at__gt=at - LASTS)
    return frozenset(held.values_list("person_id", flat=True))


def end_session(*, secret: str) -> None:
    """Signs a phone out."""
    MemberSession.objects.filter(digest=token_digest(secret)).delete()


def end_sessions_of(*, person_ids: list[int]) -> None:
    """Signs a person out everywhere."""
    MemberSession.objects.filter(person__in=person_ids).delete()

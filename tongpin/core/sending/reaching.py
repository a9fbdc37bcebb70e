"""By which channel one person hears from us: by mail where the house has a mail account and knows theirs, else in our own
pages, which always work for whoever has a phone signed in there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from tongpin.channels.port import Content
from tongpin.core.ledger.actions import Cause
from tongpin.core.people.roots import PersonIsErased, PersonUnknown, groups_of, present, roots_of
from tongpin.core.people.visitors import signed_in_among
from tongpin.core.sending.accounts import account_seen
from tongpin.core.sending.addressing import person_addresses
from tongpin.core.sending.queueing import NewLetter, queue_letter

MAIL, OWN_PAGES = "mail", "web"


def way_to(*, person_id: int) -> str:
    """The channel of a service letter to this person."""
    return ways_to(person_ids=[person_id])[person_id]


def ways_to(*, person_ids: Collection[int]) -> dict[int, str]:
    """The channel of a service letter to each of them; a fixed number of queries."""
    if not person_ids or account_seen(kind=MAIL) is None:
        return dict.fromkeys(person_ids, OWN_PAGES)
    known = person_addresses(person_ids=person_ids, channel=MAIL)
    return {person: MAIL if person in known else OWN_PAGES for person in person_ids}


def reachable(*, person_ids: Collection[int], at: datetime) -> frozenset[int]:
    """Those of them who can read a letter of service: by mail, or on a phone that is signed in at our own pages.

    Somebody known from a chat's export alone cannot: a letter into their box would be read by nobody.
    """
    if not person_ids:
        return frozenset()
    mailed = {person for person, way in ways_to(person_ids=person_ids).items() if way == MAIL}
    rest = [person for person in person_ids if person not in mailed]
    if not rest:
        return frozenset(mailed)
    roots = roots_of(person_ids=rest)
    groups = groups_of(roots=set(roots.values()))
    here = signed_in_among(person_ids=[one for members in groups.values() for one in members], at=at)
    return frozenset(mailed) | {person for person in rest if not here.isdisjoint(groups[roots[person]])}


@transaction.atomic
def serve(
    *,
    person_id: int,
    key: str,
    content: Content,
    about_kind: str,
    about: int,
    at: datetime,
    wait: timedelta = timedelta(0),
    cause: Cause | None = None,
) -> int | None:
    """Queues a letter of service, which leaves after `wait`. None where the person was erased."""
    try:
        person = present(person_id=person_id)
    except (PersonIsErased, PersonUnknown):
        return None
    letter = NewLetter(
        key=key,
        letter_class="service",
        channel=way_to(person_id=person.pk),
        content=content,
        person_id=person.pk,
        about_kind=about_kind,
        about=about,
        not_before=at + wait if wait else None,
    )
    return queue_letter(letter=letter, at=at, cause=cause)

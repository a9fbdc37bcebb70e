"""A person's own links, who brought whom, and what came of it. Merged records are read as one person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q

from tongpin.core.people.roots import records_of, root_of, roots_of
from tongpin.core.places.models import CodeOpening
from tongpin.loop.share.referrals.models import Referral, ReferralLink
from tongpin.loop.share.referrals.rules import state_of

DEEPEST = 50
"""Generations that are followed: people merged later can close a circle, and a walk must end."""


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """A person's own link: its tracked code as a number and as printed, and what it leads to."""

    id: int
    person_id: int
    code_id: int
    code: str
    target_kind: str
    target: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class ReferralSeen:
    """Who brought whom, both as they are read now. `state` is a code of `rules.STATES` at the moment asked about."""

    id: int
    newcomer: int
    inviter: int
    community: int
    code_id: int
    generation: int
    state: str
    bound_at: datetime
    order: str
    counts_from: datetime | None


@dataclass(frozen=True, slots=True)
class LinkYield:
    """A link, how often others opened it, and how many newcomers came by it."""

    link: LinkSeen
    openings: int
    brought: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What a person's invitations came to: others who opened their links, and people by state."""

    openings: int
    brought: int
    joined: int
    in_return_period: int
    counts: int
    returned: int


@dataclass(frozen=True, slots=True)
class Branch:
    """Somebody in the tree below a person: `level` 1 was brought by that person themselves."""

    person_id: int
    brought_by: int
    level: int
    generation: int
    bound_at: datetime


def link_of(*, person_id: int, target_kind: str, target: int) -> LinkSeen | None:
    """A person's own link to something. Two queries."""
    people = records_of(person_id=person_id)
    rows = ReferralLink.objects.filter(person_id__in=people, target_kind=target_kind, target=target)
    row = rows.select_related("code").order_by("pk").first()
    return _link(row) if row else None


def link_by_code(*, code_id: int) -> LinkSeen | None:
    """Whose own link a tracked code is; None where it is nobody's. One query."""
    row = ReferralLink.objects.filter(code=code_id).select_related("code").first()
    return _link(row) if row else None


def referral_of(*, person_id: int, now: datetime) -> ReferralSeen | None:
    """Who brought this person; the first bond where merged records have several."""
    row = row_of(person_id=person_id)
    return _seen([row], now)[0] if row else None


def row_of(*, person_id: int) -> Referral | None:
    """The row that says who brought this person."""
    people = records_of(person_id=person_id)
    return Referral.objects.filter(newcomer__in=people).order_by("pk").first()


def my_invitations(
    *, person_id: int, now: datetime, older_than: int | None = None, size: int = 50
) -> list[ReferralSeen]:
    """Whom a person brought, newest first, paged by number."""
    people = records_of(person_id=person_id)
    rows = Referral.objects.filter(inviter__in=people)
    if older_than is not None:
        rows = rows.filter(pk__lt=older_than)
    return _seen(list(rows.order_by("-pk")[:size]), now)


def referrals_in(
    *, now: datetime, communities: Collection[int] | None = None, older_than: int | None = None, size: int = 50
) -> list[ReferralSeen]:
    """Who was brought by whom, in some communities or anywhere, newest first, paged by number. Two queries."""
    rows = Referral.objects.all() if communities is None else Referral.objects.filter(community__in=list(communities))
    if older_than is not None:
        rows = rows.filter(pk__lt=older_than)
    return _seen(list(rows.order_by("-pk")[:size]), now)


def links_in(*, older_than: int | None = None, size: int = 50) -> list[LinkYield]:
    """People's own links, newest first, paged by number, with what each brought. Three queries."""
    rows = ReferralLink.objects.select_related("code").order_by("-pk")
    if older_than is not None:
        rows = rows.filter(pk__lt=older_than)
    found = list(rows[:size])
    codes = [row.code_id for row in found]
    visits = CodeOpening.objects.filter(tracked_code__in=codes).exclude(_by_its_owner())
    opened = dict(visits.order_by().values_list("tracked_code").annotate(n=Count("pk")))
    came = Referral.objects.filter(tracked_code__in=codes)
    brought = dict(came.order_by().values_list("tracked_code").annotate(n=Count("pk")))
    return [LinkYield(_link(row), opened.get(row.code_id, 0), brought.get(row.code_id, 0)) for row in found]


def _by_its_owner() -> Exists:
    """Visits of a link by the record it belongs to."""
    own = ReferralLink.objects.filter(code=OuterRef("tracked_code"), person_id=OuterRef("person_id"))
    return Exists(own)


def invitation_counts(*, person_id: int, now: datetime) -> Counts:
    """What a person's invitations came to so far. Their own visits are left out. Four queries."""
    people = records_of(person_id=person_id)
    own = ReferralLink.objects.filter(person_id__in=people).values("code")
    visits = CodeOpening.objects.filter(tracked_code__in=own).exclude(person_id__in=people).count()
    gone, paid = Q(disqualified_at__isnull=False), Q(qualified_at__isnull=False, disqualified_at=None)
    told = Referral.objects.filter(inviter__in=people).aggregate(
        brought=Count("pk"),
        returned=Count("pk", filter=gone),
        waiting=Count("pk", filter=paid & Q(counts_from__gt=now)),
        counts=Count("pk", filter=paid & Q(counts_from__lte=now)),
    )
    joined = told["brought"] - told["returned"] - told["waiting"] - told["counts"]
    return Counts(visits, told["brought"], joined, told["waiting"], told["counts"], told["returned"])


_ABOVE = """
with recursive up (person, level, trail) as (
    select %(person)s::bigint, 0, array[%(person)s::bigint]
    union all
    select above.person, up.level + 1, up.trail || above.person
    from up join lateral (
        select coalesce(a.root, r.inviter_person) as person
        from referral r left join person_alias a on a.person_id = r.inviter_person
        where r.newcomer_person in (select up.person union all select person_id from person_alias where root = up.person)
        order by r.id limit 1
    ) above on not above.person = any(up.trail)
    where up.level < %(deepest)s
)
select person from up where level > 0 order by level
"""


def above(*, person_id: int) -> list[int]:
    """Who brought a person, who brought them, and so on up to somebody who came by no link. Two queries."""
    return [row[0] for row in _rows(_ABOVE, person=root_of(person_id=person_id), deepest=DEEPEST)]


_BELOW = """
with recursive tree (person, inviter, level, generation, bound_at, trail) as (
    select %(person)s::bigint, null::bigint, 0, 0, null::timestamptz, array[%(person)s::bigint]
    union all
    select below.person, tree.person, tree.level + 1, below.generation, below.bound_at, tree.trail || below.person
    from tree join lateral (
        select coalesce(a.root, r.newcomer_person) as person, r.generation, r.bound_at
        from referral r left join person_alias a on a.person_id = r.newcomer_person
        where r.inviter_person in (select tree.person union all select person_id from person_alias where root = tree.person)
    ) below on not below.person = any(tree.trail)
    where tree.level < %(levels)s
)
select person, inviter, level, generation, bound_at from tree where level > 0 order by level, bound_at, person
limit %(size)s
"""


def tree_below(*, person_id: int, levels: int = 3, size: int = 500) -> list[Branch]:
    """Whom a person brought, whom those brought, and so on: level by level, oldest first. Two queries."""
    root = root_of(person_id=person_id)
    return [Branch(*row) for row in _rows(_BELOW, person=root, levels=min(levels, DEEPEST), size=size)]


def generations(*, community_id: int | None = None) -> dict[int, int]:
    """Generation → people who were brought, of one community or of all. One query."""
    rows = Referral.objects.all() if community_id is None else Referral.objects.filter(community=community_id)
    return dict(rows.order_by("generation").values_list("generation").annotate(Count("pk")))


def _rows(sql: str, **values: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _seen(rows: list[Referral], now: datetime) -> list[ReferralSeen]:
    roots = roots_of(person_ids=[person for row in rows for person in (row.newcomer, row.inviter)])
    return [
        ReferralSeen(
            id=row.pk,
            newcomer=roots[row.newcomer],
            inviter=roots[row.inviter],
            community=row.community,
            code_id=row.tracked_code,
            generation=row.generation,
            state=state_of(
                qualified_at=row.qualified_at,
                counts_from=row.counts_from,
                disqualified_at=row.disqualified_at,
                now=now,
            ),
            bound_at=row.bound_at,
            order=row.order,
            counts_from=row.counts_from,
        )
        for row in rows
    ]


def _link(row: ReferralLink) -> LinkSeen:
    return LinkSeen(row.pk, row.person_id, row.code_id, row.code.code, row.target_kind, row.target, row.made_at)

"""What stands of communities, what is missing, and the page people join by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from tongpin.base.counted import Counted
from tongpin.core.people.calling import display_names
from tongpin.core.people.roots import groups_of, roots_of
from tongpin.core.places.models import Community, Place
from tongpin.core.team.rules import Communities, Scope
from tongpin.loop.gather.admission.models import QuestionSheet
from tongpin.loop.gather.admission.queries import (
    MyApplication,
    application_of,
    members_among,
    my_application,
    questions_of,
    why_not_apply,
)
from tongpin.loop.gather.admission.rules import Question
from tongpin.loop.gather.charter.models import CharterEdition, Door
from tongpin.loop.gather.charter.queries import Edition as CharterSeen
from tongpin.loop.gather.charter.queries import accepted_by, charter_of, doors_of
from tongpin.loop.gather.entrances.models import Entrance
from tongpin.loop.gather.entrances.queries import entrance_by_code
from tongpin.loop.gather.ground import CommunityUnknown
from tongpin.loop.gather.launch.rules import Item, Standing, checklist, missing, suggested_door
from tongpin.loop.gather.positioning.models import Positioning
from tongpin.loop.gather.positioning.queries import positioning_of
from tongpin.loop.gather.positioning.rules import NEEDED, Canvas
from tongpin.loop.gather.welcome.models import WelcomeStep
from tongpin.loop.gather.welcome.queries import WelcomeSeen, welcome_of


@dataclass(frozen=True, slots=True)
class Launch:
    """A community's checklist, what of it keeps the doors shut, which doors are open, which to open next."""

    community_id: int
    community: str
    items: tuple[Item, ...]
    missing: tuple[str, ...]
    open_doors: tuple[str, ...]
    suggested: str | None


@dataclass(frozen=True, slots=True)
class Ahead:
    """A community that never opened a door, and codes of what keeps it shut."""

    community_id: int
    community: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JoinPage:
    """All that the page people join by shows. `why_not` is a code of admission.actions.SHUT, or ended; None where they may apply.

    `inviter` is who brings them, empty where nobody does. `mine`, `member` and `accepted_edition` are about the visitor.
    """

    community_id: int
    name: str
    founded_at: datetime
    members: Counted
    canvas: Canvas
    charter: CharterSeen | None
    questions: tuple[Question, ...]
    open_doors: tuple[str, ...]
    why_not: str | None
    inviter: str
    entrance: str
    member: bool
    mine: MyApplication | None
    accepted_edition: int


@dataclass(frozen=True, slots=True)
class OpenCommunity:
    """A community that everybody may apply to, and the one thing its members do together."""

    community_id: int
    name: str
    thing: str


@dataclass(frozen=True, slots=True)
class MyStart:
    """My way into a community: my application and my welcome, where there are any."""

    application: MyApplication | None
    welcome: WelcomeSeen | None


def standings_of(*, community_ids: Iterable[int]) -> dict[int, Standing]:
    """What stands of each of these communities. Six queries, however many they are."""
    ids = list(community_ids)
    latest = ("community", "-edition")
    canvases = Positioning.objects.filter(community__in=ids).order_by(*latest).distinct("community")
    lacks = {row.community_id: tuple(part for part in NEEDED if not getattr(row, part)) for row in canvases}
    charters = {
        row.community_id: row
        for row in CharterEdition.objects.filter(community__in=ids).order_by(*latest).distinct("community")
    }
    asked = dict(QuestionSheet.objects.filter(community__in=ids).values_list("community_id", "questions"))
    steps = _counted(WelcomeStep.objects.filter(community__in=ids))
    places = _counted(Place.objects.filter(community__in=ids, closed_at=None))
    entrances = _counted(Entrance.objects.filter(community__in=ids, closed_at=None))
    standings = {
        one: Standing(
            positioning_lacks=lacks.get(one, NEEDED),
            welcome_steps=steps.get(one, 0),
            questions=len(asked[one]) if one in asked else None,
            places=places.get(one, 0),
            entrances=entrances.get(one, 0),
        )
        for one in ids
    }
    return standings | {one: _with_charter(standings[one], row) for one, row in charters.items()}


def launch_of(*, community_id: int) -> Launch:
    """A community's checklist and doors. Eight queries. Raises CommunityUnknown."""
    found = Community.objects.filter(pk=community_id).first()
    if found is None:
        raise CommunityUnknown("there is no such community; look the number up again")
    standing = standings_of(community_ids=[community_id])[community_id]
    doors = tuple(one.door for one in doors_of(community_id=community_id) if one.shut_at is None)
    return _launch(found, standing, doors)


def launches_ahead(*, scope: Scope, limit: int = 20) -> list[Ahead]:
    """Communities that never opened a door, oldest first, each with what keeps it shut. One query."""
    here = OuterRef("pk")
    held = Community.objects.filter(~Exists(Door.objects.filter(community=here)), closed_at=None)
    if isinstance(scope, Communities):
        held = held.filter(pk__in=scope.ids)
    canvas = Positioning.objects.filter(community=here).order_by("-edition")
    held = held.annotate(
        said=Subquery(canvas.values_list(JSONObject(**{part: part for part in NEEDED}))[:1]),
        ruled=Exists(CharterEdition.objects.filter(community=here)),
        welcoming=Exists(WelcomeStep.objects.filter(community=here)),
        decided=Exists(QuestionSheet.objects.filter(community=here)),
        placed=Exists(Place.objects.filter(community=here, closed_at=None)),
    )
    return [_ahead(one) for one in held.order_by("founded_at", "pk")[:limit]]


def _ahead(row: Any) -> Ahead:
    said = row.said or {}
    standing = Standing(
        positioning_lacks=tuple(part for part in NEEDED if not said.get(part)),
        rules=int(row.ruled),
        welcome_steps=int(row.welcoming),
        questions=0 if row.decided else None,
        places=int(row.placed),
    )
    return Ahead(row.pk, row.name, missing(checklist(standing)))


def join_page_of(
    *, community_id: int, person_id: int | None = None, inviter_id: int | None = None, code_id: int | None = None
) -> JoinPage:
    """The join page as this visitor sees it: who we are, what we do together, the rules in force, the questions, and
    whether they may apply the way they came. At most 16 queries. Raises CommunityUnknown."""
    found = Community.objects.filter(pk=community_id).first()
    if found is None:
        raise CommunityUnknown("there is no such community; look the number up again")
    visitor, inviter = _records(person_id, inviter_id)
    inside = members_among(community_id=community_id, person_ids=[*visitor, *inviter])
    vouched = not inside.isdisjoint(inviter)
    entrance = entrance_by_code(community_id=community_id, code_id=code_id)
    positioning = positioning_of(community_id=community_id)
    doors = doors_of(community_id=community_id)
    why_not = why_not_apply(doors=doors, entrance=entrance, vouched=vouched)
    return JoinPage(
        community_id=found.pk,
        name=found.name,
        founded_at=found.founded_at,
        members=members_in(community_id=community_id),
        canvas=positioning.canvas if positioning else Canvas(),
        charter=charter_of(community_id=community_id),
        questions=questions_of(community_id=community_id) or (),
        open_doors=tuple(one.door for one in doors if one.shut_at is None),
        why_not="ended" if found.closed_at else why_not,
        inviter=display_names(person_ids=inviter[:1])[inviter[0]] if vouched else "",
        entrance=entrance.name if entrance else "",
        member=not inside.isdisjoint(visitor),
        mine=application_of(community_id=community_id, records=visitor) if visitor else None,
        accepted_edition=accepted_by(community_id=community_id, records=visitor) if visitor else 0,
    )


def open_to_the_public(*, limit: int = 50) -> list[OpenCommunity]:
    """Communities whose door stands open to everybody, the youngest door first. Two queries."""
    doors = Door.objects.filter(door="public", shut_at=None, community__closed_at=None).select_related("community")
    found = list(doors.order_by("-opened_at", "-pk")[:limit])
    ids = [one.community_id for one in found]
    canvases = Positioning.objects.filter(community__in=ids).order_by("community", "-edition").distinct("community")
    things = {one.community_id: one.thing_done_together for one in canvases}
    return [OpenCommunity(one.community_id, one.community.name, things.get(one.community_id, "")) for one in found]


def my_start(*, person_id: int, community_id: int) -> MyStart:
    """My application and my welcome in a community. At most nine queries."""
    return MyStart(
        my_application(person_id=person_id, community_id=community_id),
        welcome_of(person_id=person_id, community_id=community_id),
    )


MOST_MEMBERS = 10_000
"""So many memberships of a community are looked at to say how many people are in it."""

_MEMBERS = """
select c.id, count(*), count(distinct coalesce(a.root, x.person_id)) from unnest(%s::bigint[]) as c(id)
cross join lateral (
    select m.person_id from place l join membership m on m.place_id = l.id and m.left_at is null
    where l.community_id = c.id limit %s
) x left join person_alias a on a.person_id = x.person_id group by c.id
"""


def members_in(*, community_id: int) -> Counted:
    """How many people are in the places of a community now, merged records as one. One query."""
    return members_of_each(community_ids=[community_id], most=MOST_MEMBERS)[community_id]


def members_of_each(*, community_ids: Iterable[int], most: int = 1000) -> dict[int, Counted]:
    """The same of several, from at most so many memberships of each. One query."""
    ids = list(community_ids)
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, [ids, most + 1])
        found = {number: Counted(min(people, most), rows > most) for number, rows, people in cursor.fetchall()}
    return {one: found.get(one, Counted()) for one in ids}


def _records(person_id: int | None, inviter_id: int | None) -> tuple[list[int], list[int]]:
    """All records of the visitor and of who brings them, roots first; nobody vouches for themselves. Two queries."""
    roots = roots_of(person_ids=[one for one in (person_id, inviter_id) if one])
    groups = groups_of(roots=set(roots.values()))
    visitor, inviter = (groups[roots[one]] if one else [] for one in (person_id, inviter_id))
    return visitor, inviter if inviter != visitor else []


def _launch(community: Community, standing: Standing, doors: tuple[str, ...]) -> Launch:
    items = checklist(standing)
    return Launch(community.pk, community.name, items, missing(items), doors, suggested_door(doors))


def _counted(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.order_by().values_list("community_id").annotate(n=Count("pk")))


def _with_charter(standing: Standing, row: CharterEdition) -> Standing:
    return replace(
        standing,
        rules=len(row.rules),
        roles=len(row.roles),
        rituals=len(row.rituals),
        content_sources=len(row.content_sources),
        goal=bool(row.goal),
        plan=bool(row.plan),
    )

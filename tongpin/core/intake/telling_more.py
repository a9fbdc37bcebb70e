"""What rows tell beside their facts: names, traits, life facts, tags, and the consent that who imports declares."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from tongpin.base.ids import digest
from tongpin.base.text import clean
from tongpin.core.intake.planning import Plan, body_text
from tongpin.core.intake.recalling import Told
from tongpin.core.ledger.bulk import Line
from tongpin.core.people.arriving import Learnt, learn_many
from tongpin.core.people.models import Tag
from tongpin.core.people.resolving import Resolved
from tongpin.core.people.telling import LifeTold, TraitTold, tell_life, tell_tags, tell_traits

Record = Callable[[list[Line]], object]
Pair = tuple[Plan, int]


class Learning(NamedTuple):
    """Rows that told something new, of equal ones the first; and of whom more is known now than before."""

    rows: set[int]
    people: set[int]


def learn(
    rows: Sequence[Told], people: Sequence[int | None], resolved: Resolved, *, via: str, at: datetime, record: Record
) -> Learning:
    """Keeps what the rows tell of people; blanks are filled, nothing known is overwritten."""
    pairs = [(row.plan, person) for row, person in zip(rows, people, strict=True) if person is not None]
    born = set(resolved.met)
    linked: set[Hashable] = {one for person, _, one in resolved.linked if person not in born}
    more = first_of(linked, ((row.plan, one) for row in rows for one in row.signs)) if linked else set()
    changed = learn_many(
        Learnt(person, plan.nickname, plan.name) for plan, person in pairs if plan.nickname or plan.name
    )
    traits = tell_traits(
        (TraitTold(p, kind, value) for plan, p in pairs for kind, value in plan.traits), via=via, at=at
    )
    life = tell_life((LifeTold(p, kind, value) for plan, p in pairs for kind, value in plan.life), via=via, at=at)
    if traits:
        told = ((plan, TraitTold(p, k, clean(v, limit=200))) for plan, p in pairs for k, v in plan.traits)
        more |= first_of(traits, told)
    if life:
        lives = ((plan, LifeTold(p, k, clean(v, limit=300))) for plan, p in pairs for k, v in plan.life)
        more |= first_of(life, lives)
    more |= _tag(pairs, via=via, at=at, record=record)
    changed |= {one.person_id for one in traits} | {one.person_id for one in life}
    changed |= {person for person, _, _ in resolved.linked if person not in born}
    return Learning(more, changed)


def first_of(new: Iterable[Hashable], told: Iterable[tuple[Plan, Hashable]]) -> set[int]:
    """The first row that told each new thing."""
    left = set(new)
    rows = set()
    for plan, one in told:
        if one in left:
            left.discard(one)
            rows.add(plan.row)
    return rows


def _tag(pairs: Sequence[Pair], *, via: str, at: datetime, record: Record) -> set[int]:
    put = tell_tags(((person, tag) for plan, person in pairs for tag in plan.tags), via=via, at=at)
    if not put:
        return set()
    moment = at.isoformat()
    record(
        [
            Line(
                digest("tag.put", person, tag, 1),
                "tag.put",
                moment,
                person,
                None,
                body_text({"tag": tag, "by": "import"}),
            )
            for person, tag in put
        ]
    )
    names = dict(Tag.objects.filter(pk__in={tag for _, tag in put}).values_list("pk", "name"))
    new = {(person, names[tag]) for person, tag in put}
    return first_of(new, ((plan, (person, clean(tag, limit=60))) for plan, person in pairs for tag in plan.tags))


def consent(people: Iterable[int | None], basis: str, *, at: datetime, via: str) -> list[Line]:
    """What who imports declares for everybody in the file: a basis, never a guess, and never against a person's «no»."""
    purposes = ["service"] if basis == "contract" else ["service", "promotion"]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into consent (person_id, purpose, channel, basis, evidence, given_at)"
            " select p, u, 'any', %s, %s, %s from unnest(%s::bigint[]) p cross join unnest(%s::text[]) u"
            " where not exists (select from consent c where c.person_id = p and c.purpose = u and c.channel = 'any'"
            " and c.withdrawn_at is not null) on conflict do nothing returning id, person_id, purpose",
            [f"import_{basis}", via, at, sorted({person for person in people if person is not None}), purposes],
        )
        given = cursor.fetchall()
    moment = at.isoformat()
    return [
        Line(
            digest("consent.given", one),
            "consent.given",
            moment,
            person,
            None,
            body_text({"consent": one, "purpose": purpose, "channel": "any", "basis": f"import_{basis}"}),
        )
        for one, person, purpose in given
    ]

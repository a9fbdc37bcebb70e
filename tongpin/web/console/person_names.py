"""The names of all that stands around a person: the team, tags, shops and groups, goods, files. One query for all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, F, QuerySet, Value, When
from django.db.models.functions import Cast

from tongpin.core.people.models import Tag
from tongpin.core.places.models import Membership
from tongpin.core.team.models import Staff
from tongpin.web.console.thing_names import NAMED, rows_named

NOUNS = frozenset(NAMED)
"""Things that have a name here; a thing without one is said by its number."""


@dataclass(slots=True)
class Around:
    """Names by (noun, number). `team` are those who work here now, `by_hand` the tags anybody may put on.

    `called` is what the person is called in groups, `communities` the community of each place that was asked for,
    `people` those beside the person whom the reader may see.
    """

    titles: dict[tuple[str, int], str] = field(default_factory=dict)
    team: dict[int, str] = field(default_factory=dict)
    by_hand: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    communities: dict[int, int | None] = field(default_factory=dict)
    people: frozenset[int] = frozenset()

    def title(self, noun: str, number: int) -> str:
        """The name of a thing, or nothing."""
        return self.titles.get((noun, number), "")


def _rows(noun: str, rows: QuerySet, name: Any, more: object = None) -> QuerySet:  # type: ignore[type-arg]
    number = more if more is not None else Value(None)
    named: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(
            noun_=Value(noun, output_field=CharField()),
            name_=Cast(name, CharField()),
            more_=Cast(number, BigIntegerField()),  # type: ignore[arg-type]
        )
        .values_list("noun_", "pk", "name_", "more_")
    )
    return named


def _more(noun: str) -> object:
    """A place stands with its community: whether it may be named depends on it."""
    return F("community_id") if noun == "place" else None


def around(*, wanted: Mapping[str, Collection[int]], members: Collection[int]) -> Around:
    """Names of what is wanted by noun, and what a person's page needs besides. One query."""
    works = Case(When(is_active=True, joined_at__isnull=False, then=Value(1)), default=Value(0))
    by_hand = Case(When(rule__isnull=True, then=Value(1)), default=Value(0))
    asked = [
        _rows("staff", Staff.objects.all(), "display_name", works),
        _rows("tag", Tag.objects.all(), "name", by_hand),
        _rows("called", Membership.objects.filter(person__in=members, left_at=None).exclude(called=""), "called"),
        *(
            _rows(noun, rows_named(noun)[0].filter(pk__in=wanted[noun]), rows_named(noun)[1], _more(noun))
            for noun in sorted(NOUNS - {"staff", "tag"})
            if wanted.get(noun)
        ),
    ]
    found = Around()
    for noun, number, name, more in sorted(asked[0].union(*asked[1:], all=True)):
        if noun == "called":
            found.called.append(name)
            continue
        found.titles[noun, number] = name
        if noun == "staff" and more:
            found.team[number] = name
        elif noun == "tag" and more:
            found.by_hand.append(name)
        elif noun == "place":
            found.communities[number] = more
    found.called = list(dict.fromkeys(found.called))[:10]
    found.by_hand.sort()
    return found

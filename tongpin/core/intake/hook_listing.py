"""Webhooks as a screen shows them: how each goes, its last posts, its fields, and what a post would become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from tongpin.core.intake.hooks import KEPT, HookUnknown, Kind, content_of, sample_of
from tongpin.core.intake.meanings import Heard, check_mapping, read
from tongpin.core.intake.models import Hook, HookPost
from tongpin.core.people.resolving import Arrival, Foreseen, foresee
from tongpin.core.people.roots import roots_of
from tongpin.core.places.models import Place

POSTS = 50
OFFERED = 300
FOR_FIELDS = 20
"""So many of the last posts are looked through for fields that the sample lacks."""

HookState = Literal["new", "unmapped", "paused", "faulty", "well"]


@dataclass(frozen=True, slots=True)
class HookSeen:
    """A webhook. The counts are of the last week: taken (new or known already), refused, waiting to be read."""

    id: int
    name: str
    kind: Kind
    event: str
    place_id: int | None
    place_name: str
    mapping: dict[str, str]
    state: HookState
    taken: int
    refused: int
    waiting: int
    last_at: datetime | None
    made_at: datetime
    has_sample: bool


@dataclass(frozen=True, slots=True)
class PostSeen:
    """A post and what became of it. `fields` is empty once its content was forgotten."""

    id: int
    at: datetime
    state: str
    fault: str
    field: str
    person_id: int | None
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Become:
    """What a post would become: what was heard, and whose it would be (None: somebody new, or nobody's)."""

    heard: Heard
    person_id: int | None


_COUNTS = (
    "select hook_id, count(*) filter (where state in ('recorded', 'known')), count(*) filter (where state = 'refused'),"
    " count(*) filter (where state = 'sample'), max(received_at),"
    " (array_agg(state order by id desc))[1] from hook_post where hook_id = any(%s) and received_at > %s group by hook_id"
)


def hooks_seen(*, at: datetime) -> list[HookSeen]:
    """All webhooks that are not closed, by name. Two queries."""
    return _seen(list(Hook.objects.filter(closed_at=None).select_related("shop").order_by("name", "pk")), at)


def hook_seen(*, hook_id: int, at: datetime) -> HookSeen:
    """One webhook. Two queries. Raises HookUnknown."""
    return _seen([_open(hook_id)], at)[0]


def _open(hook_id: int) -> Hook:
    found = (
        Hook.objects.filter(pk=hook_id, closed_at=None).select_related("shop").first() if hook_id < 1 << 63 else None
    )
    if found is None:
        raise HookUnknown
    return found


def _seen(hooks: list[Hook], at: datetime) -> list[HookSeen]:
    counts: dict[int, tuple[int, int, int, datetime | None, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [[hook.pk for hook in hooks], at - KEPT])
        counts = {row[0]: row[1:] for row in cursor.fetchall()}
    lines = []
    for hook in hooks:
        taken, refused, waiting, last_at, last = counts.get(hook.pk, (0, 0, 0, None, ""))
        lines.append(
            HookSeen(
                id=hook.pk,
                name=hook.name,
                kind="order" if hook.kind == Hook.Kind.ORDER else "form",
                event=hook.event,
                place_id=hook.shop_id,
                place_name=hook.shop.name if hook.shop else "",
                mapping=hook.mapping,
                state=_state(hook, last, waiting),
                taken=taken,
                refused=refused,
                waiting=waiting,
                last_at=last_at,
                made_at=hook.made_at,
                has_sample=hook.sample_sealed is not None,
            )
        )
    return lines


def _state(hook: Hook, last: str, waiting: int) -> HookState:
    if hook.paused_at is not None:
        return "paused"
    if not hook.mapping:
        return "unmapped" if waiting or hook.sample_sealed is not None else "new"
    return "faulty" if last == HookPost.State.REFUSED else "well"


def posts_of(*, hook_id: int, limit: int = POSTS) -> list[PostSeen]:
    """The last posts, newest first. One query."""
    return [
        PostSeen(post.pk, post.received_at, post.state, post.fault, post.field, post.person_id, content_of(post))
        for post in HookPost.objects.filter(hook=hook_id).order_by("-pk")[:limit]
    ]


def fields_of(*, hook_id: int) -> dict[str, str]:
    """All fields that the sample and the last posts have, each with one value. Two queries. Raises HookUnknown."""
    hook = _open(hook_id)
    found = sample_of(hook)
    for post in HookPost.objects.filter(hook=hook_id, sealed__isnull=False).order_by("-pk")[:FOR_FIELDS]:
        for path, value in content_of(post).items():
            found.setdefault(path, value)
    return found


def would_become(
    *, fields: Mapping[str, str], mapping: Mapping[str, str], via: str, shop_id: int | None, at: datetime
) -> Become:
    """What fields would become by a mapping, with nothing written. `via` is `hook:3` or `pull:2`; at most three queries.

    Raises BadMapping, Unusable.
    """
    heard = read(
        fields, check_mapping(mapping), own_scope=via, shop_scope=f"shop:{shop_id}" if shop_id else via, received_at=at,
        zone=ZoneInfo(settings.ZONE),
    )  # fmt: skip
    if not heard.signs:
        return Become(heard, None)
    person = foresee([Arrival(heard.signs)], met=Foreseen()).people[0]
    if person is None or person < 0:
        return Become(heard, None)
    return Become(heard, roots_of(person_ids=[person])[person])


def places_offered() -> list[tuple[int, str, str]]:
    """Where forms and orders may belong: number, kind and name, shops first. One query."""
    kinds = (Place.Kind.SHOP, Place.Kind.GROUP, Place.Kind.OFFICIAL_ACCOUNT, Place.Kind.PAGE, Place.Kind.VENUE)
    found = Place.objects.filter(kind__in=kinds, closed_at=None).order_by("name", "pk")[:OFFERED]
    rows = [(one.pk, one.kind, one.name) for one in found]
    return sorted(rows, key=lambda row: kinds.index(Place.Kind(row[1])))

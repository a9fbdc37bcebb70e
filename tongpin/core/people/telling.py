"""What arrivals in numbers tell of people besides their signs: masked phones, addresses, birthdays, tags."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from tongpin.base.text import clean
from tongpin.core.people.models import Tag
from tongpin.core.people.rules import mask_life
from tongpin.core.team.keys import keyring


class TraitTold(NamedTuple):
    """A sign too weak to be one: `masked_phone` 138****2716, `masked_name` 叶*舟, `account_hint`."""

    person_id: int
    kind: str
    value: str


class LifeTold(NamedTuple):
    """Something lasting of a life: `address`, `birthday` (1990-05-12), `gender`."""

    person_id: int
    kind: str
    value: str


def tell_traits(told: Iterable[TraitTold], *, via: str, at: datetime) -> set[TraitTold]:
    """Keeps traits, each once a person. Returns what was new, cleaned."""
    ring = keyring()
    rows = sorted({TraitTold(t.person_id, t.kind, clean(t.value, limit=200)) for t in told if t.value})
    if not rows:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into person_trait (person_id, kind, shown, digest, via, told_at) select p, k, s, d, %s, %s from"
            " unnest(%s::bigint[], %s::text[], %s::text[], %s::bytea[]) as t(p, k, s, d) on conflict do nothing"
            " returning person_id, kind, shown",
            [
                via,
                at,
                [one.person_id for one in rows],
                [one.kind for one in rows],
                [one.value for one in rows],
                [ring.blind("trait/" + one.kind, one.value) for one in rows],
            ],
        )
        return {TraitTold(*row) for row in cursor.fetchall()}


def tell_life(told: Iterable[LifeTold], *, via: str, at: datetime) -> set[LifeTold]:
    """Keeps life facts sealed, each once a person. Returns what was new, cleaned."""
    ring = keyring()
    rows = sorted({LifeTold(t.person_id, t.kind, clean(t.value, limit=300)) for t in told if t.value})
    if not rows:
        return set()
    digests = {(one.person_id, one.kind, ring.blind("life/" + one.kind, one.value)): one for one in rows}
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into life_fact (person_id, kind, sealed, digest, masked, via, told_at)"
            " select p, k, s, d, m, %s, %s from unnest(%s::bigint[], %s::text[], %s::bytea[], %s::bytea[], %s::text[])"
            " as t(p, k, s, d, m) on conflict do nothing returning person_id, kind, digest",
            [
                via,
                at,
                [one.person_id for one in rows],
                [one.kind for one in rows],
                [ring.encrypt(one.value, context="life_fact") for one in rows],
                [digest for _, _, digest in digests],
                [mask_life(one.kind, one.value)[:60] for one in rows],
            ],
        )
        return {digests[person, kind, bytes(digest)] for person, kind, digest in cursor.fetchall()}


def tell_tags(told: Iterable[tuple[int, str]], *, via: str, at: datetime) -> list[tuple[int, int]]:
    """Puts tags by name on people; tags that a rule owns are left alone. Returns the (person, tag) pairs that were new."""
    pairs = {(person, clean(name, limit=60)) for person, name in told if name.strip()}
    if not pairs:
        return []
    names = sorted({name for _, name in pairs})
    Tag.objects.bulk_create([Tag(name=name, made_at=at) for name in names], ignore_conflicts=True)
    tags = dict(Tag.objects.filter(name__in=names, rule__isnull=True).values_list("name", "id"))
    rows = sorted((person, tags[name]) for person, name in pairs if name in tags)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into person_tag (person_id, tag_id, by, put_at, occurrence) select p, g, %s, %s, 1"
            " from unnest(%s::bigint[], %s::bigint[]) as t(p, g) on conflict do nothing returning person_id, tag_id",
            [via, at, [person for person, _ in rows], [tag for _, tag in rows]],
        )
        return [(int(person), int(tag)) for person, tag in cursor.fetchall()]

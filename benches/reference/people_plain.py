"""The plain rival of lists of people: what a Django admin does. Counts everything, skips by OFFSET, filters by joins."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery

from tongpin.core.people.models import Activity, Person, PersonAlias, PersonTag, Spending

ORDERS: dict[str, tuple[Any, ...]] = {
    "recent": (F("day").desc(nulls_last=True), "-id"),
    "name": ("nameless", "sort_key", "id"),
    "new": ("-id",),
    "spent": (F("net").desc(nulls_last=True), "-id"),
}


def page(
    *,
    sort: str,
    search: str = "",
    tag: int | None = None,
    has_orders: bool | None = None,
    page: int = 0,
    size: int = 50,
) -> list[int]:
    """Ids of a page, after counting all."""
    people = Person.objects.filter(erased_at=None).exclude(Exists(PersonAlias.objects.filter(person=OuterRef("pk"))))
    if search:
        people = people.filter(nickname__icontains=search)
    if tag is not None:
        people = people.filter(Exists(PersonTag.objects.filter(person=OuterRef("pk"), tag=tag, taken_at=None)))
    if has_orders:
        people = people.filter(Exists(Spending.objects.filter(pk=OuterRef("pk"), orders__gt=0)))
    people.count()
    if sort == "recent":
        people = people.annotate(day=Subquery(Activity.objects.filter(pk=OuterRef("pk")).values("last_day")))
        people = people.filter(day__isnull=False)
    if sort == "spent":
        people = people.annotate(net=Subquery(Spending.objects.filter(pk=OuterRef("pk")).values("net_fen")))
        people = people.filter(net__isnull=False)
    if sort == "name":
        people = people.annotate(nameless=Q(sort_key=""))
    start = page * size
    return [person.pk for person in people.order_by(*ORDERS[sort])[start : start + size]]

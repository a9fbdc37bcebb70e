"""Products as they become known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from tongpin.base.text import clean
from tongpin.core.facts.goods import ProductNamed
from tongpin.core.goods.models import Product
from tongpin.core.ledger.actions import record


def know_products(*, place_id: int, told: Iterable[tuple[str, str, str]]) -> dict[str, int]:
    """The ids of a shop's products by key, made where they are new. `told` holds (key, name, variant)."""
    named = {key: (name[:200], variant[:200]) for key, name, variant in told}
    if not named:
        return {}
    keys = sorted(named)
    with connection.cursor() as cursor:
        cursor.execute("select key, id from product where place_id = %s and key = any(%s)", [place_id, keys])
        known = {str(key): int(product) for key, product in cursor.fetchall()}
        fresh = [key for key in keys if key not in known]
        if fresh:
            cursor.execute(
                "insert into product (place_id, key, name, variant) select %s, k, n, v from"
                " unnest(%s::text[], %s::text[], %s::text[]) as t(k, n, v)"
                " on conflict (place_id, key) do update set key = excluded.key returning key, id",
                [place_id, fresh, [named[k][0] for k in fresh], [named[k][1] for k in fresh]],
            )
            known.update((str(key), int(product)) for key, product in cursor.fetchall())
    return known


class Nameless(ValueError):
    """A product needs a name."""


@transaction.atomic
def name_product(*, place_id: int, name: str, key: str, category: str = "", actor: str, at: datetime) -> int:
    """A product put up by hand in the house's own shop. The same key again: the same product. Raises Nameless."""
    cleaned = clean(name, limit=200)
    if not cleaned or not key.strip():
        raise Nameless("give the product a name")
    product = know_products(place_id=place_id, told=[(key.strip()[:200], cleaned, "")])[key.strip()[:200]]
    record(ProductNamed(product=product, via="hand", category=category), at=at, place_id=place_id, actor=actor)
    return product


def rename_product(*, product_id: int, place_id: int, name: str) -> bool:
    """A product of this shop is called otherwise from now on; orders keep the name they were written with.

    False where it is called so already, or is not this shop's. No fact: names stay out of the ledger. Raises Nameless.
    """
    cleaned = clean(name, limit=200)
    if not cleaned:
        raise Nameless("give the product a name")
    named = Product.objects.filter(pk=product_id, place_id=place_id).exclude(name=cleaned)
    return bool(named.update(name=cleaned))

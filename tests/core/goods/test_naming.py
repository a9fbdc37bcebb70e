"""Products put up by hand."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection

from tongpin.core.goods.actions import Nameless, name_product, rename_product
from tongpin.core.goods.models import Product

pytestmark = pytest.mark.django_db


def test_a_product_is_named_once_however_often_it_is_sent(noon: datetime) -> None:
    given = {"place_id": 3, "key": "towel", "category": "home", "actor": "staff:1", "at": noon}
    ids = {name_product(name="有机棉纱布浴巾", **given) for _ in range(2)}
    assert [(one.pk, one.name, one.place_id) for one in Product.objects.all()] == [(ids.pop(), "有机棉纱布浴巾", 3)]
    with connection.cursor() as cursor:
        cursor.execute("select kind, body->>'category' from entry")
        assert cursor.fetchall() == [("product.named", "home")]


@pytest.mark.parametrize(("name", "key"), [("", "towel"), (" \u200b", "towel"), ("浴巾", " ")])
def test_without_a_name_there_is_no_product(name: str, key: str, noon: datetime) -> None:
    with pytest.raises(Nameless):
        name_product(place_id=3, name=name, key=key, actor="staff:1", at=noon)
    assert not Product.objects.exists()


def test_a_product_is_called_otherwise_by_its_own_shop_alone(noon: datetime) -> None:
    product = name_product(place_id=3, name="浴巾", key="towel", actor="staff:1", at=noon)
    told = [rename_product(product_id=product, place_id=place, name="纱布浴巾") for place in (4, 3, 3)]
    assert (told, Product.objects.get().name) == ([False, True, False], "纱布浴巾")
    with pytest.raises(Nameless):
        rename_product(product_id=product, place_id=3, name=" \u200b")

"""Whose shop a file is from, so that it meets the same shop again and no other."""

from __future__ import annotations

from datetime import datetime

import pytest

from tongpin.core.intake.models import Batch
from tongpin.core.intake.shops import Resolved, open_shop, resolve, to_choose, unnamed_shop
from tongpin.core.places.actions import know_place
from tongpin.core.places.models import Place

pytestmark = pytest.mark.django_db


def shop(platform: str, name: str, at: datetime) -> Place:
    return know_place(kind=Place.Kind.SHOP, platform=platform, name=name, at=at, actor="x")


def named(name: str, at: datetime) -> Batch:
    return Batch.objects.create(file_name="a.csv", size=1, sha256=b"", by="x", uploaded_at=at, shop_name=name)


def test_what_a_person_says_goes_before_what_the_file_says(noon: datetime) -> None:
    known = shop("taobao", "甲店", noon)
    assert resolve(named("乙店", noon), "taobao", told="甲店") == Resolved("乙店", None, "named")
    assert resolve(named("", noon), "taobao", told="甲店") == Resolved("甲店", known, "told")


def test_a_house_that_called_it_by_the_platforms_code_meets_that_shop_again(noon: datetime) -> None:
    before = shop("taobao", "taobao", noon)
    assert resolve(named("", noon), "taobao", told="") == Resolved("taobao", before, "unnamed")
    assert open_shop(named("", noon), "taobao", told="", at=noon).pk == before.pk
    opened = open_shop(named("", noon), "taobao", told="甲店", at=noon)
    assert (opened.pk, opened.name, Place.objects.count()) == (before.pk, "甲店", 1)


def test_a_name_that_a_person_gives_is_another_shop_than_the_unnamed_one(noon: datetime) -> None:
    unnamed = open_shop(named("", noon), "jd", told="", at=noon)
    other = open_shop(named("甲店", noon), "jd", told="", at=noon)
    assert [one.name for one in (unnamed, other)] == ["京东未命名店铺", "甲店"]
    assert resolve(named("", noon), "jd", told="").place == unnamed
    assert to_choose("jd") == []


def test_the_only_shop_is_taken_where_numbers_are_the_platforms_and_not_where_each_shop_counts(noon: datetime) -> None:
    only = shop("jd", "甲店", noon)
    shop("shopify", "Shop A", noon)
    assert resolve(named("", noon), "jd", told="") == Resolved("甲店", only, "only")
    assert resolve(named("", noon), "shopify", told="") == Resolved("Shopify 未命名店铺", None, "unnamed")
    shop("jd", "乙店", noon)
    shop("shopify", "Shop B", noon)
    assert sorted(to_choose("jd")) == ["乙店", "甲店"]
    assert to_choose("shopify") == []


def test_a_told_name_is_not_given_to_an_unnamed_shop_that_is_one_of_several(noon: datetime) -> None:
    unnamed = open_shop(named("", noon), "taobao", told="", at=noon)
    shop("taobao", "甲店", noon)
    opened = open_shop(named("", noon), "taobao", told="乙店", at=noon)
    unnamed.refresh_from_db()
    assert (opened.pk != unnamed.pk, opened.name, unnamed.name) == (True, "乙店", "淘宝未命名店铺")


def test_a_platform_of_tomorrow_has_an_unnamed_shop_too() -> None:
    assert unnamed_shop("etsy") == "etsy 未命名店铺"

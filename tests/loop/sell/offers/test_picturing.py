"""An offer has one picture or none; what is refused changes nothing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.core.files.making import drawn
from tests.loop.sell.cast import on_shelf
from tongpin.core.files.queries import files_of
from tongpin.core.files.refusal import FileRefused
from tongpin.loop.sell.offers import picturing
from tongpin.loop.sell.offers.actions import OfferIsClosed, OfferUnknown, close_offer
from tongpin.loop.sell.offers.picturing import picture_offer, unpicture_offer
from tongpin.loop.sell.offers.queries import PictureSeen, offer_seen, offers_on_sale

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path, settings: Settings) -> None:
    settings.FILES = tmp_path / "files"


def shown(offer: int, at: datetime) -> PictureSeen | None:
    seen = offer_seen(offer_id=offer, now=at)
    assert seen is not None
    return seen.picture


def test_a_picture_is_put_on_replaced_and_taken_off(noon: datetime) -> None:
    offer = on_shelf(noon)
    assert shown(offer, noon) is None
    one = picture_offer(offer_id=offer, content=drawn(), says="一叠 浴巾", at=noon, actor="staff:1")
    assert shown(offer, noon) == PictureSeen(one.name, 640, 400, "一叠 浴巾")
    other = picture_offer(offer_id=offer, content=drawn(colour="navy"), at=noon, actor="staff:1")
    seen = offer_seen(offer_id=offer, now=noon)
    assert seen is not None
    assert seen.picture == PictureSeen(other.name, 640, 400, seen.title)
    assert files_of(about_kind="offer", about=offer) == (other,)
    assert unpicture_offer(offer_id=offer, at=noon, actor="staff:1") is True
    assert (shown(offer, noon), unpicture_offer(offer_id=offer, at=noon, actor="staff:1")) == (None, False)


def test_the_same_picture_again_changes_its_words_only(noon: datetime) -> None:
    offer = on_shelf(noon)
    one = picture_offer(offer_id=offer, content=drawn(), at=noon, actor="staff:1")
    assert picture_offer(offer_id=offer, content=drawn(), says="浴巾", at=noon, actor="staff:1") == one
    assert shown(offer, noon) == PictureSeen(one.name, 640, 400, "浴巾")


def test_what_is_no_picture_leaves_the_one_before(noon: datetime) -> None:
    offer = on_shelf(noon)
    one = picture_offer(offer_id=offer, content=drawn(), at=noon, actor="staff:1")
    before = shown(offer, noon)
    with pytest.raises(FileRefused):
        picture_offer(offer_id=offer, content=b"<svg/>", says="x", at=noon, actor="staff:1")
    assert (shown(offer, noon), files_of(about_kind="offer", about=offer)) == (before, (one,))


def test_an_offer_that_is_gone_takes_no_picture(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OfferUnknown):
        picture_offer(offer_id=999, content=drawn(), at=noon, actor="staff:1")
    offer = on_shelf(noon)
    keep = picturing.keep_picture

    def slowly(**given: object) -> object:
        close_offer(offer_id=offer, at=noon, actor="staff:2")
        return keep(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(picturing, "keep_picture", slowly)
    with pytest.raises(OfferIsClosed):
        picture_offer(offer_id=offer, content=drawn(), at=noon, actor="staff:1")
    with pytest.raises(OfferIsClosed):
        unpicture_offer(offer_id=offer, at=noon, actor="staff:1")
    assert files_of(about_kind="offer", about=offer) == ()


def test_a_shelf_of_three_costs_as_many_queries_as_one(noon: datetime) -> None:
    picture_offer(offer_id=on_shelf(noon), content=drawn(), at=noon, actor="staff:1")
    with CaptureQueriesContext(connection) as one:
        offers_on_sale(now=noon)
    for key in ("b", "c"):
        picture_offer(offer_id=on_shelf(noon, key=key), content=drawn(), at=noon, actor="staff:1")
    with CaptureQueriesContext(connection) as three:
        assert [seen.picture is not None for seen in offers_on_sale(now=noon)] == [True] * 3
    assert (len(one), len(three)) == (3, 3)

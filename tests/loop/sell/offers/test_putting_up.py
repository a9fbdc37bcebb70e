"""Naming a product and putting it up in one act."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.loop.sell.cast import TOWEL, kinds_told
from tongpin.core.goods.actions import Nameless
from tongpin.core.goods.models import Product
from tongpin.loop.sell.offers.actions import TermsWrong
from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.offers.putting_up import put_up
from tongpin.loop.sell.offers.rules import Terms

pytestmark = pytest.mark.django_db


def up(noon: datetime, *, key: str = "k1", name: str = "纱布浴巾 六层", terms: Terms = TOWEL) -> int:
    return put_up(key=key, name=name, terms=terms, words="婴儿也能用", cost_fen=3250, at=noon, actor="staff:1")


def test_a_product_is_named_and_put_up_once_however_often_it_is_sent(noon: datetime) -> None:
    first, again = up(noon), up(noon, name="别的名字")
    offer = Offer.objects.select_related("product").get()
    assert (first, again) == (offer.pk, offer.pk)
    assert (offer.title, offer.product.name, offer.words, offer.cost_fen, offer.stock_left) == (
        "纱布浴巾 六层", "纱布浴巾 六层", "婴儿也能用", 3250, 30,
    )  # fmt: skip
    assert kinds_told("product.", "offer.") == ["product.named", "offer.opened", "offer.priced", "offer.priced"]


@pytest.mark.parametrize(
    ("name", "terms", "refusal"),
    [(" ", TOWEL, Nameless), ("打 13800002716", TOWEL, TermsWrong), ("浴巾", Terms(price_fen=0), TermsWrong)],
)
def test_what_cannot_be_offered_leaves_no_product_behind(
    noon: datetime, name: str, terms: Terms, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        up(noon, name=name, terms=terms)
    assert (Product.objects.count(), Offer.objects.count(), kinds_told("product.", "offer.")) == (0, 0, [])

"""What of share goes with an erased person, and what they get when they ask."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.loop.share.cast import COMMUNITY, people
from tongpin.core.people.erasure import Erasing
from tongpin.loop.share.commissions.actions import accrue, release_due
from tongpin.loop.share.commissions.models import Commission, Payout
from tongpin.loop.share.commissions.paying_out import pay_out
from tongpin.loop.share.erasing import erase_from_share
from tongpin.loop.share.exporting import export_share
from tongpin.loop.share.posters.models import Poster
from tongpin.loop.share.referrals.actions import bind_by_code, own_link, qualify
from tongpin.loop.share.referrals.models import Referral, ReferralLink

pytestmark = pytest.mark.django_db


def test_words_and_links_go_bonds_and_sales_stay_and_others_keep_theirs(noon: datetime) -> None:
    mei, lu = people(2, noon)
    links = {
        one: own_link(person_id=one, target_kind="community", target=COMMUNITY, at=noon, actor="t") for one in (mei, lu)
    }
    for one, link in links.items():
        Poster.objects.create(
            person_id=one, code_id=link.code_id, name="小美", sentence="一起吗？", content=b"x", drawn_at=noon
        )
    bond = bind_by_code(newcomer=lu, code_id=links[mei].code_id, community_id=COMMUNITY, at=noon)
    assert bond is not None
    qualify(newcomer=lu, order="A1", return_days=7, at=noon)
    accrue(order="A1", base_fen=11000, buyer=lu, introducer=mei, rate=800, held_days=0, at=noon)
    release_due(at=noon)
    pay_out(person_id=mei, amount_fen=880, nth=1, way="bank", reference="T-1", at=noon, actor="t")
    poster = Poster.objects.get(person_id=mei)
    assert {section.code: list(section.rows) for section in export_share((mei,))} == {
        "links": [{"link": links[mei].code, "kind": "community", "number": COMMUNITY, "at": noon}],
        "posters": [{"number": poster.pk, "name": "小美", "words": "一起吗？", "at": noon}],
        "referrals": [{"number": bond.id, "side": "brought", "generation": 1, "at": noon, "qualified": noon}],
        "commissions": [
            {"order": "A1", "base": 11000, "refunded": 0, "rate": 800, "amount": 880, "state": "paid", "at": noon}
        ],
        "payouts": [{"amount": 880, "how": "bank", "number": "T-1", "at": noon, "state": "paid"}],
    }
    assert [one["side"] for section in export_share((lu,)) if section.code == "referrals" for one in section.rows] == [
        "came"
    ]
    erase_from_share(Erasing(person_ids=(mei,), with_words=False, values=(), at=noon))
    assert list(ReferralLink.objects.values_list("person_id", flat=True)) == [lu]
    assert list(Poster.objects.values_list("person_id", flat=True)) == [lu]
    assert (Referral.objects.count(), Commission.objects.count()) == (1, 1)
    assert Payout.objects.get().reference == ""
    assert bind_by_code(newcomer=lu, code_id=links[mei].code_id, community_id=COMMUNITY, at=noon) is None

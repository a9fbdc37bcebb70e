"""Communities and places by API."""

from __future__ import annotations

from typing import get_args

from tests.web.api.asking import BEFORE, House, Program, refusal, turn, wrong_at
from tongpin.core.places.actions import know_place
from tongpin.core.places.models import Place
from tongpin.web.api.places import Kind

AT = "2026-11-20T04:00:00Z"


def test_communities_by_number(here: House, crm: Program, tea_crm: Program) -> None:
    tea = {"id": here.tea, "name": "春茶群", "founded_at": AT, "closed_at": None}
    run = {"id": here.run, "name": "夜跑群", "founded_at": AT, "closed_at": None}
    assert crm.get("/communities").json() == {"communities": [tea, run], "next": None}
    assert tea_crm.get("/communities").json() == {"communities": [tea], "next": None}
    assert turn(lambda **asked: crm.get("/communities", **asked), "communities", limit=1) == [tea, run]


def test_places_by_number_community_and_kind(here: House, crm: Program, tea_crm: Program) -> None:
    shop = know_place(kind=Place.Kind.SHOP, platform="youzan", name="茶铺", at=BEFORE, actor="staff:1")
    tea, run = (
        {
            "id": number, "kind": "group", "platform": "wechat", "name": f"{name} 1", "community_id": community,
            "opened_at": AT, "closed_at": None,
        }
        for number, name, community in ((here.tea_group, "春茶群", here.tea), (here.run_group, "夜跑群", here.run))
    )  # fmt: skip
    assert crm.get("/places", kind="group").json() == {"places": [tea, run], "next": None}
    assert crm.get("/places", community=here.run).json()["places"] == [run]
    assert [one["id"] for one in turn(lambda **a: crm.get("/places", **a), "places", limit=1)] == [
        here.tea_group,
        here.run_group,
        shop.pk,
    ]
    assert tea_crm.get("/places").json()["places"] == [tea]
    assert tea_crm.get("/places", community=here.run).json()["places"] == []


def test_every_kind_of_place_can_be_asked_for(crm: Program) -> None:
    assert set(get_args(Kind)) == {"", *Place.Kind.values}
    assert wrong_at(crm.get("/places", kind="moon")) == ["query.kind"]
    assert refusal(crm.get("/places", after="WyJ4Il0")) == (422, "mark_unreadable")

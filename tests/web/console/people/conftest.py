"""Who works here and whom they know: a house with two communities, and somebody who may see one of them only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.core.team.cast import hire
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.signs import Sign, sign
from tongpin.core.places.joining import join_by_hand
from tongpin.core.places.models import Community, Place
from tongpin.core.team.rules import Held, Role

ACTOR = "staff:1"
Meet = Callable[..., int]
AtWork = Callable[..., Client]
Queries = Callable[[Client, str], int]


@pytest.fixture
def at_work(db: None) -> AtWork:
    """at_work("viewer"), at_work("operator", community): somebody signed in with that role."""

    def _at_work(role: Role = "owner", community: int | None = None, *, login: str = "") -> Client:
        client = Client(headers={"accept-language": "en"})
        staff = hire(Held(role, community), login=login)
        client.force_login(staff, backend="tongpin.core.team.entry.StaffBackend")
        return client

    return _at_work


@pytest.fixture
def meet(db: None, noon: datetime) -> Meet:
    """meet("小美", "13812345678") is somebody with a nickname and signs; with `group` they are in it."""

    def _meet(nickname: str = "", *values: str, name: str = "", group: int = 0, signs: tuple[Sign, ...] = ()) -> int:
        told = tuple(sign("mail" if "@" in value else "phone", value) for value in values)
        met = add_by_hand(nickname=nickname, name=name, signs=told + signs, actor=ACTOR, at=noon).person_id
        if group:
            join_by_hand(person_id=met, place_id=group, actor=ACTOR, at=noon)
        return met

    return _meet


@pytest.fixture
def books(db: None, noon: datetime) -> tuple[int, int]:
    """The community 绘本妈妈营 and its group."""
    return _community("绘本妈妈营", "绘本 2 群", noon)


@pytest.fixture
def runners(db: None, noon: datetime) -> tuple[int, int]:
    """The community 妈妈晨跑团 and its group."""
    return _community("妈妈晨跑团", "晨跑 1 群", noon)


def _community(name: str, group: str, at: datetime) -> tuple[int, int]:
    community = Community.objects.create(name=name, founded_at=at)
    place = Place.objects.create(kind="group", platform="wechat", name=group, community=community, opened_at=at)
    return int(community.pk), int(place.pk)


@pytest.fixture
def queries() -> Queries:
    """How many queries a page takes."""

    def _queries(client: Client, address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    return _queries

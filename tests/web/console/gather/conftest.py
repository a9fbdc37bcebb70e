"""A community with its way in, and somebody of the team before an English browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from time_machine import travel

from tests.loop.gather.cast import ANSWERS, LIN, opened, somebody
from tests.web.console.shop_files import at_work
from tongpin.core.team.rules import Held
from tongpin.loop.gather.admission.actions import apply
from tongpin.loop.gather.charter.queries import charter_of
from tongpin.loop.gather.entrances.actions import make_entrance
from tongpin.loop.gather.entrances.queries import EntranceSeen

NOON_DOORS = timedelta(days=9)
"""How long before noon the community opened."""


@pytest.fixture(autouse=True)
def _at_noon(noon: datetime) -> Iterator[None]:
    with travel(noon, tick=False):
        yield


@pytest.fixture
def readers(db: None, noon: datetime) -> int:
    """青禾读书社, open to everybody."""
    return opened(noon - NOON_DOORS)


@pytest.fixture
def counter(readers: int, noon: datetime) -> EntranceSeen:
    """Its poster at the counter."""
    return make_entrance(
        community_id=readers, channel="counter", name="柜台海报", offline=True, paid=True, at=noon, actor=LIN
    )


@pytest.fixture
def boss(db: None) -> Client:
    """The owner of the house."""
    return at_work(Held("owner"))


def applied(community: int, at: datetime, name: str = "小美", *, by: EntranceSeen | None = None) -> int:
    """Somebody who asks to come in; the number of their application."""
    charter = charter_of(community_id=community)
    assert charter is not None
    return apply(
        community_id=community,
        person_id=somebody(at, name),
        answers=ANSWERS,
        charter_edition=charter.edition,
        at=at,
        actor="visitor",
        code_id=by.code_id if by else None,
    ).application_id

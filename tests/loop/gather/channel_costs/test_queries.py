"""Each way in with its cost and its yield."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.loop.gather.cast import ANSWERS, LIN, opened, somebody
from tongpin.core.books.costing import book_cost, reverse_cost
from tongpin.core.people.merging import merge
from tongpin.core.places.codes import open_code
from tongpin.loop.gather.admission.actions import apply
from tongpin.loop.gather.admission.deciding import accept, refuse
from tongpin.loop.gather.channel_costs.queries import EntranceYield, entrances_of
from tongpin.loop.gather.entrances.actions import make_entrance
from tongpin.loop.gather.entrances.queries import EntranceSeen

pytestmark = pytest.mark.django_db


def asks(person: int, made: int, way: EntranceSeen, at: datetime) -> int:
    """Somebody asks to be let in by this way; the application."""
    return apply(
        community_id=made,
        person_id=person,
        answers=ANSWERS,
        charter_edition=1,
        code_id=way.code_id,
        at=at,
        actor="t",
    ).application_id


def test_an_entrance_shows_people_applicants_accepted_and_what_each_cost(noon: datetime) -> None:
    made = opened(noon)
    making = {"community_id": made, "offline": True, "paid": True, "at": noon, "actor": LIN}
    way = make_entrance(channel="counter", name="柜台", **making)
    idle = make_entrance(channel="expo", name="书展", **making)
    people = [somebody(noon, name) for name in ("小美", "阿强", "路人")]
    for person in [*people, people[0], None]:
        open_code(code=way.code, person_id=person, at=noon)
    applications = [asks(person, made, way, noon) for person in people[:2]]
    accept(application_id=applications[0], at=noon, actor=LIN)
    refuse(application_id=applications[1], reason="full", at=noon, actor=LIN)
    book_cost(cost_kind="print", amount_fen=5000, community=made, entrance=way.id, at=noon, actor=LIN)
    wrong = book_cost(cost_kind="print", amount_fen=700, community=made, entrance=way.id, at=noon, actor=LIN)
    reverse_cost(cost=wrong.id, at=noon, actor=LIN)
    merge(kept=people[0], gone=people[2], reasons=["by_hand"], actor=LIN, at=noon)
    with CaptureQueriesContext(connection) as asked:
        found = entrances_of(community_id=made)
    assert len(asked) == 4
    assert found == [EntranceYield(idle, 0, 0, 0, 0, 0, None), EntranceYield(way, 5, 2, 2, 1, 5000, 5000)]


def test_who_applies_after_opening_a_code_as_nobody_has_come_by_it(noon: datetime) -> None:
    made = opened(noon)
    way = make_entrance(community_id=made, channel="counter", name="柜台", offline=True, paid=False, at=noon, actor=LIN)
    for name in ("小美", "阿强"):
        open_code(code=way.code, person_id=None, at=noon)
        person = somebody(noon, name)
        asks(person, made, way, noon)
    open_code(code=way.code, person_id=None, at=noon)
    assert entrances_of(community_id=made) == [EntranceYield(way, 3, 2, 2, 0, 0, None)]

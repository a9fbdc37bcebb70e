"""Making ways in and giving them up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.loop.gather.cast import LIN, community, told
from tongpin.core.places.codes import find_code
from tongpin.loop.gather.entrances.actions import (
    BadEntrance,
    EntranceUnknown,
    NameTaken,
    StrangeReason,
    close_entrance,
    make_entrance,
    reopen_entrance,
)
from tongpin.loop.gather.entrances.models import Entrance
from tongpin.loop.gather.entrances.queries import entrance_by_code, entrance_names, entrance_seen, entrances_in

pytestmark = pytest.mark.django_db


def making(noon: datetime) -> dict[str, Any]:
    return {"channel": "counter", "name": "柜台海报", "offline": True, "paid": True, "at": noon, "actor": LIN}


def test_an_entrance_has_a_code_of_its_own_that_leads_to_it(noon: datetime) -> None:
    made = community(noon)
    way = make_entrance(community_id=made, **making(noon))
    assert make_entrance(community_id=made, **making(noon)) == way
    found = find_code(code=way.code)
    assert found is not None
    assert (found.id, found.kind, found.target_kind, found.target) == (way.code_id, "entrance", "entrance", way.id)
    assert entrance_seen(entrance_id=way.id) == way
    assert entrance_by_code(community_id=made, code_id=way.code_id) == way
    assert entrance_by_code(community_id=made, code_id=None) is None
    assert entrance_by_code(community_id=community(noon, "别的社"), code_id=way.code_id) is None
    assert entrance_names(entrance_ids=[way.id]) == {way.id: "柜台海报"}
    code = {
        "tracked_code": way.code_id,
        "code_kind": "entrance",
        "target_kind": "entrance",
        "target": way.id,
        "staff": 1,
    }
    entrance = {"entrance": way.id, "channel": "counter", "tracked_code": way.code_id, "offline": True, "paid": True}
    assert told("tracked_code.made", "entrance.made") == [
        ("tracked_code.made", code),
        ("entrance.made", entrance | {"community": made, "staff": 1}),
    ]


def test_a_name_stands_for_one_entrance_of_a_community(noon: datetime) -> None:
    made = community(noon)
    way = make_entrance(community_id=made, **making(noon))
    with pytest.raises(NameTaken) as refused:
        make_entrance(community_id=made, **(making(noon) | {"channel": "expo"}))
    assert refused.value.entrance_id == way.id
    with pytest.raises(BadEntrance) as strange:
        make_entrance(community_id=made, **(making(noon) | {"channel": "telepathy", "name": "y"}))
    assert strange.value.reason == "strange_channel"
    assert Entrance.objects.count() == 1


def test_an_entrance_is_closed_and_used_again(noon: datetime) -> None:
    made = community(noon)
    way = make_entrance(community_id=made, **making(noon))
    with pytest.raises(StrangeReason):
        close_entrance(entrance_id=way.id, reason="mood", at=noon, actor=LIN)
    for _ in range(2):
        closed = [close_entrance(entrance_id=way.id, reason="paused", at=noon, actor=LIN) for _ in range(2)]
        assert [(one.closed_at, one.reason) for one in entrances_in(community_id=made)] == [(noon, "paused")]
        again = [reopen_entrance(entrance_id=way.id, at=noon, actor=LIN) for _ in range(2)]
        assert (closed, again) == ([True, False], [True, False])
    assert told("entrance.closed", "entrance.reopened") == [
        ("entrance.closed", {"entrance": way.id, "reason": "paused"}),
        ("entrance.reopened", {"entrance": way.id}),
        ("entrance.closed", {"entrance": way.id, "reason": "paused", "occurrence": 2}),
        ("entrance.reopened", {"entrance": way.id, "occurrence": 2}),
    ]
    for act in (
        lambda n: close_entrance(entrance_id=n, reason="over", at=noon, actor=LIN),
        lambda n: reopen_entrance(entrance_id=n, at=noon, actor=LIN),
    ):
        with pytest.raises(EntranceUnknown):
            act(way.id + 1)

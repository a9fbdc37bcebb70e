"""Writing the canvas."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.loop.gather.cast import CANVAS, LIN, community, told
from tongpin.core.places.models import Community
from tongpin.loop.gather.ground import CommunityClosed, CommunityUnknown
from tongpin.loop.gather.positioning.actions import NothingSaid, StrangeCode, write_positioning
from tongpin.loop.gather.positioning.models import Positioning
from tongpin.loop.gather.positioning.queries import Edition, positioning_of, positionings_of
from tongpin.loop.gather.positioning.rules import Canvas

pytestmark = pytest.mark.django_db


def test_each_change_is_an_edition_and_the_old_ones_stay(noon: datetime) -> None:
    made = community(noon)
    later = replace(CANVAS, tie="interest", motives=("knowledge", "fun"), values=" 不比进度\r\n 先夸再问\u200b ")
    assert write_positioning(community_id=made, canvas=CANVAS, at=noon, actor=LIN) == 1
    assert write_positioning(community_id=made, canvas=CANVAS, at=noon, actor=LIN) == 1
    assert write_positioning(community_id=made, canvas=later, at=noon, actor=LIN) == 2
    kept = replace(later, values="不比进度\n先夸再问")
    assert positionings_of(community_id=made) == [Edition(2, kept, noon, LIN), Edition(1, CANVAS, noon, LIN)]
    assert positioning_of(community_id=made) == Edition(2, kept, noon, LIN)
    facts = [body for _, body in told("positioning.written")]
    assert all(body.pop("tokens") for body in facts)
    assert facts == [
        {"community": made, "edition": 1, "community_kinds": ["learning"], "filled": 3},
        {
            "community": made,
            "edition": 2,
            "community_kinds": ["learning"],
            "tie": "interest",
            "motives": ["knowledge", "fun"],
            "filled": 6,
        },
    ]


def test_an_empty_or_strange_canvas_is_refused_and_nothing_changes(noon: datetime) -> None:
    made = community(noon)
    with pytest.raises(NothingSaid):
        write_positioning(community_id=made, canvas=Canvas(vision=" \n "), at=noon, actor=LIN)
    with pytest.raises(StrangeCode) as refused:
        write_positioning(community_id=made, canvas=replace(CANVAS, tie="blood"), at=noon, actor=LIN)
    assert refused.value.codes == ("blood",)
    with pytest.raises(CommunityUnknown):
        write_positioning(community_id=made + 1, canvas=CANVAS, at=noon, actor=LIN)
    Community.objects.update(closed_at=noon)
    with pytest.raises(CommunityClosed):
        write_positioning(community_id=made, canvas=CANVAS, at=noon, actor=LIN)
    assert (Positioning.objects.count(), told("positioning.written")) == (0, [])

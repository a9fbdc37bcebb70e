"""The launch checklist follows what was written, whoever wrote it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.loop.gather.cast import CANVAS, LIN, community, told
from tongpin.core.ledger.entries import Entry, from_rows
from tongpin.loop.gather.positioning.actions import write_positioning
from tongpin.reactions.keep_launch_lists import tick_launch_list

pytestmark = pytest.mark.django_db


def entry_of(kind: str) -> Entry:
    from django.db import connection

    from tongpin.core.ledger.entries import COLUMNS

    with connection.cursor() as cursor:
        cursor.execute(f"select {COLUMNS} from entry where kind = %s order by seq desc limit 1", [kind])
        return next(iter(from_rows(cursor.fetchall())))


def test_a_canvas_that_says_enough_ticks_its_item_once(noon: datetime) -> None:
    made = community(noon)
    write_positioning(community_id=made, canvas=CANVAS, at=noon, actor=LIN)
    written = entry_of("positioning.written")
    for _ in range(2):
        tick_launch_list(written)
    assert [body["item"] for _, body in told("launch_item.done")] == ["positioning"]


def test_what_belongs_to_no_community_ticks_nothing(noon: datetime) -> None:
    made = community(noon)
    write_positioning(community_id=made, canvas=CANVAS, at=noon, actor=LIN)
    written = entry_of("positioning.written")
    tick_launch_list(replace(written, body={}))
    tick_launch_list(replace(written, body={"community": made + 1}))
    assert told("launch_item.done") == []

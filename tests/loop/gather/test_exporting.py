"""What somebody who asks for their data gets."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.loop.gather.cast import ANSWERS, LIN, opened, somebody
from tongpin.loop.gather.admission.actions import apply
from tongpin.loop.gather.admission.deciding import accept
from tongpin.loop.gather.exporting import export_gather

pytestmark = pytest.mark.django_db


def test_they_get_their_own_and_nobody_elses(noon: datetime) -> None:
    made, person, other = opened(noon), somebody(noon), somebody(noon, "阿强")
    first, _ = (
        apply(community_id=made, person_id=one, answers=ANSWERS, charter_edition=1, at=noon, actor="t").application_id
        for one in (person, other)
    )
    accept(application_id=first, at=noon, actor=LIN)
    assert {section.code: list(section.rows) for section in export_gather((person,))} == {
        "applications": [{"number": first, "community": "青禾读书社", "at": noon, "state": "accepted"}],
        "answers": [
            {"number": first, "question": "我们怎么称呼你", "words": "小美"},
            {"number": first, "question": "你最想得到什么", "words": "有人一起"},
        ],
        "charters": [{"community": "青禾读书社", "edition": 1, "at": noon}],
        "welcomes": [{"community": "青禾读书社", "at": noon, "lines": 0, "done": None}],
    }

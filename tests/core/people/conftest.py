"""Layers made known to each other, and people met at the drop of a name."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.core.people.cast import Meet
from tongpin.core.intake.erasing import erase_from_intake
from tongpin.core.people.erasure import register_eraser
from tongpin.core.people.exporting import register_exporter
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.signs import Sign, sign
from tongpin.core.people.whereabouts import register_whereabouts
from tongpin.core.places.erasing import erase_from_places
from tongpin.core.places.exporting import export_places
from tongpin.core.places.whereabouts import WHEREABOUTS


@pytest.fixture(autouse=True)
def _layers() -> None:
    """What the wiring registers at start."""
    register_eraser("places", erase_from_places)
    register_eraser("intake", erase_from_intake)
    register_exporter("places", export_places)
    register_whereabouts(WHEREABOUTS)


@pytest.fixture
def meet(db: None, noon: datetime) -> Meet:
    """meet("小美", "13812345678") is somebody with a nickname and signs; phones and mails are told by their form."""

    def _meet(nickname: str = "", *values: str, name: str = "", signs: tuple[Sign, ...] = ()) -> int:
        told = tuple(sign("mail" if "@" in value else "phone", value) for value in values)
        return add_by_hand(nickname=nickname, name=name, signs=told + signs, actor="staff:1", at=noon).person_id

    return _meet

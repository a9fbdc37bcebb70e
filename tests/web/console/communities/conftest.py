"""Noon, and the owner of the house before an English browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.test import Client
from time_machine import travel

from tests.web.console.shop_files import at_work
from tongpin.core.team.rules import Held


@pytest.fixture(autouse=True)
def _at_noon(noon: datetime) -> Iterator[None]:
    with travel(noon, tick=False):
        yield


@pytest.fixture
def boss(db: None) -> Client:
    return at_work(Held("owner"))

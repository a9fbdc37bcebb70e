"""The house of the API's tests, a program that may do everything, and a door that nobody has knocked at yet."""

from __future__ import annotations

import pytest

from tests.core.people.cast import read_all
from tests.web.api.asking import House, Program, house, program
from tongpin.web.api import door


@pytest.fixture(autouse=True)
def _fresh_door() -> None:
    door.meter.forget()


@pytest.fixture
def here(db: None) -> House:
    """Two communities with a group each, and three people, read by the projections."""
    made = house()
    read_all()
    return made


@pytest.fixture
def crm(here: House) -> Program:
    """A program that may do everything everywhere."""
    return program()


@pytest.fixture
def tea_crm(here: House) -> Program:
    """A program of the tea community: 小美 is there, 阿强 and 路人 are not."""
    return program(communities=[here.tea])

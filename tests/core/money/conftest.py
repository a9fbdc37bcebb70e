"""A till for every test, taken away again after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.core.money.till import Heard, Street, sandbox
from tongpin.cashier.port import Provider
from tongpin.core.money.subjects import forget_subject, register_subject
from tongpin.core.money.tills import NoSuchTill, forget_till_opener, register_till_opener


@pytest.fixture(autouse=True)
def heard() -> Iterator[Heard]:
    """What the subject `order` was told."""
    ears = Heard()
    register_subject("order", ears.subject())
    yield ears
    forget_subject("order")


@pytest.fixture(autouse=True)
def street() -> Iterator[Street]:
    """The way to the test gateway for everything that opens a till by itself."""
    way = Street(sandbox())

    def opener(kind: str) -> Provider:
        if kind != "sandbox":
            raise NoSuchTill(kind)
        return way

    register_till_opener(opener)
    yield way
    forget_till_opener()

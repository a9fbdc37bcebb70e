"""What providers keep: changed only from the version they read, each in its own space."""

from __future__ import annotations

import pytest

from tests.at_once import at_once
from tongpin.cashier.port import StateStore
from tongpin.core.money.state import DatabaseStateStore


@pytest.mark.django_db
def test_a_value_is_changed_only_from_the_version_that_was_read() -> None:
    store: StateStore = DatabaseStateStore(kind="sandbox")
    assert store.get(key="a") is None
    assert store.put(key="a", value={"n": 1}, expected_version=None)
    assert not store.put(key="a", value={"n": 2}, expected_version=None)
    assert not store.put(key="a", value={"n": 2}, expected_version=2)
    assert store.get(key="a") == ({"n": 1}, 1)
    assert store.put(key="a", value={"n": "二"}, expected_version=1)
    assert not store.put(key="b", value={}, expected_version=1)
    assert store.get(key="a") == ({"n": "二"}, 2)


@pytest.mark.django_db
def test_one_provider_does_not_see_what_another_keeps() -> None:
    store, other = DatabaseStateStore(kind="sandbox"), DatabaseStateStore(kind="sand")
    for key in ("charge:1", "charge:2", "charge_x", "cert"):
        assert store.put(key=key, value={"key": key}, expected_version=None)
    assert other.put(key="charge:1", value={}, expected_version=None)
    assert dict(store.items(prefix="charge:")) == {"charge:1": {"key": "charge:1"}, "charge:2": {"key": "charge:2"}}
    assert [key for key, _ in store.items(prefix="charge_")] == ["charge_x"]
    assert [key for key, _ in other.items(prefix="")] == ["charge:1"]


@pytest.mark.django_db(transaction=True)
def test_eight_who_count_at_once_lose_no_count() -> None:
    store = DatabaseStateStore(kind="sandbox")
    store.put(key="n", value={"n": 0}, expected_version=None)

    def count() -> None:
        for _ in range(5):
            while True:
                found = store.get(key="n")
                assert found is not None
                if store.put(key="n", value={"n": found[0]["n"] + 1}, expected_version=found[1]):
                    break

    assert at_once(*[count] * 8) == [None] * 8
    assert store.get(key="n") == ({"n": 40}, 41)

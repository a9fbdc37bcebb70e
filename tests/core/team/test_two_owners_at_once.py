"""Races between two who act at the same moment, on real connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection

from tests.core.team.cast import acting, hire
from tongpin.core.team import actions, queries
from tongpin.core.team.models import Staff
from tongpin.core.team.rules import Held
from tongpin.core.team.tries import TooManyTries, take_try

pytestmark = pytest.mark.django_db(transaction=True)


def together(*deeds: Callable[[], object]) -> list[object]:
    """What each deed returned or raised when all began at once."""
    start, results = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(place: int, deed: Callable[[], object]) -> None:
        try:
            start.wait(timeout=20)
            results[place] = deed()  # type: ignore[call-overload]
        except Exception as error:
            results[place] = type(error)  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results  # type: ignore[return-value]


def test_two_owners_who_remove_each_other_leave_one(noon: datetime) -> None:
    first, second = hire(Held("owner"), login="first"), hire(Held("owner"), login="second")

    def remove(actor: Staff, target: Staff) -> None:
        actions.set_roles(actor=acting(actor), staff_id=target.pk, roles=[], now=noon)

    outcome = together(lambda: remove(first, second), lambda: remove(second, first))
    assert len(queries.owners()) == 1
    assert sorted(str(one) for one in outcome if one is not None) in (
        ["<class 'tongpin.core.team.actions.LastOwner'>"],
        ["<class 'tongpin.core.team.actions.NotAllowed'>"],
    )


def test_one_owner_link_lets_one_of_two_in(noon: datetime) -> None:
    owner = hire(Held("owner"))
    token = actions.make_owner_link(now=noon)

    def enter() -> int:
        return actions.enter_by_owner_link(secret=token, place="local", now=noon)

    outcome = together(enter, enter, enter)
    assert sorted(outcome, key=str) == sorted([owner.pk, actions.LinkSpent, actions.LinkSpent], key=str)


def test_ten_codes_at_once_are_ten_tries(noon: datetime) -> None:
    outcome = together(*[lambda: take_try(kind="code", whom="1", now=noon)] * 8)
    assert outcome.count(None) == 5
    assert outcome.count(TooManyTries) == 3

"""Name and password, without a browser."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from pytest_django import Settings

from tests.core.team.cast import PASSWORD, hire
from tongpin.core.team.entry import StaffBackend, seen_at, waiting_staff
from tongpin.core.team.models import Staff
from tongpin.core.team.rules import Held

pytestmark = pytest.mark.django_db


class CountedHasher(MD5PasswordHasher):
    """Counts how often somebody's time was spent on hashing."""

    algorithm = "counted"
    spent = 0

    def encode(self, password: str, salt: str) -> str:
        CountedHasher.spent += 1
        return super().encode(password, salt)


@pytest.mark.parametrize("who", ["known", "unknown", "invited", "off"])
def test_a_wrong_name_costs_as_much_time_as_a_wrong_password(who: str, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountedHasher"]
    hire(Held("viewer"), login="known")
    hire(Held("viewer"), login="invited", joined=False)
    Staff.objects.filter(pk=hire(Held("viewer"), login="off").pk).update(is_active=False)
    CountedHasher.spent = 0
    assert StaffBackend().authenticate(None, login=who, password="wrong") is None
    assert CountedHasher.spent == 1


def test_the_right_password_finds_the_person_however_the_name_was_typed() -> None:
    mate = hire(Held("viewer"), login="linqing")
    assert StaffBackend().authenticate(None, login=" LinQing ", password=PASSWORD) == mate
    assert StaffBackend().authenticate(None, login="linqing") is None
    assert StaffBackend().get_user(mate.pk) == mate
    Staff.objects.update(is_active=False)
    assert StaffBackend().get_user(mate.pk) is None
    assert StaffBackend().authenticate(None, login="linqing", password=PASSWORD) is None


def test_who_owes_the_second_step_is_known_by_the_stamp_of_their_password() -> None:
    mate = hire(Held("viewer"))
    stamp = mate.get_session_auth_hash()
    assert waiting_staff(staff_id=mate.pk, stamp=stamp) == mate
    assert waiting_staff(staff_id=mate.pk, stamp="") is None
    assert waiting_staff(staff_id=None, stamp=stamp) is None
    Staff.objects.update(epoch=1)
    assert waiting_staff(staff_id=mate.pk, stamp=stamp) is None


@pytest.mark.parametrize("stamp", [None, "", "yesterday", "2026-11-22T04:00:00"])
def test_a_moment_that_was_tampered_with_is_none(stamp: object) -> None:
    assert seen_at(stamp) is None

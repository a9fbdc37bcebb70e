"""The second step and its recovery codes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
import pytest

from tests.core.team.cast import acting, hire
from tongpin.core.team import second_step
from tongpin.core.team.limits import STEP
from tongpin.core.team.models import AuditLine, RecoveryCode, Staff
from tongpin.core.team.rules import Held
from tongpin.core.team.tries import TooManyTries

pytestmark = pytest.mark.django_db

HALF_MINUTE = timedelta(seconds=STEP)


def code(secret: str, at: datetime) -> str:
    return pyotp.TOTP(secret).generate_otp(int(at.timestamp()) // STEP)


def switched_on(staff: Staff, at: datetime) -> tuple[str, list[str]]:
    """The secret and the recovery codes of somebody who set the second step up."""
    second_step.begin_second_step(staff_id=staff.pk)
    secret = second_step.waiting_secret(staff_id=staff.pk)
    assert secret is not None
    given = second_step.confirm_second_step(staff_id=staff.pk, code=code(secret, at), actor=acting(staff), now=at)
    return secret, given


def take(staff: Staff, typed: str, at: datetime) -> str:
    return second_step.take_second_step(staff_id=staff.pk, code=typed, actor=acting(staff), now=at)


def test_the_first_right_code_turns_the_second_step_on(noon: datetime) -> None:
    mate = hire(Held("operator"))
    second_step.begin_second_step(staff_id=mate.pk)
    assert Staff.objects.get(pk=mate.pk).totp_since is None
    with pytest.raises(second_step.WrongCode):
        second_step.confirm_second_step(staff_id=mate.pk, code="000000", actor=acting(mate), now=noon)
    assert Staff.objects.get(pk=mate.pk).totp_since is None
    assert not RecoveryCode.objects.exists()
    secret = second_step.waiting_secret(staff_id=mate.pk)
    assert secret is not None
    codes = second_step.confirm_second_step(staff_id=mate.pk, code=code(secret, noon), actor=acting(mate), now=noon)
    assert len(set(codes)) == 10
    assert Staff.objects.get(pk=mate.pk).totp_since == noon
    assert second_step.waiting_secret(staff_id=mate.pk) is None
    assert list(AuditLine.objects.values_list("action", flat=True)) == ["staff.second_step_on"]


def test_beginning_again_leaves_a_second_step_that_is_on_as_it_is(noon: datetime) -> None:
    mate = hire(Held("operator"))
    secret, _ = switched_on(mate, noon)
    second_step.begin_second_step(staff_id=mate.pk)
    assert take(mate, code(secret, noon + HALF_MINUTE), noon + HALF_MINUTE) == "code"


def test_the_secret_and_the_codes_are_not_readable_in_the_tables(noon: datetime) -> None:
    mate = hire(Held("operator"))
    secret, codes = switched_on(mate, noon)
    kept = bytes(Staff.objects.get(pk=mate.pk).totp_secret or b"")
    marks = b"".join(bytes(mark) for mark in RecoveryCode.objects.values_list("digest", flat=True))
    assert secret.encode() not in kept
    assert not any(one.replace("-", "").encode() in marks for one in codes)


def test_a_code_lets_in_once(noon: datetime) -> None:
    mate = hire(Held("operator"))
    secret, _ = switched_on(mate, noon)
    with pytest.raises(second_step.WrongCode):
        take(mate, code(secret, noon), noon)
    later = noon + HALF_MINUTE
    assert take(mate, code(secret, later), later) == "code"
    with pytest.raises(second_step.WrongCode):
        take(mate, code(secret, later), later)


def test_a_recovery_code_lets_in_once_however_it_is_typed(noon: datetime) -> None:
    mate = hire(Held("operator"))
    _, codes = switched_on(mate, noon)
    assert take(mate, codes[3].upper().replace("-", " "), noon) == "recovery"
    with pytest.raises(second_step.WrongCode):
        take(mate, codes[3], noon)
    assert second_step.recovery_codes_left(staff_id=mate.pk) == 9
    assert AuditLine.objects.filter(action="staff.recovery_code_used").count() == 1


def test_the_recovery_code_of_another_does_not_let_in(noon: datetime) -> None:
    mate, other = hire(Held("operator")), hire(Held("viewer"))
    switched_on(mate, noon)
    _, codes = switched_on(other, noon)
    with pytest.raises(second_step.WrongCode):
        take(mate, codes[0], noon)
    assert second_step.recovery_codes_left(staff_id=other.pk) == 10


def test_after_five_wrong_codes_even_the_right_one_waits(noon: datetime) -> None:
    mate = hire(Held("operator"))
    secret, codes = switched_on(mate, noon)
    for _ in range(5):
        with pytest.raises(second_step.WrongCode):
            take(mate, "000000", noon)
    for typed in (code(secret, noon + HALF_MINUTE), codes[0]):
        with pytest.raises(TooManyTries) as shut:
            take(mate, typed, noon + HALF_MINUTE)
        assert shut.value.opens_at == noon + timedelta(minutes=15)
    later = noon + timedelta(minutes=15)
    assert take(mate, code(secret, later), later) == "code"


def test_a_right_code_forgets_the_wrong_ones_before_it(noon: datetime) -> None:
    mate = hire(Held("operator"))
    _, codes = switched_on(mate, noon)
    for recovery in codes[:3]:
        for _ in range(4):
            with pytest.raises(second_step.WrongCode):
                take(mate, "000000", noon)
        assert take(mate, recovery, noon) == "recovery"


def test_new_recovery_codes_make_the_old_ones_void(noon: datetime) -> None:
    mate = hire(Held("operator"))
    _, old = switched_on(mate, noon)
    new = second_step.new_recovery_codes(staff_id=mate.pk, actor=acting(mate), now=noon)
    with pytest.raises(second_step.WrongCode):
        take(mate, old[0], noon)
    assert take(mate, new[0], noon) == "recovery"


def test_switching_it_off_leaves_nothing_and_no_used_code_comes_back(noon: datetime) -> None:
    mate = hire(Held("operator"))
    secret, codes = switched_on(mate, noon)
    second_step.end_second_step(staff_id=mate.pk, actor=acting(mate), now=noon)
    for typed in (code(secret, noon + HALF_MINUTE), codes[0]):
        with pytest.raises(second_step.WrongCode):
            take(mate, typed, noon + HALF_MINUTE)
    assert Staff.objects.get(pk=mate.pk).totp_secret is None


def test_the_square_code_names_the_house_and_the_person() -> None:
    address = second_step.setup_address(secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", login="晴姐")
    assert address == "otpauth://totp/Tongpin:%E6%99%B4%E5%A7%90?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Tongpin"

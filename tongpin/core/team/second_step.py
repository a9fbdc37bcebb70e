"""The second step of signing in (两步验证): a code of 30 seconds, or a recovery code that works once."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

import pyotp
from django.db import transaction
from django.db.models import F

from tongpin.base.ids import token
from tongpin.core.team.keys import keyring
from tongpin.core.team.limits import matching_step
from tongpin.core.team.models import RecoveryCode, Staff
from tongpin.core.team.rules import Actor
from tongpin.core.team.trail import audit
from tongpin.core.team.tries import forget_tries, take_try

CONTEXT = "team_staff.totp_secret"
RECOVERY_CODES = 10


class WrongCode(Exception):
    """The code is wrong, too old or was used before."""


def _recovery_mark(code: str) -> bytes:
    return keyring().blind("recovery", re.sub(r"[\s\-]", "", code).lower())


def begin_second_step(*, staff_id: int) -> None:
    """Makes a secret that counts from the first right code on. Leaves a second step that is on as it is."""
    Staff.objects.filter(pk=staff_id, totp_since__isnull=True).update(
        totp_secret=keyring().encrypt(pyotp.random_base32(), context=CONTEXT), totp_last_step=0
    )


def waiting_secret(*, staff_id: int) -> str | None:
    """The secret to show while the second step is being set up; None once it is on."""
    staff = Staff.objects.filter(pk=staff_id, totp_since__isnull=True, totp_secret__isnull=False).first()
    return keyring().decrypt(staff.totp_secret or b"", context=CONTEXT) if staff else None


def setup_address(*, secret: str, login: str) -> str:
    """What the square code says (otpauth://…)."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Tongpin")


def _use_step(staff: Staff, code: str, now: datetime) -> bool:
    if not staff.totp_secret:
        return False
    secret = keyring().decrypt(staff.totp_secret, context=CONTEXT)
    step = matching_step(secret=secret, code=code, at=now, after_step=staff.totp_last_step)
    if step is None:
        return False
    return Staff.objects.filter(pk=staff.pk, totp_last_step__lt=step).update(totp_last_step=step) == 1


def confirm_second_step(*, staff_id: int, code: str, actor: Actor, now: datetime) -> list[str]:
    """Turns the second step on and hands out the recovery codes, once. Raises WrongCode, TooManyTries."""
    take_try(kind="code", whom=str(staff_id), now=now)
    with transaction.atomic():
        staff = Staff.objects.select_for_update().get(pk=staff_id)
        if staff.totp_since is not None or not _use_step(staff, code, now):
            raise WrongCode
        Staff.objects.filter(pk=staff_id).update(totp_since=now)
        audit(actor=actor, action="staff.second_step_on", at=now, subject=("staff", staff_id))
        codes = _new_codes(staff_id)
    forget_tries(kind="code", whom=str(staff_id))
    return codes


def _new_codes(staff_id: int) -> list[str]:
    codes = [token(size=12) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(staff_id=staff_id).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(staff_id=staff_id, digest=_recovery_mark(code)) for code in codes)
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


@transaction.atomic
def new_recovery_codes(*, staff_id: int, actor: Actor, now: datetime) -> list[str]:
    """Ten new codes; the old ones are void."""
    audit(actor=actor, action="staff.recovery_codes_made", at=now, subject=("staff", staff_id))
    return _new_codes(staff_id)


def recovery_codes_left(*, staff_id: int) -> int:
    """How many recovery codes were not used yet."""
    return RecoveryCode.objects.filter(staff_id=staff_id, used_at__isnull=True).count()


def take_second_step(*, staff_id: int, code: str, actor: Actor, now: datetime) -> Literal["code", "recovery"]:
    """Lets through with the right code, once for each code. Raises WrongCode, TooManyTries."""
    take_try(kind="code", whom=str(staff_id), now=now)
    staff = Staff.objects.get(pk=staff_id)
    if _use_step(staff, code, now):
        forget_tries(kind="code", whom=str(staff_id))
        return "code"
    with transaction.atomic():
        used = RecoveryCode.objects.filter(staff_id=staff_id, digest=_recovery_mark(code), used_at__isnull=True).update(
            used_at=now
        )
        if used:
            audit(actor=actor, action="staff.recovery_code_used", at=now, subject=("staff", staff_id))
    if not used:
        raise WrongCode
    forget_tries(kind="code", whom=str(staff_id))
    return "recovery"


@transaction.atomic
def end_second_step(*, staff_id: int, actor: Actor, now: datetime) -> None:
    """Turns the second step off; who may do it for another is decided by `actions.lift_second_step`."""
    Staff.objects.filter(pk=staff_id).update(totp_secret=None, totp_since=None, totp_last_step=F("totp_last_step"))
    RecoveryCode.objects.filter(staff_id=staff_id).delete()
    audit(actor=actor, action="staff.second_step_off", at=now, subject=("staff", staff_id))

"""Letting staff in by name and password. django-axes stands before this and counts; the second step comes after."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off, get_failure_limit
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from tongpin.core.team.models import Staff
from tongpin.core.team.rules import Actor, login_form
from tongpin.core.team.trail import audit
from tongpin.core.team.tries import forget_tries, take_try


class StaffBackend(BaseBackend):
    """Name and password of someone who works here."""

    def authenticate(
        self, request: HttpRequest | None, login: str | None = None, password: str | None = None, **_: object
    ) -> Staff | None:
        """The person, or None. An unknown name costs as much time as a wrong password."""
        if login is None or password is None:
            return None
        staff = Staff.objects.filter(login=login_form(login).replace("\x00", "")).first()
        if staff is None or not staff.is_active:
            make_password(password)
            return None
        return staff if staff.check_password(password) else None

    def get_user(self, user_id: int) -> Staff | None:
        """The person of a session, unless they were switched off since."""
        return Staff.objects.filter(pk=user_id, is_active=True).first()


def seen_at(stamp: object) -> datetime | None:
    """A moment kept in a session as text; None where it is missing or was tampered with."""
    try:
        found = datetime.fromisoformat(str(stamp))
    except ValueError:
        return None
    return found if found.tzinfo else None


def waiting_staff(*, staff_id: object, stamp: object) -> Staff | None:
    """Who gave the right password and owes the second step, unless the password changed meanwhile."""
    staff = Staff.objects.filter(pk=staff_id, is_active=True).first() if isinstance(staff_id, int) else None
    return staff if staff and constant_time_compare(staff.get_session_auth_hash(), str(stamp)) else None


def staff_to_let_in(*, staff_id: int) -> Staff:
    """The row a session is begun for."""
    return Staff.objects.get(pk=staff_id, is_active=True)


def password_is_right(*, staff_id: int, password: str, now: datetime) -> bool:
    """Whether it is their present password; counted, for someone may sit at an open screen. Raises TooManyTries."""
    take_try(kind="code", whom=f"password:{staff_id}", now=now)
    right = Staff.objects.get(pk=staff_id).check_password(password)
    if right:
        forget_tries(kind="code", whom=f"password:{staff_id}")
    return right


def lock_opens_at(request: HttpRequest, *, credentials: dict[str, Any] | None) -> datetime | None:
    """When django-axes lets this name try again from this address; None where it is not locked."""
    AxesProxyHandler.update_request(request)
    attempts = AxesProxyHandler.get_implementation().get_user_attempts(request, credentials)
    cool_off = get_cool_off(request)
    latest: datetime | None = None
    for rows in attempts:
        counted = list(rows.order_by("attempt_time").values_list("attempt_time", "failures_since_start"))
        left = sum(count for _, count in counted)
        limit = get_failure_limit(request, credentials)
        for at, count in counted:
            if left < limit:
                break
            left -= count
            latest = max(filter(None, [latest, at + cool_off]))
    return latest


@transaction.atomic
def note_lock_out(request: HttpRequest, *, credentials: dict[str, Any] | None, place: str, now: datetime) -> None:
    """Tells the trail that a door was shut: once, at the try that shut it, and only for somebody who works here."""
    if getattr(request, "axes_failures_since_start", None) != get_failure_limit(request, credentials):
        return
    staff = Staff.objects.filter(login=(credentials or {}).get("login")).first()
    if staff is not None:
        audit(actor=Actor("system", place=place), action="staff.locked_out", at=now, subject=("staff", staff.pk))

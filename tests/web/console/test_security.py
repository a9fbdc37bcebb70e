"""One's own account."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pyotp
import pytest
from django.test import Client
from django.urls import reverse

from tests.core.team.cast import PASSWORD, hire
from tongpin.core.team import second_step
from tongpin.core.team.limits import STEP
from tongpin.core.team.models import AuditLine, Staff, Visit
from tongpin.core.team.rules import Held

pytestmark = pytest.mark.django_db

NEW = "five blue kettles"


def url(name: str, *arguments: object) -> str:
    return reverse(f"console:{name}", args=arguments)


def signed_in(login: str = "xiaoman", password: str = PASSWORD) -> Client:
    client = Client()
    assert client.post("/sign-in/", {"login": login, "password": password}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get(url("security")).status_code == 200


def code_now(staff: Staff) -> str:
    secret = second_step.waiting_secret(staff_id=staff.pk) or ""
    return pyotp.TOTP(secret).generate_otp(int(datetime.now(UTC).timestamp()) // STEP)


def test_a_new_password_ends_every_other_session_but_not_this_one() -> None:
    hire(Held("viewer"), login="xiaoman")
    here, there = signed_in(), signed_in()
    key = here.session.session_key
    response = here.post(url("security_password"), {"present": PASSWORD, "password": NEW, "repeat": NEW})
    assert response.status_code == 302
    assert is_in(here)
    assert not is_in(there)
    assert here.session.session_key != key
    assert [visit.session_key for visit in Visit.objects.all()] == [here.session.session_key]
    assert signed_in(password=NEW)


def test_a_new_password_needs_the_present_one_and_the_present_one_is_not_guessed_for_long() -> None:
    hire(Held("viewer"), login="xiaoman")
    client = signed_in()
    wrong = {"present": "guessing", "password": NEW, "repeat": NEW}
    answers = [client.post(url("security_password"), wrong).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert client.post(url("security_password"), {**wrong, "present": PASSWORD}).status_code == 429
    assert signed_in()


@pytest.mark.parametrize("weak", ["short", "password123", "1234567890"])
def test_a_weak_password_is_refused_beside_its_field(weak: str) -> None:
    hire(Held("viewer"), login="xiaoman")
    client = signed_in()
    response = client.post(url("security_password"), {"present": PASSWORD, "password": weak, "repeat": weak})
    assert response.status_code == 422
    assert 'id="id_password_error"' in response.content.decode()
    assert signed_in()


def test_the_second_step_is_set_up_by_a_square_code_and_answers_with_recovery_codes() -> None:
    staff = hire(Held("viewer"), login="xiaoman")
    client = signed_in()
    assert "data:image/svg+xml" not in client.get(url("security")).content.decode()
    client.post(url("security_second_step"))
    page = client.get(url("security")).content.decode()
    assert 'src="data:image/svg+xml' in page
    assert client.post(url("security_confirm"), {"code": "000000"}).status_code == 422
    response = client.post(url("security_confirm"), {"code": code_now(staff)})
    assert response["Cache-Control"] == "private, no-store"
    codes = re.findall(r"\b[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}\b", response.content.decode())
    assert len(set(codes)) == 10
    assert client.get(url("security")).content.decode().count(codes[0]) == 0
    other = Client()
    assert other.post("/sign-in/", {"login": "xiaoman", "password": PASSWORD})["Location"] == url("second_step")
    assert other.post(url("second_step"), {"code": codes[0]}).status_code == 302
    assert is_in(other)


def test_switching_the_second_step_off_needs_the_password() -> None:
    staff = hire(Held("viewer"), login="xiaoman")
    client = signed_in()
    client.post(url("security_second_step"))
    client.post(url("security_confirm"), {"code": code_now(staff)})
    assert client.post(url("security_second_step_off"), {"off-present": "x"}).status_code == 422
    assert client.post(url("security_codes"), {"codes-present": "x"}).status_code == 422
    assert Staff.objects.get().totp_since is not None
    assert client.post(url("security_codes"), {"codes-present": PASSWORD}).status_code == 200
    assert client.post(url("security_second_step_off"), {"off-present": PASSWORD}).status_code == 302
    assert Staff.objects.get().totp_since is None
    assert client.post(url("security_codes"), {"codes-present": PASSWORD}).status_code == 302
    assert second_step.recovery_codes_left(staff_id=staff.pk) == 0
    deeds = list(AuditLine.objects.order_by("id").values_list("action", flat=True))
    assert deeds == [
        "staff.signed_in", "staff.second_step_on", "staff.recovery_codes_made", "staff.second_step_off",
    ]  # fmt: skip


def test_one_session_can_be_ended_from_another() -> None:
    hire(Held("viewer"), login="xiaoman")
    here, there = signed_in(), signed_in()
    other = Visit.objects.get(session_key=there.session.session_key)
    here.post(url("security_end_session", other.pk))
    assert is_in(here)
    assert not is_in(there)


def test_nobody_ends_the_session_of_another() -> None:
    hire(Held("viewer"), login="xiaoman")
    hire(Held("owner"), login="qing")
    mine, theirs = signed_in(), signed_in("qing")
    mine.post(url("security_end_session", Visit.objects.get(session_key=theirs.session.session_key).pk))
    assert is_in(theirs)


def test_signing_out_everywhere_else_keeps_this_session() -> None:
    hire(Held("viewer"), login="xiaoman")
    here, there, third = signed_in(), signed_in(), signed_in()
    assert here.post(url("security_end_sessions")).status_code == 302
    assert [is_in(client) for client in (here, there, third)] == [True, False, False]


def test_name_and_language_are_ones_own() -> None:
    hire(Held("viewer"), login="xiaoman")
    client = signed_in()
    client.post(url("security_name"), {"display_name": " 小满 ", "language": "en"})
    staff = Staff.objects.get()
    assert (staff.display_name, staff.language) == ("小满", "en")
    assert "My account" in client.get(url("security")).content.decode()
    assert client.post(url("security_name"), {"display_name": "", "language": "xx"}).status_code == 422

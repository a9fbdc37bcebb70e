"""Coming in: password, second step, owner link, invitation, lock-out."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from tests.core.team.cast import PASSWORD, acting, hire
from tongpin.core.team import actions, queries, second_step
from tongpin.core.team.limits import STEP
from tongpin.core.team.models import AuditLine, Pass, Staff, Visit
from tongpin.core.team.rules import Held

pytestmark = pytest.mark.django_db

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
SIGN_IN = "/sign-in/"
CODE = "/sign-in/code/"


def present() -> datetime:
    return datetime.now(UTC)


def sign_in(client: Client, login: str, password: str = PASSWORD, **more: str) -> tuple[int, str]:
    response = client.post(SIGN_IN, {"login": login, "password": password, **more}, headers={"User-Agent": AGENT})
    return response.status_code, response.get("Location", "")


def is_in(client: Client) -> bool:
    return client.get(reverse("console:security")).status_code == 200


def with_second_step(staff: Staff) -> tuple[str, list[str]]:
    """Secret and recovery codes of somebody whose second step was set up ten minutes ago."""
    earlier = present() - timedelta(minutes=10)
    second_step.begin_second_step(staff_id=staff.pk)
    secret = second_step.waiting_secret(staff_id=staff.pk) or ""
    code = pyotp.TOTP(secret).generate_otp(int(earlier.timestamp()) // STEP)
    return secret, second_step.confirm_second_step(staff_id=staff.pk, code=code, actor=acting(staff), now=earlier)


def code_now(secret: str) -> str:
    return pyotp.TOTP(secret).generate_otp(int(present().timestamp()) // STEP)


def deeds() -> list[str]:
    return list(AuditLine.objects.order_by("id").values_list("action", flat=True))


def test_name_and_password_let_in_under_a_new_session() -> None:
    hire(Held("operator"), login="xiaoman")
    client = Client()
    client.get(SIGN_IN)
    assert sign_in(client, " XiaoMan ") == (302, "/")
    assert is_in(client)
    visit = Visit.objects.get()
    assert (visit.how, visit.device, visit.place) == ("password", "Chrome · Linux", "local")
    assert visit.session_key == client.session.session_key
    assert client.session.get_expire_at_browser_close()
    assert deeds() == ["staff.signed_in"]


def test_a_session_known_before_signing_in_is_worth_nothing_afterwards() -> None:
    staff = hire(Held("operator"), login="xiaoman")
    with_second_step(staff)
    victim = Client()
    sign_in(victim, "xiaoman")
    before = victim.session.session_key
    assert before
    victim.post(
        CODE, {"code": second_step.new_recovery_codes(staff_id=staff.pk, actor=acting(staff), now=present())[0]}
    )
    assert is_in(victim)
    assert victim.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.parametrize("login", ["xiaoman", "nobody", "invited", "off", "x" * 150])
def test_what_is_wrong_is_answered_alike_for_known_and_unknown_names(login: str) -> None:
    hire(Held("operator"), login="xiaoman")
    hire(Held("operator"), login="invited", joined=False)
    gone = hire(Held("operator"), login="off")
    Staff.objects.filter(pk=gone.pk).update(is_active=False)
    client = Client()
    password = "a wrong password" if login == "xiaoman" else PASSWORD
    response = client.post(SIGN_IN, {"login": login, "password": password})
    assert response.status_code == 422
    page = re.sub(r'value="[^"]*"', "", response.content.decode())
    other = client.post(SIGN_IN, {"login": "somebody else", "password": password}).content.decode()
    assert page == re.sub(r'value="[^"]*"', "", other)
    assert not is_in(client)
    assert not Visit.objects.exists()


@pytest.mark.parametrize("given", [{"login": "nul\x00"}, {"login": "x" * 201}, {"password": "x" * 1001}, {"login": ""}])
def test_what_nobody_can_have_typed_is_refused_before_it_is_tried(given: dict[str, str]) -> None:
    answer = Client().post(SIGN_IN, {"login": "xiaoman", "password": PASSWORD, **given})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_what_was_typed_stays_but_not_the_password() -> None:
    page = Client().post(SIGN_IN, {"login": "xiaoman", "password": "secret words"}).content.decode()
    assert 'value="xiaoman"' in page
    assert "secret words" not in page


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/settings/team/?x=1", "/settings/team/?x=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http://testserver/settings/", "http://testserver/settings/"),
        ("", "/"),
    ],
)
def test_one_is_sent_back_to_pages_of_this_house_only(wanted: str, goes: str) -> None:
    hire(Held("operator"), login="xiaoman")
    assert sign_in(Client(), "xiaoman", next=wanted) == (302, goes)


def test_ones_own_device_stays_signed_in_for_two_weeks() -> None:
    hire(Held("operator"), login="xiaoman")
    client = Client()
    sign_in(client, "xiaoman", own_device="on")
    assert not client.session.get_expire_at_browser_close()
    assert client.session.get_expiry_age() == 14 * 86400


def test_the_language_of_the_teammate_comes_with_them() -> None:
    staff = hire(Held("operator"), login="xiaoman")
    actions.set_name_and_language(staff_id=staff.pk, display_name="小满", language="en")
    client = Client()
    sign_in(client, "xiaoman")
    assert client.cookies["tongpin_language"].value == "en"


def test_after_eight_wrong_passwords_the_door_is_shut_and_says_until_when() -> None:
    hire(Held("operator"), login="xiaoman")
    client = Client()
    began = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    with time_machine.travel(began, tick=False) as clock:
        answers = [sign_in(client, "xiaoman", "wrong password")[0] for _ in range(8)]
        assert answers == [422] * 7 + [429]
        clock.shift(60)
        shut = client.post(SIGN_IN, {"login": "xiaoman", "password": PASSWORD})
        assert shut.status_code == 429
        assert not Visit.objects.exists()
        opens = re.search(r'datetime="([^"]+)"', shut.content.decode())
        assert opens is not None
        assert shut["Retry-After"] == str(int((datetime.fromisoformat(opens[1]) - began).total_seconds()) - 60)
        clock.move_to(datetime.fromisoformat(opens[1]) + timedelta(seconds=1))
        assert sign_in(client, "xiaoman") == (302, "/")
    assert deeds() == ["staff.locked_out", "staff.signed_in"]


def test_the_wrong_passwords_of_one_shut_out_nobody_else() -> None:
    hire(Held("operator"), login="xiaoman")
    hire(Held("viewer"), login="kan")
    for _ in range(9):
        sign_in(Client(), "xiaoman", "wrong password")
    assert sign_in(Client(), "kan") == (302, "/")
    assert sign_in(Client(REMOTE_ADDR="203.0.113.9"), "xiaoman") == (302, "/")


def test_the_second_step_asks_for_a_code_after_the_password() -> None:
    secret, _ = with_second_step(hire(Held("manager"), login="zhou"))
    client = Client()
    assert sign_in(client, "zhou", next="/settings/team/") == (302, CODE)
    assert not is_in(client)
    assert client.get(CODE).status_code == 200
    assert client.post(CODE, {"code": "000000"}).status_code == 422
    assert not is_in(client)
    right = code_now(secret)
    response = client.post(CODE, {"code": right})
    assert (response.status_code, response["Location"]) == (302, "/settings/team/")
    assert is_in(client)
    assert Visit.objects.get().how == "code"
    other = Client()
    sign_in(other, "zhou")
    assert other.post(CODE, {"code": right}).status_code == 422
    assert not is_in(other)


def test_the_second_step_is_nothing_without_the_password() -> None:
    with_second_step(hire(Held("manager"), login="zhou"))
    client = Client()
    assert client.get(CODE)["Location"] == SIGN_IN
    assert client.post(CODE, {"code": "000000"})["Location"] == SIGN_IN


def test_the_second_step_must_follow_within_five_minutes_and_with_the_same_password() -> None:
    staff = hire(Held("manager"), login="zhou")
    secret, codes = with_second_step(staff)
    client = Client()
    sign_in(client, "zhou")
    with time_machine.travel(present() + timedelta(minutes=5, seconds=1)):
        assert client.post(CODE, {"code": code_now(secret)})["Location"] == SIGN_IN
    sign_in(client, "zhou")
    actions.set_password(actor=acting(staff), staff_id=staff.pk, password="another one", keep=None, now=present())
    assert client.post(CODE, {"code": codes[0]})["Location"] == SIGN_IN
    assert not is_in(client)


def test_after_five_wrong_codes_the_second_step_is_shut() -> None:
    _, codes = with_second_step(hire(Held("manager"), login="zhou"))
    client = Client()
    sign_in(client, "zhou")
    answers = [client.post(CODE, {"code": "000000"}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    shut = client.post(CODE, {"code": codes[0]})
    assert shut.status_code == 429
    assert int(shut["Retry-After"]) > 0
    assert not is_in(client)


def test_the_first_owner_comes_in_by_the_printed_link() -> None:
    token = actions.make_owner_link(now=present())
    client, preview = Client(), Client()
    page = preview.get(reverse("console:owner", args=[token]))
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "strict-origin"
    assert Pass.objects.get().used_count == 0
    form = {"token": token, "display_name": "晴姐", "login": "Qing", "password": PASSWORD, "repeat": PASSWORD}
    weak = client.post("/enter/", {**form, "password": "1234567890", "repeat": "1234567890"})
    differ = client.post("/enter/", {**form, "repeat": "x"})
    assert [weak.status_code, differ.status_code] == [422, 422]
    assert not Staff.objects.exists()
    response = client.post("/enter/", form)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_in(client)
    assert queries.owners() == [Staff.objects.get(login="qing").pk]
    assert preview.get(reverse("console:owner", args=[token])).status_code == 410
    assert preview.post("/enter/", {**form, "login": "second"}).status_code == 410
    assert Staff.objects.count() == 1


def test_a_later_owner_link_signs_the_owner_in_who_may_then_set_a_password() -> None:
    owner = hire(Held("owner"), login="qing")
    with_second_step(owner)
    token = actions.make_owner_link(now=present())
    client = Client()
    assert "晴姐" in client.get(f"/owner/{token}/").content.decode()
    response = client.post("/enter/", {"token": token})
    assert (response.status_code, response["Location"]) == (302, reverse("console:security"))
    new = {"password": "five blue kettles", "repeat": "five blue kettles"}
    assert client.post(reverse("console:security_password"), new).status_code == 302
    assert sign_in(Client(), "qing", "five blue kettles") == (302, CODE)
    assert client.post(reverse("console:security_password"), new).status_code == 422
    assert Client().post("/enter/", {"token": token}).status_code == 410


def test_a_link_is_not_written_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    token = actions.make_owner_link(now=present())
    with caplog.at_level(logging.DEBUG, logger="tongpin"):
        Client().get(f"/owner/{token}/")
        Client().post("/enter/", {"token": token})
    assert token not in caplog.text
    assert token not in str(list(Session.objects.values()))


def test_a_teammate_joins_by_invitation_and_then_signs_in() -> None:
    owner = hire(Held("owner"))
    made = actions.invite(
        actor=acting(owner), login="xiaoman", display_name="小满", roles=[Held("operator")], now=present()
    )
    client = Client()
    assert "小满" in client.get(f"/enter/{made.secret}/").content.decode()
    response = client.post("/enter/", {"token": made.secret, "password": PASSWORD, "repeat": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_in(client)
    assert Visit.objects.get().how == "invitation"
    assert sign_in(Client(), "xiaoman") == (302, "/")
    assert client.get(f"/enter/{made.secret}/").status_code == 410


def test_a_link_for_a_new_password_ends_old_sessions_and_does_not_skip_the_second_step() -> None:
    owner, mate = hire(Held("owner")), hire(Held("operator"), login="xiaoman")
    old = Client()
    sign_in(old, "xiaoman")
    with_second_step(mate)
    token = actions.make_password_link(actor=acting(owner), staff_id=mate.pk, now=present())
    client = Client()
    new = {"token": token, "password": "five blue kettles", "repeat": "five blue kettles"}
    assert client.post("/enter/", new)["Location"] == CODE
    assert not is_in(client)
    assert not is_in(old)
    assert sign_in(Client(), "xiaoman") == (422, "")


def test_guessing_links_is_stopped() -> None:
    answers = [Client().get(f"/enter/guess{number}/").status_code for number in range(22)]
    assert answers == [410] * 20 + [429] * 2


def test_the_address_of_the_form_alone_leads_to_sign_in() -> None:
    assert Client().get("/enter/")["Location"] == SIGN_IN


def test_signing_out_ends_the_session_and_needs_a_button() -> None:
    hire(Held("operator"), login="xiaoman")
    client = Client()
    sign_in(client, "xiaoman")
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == SIGN_IN
    assert not is_in(client)
    assert not Visit.objects.exists()
    assert not Session.objects.exists()


def test_forms_are_refused_without_their_token() -> None:
    hire(Held("operator"), login="xiaoman")
    client = Client(enforce_csrf_checks=True)
    assert client.post(SIGN_IN, {"login": "xiaoman", "password": PASSWORD}).status_code == 403

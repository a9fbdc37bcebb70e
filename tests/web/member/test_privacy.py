"""A member sees what is known of them, switches what they agreed to, takes a copy, and may be deleted."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from django.test import Client

from tongpin.base.clock import now as present
from tongpin.core.people.consents import may_contact
from tongpin.core.people.models import Person
from tongpin.core.people.visitors import meet_visitor
from tongpin.core.people.wishes import erase_due, wish_of
from tongpin.web.look.gate import MEMBER_COOKIE

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine() -> tuple[Client, int]:
    """A phone with a session, and whose it is."""
    visit = meet_visitor(nickname="小美", phone="13812345678", at=present())
    phone = Client(headers={"accept-language": "zh-hans"})
    phone.cookies[MEMBER_COOKIE] = visit.secret
    return phone, visit.person_id


def test_a_stranger_reads_what_we_would_keep(client: Client) -> None:
    answer = client.get("/me/privacy/", headers={"accept-language": "zh-hans"})
    assert answer.status_code == 200
    assert "加密" in answer.text


def test_the_four_kinds_are_shown_and_never_to_somebody_else(mine: tuple[Client, int]) -> None:
    phone, _ = mine
    page = phone.get("/me/privacy/")
    assert "小美" in page.text
    assert page["Cache-Control"] == "private, no-store"
    assert "小美" not in Client(headers={"accept-language": "zh-hans"}).get("/me/privacy/").text


@pytest.mark.parametrize("purpose", ["service", "promotion", "recommend", "publish_words"])
def test_yes_and_no_hold_at_once(mine: tuple[Client, int], purpose: str) -> None:
    phone, person = mine
    for on in ("1", "0", "1"):
        phone.post("/me/privacy/switch/", {"purpose": purpose, "on": on})
        assert may_contact(person_id=person, purpose=purpose, channel="any") is (on == "1")


def test_a_purpose_nobody_knows_changes_nothing(mine: tuple[Client, int]) -> None:
    phone, person = mine
    phone.post("/me/privacy/switch/", {"purpose": "share_with_partner", "on": "1"})
    assert not may_contact(person_id=person, purpose="share_with_partner", channel="any")


def test_the_copy_holds_what_they_told_us(mine: tuple[Client, int]) -> None:
    phone, _ = mine
    answer = phone.post("/me/privacy/copy/")
    held = zipfile.ZipFile(io.BytesIO(answer.content))
    whole = "".join(held.read(name).decode() for name in held.namelist())
    assert "小美" in whole
    assert "13812345678" in whole
    assert phone.get("/me/privacy/copy/").status_code == 405


def test_being_deleted_waits_a_week_and_can_be_called_off(mine: tuple[Client, int]) -> None:
    phone, person = mine
    phone.post("/me/privacy/erase/", {"with_words": "1"})
    wish = wish_of(person_id=person)
    assert wish is not None
    assert wish.with_words
    assert "改变主意" in phone.get("/me/privacy/erase/").text
    phone.post("/me/privacy/erase/", {"stay": "1"})
    assert wish_of(person_id=person) is None
    phone.post("/me/privacy/erase/")
    assert erase_due(at=present() + timedelta(days=8)) == 1
    assert Person.objects.get(pk=person).erased_at is not None
    assert phone.get("/me/")["Location"].startswith("/me/begin/")


def test_signing_out_takes_the_session_off_the_phone(mine: tuple[Client, int]) -> None:
    phone, _ = mine
    phone.post("/me/leave/")
    assert phone.get("/me/")["Location"].startswith("/me/begin/")

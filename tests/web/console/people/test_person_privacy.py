"""Looking in full, handing out, erasing."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.core.people.cast import kinds_of, read_all
from tests.web.console.people.conftest import ACTOR, AtWork, Meet
from tongpin.core.facts.orders import OrderPaid
from tongpin.core.intake.erasing import ImportInHand
from tongpin.core.ledger.actions import record
from tongpin.core.people import erasure
from tongpin.core.people.labels import note_life_fact, write_note
from tongpin.core.people.merging import merge
from tongpin.core.people.models import Identity, Person, Purchase
from tongpin.core.places.models import Message
from tongpin.core.team.models import AuditLine, Staff


def url(name: str, *arguments: object) -> str:
    return reverse(f"console:{name}", args=arguments)


def trail() -> list[tuple[str, int | None, dict[str, object]]]:
    return list(AuditLine.objects.order_by("pk").values_list("action", "subject_id", "details"))


def test_a_phone_is_shown_in_full_once_recorded_and_audited(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, person = at_work("operator"), meet("安安妈", "13812345678")
    merge(kept=person, gone=meet("何念安", "13912345678"), reasons=["by_hand"], actor=ACTOR, at=noon)
    show = url("person_show", person, "identity:phone")
    assert show.count("138") == 0
    part = client.post(show, headers={"hx-request": "true"})
    assert part.content.decode() == '<span class="masked">+8613812345678, +8613912345678</span>'
    assert part["Cache-Control"] == "private, no-store"
    assert trail() == [("person.contact_seen", person, {"field": "identity:phone"})]
    line = AuditLine.objects.get()
    assert (line.actor_kind, line.actor_id) == ("staff", Staff.objects.get().pk)
    assert kinds_of(person)[-1] == "contact.unmasked"
    assert "13812345678" not in client.get(url("person", person)).content.decode()


def test_without_a_script_the_whole_page_answers_with_it_for_this_view_only(
    at_work: AtWork, meet: Meet, noon: datetime
) -> None:
    client, person = at_work(), meet("安安妈", "13812345678", name="何念安")
    note_life_fact(person_id=person, kind="birthday", value="1992-03-08", actor=ACTOR, at=noon)
    for field, value in (("identity:phone", "+8613812345678"), ("name", "何念安"), ("life:birthday", "1992-03-08")):
        page = client.post(url("person_show", person, field)).content.decode()
        assert value in page
        assert "<h1>安安妈" in page
        assert value not in client.get(url("person", person)).content.decode()
    assert len(trail()) == 3


@pytest.mark.parametrize("field", ["identity:mail", "identity", "nothing:phone", "life:address", "name:x:y"])
def test_what_is_not_held_is_not_found_and_nobody_looked(at_work: AtWork, meet: Meet, field: str) -> None:
    client, person = at_work(), meet("安安妈", "13812345678")
    assert client.post(url("person_show", person, field)).status_code == 404
    assert trail() == []
    assert kinds_of(person) == ["person.met"]


def test_an_assistant_sees_masks_only(at_work: AtWork, meet: Meet) -> None:
    client, person = at_work("assistant"), meet("安安妈", "13812345678")
    page = client.get(url("person", person)).content.decode()
    assert "138****5678" in page
    assert "/show/" not in page
    assert client.post(url("person_show", person, "identity:phone")).status_code == 403
    assert client.get(url("person_show", person, "identity:phone")).status_code == 403
    assert trail() == []


def test_looking_needs_a_post(at_work: AtWork, meet: Meet) -> None:
    client, person = at_work(), meet("安安妈", "13812345678")
    assert client.get(url("person_show", person, "identity:phone")).status_code == 405
    assert trail() == []


def test_a_person_gets_a_zip_of_all_that_is_known(at_work: AtWork, meet: Meet) -> None:
    client, person = at_work(), meet("安安妈", "13812345678")
    answer = client.post(url("person_export", person))
    assert answer["Content-Type"] == "application/zip"
    assert "安安妈" not in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        told = json.loads(packed.read("data.json"))
        assert "<html" in packed.read("index.html").decode()
    assert told["who"]["identities"][0]["value"] == "+8613812345678"
    (line,) = trail()
    assert (line[0], line[1], list(line[2])) == ("person.exported", person, ["request"])
    assert kinds_of(person)[-1] == "person.exported"


@pytest.mark.parametrize("role", ["operator", "assistant", "analyst", "viewer"])
def test_others_hand_out_and_erase_nobody(at_work: AtWork, meet: Meet, role: str) -> None:
    client, person = at_work(role), meet("安安妈")
    assert client.post(url("person_export", person)).status_code == 403
    assert client.post(url("person_erase", person), {"name": "安安妈"}).status_code == 403
    assert Person.objects.get().nickname == "安安妈"
    assert trail() == []


def erasing_page(client: Client, person: int) -> str:
    return client.get(url("person_erase", person)).content.decode()


def test_the_question_says_exactly_what_goes_and_what_stays(
    at_work: AtWork, meet: Meet, noon: datetime, books: tuple[int, int]
) -> None:
    client, person = at_work(), meet("安安妈", "13812345678", "an@example.com", group=books[1])
    write_note(person_id=person, words="x", staff=1, staff_name="x", actor=ACTOR, at=noon)
    Message.objects.create(place_id=books[1], person_id=person, key="1", kind="text", words="早", said_at=noon)
    with transaction.atomic():
        record(OrderPaid(order="A1", amount_fen=8900), at=noon, person_id=person, place_id=7)
    read_all()
    page = erasing_page(client, person)
    for part in (
        "<b>2</b> phones, mails", "<b>1</b> notes", "<b>1</b> memberships", "<b>1</b> messages lose their name",
        "<b>1</b> orders with their money", 'name="words"', "type <b>安安妈</b>",
    ):  # fmt: skip
        assert part in page, part
    assert Person.objects.get().erased_at is None


@pytest.mark.parametrize("typed", ["", "安安", "安安妈妈", str(1)])
def test_a_wrong_name_erases_nobody(at_work: AtWork, meet: Meet, typed: str) -> None:
    client, person = at_work(), meet("安安妈")
    answer = client.post(url("person_erase", person), {"name": typed})
    assert answer.status_code == 422
    assert "This is not the name. Nothing was erased." in answer.content.decode()
    assert Person.objects.get().erased_at is None
    assert trail() == []


@pytest.mark.parametrize("with_words", [True, False])
def test_the_name_typed_once_more_erases_for_good(
    at_work: AtWork, meet: Meet, noon: datetime, books: tuple[int, int], with_words: bool
) -> None:
    client, person = at_work("manager"), meet("安安 妈", "13812345678", group=books[1])
    Message.objects.create(place_id=books[1], person_id=person, key="1", kind="text", words="早", said_at=noon)
    with transaction.atomic():
        record(OrderPaid(order="A1", amount_fen=8900), at=noon, person_id=person, place_id=7)
    read_all()
    sent = {"name": " 安安妈 "} | ({"words": "gone"} if with_words else {})
    answer = client.post(url("person_erase", person), sent)
    assert answer["Location"] == url("people")
    assert Person.objects.get().erased_at is not None
    assert Identity.objects.count() == 0
    assert Message.objects.get().words == ("" if with_words else "早")
    assert (Purchase.objects.get().person_id, Purchase.objects.get().paid_fen) == (None, 8900)
    (line,) = trail()
    assert (line[0], line[1], line[2]["words"]) == ("person.erased", person, with_words)
    assert client.get(url("person_erase", person))["Location"] == url("person", person)


def test_a_nameless_person_is_erased_by_their_number(at_work: AtWork, meet: Meet) -> None:
    client, person = at_work(), meet("", "13812345678")
    Identity.objects.update(strength=1)
    assert f"type <b>No. {person}</b>" in erasing_page(client, person)
    client.post(url("person_erase", person), {"name": f"no {person}"})
    assert Person.objects.get().erased_at is not None


def test_while_an_import_holds_them_nothing_is_erased(
    at_work: AtWork, meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waits(_erasing: object) -> None:
        raise ImportInHand("an import runs")

    monkeypatch.setitem(erasure.ERASERS, "intake", waits)
    client, person = at_work(), meet("安安妈")
    answer = client.post(url("person_erase", person), {"name": "安安妈", "words": "gone"})
    assert answer.status_code == 422
    assert "nothing was erased" in answer.content.decode()
    assert Person.objects.get().erased_at is None
    assert trail() == []

"""Unmasking and handing out."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime

import pytest
from django.db import connection, transaction

from tests.core.people.cast import Meet, kinds_of, read_all
from tongpin.core.facts.orders import OrderPaid
from tongpin.core.ledger.actions import record
from tongpin.core.people.erasure import erase
from tongpin.core.people.labels import note_life_fact, put_tag, write_note
from tongpin.core.people.merging import merge
from tongpin.core.people.models import Request
from tongpin.core.people.privacy import NothingToShow, export, unmask
from tongpin.core.people.roots import PersonIsErased
from tongpin.core.places.models import Membership, Message, Place


def test_a_look_at_contact_data_is_recorded_without_it(meet: Meet, noon: datetime) -> None:
    person, gone = meet("小美", "13812345678", name="林小美"), meet("阿强", "13912345678")
    note_life_fact(person_id=gone, kind="address", value="上海市漕溪北路 88 号", actor="staff:1", at=noon)
    merge(kept=person, gone=gone, reasons=[], actor="staff:1", at=noon)
    look = {"person_id": gone, "staff": 1, "actor": "staff:1", "at": noon}
    assert unmask(field="identity:phone", **look) == ("+8613812345678", "+8613912345678")
    assert unmask(field="name", **look) == ("林小美",)
    assert unmask(field="life:address", **look) == ("上海市漕溪北路 88 号",)
    for field in ("identity:mail", "password", "identity:", "trait:x"):
        with pytest.raises(NothingToShow):
            unmask(field=field, **look)
    assert kinds_of(person)[-3:] == ["contact.unmasked"] * 3
    with connection.cursor() as cursor:
        cursor.execute("select body::text from entry where kind = 'contact.unmasked'")
        bodies = [json.loads(body) for (body,) in cursor.fetchall()]
    assert [(body["staff"], body["field"]) for body in bodies] == [
        (1, "identity:phone"),
        (1, "name"),
        (1, "life:address"),
    ]
    assert len({body["view"] for body in bodies}) == 3


def test_everything_known_is_handed_out_in_full(meet: Meet, noon: datetime) -> None:
    person, gone = meet("小美", "13812345678", name="<b>林小美</b>"), meet("安安妈", "lin@example.com")
    merge(kept=person, gone=gone, reasons=["by_hand"], actor="staff:1", at=noon)
    put_tag(person_id=person, name="晨跑", actor="staff:1", at=noon)
    write_note(person_id=person, words="=HYPERLINK(1)", staff=1, staff_name="李晴", actor="staff:1", at=noon)
    note_life_fact(person_id=person, kind="birthday", value="1990-05-20", actor="staff:1", at=noon)
    place = Place.objects.create(kind="group", platform="wechat", name="一群", opened_at=noon)
    Membership.objects.create(person_id=gone, place=place, called="安安妈", first_seen_at=noon)
    Message.objects.create(place=place, person_id=gone, key="1", kind="text", words="大家好", said_at=noon)
    with transaction.atomic():
        record(OrderPaid(order="A1", amount_fen=8900), at=noon, person_id=person, place_id=1)
    read_all()
    handed = export(person_id=gone, actor="staff:1", at=noon)
    assert handed.file_name == f"tongpin-person-{person}-20261122.zip"
    with zipfile.ZipFile(io.BytesIO(handed.content)) as packed:
        assert packed.namelist() == ["data.json", "index.html"]
        data, page = json.loads(packed.read("data.json")), packed.read("index.html").decode()
    assert [row["nickname"] for row in data["who"]["names"]] == ["小美", "安安妈"]
    assert [row["value"] for row in data["who"]["identities"]] == ["+8613812345678", "lin@example.com"]
    assert data["who"]["life_facts"][0]["value"] == "1990-05-20"
    assert data["judged"]["tags"][0]["tag"] == "晨跑"
    assert data["did"]["memberships"][0]["place"] == "一群"
    assert data["did"]["messages"][0]["words"] == "大家好"
    assert data["bought"]["orders"][0]["paid_fen"] == 8900
    assert [row["fact"] for row in data["did"]["facts"]].count("order.paid") == 1
    assert [text in page for text in ("&lt;b&gt;林小美&lt;/b&gt;", "<b>林小美", "大家好", "+8613812345678")] == [
        True,
        False,
        True,
        True,
    ]
    assert Request.objects.values_list("wish", "person", "done_at").get() == ("export", person, noon)
    assert kinds_of(person)[-1] == "person.exported"


def test_nothing_is_handed_out_of_an_erased_person(meet: Meet, noon: datetime) -> None:
    person = meet("小美", "13812345678")
    erase(person_id=person, with_words=False, actor="staff:1", at=noon)
    with pytest.raises(PersonIsErased):
        export(person_id=person, actor="staff:1", at=noon)
    with pytest.raises(PersonIsErased):
        unmask(person_id=person, field="name", staff=1, actor="staff:1", at=noon)

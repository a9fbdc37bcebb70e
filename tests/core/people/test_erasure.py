"""Erasing somebody for good, with and without their words, and after a restore."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from tests.core.people.cast import Meet, kinds_of, read_all
from tongpin.core.facts.orders import OrderPaid
from tongpin.core.facts.places import MessageHeard
from tongpin.core.facts.tracking import EventTracked, FormReceived, GroupTold
from tongpin.core.intake.erasing import ImportInHand
from tongpin.core.intake.models import Batch, Hook, HookPost, Row, TrackProblem
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.entries import COLUMNS, from_rows
from tongpin.core.people.erased import erased_list
from tongpin.core.people.erasure import erase, obey_erased_list
from tongpin.core.people.labels import note_life_fact, put_tag, set_owner, write_note
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.merging import merge
from tongpin.core.people.models import Identity, Merge, Person, PersonAlias, Purchase, Request, Suggestion
from tongpin.core.people.pairs import Doubt, keep_suggestions
from tongpin.core.people.resolving import Arrival, resolve_many
from tongpin.core.people.roots import PersonIsErased, PersonUnknown
from tongpin.core.people.rules import Ground
from tongpin.core.people.signs import sign
from tongpin.core.people.telling import TraitTold, tell_traits
from tongpin.core.places.models import FeatureWord, Membership, Message, Place
from tongpin.core.team.keys import keyring

MARK = "卯金刀"
"""Stands in everything that is known of the person, in names, words, files."""

PHONE = "13812345678"


@pytest.fixture
def imports(tmp_path: Path) -> Any:
    before = settings.IMPORTS
    settings.IMPORTS = tmp_path / "imports"
    settings.IMPORTS.mkdir()
    yield settings.IMPORTS
    settings.IMPORTS = before


def plant(meet: Meet, noon: datetime) -> tuple[int, int]:
    """Somebody of two merged records of whom everything is known, marked, and a bystander."""
    person = meet(f"{MARK}小美", PHONE, name=f"{MARK}林小美", signs=(sign("custom", f"{MARK}-u1", namespace="key:1"),))
    gone = meet(f"{MARK}旧", "lin@example.com", signs=(sign("chat_name", f"{MARK}安", namespace="place:1"),))
    other = meet("路人", "13912345678")
    put_tag(person_id=person, name="晨跑", actor="staff:1", at=noon)
    write_note(person_id=person, words=f"{MARK}笔记", staff=1, staff_name="李晴", actor="staff:1", at=noon)
    set_owner(person_id=person, staff=4, actor="staff:1", at=noon)
    note_life_fact(person_id=gone, kind="address", value=f"上海市{MARK}路 8 号", actor="staff:1", at=noon)
    tell_traits([TraitTold(gone, "masked_name", f"{MARK}*")], via="import:1", at=noon)
    group = Place.objects.create(kind="group", platform="wechat", name="一群", opened_at=noon)
    chat = Place.objects.create(kind="private_chat", platform="wechat", name=f"{MARK}小美", opened_at=noon)
    Membership.objects.create(person_id=gone, place=group, called=f"{MARK}妈", first_seen_at=noon)
    told = [
        (person, group, f"{MARK}我说"),
        (person, chat, f"{MARK}私下说"),
        (other, group, "路人说"),
    ]
    for n, (who, place, words) in enumerate(told):
        message = Message.objects.create(place=place, person_id=who, key=str(n), kind="text", words=words, said_at=noon)
        FeatureWord.objects.create(hash=1000 + n, word=words)
        with transaction.atomic():
            fact = MessageHeard(message=message.pk, message_key=str(n), tokens=(1000 + n,))
            record(fact, at=noon, person_id=who, place_id=place.pk)
    with transaction.atomic():
        event = EventTracked(write_key=3, message=f"{MARK}m", name=MARK, properties={"q": MARK}, claimed=True)
        record(event, at=noon, person_id=person)
        record(GroupTold(write_key=3, message="g", group=MARK, traits={"x": MARK}), at=noon, person_id=gone)
        record(FormReceived(hook=2, message="f", name=MARK, properties={"x": MARK}), at=noon, person_id=person)
        record(OrderPaid(order="A1", amount_fen=8900), at=noon, person_id=person, place_id=1)
    merge(kept=person, gone=gone, reasons=["by_hand"], actor="staff:1", at=noon)
    keep_suggestions(doubts=[Doubt(gone, other, 0.9, (Ground("x"),))], at=noon)
    read_all()
    return person, other


def everywhere(text: str) -> list[str]:
    """The tables in which a text stands, in plain."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind in ('r', 'p') and n.nspname = 'public' order by 1"
        )
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'select exists (select from "{table}" t where strpos(t::text, %s) > 0)', [text])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_with_their_words_nothing_of_a_person_is_left_anywhere(meet: Meet, noon: datetime, imports: Path) -> None:
    person, other = plant(meet, noon)
    batch = Batch.objects.create(
        file_name=f"与{MARK}小美的聊天.csv", size=1, sha256=b"", by="staff:1", uploaded_at=noon, state=Batch.State.DONE,
        recognised={"table": {"samples": [f"{MARK}林小美", "x"]}}, shop_name="店",
    )  # fmt: skip
    ring = keyring()
    cells = ring.encrypt(json.dumps([f"{MARK}小美", PHONE], ensure_ascii=False), context="import_row")
    Row.objects.create(batch=batch, row=1, outcome=3, person_id=person, cells_sealed=cells)
    Row.objects.create(batch=batch, row=2, outcome=4, cells_sealed=cells)
    Row.objects.create(batch=batch, row=3, outcome=4, cells_sealed=ring.encrypt("[]", context="import_row"))
    TrackProblem.objects.create(
        write_key=1,
        reason="x",
        received_at=noon,
        sealed=ring.encrypt(json.dumps({"phone": PHONE}), context="track_problem"),
    )
    sample = ring.encrypt(json.dumps({"name": f"{MARK}小美"}), context="hook.sample")
    hook = Hook.objects.create(name="表单", token_digest=b"x", sample_sealed=sample, made_at=noon)
    for who, told in ((person, "x"), (None, PHONE), (None, "路人")):
        sealed = ring.encrypt(json.dumps({"a": told}), context="hook.post")
        HookPost.objects.create(hook=hook, received_at=noon, state="recorded", person_id=who, sealed=sealed)
    assert len(everywhere(MARK)) >= 8

    request = erase(person_id=person, with_words=True, actor="staff:1", at=noon)

    read_all()
    assert everywhere(MARK) == []
    assert everywhere(PHONE) == everywhere("lin@example.com") == []
    assert list(Row.objects.values_list("person_id", flat=True)) == [None, None, None]
    assert [row.cells_sealed is None for row in Row.objects.order_by("row")] == [True, True, False]
    assert (TrackProblem.objects.count(), Hook.objects.get().sample_sealed) == (0, None)
    assert [(post.person_id, post.sealed is None) for post in HookPost.objects.order_by("pk")] == [
        (None, True),
        (None, True),
        (None, False),
    ]
    assert list(Message.objects.order_by("pk").values_list("person_id", "words")) == [
        (None, ""),
        (None, ""),
        (other, "路人说"),
    ]
    assert list(FeatureWord.objects.values_list("word", flat=True)) == ["路人说"]
    assert Request.objects.values("wish", "with_words", "by", "done_at").get(pk=request) == {
        "wish": "erase",
        "with_words": True,
        "by": "staff:1",
        "done_at": noon,
    }
    assert Purchase.objects.values_list("person_id", "paid_fen").get() == (None, 8900)
    assert kinds_of(person)[-1] == "person.erased"
    assert (PersonAlias.objects.count(), Merge.objects.count(), Suggestion.objects.count()) == (0, 0, 0)
    assert set(Identity.objects.values_list("person_id", flat=True)) == {other}


def test_emptied_bodies_can_still_be_read(meet: Meet, noon: datetime) -> None:
    person, _ = plant(meet, noon)
    erase(person_id=person, with_words=False, actor="staff:1", at=noon)
    with connection.cursor() as cursor:
        kinds = ["event.tracked", "form.received", "group.told"]
        cursor.execute(f"select {COLUMNS} from entry where kind = any(%s) order by kind", [kinds])
        entries = from_rows(cursor.fetchall())
    assert [entry.fact for entry in entries] == [
        EventTracked(write_key=3, message="", name=""),
        FormReceived(hook=2, message="", name=""),
        GroupTold(write_key=3, message="", group=""),
    ]


def test_without_their_words_the_words_stay_and_lose_their_speaker(meet: Meet, noon: datetime) -> None:
    person, other = plant(meet, noon)
    erase(person_id=person, with_words=False, actor="staff:1", at=noon)
    assert list(Message.objects.order_by("pk").values_list("person_id", "words")) == [
        (None, f"{MARK}我说"),
        (None, f"{MARK}私下说"),
        (other, "路人说"),
    ]
    assert Membership.objects.count() == 0
    assert everywhere(MARK) == ["feature_word", "message"]


def test_a_stone_stays_and_a_bystander_is_untouched(meet: Meet, noon: datetime) -> None:
    person, other = plant(meet, noon)
    before = Person.objects.values().get(pk=other)
    erase(person_id=person, with_words=True, actor="staff:1", at=noon)
    assert Person.objects.values("nickname", "grams", "name_sealed", "name_index", "owner", "erased_at").get(
        pk=person
    ) == {
        "nickname": "",
        "grams": [],
        "name_sealed": None,
        "name_index": None,
        "owner": None,
        "erased_at": noon,
    }
    assert Person.objects.values().get(pk=other) == before
    assert Person.objects.filter(erased_at=noon).count() == 2


def test_erasing_twice_or_nobody_is_refused(meet: Meet, noon: datetime) -> None:
    person = meet("小美", PHONE)
    erase(person_id=person, with_words=False, actor="staff:1", at=noon)
    with pytest.raises(PersonIsErased):
        erase(person_id=person, with_words=True, actor="staff:1", at=noon)
    with pytest.raises(PersonUnknown):
        erase(person_id=person + 100, with_words=True, actor="staff:1", at=noon)
    assert Request.objects.count() == 1


def test_a_merged_record_erases_the_whole_person(meet: Meet, noon: datetime) -> None:
    kept, gone = meet("小美", PHONE), meet("阿强", "lin@example.com")
    merge(kept=kept, gone=gone, reasons=[], actor="staff:1", at=noon)
    erase(person_id=gone, with_words=False, actor="staff:1", at=noon)
    assert list(Person.objects.order_by("pk").values_list("erased_at", flat=True)) == [noon, noon]


def test_importing_again_brings_nobody_back(meet: Meet, noon: datetime) -> None:
    person = meet("小美", PHONE, signs=(sign("order", "A1", namespace="shop:1"),))
    resolve_many([Arrival((sign("phone", PHONE),))], via="x", at=noon)
    erase(person_id=person, with_words=False, actor="staff:1", at=noon)
    arrivals = [
        Arrival((sign("phone", PHONE),)),
        Arrival((sign("phone", PHONE), sign("device", "d", namespace="key:1"))),
        Arrival((sign("order", "A1", namespace="shop:1"),)),
    ]
    resolved = resolve_many(arrivals, via="import:2", at=noon)
    assert (resolved.people, resolved.met) == ([None, None, None], [])
    assert Identity.objects.count() == 0


def test_a_failure_leaves_the_person_whole(meet: Meet, noon: datetime, imports: Path) -> None:
    person, _ = plant(meet, noon)
    (imports / "a.upload").write_bytes(f"昵称,手机\n小美,{PHONE}\n".encode("gb18030"))
    Batch.objects.create(
        file_name="a.csv", stored_as="a.upload", size=1, sha256=b"", by="x", uploaded_at=noon, state=Batch.State.RUNNING
    )
    with pytest.raises(ImportInHand):
        erase(person_id=person, with_words=True, actor="staff:1", at=noon)
    assert Person.objects.get(pk=person).nickname == f"{MARK}小美"
    assert Message.objects.filter(person_id=person).count() == 2
    assert (imports / "a.upload").exists()
    assert erased_list() == frozenset()


@pytest.mark.parametrize("form", ["utf-8", "gb18030", "utf-16-le", "packed"])
def test_a_waiting_file_that_holds_the_person_is_removed(meet: Meet, noon: datetime, imports: Path, form: str) -> None:
    person = meet("小美", PHONE)
    for name, text in (("a.upload", f"手机\n{PHONE}\n"), ("b.upload", "手机\n13900000000\n")):
        if form == "packed":
            with zipfile.ZipFile(imports / name, "w", zipfile.ZIP_DEFLATED) as packed:
                packed.writestr("xl/worksheets/sheet1.xml", f"<v>{text}</v>")
        else:
            (imports / name).write_bytes(text.encode(form))
        Batch.objects.create(
            file_name=name, stored_as=name, size=1, sha256=b"", by="x", uploaded_at=noon, state=Batch.State.READY
        )
    erase(person_id=person, with_words=False, actor="staff:1", at=noon)
    assert sorted(path.name for path in imports.iterdir()) == ["b.upload"]
    assert list(Batch.objects.order_by("pk").values_list("state", "stored_as", "problem")) == [
        ("failed", "", "file_erased"),
        ("ready", "b.upload", ""),
    ]


def again(person: int, nickname: str, at: datetime) -> None:
    """What an old backup brings back: the row with the number and the birth it had."""
    Person.objects.filter(pk=person).update(nickname=nickname, erased_at=None, created_at=at)


def test_after_a_restore_the_erased_are_erased_again_as_they_wished(meet: Meet, noon: datetime) -> None:
    silent, loud, other = meet("小美", PHONE), meet("阿强", "13912345678"), meet("路人", "13712345678")
    place = Place.objects.create(kind="group", platform="wechat", name="一群", opened_at=noon)
    for n, who in enumerate((silent, loud)):
        Message.objects.create(place=place, person_id=who, key=str(n), kind="text", words="说", said_at=noon)
    erase(person_id=silent, with_words=True, actor="staff:1", at=noon)
    erase(person_id=loud, with_words=False, actor="staff:1", at=noon)
    again(silent, "小美", noon)
    again(loud, "阿强", noon)
    Message.objects.filter(key="0").update(person_id=silent, words="说")
    Message.objects.filter(key="1").update(person_id=loud)
    assert obey_erased_list(now=noon + timedelta(days=1)) == 2
    assert list(Message.objects.order_by("key").values_list("person_id", "words")) == [(None, ""), (None, "说")]
    assert Person.objects.filter(erased_at=None).get().pk == other
    assert obey_erased_list(now=noon) == 0


def test_a_strong_identity_of_the_erased_is_found_under_another_number(meet: Meet, noon: datetime) -> None:
    first, second = meet("小美", PHONE), meet("阿强", "lin@example.com")
    erase(person_id=first, with_words=False, actor="staff:1", at=noon)
    row = {"kind": "phone", "digest": b"d", "shown": "138****5678", "strength": 2, "via": "x", "linked_at": noon}
    Identity.objects.create(person_id=second, sealed=keyring().encrypt("+86" + PHONE, context="identity"), **row)
    assert obey_erased_list(now=noon) == 1
    assert not Person.objects.filter(erased_at=None).exists()


def test_somebody_new_under_the_number_of_an_erased_person_is_left_alone(meet: Meet, noon: datetime) -> None:
    person = meet("小美")
    erase(person_id=person, with_words=True, actor="staff:1", at=noon)
    again(person, "新人", noon + timedelta(days=3))
    assert obey_erased_list(now=noon) == 0


@pytest.mark.django_db(transaction=True)
def test_an_erasure_waits_for_nobody_and_commits_with_its_marks_on_disk(noon: datetime) -> None:
    person = add_by_hand(nickname="小美", signs=[sign("phone", PHONE)], actor="staff:1", at=noon).person_id
    erase(person_id=person, with_words=False, actor="staff:1", at=noon)
    assert keyring().erased_mark("phone/", "+86" + PHONE) in erased_list()

"""What a platform tells us as it happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from tests.at_once import at_once
from tests.core.sending.cast import facts
from tongpin.channels.port import Arrival, Attachment
from tongpin.core.ledger.models import Origin
from tongpin.core.people.erasure import erase
from tongpin.core.people.models import Identity, Person
from tongpin.core.places.actions import know_place
from tongpin.core.places.arriving import hear_arrivals
from tongpin.core.places.models import Membership, Message, Place

pytestmark = pytest.mark.django_db
TEA, MEI, QIANG = "!tea:house.test", "@mei:house.test", "@qiang:house.test"


@pytest.fixture
def tea(noon: datetime) -> int:
    return know_place(
        kind=Place.Kind.GROUP, platform="matrix", name="春茶群", external_id=TEA, at=noon, actor="staff:1"
    ).pk


@pytest.fixture
def said(noon: datetime) -> Arrival:
    return Arrival(kind="message", key="$1", place=TEA, sender=MEI, at=noon, text="明前龙井还有吗？")


def hear(*arrivals: Arrival, at: datetime) -> int:
    return hear_arrivals(channel="matrix", arrivals=arrivals, at=at)


def messages() -> list[tuple[Any, ...]]:
    return list(Message.objects.order_by("pk").values_list("key", "kind", "words", "said_at"))


def kinds() -> list[str]:
    return [kind for kind, _ in facts() if kind != "place.opened"]


def test_somebody_new_says_something(tea: int, said: Arrival, noon: datetime) -> None:
    assert hear(said, at=noon) == 1
    (person,) = Person.objects.all()
    (sign,) = Identity.objects.values_list("kind", "namespace", "shown")
    assert (person.nickname, person.identified, sign) == ("mei", True, ("matrix", "", MEI))
    assert messages() == [("$1", "text", "明前龙井还有吗？", noon)]
    member = Membership.objects.get()
    assert (member.person_id, member.place_id, member.first_seen_at) == (person.pk, tea, noon)
    assert kinds() == ["person.met", "message.heard", "member.joined"]
    with connection.cursor() as cursor:
        cursor.execute("select distinct origin, source, actor from entry where kind <> 'place.opened'")
        assert cursor.fetchall() == [(int(Origin.LIVE), "matrix", "channel:matrix")]


def test_the_ledger_holds_none_of_the_words(tea: int, said: Arrival, noon: datetime) -> None:
    hear(said, at=noon)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from entry where body::text like %s or body::text like %s", ["%龙井%", "%mei%"])
        assert cursor.fetchone() == (0,)


def test_told_again_everything_is_known(tea: int, said: Arrival, noon: datetime) -> None:
    def later(minutes: int, **more: Any) -> Arrival:
        return replace(said, key=f"${minutes}", at=noon + timedelta(minutes=minutes), **more)

    everything = (
        later(0, kind="joined", text="", sender=QIANG, sender_name="阿强"),
        later(1),
        later(2, sender=QIANG, text="有", in_reply_to="$1"),
        later(3, kind="edited", about="$2", sender=QIANG, text="有的"),
        later(4, kind="edited", about="$2", sender=QIANG, text="有的，三两"),
        later(5, kind="reaction", about="$2", text="👍️"),
        later(6, kind="redacted", about="$1", text=""),
        later(7, kind="left", text="", sender=QIANG),
        later(8, kind="joined", text="", sender=QIANG),
        later(9, kind="left", text="", sender=QIANG),
    )
    at = noon + timedelta(hours=1)
    assert hear(*everything, at=at) == 10
    before = messages(), facts(), list(Membership.objects.values_list("person", "joined_at", "left_at", "occurrence"))
    assert hear(*everything, at=at + timedelta(hours=1)) == 0
    after = messages(), facts(), list(Membership.objects.values_list("person", "joined_at", "left_at", "occurrence"))
    assert after == before
    assert [(key, words) for key, _, words, _ in messages()] == [("$1", ""), ("$2", "有的，三两")]
    assert kinds() == [
        *("person.met", "person.met", "member.joined", "message.heard", "message.heard", "member.joined"),
        *("message.edited", "message.edited", "message.reacted", "message.recalled"),
        *("member.left", "member.joined", "member.left"),
    ]


def test_what_we_said_and_what_nobody_made_known_is_not_heard(tea: int, said: Arrival, noon: datetime) -> None:
    Place.objects.create(
        kind="group", platform="matrix", name="旧群", external_id="!old", opened_at=noon, closed_at=noon
    )
    Place.objects.create(kind="group", platform="fake", name="别处", external_id="!other", opened_at=noon)
    elsewhere = [replace(said, place=place) for place in ("!unknown", "!old", "!other")]
    assert hear(replace(said, ours=True), *elsewhere, at=noon) == 0
    assert (Message.objects.count(), Person.objects.count(), kinds()) == (0, 0, [])


def test_an_answer_is_tied_to_what_it_answers(tea: int, said: Arrival, noon: datetime) -> None:
    hear(said, at=noon)
    hear(replace(said, key="$2", sender=QIANG, in_reply_to="$1", thread="$1"), at=noon)
    first, second = Message.objects.order_by("pk")
    assert (second.reply_to, second.thread is None) == (first.pk, False)
    heard = [body for kind, body in facts() if kind == "message.heard"]
    assert (heard[1]["reply_to"], heard[1]["answered"]) == (first.pk, first.person_id)


def test_a_picture_and_a_voice_are_messages_too(tea: int, said: Arrival, noon: datetime) -> None:
    held = [Attachment(kind="picture", reference="mxc://a/1"), Attachment(kind="voice", reference="mxc://a/2")]
    hear(*(replace(said, key=f"${n}", text="", attachments=(one,)) for n, one in enumerate(held)), at=noon)
    assert [(kind, words) for _, kind, words, _ in messages()] == [("image", ""), ("voice", "")]


def test_nobody_is_met_by_what_they_took_back_or_by_leaving(tea: int, said: Arrival, noon: datetime) -> None:
    hear(said, at=noon)
    stranger = replace(said, sender="@gone:house.test", at=noon + timedelta(minutes=1))
    told = [replace(stranger, kind=kind, key=f"${kind}", about="$1") for kind in ("left", "reaction", "edited")]
    assert hear(*told, at=noon + timedelta(minutes=2)) == 0
    assert (Person.objects.count(), messages()[0][2]) == (1, "明前龙井还有吗？")


def test_a_host_takes_back_what_another_said_and_its_words_go(tea: int, said: Arrival, noon: datetime) -> None:
    hear(said, replace(said, kind="redacted", key="$2", about="$1", sender=QIANG, text=""), at=noon)
    assert messages()[0][2] == ""
    assert facts("message.recalled")[0][1]["by"] == "host"
    assert hear(replace(said, kind="edited", key="$3", about="$1", text="又来"), at=noon) == 0
    assert messages()[0][2] == ""


def test_a_clock_that_is_ahead_says_nothing_of_the_future(tea: int, said: Arrival, noon: datetime) -> None:
    hear(replace(said, at=noon + timedelta(days=400)), at=noon)
    assert messages()[0][3] == noon


def test_of_who_was_erased_only_that_something_was_said(tea: int, said: Arrival, noon: datetime) -> None:
    hear(said, at=noon)
    erase(person_id=Person.objects.get().pk, with_words=True, actor="staff:1", at=noon)
    later = replace(said, key="$2", at=noon + timedelta(days=1), sender_name="小美")
    assert hear(later, replace(later, key="$3", kind="joined"), at=noon + timedelta(days=1)) == 1
    assert [(one.person_id, one.words) for one in Message.objects.order_by("pk")] == [(None, ""), (None, "")]
    assert (Membership.objects.count(), Person.objects.filter(erased_at=None).count()) == (0, 0)


def test_a_key_that_is_too_long_still_means_its_message(tea: int, said: Arrival, noon: datetime) -> None:
    long = "$" + "x" * 200
    hear(replace(said, key=long), replace(said, key="$2", kind="redacted", about=long), at=noon)
    assert Message.objects.get().recalled_at == noon


@pytest.mark.django_db(transaction=True)
def test_two_who_are_told_the_same_at_once_hear_it_once(tea: int, said: Arrival, noon: datetime) -> None:
    found = at_once(*[lambda: hear(said, at=noon)] * 4)
    assert sorted(found) == [0, 0, 0, 1]
    assert (Message.objects.count(), Person.objects.count()) == (1, 1)

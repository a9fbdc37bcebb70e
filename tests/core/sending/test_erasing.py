"""Of somebody who was erased nothing is sent, and nothing they were told or said is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection

from tests.core.sending.cast import facts, group, said, states
from tongpin.channels.port import Content
from tongpin.core.people.erasure import ERASERS, erase, register_eraser
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.signs import sign
from tongpin.core.sending.claiming import claim_letters
from tongpin.core.sending.erasing import erase_from_sending
from tongpin.core.sending.exporting import export_letters
from tongpin.core.sending.models import Command, Letter
from tongpin.core.sending.queueing import NewCommand, queue_command, queue_letter
from tongpin.core.sending.settling import Outcome, settle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _layers() -> Iterator[None]:
    before = dict(ERASERS)
    register_eraser("sending", erase_from_sending)
    yield
    ERASERS.clear()
    ERASERS.update(before)


@pytest.fixture
def giver(noon: datetime) -> int:
    return add_by_hand(nickname="林老师", signs=[sign("mail", "lin@example.org")], actor="staff:1", at=noon).person_id


def tables() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "select (select string_agg(l::text, ' ') from letter l), (select string_agg(c::text, ' ') from command c)"
        )
        return " ".join(one or "" for one in cursor.fetchone())


def test_letters_to_them_are_emptied_and_never_leave(giver: int, noon: datetime) -> None:
    queue_letter(letter=said("林老师，您好", channel="mail", person_id=giver), at=noon)
    command = NewCommand(key="k", verb="tag", channel="fake", person_id=giver, name="妈妈林")
    queue_command(command=command, at=noon)
    (section,) = export_letters((giver,))
    assert [row["words"] for row in section.rows] == ["林老师，您好"]
    erase(person_id=giver, with_words=False, actor="staff:1", at=noon)
    assert states() == [("cancelled", "person_erased")]
    assert [(one.state, one.person_id, one.payload) for one in Command.objects.all()] == [("cancelled", None, {})]
    assert "林" not in tables()
    assert claim_letters(channel="mail", worker="w1", at=noon, limit=9).claims == []


def test_their_words_in_places_are_taken_back_where_that_is_asked(giver: int, noon: datetime) -> None:
    place = group("g", noon)
    words = Content(text="母乳到几岁", speaker="林老师")
    for key in ("sent", "waits"):
        queue_letter(letter=said(key, place_id=place, content=words, speaker_person_id=giver), at=noon)
    (claim,) = claim_letters(channel="fake", worker="w1", at=noon, limit=9).claims
    settle(outcomes=[Outcome(claim=claim, fate="sent", at=noon, platform_id="m1", more=("m2",))])
    erase(person_id=giver, with_words=True, actor="staff:1", at=noon)
    assert states() == [("sent", ""), ("cancelled", "person_erased")]
    assert [one.payload for one in Command.objects.order_by("pk")] == [{"message": "m1"}, {"message": "m2"}]
    assert "母乳" not in tables()
    assert "林" not in tables()


def test_without_words_only_their_name_goes(giver: int, noon: datetime) -> None:
    words = Content(text="母乳到几岁", speaker="林老师")
    queue_letter(letter=said("a", place_id=group("g", noon), content=words, speaker_person_id=giver), at=noon)
    erase(person_id=giver, with_words=False, actor="staff:1", at=noon)
    row = Letter.objects.get()
    assert (row.state, row.payload, row.speaker_person_id) == ("queued", {"text": "母乳到几岁"}, None)


def test_what_was_erased_while_it_was_leaving_is_not_sent_again(giver: int, noon: datetime) -> None:
    words = Content(text="母乳到几岁", speaker="林老师")
    queue_letter(letter=said("a", place_id=group("g", noon), content=words, speaker_person_id=giver), at=noon)
    (claim,) = claim_letters(channel="fake", worker="w1", at=noon, limit=9).claims
    erase(person_id=giver, with_words=True, actor="staff:1", at=noon)
    settle(outcomes=[Outcome(claim=claim, fate="released", at=noon)])
    assert claim_letters(channel="fake", worker="w1", at=noon, limit=9).claims == []
    assert states() == [("withheld", "nothing_to_say")]
    assert [kind for kind, _ in facts("letter.withheld")] == ["letter.withheld"]

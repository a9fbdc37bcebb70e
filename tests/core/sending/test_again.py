"""A link to a mailbox signs its person in on another phone: once, for a quarter of an hour, and nobody else's."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.at_once import at_once
from tongpin.channels.port import Content
from tongpin.core.people.erasure import erase
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.models import Identity, Suggestion
from tongpin.core.people.signs import BadSign, sign
from tongpin.core.people.visitors import person_of_session
from tongpin.core.sending.again import LASTS, LinkSeen, link_seen, send_proof, send_sign_in, use_link
from tongpin.core.sending.models import Letter, SignInLink

pytestmark = pytest.mark.django_db
MAIL = "lin@example.org"


def somebody(at: datetime, *mails: str, name: str = "小美") -> int:
    signs = [sign("mail", one) for one in mails]
    return add_by_hand(nickname=name, signs=signs, actor="staff:1", at=at).person_id


def words(called: str, secret: str) -> Content:
    return Content(subject=called, text=secret)


def secret() -> str:
    return str(Letter.objects.latest("pk").payload["text"])


def test_a_link_signs_in_once(noon: datetime) -> None:
    person = somebody(noon, MAIL)
    assert send_sign_in(mail=" Lin@Example.org", words=words, at=noon)
    assert link_seen(secret=secret(), at=noon) == LinkSeen(person, "小美", False)
    visit = use_link(secret=secret(), at=noon)
    assert visit is not None
    assert person_of_session(secret=visit.secret, at=noon) == person
    assert use_link(secret=secret(), at=noon) is None
    assert link_seen(secret=secret(), at=noon) is None


def test_the_letter_goes_to_the_mailbox_that_was_typed_and_is_forgotten_once_it_left(noon: datetime) -> None:
    somebody(noon, MAIL, "other@example.org")
    send_sign_in(mail=MAIL, words=words, at=noon)
    row = Letter.objects.get()
    assert (row.channel, row.letter_class, row.fleeting, row.not_after) == ("mail", "service", True, noon + LASTS)
    assert (row.person_id, row.address_sealed is not None) == (None, True)


def test_after_a_quarter_of_an_hour_it_opens_nothing(noon: datetime) -> None:
    somebody(noon, MAIL)
    send_sign_in(mail=MAIL, words=words, at=noon)
    assert use_link(secret=secret(), at=noon + LASTS) is None
    assert use_link(secret="x" * 26, at=noon) is None


@pytest.mark.django_db(transaction=True)
def test_of_many_taps_at_once_one_signs_in(noon: datetime) -> None:
    somebody(noon, MAIL)
    send_sign_in(mail=MAIL, words=words, at=noon)
    told = secret()
    visits = at_once(*[lambda: use_link(secret=told, at=noon)] * 6)
    assert sum(one is not None for one in visits) == 1


def test_nobody_s_mailbox_gets_no_letter(noon: datetime) -> None:
    somebody(noon)
    assert not send_sign_in(mail=MAIL, words=words, at=noon)
    assert not Letter.objects.exists()
    with pytest.raises(BadSign):
        send_sign_in(mail="nobody", words=words, at=noon)


def test_opening_a_proof_makes_the_mailbox_theirs(noon: datetime) -> None:
    person = somebody(noon)
    send_proof(person_id=person, mail=MAIL, words=words, at=noon)
    assert not Identity.objects.exists()
    assert link_seen(secret=secret(), at=noon) == LinkSeen(person, "小美", True)
    assert use_link(secret=secret(), at=noon) is not None
    assert [(one.person_id, one.kind) for one in Identity.objects.all()] == [(person, "mail")]
    assert send_sign_in(mail=MAIL, words=words, at=noon)


def test_a_mailbox_of_another_record_becomes_a_question_for_a_human(noon: datetime) -> None:
    other, person = somebody(noon, MAIL, name="林小美"), somebody(noon)
    send_proof(person_id=person, mail=MAIL, words=words, at=noon)
    visit = use_link(secret=secret(), at=noon)
    assert visit is not None
    assert visit.person_id == person
    assert Identity.objects.get().person_id == other
    assert Suggestion.objects.get().low == min(other, person)


def test_of_an_erased_person_no_link_is_left_and_none_is_sent(noon: datetime) -> None:
    person = somebody(noon, MAIL)
    send_sign_in(mail=MAIL, words=words, at=noon)
    told = secret()
    erase(person_id=person, with_words=True, actor="staff:1", at=noon)
    assert use_link(secret=told, at=noon) is None
    assert not send_sign_in(mail=MAIL, words=words, at=noon)


def test_old_links_are_swept_when_new_ones_are_made(noon: datetime) -> None:
    somebody(noon, MAIL)
    for days in (0, 2):
        send_sign_in(mail=MAIL, words=words, at=noon + timedelta(days=days))
    assert SignInLink.objects.count() == 1

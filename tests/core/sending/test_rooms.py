"""Our own rooms and inboxes: what is sent there has arrived once, in order, and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest

from tests.at_once import at_once
from tests.core.sending.cast import Clock, deliver, facts, group, said, somebody
from tongpin.channels.port import Address, Card, Content, TransportError
from tongpin.channels.port import Letter as PortLetter
from tongpin.channels.web.rooms import WebRooms
from tongpin.core.people.erasure import ERASERS, erase, register_eraser
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.places.models import Membership
from tongpin.core.sending.delivering import Delivered, Deliverer
from tongpin.core.sending.desk import Desk
from tongpin.core.sending.erasing import erase_from_sending
from tongpin.core.sending.exporting import export_letters
from tongpin.core.sending.models import InboxLetter, Letter, RoomPost
from tongpin.core.sending.queueing import NewCommand, NewLetter, queue_command, queue_letter, queue_letters
from tongpin.core.sending.redacting import redact
from tongpin.core.sending.rooms import (
    HouseRooms,
    inbox_of,
    keep_letter,
    last_posts,
    mark_seen,
    posts_of,
    unseen_letters,
)

pytestmark = pytest.mark.django_db(transaction=True)


def deliver_web(noon: datetime) -> Delivered:
    import asyncio

    async def walk() -> Delivered:
        desk = Desk()
        try:
            channel = WebRooms(rooms=HouseRooms(desk=desk, clock=Clock(noon)))
            return await Deliverer(channel=channel, worker="w", desk=desk, clock=Clock(noon)).deliver_once()
        finally:
            await desk.close()

    return asyncio.run(walk())


def in_room(text: str, place: int, **more: object) -> NewLetter:
    return said(text, channel="web", place_id=place, **more)


def texts(place: int) -> list[tuple[int, str]]:
    return [(one.number, one.content.text if one.content else "") for one in posts_of(place_id=place)]


def test_posts_are_numbered_within_their_place_in_the_order_of_the_queue(noon: datetime) -> None:
    one, two = group("一", noon), group("二", noon)
    for n in range(3):
        queue_letters(letters=[in_room(f"一{n}", one), in_room(f"二{n}", two)], at=noon)
    assert deliver_web(noon) == Delivered(sent=6)
    assert (texts(one), texts(two)) == (
        [(1, "一0"), (2, "一1"), (3, "一2")],
        [(1, "二0"), (2, "二1"), (3, "二2")],
    )
    assert [post.number for post in posts_of(place_id=one, after=1, limit=1)] == [2]
    assert [post.number for post in last_posts(place_id=one, limit=2)] == [2, 3]
    assert [post.number for post in last_posts(place_id=one, before=2)] == [1]
    assert set(Letter.objects.values_list("platform_id", flat=True)) == {
        str(pk) for pk in RoomPost.objects.values_list("pk", flat=True)
    }


def test_a_post_is_kept_whole_with_what_it_is_about_and_what_it_answers(noon: datetime) -> None:
    place = group("g", noon)
    content = Content(text="今晚八点", speaker="林老师", card=Card(title="开讲", url="https://example.com/t/1"))
    first = queue_letter(letter=in_room("先", place), at=noon)
    queue_letter(letter=in_room("k", place, content=content, about_kind="talk", about=7, answers=first), at=noon)
    deliver_web(noon)
    question, answer = posts_of(place_id=place)
    assert (answer.content, answer.about_kind, answer.about, answer.answers) == (content, "talk", 7, question.id)


def as_sent(row: Letter) -> PortLetter:
    return PortLetter(
        key=bytes(row.key).hex(), to=Address(kind="place", value="g"), content=Content(text=row.payload["text"])
    )


def test_the_same_letter_sent_again_is_kept_once_also_at_the_same_moment(noon: datetime) -> None:
    place = group("g", noon)
    letter = as_sent(Letter.objects.get(pk=queue_letter(letter=in_room("一次", place), at=noon)))
    numbers = at_once(*[partial(keep_letter, letter=letter, at=noon)] * 8)
    assert len(set(numbers)) == 1
    assert texts(place) == [(1, "一次")]


def test_different_letters_at_the_same_moment_have_numbers_without_a_gap(noon: datetime) -> None:
    place = group("g", noon)
    queue_letters(letters=[in_room(f"{n}", place) for n in range(8)], at=noon)
    letters = [as_sent(row) for row in Letter.objects.all()]
    at_once(*(partial(keep_letter, letter=one, at=noon) for one in letters))
    assert [number for number, _ in texts(place)] == list(range(1, 9))


def test_what_is_taken_back_keeps_its_number_and_says_nothing(noon: datetime) -> None:
    place = group("g", noon)
    queue_letter(letter=in_room("说错了", place, about_kind="talk", about=1), at=noon)
    deliver_web(noon)
    redact(about_kind="talk", about=1, at=noon, reason="slip")
    later = noon + timedelta(seconds=5)
    deliver_web(later)
    (post,) = posts_of(place_id=place)
    assert (post.number, post.content, post.redacted_at) == (1, None, later)
    assert RoomPost.objects.get().content == {}


def test_a_room_lets_in_and_sends_out(noon: datetime) -> None:
    place, person = group("g", noon), somebody(noon)
    for verb in ("invite", "kick"):
        command = NewCommand(key=verb, verb=verb, channel="web", place_id=place, person_id=person)  # type: ignore[arg-type]
        queue_command(command=command, at=noon)
        assert deliver_web(noon) == Delivered(sent=1)
        assert Membership.objects.get().left_at == (None if verb == "invite" else noon)


def test_what_rooms_do_not_do_is_refused_for_good(noon: datetime) -> None:
    command = NewCommand(key="m", verb="mute", channel="web", place_id=group("g", noon), person_id=somebody(noon))
    queue_command(command=command, at=noon)
    assert deliver_web(noon) == Delivered(failed=1)


def test_a_letter_to_a_person_lies_in_their_inbox_until_it_is_seen(noon: datetime) -> None:
    person = somebody(noon)
    for text in ("一", "二"):
        queue_letter(letter=said(text, channel="web", person_id=person), at=noon)
        deliver_web(noon)
    letters = inbox_of(person_ids=[person])
    assert [one.content.text for one in letters] == ["二", "一"]
    assert unseen_letters(person_id=person) == 2
    assert mark_seen(person_ids=[person], up_to=letters[1].id, at=noon) == 1
    assert mark_seen(person_ids=[person], up_to=letters[1].id, at=noon) == 0
    seen = Letter.objects.order_by("pk")[0].pk
    assert facts("letter.opened") == [("letter.opened", {"letter": seen, "letter_class": "service", "channel": "web"})]
    assert unseen_letters(person_id=person) == 1
    assert [one.content.text for one in inbox_of(person_ids=[person], before=letters[0].id)] == ["一"]


@pytest.fixture
def _layers() -> Iterator[None]:
    before = dict(ERASERS)
    register_eraser("sending", erase_from_sending)
    yield
    ERASERS.clear()
    ERASERS.update(before)


@pytest.mark.usefixtures("_layers")
@pytest.mark.parametrize("with_words", [True, False])
def test_of_an_erased_person_no_letter_and_no_name_is_left(noon: datetime, with_words: bool) -> None:
    place = group("g", noon)
    teacher = add_by_hand(nickname="林老师", signs=[], actor="staff:1", at=noon).person_id
    queue_letter(letter=said("给您", channel="web", person_id=teacher), at=noon)
    content = Content(text="我说的话", speaker="林老师")
    queue_letter(letter=in_room("k", place, content=content, speaker_person_id=teacher), at=noon)
    deliver_web(noon)
    erase(person_id=teacher, with_words=with_words, actor="staff:1", at=noon)
    assert InboxLetter.objects.count() == 0
    row = RoomPost.objects.get()
    assert (row.content, row.speaker_person_id) == ({} if with_words else {"text": "我说的话"}, None)


@pytest.mark.usefixtures("_layers")
def test_a_letter_on_its_way_when_its_reader_is_erased_is_not_kept(noon: datetime) -> None:
    person = add_by_hand(nickname="小美", signs=[], actor="staff:1", at=noon).person_id
    queue_letter(letter=said("给您", channel="web", person_id=person), at=noon)
    letter = as_sent(Letter.objects.get())
    erase(person_id=person, with_words=True, actor="staff:1", at=noon)
    with pytest.raises(TransportError, match="gone"):
        keep_letter(letter=letter, at=noon)


def test_letters_in_the_inbox_are_in_what_a_person_takes_along(noon: datetime) -> None:
    person = somebody(noon)
    queue_letter(letter=said("给您", channel="web", person_id=person), at=noon)
    deliver_web(noon)
    (section,) = export_letters((person,))
    assert [row["words"] for row in section.rows] == ["给您"]


def test_a_platform_that_does_not_know_keys_gets_nothing_of_our_rooms(noon: datetime) -> None:
    from tests.core.sending.cast import on
    from tongpin.channels.fake.platform import Platform

    queue_letter(letter=in_room("群里", group("g", noon)), at=noon)
    assert deliver(on(Platform()), Clock(noon)) == Delivered()

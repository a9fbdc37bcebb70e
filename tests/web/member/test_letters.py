"""The inbox, a community's room, and signing in on another phone."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.test import Client

from tests.loop.gather.cast import LIN, opened
from tongpin.base.clock import now as present
from tongpin.channels.port import Card, Content
from tongpin.core.people.meeting import add_by_hand, link_identity
from tongpin.core.people.models import Identity
from tongpin.core.people.signs import sign
from tongpin.core.people.visitors import meet_visitor
from tongpin.core.places.groups import add_group
from tongpin.core.places.joining import join
from tongpin.core.places.models import Community, Membership
from tongpin.core.places.rooms import web_place_of
from tongpin.core.sending import accounts
from tongpin.core.sending.models import InboxLetter, Letter, RoomPost
from tongpin.web.look.gate import MEMBER_COOKIE

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine() -> tuple[Client, int]:
    visit = meet_visitor(nickname="小美", at=present())
    phone = Client(headers={"accept-language": "en"})
    phone.cookies[MEMBER_COOKIE] = visit.secret
    return phone, visit.person_id


def write(person: int, text: str, n: int = 0) -> None:
    content = {"subject": text, "text": f"{text}。", "card": {"title": "看看", "url": "http://127.0.0.1:8000/shop/"}}
    InboxLetter.objects.create(person_id=person, key=f"{text}{n}".encode()[:16], content=content, at=present())


def test_letters_stand_newest_first_and_are_new_once(mine: tuple[Client, int]) -> None:
    phone, person = mine
    write(person, "甲信")
    write(person, "乙信")
    write(person + 1000, "别人的信")
    page = phone.get("/me/letters/").text
    assert page.index("乙信") < page.index("甲信")
    assert ("别人的信" in page, page.count("tag-go"), "http://127.0.0.1:8000/shop/" in page) == (False, 2, True)
    assert phone.get("/me/letters/").text.count("tag-go") == 0


def test_many_letters_are_leafed_through(mine: tuple[Client, int]) -> None:
    phone, person = mine
    for n in range(32):
        write(person, f"信{n:02}号")
    older = re.search(r"\?below=(\d+)", phone.get("/me/letters/").text)
    assert older is not None
    page = phone.get(f"/me/letters/?below={older[1]}").text
    assert ("信01号" in page, "信02号" in page) == (True, False)
    assert phone.get("/me/letters/?below=nonsense").status_code == 200


def test_an_empty_inbox_says_what_it_is_for(mine: tuple[Client, int]) -> None:
    assert "No letters yet" in mine[0].get("/me/letters/").text
    assert Client().get("/me/letters/").status_code == 302


def post(place: int, number: int, content: Content | None) -> None:
    told = {} if content is None else {"text": content.text, "speaker": content.speaker}
    RoomPost.objects.create(
        place_id=place, key=f"k{number}".encode(), number=number, content=told, at=present(),
        redacted_at=present() if content is None else None,
    )  # fmt: skip


def test_a_room_shows_its_members_what_was_said_newest_last(mine: tuple[Client, int], noon: datetime) -> None:
    phone, person = mine
    place = web_place_of(community_id=opened(noon), at=noon, actor=LIN)
    post(place, 1, Content(text="大家好 <b>", speaker="林老师"))
    post(place, 2, None)
    post(place, 3, Content(text="今晚八点"))
    assert phone.get(f"/r/{place}/").status_code == 404
    join(person_id=person, place_id=place, actor=LIN, at=noon)
    page = phone.get(f"/r/{place}/").text
    assert page.index("大家好 &lt;b&gt;") < page.index("This was taken back") < page.index("今晚八点")
    assert "林老师" in page
    assert phone.get(f"/r/{place + 99}/").status_code == 404


def test_an_empty_room_says_so(mine: tuple[Client, int], noon: datetime) -> None:
    phone, person = mine
    place = web_place_of(community_id=opened(noon), at=noon, actor=LIN)
    join(person_id=person, place_id=place, actor=LIN, at=noon)
    assert "Nothing was said here yet" in phone.get(f"/r/{place}/").text


def test_a_member_comes_into_another_room_of_the_community_and_a_stranger_does_not(
    mine: tuple[Client, int], noon: datetime
) -> None:
    phone, person = mine
    number = opened(noon)
    first = web_place_of(community_id=number, at=noon, actor=LIN)
    held = Community.objects.get(pk=number)
    second, _ = add_group(community=held, platform="web", name="周三读书夜", at=noon, actor=LIN)
    assert phone.post(f"/r/{second}/join/").status_code == 404
    join(person_id=person, place_id=first, actor=LIN, at=noon)
    assert f'action="/r/{second}/join/"' in phone.get(f"/c/{number}/").text
    for _ in range(2):
        assert phone.post(f"/r/{second}/join/")["Location"] == f"/r/{second}/"
    assert "周三读书夜" in phone.get(f"/r/{second}/").text
    page = phone.get(f"/c/{number}/").text
    assert (f'href="/r/{first}/"' in page, f'href="/r/{second}/"' in page) == (True, True)
    assert Membership.objects.filter(person=person, left_at=None).count() == 2


MAIL = "mei@example.org"


@pytest.fixture
def stranger() -> Client:
    return Client(headers={"accept-language": "en"})


def connect_mail() -> None:
    config = {"host": "smtp.example.com", "sender": "hello@example.com"}
    accounts.connect(kind="mail", config=config, at=present(), actor="staff:1")


def link() -> str:
    return re.sub(r"^https?://[^/]+", "", Letter.objects.latest("pk").payload["card"]["url"])


def test_without_mail_there_is_no_form(stranger: Client) -> None:
    page = stranger.get("/me/again/").text
    assert ("sends no mail yet" in page, 'name="mail"' in page) == (True, False)
    stranger.post("/me/again/", {"mail": MAIL})
    assert not Letter.objects.exists()


def test_known_and_unknown_mailboxes_are_answered_alike(stranger: Client) -> None:
    connect_mail()
    add_by_hand(nickname="小美", signs=[sign("mail", MAIL)], actor="staff:1", at=present())
    pages = [stranger.post("/me/again/", {"mail": mail}) for mail in (MAIL, "who@example.org")]
    assert [one.status_code for one in pages] == [200, 200]
    token = r'name="csrfmiddlewaretoken" value="\w+"'
    told = [re.sub(f"{token}|{MAIL}|who@example.org", "", one.text) for one in pages]
    assert told[0] == told[1]
    assert Letter.objects.count() == 1


def test_a_link_in_a_letter_signs_this_phone_in_once(stranger: Client) -> None:
    connect_mail()
    person = add_by_hand(nickname="小美", signs=[sign("mail", MAIL)], actor="staff:1", at=present()).person_id
    stranger.post("/me/again/", {"mail": MAIL})
    for _ in range(3):
        seen = stranger.get(link())
        assert ("Sign in as 小美" in seen.text, seen["Referrer-Policy"]) == (True, "same-origin")
    answer = stranger.post(link())
    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    assert "Hello, 小美" in stranger.get("/me/").text
    other = Client(headers={"accept-language": "en"})
    assert [other.get(link()).status_code, other.post(link()).status_code] == [410, 410]
    assert MEMBER_COOKIE not in other.cookies
    assert person == Identity.objects.get().person_id


def test_a_signed_in_member_makes_a_mailbox_theirs(mine: tuple[Client, int]) -> None:
    phone, person = mine
    connect_mail()
    assert "My mailbox" in phone.get("/me/again/").text
    phone.post("/me/again/", {"mail": MAIL})
    phone.post(link())
    held = Identity.objects.get(kind="mail")
    assert (held.person_id, MAIL in held.shown) == (person, False)


def test_one_mailbox_gets_three_links_in_a_quarter_of_an_hour(stranger: Client) -> None:
    connect_mail()
    person = meet_visitor(nickname="小美", at=present()).person_id
    link_identity(person_id=person, sign=sign("mail", MAIL), actor="staff:1", at=present())
    answers = [stranger.post("/me/again/", {"mail": MAIL}).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    assert Letter.objects.count() == 3


@pytest.mark.parametrize("mail", ["", "nobody", "a@b", "林@例子.中国"])
def test_what_is_no_address_is_said_at_once(stranger: Client, mail: str) -> None:
    connect_mail()
    answer = stranger.post("/me/again/", {"mail": mail})
    assert (answer.status_code, "Give a mail address" in answer.text) == (422, True)


def test_a_letter_of_many_kinds_of_content_is_shown_whole(mine: tuple[Client, int]) -> None:
    phone, person = mine
    whole = Content(text="看图", card=Card(title="开讲", url="https://example.com/t/1", text="今晚"))
    told = {"text": whole.text, "pictures": [{"media": "a" * 40, "caption": "封面"}], "voice": {"media": "b" * 40}}
    InboxLetter.objects.create(person_id=person, key=b"x", content=told, at=present())
    page = phone.get("/me/letters/").text
    assert [word in page for word in (f"/f/{'a' * 40}", 'alt="封面"', f"/f/{'b' * 40}", "<audio")] == [True] * 4


def test_only_letters_that_were_shown_are_no_longer_new(mine: tuple[Client, int]) -> None:
    phone, person = mine
    for n in range(32):
        write(person, f"信{n:02}号")
    phone.get("/me/letters/")
    assert InboxLetter.objects.filter(seen_at=None).count() == 2
    assert "tag-go" in phone.get(f"/me/letters/?below={InboxLetter.objects.order_by('pk')[2].pk}").text
    assert InboxLetter.objects.filter(seen_at=None).count() == 0

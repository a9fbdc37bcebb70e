"""A digest on a phone: quotes with consent, thanks; a person who is quoted sees their words first and decides."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import translation

from tests.loop.give.digests.test_actions import FIRST, SECOND, agree, evening
from tests.loop.give.talks.cast import LIN, live, somebody
from tongpin.core.people.visitors import begin_session
from tongpin.core.places.joining import join_by_hand
from tongpin.loop.give.digests.actions import draft_from_talk, publish, write_up
from tongpin.loop.give.digests.models import Digest, QuoteConsent
from tongpin.loop.give.talks.actions import ask, end, give_segment
from tongpin.web.look.gate import MEMBER_COOKIE

pytestmark = pytest.mark.django_db


def phone_of(person: int | None, at: datetime) -> Client:
    translation.activate("en")
    client = Client(headers={"accept-language": "en"})
    if person is not None:
        client.cookies[MEMBER_COOKIE] = begin_session(person_id=person, at=at).secret
    return client


def page_of(digest: int) -> str:
    return f"/d/{Digest.objects.get(pk=digest).code}/"


def out(digest: int, mei: int, at: datetime) -> None:
    write_up(digest_id=digest, title="带娃出门跑步", conclusion="先说清楚几点回来。", actor=LIN)
    agree(digest, mei, at)
    publish(digest_id=digest, at=at, actor=LIN)


def test_a_draft_is_seen_by_those_who_are_quoted_and_only_their_own_words(noon: datetime) -> None:
    _, digest, mei, _ = evening(noon)
    assert phone_of(None, noon).get(page_of(digest)).status_code == 404
    page = phone_of(mei, noon).get(page_of(digest)).text
    assert ("May we quote you?" in page, FIRST in page, SECOND in page) == (True, True, False)


def test_a_member_says_yes_and_takes_it_back(noon: datetime) -> None:
    _, digest, mei, qiang = evening(noon)
    phone, address = phone_of(qiang, noon), page_of(digest)
    assert "Your words may stand there" in phone.post(f"{address}agree/", {"agrees": "1"}, follow=True).text
    assert QuoteConsent.objects.get(person=qiang).how == "page"
    out(digest, mei, noon)
    assert SECOND in phone_of(None, noon).get(address).text
    phone.post(f"{address}agree/", {"agrees": "0"})
    assert SECOND not in phone_of(None, noon).get(address).text
    assert FIRST in phone_of(None, noon).get(address).text


def test_strangers_read_names_of_those_who_agreed_and_members_all_who_gave(noon: datetime) -> None:
    group, digest, mei, qiang = evening(noon)
    out(digest, mei, noon)
    page = phone_of(None, noon).get(page_of(digest)).text
    for told in ("带娃出门跑步", "先说清楚几点回来。", FIRST, "小美", "and one more member", "Be there the next time"):
        assert told in page, told
    assert ("阿强" in page, SECOND in page) == (False, False)
    join_by_hand(person_id=qiang, place_id=group, actor=LIN, at=noon)
    inside = phone_of(qiang, noon).get(page_of(digest)).text
    assert ("阿强" in inside, "Be there the next time" in inside) == (True, False)


def test_nobody_answers_for_somebody_else_or_for_what_is_not_there(noon: datetime) -> None:
    _, digest, *_ = evening(noon)
    stranger = phone_of(somebody(noon, "路人"), noon)
    assert stranger.post(f"{page_of(digest)}agree/", {"agrees": "1"}).status_code == 404
    assert stranger.get("/d/nothing/").status_code == 404
    assert phone_of(None, noon).post(f"{page_of(digest)}agree/", {"agrees": "1"}).status_code == 302
    assert set(QuoteConsent.objects.values_list("state", flat=True)) == {"unasked"}


def test_the_page_is_light(noon: datetime) -> None:
    _, digest, mei, _ = evening(noon)
    out(digest, mei, noon)
    page = phone_of(None, noon).get(page_of(digest))
    assert len(page.content) < 12_000
    assert "<script" not in page.text


def test_a_question_stands_in_no_digest_for_its_asker_did_not_agree(noon: datetime) -> None:
    guest, asker = somebody(noon, "林老师"), somebody(noon, "小美")
    talk, began = live(noon, [], guest_person_id=guest)
    asked = ask(talk_id=talk, person_id=asker, name="", words="老二刚确诊，怎么办", channel="live", at=began)
    answer = "不用追着读，等到那一页孩子自己停下来，慢慢说给你听就好"
    give_segment(
        talk_id=talk, form="text", words=answer, client_key="k", at=began, actor="guest", question_id=asked.question_id
    )
    end(talk_id=talk, at=began + timedelta(minutes=30), actor=LIN)
    drafted = draft_from_talk(talk_id=talk, at=began + timedelta(minutes=31), actor=LIN)
    out(drafted, guest, began + timedelta(minutes=32))
    page = phone_of(None, noon).get(page_of(drafted)).text
    assert (answer in page, "老二刚确诊" in page) == (True, False)

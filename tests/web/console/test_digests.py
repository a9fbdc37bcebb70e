"""Digests in the console: drafting from a chat, consent of each, publishing; who may not see the words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from tests.loop.give.digests.test_actions import FIRST, SECOND, agree, chat, evening
from tests.loop.give.talks.cast import GUEST, LIN, community, live, plain_group, room, somebody, speaks
from tests.web.console.shop_files import at_work, url
from tongpin.core.people.visitors import begin_session
from tongpin.core.sending.models import Errand
from tongpin.core.team.rules import Held
from tongpin.loop.give.digests.actions import draft_from_place, draft_from_talk, write_up
from tongpin.loop.give.digests.models import Digest, Quote, QuoteConsent
from tongpin.loop.give.digests.queries import digest_seen
from tongpin.loop.give.talks.actions import end
from tongpin.web.console import digests_list

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_the_evening(noon: datetime) -> Iterator[None]:
    with travel(noon + timedelta(hours=8), tick=False):
        yield


@pytest.fixture
def boss(db: None) -> Client:
    return at_work(Held("owner"))


def test_an_empty_page_teaches_and_a_chat_becomes_a_draft(boss: Client, noon: datetime) -> None:
    page = boss.get(url("digests")).text
    assert ("No digest yet" in page, "Draft one from a chat" in page) == (True, False), "there is no group yet"
    mei, qiang = somebody(noon), somebody(noon, "阿强")
    group = plain_group("跑步 1 群", noon, of=community(noon))
    chat(group, noon, (mei, FIRST), (qiang, SECOND))
    sent = {"place": group, "first_day": "2026-11-22", "last_day": "2026-11-22", "title": "带娃出门跑步"}
    answer = boss.post(url("digests"), sent, follow=True)
    made = Digest.objects.get()
    assert answer.redirect_chain[-1][0] == url("digest", made.pk)
    for told in (
        "带娃出门跑步",
        FIRST,
        SECOND,
        "no message reaches them",
        "Of the chat in 跑步 1 群, 2026-11-22 ·",
        "小美",
        "阿强",
    ):
        assert told in answer.text, told
    assert "带娃出门跑步" in boss.get(url("digests")).text


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (("2026-11-22", "2026-11-20"), "before the first"),
        (("2026-08-01", "2026-11-20"), "at most 31 days"),
        (("2026-11-01", "2026-11-02"), "Nothing in these days"),
        (("x", "2026-11-02"), "Give a day, such as"),
    ],
)
def test_a_stretch_without_a_digest_is_told_beside_the_field(
    boss: Client, noon: datetime, days: tuple[str, str], told: str
) -> None:
    group = plain_group("跑步 1 群", noon, of=community(noon))
    sent = {"place": group, "first_day": days[0], "last_day": days[1], "title": "跑步"}
    answer = boss.post(url("digests"), sent)
    assert (answer.status_code, told in answer.text, Digest.objects.count()) == (422, True, 0)


def test_consent_goes_from_asked_to_agreed_and_only_that_is_published(boss: Client, noon: datetime) -> None:
    _, digest, mei, qiang = evening(noon)
    for one in (mei, qiang):
        begin_session(person_id=one, at=noon)
    page = boss.get(url("digest", digest)).text
    assert ("Ask 2 people" in page, "Publish with" in page) == (True, False), "nothing to publish yet"
    assert "2 people are asked" in boss.post(url("digest_ask", digest), follow=True).text
    boss.post(url("digest_consent", digest, mei), {"agrees": "1"})
    boss.post(url("digest_consent", digest, qiang), {"agrees": "0"})
    assert dict(QuoteConsent.objects.values_list("person_id", "state")) == {mei: "given", qiang: "refused"}
    page = boss.get(url("digest", digest)).text
    assert ('href="#id_conclusion"' in page, "Publish with" in page) == (True, False)
    refused = boss.post(url("digest_publish", digest), follow=True).text
    assert "Write first what it comes to" in refused
    boss.post(url("digest", digest), {"title": "带娃出门跑步", "conclusion": "先说清楚几点回来。"})
    page = boss.get(url("digest", digest)).text
    for told in ("told a teammate", "does not want it", "Publish with 1 quote", "1 quote may stand in it"):
        assert told in page, told
    assert "It is out with 1 quote" in boss.post(url("digest_publish", digest), follow=True).text
    assert [one.words for one in digest_seen(digest_id=digest).shown] == [FIRST]


def test_people_are_counted_as_people_and_whom_no_message_reaches_is_asked_in_the_group(
    boss: Client, noon: datetime
) -> None:
    mei, qiang = somebody(noon), somebody(noon, "阿强")
    group = plain_group("跑步 1 群", noon, of=community(noon))
    more = "我家是把鞋放在门口，早上看见鞋就出门了，省了一半的犹豫"
    chat(group, noon, (mei, FIRST), (qiang, SECOND), (mei, more), (qiang, "学到了"))
    digest = draft_from_place(
        place_id=group, first=noon, last=noon + timedelta(hours=1), title="跑步", at=noon, actor=LIN
    )
    page = boss.get(url("digest", digest)).text
    assert ("2 people are known from a chat alone" in page, 'href="#by-hand"' in page, "Ask 2" in page) == (
        True,
        True,
        False,
    )
    assert all(f"{name}：{words}" in page for name, words in (("小美", FIRST), ("小美", more), ("阿强", SECOND)))
    assert "Nobody new could be asked" in boss.post(url("digest_ask", digest), follow=True).text
    begin_session(person_id=mei, at=noon)
    page = boss.get(url("digest", digest)).text
    assert ("Ask 1 person" in page, "1 person is known from a chat alone" in page) == (True, True)
    page = boss.post(url("digest_ask", digest), follow=True).text
    assert ("1 person is asked" in page, "1 person was asked and has not answered" in page) == (True, True)
    boss.post(url("digest_consent", digest, qiang), {"agrees": "1"})
    page = boss.get(url("digest", digest)).text
    assert ("known from a chat alone" in page, "no message reaches" in page) == (False, False)


def test_a_published_digest_has_its_cards_on_its_page_its_list_and_today(boss: Client, noon: datetime) -> None:
    group, digest, mei, _ = evening(noon)
    write_up(digest_id=digest, title="带娃出门跑步", conclusion="先说几点回来。", actor=LIN)
    agree(digest, mei, noon)
    boss.post(url("digest_publish", digest))
    card = Errand.objects.get(place=group)
    for page in (boss.get(url("digest", digest)).text, boss.get(url("digests")).text):
        assert "1 card waits to be pasted" in page
    assert card.text in boss.get(url("digest", digest)).text
    today = boss.get(url("today")).text
    assert ("<b>1 card</b> to be pasted by hand" in today, f"{url('digest', digest)}#cards" in today) == (True, True)
    assert boss.post(url("digest_card_copied", digest, card.pk)).status_code == 204
    done = boss.post(url("digest_card_done", digest, card.pk))
    assert done["Location"] == f"{url('digest', digest)}#cards"
    card.refresh_from_db()
    assert (card.state, card.taps) == ("done", 2)
    for page in (boss.get(url("digest", digest)).text, boss.get(url("digests")).text, boss.get(url("today")).text):
        assert "to be pasted" not in page


def test_a_card_is_pasted_only_by_who_may_read_its_digest(boss: Client, noon: datetime) -> None:
    _, digest, mei, _ = evening(noon)
    write_up(digest_id=digest, title="带娃出门跑步", conclusion="先说几点回来。", actor=LIN)
    agree(digest, mei, noon)
    boss.post(url("digest_publish", digest))
    card = Errand.objects.get().pk
    talk, _begun = live(noon, [plain_group("绘本 1 群", noon)])
    other = Errand.objects.filter(about_kind="talk", about=talk).latest("pk").pk
    hand = at_work(Held("operator", community(noon, "别的社")), login="b")
    for client, number in ((hand, card), (boss, other), (boss, 999_999)):
        for name in ("digest_card_copied", "digest_card_done"):
            assert client.post(url(name, digest, number)).status_code == 404
    assert "to be pasted" not in hand.get(url("today")).text
    assert set(Errand.objects.filter(pk=card).values_list("state", "taps")) == {("given", 0)}


def test_a_quote_is_left_out_and_taken_in_again(boss: Client, noon: datetime) -> None:
    _, digest, mei, _ = evening(noon)
    quote = Quote.objects.get(person=mei).pk
    boss.post(url("digest_quote", digest, quote), {"out": "1"})
    assert Quote.objects.get(pk=quote).left_out
    assert "Take it in again" in boss.get(url("digest", digest)).text
    boss.post(url("digest_quote", digest, quote), {"out": "0"})
    assert not Quote.objects.get(pk=quote).left_out
    assert boss.post(url("digest_quote", digest, quote + 99), {"out": "1"}).status_code == 404
    assert boss.post(url("digest_consent", digest, 999_999), {"agrees": "1"}).status_code == 404


def test_a_talk_that_ended_leads_to_its_digest(boss: Client, noon: datetime) -> None:
    here, mei = community(noon), somebody(noon)
    group = plain_group("绘本 1 群", noon, of=here)
    talk, begun = live(noon, [group], community_id=here)
    answer = boss.post(url("digest_of_talk", talk), follow=True)
    assert "once the talk has ended" in answer.text
    chat(group, begun + timedelta(minutes=1), (mei, FIRST))
    end(talk_id=talk, at=begun + timedelta(hours=1), actor=GUEST)
    answer = boss.post(url("digest_of_talk", talk), follow=True)
    assert answer.redirect_chain[-1][0] == url("digest", Digest.objects.get().pk)
    assert "Of the talk “睡前十分钟，怎么读”, 2026-" in answer.text


def test_who_may_not_read_messages_or_works_elsewhere_sees_no_digest(noon: datetime) -> None:
    _, digest, mei, _ = evening(noon)
    other = community(noon, "别的社")
    assert at_work(Held("viewer"), login="a").get(url("digest", digest)).status_code == 403
    hand = at_work(Held("operator", other), login="b")
    assert hand.get(url("digest", digest)).status_code == 404
    assert FIRST not in hand.get(url("digests")).text
    reader = at_work(Held("assistant"), login="c")
    assert "They told me yes" not in reader.get(url("digest", digest)).text
    for address, sent in (
        (url("digest", digest), {"title": "x"}),
        (url("digest_consent", digest, mei), {"agrees": "1"}),
        (url("digest_publish", digest), {}),
        (url("digests"), {"title": "x"}),
    ):
        assert reader.post(address, sent).status_code == 403
    assert set(QuoteConsent.objects.values_list("state", flat=True)) == {"unasked"}
    assert boss_of(digest) == "带娃出门跑步"


def boss_of(digest: int) -> str:
    return Digest.objects.get(pk=digest).title


def test_three_digests_and_more_quotes_cost_the_same_queries_as_one(boss: Client, noon: datetime) -> None:
    counts = []
    for turn in range(3):
        _, digest, mei, _ = evening(noon, f"跑步 {turn} 群")
        write_up(digest_id=digest, title="跑步", conclusion="先说几点回来。", actor=LIN)
        agree(digest, mei, noon)
        for address in (url("digests"), url("digest", digest)):
            boss.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert boss.get(address).status_code == 200
            counts.append(len(asked))
    assert counts[:2] == counts[4:]
    assert max(counts) <= 22


def test_more_digests_than_a_page_shows_are_paged_through_each_once(
    boss: Client, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [evening(noon, f"跑步 {turn} 群")[1] for turn in range(3)]
    monkeypatch.setattr(digests_list, "SHOWN", 2)
    first = boss.get(url("digests")).text
    second = boss.get(f"{url('digests')}?below={made[1]}").text
    assert f'href="{url("digests")}?below={made[1]}" rel="next"' in first
    shown = [[n for n in made if f'href="{url("digest", n)}"' in page] for page in (first, second)]
    assert (shown, 'rel="next"' in second, "To the newest" in second) == ([made[1:], made[:1]], False, True)
    assert "There are no older ones" in boss.get(f"{url('digests')}?below={made[0]}").text


def test_words_of_another_communitys_group_are_read_once_they_were_agreed_to(noon: datetime) -> None:
    own, other = community(noon), community(noon, "别的社群")
    here, there = room("甲群", noon, of=own), room("乙群", noon, of=other)
    talk, began = live(noon, [here, there], community_id=own)
    mei, qiang = somebody(noon), somebody(noon, "阿强")
    words = "我家孩子四岁，晚上读三本书，读完就睡，这个办法用了两年很有用"
    speaks(there, mei, words, began + timedelta(minutes=1))
    speaks(there, qiang, "这个办法好，我们家今天晚上就开始读三本试试看", began + timedelta(minutes=2))
    end(talk_id=talk, at=began + timedelta(minutes=30), actor=LIN)
    drafted = draft_from_talk(talk_id=talk, at=began + timedelta(minutes=31), actor=LIN)
    theirs, everywhere = at_work(Held("operator", own)), at_work(Held("operator"))
    page = theirs.get(url("digest", drafted)).text
    assert (words in page, "Said in a group of another community" in page) == (False, True)
    assert words in everywhere.get(url("digest", drafted)).text
    assert theirs.post(url("digest_consent", drafted, mei), {"agrees": "1"}).status_code == 404
    everywhere.post(url("digest_consent", drafted, mei), {"agrees": "1"})
    assert words in theirs.get(url("digest", drafted)).text

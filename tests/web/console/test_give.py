"""Talks at the desk: planning, the guest's link, telling groups, cards pasted by hand, questions, the board, Today."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from tests.loop.give.talks.cast import (
    GUEST,
    LATER,
    LIN,
    community,
    live,
    plain_group,
    planned,
    react,
    room,
    says,
    somebody,
    speaks,
)
from tests.web.console.shop_files import at_work, url
from tongpin.core.places.actions import know_place
from tongpin.core.places.models import Place
from tongpin.core.sending.models import Errand, Letter
from tongpin.core.team.rules import Held
from tongpin.loop.give.talks.actions import announce, ask, end, give_segment, relay, start
from tongpin.loop.give.talks.models import Hearer, Question, Segment, Talk, TalkPlace
from tongpin.web.console import give_doors, give_list, give_talk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(noon: datetime) -> Iterator[None]:
    with travel(noon, tick=False):
        yield


@pytest.fixture
def operator(db: None) -> Client:
    return at_work(Held("operator"))


def told(noon: datetime) -> int:
    """A talk announced in a plain group, whose card waits."""
    own = community(noon)
    talk = planned(noon, community_id=own)
    announce(talk_id=talk, place_ids=[plain_group("晨跑 1 群", noon, of=own)], at=noon, actor=LIN)
    return talk


def asked(talk: int, words: str, noon: datetime) -> int:
    return ask(talk_id=talk, person_id=None, name="豆豆妈", words=words, channel="live", at=noon).question_id


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_an_empty_list_teaches_and_a_talk_is_planned_from_the_form(operator: Client, noon: datetime) -> None:
    assert "No talk is planned" in operator.get(url("give")).text
    own = community(noon)
    form = {"title": "睡前十分钟", "guest_name": "林老师", "community": str(own), "about": "",
            "starts_at": "2026-11-22T20:00", "minutes": "60", "once": "k1"}  # fmt: skip
    past = operator.post(url("give_talk_new"), {**form, "starts_at": "2026-11-22T08:00"})
    assert (past.status_code, "睡前十分钟" in past.text, Talk.objects.count()) == (422, True, 0)
    made = operator.post(url("give_talk_new"), form)
    talk = Talk.objects.get()
    assert made["Location"] == url("give_talk", talk.pk)
    assert (talk.title, talk.state, talk.starts_at) == ("睡前十分钟", "draft", noon + timedelta(hours=8))
    assert "睡前十分钟" in operator.get(url("give")).text


def test_a_form_that_is_sent_twice_plans_one_talk(operator: Client, noon: datetime) -> None:
    own = community(noon)
    page = operator.get(url("give_talk_new")).text
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once is not None
    form = {"title": "睡前十分钟", "guest_name": "林老师", "community": str(own), "about": "",
            "starts_at": "2026-11-22T20:00", "minutes": "60", "once": once[1]}  # fmt: skip
    led = [operator.post(url("give_talk_new"), form)["Location"] for _ in range(2)]
    assert led == [url("give_talk", Talk.objects.get().pk)] * 2
    anew = re.search(r'name="once" value="([^"]+)"', operator.get(url("give_talk_new")).text)
    assert anew is not None
    operator.post(url("give_talk_new"), {**form, "once": anew[1]})
    assert (Talk.objects.count(), once[1] != anew[1]) == (2, True)


def test_one_of_our_own_is_asked_from_their_page_and_bears_the_talk(operator: Client, noon: datetime) -> None:
    own = community(noon)
    mei = somebody(noon, "小美")
    asks = f"{url('give_talk_new')}?guest={mei}"
    page = operator.get(asks).text
    assert ('name="guest" value="' + str(mei) + '"' in page, 'value="小美"' in page) == (True, True)
    assert f"?guest={mei}" in operator.get(url("person", mei)).text
    form = {"title": "睡前十分钟", "guest_name": "小美", "community": str(own), "about": "",
            "starts_at": "2026-11-22T20:00", "minutes": "60", "guest": str(mei), "once": "k1"}  # fmt: skip
    operator.post(url("give_talk_new"), form)
    talk = Talk.objects.get()
    assert talk.guest_person_id == mei
    operator.post(url("give_talk_edit", talk.pk), {**form, "title": "睡前一刻钟", "guest": ""})
    talk.refresh_from_db()
    assert (talk.title, talk.guest_person_id) == ("睡前一刻钟", mei)


def test_a_guest_out_of_reach_is_not_borne(noon: datetime) -> None:
    own = community(noon)
    mei = somebody(noon, "小美")
    client = at_work(Held("operator", own))
    page = client.get(f"{url('give_talk_new')}?guest={mei}").text
    assert ("小美" in page, 'name="guest"' in page) == (False, False)


def test_the_guests_link_is_shown_once_and_opens_the_stage(operator: Client, noon: datetime) -> None:
    talk = planned(noon)
    page = operator.post(url("give_talk_stage", talk))
    link = re.search(r"http://127\.0\.0\.1:8000(/stage/[^<\"]+/)", page.text)
    assert link is not None
    assert page["Cache-Control"] == "private, no-store"
    assert Client().get(link[1]).status_code == 200
    assert link[1] not in operator.get(url("give_talk", talk)).text


def test_the_guests_link_is_at_hand_on_the_talks_page_until_the_talk_is_over(operator: Client, noon: datetime) -> None:
    talk = told(noon)
    waiting = operator.get(url("give_talk", talk)).text
    assert ("Paste the card that waits" in waiting, f'action="{url("give_talk_stage", talk)}"' in waiting) == (
        True,
        True,
    )
    assert "Make the guest&#x27;s link" in waiting or "Make the guest's link" in waiting
    operator.post(url("give_talk_stage", talk))
    start(talk_id=talk, at=noon + LATER, actor=GUEST)
    speaking = operator.get(url("give_talk", talk)).text
    assert ('data-dialog="renew"' in speaking, "Paste the card that waits" in speaking) == (True, True)
    end(talk_id=talk, at=noon + LATER, actor=GUEST)
    over = operator.get(url("give_talk", talk)).text
    assert (url("give_talk_stage", talk) in over, 'data-dialog="renew"' in over) == (False, False)


def test_groups_are_told_a_card_is_pasted_and_done(operator: Client, noon: datetime) -> None:
    own = community(noon)
    talk = planned(noon, community_id=own)
    web, plain = room("绘本 1 群", noon, of=own), plain_group("晨跑 1 群", noon, of=own)
    page = operator.get(url("give_talk", talk)).text
    assert page.count('name="place"') == 2
    nothing = operator.post(url("give_talk_announce", talk), {})
    assert (nothing.status_code, "Choose at least one group" in nothing.text) == (422, True)
    operator.post(url("give_talk_announce", talk), {"place": [str(web), str(plain), "999", "x"]})
    assert sorted(TalkPlace.objects.values_list("place_id", flat=True)) == [web, plain]
    card = Errand.objects.get()
    board = operator.get(url("give_talk", talk)).text
    assert "Paste the card that waits" in board
    assert card.text.split("\n")[0] in board
    operator.post(url("give_errand_copied", talk, card.pk))
    done = operator.post(url("give_errand_done", talk, card.pk))
    assert done["Location"].endswith("#cards")
    card.refresh_from_db()
    assert (card.state, card.taps) == ("done", 2)
    assert operator.post(url("give_errand_done", talk, 999)).status_code == 404


def test_what_is_pressed_twice_is_done_once_and_nothing_is_refused(operator: Client, noon: datetime) -> None:
    own = community(noon)
    talk = planned(noon, community_id=own)
    plain = plain_group("晨跑 1 群", noon, of=own)
    for _ in range(2):
        again = operator.post(url("give_talk_announce", talk), {"place": [str(plain)]}, follow=True)
    assert (again.status_code, "These groups were told already." in again.text) == (200, True)
    assert (TalkPlace.objects.count(), Errand.objects.count()) == (1, 1)
    start(talk_id=talk, at=noon, actor=GUEST)
    for _ in range(2):
        over = operator.post(url("give_talk_end", talk), follow=True)
    off = planned(noon, community_id=own, title="另一场")
    for _ in range(2):
        gone = operator.post(url("give_talk_cancel", off), {"reason": "weather"}, follow=True)
    for page in (over, gone):
        assert "The talk went on meanwhile" not in page.text


def test_the_board_shows_each_group_each_piece_and_each_question(operator: Client, noon: datetime) -> None:
    own = community(noon)
    talk, at = live(noon, [room("绘本 1 群", noon, of=own), plain_group("晨跑 1 群", noon, of=own)], community_id=own)
    says(talk, "等那一页。", at)
    react()
    asked(talk, "要追着读吗？", noon)
    for address in (url("give_talk", talk), url("give_talk_now", talk)):
        page = operator.get(address).text
        for words in ("绘本 1 群", "晨跑 1 群", "等那一页。", "要追着读吗？", "0/1", "pip-wait"):
            assert words in page, (address, words)
    assert 'hx-swap-oob="true"' in operator.get(url("give_talk_now", talk)).text


def test_of_very_many_questions_the_first_stand_there_and_all_are_counted(
    operator: Client, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(give_talk, "SHOWN_QUESTIONS", 2)
    talk, _at = live(noon, [])
    numbers = [asked(talk, f"问题 {n}", noon + timedelta(seconds=n)) for n in range(4)]
    operator.post(url("give_question_hand", talk, numbers[3]))
    page = operator.get(url("give_talk", talk)).text
    assert re.findall(r'id="question-(\d+)"', page) == [str(numbers[3]), str(numbers[0])]
    assert ("4 open" in page, "2 more wait behind these" in page) == (True, True)


def test_a_question_is_handed_on_taken_back_joined_answered_and_left_out(operator: Client, noon: datetime) -> None:
    talk, _at = live(noon, [])
    first, second, third = (asked(talk, words, noon) for words in ("追着读？", "要追吗？", "多少钱？"))
    operator.post(url("give_question_hand", talk, first))
    assert Question.objects.get(pk=first).state == "shown"
    operator.post(url("give_question_wait", talk, first))
    assert Question.objects.get(pk=first).state == "waiting"
    operator.post(url("give_question_merge", talk, second), {"into": str(first)})
    assert Question.objects.get(pk=second).merged_into_id == first
    operator.post(url("give_question_answer", talk, first), {"words": ""})
    assert Question.objects.get(pk=first).state == "waiting"
    operator.post(url("give_question_answer", talk, first), {"words": "不用追。"})
    operator.post(url("give_question_drop", talk, third))
    assert list(Question.objects.order_by("pk").values_list("state", flat=True)) == ["answered", "merged", "dropped"]
    assert operator.post(url("give_question_merge", talk, third), {"into": "x"}).status_code == 302
    other, _ = live(noon, [], title="另一场", community_id=Talk.objects.get(pk=talk).community_id)
    assert operator.post(url("give_question_drop", other, first)).status_code == 404


def test_which_question_asks_the_same_is_chosen_on_a_page_that_needs_no_script(
    operator: Client, noon: datetime
) -> None:
    talk, _at = live(noon, [])
    first, second, third, settled = (
        asked(talk, words, noon) for words in ("追着读？", "要追吗？", "多少钱？", "几岁？")
    )
    operator.post(url("give_question_answer", talk, third), {"words": "十块。"})
    operator.post(url("give_question_drop", talk, settled))
    page = url("give_question_merge", talk, second)
    assert f'href="{page}"' in operator.get(url("give_talk", talk)).text
    seen = operator.get(page).text
    assert re.findall(r'name="into" value="(\d+)"', seen) == [str(first), str(third)]
    assert operator.post(page)["Location"] == page
    joined = operator.post(page, {"into": str(third)})
    assert joined["Location"] == f"{url('give_talk', talk)}#questions"
    assert Question.objects.get(pk=second).merged_into_id == third
    assert "It was settled meanwhile" in operator.get(page, follow=True).text
    other, _ = live(noon, [], title="另一场", community_id=Talk.objects.get(pk=talk).community_id)
    assert operator.get(url("give_question_merge", other, first)).status_code == 404


def test_once_the_talk_is_over_no_question_is_handed_to_the_guest(operator: Client, noon: datetime) -> None:
    talk, at = live(noon, [])
    number = asked(talk, "追着读？", noon)
    hand = url("give_question_hand", talk, number)
    assert hand in operator.get(url("give_talk", talk)).text
    end(talk_id=talk, at=at + timedelta(hours=1), actor=GUEST)
    page = operator.get(url("give_talk", talk)).text
    assert (hand in page, url("give_question_answer", talk, number) in page) == (False, True)
    assert "the guest sees no questions any more" in operator.post(hand, follow=True).text
    assert Question.objects.get(pk=number).state == "waiting"


def test_of_a_picture_in_a_matrix_room_it_is_said_that_its_file_stays_there(operator: Client, noon: datetime) -> None:
    there = know_place(
        kind=Place.Kind.GROUP, platform="matrix", name="M", external_id="!tea:house.test", at=noon, actor=LIN
    )
    talk, at = live(noon, [there.pk])
    words = says(talk, "说错了", at)
    picture = give_segment(
        talk_id=talk, form="picture", words="", files=["a" * 40], client_key="p", at=at, actor=GUEST
    ).segment_id
    for segment in (words, picture):
        relay(segment_id=segment, at=at)
    pages = [url("give_talk_back", talk, one) for one in (words, picture)]
    assert [("only its administrator" in operator.get(page).text) for page in pages] == [False, False]
    Letter.objects.update(state="sent", done_at=at)
    assert [("only its administrator" in operator.get(page).text) for page in pages] == [False, True]


def test_a_piece_is_taken_back_only_after_saying_what_that_means(operator: Client, noon: datetime) -> None:
    talk, at = live(noon, [])
    slip = says(talk, "说错了", at)
    assert "Take it back everywhere" in operator.get(url("give_talk_back", talk, slip)).text
    assert Segment.objects.get().redacted_at is None
    operator.post(url("give_talk_back", talk, slip))
    assert Segment.objects.get().redacted_at is not None
    assert "说错了" not in operator.get(url("give_talk", talk)).text
    assert operator.get(url("give_talk_back", talk, 999)).status_code == 404


def test_the_end_is_asked_first_and_a_plain_groups_chat_counts_afterwards(operator: Client, noon: datetime) -> None:
    own = community(noon)
    group = plain_group("晨跑 1 群", noon, of=own)
    talk, at = live(noon, [group], community_id=own)
    with travel(at, tick=False):
        assert "End the talk and send the replay" in operator.get(url("give_talk_end", talk)).text
        assert Talk.objects.get().state == "live"
    speaks(group, somebody(noon), "讲得真好", at)
    with travel(at + timedelta(minutes=20), tick=False):
        operator.post(url("give_talk_end", talk))
        assert Talk.objects.get().state == "ended"
        assert "Count its people" in operator.get(url("give_talk", talk)).text
        operator.post(url("give_talk_chat", talk), {"place": str(group)})
    assert Hearer.objects.filter(talk=talk).count() == 1
    assert operator.post(url("give_talk_chat", talk), {"place": "x"}).status_code == 302


def test_a_talk_is_changed_or_called_off_before_it_begins_and_not_after(operator: Client, noon: datetime) -> None:
    talk = told(noon)
    page = operator.get(url("give_talk_edit", talk)).text
    assert 'value="2026-11-22T20:00"' in page
    form = {"title": "改了", "guest_name": "林老师", "community": str(Talk.objects.get().community_id), "about": "",
            "starts_at": "2026-11-22T21:00", "minutes": "45"}  # fmt: skip
    operator.post(url("give_talk_edit", talk), form)
    assert Talk.objects.get().starts_at == noon + LATER + timedelta(hours=1)
    assert "Call it off and say so" in operator.get(url("give_talk_cancel", talk)).text
    operator.post(url("give_talk_cancel", talk), {"reason": "guest_ill"})
    assert (Talk.objects.get().state, Talk.objects.get().reason) == ("cancelled", "guest_ill")
    refused = operator.post(url("give_talk_edit", talk), form, follow=True)
    assert "went on meanwhile" in refused.text


def test_who_sees_another_community_sees_no_talk_of_this_one(noon: datetime) -> None:
    talk = told(noon)
    other = community(noon, "别的社群")
    stranger = at_work(Held("operator", other))
    assert stranger.get(url("give_talk", talk)).status_code == 404
    assert "睡前十分钟" not in stranger.get(url("give")).text
    assert stranger.post(url("give_talk_stage", talk)).status_code == 404
    assert Talk.objects.get().stage_key_hash is None


def test_an_assistant_pastes_cards_but_does_not_run_the_talk(noon: datetime) -> None:
    talk = told(noon)
    assistant = at_work(Held("assistant"))
    card = Errand.objects.get()
    assistant.post(url("give_errand_done", talk, card.pk))
    assert Errand.objects.get().state == "done"
    assert assistant.post(url("give_talk_cancel", talk)).status_code == 403
    page = assistant.get(url("give_talk", talk)).text
    assert ("Call it off" in page, "Make the guest" in page) == (False, False)


def test_the_board_asks_the_database_no_more_often_for_more_groups_and_pieces(operator: Client, noon: datetime) -> None:
    own = community(noon)
    talk, at = live(noon, [room("1 群", noon, of=own)], community_id=own)
    says(talk, "一", at)
    asked(talk, "一？", noon)
    operator.get(url("give_talk", talk))  # the first visit of a session asks for more
    few = queries(operator, url("give_talk", talk))
    announce(talk_id=talk, place_ids=[plain_group(f"{n} 组", noon, of=own) for n in range(3)], at=noon, actor=LIN)
    for n in range(5):
        says(talk, f"第 {n} 句", at)
        asked(talk, f"第 {n} 问？", noon)
    assert queries(operator, url("give_talk", talk)) == few


def test_today_says_what_a_talk_needs_which_cards_wait_and_which_questions(operator: Client, noon: datetime) -> None:
    talk = told(noon)
    page = operator.get(url("today")).text
    assert re.search(r"«睡前十分钟，怎么读»: <b>1 card</b>", page)
    asked(talk, "要追着读吗？", noon)
    assert re.search(r"<b>1 question</b> nobody took up", operator.get(url("today")).text)
    with travel(noon + LATER - timedelta(minutes=20), tick=False):
        assert "the guest has no link to the stage yet" in operator.get(url("today")).text
    with travel(noon + LATER + timedelta(minutes=10), tick=False):
        assert "it should have begun" in operator.get(url("today")).text


def test_a_card_that_may_wait_until_tomorrow_says_so_on_today_and_on_the_talks_page(
    operator: Client, noon: datetime
) -> None:
    talk = told(noon)
    start(talk_id=talk, at=noon, actor=GUEST)
    end(talk_id=talk, at=noon, actor=GUEST)
    assert "until Tomorrow 12:00" in operator.get(url("today")).text
    assert ">Tomorrow 12:00</time>" in operator.get(url("give_talk", talk)).text


def test_today_is_silent_about_a_talk_that_needs_nobody(operator: Client, noon: datetime) -> None:
    talk, at = live(noon, [])
    end(talk_id=talk, at=at, actor=GUEST)
    assert "睡前十分钟，怎么读" not in re.sub(
        r"(?s)<section[^>]*aria-labelledby=\"just-now\".*", "", operator.get(url("today")).text
    )


def test_a_communitys_own_groups_can_be_chosen_however_many_others_there_are(
    operator: Client, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(give_doors, "MOST_PLACES", 2)
    own, other = community(noon), community(noon, "别的社群")
    for name in ("一群", "二群", "三群"):
        plain_group(name, noon, of=other)
    plain_group("龙门自己的群", noon, of=own)
    assert "龙门自己的群" in operator.get(url("give_talk", planned(noon, community_id=own))).text


def test_without_a_community_the_form_of_a_talk_says_what_comes_first(operator: Client, noon: datetime) -> None:
    page = operator.get(url("give_talk_new")).text
    assert ("Found a community first" in page, url("communities") in page, 'name="title"' in page) == (
        True, True, False,
    )  # fmt: skip
    community(noon)
    page = operator.get(url("give_talk_new")).text
    assert ("Found a community first" in page, 'name="title"' in page) == (False, True)


@pytest.mark.parametrize("past", [False, True])
def test_more_talks_than_a_page_shows_are_paged_through_each_once_and_in_order(
    operator: Client, noon: datetime, monkeypatch: pytest.MonkeyPatch, past: bool
) -> None:
    own = community(noon)
    at = [noon + timedelta(days=days) for days in (1, 2, 2, 2, 3)]
    for number, starts in enumerate(at):
        planned(noon, community_id=own, title=f"第{number}讲", starts_at=starts)
    if past:
        Talk.objects.update(state="cancelled", cancelled_at=noon)
    here = f"{url('give')}?show=past" if past else url("give")
    assert f"{'Over' if past else 'To come'} 5</a>" in operator.get(here).text
    monkeypatch.setattr(give_list, "SHOWN", 2)
    seen, address, asked = [], here, set()
    while address:
        asked.add(queries(operator, address))
        page = operator.get(address).text
        seen += re.findall(r"<b>第 ?(\d) ?讲</b>", page)
        further = re.search(r'<a href="([^"]+)" rel="next">(Older|Later ones)', page)
        address = html.unescape(further[1]) if further else ""
        assert further is None or (further[2] == "Older") is past
    assert ("".join(seen), len(asked)) == ("43210" if past else "01234", 1)
    assert ("To come</a>" in page, "To the ne" in page) == (True, True)


def test_a_mark_that_is_none_begins_at_the_first_page_and_one_behind_the_last_says_so(
    operator: Client, noon: datetime
) -> None:
    planned(noon, title="第一讲")
    for mark in ("at=x&id=1", "at=2026-01-01&id=1", f"at={'9' * 30}&id=x"):
        assert "第一讲" in operator.get(f"{url('give')}?{mark}").text
    assert "There are no more" in operator.get(f"{url('give')}?at=2999-01-01T00:00:00%2B00:00&id=1").text

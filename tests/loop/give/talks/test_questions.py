"""One queue of questions: asked, merged, handed to the guest, answered by either, dropped."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.at_once import at_once
from tests.loop.give.talks.cast import GUEST, LIN, live, planned, says, somebody, told
from tongpin.loop.give.talks.actions import (
    BadQuestion,
    NotNow,
    TalkUnknown,
    answer,
    ask,
    drop_question,
    end,
    hand_question,
    merge_questions,
    new_stage_link,
    put_back_question,
    was_asked,
)
from tongpin.loop.give.talks.models import Question
from tongpin.loop.give.talks.queries import lines_after, questions_of, stage_of

pytestmark = pytest.mark.django_db


def asks(talk: int, words: str, at: datetime, person: int | None = None, name: str = "") -> int:
    return ask(talk_id=talk, person_id=person, name=name, words=words, channel="live", at=at).question_id


def states(talk: int) -> list[tuple[str, str, int]]:
    return [(one.words, one.state, one.also) for one in questions_of(talk_id=talk)]


def test_asking_twice_is_asking_once(noon: datetime) -> None:
    talk, began = live(noon, [])
    person = somebody(noon)
    first = asks(talk, " 几本？ ", began, person)
    assert asks(talk, "几本？", began + timedelta(seconds=3), person) == first
    assert asks(talk, "几本？", began, somebody(noon, "王可")) != first
    assert told("question.asked")[0] == (
        "question.asked",
        {
            "question": first,
            "channel": "live",
            "community": told("talk.started")[0][1]["community"],
            "about_kind": "talk",
            "about": talk,
            "length": 3,
        },
    )
    assert len(told("question.asked")) == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_again_by_somebody_without_a_name_asks_once_whichever_process_hears_it(
    noon: datetime,
) -> None:
    talk, began = live(noon, [])

    def sends(key: str = "k1", words: str = "几本？") -> int:
        return ask(talk_id=talk, person_id=None, name="", words=words, channel="live", at=began, key=key).question_id

    assert not was_asked(talk_id=talk, key="k1", words="几本？")
    first, second = at_once(sends, sends)
    assert first == second == sends(words=" 几本？ ")
    assert was_asked(talk_id=talk, key="k1", words="几本？")
    assert len({first, sends(key="k2"), sends(words="几岁？"), sends(key=""), sends(key="")}) == 5
    assert len(told("question.asked")) == 5


def test_who_has_five_waiting_waits(noon: datetime) -> None:
    talk, began = live(noon, [])
    person = somebody(noon)
    for n in range(5):
        asks(talk, f"{n}？", began, person)
    with pytest.raises(BadQuestion) as caught:
        asks(talk, "再一个？", began, person)
    assert (caught.value.reason, Question.objects.count()) == ("too_many", 5)


def test_nobody_asks_a_draft_or_when_it_is_over(noon: datetime) -> None:
    draft = planned(noon)
    with pytest.raises(NotNow):
        asks(draft, "？？几本", noon)
    talk, began = live(noon, [])
    end(talk_id=talk, at=began, actor=GUEST)
    with pytest.raises(NotNow):
        asks(talk, "几本？", began)
    with pytest.raises(TalkUnknown):
        asks(999_999, "几本？", began)
    for wrong, reason in (("  ", "empty"), ("长" * 501, "too_long")):
        with pytest.raises(BadQuestion) as caught:
            asks(live(noon, [])[0], wrong, began)
        assert caught.value.reason == reason


def test_merged_questions_count_for_the_one_they_became(noon: datetime) -> None:
    talk, began = live(noon, [])
    one, two, three, four = (asks(talk, f"{n}？几本", began + timedelta(seconds=n)) for n in range(4))
    assert merge_questions(question_ids=[two], into=one, at=began, actor=LIN) == 1
    assert merge_questions(question_ids=[one, four], into=three, at=began, actor=LIN) == 2
    assert merge_questions(question_ids=[one], into=three, at=began, actor=LIN) == 0
    assert states(talk)[0] == ("2？几本", "waiting", 3)
    assert {state for _, state, _ in states(talk)[1:]} == {"merged"}
    assert [body["into"] for _, body in told("question.closed")] == [one, three, three]
    other, _ = live(noon, [])
    for ids, into, reason in (
        ([three], three, "into_itself"),
        ([asks(other, "别处？几本", began)], three, "other_talk"),
        ([three], one, "closed"),
    ):
        with pytest.raises(BadQuestion) as caught:
            merge_questions(question_ids=ids, into=into, at=began, actor=LIN)
        assert caught.value.reason == reason


def test_the_guest_sees_what_was_handed_on_and_answers_with_segments(noon: datetime) -> None:
    guest, person = somebody(noon, "林老师"), somebody(noon)
    talk, began = live(noon, [], guest_person_id=guest)
    secret = new_stage_link(talk_id=talk, at=noon, actor=LIN)
    first, second = asks(talk, "几本？", began, person), asks(talk, "多久？", began, person)
    assert hand_question(question_id=second, at=began, actor=LIN, staff=1)
    assert not hand_question(question_id=second, at=began, actor=LIN, staff=1)
    assert hand_question(question_id=first, at=began + timedelta(seconds=1), actor=LIN, staff=1)
    seen = stage_of(secret=secret)
    assert seen is not None
    assert [(one.words, one.name) for one in seen.questions] == [("多久？", "小美"), ("几本？", "小美")]
    assert put_back_question(question_id=first)
    assert not put_back_question(question_id=first)
    says(talk, "十分钟", began, question_id=second)
    says(talk, "够了", began, question_id=second)
    seen = stage_of(secret=secret)
    assert seen is not None
    assert seen.questions == ()
    assert told("question.answered") == [
        (
            "question.answered",
            {"question": second, "answer": 1, "asker": person, "length": 3, "first": True},
        ),
        ("question.answered", {"question": second, "answer": 2, "asker": person, "length": 2}),
    ]
    shown = lines_after(talk_id=talk, number=1)
    assert [(one.words, one.question, one.asker) for one in shown] == [
        ("十分钟", "多久？", "小美"),
        ("够了", "多久？", "小美"),
    ]
    assert hand_question(question_id=first, at=began, actor=LIN)
    assert [body.get("occurrence", 1) for _, body in told("question.routed")] == [1, 1, 2]


def test_nothing_is_handed_to_a_guest_whose_talk_is_over(noon: datetime) -> None:
    talk, began = live(noon, [])
    question = asks(talk, "几本？", began)
    end(talk_id=talk, at=began + timedelta(hours=1), actor=GUEST)
    with pytest.raises(NotNow) as refused:
        hand_question(question_id=question, at=began + timedelta(hours=1), actor=LIN)
    assert refused.value.state == "ended"
    assert told("question.routed") == []


def test_a_host_answers_in_words_on_the_live_page(noon: datetime) -> None:
    talk, began = live(noon, [])
    question = asks(talk, "回放放多久？", began, name="路人")
    assert answer(question_id=question, words="一直都在", at=began, actor=LIN, staff=1) == 1
    assert answer(question_id=question, words="一直都在", at=began, actor=LIN, staff=1) == 1
    assert answer(question_id=question, words="一年", at=began, actor=LIN, staff=1) == 2
    lines = lines_after(talk_id=talk, number=1)
    assert [(one.number, one.kind, one.words, one.question, one.asker) for one in lines] == [
        (2, "answer", "一直都在", "回放放多久？", "路人"),
        (3, "answer", "一年", "回放放多久？", "路人"),
    ]
    assert [body.get("staff") for _, body in told("question.answered")] == [1, 1]
    with pytest.raises(BadQuestion):
        answer(question_id=question, words=" ", at=began, actor=LIN)


def test_what_is_dropped_is_neither_handed_on_nor_answered(noon: datetime) -> None:
    talk, began = live(noon, [])
    question = asks(talk, "买保险吗？", began)
    assert drop_question(question_id=question, at=began, actor=LIN)
    assert not drop_question(question_id=question, at=began, actor=LIN)
    assert not hand_question(question_id=question, at=began, actor=LIN)
    with pytest.raises(BadQuestion):
        says(talk, "不", began, question_id=question)
    assert told("question.closed") == [("question.closed", {"question": question, "outcome": "out_of_place"})]
    assert told("talk.segment_given") == []


@pytest.mark.django_db(transaction=True)
def test_lines_are_numbered_without_a_gap_whoever_writes_at_once(noon: datetime) -> None:
    talk, began = live(noon, [])
    questions = [asks(talk, f"{n}？几本", began) for n in range(4)]

    def answers(number: int) -> None:
        answer(question_id=number, words="好", at=began, actor=LIN)

    def speaks(n: int) -> None:
        says(talk, f"第 {n} 句", began)

    deeds = [lambda number=number: answers(number) for number in questions]
    deeds += [lambda n=n: speaks(n) for n in range(4)]
    assert at_once(*deeds) == [None] * 8
    assert [one.number for one in lines_after(talk_id=talk, number=0)] == list(range(1, 10))
    assert sorted(one.segment_number for one in lines_after(talk_id=talk, number=0) if one.kind == "segment") == [
        1,
        2,
        3,
        4,
    ]

"""Planning, announcing, moving and calling off: who is told what, once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.core.sending.cast import Clock, deliver
from tests.loop.give.talks.cast import (
    GUEST,
    LATER,
    LIN,
    community,
    live,
    on_web,
    plain_group,
    planned,
    room,
    somebody,
    told,
)
from tongpin.channels.fake.platform import Platform
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.signs import sign
from tongpin.core.places.codes import find_code, open_code
from tongpin.core.places.joining import join_by_hand
from tongpin.core.sending import accounts
from tongpin.core.sending.errands import do_errand
from tongpin.core.sending.models import Errand, Letter
from tongpin.loop.give.talks.actions import (
    Announced,
    BadPlaces,
    BadTalk,
    NotNow,
    TalkUnknown,
    amend_talk,
    announce,
    cancel,
    end,
    end_overdue,
    new_stage_link,
    remind_due,
    sign_up,
    start,
)
from tongpin.loop.give.talks.addresses import FOLLOW
from tongpin.loop.give.talks.models import Talk
from tongpin.loop.give.talks.queries import (
    board,
    stage_of,
    talk_by_code,
    talk_page,
    talks_at_hand,
    talks_of,
)

pytestmark = pytest.mark.django_db(transaction=True)


def code_of(url: str) -> str:
    return url.rsplit("/", 1)[-1]


def cards(platform: Platform, name: str) -> list[str]:
    """Titles of cards, or words, at an address."""
    return [one.content.card.url if one.content.card else "" for one in platform.said if one.to.value == name]


def test_a_plan_stands_in_the_calendar_and_asks_a_guest_of_ours(noon: datetime) -> None:
    made = community(noon)
    guest = somebody(noon, "林老师")
    join_by_hand(person_id=guest, place_id=room("r1", noon, of=made), actor=LIN, at=noon)
    talk = planned(noon, community_id=made, guest_person_id=guest, title="  睡前\u202e十分钟 ")
    assert told("activity.planned", "guest.invited") == [
        (
            "activity.planned",
            {
                "about_kind": "talk",
                "about": talk,
                "starts": (noon + LATER).isoformat().replace("+00:00", "Z"),
                "community": made,
            },
        ),
        ("guest.invited", {"talk": talk, "from_within": True}),
    ]
    page = talk_page(talk_id=talk)
    assert page is not None
    assert (page.title, page.state, page.community, page.on_stage) == ("睡前十分钟", "draft", "青禾读书社", False)
    assert talk_by_code(live_code=page.live_code) is None


def test_a_bad_plan_is_refused_and_nothing_is_kept(noon: datetime) -> None:
    for wrong, reason in (
        ({"title": " "}, "no_title"),
        ({"guest_name": ""}, "no_guest"),
        ({"ends_hint": noon}, "ends_before"),
    ):
        with pytest.raises(BadTalk) as caught:
            planned(noon, **wrong)
        assert caught.value.reason == reason
    with pytest.raises(TalkUnknown):
        planned(noon, community_id=999_999)
    assert not Talk.objects.exists()


def test_rooms_get_a_card_and_plain_groups_an_errand_each_with_a_code_of_its_own(noon: datetime) -> None:
    talk = planned(noon)
    place, group = room("r1", noon), plain_group("绘本 1 群", noon)
    assert announce(talk_id=talk, place_ids=[place, group], at=noon, actor=LIN) == Announced(1, 1, 1)
    platform = Platform()
    deliver(on_web(platform), Clock(noon))
    [card] = cards(platform, "r1")
    errand = Errand.objects.get()
    assert (errand.kind, errand.place_id, errand.due) == ("paste_group", group, noon + LATER)
    assert errand.url in errand.text
    assert "睡前十分钟，怎么读" in errand.text
    found = [find_code(code=code_of(url)) for url in (card, errand.url)]
    assert [(one.kind, one.target_kind, one.target) for one in found if one] == [("talk", "talk", talk)] * 2
    assert card != errand.url
    assert told("talk.announced") == [
        (
            "talk.announced",
            {
                "talk": talk,
                "starts": (noon + LATER).isoformat().replace("+00:00", "Z"),
                "community": Talk.objects.get().community_id,
                "places": 2,
            },
        )
    ]
    open_code(code=code_of(errand.url), person_id=None, at=noon)
    seen = board(talk_id=talk)
    assert seen is not None
    assert {row.name: row.opened for row in seen.rows} == {"r1": 0, "绘本 1 群": 1}


def test_to_many_plain_groups_it_is_announced_moved_and_ended_in_as_many_queries_as_to_two(noon: datetime) -> None:
    counts: list[list[int]] = []
    for many in (2, 30):
        groups = [plain_group(f"{many}/{n} 群", noon) for n in range(many)]
        talk = planned(noon)
        moved = {"title": "新的", "guest_name": "林老师", "starts_at": noon + LATER * 2, "at": noon, "actor": LIN}
        counts.append([])
        for deed in (
            lambda talk=talk, groups=groups: announce(talk_id=talk, place_ids=groups, at=noon, actor=LIN),
            lambda talk=talk, moved=moved: amend_talk(talk_id=talk, **moved),
            lambda talk=talk: start(talk_id=talk, at=noon + LATER, actor=GUEST),
            lambda talk=talk: end(talk_id=talk, at=noon + LATER * 2, actor=GUEST),
        ):
            with CaptureQueriesContext(connection) as seen:
                deed()
            counts[-1].append(len(seen))
        given = Errand.objects.filter(about_kind="talk", about=talk)
        assert [given.filter(state=state).count() for state in ("given", "missed")] == [many, 2 * many]
        assert given.exclude(url="").values("url").distinct().count() == 2 * many
    assert counts[0] == counts[1]


def test_the_addresses_on_cards_are_those_of_the_member_pages() -> None:
    assert FOLLOW.format(code="abc") == reverse("member:follow", args=["abc"])


def test_told_twice_is_told_once_and_more_places_are_told_alone(noon: datetime) -> None:
    talk = planned(noon)
    first, second = room("r1", noon), room("r2", noon)
    announce(talk_id=talk, place_ids=[first], at=noon, actor=LIN)
    assert announce(talk_id=talk, place_ids=[first], at=noon, actor=LIN) == Announced(0, 0, 1)
    assert announce(talk_id=talk, place_ids=[first, second], at=noon, actor=LIN) == Announced(1, 0, 2)
    assert Letter.objects.count() == 2
    assert [body["places"] for _, body in told("talk.announced")] == [1, 2]


def test_places_that_cannot_be_told_are_refused_whole(noon: datetime) -> None:
    from tongpin.core.places.models import Place
    from tongpin.core.places.rooms import own_shop

    talk = planned(noon)
    good, closed = room("r1", noon), room("r2", noon)
    Place.objects.filter(pk=closed).update(closed_at=noon)
    for places, reason in (
        ([], "none"),
        ([good, 999_999], "unknown"),
        ([good, own_shop(at=noon, actor=LIN)], "unknown"),
        ([good, closed], "closed"),
        (range(1, 2002), "too_many"),
    ):
        with pytest.raises(BadPlaces) as caught:
            announce(talk_id=talk, place_ids=list(places), at=noon, actor=LIN)
        assert caught.value.reason == reason
    with pytest.raises(BadTalk):
        announce(talk_id=talk, place_ids=[good], at=noon + LATER, actor=LIN)
    assert (Letter.objects.count(), Talk.objects.get().state) == (0, "draft")


def test_a_stage_link_opens_until_it_is_renewed_and_tells_afterwards_which_talk_is_over(noon: datetime) -> None:
    talk = planned(noon)
    first = new_stage_link(talk_id=talk, at=noon, actor=LIN)
    second = new_stage_link(talk_id=talk, at=noon, actor=LIN)
    assert stage_of(secret=first) is None
    seen = stage_of(secret=second)
    assert seen is not None
    assert (seen.talk.id, seen.questions) == (talk, ())
    assert second not in repr(list(Talk.objects.values_list()))
    start(talk_id=talk, at=noon, actor=GUEST)
    end(talk_id=talk, at=noon + timedelta(hours=1), actor=GUEST)
    over = stage_of(secret=second)
    assert over is not None
    assert (over.talk.id, over.talk.state) == (talk, "ended")
    with pytest.raises(NotNow):
        new_stage_link(talk_id=talk, at=noon + timedelta(hours=1), actor=LIN)


def test_a_talk_that_moves_tells_who_knew_the_new_time_and_who_did_not_the_talk(noon: datetime) -> None:
    made = community(noon)
    knew, waits = room("r1", noon, of=made), room("r2", noon, of=made)
    pasted, unpasted = plain_group("一群", noon), plain_group("二群", noon)
    talk = planned(noon, community_id=made)
    announce(talk_id=talk, place_ids=[knew, pasted, unpasted], at=noon, actor=LIN)
    platform = Platform()
    deliver(on_web(platform), Clock(noon))
    do_errand(errand_id=Errand.objects.get(place=pasted).pk, staff_id=1, at=noon, actor=LIN)
    announce(talk_id=talk, place_ids=[waits], at=noon, actor=LIN)
    later = noon + LATER + timedelta(days=1)
    told_so = {"title": "睡前十分钟，怎么读", "guest_name": "林老师", "starts_at": later, "at": noon, "actor": LIN}
    assert amend_talk(talk_id=talk, **told_so)
    assert not amend_talk(talk_id=talk, **told_so)
    deliver(on_web(platform), Clock(noon))
    lines = {
        name: [one.content.card.text for one in platform.said if one.to.value == name and one.content.card]
        for name in ("r1", "r2")
    }
    assert [len(lines["r1"]), len(lines["r2"])] == [2, 1]
    assert lines["r1"][1] != lines["r2"][0]
    assert [one.state for one in Errand.objects.filter(place=pasted).order_by("pk")] == ["done", "given"]
    assert [(one.state, one.reason) for one in Errand.objects.filter(place=unpasted).order_by("pk")] == [
        ("missed", "cancelled"),
        ("given", ""),
    ]
    assert [body.get("occurrence", 1) for _, body in told("talk.announced")] == [1, 2, 3]
    assert [body.get("occurrence", 1) for _, body in told("activity.planned")] == [1, 2]


def test_a_talk_that_is_off_is_told_to_who_knew_of_it_and_to_nobody_else(noon: datetime) -> None:
    knew, waits = room("r1", noon), room("r2", noon)
    unpasted = plain_group("二群", noon)
    talk = planned(noon)
    announce(talk_id=talk, place_ids=[knew], at=noon, actor=LIN)
    platform = Platform()
    deliver(on_web(platform), Clock(noon))
    announce(talk_id=talk, place_ids=[waits, unpasted], at=noon, actor=LIN)
    assert cancel(talk_id=talk, reason="guest_ill", at=noon, actor=LIN)
    assert not cancel(talk_id=talk, reason="guest_ill", at=noon, actor=LIN)
    deliver(on_web(platform), Clock(noon))
    assert [one.to.value for one in platform.said] == ["r1", "r1"]
    assert [one.state for one in Errand.objects.all()] == ["missed"]
    assert told("talk.cancelled") == [("talk.cancelled", {"talk": talk, "reason": "guest_ill"})]
    with pytest.raises(NotNow):
        start(talk_id=talk, at=noon, actor=GUEST)


def test_a_draft_that_is_dropped_was_never_announced(noon: datetime) -> None:
    talk = planned(noon)
    cancel(talk_id=talk, reason="?", at=noon, actor=LIN)
    assert [kind for kind, _ in told("talk.cancelled", "activity.dropped")] == ["activity.dropped"]
    assert Talk.objects.get().reason == "other"


def test_ten_minutes_before_rooms_and_who_signed_up_are_reminded_once(noon: datetime) -> None:
    place, group = room("r1", noon), plain_group("一群", noon)
    talk = planned(noon)
    announce(talk_id=talk, place_ids=[place, group], at=noon, actor=LIN)
    person = somebody(noon)
    assert sign_up(talk_id=talk, person_id=person, at=noon, actor=f"person:{person}")
    assert not sign_up(talk_id=talk, person_id=person, at=noon, actor=f"person:{person}")
    soon = noon + LATER - timedelta(minutes=10)
    assert remind_due(at=soon - timedelta(minutes=1)) == 0
    assert remind_due(at=soon) == 1
    assert remind_due(at=soon + timedelta(minutes=1)) == 0
    new = Letter.objects.filter(queued_at=soon).order_by("pk")
    assert [(one.letter_class, one.place_id, one.person_id) for one in new] == [
        ("session", place, None),
        ("service", None, person),
    ]
    assert Errand.objects.count() == 1
    assert len(told("talk.signed_up")) == 1


def test_who_signed_up_and_has_a_mailbox_is_reminded_there(noon: datetime) -> None:
    accounts.connect(kind="mail", config={"host": "smtp.example.com", "sender": "a@example.com"}, at=noon, actor=LIN)
    talk = planned(noon)
    announce(talk_id=talk, place_ids=[room("r1", noon)], at=noon, actor=LIN)
    known = add_by_hand(nickname="小美", signs=[sign("mail", "mei@example.org")], actor=LIN, at=noon).person_id
    other = somebody(noon, "小草")
    for person in (known, other):
        sign_up(talk_id=talk, person_id=person, at=noon, actor=f"person:{person}")
    assert remind_due(at=noon + LATER - timedelta(minutes=10)) == 1
    sent = Letter.objects.filter(person_id__isnull=False).order_by("pk").values_list("person_id", "channel")
    assert list(sent) == [(known, "mail"), (other, "web")]


def test_after_the_end_every_place_gets_the_replay(noon: datetime) -> None:
    place, group = room("r1", noon), plain_group("一群", noon)
    talk, began = live(noon, [place, group])
    platform = Platform()
    deliver(on_web(platform), Clock(began))
    over = began + timedelta(minutes=40)
    assert end(talk_id=talk, at=over, actor=GUEST)
    assert not end(talk_id=talk, at=over, actor=GUEST)
    deliver(on_web(platform), Clock(over))
    errands = list(Errand.objects.order_by("pk"))
    assert [(one.state, one.due) for one in errands] == [
        ("missed", noon + LATER),
        ("given", over + timedelta(hours=24)),
    ]
    urls = [*cards(platform, "r1"), *(one.url for one in errands)]
    assert len(set(urls)) == len(urls) == 4
    seen = board(talk_id=talk)
    assert seen is not None
    assert [one.when for row in seen.rows for one in row.errands] == ["before", "after"]


def test_what_is_due_stands_in_lists_and_the_calendar(noon: datetime) -> None:
    from tongpin.core.team.rules import Communities

    made = community(noon)
    talk = planned(noon, community_id=made)
    start_at = noon + LATER
    span = {"first": noon, "last": start_at}
    (early,) = talks_at_hand(at=noon, **span)
    assert (early.talk.id, early.needs, early.cards, early.is_dated) == (talk, "", 0, False)
    (late,) = talks_at_hand(at=start_at, first=noon, last=start_at + timedelta(seconds=1))
    assert (late.needs, late.since is not None, late.is_dated) == ("not_announced", True, True)
    assert talks_at_hand(at=start_at, scope=Communities(frozenset({made + 1})), **span) == ()
    announce(talk_id=talk, place_ids=[plain_group("晨跑 1 群", noon, of=made)], at=noon, actor=LIN)
    assert [one.cards for one in talks_at_hand(at=noon, **span)] == [1]
    assert [one.id for one in talks_of(community_id=made, when="coming")] == [talk]
    assert talks_of(when="past") == ()


def test_a_forgotten_talk_is_ended_by_the_clock(noon: datetime) -> None:
    talk, began = live(noon, [])
    assert end_overdue(at=began + timedelta(minutes=119)) == 0
    assert end_overdue(at=began + timedelta(hours=2)) == 1
    assert Talk.objects.get(pk=talk).state == "ended"

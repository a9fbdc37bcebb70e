"""What goes on stands where a member looks: talks live and to come, what to read again; and nobody's page is a dead end."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from tests.loop.gather.cast import ANSWERS, opened
from tests.loop.give.digests.test_actions import agree, chat
from tests.loop.give.talks.cast import GUEST, LATER, LIN, plain_group, planned
from tests.web.member.buyers import member, phone
from tongpin.core.people.visitors import meet_visitor
from tongpin.core.places.joining import join
from tongpin.core.places.rooms import web_place_of
from tongpin.loop.gather.admission.actions import apply
from tongpin.loop.give.digests.actions import draft_from_place, publish, write_up
from tongpin.loop.give.digests.models import Digest
from tongpin.loop.give.talks.actions import announce, end, start
from tongpin.loop.give.talks.models import Talk
from tongpin.loop.share.referrals.actions import own_link
from tongpin.web.member.going_on import coming_in, kept_in

pytestmark = pytest.mark.django_db
FIRST = "先约好几点回来，再谈跑不跑；跑不成的那天，快走二十分钟也算数"
LINKED = re.compile(r'href="(/[td]/[^/"]+/)"')


def inside(community: int, at: datetime) -> Client:
    client, person = member(at=at)
    join(person_id=person, place_id=web_place_of(community_id=community, at=at, actor=LIN), actor=LIN, at=at)
    return client


def talk(community: int, at: datetime, *, begun: bool = False, over: bool = False) -> str:
    """A talk that was announced, and how far it got; its page."""
    number = planned(at, community_id=community, title="怎么读")
    announce(talk_id=number, place_ids=[plain_group("晨跑群", at, of=community)], at=at, actor=LIN)
    if begun or over:
        start(talk_id=number, at=at + LATER, actor=GUEST)
    if over:
        end(talk_id=number, at=at + LATER + timedelta(hours=1), actor=GUEST)
    return f"/t/{Talk.objects.get(pk=number).live_code}/"


def digest(community: int, at: datetime, *, published: bool = True) -> str:
    hour = timedelta(hours=1)
    giver = meet_visitor(nickname="豆豆妈", at=at).person_id
    group = plain_group(f"跑步 {Digest.objects.count()} 群", at, of=community)
    chat(group, at, (giver, FIRST), (None, "学到了"))
    made = draft_from_place(place_id=group, first=at - hour, last=at + hour, title="带娃跑步", at=at, actor=LIN)
    write_up(digest_id=made, title="带娃跑步", conclusion="先说清楚几点回来。", actor=LIN)
    agree(made, giver, at)
    if published:
        publish(digest_id=made, at=at, actor=LIN)
    return f"/d/{Digest.objects.get(pk=made).code}/"


def test_home_and_the_community_lead_to_what_is_on_and_to_what_was(noon: datetime) -> None:
    with time_machine.travel(noon + LATER + timedelta(hours=2), tick=False):
        ours, other = opened(noon), opened(noon, "别的社")
        live, coming, over = talk(ours, noon, begun=True), talk(ours, noon), talk(ours, noon, over=True)
        planned(noon, community_id=ours, title="还没定的")
        talk(other, noon, begun=True)
        told, unfinished = digest(ours, noon), digest(ours, noon, published=False)
        client = inside(ours, noon)
        for page in ("/me/", f"/c/{ours}/"):
            assert LINKED.findall(client.get(page).text) == [live, coming, over, told], page
        assert unfinished not in client.get(f"/c/{ours}/").text


def test_who_waits_and_who_looks_in_may_read_what_was_published(noon: datetime) -> None:
    with time_machine.travel(noon + timedelta(hours=3), tick=False):
        ours = opened(noon)
        talk(ours, noon)
        told = digest(ours, noon)
        waiting, person = member(at=noon)
        apply(community_id=ours, person_id=person, answers=ANSWERS, charter_edition=1, at=noon, actor="visitor")
        for client in (waiting, phone()):
            assert LINKED.findall(client.get(f"/c/{ours}/").text) == [told]


def test_in_no_community_nothing_is_asked_for() -> None:
    assert (coming_in([]), kept_in([])) == ([], [])


def test_the_join_page_names_who_brought_somebody_by_the_name_they_chose(noon: datetime) -> None:
    with time_machine.travel(noon, tick=False):
        ours = opened(noon)
        _, mei = member(at=noon)
        join(person_id=mei, place_id=web_place_of(community_id=ours, at=noon, actor=LIN), actor=LIN, at=noon)
        link = own_link(person_id=mei, target_kind="community", target=ours, at=noon, actor="t")
        friend = phone()
        friend.get(f"/l/{link.code}")
        assert ("小美" in friend.get(f"/c/{ours}/").text, "小美" in phone().get(f"/c/{ours}/").text) == (True, False)


def test_the_home_page_costs_the_same_whatever_goes_on(noon: datetime) -> None:
    from tests.web.member.buyers import queries

    with time_machine.travel(noon + LATER + timedelta(hours=2), tick=False):
        ours = opened(noon)
        client = inside(ours, noon)
        counts = []
        for _round in range(2):
            talk(ours, noon, begun=True)
            talk(ours, noon, over=True)
            digest(ours, noon)
            counts.append([queries(client, page) for page in ("/me/", f"/c/{ours}/")])
        assert counts[0] == counts[1]
        assert max(counts[0]) <= 20


@pytest.mark.parametrize(("lost", "home"), [("/g/999999/", "/me/"), ("/c/12x/", "/me/"), ("/nothing/", "/")])
def test_who_went_astray_among_member_pages_is_led_back_to_them_and_not_to_the_desk(lost: str, home: str) -> None:
    answer = phone().get(lost)
    assert (answer.status_code, f'href="{home}"' in answer.text) == (404, True)

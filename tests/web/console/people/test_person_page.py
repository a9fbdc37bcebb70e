"""One person's page."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.core.people.cast import nameless, read_all
from tests.web.console.people.conftest import ACTOR, AtWork, Meet, Queries
from tongpin.core.facts.orders import OrderItemAdded, OrderPaid, OrderRefunded
from tongpin.core.facts.places import MemberJoined
from tongpin.core.facts.tracking import PageViewed
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.bulk import record_many
from tongpin.core.people.consents import give_consent, may_contact, withdraw_consent
from tongpin.core.people.erasure import erase
from tongpin.core.people.labels import note_life_fact, put_tag, set_owner, write_note
from tongpin.core.people.merging import merge
from tongpin.core.people.pairs import Doubt, keep_suggestions
from tongpin.core.people.rules import Ground
from tongpin.core.places.hearing import Heard, hear_many
from tongpin.core.places.joining import join_by_hand
from tongpin.core.places.models import Membership, Place
from tongpin.core.team.models import Staff


def page_of(person: int) -> str:
    return reverse("console:person", args=[person])


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def pay(person: int, fen: int, at: datetime, order: str = "A1", back: int = 0, place: int = 7) -> None:
    with transaction.atomic():
        record(OrderPaid(order=order, amount_fen=fen), at=at, person_id=person, place_id=place)
        if back:
            record(OrderRefunded(order=order, refund="R", amount_fen=back), at=at, person_id=person, place_id=place)


def say(person: int, place: int, words: str, at: datetime) -> None:
    with transaction.atomic():
        lines, _ = hear_many(place_id=place, heard=[Heard("m1", person, at, "text", words)], batch=None)
        record_many(lines, recorded_at=at, actor=ACTOR, source="")


def test_the_page_shows_who_what_holds_them_what_they_did_and_what_is_missing(
    at_work: AtWork, meet: Meet, noon: datetime, books: tuple[int, int]
) -> None:
    client = at_work()
    person = meet("安安妈", "13812345678", name="何念安", group=books[1])
    Membership.objects.update(called="安安妈咪")
    inviter, friend = meet("陈若溪", "13912345671"), meet("苏禾", "13912345672")
    gone = meet("", "an@example.com", name="何念")
    merge(kept=person, gone=gone, reasons=[Ground("phone_mask_fits", detail=("tail_4",))], actor=ACTOR, at=noon)
    shop = Place.objects.create(kind="shop", platform="youzan", name="小禾绘本馆", opened_at=noon)
    pay(person, 8900, noon, back=900, place=shop.pk)
    with transaction.atomic():
        record(MemberJoined(inviter=inviter, occurrence=2), at=noon, person_id=person, place_id=books[1])
        record(MemberJoined(inviter=person), at=noon, person_id=friend, place_id=books[1])
    say(person, books[1], "撕书期换成纸板书", noon + timedelta(minutes=5))
    put_tag(person_id=person, name="育儿达人", actor=ACTOR, at=noon)
    set_owner(person_id=person, staff=Staff.objects.get().pk, actor=ACTOR, at=noon)
    write_note(person_id=person, words="孩子入托了", staff=1, staff_name="李晴", actor=ACTOR, at=noon)
    note_life_fact(person_id=person, kind="birthday", value="1992-03-08", actor=ACTOR, at=noon)
    give_consent(person_id=person, purpose="promotion", channel="sms", basis="asked", actor=ACTOR, at=noon)
    keep_suggestions(doubts=[Doubt(person, meet("安妈妈"), 0.95, (Ground("nickname_near"),))], at=noon)
    read_all()
    page = text_of(client, page_of(person))
    for part in (
        "安安妈", "何**", "called “安安妈咪” in groups", "138****5678", "a***@example.com", "绘本 2 群", "3 threads",
        "WeCom contact", "none yet", "2 records became one person", "masked phone fits (last 4 digits)", "Part",
        "Brought by", "陈若溪", "Has brought", "苏禾", "孩子入托了", "03-**", "Promotion · text message",
        "we asked, they said yes", "Is this the same person?", "安妈妈", "similar nicknames", "¥80.00", "小禾绘本馆",
        "¥89.00", "¥9.00 back", "撕书期换成纸板书", "育儿达人", "晴姐",
    ):  # fmt: skip
        assert part in page, part
    for hidden in ("13812345678", "an@example.com", "何念安", "1992"):
        assert hidden not in page.replace("a***@example.com", ""), hidden


def test_a_merged_record_leads_to_its_person_and_an_unknown_one_nowhere(
    at_work: AtWork, meet: Meet, noon: datetime
) -> None:
    client, person, gone = at_work(), meet("安安妈"), meet("何念安")
    merge(kept=person, gone=gone, reasons=["by_hand"], actor=ACTOR, at=noon)
    assert client.get(page_of(gone))["Location"] == page_of(person)
    assert client.get(page_of(99999)).status_code == 404
    assert client.get("/people/99999999999999999999/").status_code == 404


def test_an_erased_person_is_a_number_without_anything(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, person = at_work(), meet("安安妈", "13812345678")
    erase(person_id=person, with_words=False, actor=ACTOR, at=noon)
    page = text_of(client, page_of(person))
    assert f"No. {person} was erased" in page
    assert "安安妈" not in page
    put = client.post(reverse("console:person_tag_put", args=[person]), {"name": "x"})
    assert (put.status_code, put["Location"]) == (302, page_of(person))
    assert "Nothing was changed" in text_of(client, page_of(person))


def test_a_viewer_sees_masks_and_no_way_to_change_anything(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    person = meet("安安妈", "13812345678", name="何念安")
    note_life_fact(person_id=person, kind="address", value="杭州市西湖区文三路 478 号", actor=ACTOR, at=noon)
    pay(person, 8900, noon)
    read_all()
    page = text_of(at_work("viewer"), page_of(person))
    body = page.partition('id="content"')[2].partition("</main>")[0]
    assert "138****5678" in body
    assert re.findall(r'<form[^>]*method="post"[^>]*action="([^"]+)"', body) == []
    assert "/show/" not in body
    assert "¥" not in body
    assert "Bought in all" not in body


def test_a_teammate_of_one_community_gets_404_for_others(
    at_work: AtWork, meet: Meet, noon: datetime, books: tuple[int, int], runners: tuple[int, int]
) -> None:
    own, other = meet("安安妈", "13812345678", group=books[1]), meet("阿强", "13912345678", group=runners[1])
    merges = merge(kept=other, gone=meet("强哥", "13712345678"), reasons=["by_hand"], actor=ACTOR, at=noon)
    (doubt,) = keep_suggestions(doubts=[Doubt(other, own, 0.95, (Ground("x"),))], at=noon).values()
    read_all()
    client = at_work("manager", books[0])
    assert client.get(page_of(own)).status_code == 200
    for name in ("person", "person_story", "person_orders", "person_merge", "person_erase"):
        assert client.get(reverse(f"console:{name}", args=[other])).status_code == 404, name
    for name, more in (
        ("person_tag_put", []), ("person_tag_off", [1]), ("person_tag_on", [1]), ("person_owner", []), ("person_note", []),
        ("person_note_remove", [1]), ("person_name", []), ("person_sign", []), ("person_sign_drop", [1]), ("person_life", []),
        ("person_life_forget", [1]), ("person_consent", []), ("person_consent_withdraw", []), ("person_show", ["name"]),
        ("person_export", []), ("person_erase", []), ("person_merge_with", [own]), ("person_owner_again", [0]),
    ):  # fmt: skip
        assert client.post(reverse(f"console:{name}", args=[other, *more])).status_code == 404, name
    assert client.post(reverse("console:person_merge_with", args=[own, other])).status_code == 404
    for name in ("suggestion_same", "suggestion_two", "suggestion_later"):
        assert client.post(reverse(f"console:{name}", args=[doubt])).status_code == 404, name
    for name in ("merge_part", "merge_again"):
        assert client.post(reverse(f"console:{name}", args=[merges])).status_code == 404, name


def test_who_is_outside_ones_communities_is_not_named_on_the_page_of_somebody_inside(
    at_work: AtWork, meet: Meet, noon: datetime, books: tuple[int, int], runners: tuple[int, int]
) -> None:
    own, other = meet("安安妈", group=books[1]), meet("阿强", "13912345678", group=runners[1])
    with transaction.atomic():
        record(MemberJoined(inviter=other, occurrence=2), at=noon, person_id=own, place_id=books[1])
    keep_suggestions(doubts=[Doubt(other, own, 0.95, (Ground("x"),))], at=noon)
    read_all()
    bound, everywhere = at_work("operator", books[0]), at_work()
    assert "阿强" in text_of(everywhere, page_of(own))
    page = text_of(bound, page_of(own))
    assert "阿强" not in page
    assert "由 somebody 邀请" in page or "invited by somebody" in page


def test_a_group_of_another_community_is_not_named(
    at_work: AtWork, meet: Meet, books: tuple[int, int], runners: tuple[int, int], noon: datetime
) -> None:
    person = meet("安安妈", group=books[1])
    join_by_hand(person_id=person, place_id=runners[1], actor=ACTOR, at=noon)
    read_all()
    assert "晨跑 1 群" in text_of(at_work(), page_of(person))
    page = text_of(at_work("operator", books[0]), page_of(person))
    assert "绘本 2 群" in page
    assert "in another community" in page
    assert "晨跑" not in page


def test_words_are_shown_to_who_may_read_them_where_they_may(
    at_work: AtWork, meet: Meet, noon: datetime, books: tuple[int, int], runners: tuple[int, int]
) -> None:
    person = meet("安安妈", group=books[1])
    say(person, books[1], "只说给绘本群", noon)
    say(person, runners[1], "只说给晨跑群", noon)
    read_all()
    everybody = text_of(at_work(), page_of(person))
    assert "只说给绘本群" in everybody
    assert "只说给晨跑群" in everybody
    bound = text_of(at_work("assistant", books[0]), page_of(person))
    assert "只说给绘本群" in bound
    assert "只说给晨跑群" not in bound
    assert "只说给" not in text_of(at_work("analyst"), page_of(person))


def test_the_timeline_is_told_by_day_filtered_by_step_and_read_on(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, person = at_work(), meet("安安妈")
    for day in range(40):
        with transaction.atomic():
            record(PageViewed(write_key=1, message=str(day)), at=noon - timedelta(days=day), person_id=person)
    pay(person, 8900, noon)
    read_all()
    page = text_of(client, page_of(person))
    assert "42 facts" in page
    assert f'href="/people/{person}/?step=sell#timeline"' in page
    assert (page.count("timeline-row"), page.count("timeline-day")) == (30, 28)
    assert "12 older" in page
    part = re.search(r'hx-get="(/people/\d+/story/\?before=[^"]+)"', page)
    assert part is not None
    rest = text_of(client, part[1].replace("&amp;", "&"))
    assert (rest.count("timeline-row"), "older" in rest, "<html" in rest) == (12, False, False)
    sell = text_of(client, f"/people/{person}/story/?step=sell")
    assert (sell.count("timeline-row"), 'id="timeline"' in sell) == (1, True)
    assert text_of(client, page_of(person) + "?step=other").count("timeline-row") == 0
    assert text_of(client, page_of(person) + "?step=x&before=y&shown=z").count("timeline-row") == 30
    assert client.get(page_of(person) + f"?before={'9' * 30}-1").status_code == 200


def test_all_orders_are_paged_by_key(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, person = at_work(), meet("安安妈")
    for number in range(53):
        pay(person, 100 + number, noon - timedelta(days=number), f"A{number:02}")
    read_all()
    address = reverse("console:person_orders", args=[person])
    first = text_of(client, address)
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older is not None
    second = text_of(client, older[1])
    assert [re.findall(r"A\d\d", one)[::50] for one in (first, second)] == [["A00"], ["A50"]]
    assert "¥" not in text_of(at_work("viewer"), address)


def test_a_nameless_person_goes_by_a_number(at_work: AtWork, noon: datetime) -> None:
    person = nameless("d1", noon)
    page = text_of(at_work(), page_of(person))
    assert f"<h1>No. {person}" in page
    assert "nameless" in page


def test_markup_in_names_notes_and_tags_stays_text(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, person = at_work(), meet("<script>alert(1)</script>")
    put_tag(person_id=person, name="<b>x</b>", actor=ACTOR, at=noon)
    write_note(person_id=person, words="<img src=x>", staff=1, staff_name="<i>", actor=ACTOR, at=noon)
    read_all()
    for address in (page_of(person), "/people/"):
        page = text_of(client, address)
        assert "<script>alert" not in page
        assert "<b>x</b>" not in page
        assert "<img src=x>" not in page


def test_the_page_takes_the_same_queries_for_one_of_each_and_three(
    at_work: AtWork, meet: Meet, noon: datetime, queries: Queries, books: tuple[int, int]
) -> None:
    client = at_work()
    person = meet("安安妈", "13812345678", group=books[1])
    address = page_of(person)

    def add(number: int) -> None:
        pay(person, 100, noon, f"A{number}", place=books[1])
        put_tag(person_id=person, name=f"标签{number}", actor=ACTOR, at=noon)
        write_note(person_id=person, words=str(number), staff=1, staff_name="李晴", actor=ACTOR, at=noon)
        give_consent(
            person_id=person,
            purpose="service",
            channel=("sms", "mail", "post")[number],
            basis="asked",
            actor=ACTOR,
            at=noon,
        )
        merge(kept=person, gone=meet(f"旧{number}", f"1371234567{number}"), reasons=["by_hand"], actor=ACTOR, at=noon)
        keep_suggestions(doubts=[Doubt(person, meet(f"像{number}"), 0.95, (Ground("x"),))], at=noon)
        with transaction.atomic():
            for inviter, joiner in ((person, meet(f"友{number}")), (meet(f"引{number}"), person)):
                record(
                    MemberJoined(inviter=inviter, occurrence=number + 5), at=noon, person_id=joiner, place_id=books[1]
                )
        read_all()

    add(0)
    bound = at_work("manager", books[0])
    client.get(address), bound.get(address)
    one, of_one_community = queries(client, address), queries(bound, address)
    story = queries(client, f"/people/{person}/story/")
    add(1), add(2)
    assert (queries(client, address), queries(client, f"/people/{person}/story/")) == (one, story)
    assert queries(bound, address) == of_one_community
    assert (one <= 20, of_one_community <= 20, story <= 20) == (True, True, True)


def test_who_said_no_themselves_is_asked_to_say_yes_themselves(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, person = at_work(), meet("小美", "13812345678")
    withdraw_consent(person_id=person, purpose="promotion", channel="any", actor=f"person:{person}", at=noon)
    sent = {"purpose": "promotion", "channel": "any", "basis": "asked"}
    address = reverse("console:person_consent", args=[person])
    answer = client.post(address, sent, follow=True).text
    assert ("They said no themselves" in answer, "/me/privacy/" in answer) == (True, True)
    assert not may_contact(person_id=person, purpose="promotion", channel="any")
    client.post(reverse("console:person_consent_withdraw", args=[person]), sent | {"channel": "sms"})
    assert "Their yes is kept" in client.post(address, sent | {"purpose": "service"}, follow=True).text


def test_a_line_without_a_price_of_its_own_claims_none(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, person = at_work(), meet("豆豆妈")
    line = OrderItemAdded(order="A1", line="1", quantity=2)
    with transaction.atomic():
        record(line, at=noon, person_id=person, place_id=7)
    pay(person, 8900, noon)
    page = text_of(client, page_of(person))
    assert ("¥0.00" in page, "¥89.00" in page, "Ordered 2 ×" in page) == (False, True, True)

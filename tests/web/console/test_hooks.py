"""Webhooks in the console: made, tried, given meanings from a sample, looked after, closed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from time_machine import travel

from tests.web.console.shop_files import at_work, url
from tongpin.core.intake import hooks
from tongpin.core.intake.hooks import take
from tongpin.core.intake.models import Hook, HookPost
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.models import Identity, Person
from tongpin.core.people.signs import sign
from tongpin.core.places.actions import know_place
from tongpin.core.places.models import Place
from tongpin.core.team.models import AuditLine
from tongpin.core.team.rules import SYSTEM, Held

pytestmark = pytest.mark.django_db
SECRET = re.compile(r"https://house\.example\.com/hooks/([0-9a-z]{26})")
FORM = {
    "手机": "13911110001",
    "称呼": "小美",
    "想参加": "亲子共读",
    "提交时间": "2026-11-22 11:40:00",
    "_ip": "203.0.113.9",
}
MEANT = {"手机": "phone", "称呼": "nickname", "想参加": "keep", "提交时间": "happened_at"}


@pytest.fixture(autouse=True)
def _house(noon: datetime, settings: Settings) -> Any:
    settings.PUBLIC_URL = "https://house.example.com"
    with travel(noon, tick=True):
        yield


def made(noon: datetime, *, mapping: dict[str, str] | None = None, name: str = "春季报名") -> hooks.Made:
    one = hooks.open_hook(name=name, event="报名", actor=SYSTEM, at=noon)
    if mapping:
        hooks.map_hook(hook_id=one.id, mapping=mapping, actor=SYSTEM, at=noon)
    return one


def selects(mapping: dict[str, str]) -> dict[str, str]:
    return {f"m.{path}": meaning for path, meaning in mapping.items()}


def boss() -> Client:
    return at_work(Held("manager"))


def test_a_webhook_is_made_and_its_address_shown_once(noon: datetime) -> None:
    client = boss()
    answer = client.post(url("hooks"), {"kind": "form", "name": "春季报名", "place": ""})
    (secret,) = set(SECRET.findall(answer.text))
    hook = Hook.objects.get()
    assert (hook.name, hook.kind, hook.shop_id) == ("春季报名", "form", None)
    assert "no-store" in answer.headers["Cache-Control"]
    assert take(secret=secret, content=FORM, received_at=noon).state == "sample"
    for address in (url("hooks"), url("hook", hook.pk), url("hook_meanings", hook.pk)):
        assert secret not in client.get(address).text


def test_orders_go_to_a_shop_and_a_form_may_belong_to_a_group(noon: datetime) -> None:
    group = know_place(kind=Place.Kind.GROUP, platform="wechat", name="绘本 2 群", at=noon, actor="system")
    shop = know_place(kind=Place.Kind.SHOP, platform="youzan", name="乐乐绘本馆", at=noon, actor="system")
    client = boss()
    refused = client.post(url("hooks"), {"kind": "order", "name": "小店", "place": str(group.pk)})
    assert (refused.status_code, "Orders belong to a shop." in refused.text) == (422, True)
    assert Hook.objects.count() == 0
    client.post(url("hooks"), {"kind": "order", "name": "小店", "place": str(shop.pk)})
    client.post(url("hooks"), {"kind": "form", "name": "报名", "place": str(group.pk)})
    assert list(Hook.objects.order_by("pk").values_list("kind", "shop_id")) == [("order", shop.pk), ("form", group.pk)]


@pytest.mark.parametrize(
    ("wrong", "told"), [({"name": " "}, "required"), ({"kind": "golden"}, "wrong"), ({"place": "99999"}, "wrong")]
)
def test_a_faulty_webhook_is_refused_and_none_is_made(wrong: dict[str, str], told: str) -> None:
    answer = boss().post(url("hooks"), {"kind": "form", "name": "报名", "place": "", **wrong})
    assert (answer.status_code, told in answer.text, Hook.objects.count()) == (422, True, 0)


def test_a_trial_waits_and_its_fields_are_shown_masked_with_meanings_proposed(noon: datetime) -> None:
    one = made(noon)
    take(secret=one.secret, content=FORM, received_at=noon)
    client = boss()
    page = client.get(url("hook", one.id)).text
    assert ("kept, waits" in page, "139****0001" in page, "13911110001" in page) == (True, True, False)
    table = client.get(url("hook_meanings", one.id)).text
    assert "13911110001" not in table
    chosen = re.findall(r'name="m\.([^"]+)".*?<option value="([^"]*)" selected', table)
    assert dict(chosen) == MEANT | {"_ip": ""}
    assert table.count("proposed</span>") == 4
    for said in ("小美", " · 139****0001 · ", "form «报名»", "somebody new"):
        assert said in table


def test_keeping_the_meanings_reads_what_waited(noon: datetime) -> None:
    one = made(noon)
    take(secret=one.secret, content=FORM, received_at=noon)
    take(secret=one.secret, content=FORM | {"手机": "不告诉你"}, received_at=noon)
    answer = boss().post(
        url("hook_meanings", one.id), {**selects(MEANT), "event": "春季报名", "go": "save"}, follow=True
    )
    assert "Kept. What had waited: 1 taken · 1 cannot be used yet." in answer.text
    assert list(Person.objects.values_list("nickname", flat=True)) == ["小美"]
    hook = Hook.objects.get()
    assert (hook.mapping, hook.event) == (MEANT, "春季报名")
    assert "phone: cannot be read: give a whole phone number" in answer.text
    assert f'href="{url("person", Person.objects.get().pk)}"' in answer.text


def test_looking_writes_nothing_and_knows_who_is_known(noon: datetime) -> None:
    known = add_by_hand(signs=[sign("phone", "13911110001")], nickname="林小美", actor="staff:1", at=noon)
    one = made(noon)
    take(secret=one.secret, content=FORM, received_at=noon)
    client = boss()
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.post(url("hook_meanings", one.id), {**selects(MEANT), "go": "look"}, headers=headers)
        assert ("somebody known" in answer.text, url("person", known.person_id) in answer.text) == (True, True)
    assert (Hook.objects.get().mapping, HookPost.objects.get().state, Person.objects.count()) == ({}, "sample", 1)


def test_meanings_that_tell_nobody_apart_are_refused_and_the_choice_stays(noon: datetime) -> None:
    one = made(noon)
    take(secret=one.secret, content=FORM, received_at=noon)
    given = selects({"称呼": "nickname", "想参加": "tag"})
    answer = boss().post(url("hook_meanings", one.id), {**given, "go": "save"})
    assert (answer.status_code, "Nothing tells one person or happening from another." in answer.text) == (422, True)
    assert '<option value="tag" selected' in answer.text
    twice = boss_again().post(
        url("hook_meanings", one.id), {**selects({"手机": "phone", "称呼": "phone"}), "go": "save"}
    )
    assert (twice.status_code, "Two fields mean «phone»." in twice.text) == (422, True)
    assert Hook.objects.get().mapping == {}


def boss_again() -> Client:
    return at_work(Held("manager"), login="again")


@pytest.mark.parametrize(
    "text",
    [
        '{"手机": "13911110001", "称呼": "小美"}',
        "手机=13911110001&称呼=小美",
        "手机：13911110001\n称呼：小美\n\n",
        "手机\t13911110001\n称呼\t小美",
    ],
)
def test_a_pasted_sample_gives_the_fields_and_nobody_comes_of_it(text: str, noon: datetime) -> None:
    one = made(noon)
    client = boss()
    answer = client.post(url("hook_sample", one.id), {"sample": text}, follow=True)
    assert dict(re.findall(r'name="m\.([^"]+)".*?<option value="([^"]*)" selected', answer.text)) == {
        "手机": "phone",
        "称呼": "nickname",
    }
    client.post(url("hook_meanings", one.id), {**selects({"手机": "phone"}), "go": "save"})
    assert (Hook.objects.get().mapping, Person.objects.count()) == ({"手机": "phone"}, 0)
    assert not AuditLine.objects.filter(details__icontains="13911110001").exists()


@pytest.mark.parametrize("text", ["", "你好", "{broken", "[]", "[1, 2", "<xml/>"])
def test_what_is_no_sample_is_said_beside_the_field_and_stays_typed(text: str, noon: datetime) -> None:
    one = made(noon)
    answer = boss().post(url("hook_sample", one.id), {"sample": text})
    assert (answer.status_code, "neither JSON nor fields" in answer.text) == (422, True)
    assert Hook.objects.get().sample_sealed is None


def test_a_trial_can_be_forgotten_before_it_becomes_somebody(noon: datetime) -> None:
    one = made(noon)
    take(secret=one.secret, content=FORM, received_at=noon)
    client, post = boss(), HookPost.objects.get()
    answer = client.post(url("hook_drop", one.id, post.pk), follow=True)
    assert ("This post is forgotten." in answer.text, HookPost.objects.count()) == (True, 0)
    assert "read or forgotten already" in client.post(url("hook_drop", one.id, post.pk), follow=True).text
    hooks.map_hook(hook_id=one.id, mapping=MEANT, actor=SYSTEM, at=noon)
    take(secret=one.secret, content=FORM, received_at=noon)
    client.post(url("hook_drop", one.id, HookPost.objects.get().pk))
    assert (HookPost.objects.count(), Person.objects.count()) == (1, 1)


def test_while_paused_posts_wait_and_going_on_reads_them(noon: datetime) -> None:
    one, client = made(noon, mapping=MEANT), boss()
    paused = client.post(url("hook_pause", one.id), follow=True).text
    assert (f'action="{url("hook_resume", one.id)}"' in paused, "Paused." in paused) == (True, True)
    assert take(secret=one.secret, content=FORM, received_at=noon).state == "sample"
    assert Person.objects.count() == 0
    answer = client.post(url("hook_resume", one.id), follow=True)
    assert "It takes posts again. What had waited: 1 taken." in answer.text
    assert (Person.objects.count(), HookPost.objects.get().state) == (1, "recorded")


def test_a_new_address_is_asked_for_and_stops_the_old_one(noon: datetime) -> None:
    one, client = made(noon), boss()
    assert "the old one stops at once" in client.get(url("hook_renew", one.id)).text
    assert take(secret=one.secret, content=FORM, received_at=noon).state == "sample"
    (secret,) = set(SECRET.findall(client.post(url("hook_renew", one.id)).text))
    with pytest.raises(hooks.HookUnknown):
        take(secret=one.secret, content=FORM, received_at=noon)
    assert take(secret=secret, content=FORM, received_at=noon).state == "sample"


def test_closing_is_asked_first_and_ends_it(noon: datetime) -> None:
    one, client = made(noon), boss()
    take(secret=one.secret, content=FORM, received_at=noon)
    asked = client.get(url("hook_close", one.id)).text
    assert ("1 posts that wait" in asked, Hook.objects.get().closed_at) == (True, None)
    assert "is deleted. What came by it stays." in client.post(url("hook_close", one.id), follow=True).text
    assert client.get(url("hook", one.id)).status_code == 404


def test_names_with_markup_stay_text(noon: datetime) -> None:
    one = made(noon, name="<b onload=x>")
    take(
        secret=one.secret,
        content={'"><script>alert(1)</script>': "<i>小美</i>", "手机": "13911110001"},
        received_at=noon,
    )
    client = boss()
    for address in (url("hooks"), url("hook", one.id), url("hook_meanings", one.id)):
        page = client.get(address).text
        assert ("<script>alert" in page, "<b onload" in page, "<i>小美" in page) == (False, False, False)


def test_who_manages_no_webhooks_changes_none(noon: datetime) -> None:
    one = made(noon)
    take(secret=one.secret, content=FORM, received_at=noon)
    before = AuditLine.objects.count()
    client = at_work(Held("operator"))
    gets = [url("hooks"), *(url(name, one.id) for name in ("hook", "hook_meanings", "hook_renew", "hook_close"))]
    names = ("hook_sample", "hook_meanings", "hook_again", "hook_pause", "hook_resume", "hook_renew", "hook_close")
    posts = [url("hooks"), *(url(name, one.id) for name in names), url("hook_drop", one.id, HookPost.objects.get().pk)]
    assert {client.get(address).status_code for address in gets} == {403}
    assert {client.post(address).status_code for address in posts} == {403}
    hook = Hook.objects.get()
    assert (hook.closed_at, hook.paused_at, HookPost.objects.count(), AuditLine.objects.count()) == (
        None,
        None,
        1,
        before,
    )


def test_three_webhooks_and_three_posts_cost_the_same_queries_as_one(noon: datetime) -> None:
    client = boss()
    lists: list[int] = []
    pages: list[int] = []
    tables: list[int] = []
    for i in range(3):
        one = made(noon, mapping=MEANT, name=f"第 {i} 个")
        for n in range(1 + 2 * i):
            take(secret=one.secret, content=FORM | {"手机": f"1391111{i}{n:03}"}, received_at=noon - timedelta(hours=n))
        for address, numbers in (
            (url("hooks"), lists),
            (url("hook", one.id), pages),
            (url("hook_meanings", one.id), tables),
        ):
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            numbers.append(len(asked))
    assert Identity.objects.count() == 9
    assert (len(set(lists)), len(set(pages)), len(set(tables))) == (1, 1, 1), (lists, pages, tables)
    assert max(*lists, *pages, *tables) <= 20

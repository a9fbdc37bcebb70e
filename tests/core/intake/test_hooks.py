"""Webhooks: made, waiting for a sample, mapped, posted to, closed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from tongpin.base.ids import token_digest
from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.intake import hooks
from tongpin.core.intake.erasing import erase_from_intake
from tongpin.core.intake.hooks import Fault, HookUnknown, HookUnnamed, ShopUnknown, Taken, take
from tongpin.core.intake.meanings import BadMapping, Unusable
from tongpin.core.intake.models import Hook, HookPost
from tongpin.core.ledger.entries import COLUMNS, Entry, from_rows
from tongpin.core.people.erasure import Erasing
from tongpin.core.people.models import Identity, LifeFact, Person, PersonAlias, PersonTag, Suggestion, Trait
from tongpin.core.places.actions import know_place
from tongpin.core.places.models import Place
from tongpin.core.team.models import AuditLine
from tongpin.core.team.rules import Actor

pytestmark = pytest.mark.django_db
STAFF = Actor("staff", 7, "203.0.113.0/24")

FORM = {"id": "message_id", "tel": "phone", "nick": "nickname", "why": "keep", "group": "tag"}
ORDER = {"tid": "order_number", "buyer": "shop_account", "paid": "paid_yuan", "at": "paid_at", "what": "product"}


def open_one(
    noon: datetime, mapping: dict[str, str] | None = None, *, name: str = "报名表", shop: int | None = None
) -> hooks.Made:
    made = hooks.open_hook(name=name, event="报名", actor=STAFF, at=noon)
    if mapping:
        hooks.map_hook(hook_id=made.id, mapping=mapping, shop_id=shop, actor=STAFF, at=noon)
    return made


def entries(*kinds: str) -> list[Entry]:
    with connection.cursor() as cursor:
        cursor.execute(f"select {COLUMNS} from entry where kind = any(%s) order by seq", [list(kinds or CATALOGUE)])
        return from_rows(cursor.fetchall())


def bodies(*kinds: str) -> list[dict[str, Any]]:
    return [entry.body for entry in entries(*kinds)]


def states() -> list[str]:
    return list(HookPost.objects.order_by("pk").values_list("state", flat=True))


def test_a_webhook_is_made_with_a_secret_that_is_nowhere_else(noon: datetime) -> None:
    made = hooks.open_hook(name="  报名 表 ", actor=STAFF, at=noon)
    hook = Hook.objects.get()
    assert (hook.pk, hook.name, hook.event, bytes(hook.token_digest)) == (
        made.id, "报名 表", "报名 表", token_digest(made.secret),
    )  # fmt: skip
    assert len(made.secret) == 26
    assert list(AuditLine.objects.values_list("action", "subject_id", "details")) == [("hook.made", made.id, {})]
    with pytest.raises(HookUnnamed):
        hooks.open_hook(name=" ", actor=STAFF, at=noon)


def test_before_it_is_mapped_a_post_is_kept_sealed_as_the_sample(noon: datetime) -> None:
    made = open_one(noon)
    content = {"data": {"tel": "13812345678", "text": "字" * 30_000}}
    assert take(secret=made.secret, content=content, received_at=noon) == Taken("sample")
    hook = Hook.objects.get()
    assert hooks.sample_of(hook) == {"data.tel": "13812345678", "data.text": "字" * 500}
    assert b"13812345678" not in bytes(hook.sample_sealed or b"")
    assert (states(), entries(), Person.objects.count()) == (["sample"], [], 0)


def test_mapping_reads_what_came_before_so_nothing_is_lost(noon: datetime) -> None:
    made = open_one(noon)
    for number in ("1", "2", "2"):
        take(secret=made.secret, content={"id": number, "tel": "13812345678"}, received_at=noon - timedelta(hours=1))
    take(secret=made.secret, content={"id": "3", "tel": "nonsense"}, received_at=noon)
    hooks.map_hook(hook_id=made.id, mapping=FORM, event="春季报名", actor=STAFF, at=noon)
    read = hooks.read_again(hook_id=made.id, at=noon)
    last = HookPost.objects.latest("pk")
    assert read == Taken("recorded", 2, 1, (Fault(last.pk, "identity_unreadable", "phone"),))
    assert states() == ["recorded", "recorded", "known", "refused"]
    assert bodies("form.received") == [
        {"hook": made.id, "message": "1", "name": "春季报名"},
        {"hook": made.id, "message": "2", "name": "春季报名"},
    ]
    assert hooks.read_again(hook_id=made.id, at=noon) == Taken(
        "refused", 0, 0, (Fault(last.pk, "identity_unreadable", "phone"),)
    )


def test_a_better_mapping_takes_what_was_refused(noon: datetime) -> None:
    made = open_one(noon, {"when": "happened_at", "tel": "phone"})
    said = take(secret=made.secret, content={"when": "soon", "tel": "13812345678"}, received_at=noon)
    assert said == Taken("refused", 0, 0, (Fault(0, "time_unreadable", "happened_at"),))
    hooks.map_hook(hook_id=made.id, mapping={"tel": "phone"}, actor=STAFF, at=noon)
    assert hooks.read_again(hook_id=made.id, at=noon) == Taken("recorded", 1, 0)
    post = HookPost.objects.get()
    assert (post.state, post.fault, post.field) == ("recorded", "", "")
    assert post.person_id == Person.objects.get().pk


def test_what_is_older_than_a_week_is_not_read_again(noon: datetime) -> None:
    made = open_one(noon)
    take(secret=made.secret, content={"id": "1"}, received_at=noon - timedelta(days=8))
    hooks.map_hook(hook_id=made.id, mapping=FORM, actor=STAFF, at=noon)
    assert hooks.read_again(hook_id=made.id, at=noon) == Taken("known")
    assert entries() == []


def test_a_form_becomes_a_person_and_a_fact(noon: datetime) -> None:
    made = open_one(noon, FORM)
    content = {
        "id": "1",
        "tel": "138 1234 5678",
        "nick": "晚晚",
        "why": "朋友介绍",
        "group": "团长",
        "more": "unmapped",
    }
    assert take(secret=made.secret, content=content, received_at=noon) == Taken("recorded", 1)
    person = Person.objects.get()
    assert (person.nickname, person.identified, person.via) == ("晚晚", True, f"hook:{made.id}")
    assert list(Identity.objects.values_list("kind", "shown")) == [("phone", "138****5678")]
    told = [(e.kind, e.person_id, e.actor, e.source, e.origin, e.body) for e in entries()]
    via = f"hook:{made.id}"
    tag = PersonTag.objects.get().tag_id
    assert told == [
        ("person.met", person.pk, via, via, 0, {"via": "hook", "identities": ["phone"]}),
        ("form.received", person.pk, via, via, 0,
         {"hook": made.id, "message": "1", "name": "报名", "properties": {"why": "朋友介绍"}}),
        ("tag.put", person.pk, via, via, 0, {"tag": tag, "by": "hook"}),
    ]  # fmt: skip
    post = HookPost.objects.get()
    assert (post.state, post.person_id, hooks.content_of(post)["more"]) == ("recorded", person.pk, "unmapped")
    assert b"138" not in bytes(post.sealed or b"")


def test_every_fact_of_a_webhook_reads_back_as_its_struct(noon: datetime) -> None:
    take(
        secret=open_one(noon, FORM).secret,
        content={"id": "1", "tel": "13812345678", "why": "x", "group": "g"},
        received_at=noon,
    )
    shop = open_one(noon, {**ORDER, "name": "name"}, name="小店")
    take(
        secret=shop.secret,
        content={"tid": "E1", "buyer": "b1", "paid": "9", "at": "2026-11-22", "what": "茶"},
        received_at=noon,
    )
    assert [type(entry.fact).kind for entry in entries()] == [entry.kind for entry in entries()]
    assert {entry.kind for entry in entries()} >= {
        "form.received", "tag.put", "person.met", "place.opened", "order.placed", "order.item_added", "order.paid",
    }  # fmt: skip


def test_the_same_post_twice_is_one(noon: datetime) -> None:
    made = open_one(noon, FORM)
    content = {"id": "1", "tel": "13812345678", "group": "团长"}
    first = take(secret=made.secret, content=content, received_at=noon)
    before = entries()
    again = take(secret=made.secret, content=content, received_at=noon + timedelta(minutes=5))
    assert (first, again) == (Taken("recorded", 1), Taken("known", 0, 1))
    assert entries() == before
    assert states() == ["recorded", "known"]


def test_a_list_of_happenings_is_taken_one_by_one_and_a_bad_one_harms_no_other(noon: datetime) -> None:
    made = open_one(noon, FORM)
    content = [{"id": "1", "tel": "13812345678"}, {"id": "2", "tel": "12"}, {}, {"id": "1", "tel": "13812345678"}]
    faults = (Fault(1, "identity_unreadable", "phone"), Fault(2, "empty", ""))
    assert take(secret=made.secret, content=content, received_at=noon) == Taken("recorded", 1, 1, faults)
    assert states() == ["recorded", "known", "refused", "refused"]
    assert Person.objects.count() == 1


def test_an_order_is_placed_paid_and_counted_once_in_its_shop(noon: datetime) -> None:
    made = open_one(noon, ORDER, name="春茶小店")
    content = {"tid": "E1", "buyer": "b1", "paid": "", "at": "", "what": "龙井"}
    assert take(secret=made.secret, content=content, received_at=noon) == Taken("recorded", 1)
    paid = {**content, "paid": "¥89.00", "at": "2026-11-22 11:30:00"}
    assert take(secret=made.secret, content=paid, received_at=noon) == Taken("recorded", 1)
    assert take(secret=made.secret, content=paid, received_at=noon) == Taken("known", 0, 1)
    shop = Place.objects.get()
    assert (shop.kind, shop.platform, shop.name) == ("shop", "hook", "春茶小店")
    orders = [(e.kind, e.place_id, e.at.hour, e.body) for e in entries() if e.kind.startswith("order.")]
    product = orders[1][3]["product"]
    assert orders == [
        ("order.placed", shop.pk, 4, {"order": "E1"}),
        ("order.item_added", shop.pk, 4, {"order": "E1", "line": "1", "product": product}),
        ("order.paid", shop.pk, 3, {"order": "E1", "amount_fen": 8900}),
    ]
    assert bodies("form.received") == []


def test_orders_of_a_shop_that_is_also_imported_are_the_same_orders(noon: datetime) -> None:
    shop = know_place(kind=Place.Kind.SHOP, platform="youzan", name="春茶小店", at=noon, actor="cli")
    made = open_one(noon, ORDER, shop=shop.pk)
    take(secret=made.secret, content={"tid": "E1", "buyer": "b1"}, received_at=noon)
    assert [(e.place_id, e.body) for e in entries("order.placed")] == [(shop.pk, {"order": "E1"})]
    assert Identity.objects.get().namespace == f"shop:{shop.pk}"
    group = know_place(kind=Place.Kind.GROUP, platform="wechat", name="群", at=noon, actor="cli")
    with pytest.raises(ShopUnknown):
        hooks.map_hook(hook_id=made.id, mapping=ORDER, shop_id=group.pk, actor=STAFF, at=noon)


def test_an_order_without_a_buyer_is_nobodys(noon: datetime) -> None:
    made = open_one(noon, ORDER)
    take(secret=made.secret, content={"tid": "E1", "paid": "5", "at": "2026-11-22"}, received_at=noon)
    assert Person.objects.count() == 0
    assert [e.person_id for e in entries("order.paid")] == [None]


def test_what_happened_long_ago_is_history_and_wakes_no_reaction(noon: datetime) -> None:
    made = open_one(noon, {**FORM, "when": "happened_at"})
    for number, day in (("1", "2019-05-01"), ("2", "2026-11-21")):
        content = {"id": number, "tel": f"1381234567{number}", "when": day, "group": "团长"}
        take(secret=made.secret, content=content, received_at=noon)
    assert [(e.kind, e.origin) for e in entries()] == [
        ("person.met", 1), ("form.received", 1), ("tag.put", 1), ("person.met", 0), ("form.received", 0), ("tag.put", 0),
    ]  # fmt: skip


def test_what_a_stranger_types_into_a_form_merges_nobody(noon: datetime) -> None:
    take(secret=open_one(noon, {"u": "custom"}).secret, content={"u": "dev1"}, received_at=noon)
    form = open_one(noon, {"tel": "phone", "box": "mail"})
    take(secret=form.secret, content={"tel": "13812345678"}, received_at=noon)
    take(secret=form.secret, content={"box": "lin@example.com"}, received_at=noon)
    said = take(secret=form.secret, content={"tel": "13812345678", "box": "lin@example.com"}, received_at=noon)
    assert said == Taken("recorded", 1)
    assert PersonAlias.objects.count() == 0
    assert Suggestion.objects.get().state == "open"


def test_names_fill_blanks_and_never_overwrite(noon: datetime) -> None:
    made = open_one(noon, {**FORM, "who": "name"})
    for number, nick in (("1", "晚晚"), ("2", "别人写的")):
        take(
            secret=made.secret,
            content={"id": number, "tel": "13812345678", "nick": nick, "who": "林晚"},
            received_at=noon,
        )
    assert (Person.objects.get().nickname, Person.objects.get().name_masked) == ("晚晚", "林*")


def test_address_birthday_and_masked_phone_are_kept_of_the_person_and_not_in_the_ledger(noon: datetime) -> None:
    mapping = {"o": "order_number", "p": "phone", "n": "name", "a": "address", "b": "birthday"}
    made = open_one(noon, mapping)
    content = {"o": "E1", "p": "138****5678", "n": "林*", "a": "杭州市西湖区文三路 1 号", "b": "1990-05-20"}
    take(secret=made.secret, content=content, received_at=noon)
    assert sorted(Trait.objects.values_list("kind", "shown")) == [
        ("masked_name", "林*"),
        ("masked_phone", "138****5678"),
    ]
    assert sorted(LifeFact.objects.values_list("kind", flat=True)) == ["address", "birthday"]
    told = str(bodies())
    assert not any(word in told for word in ("138", "林", "文三路", "1990"))
    assert list(Identity.objects.values_list("kind", flat=True)) == ["order"]


def test_a_closed_or_unknown_address_takes_nothing(noon: datetime) -> None:
    made = open_one(noon, FORM)
    take(secret=made.secret, content={"id": "1", "tel": "13812345678"}, received_at=noon)
    hooks.close_hook(hook_id=made.id, actor=STAFF, at=noon)
    hooks.close_hook(hook_id=made.id, actor=STAFF, at=noon)
    before = entries()
    for secret in (made.secret, "guess", ""):
        with pytest.raises(HookUnknown):
            take(secret=secret, content={"id": "2"}, received_at=noon)
    assert entries() == before
    assert list(HookPost.objects.values_list("sealed", flat=True)) == [None]
    assert list(AuditLine.objects.order_by("pk").values_list("action", flat=True)) == [
        "hook.made", "hook.mapped", "hook.closed",
    ]  # fmt: skip


def test_a_closed_webhook_is_neither_mapped_nor_given_a_new_address(noon: datetime) -> None:
    made = open_one(noon)
    hooks.close_hook(hook_id=made.id, actor=STAFF, at=noon)
    with pytest.raises(HookUnknown):
        hooks.map_hook(hook_id=made.id, mapping=FORM, actor=STAFF, at=noon)
    with pytest.raises(HookUnknown):
        hooks.renew_hook(hook_id=made.id, actor=STAFF, at=noon)
    with pytest.raises(HookUnknown):
        hooks.read_again(hook_id=made.id, at=noon)


def test_a_new_address_ends_the_old_one(noon: datetime) -> None:
    made = open_one(noon, FORM)
    renewed = hooks.renew_hook(hook_id=made.id, actor=STAFF, at=noon)
    with pytest.raises(HookUnknown):
        take(secret=made.secret, content={"id": "1"}, received_at=noon)
    assert take(secret=renewed.secret, content={"id": "1", "tel": "13812345678"}, received_at=noon).state == "recorded"


def test_a_bad_mapping_leaves_the_old_one(noon: datetime) -> None:
    made = open_one(noon, FORM)
    with pytest.raises(BadMapping):
        hooks.map_hook(hook_id=made.id, mapping={"a": "nickname"}, actor=STAFF, at=noon)
    assert Hook.objects.get().mapping == FORM


@pytest.mark.parametrize("content", [{}, [], "text", 5, None, {"a": None}, {"a": {"b": []}}])
def test_a_post_without_a_single_field_is_refused(content: Any, noon: datetime) -> None:
    made = open_one(noon)
    with pytest.raises(Unusable, match="empty"):
        take(secret=made.secret, content=content, received_at=noon)
    assert HookPost.objects.count() == 0


def test_hostile_values_are_text_like_any_other(noon: datetime) -> None:
    made = open_one(noon, {**FORM, "u": "custom"})
    bad = "'; drop table person; --<script>\x00\u202e=cmd|' /C calc'!A0"
    content = {"id": bad, "u": bad, "nick": bad, "why": bad, "group": bad}
    assert take(secret=made.secret, content=content, received_at=noon) == Taken("recorded", 1)
    (form,) = bodies("form.received")
    assert form["properties"] == {"why": bad.replace("\x00", "")}
    assert "\u202e" not in Person.objects.get().nickname


def test_who_was_erased_stays_erased(noon: datetime) -> None:
    from tongpin.core.people.erasure import erase

    made = open_one(noon, FORM)
    content = {"id": "1", "tel": "13812345678", "nick": "晚晚", "why": "我的话"}
    take(secret=made.secret, content=content, received_at=noon)
    erase(person_id=Person.objects.get().pk, with_words=True, actor="staff:7", at=noon)
    assert list(HookPost.objects.values_list("person_id", "sealed")) == [(None, None)]
    said = take(secret=made.secret, content={**content, "id": "2"}, received_at=noon)
    assert said == Taken("recorded", 1)
    assert (entries("form.received")[-1].person_id, entries("form.received")[-1].body) == (
        None, {"hook": made.id, "message": "2", "name": "报名"},
    )  # fmt: skip
    assert HookPost.objects.latest("pk").sealed is None
    assert Person.objects.filter(erased_at=None).count() == 0


def test_posts_that_hold_somebody_who_is_erased_are_emptied(noon: datetime) -> None:
    made = open_one(noon)
    take(secret=made.secret, content={"a": "lin.wan@example.com"}, received_at=noon)
    take(secret=made.secret, content={"a": "other@example.com"}, received_at=noon)
    erase_from_intake(Erasing((1,), True, ("lin.wan@example.com",), noon))
    assert [post.sealed is None for post in HookPost.objects.order_by("pk")] == [True, False]
    assert hooks.sample_of(Hook.objects.get()) == {"a": "other@example.com"}


def test_posts_are_forgotten_after_a_week_and_beyond_the_last_ones(
    noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "KEPT_POSTS", 2)
    made = open_one(noon, FORM)
    for number in range(4):
        take(secret=made.secret, content={"id": str(number), "tel": "13812345678"}, received_at=noon)
    take(secret=made.secret, content={"id": "x", "tel": "12"}, received_at=noon)
    take(secret=made.secret, content={"id": "y", "tel": "12"}, received_at=noon - timedelta(days=8))
    assert hooks.forget_posts(at=noon) == 3
    assert states() == ["recorded", "recorded", "refused"]
    assert hooks.forget_posts(at=noon) == 0


def test_a_sample_that_cannot_be_opened_any_more_is_none(noon: datetime) -> None:
    made = open_one(noon)
    take(secret=made.secret, content={"a": "b"}, received_at=noon)
    Hook.objects.update(sample_sealed=b"\x01" + bytes(60))
    assert hooks.sample_of(Hook.objects.get()) == {}


def test_while_it_is_paused_posts_wait_and_are_read_when_it_goes_on(noon: datetime) -> None:
    made = open_one(noon, FORM)
    hooks.pause_hook(hook_id=made.id, actor=STAFF, at=noon)
    hooks.pause_hook(hook_id=made.id, actor=STAFF, at=noon)
    assert take(secret=made.secret, content={"id": "1", "tel": "13812345678"}, received_at=noon) == Taken("sample")
    assert (states(), Person.objects.count()) == (["sample"], 0)
    hooks.resume_hook(hook_id=made.id, actor=STAFF, at=noon)
    hooks.resume_hook(hook_id=made.id, actor=STAFF, at=noon)
    assert hooks.read_again(hook_id=made.id, at=noon) == Taken("recorded", 1)
    assert take(secret=made.secret, content={"id": "1", "tel": "13812345678"}, received_at=noon) == Taken("known", 0, 1)
    deeds = ["hook.made", "hook.mapped", "hook.paused", "hook.resumed"]
    assert list(AuditLine.objects.order_by("pk").values_list("action", flat=True)) == deeds
    hooks.close_hook(hook_id=made.id, actor=STAFF, at=noon)
    for act in (hooks.pause_hook, hooks.resume_hook):
        with pytest.raises(HookUnknown):
            act(hook_id=made.id, actor=STAFF, at=noon)


def test_a_sample_given_by_hand_is_sealed_and_never_becomes_a_happening(noon: datetime) -> None:
    made = open_one(noon)
    fields = hooks.keep_sample(hook_id=made.id, content=[{}, {"a": {"tel": "13812345678"}}], actor=STAFF, at=noon)
    assert fields == hooks.sample_of(Hook.objects.get()) == {"a.tel": "13812345678"}
    assert b"13812345678" not in bytes(Hook.objects.get().sample_sealed or b"")
    hooks.map_hook(hook_id=made.id, mapping={"a.tel": "phone"}, actor=STAFF, at=noon)
    assert hooks.read_again(hook_id=made.id, at=noon) == Taken("known")
    assert (HookPost.objects.count(), Person.objects.count()) == (0, 0)
    for nothing in ({}, [], "", None):
        with pytest.raises(Unusable):
            hooks.keep_sample(hook_id=made.id, content=nothing, actor=STAFF, at=noon)


def test_only_what_waits_or_was_refused_is_dropped(noon: datetime) -> None:
    made = open_one(noon)
    take(secret=made.secret, content={"id": "1"}, received_at=noon)
    first = HookPost.objects.get().pk
    assert hooks.drop_post(hook_id=made.id + 1, post_id=first, actor=STAFF, at=noon) is False
    assert hooks.drop_post(hook_id=made.id, post_id=first, actor=STAFF, at=noon) is True
    assert hooks.drop_post(hook_id=made.id, post_id=first, actor=STAFF, at=noon) is False
    hooks.map_hook(hook_id=made.id, mapping=FORM, actor=STAFF, at=noon)
    take(secret=made.secret, content={"id": "2", "tel": "13812345678"}, received_at=noon)
    assert hooks.drop_post(hook_id=made.id, post_id=HookPost.objects.get().pk, actor=STAFF, at=noon) is False


def test_a_webhook_is_made_for_a_place_and_keeps_its_shop_when_mapped_again(noon: datetime) -> None:
    shop = know_place(kind=Place.Kind.SHOP, platform="youzan", name="乐乐绘本馆", at=noon, actor="system")
    group = know_place(kind=Place.Kind.GROUP, platform="wechat", name="绘本 2 群", at=noon, actor="system")
    form = hooks.open_hook(name="报名", place_id=group.pk, actor=STAFF, at=noon)
    assert Hook.objects.get(pk=form.id).shop_id == group.pk
    with pytest.raises(ShopUnknown):
        hooks.open_hook(name="小店", kind="order", place_id=group.pk, actor=STAFF, at=noon)
    order = hooks.open_hook(name="小店", kind="order", place_id=shop.pk, actor=STAFF, at=noon)
    hooks.map_hook(hook_id=order.id, mapping=ORDER, actor=STAFF, at=noon)
    assert (Hook.objects.get(pk=order.id).shop_id, Hook.objects.get(pk=order.id).kind) == (shop.pk, "order")
    hooks.map_hook(hook_id=form.id, mapping=ORDER, actor=STAFF, at=noon)
    own = Place.objects.get(platform="hook")
    assert (own.kind, own.name, Hook.objects.get(pk=form.id).shop_id) == ("shop", "报名", own.pk)

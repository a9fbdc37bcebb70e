"""The pull runner against a real local server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, connections
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.core.intake.shops import MAPPING, Shop, orders, saying
from tongpin.core.intake import pages, pulling
from tongpin.core.intake.fetching import BadSettings, Failed, Step, Tally
from tongpin.core.intake.meanings import BadMapping
from tongpin.core.intake.models import Batch, Source
from tongpin.core.intake.pulling import claim_next, next_wait, pull, pull_due
from tongpin.core.intake.sources import (
    AddressRefused,
    NotReady,
    SourceUnknown,
    SourceUnnamed,
    add_source,
    change_source,
    close_source,
    pause_source,
    source_seen,
    sources,
    start_source,
    try_source,
)
from tongpin.core.people.models import Person
from tongpin.core.places.actions import know_place
from tongpin.core.places.models import Place
from tongpin.core.team.models import AuditLine
from tongpin.core.team.rules import Actor

pytestmark = pytest.mark.django_db
STAFF = Actor("staff", 7, "203.0.113.0/24")
PAGING = {
    "cursor": {"how": "cursor", "next": "next", "param": "after"},
    "link": {"how": "link", "next": "next"},
    "number": {"how": "number", "param": "page"},
    "none": {"how": "none"},
}


@pytest.fixture(autouse=True)
def _allowed(settings: Settings, httpserver: HTTPServer) -> None:
    settings.EGRESS_ALLOWED = [f"localhost:{httpserver.port}"]


@pytest.fixture
def clock(noon: datetime) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(noon, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _at_noon(clock: time_machine.Traveller) -> None:
    """It is noon unless a test moves on."""


def add(shop: Shop, noon: datetime, *, how: str = "cursor", start: bool = True, **more: Any) -> int:
    """A source of this shop, mapped and started."""
    paging = {**PAGING[how], **more.pop("paging", {})}
    source = add_source(
        name="小店", kind="json_pages", address=shop.address, secret="s3cret", settings={"items": "data.list", "paging": paging},
        actor=STAFF, at=noon, **more,
    )  # fmt: skip
    change_source(source_id=source, settings={"mapping": MAPPING}, actor=STAFF, at=noon)
    if start:
        start_source(source_id=source, actor=STAFF, at=noon)
    return source


def told(kind: str = "order.placed") -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select body->>'order' from entry where kind = %s order by seq", [kind])
        return [row[0] for row in cursor.fetchall()]


def names(*numbers: int) -> list[str]:
    return [f"E{n}" for n in numbers]


@pytest.mark.parametrize("how", ["cursor", "link", "number"])
def test_all_pages_are_fetched_once_and_what_is_added_later_is_found(
    how: str, httpserver: HTTPServer, noon: datetime, clock: time_machine.Traveller
) -> None:
    shop = Shop(httpserver, orders(1, 2, 3, 4, 5), how=how)
    source = add(shop, noon, how=how)
    assert pull_due() == 1
    assert told() == told("order.paid") == names(1, 2, 3, 4, 5)
    seen = source_seen(source_id=source, at=noon)
    assert (seen.state, seen.taken, seen.last, seen.problem) == ("well", 5, {"new": 5, "known": 0, "faults": {}}, "")
    assert seen.next_at == noon + timedelta(minutes=15)
    assert pull_due() == 0
    shop.listed += orders(6, 7, 1)
    clock.move_to(noon + timedelta(minutes=16))
    assert pull_due() == 1
    assert told() == names(1, 2, 3, 4, 5, 6, 7)
    assert Person.objects.count() == 7
    assert set(shop.tokens) == {"Bearer s3cret"}


def test_a_single_page_is_read_again_and_again(
    httpserver: HTTPServer, noon: datetime, clock: time_machine.Traveller
) -> None:
    shop = Shop(httpserver, orders(1, 2), size=9)
    add(shop, noon, how="none")
    pull_due()
    shop.listed += orders(3)
    clock.move_to(noon + timedelta(minutes=16))
    pull_due()
    assert told() == names(1, 2, 3)


def test_facts_stand_with_their_person_shop_and_source(httpserver: HTTPServer, noon: datetime) -> None:
    source = add(Shop(httpserver, orders(1)), noon)
    pull_due()
    with connection.cursor() as cursor:
        cursor.execute("select kind, person_id, place_id, actor, source, origin, body from entry order by seq")
        found = [tuple(row) for row in cursor.fetchall()]
    person, shop = Person.objects.get(), Place.objects.get()
    via = f"pull:{source}"
    assert [(row[0], row[1], row[2], row[3], row[5]) for row in found if row[0] != "place.opened"] == [
        ("person.met", person.pk, None, via, 0),
        ("order.placed", person.pk, shop.pk, via, 0),
        ("order.paid", person.pk, shop.pk, via, 0),
    ]
    assert (person.nickname, person.via, shop.platform, shop.name) == ("买家1", via, "pull", "小店")


def test_orders_of_a_known_shop_are_its_orders(httpserver: HTTPServer, noon: datetime) -> None:
    known = know_place(kind=Place.Kind.SHOP, platform="youzan", name="小店", at=noon, actor="cli")
    source = add(Shop(httpserver, orders(1)), noon, start=False)
    change_source(source_id=source, shop_id=known.pk, actor=STAFF, at=noon)
    start_source(source_id=source, actor=STAFF, at=noon)
    pull_due()
    with connection.cursor() as cursor:
        cursor.execute("select place_id from entry where kind = 'order.placed'")
        assert cursor.fetchall() == [(known.pk,)]


def test_years_of_orders_are_history(httpserver: HTTPServer, noon: datetime) -> None:
    add(Shop(httpserver, orders(1, day="2019-03-01") + orders(2)), noon)
    pull_due()
    with connection.cursor() as cursor:
        cursor.execute("select kind, origin from entry where kind in ('person.met', 'order.placed') order by seq")
        assert cursor.fetchall() == [("person.met", 1), ("person.met", 0), ("order.placed", 1), ("order.placed", 0)]


def test_a_happening_that_is_no_order_is_a_form(httpserver: HTTPServer, noon: datetime) -> None:
    shop = Shop(httpserver, [{"n": 1, "tel": "13812345678", "why": "茶"}], size=5)
    source = add(shop, noon, how="none", start=False)
    mapping = {"n": "message_id", "tel": "phone", "why": "keep"}
    change_source(source_id=source, settings={"mapping": mapping}, event="报名", actor=STAFF, at=noon)
    start_source(source_id=source, actor=STAFF, at=noon)
    pull_due()
    with connection.cursor() as cursor:
        cursor.execute("select body::text from entry where kind = 'form.received'")
        ((body,),) = cursor.fetchall()
    assert body == f'{{"hook": 0, "name": "报名", "message": "pull:{source}:1", "properties": {{"why": "茶"}}}}'


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (saying(500, "down"), "status:500"),
        (saying(401), "not_let_in:401"),
        (saying(404), "status:404"),
        (saying(200, "<html>sign in</html>"), "not_json"),
        (saying(200, b"\xff\xfe\x00"), "not_json"),
        (saying(200, "[" * 100_000), "not_json"),
        (saying(200, ""), "not_json"),
        (saying(200, '{"data": {"list": {"a": 1}}}'), "no_list:data.list"),
        (saying(200, '{"data": null}'), "no_list:data.list"),
        (saying(200, '{"data": {"list": [' + "{}," * 5000 + "{}]}}"), "too_many_items"),
        (saying(200, b"x" * 10_000_001), "toomuch:size"),
        (saying(302, Location="http://169.254.169.254/latest/"), "refused:address"),
        (saying(302, Location="http://localhost:1/"), "refused:port"),
        (saying(302, Location="/orders"), "refused:redirects"),
        (saying(200, b"\x1f\x8bbroken", **{"Content-Encoding": "gzip"}), "unreachable:packing"),
    ],
)
def test_a_failure_is_kept_with_its_reason_and_nothing_is_lost(
    fault: Any, problem: str, httpserver: HTTPServer, noon: datetime, clock: time_machine.Traveller
) -> None:
    shop = Shop(httpserver, orders(1, 2, 3))
    source = add(shop, noon)
    shop.faults = [fault] * 6
    assert pull_due() == 1
    seen = source_seen(source_id=source, at=noon)
    assert (seen.state, seen.problem, seen.fails, seen.taken, told()) == ("failing", problem, 1, 0, [])
    assert seen.next_at == noon + timedelta(minutes=15)
    shop.faults = []
    clock.move_to(noon + timedelta(minutes=16))
    assert pull_due() == 1
    assert told() == names(1, 2, 3)
    assert (source_seen(source_id=source, at=noon).problem, source_seen(source_id=source, at=noon).fails) == ("", 0)


def test_a_failure_in_the_middle_keeps_what_came_before_and_goes_on_there(
    httpserver: HTTPServer, noon: datetime, clock: time_machine.Traveller
) -> None:
    shop = Shop(httpserver, orders(1, 2, 3, 4, 5))

    def then_fail(request: Request) -> Response:
        shop.faults.append(saying(503))
        return shop.answer_well(request)  # type: ignore[attr-defined,no-any-return]

    real = Shop.answer

    def once_well(request: Request) -> Response:
        faults, shop.faults = shop.faults, []
        answer = real(shop, request)
        shop.faults = faults
        return answer

    shop.answer_well = once_well  # type: ignore[attr-defined]
    shop.faults = [then_fail]
    source = add(shop, noon)
    pull_due()
    assert told() == names(1, 2)
    assert source_seen(source_id=source, at=noon).problem == "status:503"
    shop.faults, shop.asked = [], []
    clock.move_to(noon + timedelta(minutes=16))
    pull_due()
    assert told() == names(1, 2, 3, 4, 5)
    assert shop.asked[0] == "after=2"


def test_we_wait_as_long_as_we_are_asked_to(httpserver: HTTPServer, noon: datetime) -> None:
    shop = Shop(httpserver, orders(1))
    source = add(shop, noon)
    shop.faults = [saying(429, "", **{"Retry-After": "7200"})]
    pull_due()
    seen = source_seen(source_id=source, at=noon)
    assert (seen.problem, seen.next_at) == ("status:429", noon + timedelta(hours=2))


def test_waits_are_doubled_up_to_half_a_day() -> None:
    quarter = timedelta(minutes=15)
    assert [next_wait(fails=n, every=quarter) for n in (1, 2, 3, 6, 7, 99)] == [
        quarter, 2 * quarter, 4 * quarter, timedelta(hours=8), timedelta(hours=12), timedelta(hours=12),
    ]  # fmt: skip
    assert next_wait(fails=9, every=timedelta(days=7)) == timedelta(days=7)
    assert next_wait(fails=1, every=quarter, asked=timedelta(hours=3)) == timedelta(hours=3)


def test_what_cannot_be_read_is_counted_and_harms_nothing_else(httpserver: HTTPServer, noon: datetime) -> None:
    listed = orders(1, 2, 3)
    listed[1]["buyer"]["tel"] = "12"
    listed[2]["paid"] = "free"
    source = add(Shop(httpserver, [*listed, 5, {}], size=9), noon)
    pull_due()
    seen = source_seen(source_id=source, at=noon)
    assert told() == names(1)
    assert seen.last == {
        "new": 1, "known": 0,
        "faults": {"identity_unreadable:phone": 1, "amount_unreadable:paid_yuan": 1, "empty:": 2},
    }  # fmt: skip


def test_a_list_that_begins_with_the_newest_is_read_down_to_the_last_round(
    httpserver: HTTPServer, noon: datetime, clock: time_machine.Traveller
) -> None:
    old = [{**one, "at": f"2026-11-{20 - n:02} 08:00:00"} for n, one in enumerate(orders(1, 2, 3, 4, 5, 6))]
    shop = Shop(httpserver, old, how="number")
    source = add(shop, noon, how="number", paging={"newest_first": True})
    pull_due()
    assert sorted(told()) == names(1, 2, 3, 4, 5, 6)
    shop.listed = [{**one, "at": "2026-11-22 11:00:00"} for one in orders(7, 8, 9)] + old
    shop.asked = []
    clock.move_to(noon + timedelta(minutes=16))
    pull_due()
    assert sorted(told()) == names(1, 2, 3, 4, 5, 6, 7, 8, 9)
    assert shop.asked == ["page=1", "page=2", "page=3"]
    assert source_seen(source_id=source, at=noon).last["new"] == 3


def test_an_interrupted_round_of_a_newest_first_list_loses_nothing(
    httpserver: HTTPServer, noon: datetime, clock: time_machine.Traveller
) -> None:
    """Killed after the first page; meanwhile so much is added that the list has moved: what lay below is still found."""
    old = [{**one, "at": f"2026-11-{10 - n:02} 08:00:00"} for n, one in enumerate(orders(1, 2))]
    shop = Shop(httpserver, old, how="number")
    add(shop, noon, how="number", paging={"newest_first": True})
    pull_due()
    first = [{**one, "at": f"2026-11-{18 - n:02} 08:00:00"} for n, one in enumerate(orders(11, 12, 13, 14, 15, 16))]
    shop.listed = first + old
    clock.move_to(noon + timedelta(minutes=16))
    pull_due(stopping=lambda: len(shop.asked) >= 3)
    assert sorted(told()) == names(1, 11, 12, 2)
    later = [{**one, "at": f"2026-11-22 0{8 - n}:00:00"} for n, one in enumerate(orders(21, 22, 23, 24))]
    shop.listed = later + first + old
    for minutes in (32, 48):
        clock.move_to(noon + timedelta(minutes=minutes))
        pull_due()
    assert sorted(told()) == sorted(names(1, 2, 11, 12, 13, 14, 15, 16, 21, 22, 23, 24))


def test_a_long_source_is_left_after_a_while_and_taken_up_again(
    httpserver: HTTPServer, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "STEPS", 2)
    source = add(Shop(httpserver, orders(1, 2, 3, 4, 5, 6, 7), size=1), noon)
    claim = claim_next(at=noon)
    assert claim is not None
    assert pull(claim).new == 2
    assert source_seen(source_id=source, at=noon).next_at == noon
    assert pull_due() == 3
    assert told() == names(1, 2, 3, 4, 5, 6, 7)


def test_pages_that_lead_in_a_circle_are_not_walked_for_ever(
    httpserver: HTTPServer, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "STEPS", 5)
    shop = Shop(httpserver, orders(1, 2, 3, 4))

    def circle(request: Request) -> Response:
        after = "b" if request.args.get("after") == "a" else "a"
        return Response(json.dumps({"data": {"list": [{"id": "E1"}]}, "next": after}))

    shop.faults = [circle] * 99
    source = add(shop, noon)
    assert pull_due() == 2
    assert source_seen(source_id=source, at=noon).next_at == noon + timedelta(minutes=15)
    assert told() == names(1)


def test_a_paused_source_is_left_alone_until_it_is_started(httpserver: HTTPServer, noon: datetime) -> None:
    shop = Shop(httpserver, orders(1))
    source = add(shop, noon)
    pause_source(source_id=source, actor=STAFF, at=noon)
    pause_source(source_id=source, actor=STAFF, at=noon)
    assert (pull_due(), shop.asked) == (0, [])
    start_source(source_id=source, actor=STAFF, at=noon)
    assert (pull_due(), told()) == (1, names(1))
    assert list(AuditLine.objects.order_by("pk").values_list("action", flat=True)) == [
        "source.made", "source.changed", "source.started", "source.paused", "source.started",
    ]  # fmt: skip


def test_pausing_or_changing_while_a_page_is_fetched_writes_nothing_of_it(
    httpserver: HTTPServer, noon: datetime
) -> None:
    shop = Shop(httpserver, orders(1, 2))
    source = add(shop, noon)
    for act in (
        lambda: pause_source(source_id=source, actor=STAFF, at=noon),
        lambda: change_source(source_id=source, every_minutes=30, actor=STAFF, at=noon),
        lambda: close_source(source_id=source, actor=STAFF, at=noon),
    ):
        claim = claim_next(at=noon)
        assert claim is not None
        act()
        assert pull(claim) == Tally()
        assert (told(), Source.objects.get().cursor) == ([], "")
        if Source.objects.get().closed_at is None:
            start_source(source_id=source, actor=STAFF, at=noon)
    assert pull_due() == 0


def test_a_claim_that_ran_out_belongs_to_the_next(httpserver: HTTPServer, noon: datetime) -> None:
    add(Shop(httpserver, orders(1, 2, 3)), noon)
    stuck = claim_next(at=noon)
    assert stuck is not None
    assert claim_next(at=noon + timedelta(minutes=19)) is None
    later = claim_next(at=noon + timedelta(minutes=21))
    assert later is not None
    assert pull(later).new == 3
    assert pull(stuck) == Tally()
    assert told() == names(1, 2, 3)


def test_killed_between_fetching_and_writing_nothing_is_lost_or_doubled(httpserver: HTTPServer, noon: datetime) -> None:
    """The worker dies at every possible place of every step: what follows takes the source up where it stood."""
    shop = Shop(httpserver, orders(1, 2, 3, 4, 5))
    add(shop, noon)
    at = noon
    for dying_at in (0, 1, 0, 1, 1, 0):
        claim = claim_next(at=at)
        assert claim is not None
        with pulling.way_out(limits=pages.limits()) as door:
            done = pages.step(claim.source, door, at=noon)
        if dying_at:
            pulling.write(claim, done, at=at)
        at += timedelta(minutes=21)
    assert pull_due() == 0
    Source.objects.update(leased_until=None)
    assert pull_due() == 1
    assert told() == told("order.paid") == names(1, 2, 3, 4, 5)
    assert Person.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_the_cursor_and_the_facts_of_its_page_are_written_together_or_not_at_all(
    httpserver: HTTPServer, noon: datetime
) -> None:
    add(Shop(httpserver, orders(1, 2, 3)), noon)
    claim = claim_next(at=noon)
    assert claim is not None
    with pulling.way_out(limits=pages.limits()) as door:
        done = pages.step(claim.source, door, at=noon)

    def breaks() -> Tally:
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        pulling.write(claim, Step([lambda: (done.parts[0](), breaks())[1]], done.cursor, True), at=noon)
    assert (told(), Person.objects.count(), Source.objects.get().cursor) == ([], 0, "")
    pulling.write(claim, done, at=noon)
    assert (told(), Source.objects.get().cursor) == (names(1, 2), '{"page":"2"}')


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_fetch_one_source_at_once(httpserver: HTTPServer, noon: datetime) -> None:
    shops = [Shop(httpserver, orders(1, 2, 3))]
    ids = {add(shops[0], noon) for _ in range(6)}
    taken: list[int] = []
    ready = threading.Barrier(3)

    def work() -> None:
        ready.wait()
        while (claim := claim_next(at=noon)) is not None:
            taken.append(claim.source.pk)
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == sorted(ids)


@pytest.mark.django_db(transaction=True)
def test_workers_that_meet_the_same_new_people_write_each_once(httpserver: HTTPServer, noon: datetime) -> None:
    shop = Shop(httpserver, orders(*range(1, 41)), size=10)
    for _ in range(3):
        add(shop, noon)
    workers = [threading.Thread(target=lambda: (pull_due(), connections.close_all())) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(told()) == sorted(names(*range(1, 41)))
    assert Person.objects.count() == 40
    assert {seen.problem for seen in sources(at=noon)} == {""}


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://127.0.0.1/orders", "own"),
        ("http://localhost/orders", "own"),
        ("ftp://shop.example/", "scheme"),
        ("http://shop.example:22/", "port"),
        ("http://me:word@shop.example/", "userinfo"),
        ("nonsense", "url"),
        ("", "url"),
    ],
)
def test_an_address_we_do_not_fetch_from_is_refused_when_it_is_typed(address: str, reason: str, noon: datetime) -> None:
    with pytest.raises(AddressRefused) as caught:
        add_source(name="x", kind="json_pages", address=address, actor=STAFF, at=noon)
    assert caught.value.reason == reason
    assert Source.objects.count() == 0


def test_a_private_address_behind_a_name_is_refused_when_it_is_fetched(
    noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongpin.base.egress.named", lambda host, port: ["10.0.0.8"])
    source = add_source(name="x", kind="json_pages", address="https://shop.example/", actor=STAFF, at=noon)
    with pytest.raises(Failed) as caught:
        try_source(source_id=source, at=noon)
    assert caught.value.problem == "refused:address"


def test_a_trial_shows_what_comes_and_keeps_nothing(httpserver: HTTPServer, noon: datetime) -> None:
    shop = Shop(httpserver, orders(1, 2, 3))
    source = add(shop, noon, start=False)
    sample = try_source(source_id=source, at=noon)
    assert (sample.count, sample.more, sample.fields) == (
        2, True,
        {"id": "E1", "at": "2026-11-22 01:00:00", "buyer.tel": "13800000001", "buyer.nick": "买家1", "paid": "1.50"},
    )  # fmt: skip
    assert (told(), Person.objects.count(), Source.objects.get().cursor) == ([], 0, "")


def test_the_token_is_sealed_and_goes_nowhere_else(httpserver: HTTPServer, noon: datetime) -> None:
    shop = Shop(httpserver, orders(1))
    source = add(shop, noon)
    assert b"s3cret" not in bytes(Source.objects.get().token_sealed or b"")
    change_source(source_id=source, settings={"auth": {"query": "key"}}, actor=STAFF, at=noon)
    pull_due()
    assert (shop.asked, shop.tokens) == (["key=s3cret"], [None])
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(s::text, '') from pull_source s")
        assert "s3cret" not in str(cursor.fetchone())
    change_source(source_id=source, secret="", actor=STAFF, at=noon)
    assert Source.objects.get().token_sealed is None


def test_a_token_that_cannot_be_opened_any_more_is_said(httpserver: HTTPServer, noon: datetime) -> None:
    source = add(Shop(httpserver, orders(1)), noon)
    Source.objects.update(token_sealed=b"\x01" + bytes(50))
    pull_due()
    assert source_seen(source_id=source, at=noon).problem == "token_unreadable"


def test_a_crash_of_ours_is_kept_as_a_reason_without_words(
    httpserver: HTTPServer, noon: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError("13812345678")

    monkeypatch.setattr(pages, "flat", crash)
    source = add(Shop(httpserver, orders(1)), noon)
    pull_due()
    assert source_seen(source_id=source, at=noon).problem == "broke_off"
    assert "13812345678" not in caplog.text


def test_a_source_is_not_started_before_it_is_mapped(httpserver: HTTPServer, noon: datetime) -> None:
    source = add_source(name="x", kind="json_pages", address=Shop(httpserver, []).address, actor=STAFF, at=noon)
    with pytest.raises(NotReady):
        start_source(source_id=source, actor=STAFF, at=noon)
    with pytest.raises(BadMapping):
        change_source(source_id=source, settings={"mapping": {"a": "nickname"}}, actor=STAFF, at=noon)
    with pytest.raises(BadSettings):
        change_source(source_id=source, settings={"paging": {"how": "cursor"}}, actor=STAFF, at=noon)
    assert (source_seen(source_id=source, at=noon).state, source_seen(source_id=source, at=noon).mapping) == ("new", {})
    with pytest.raises(SourceUnnamed):
        add_source(name=" ", kind="json_pages", address="https://shop.example/", actor=STAFF, at=noon)


def test_a_changed_mapping_reads_all_again_and_doubles_nothing(httpserver: HTTPServer, noon: datetime) -> None:
    source = add(Shop(httpserver, orders(1, 2, 3)), noon)
    pull_due()
    change_source(source_id=source, settings={"mapping": {**MAPPING, "buyer.nick": "name"}}, actor=STAFF, at=noon)
    assert Source.objects.get().cursor == ""
    pull_due()
    assert told() == names(1, 2, 3)
    assert set(Person.objects.values_list("name_masked", flat=True)) == {"买**"}


def test_a_closed_source_is_gone_and_its_token_forgotten(httpserver: HTTPServer, noon: datetime) -> None:
    source = add(Shop(httpserver, orders(1)), noon)
    close_source(source_id=source, actor=STAFF, at=noon)
    assert (sources(at=noon), pull_due(), Source.objects.get().token_sealed) == ([], 0, None)
    for act in (start_source, pause_source, close_source):
        with pytest.raises(SourceUnknown):
            act(source_id=source, actor=STAFF, at=noon)
    with pytest.raises(SourceUnknown):
        try_source(source_id=source, at=noon)
    assert Batch.objects.count() == 0

"""Sources that are fetched from, in the console: added, tried, given meanings, started, looked after, closed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from time_machine import travel

from tests.core.intake.shops import MAPPING, Shop, orders, saying
from tests.web.console.shop_files import at_work, url
from tongpin.core.intake.models import Batch, Source
from tongpin.core.intake.pulling import pull_due
from tongpin.core.intake.sources import add_source, change_source, start_source
from tongpin.core.people.models import Person
from tongpin.core.places.actions import know_place
from tongpin.core.places.models import Place
from tongpin.core.team.models import AuditLine
from tongpin.core.team.rules import SYSTEM, Held

pytestmark = pytest.mark.django_db
PAGING = {"how": "cursor", "next": "next", "param": "after"}
TABLE = "订单号,手机号,下单时间,实付金额,商品名称\nA1,13911110001,2026-11-01 10:00:00,9.00,龙井\n"


@pytest.fixture(autouse=True)
def clock(noon: datetime, settings: Settings, httpserver: HTTPServer, tmp_path: Any) -> Any:
    settings.EGRESS_ALLOWED = [f"localhost:{httpserver.port}"]
    settings.IMPORTS = tmp_path / "imports"
    with travel(noon, tick=False) as traveller:
        yield traveller


def boss(login: str = "") -> Client:
    return at_work(Held("manager"), login=login)


def added(address: str, noon: datetime, *, kind: str = "json_pages", name: str = "小店", **settings: Any) -> int:
    told = {"items": "data.list", "paging": PAGING, **settings} if kind == "json_pages" else settings
    return add_source(name=name, kind=kind, address=address, secret="s3cret", settings=told, actor=SYSTEM, at=noon)


def mapped(address: str, noon: datetime, *, name: str = "小店") -> int:
    source = added(address, noon, name=name)
    change_source(source_id=source, settings={"mapping": MAPPING}, actor=SYSTEM, at=noon)
    return source


def sample_in(page: str) -> str:
    return re.search(r'name="sample" value="([^"]+)"', page)[1]  # type: ignore[index]


def given(**changed: Any) -> dict[str, Any]:
    """The form of the settings as it stands."""
    return {
        "name": "小店", "address": "https://shop.example.com/orders", "every": "60", "secret": "", "auth_how": "bearer",
        "auth_name": "", "items": "data.list", "paging_how": "cursor", "paging_next": "next", "paging_param": "after",
        "paging_more": "", "event": "", "place": "", **changed,
    }  # fmt: skip


def test_a_source_is_added_paused_and_its_token_never_shown() -> None:
    client = boss()
    asked = {
        "kind": "json_pages",
        "name": "小店",
        "address": "https://shop.example.com/orders?key=k3y",
        "secret": "s3cret",
        "every": "60",
    }
    page = client.post(url("pulls"), asked, follow=True).text
    source = Source.objects.get()
    assert (source.name, source.kind, source.every_minutes, source.paused_at is None) == (
        "小店",
        "json_pages",
        60,
        False,
    )
    assert b"s3cret" not in bytes(source.token_sealed or b"")
    for text in (page, client.get(url("pulls")).text, client.get(url("pull", source.pk)).text):
        assert ("s3cret" in text, "k3y" in text, "shop.example.com" in text) == (False, False, True)
    assert "s3cret" not in client.get(url("pull_settings", source.pk)).text
    assert not AuditLine.objects.filter(details__icontains="s3cret").exists()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"address": "shop.example.com/orders"}, "This is no address"),
        ({"address": "ftp://shop.example.com/x"}, "no address of the web"),
        ({"address": "https://127.0.0.1/x"}, "This address is this house itself"),
        ({"address": "https://u:p@shop.example.com/"}, "holds a name and password"),
        ({"name": " "}, "required"),
        ({"kind": "golden"}, "wrong"),
        ({"every": "7"}, "wrong"),
    ],
)
def test_a_faulty_source_is_refused_beside_the_field(wrong: dict[str, str], told: str) -> None:
    asked = {"kind": "json_pages", "name": "小店", "address": "https://shop.example.com/o", "every": "15", **wrong}
    answer = boss().post(url("pulls"), asked)
    assert (answer.status_code, told in answer.text, Source.objects.count()) == (422, True, 0)


def test_trying_shows_what_was_found_and_keeps_nothing(httpserver: HTTPServer, noon: datetime) -> None:
    shop = Shop(httpserver, orders(1, 2, 3))
    source = added(shop.address, noon)
    page = boss().post(url("pull_try", source)).text
    assert ("It works" in page, "2 things on the first page, and there are more pages" in page) == (True, True)
    assert dict(re.findall(r'name="m\.([^"]+)".*?<option value="([^"]*)" selected', page)) == MAPPING
    assert ("138****0001" in page, "13800000001" in page, "order E1" in page) == (True, False, True)
    assert shop.tokens == ["Bearer s3cret"]
    assert (Person.objects.count(), "mapping" in Source.objects.get().settings) == (0, False)


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (401, "", "does not let us in (401)"),
        (503, "", "answers with an error (503)"),
        (200, "<html>", "The answer is no JSON"),
        (200, "{}", "no list where it should be (data.list)"),
    ],
)
def test_trying_says_what_is_wrong_and_what_to_do(
    status: int, body: str, told: str, httpserver: HTTPServer, noon: datetime
) -> None:
    shop = Shop(httpserver, orders(1))
    shop.faults.append(saying(status, body))
    source = added(shop.address, noon)
    answer = boss().post(url("pull_try", source))
    assert (answer.status_code, told in answer.text, "Nothing was kept or changed." in answer.text) == (422, True, True)


def test_a_private_address_is_not_asked(noon: datetime) -> None:
    source = added("https://10.0.0.1/orders", noon)
    answer = boss().post(url("pull_try", source))
    assert (answer.status_code, "lies inside a private network" in answer.text) == (422, True)


def test_meanings_are_looked_at_then_kept_then_it_is_started(httpserver: HTTPServer, noon: datetime) -> None:
    shop = Shop(httpserver, orders(1, 2, 3))
    source = added(shop.address, noon)
    client = boss()
    refused = client.post(url("pull_start", source), follow=True).text
    assert "Say first what the fields mean" in refused
    sample = sample_in(client.post(url("pull_try", source)).text)
    assert "13800000001" not in sample
    chosen = {f"m.{path}": meaning for path, meaning in MAPPING.items()}
    for headers in ({}, {"HX-Request": "true"}):
        looked = client.post(
            url("pull_meanings", source), {**chosen, "sample": sample, "go": "look"}, headers=headers
        ).text
        assert ("order E1" in looked, "138****0001" in looked) == (True, True)
    wrong = client.post(url("pull_meanings", source), {"m.paid": "paid_yuan", "sample": sample, "go": "save"})
    assert (wrong.status_code, "Nothing tells one person" in wrong.text, "138****0001" in wrong.text) == (
        422,
        True,
        True,
    )
    kept = client.post(url("pull_meanings", source), {**chosen, "sample": sample, "go": "save"}, follow=True).text
    assert ("Kept. Now it can be started." in kept, Source.objects.get().settings["mapping"]) == (True, MAPPING)
    client.post(url("pull_start", source))
    assert pull_due() == 1
    page = client.get(url("pull", source)).text
    assert (Person.objects.count(), "something new" in page, "goes well" in page) == (3, True, True)


def test_a_made_up_sample_is_no_sample(httpserver: HTTPServer, noon: datetime) -> None:
    source = added(Shop(httpserver, orders(1)).address, noon)
    answer = boss().post(url("pull_meanings", source), {"m.id": "order_number", "sample": "AAAA", "go": "look"})
    assert (answer.status_code, "order E1" in answer.text) == (200, False)


def test_the_last_rounds_stand_with_their_reasons(httpserver: HTTPServer, noon: datetime, clock: Any) -> None:
    shop = Shop(
        httpserver, [*orders(1, 2), {"id": "E3", "buyer": {"tel": "nobody"}, "at": "2026-11-22 03:00:00"}], size=9
    )
    source = mapped(shop.address, noon)
    start_source(source_id=source, actor=SYSTEM, at=noon)
    pull_due()
    shop.faults.append(saying(503))
    clock.move_to(noon + timedelta(minutes=16))
    pull_due()
    page = boss().get(url("pull", source)).text
    for told in ("answers with an error (503)", "phone: cannot be read", "something new", "If it stays so"):
        assert told in page
    rounds = Source.objects.get().rounds
    assert [(one["new"], one["problem"]) for one in rounds] == [(0, "status:503"), (2, "")]
    assert Source.objects.get().cursor_at == noon


def test_only_the_last_twenty_rounds_are_remembered(httpserver: HTTPServer, noon: datetime, clock: Any) -> None:
    shop = Shop(httpserver, orders(1), size=9)
    source = mapped(shop.address, noon)
    start_source(source_id=source, actor=SYSTEM, at=noon)
    for n in range(23):
        clock.move_to(noon + timedelta(minutes=16 * n))
        pull_due()
    assert len(Source.objects.get(pk=source).rounds) == 20


def test_a_source_is_paused_and_goes_on(httpserver: HTTPServer, noon: datetime) -> None:
    source, client = mapped(Shop(httpserver, orders(1)).address, noon), boss()
    client.post(url("pull_start", source))
    paused = client.post(url("pull_pause", source), follow=True).text
    assert (f'action="{url("pull_start", source)}"' in paused, pull_due()) == (True, 0)
    client.post(url("pull_start", source))
    assert pull_due() == 1


def test_settings_are_changed_and_an_empty_token_leaves_the_old(noon: datetime) -> None:
    source, client = added("https://shop.example.com/orders", noon), boss()
    shop = know_place(kind=Place.Kind.SHOP, platform="youzan", name="乐乐绘本馆", at=noon, actor="system")
    before = bytes(Source.objects.get().token_sealed or b"")
    asked = given(name="新名", every="1440", paging_how="number", paging_param="page", paging_next="", place=str(shop.pk),
                  auth_how="header", auth_name="X-Key")  # fmt: skip
    answer = client.post(url("pull_settings", source), asked, follow=True)
    held = Source.objects.get()
    assert "Kept. Try once what comes now." in answer.text
    assert (held.name, held.every_minutes, held.shop_id, bytes(held.token_sealed or b"")) == (
        "新名",
        1440,
        shop.pk,
        before,
    )
    assert held.settings["paging"] == {"how": "number", "param": "page"}
    assert held.settings["auth"] == {"header": "X-Key", "prefix": ""}
    page = client.get(url("pull_settings", source)).text
    assert ('value="X-Key"' in page, 'value="page"' in page) == (True, True)
    client.post(url("pull_settings", source), given(forget="on"))
    assert Source.objects.get().token_sealed is None


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"paging_param": ""}, "Say the name of the parameter"),
        ({"paging_next": ""}, "Say where the answer tells the next page"),
        ({"auth_how": "header", "auth_name": "Host"}, "cannot be the name of a header"),
        ({"auth_how": "query"}, "Say its name."),
        ({"address": "gopher://x"}, "no address of the web"),
        ({"items": "x" * 201}, "200"),
    ],
)
def test_settings_that_cannot_work_are_refused_and_stay_typed(wrong: dict[str, str], told: str, noon: datetime) -> None:
    source = added("https://shop.example.com/orders", noon)
    before = Source.objects.values().get()
    answer = boss().post(url("pull_settings", source), given(name="getippt", **wrong))
    assert (answer.status_code, told in answer.text, "getippt" in answer.text) == (422, True, True)
    assert Source.objects.values().get() == before


def test_a_table_says_what_it_was_taken_for_and_what_it_lacks(httpserver: HTTPServer, noon: datetime) -> None:
    httpserver.expect_request("/o.csv").respond_with_data(TABLE)
    source, client = added(httpserver.url_for("/o.csv"), noon, kind="csv_url"), boss()
    page = client.post(url("pull_try", source)).text
    assert ("orders, one row each" in page, "Say which shop it is from" in page, Batch.objects.count()) == (
        True,
        True,
        0,
    )
    asked = {
        "name": "表",
        "address": httpserver.url_for("/o.csv"),
        "every": "60",
        "auth_how": "bearer",
        "shop_name": "小店",
    }
    client.post(url("pull_settings", source), asked)
    page = client.post(url("pull_try", source)).text
    assert ("understood" in page, Batch.objects.count()) == (True, 0)


def test_a_table_that_waits_leads_to_its_import(httpserver: HTTPServer, noon: datetime) -> None:
    httpserver.expect_request("/o.csv").respond_with_data(TABLE)
    source, client = added(httpserver.url_for("/o.csv"), noon, kind="csv_url"), boss()
    client.post(url("pull_start", source))
    pull_due()
    page = client.get(url("pull", source)).text
    assert ("The file needs one more word from you" in page, url("import", Batch.objects.get().pk) in page) == (
        True,
        True,
    )


def test_closing_is_asked_first_and_forgets_the_token(noon: datetime) -> None:
    source, client = added("https://shop.example.com/orders", noon), boss()
    assert "This cannot be undone" in client.get(url("pull_close", source)).text
    assert Source.objects.get().closed_at is None
    assert "is deleted. What was fetched stays." in client.post(url("pull_close", source), follow=True).text
    held = Source.objects.get()
    assert (held.closed_at is None, held.token_sealed) == (False, None)
    assert client.get(url("pull", source)).status_code == 404


def test_who_manages_no_sources_changes_none(noon: datetime) -> None:
    source = added("https://shop.example.com/orders", noon)
    before = (Source.objects.values().get(), AuditLine.objects.count())
    client = at_work(Held("operator"))
    gets = [url("pulls"), *(url(name, source) for name in ("pull", "pull_settings", "pull_close"))]
    names = ("pull_settings", "pull_try", "pull_meanings", "pull_start", "pull_pause", "pull_close")
    assert {client.get(address).status_code for address in gets} == {403}
    assert {client.post(address).status_code for address in [url("pulls"), *(url(n, source) for n in names)]} == {403}
    assert (Source.objects.values().get(), AuditLine.objects.count()) == before


def test_three_sources_cost_the_same_queries_as_one(noon: datetime) -> None:
    client = boss()
    lists: list[int] = []
    pages: list[int] = []
    for i in range(3):
        source = mapped(f"https://shop{i}.example.com/orders", noon, name=f"第 {i} 个")
        for address, numbers in ((url("pulls"), lists), (url("pull", source), pages)):
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            numbers.append(len(asked))
    assert (len(set(lists)), len(set(pages))) == (1, 1), (lists, pages)
    assert max(*lists, *pages) <= 20

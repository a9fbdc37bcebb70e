"""What tests of buying share: a house that takes test payments, phones, and a walk from the form to the paid order."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.loop.sell.cast import on_shelf
from tongpin.base.clock import now as present
from tongpin.core.money.setting_up import set_up_till
from tongpin.core.people.visitors import meet_visitor
from tongpin.loop.sell.offers.rules import Terms
from tongpin.web.look.gate import MEMBER_COOKIE

TOWEL = Terms(price_fen=6900, group_price_fen=5500, group_seats=3, group_hours=24, limit=30)
SENT_TO = {"name": "王小美", "phone": "13812345678", "address": "杭州市西湖区文一路 1 号"}


def shop_open(*kinds: str, terms: Terms = TOWEL, key: str = "towel", before: timedelta = timedelta(days=1)) -> int:
    """An offer on the shelf since yesterday, and the tills that are on (sandbox, where none is named)."""
    for kind in kinds or ("sandbox",):
        settings = {"account": "青禾读书社\n招商银行 6225 0000 0000 1234"} if kind == "manual" else {}
        set_up_till(kind=kind, settings=settings, is_on=True, at=present(), actor="staff:1")
    return on_shelf(present() - before, terms, key=key)


def phone() -> Client:
    """A phone nobody signed in on."""
    return Client(headers={"accept-language": "zh-hans"})


def member(nickname: str = "小美", *, at: datetime | None = None) -> tuple[Client, int]:
    """A phone with a session, and whose it is."""
    visit = meet_visitor(nickname=nickname, at=at or present())
    client = phone()
    client.cookies[MEMBER_COOKIE] = visit.secret
    return client, visit.person_id


def filled_form(client: Client, at: str, /, **more: str) -> dict[str, str]:
    """The form as it was shown, filled in."""
    page = client.get(at).text
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None, page
    return {"key": found[1], "count": "1", "till": "sandbox", "nickname": "豆豆妈", **SENT_TO, **more}


def buy(client: Client, at: str, /, **more: str) -> HttpResponse:
    """From the form to the till: the redirect there."""
    answer: HttpResponse = client.post(at, filled_form(client, at, **more))
    return answer


def pay_at_the_till(client: Client, address: str) -> str:
    """Pays at the test gateway; where the payer is sent back to."""
    assert address.startswith("/till/sandbox/"), address
    return str(client.post(address, {"outcome": "paid"})["Location"])


def bought(client: Client, at: str, /, **more: str) -> str:
    """The whole walk: form, till, paid; where it ends."""
    return pay_at_the_till(client, buy(client, at, **more)["Location"])


def queries(client: Client, address: str) -> int:
    """How often a page asks the database."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)

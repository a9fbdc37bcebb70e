"""What the walks ask of a house in a process of its own: `python -m tests.slow.inside_walks FUNCTION JSON`."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection
from procrastinate.exceptions import AlreadyEnqueued

from tests.loop.gather.cast import opened
from tests.loop.sell.cast import on_shelf
from tests.slow.inside import main_of
from tongpin.base.clock import now
from tongpin.cashier.sandbox.gateway import Sandbox
from tongpin.cashier.sandbox.rules import CannotDecide
from tongpin.cashier.sandbox.signing import Delivery
from tongpin.core.books.queries import crooked_accounts, trial_balance
from tongpin.core.money.setting_up import set_up_till
from tongpin.core.money.tills import till
from tongpin.core.places.actions import know_place
from tongpin.core.places.models import Community, Place
from tongpin.core.sending.accounts import connect
from tongpin.loop.give.talks.actions import announce, new_stage_link, plan_talk
from tongpin.loop.give.talks.queries import talk_page
from tongpin.loop.sell.offers.rules import Terms
from tongpin.loop.share.commissions.actions import set_terms
from tongpin.loop.share.commissions.queries import earnings_of
from tongpin.reactions import rhythm

LIN = "staff:1"


def open_shop(seats: int, price_fen: int, rate: int) -> int:
    """An offer of a group buy, test payments whose refunds arrive after a second, rewards; the offer."""
    at = now()
    set_up_till(kind="sandbox", settings={"refund_seconds": "1"}, is_on=True, at=at, actor=LIN)
    set_terms(community_id=0, rate=rate, held_days=7, at=at - timedelta(days=1), actor=LIN)
    terms = Terms(price_fen=price_fen + 1400, group_price_fen=price_fen, group_seats=seats, group_hours=24, limit=500)
    return on_shelf(at - timedelta(days=1), terms)


def _gateway() -> Sandbox:
    gateway = till("sandbox")
    assert isinstance(gateway, Sandbox)
    return gateway


def _told(delivery: Delivery) -> dict[str, Any]:
    return {"headers": delivery.headers, "body": delivery.body.decode()}


def pay(numbers: list[str]) -> dict[str, Any]:
    """Payers pay at the gateway, and its notices do not leave: they are given here. Those it no longer takes are left out."""
    made: dict[str, Any] = {}
    for number in numbers:
        try:
            made[number] = _told(_gateway().decide(number=number, outcome="paid", now=now()))
        except CannotDecide:
            continue
    return made


def notices(numbers: list[str]) -> dict[str, Any]:
    """Every notice there is about these charges, signed anew."""
    gateway = _gateway()
    return {
        number: [
            _told(gateway.deliver_again(number=number, notice_id=one, now=now()))
            for one in gateway.notices(number=number)
        ]
        for number in numbers
    }


def press(seconds: float) -> int:
    """Puts the clock's jobs in line twice a second as if their minute had come, so that the worker is always at them."""
    begun, jobs = time.monotonic(), 0
    while time.monotonic() - begun < seconds:
        with connection.cursor() as cursor:
            cursor.execute("update payment set next_look_at = now() where status = 'pending' and next_look_at > now()")
            cursor.execute("update refund set next_try_at = now() where next_try_at > now()")
        for task in (rhythm.close_what_ran_out, rhythm.give_money_back, rhythm.ask_providers):
            try:
                task.defer(timestamp=int(time.time()))
                jobs += 1
            except AlreadyEnqueued:
                continue
        time.sleep(0.5)
    return jobs


def books(earner: int) -> dict[str, Any]:
    """Sums of all accounts by unit, balances that differ from their postings, and what somebody earned and is kept."""
    return {
        "sums": trial_balance(),
        "crooked": [str(one) for one in crooked_accounts()],
        "held": earnings_of(person_id=earner).in_return_period_fen,
    }


def prepare_talk(rooms: int, matrix: dict[str, str], matrix_rooms: list[str]) -> dict[str, Any]:
    """A talk announced in rooms of ours and in rooms of a homeserver, where there is one."""
    at = now()
    community = opened(at)
    held = Community.objects.get(pk=community)
    if matrix:
        connect(kind="matrix", config=matrix, at=at, actor=LIN)
    named = [("web", f"网页 {n}") for n in range(rooms)] + [("matrix", room) for room in matrix_rooms]
    places = {
        know_place(
            kind=Place.Kind.GROUP, platform=platform, name=name, external_id=name, community=held, at=at, actor=LIN
        ).pk: (platform, name)
        for platform, name in named
    }
    talk = plan_talk(
        community_id=community, title="睡前十分钟，怎么读", guest_name="林老师", starts_at=at + timedelta(minutes=5), at=at,
        actor=LIN,
    )  # fmt: skip
    announce(talk_id=talk, place_ids=list(places), at=at, actor=LIN)
    secret = new_stage_link(talk_id=talk, at=at, actor=LIN)
    page = talk_page(talk_id=talk)
    assert page is not None
    return {"talk": talk, "secret": secret, "code": page.live_code, "places": places}


if __name__ == "__main__":
    main_of(globals())

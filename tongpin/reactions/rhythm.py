"""The rhythm (节律): what the clock sets going across rooms. Refunds go out, providers are asked, what ran out is closed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from traceback import extract_tb
from typing import Protocol

from django.db import connection
from procrastinate.contrib.django import app

from tongpin.base.clock import now
from tongpin.core.books.actions import roll_up
from tongpin.core.money.actions import reconcile, send_refunds
from tongpin.core.money.setting_up import tills
from tongpin.core.money.tills import NoSuchTill, till
from tongpin.core.sending.errands import miss_due
from tongpin.loop.gather.admission.deciding import delete_old_answers
from tongpin.loop.give.talks import actions as talks
from tongpin.loop.sell.offers.actions import close_ended_offers
from tongpin.loop.sell.orders import actions as orders
from tongpin.loop.sell.plays.group_buy import actions as group_buy
from tongpin.reactions.share_rewards import release_rewards

log = logging.getLogger(__name__)
REFUNDS = 200


class Deed(Protocol):
    """What the clock does at a moment, and how much of it there was."""

    def __call__(self, *, at: datetime) -> object: ...


def each(deeds: Mapping[str, Deed], *, at: datetime) -> None:
    """Does them all, whatever became of the one before. What failed is told by name, and tried again at the next beat."""
    for name, deed in deeds.items():
        try:
            deed(at=at)
        except Exception as error:
            if connection.connection is None or connection.connection.broken:
                raise  # the database is away for all of them
            # What an error says may hold people's words: its type and its line say enough.
            last = extract_tb(error.__traceback__)[-1]
            log.error(
                "%s waits for the next beat: %s in %s, line %s of %s",
                name,
                type(error).__name__,
                last.name,
                last.lineno,
                last.filename.rsplit("/", 1)[-1],
            )


@app.periodic(cron="* * * * *")
@app.task(queue="money", queueing_lock="close_what_ran_out")
def close_what_ran_out(timestamp: int) -> None:
    """Every minute: group buys past their end, seats, groups and orders that were not paid in time, offers that ended."""
    deeds: dict[str, Deed] = {
        "closing group buys": group_buy.close_due,
        "freeing seats": group_buy.lapse_due,
        "ending unpaid groups": group_buy.end_unpaid,
        "ending unpaid orders": orders.lapse_due,
        "closing offers": close_ended_offers,
    }
    each(deeds, at=now())


@app.periodic(cron="* * * * *")
@app.task(queue="money", queueing_lock="give_money_back")
def give_money_back(timestamp: int) -> None:
    """Every minute: refunds that wait are sent to their providers."""
    send_refunds(limit=REFUNDS, at=now())


@app.periodic(cron="*/2 * * * *")
@app.task(queue="money", queueing_lock="ask_providers")
def ask_providers(timestamp: int) -> None:
    """Every other minute: payments whose notice did not come are asked for; yesterday's bill is compared."""
    for one in tills():
        try:
            reconcile(provider=till(one.kind), at=now())
        except NoSuchTill:
            log.warning("the provider %s is set up and cannot be opened", one.kind)


@app.periodic(cron="29 * * * *")
@app.task(queue="money", queueing_lock="tidy_books")
def tidy_books(timestamp: int) -> None:
    """Every hour: balances are rolled up, and answers of those who were not let in go as promised."""
    while roll_up():
        pass
    while delete_old_answers(now=now()):
        pass


@app.periodic(cron="11 * * * *")
@app.task(queue="money", queueing_lock="free_rewards")
def free_rewards(timestamp: int) -> None:
    """Every hour: rewards for sales that can no longer come back are free."""
    release_rewards(at=now())


@app.periodic(cron="* * * * *")
@app.task(queue="letters", queueing_lock="miss_errands")
def miss_errands(timestamp: int) -> None:
    """Every minute: errands that nobody did in time are missed, and what stood behind them is told to have failed."""
    miss_due(at=now())


@app.periodic(cron="* * * * *")
@app.task(queue="letters", queueing_lock="mind_talks")
def mind_talks(timestamp: int) -> None:
    """Every minute: talks that begin soon are reminded of, segments that are through are told, forgotten talks end."""
    deeds: dict[str, Deed] = {
        "reminding of talks": talks.remind_due,
        "telling what was relayed": talks.relayed_due,
        "ending forgotten talks": talks.end_overdue,
    }
    each(deeds, at=now())

"""The rhythm (节律): what the clock sets going across rooms. Refunds go out, providers are asked, what ran out is closed."""

from __future__ import annotations

import logging

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


@app.periodic(cron="* * * * *")
@app.task(queue="money", queueing_lock="close_what_ran_out")
def close_what_ran_out(timestamp: int) -> None:
    """Every minute: group buys past their end, seats and orders that were not paid in time, offers that ended."""
    at = now()
    group_buy.close_due(at=at)
    group_buy.lapse_due(at=at)
    orders.lapse_due(at=at)
    close_ended_offers(at=at)


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
    at = now()
    talks.remind_due(at=at)
    talks.relayed_due(at=at)
    talks.end_overdue(at=at)

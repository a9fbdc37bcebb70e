"""What sell puts on Today: orders to ship, wishes for money back, groups about to end, payments to look for, refunds
that wait for a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpin.core.team.queries import Teammate
from tongpin.core.team.rules import meet
from tongpin.loop.sell.desk.queries import COUNTED, Desk, desk
from tongpin.web.console.today_parts import SOON, Heap, Todo, until_word
from tongpin.web.look.wording import yuan

NOTHING_TO_SELL = Desk.empty()


def of_sell(mate: Teammate, now: datetime) -> Iterator[Todo]:
    """Everything of sell that waits for this teammate, the most urgent first. One query for most, two at most."""
    sees, ships = mate.scope("goods.see"), meet(mate.scope("goods.edit"), mate.scope("money.see"))
    settles = bool(mate.scope("settings.change") and mate.scope("money.see"))
    seen = desk(scope=sees, now=now) if sees or settles else NOTHING_TO_SELL
    if sees:
        yield from _groups(seen)
    if ships:
        theirs = seen if ships == sees else desk(scope=ships, now=now)
        yield from _asked_back(theirs, now)
        yield from _to_ship(theirs, now)
    if settles:
        yield from _money(seen, now)


def _groups(seen: Desk) -> Iterator[Todo]:
    for group in seen.ending:
        missing = group.seats - group.taken
        text = ngettext(
            "Group buy «%(name)s»: <b>%(count)s missing</b>", "Group buy «%(name)s»: <b>%(count)s missing</b>", missing
        )
        what = format_html(text % {"name": "{}", "count": "{}"}, group.title, missing)
        back = yuan(group.taken * group.each_fen, style="whole")
        why = (
            _("if it does not fill, %(amount)s go back to those who paid") % {"amount": back}
            if group.taken
            else _("nobody has paid yet")
        )
        yield Todo(
            "expiring",
            "sell",
            what,
            why,
            until_word(group.ends),
            "wait",
            _("Look"),
            reverse("console:group_buy", args=[group.id]),
        )


def _many(count: int) -> str:
    return _("%(count)s or more") % {"count": COUNTED} if count >= COUNTED else str(count)


def _waited(since: datetime, now: datetime) -> str:
    hours = int((now - since).total_seconds() // 3600)
    return ngettext("for %(count)s hour", "for %(count)s hours", hours) % {"count": hours} if hours else ""


def _asked_back(seen: Desk, now: datetime) -> Iterator[Todo]:
    asked = seen.returns
    if not asked.count or asked.since is None:
        return
    text = ngettext(
        "<b>%(count)s</b> buyer asks for money back", "<b>%(count)s</b> buyers ask for money back", asked.count
    )
    what = format_html(text % {"count": "{}"}, _many(asked.count))
    why = _("of goods that were sent: you give it back, or say why not")
    waited, address = _waited(asked.since, now), f"{reverse('console:orders')}?state=asked_back"
    yield Todo("waiting", "sell", what, why, waited, "wait" if waited else "", _("Decide"), address)


def _to_ship(seen: Desk, now: datetime) -> Iterator[Todo]:
    ready = seen.to_ship
    if not ready.count or ready.since is None:
        return
    text = ngettext("<b>%(count)s</b> order to ship", "<b>%(count)s</b> orders to ship", ready.count)
    what = format_html(text % {"count": "{}"}, _many(ready.count))
    why = _("paid, and ready to leave the house")
    waited = _waited(ready.since, now)
    address = f"{reverse('console:orders')}?state=to_ship"
    yield Todo("waiting", "sell", what, why, waited, "wait" if waited else "", _("Ship"), address)


def _money(seen: Desk, now: datetime) -> Iterator[Todo]:
    address = reverse("console:payments")
    coming, stuck = seen.transfers, seen.refunds
    if coming.count:
        text = ngettext("<b>%(count)s</b> payment to look for", "<b>%(count)s</b> payments to look for", coming.count)
        what = format_html(text % {"count": "{}"}, _many(coming.count))
        until = until_word(coming.since)
        why = _("transfers to our account: a person looks and says so")
        heap: Heap = "expiring" if coming.since is not None and coming.since - now < SOON else "waiting"
        yield Todo(heap, "sell", what, why, until, "wait" if until else "", _("Look"), f"{address}#coming")
    if stuck.count:
        text = ngettext("<b>%(count)s</b> refund is stuck", "<b>%(count)s</b> refunds are stuck", stuck.count)
        what = format_html(text % {"count": "{}"}, _many(stuck.count))
        why = _("%(amount)s that buyers wait for") % {"amount": yuan(stuck.fen, style="whole")}
        yield Todo("waiting", "sell", what, why, _("waits for you"), "warn", _("Decide"), f"{address}#stuck")

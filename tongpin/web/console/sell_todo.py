"""What sell puts on Today: orders to ship, groups about to end, payments to look for, refunds that wait for a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpin.core.money.queries import open_payments, refunds_waiting_for_a_human
from tongpin.core.team.queries import Teammate
from tongpin.core.team.rules import meet
from tongpin.loop.sell.orders.queries import orders_in
from tongpin.loop.sell.plays.group_buy.models import GroupBuy
from tongpin.web.console.sell_doors import within
from tongpin.web.console.today_parts import SOON, Todo
from tongpin.web.look.wording import yuan

ENDING = timedelta(hours=3)
GROUPS = 3
COUNTED = 100
"""What is more than this is said as "100 or more"; nothing is counted over a whole table."""
BY_HAND = "manual"


def of_sell(mate: Teammate, now: datetime) -> Iterator[Todo]:
    """Everything of sell that waits for this teammate, the most urgent first. At most six queries."""
    yield from _groups(mate, now)
    yield from _to_ship(mate, now)
    yield from _money(mate, now)


def _groups(mate: Teammate, now: datetime) -> Iterator[Todo]:
    scope = mate.scope("goods.see")
    if not scope:
        return
    ending = GroupBuy.objects.filter(state="running", ends__gt=now, ends__lte=now + ENDING).order_by("ends", "pk")
    shown = 0
    for group in ending[:COUNTED]:
        missing = group.seats - group.taken
        if not within(scope, group.community) or group.seats <= group.taken + group.held or shown == GROUPS:
            continue
        shown += 1
        text = ngettext(
            "Group buy «%(name)s»: <b>%(count)s missing</b>", "Group buy «%(name)s»: <b>%(count)s missing</b>", missing
        )
        what = format_html(text % {"name": "{}", "count": "{}"}, group.title, missing)
        back = yuan(group.taken * (group.price_fen + group.postage_fen), style="whole")
        why = (
            _("if it does not fill, %(amount)s go back to those who paid") % {"amount": back}
            if group.taken
            else _("nobody has paid yet")
        )
        until = _("until %(time)s") % {"time": f"{timezone.localtime(group.ends):%H:%M}"}
        yield Todo(
            "expiring", "sell", what, why, until, "wait", _("Look"), reverse("console:group_buy", args=[group.pk])
        )


def _many(count: int) -> str:
    return _("%(count)s or more") % {"count": COUNTED} if count >= COUNTED else str(count)


def _to_ship(mate: Teammate, now: datetime) -> Iterator[Todo]:
    scope = meet(mate.scope("goods.edit"), mate.scope("money.see"))
    if not scope:
        return
    ready = [one for one in orders_in(states=("paid",), ready=True, limit=COUNTED) if within(scope, one.community)]
    if not ready:
        return
    text = ngettext("<b>%(count)s</b> order to ship", "<b>%(count)s</b> orders to ship", len(ready))
    what = format_html(text % {"count": "{}"}, _many(len(ready)))
    first = min(one.ready_at for one in ready if one.ready_at is not None)
    hours = int((now - first).total_seconds() // 3600)
    why = _("paid, and ready to leave the house")
    waited = ngettext("for %(count)s hour", "for %(count)s hours", hours) % {"count": hours} if hours else ""
    address = f"{reverse('console:orders')}?state=to_ship"
    yield Todo("waiting", "sell", what, why, waited, "wait" if waited else "", _("Ship"), address)


def _money(mate: Teammate, now: datetime) -> Iterator[Todo]:
    if not (mate.scope("settings.change") and mate.scope("money.see")):
        return
    coming = [one for one in open_payments(size=COUNTED) if one.provider == BY_HAND and one.begun_at is not None]
    address = reverse("console:payments")
    if coming:
        text = ngettext("<b>%(count)s</b> payment to look for", "<b>%(count)s</b> payments to look for", len(coming))
        what = format_html(text % {"count": "{}"}, _many(len(coming)))
        ends = [one.due for one in coming if one.due is not None and one.due > now]
        soonest = min(ends, default=None)
        until = _("until %(time)s") % {"time": f"{timezone.localtime(soonest):%H:%M}"} if soonest else ""
        why = _("transfers to our account: a person looks and says so")
        heap = "expiring" if soonest is not None and soonest - now < SOON else "waiting"
        yield Todo(heap, "sell", what, why, until, "wait" if until else "", _("Look"), f"{address}#coming")  # type: ignore[arg-type]
    stuck = refunds_waiting_for_a_human(size=COUNTED)
    if stuck:
        text = ngettext("<b>%(count)s</b> refund is stuck", "<b>%(count)s</b> refunds are stuck", len(stuck))
        what = format_html(text % {"count": "{}"}, _many(len(stuck)))
        total = yuan(sum(one.amount_fen for one in stuck), style="whole")
        why = _("%(amount)s that buyers wait for") % {"amount": total}
        yield Todo("waiting", "sell", what, why, _("waits for you"), "warn", _("Decide"), f"{address}#stuck")

"""Today and tomorrow over all groups (今明日历): what ends, begins or is due, from every room that has something dated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpin.core.team.queries import Teammate
from tongpin.core.team.rules import Communities, Scope, meet
from tongpin.loop.give.talks.seen import TalkAtHand
from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.orders.models import Order
from tongpin.loop.sell.plays.group_buy.models import GroupBuy
from tongpin.loop.share.commissions.models import Commission
from tongpin.web.console.import_parts import way
from tongpin.web.console.today_parts import two_days
from tongpin.web.look.wording import yuan

SHOWN = 12
"""Lines of the frame."""
MOST = 20
"""Rows one query may give."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One dated thing. `where` says how it stands; `over` once its moment has passed."""

    at: datetime
    step: str
    what: str
    where: str
    href: str
    over: bool = False


Row = tuple[str, datetime, int, str, int | None, int]
"""What a source gives of one dated thing: source, moment, number, title, how many, fen."""
Source = Callable[[Teammate, Scope, datetime, datetime], list[QuerySet[Any, Any]]]
"""Rows of what is dated from `first` until before `last`, for who may see it, within the scope in view: `dated()` of a
query. All sources are asked in one query; `WORDED` says how a row of each is told."""


def days_of(
    mate: Teammate, view: Scope, talks: Sequence[TalkAtHand], now: datetime
) -> list[tuple[datetime, list[Planned]]]:
    """Today and tomorrow with what is on, by the clock; at most SHOWN lines. One query; talks are at hand already."""
    first, later, last = two_days(now)
    rows = [one for source in SOURCES for one in source(mate, view, first, last)]
    asked: Sequence[Row] = list(rows[0].union(*rows[1:], all=True)) if rows else ()
    found = [*(_talk(one) for one in talks if one.is_dated), *(WORDED[row[0]](row) for row in asked)]
    # What is still to come goes before what is over, should there be too much for the frame.
    kept = sorted(found, key=lambda one: (one.at < now, one.at))[:SHOWN]
    shown = sorted(kept, key=lambda one: one.at)
    days = (
        (first, [_told(one, now) for one in shown if one.at < later]),
        (later, [_told(one, now) for one in shown if one.at >= later]),
    )
    return [(day, lines) for day, lines in days if lines]


def dated(
    held: QuerySet[Any], source: str, *, at: str, title: str = "", many: Any = None, fen: Any = 0
) -> QuerySet[Any, Any]:
    """A query as a source's rows: the first MOST by their moment. Names are those of columns."""
    told = held.order_by(at, "pk").annotate(
        _source=Value(source, output_field=TextField()),
        _title=Cast(title, TextField()) if title else Value("", output_field=TextField()),
        _many=Cast(many, BigIntegerField()),
        _fen=Cast(fen, BigIntegerField()),
    )
    rows: QuerySet[Any, Any] = told.values_list("_source", at, "pk", "_title", "_many", "_fen")
    return rows[:MOST]


def _within(held: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
    return held.filter(community__in=scope.ids) if isinstance(scope, Communities) else held


def _told(one: Planned, now: datetime) -> Planned:
    return Planned(one.at, one.step, one.what, one.where, one.href, one.over or one.at < now)


def _talk(one: TalkAtHand) -> Planned:
    talk = one.talk
    told = ngettext("%(count)s group", "%(count)s groups", talk.places) % {"count": talk.places}
    where = told if talk.places else _("not announced yet")
    what = _("%(guest)s: «%(title)s»") % {"guest": talk.guest_name, "title": talk.title}
    href = reverse("console:give_talk", args=[talk.id])
    return Planned(talk.starts_at, "give", what, where, href, over=talk.state == "ended")


def group_buys(mate: Teammate, view: Scope, first: datetime, last: datetime) -> list[QuerySet[Any, Any]]:
    """Group buys that wait for buyers until their end. One that is full has nothing to come."""
    scope = meet(mate.scope("goods.see"), view)
    if not scope:
        return []
    held = GroupBuy.objects.filter(ends__gte=first, ends__lt=last, state="running")
    missing = F("seats") - F("taken")
    return [dated(_within(held, scope), "group_buy", at="ends", title="title", many=missing)]


def _group_buy(row: Row) -> Planned:
    _source, at, number, title, many, _fen = row
    missing = many or 0
    short = ngettext("%(count)s buyer missing", "%(count)s buyers missing", missing) % {"count": missing}
    what = _("Group buy «%(name)s» ends") % {"name": title}
    return Planned(at, "sell", what, short, reverse("console:group_buy", args=[number]))


def offers(mate: Teammate, view: Scope, first: datetime, last: datetime) -> list[QuerySet[Any, Any]]:
    """Offers that begin or end."""
    scope = meet(mate.scope("goods.see"), view)
    if not scope:
        return []
    held = _within(Offer.objects.filter(closed_at=None), scope)
    begin, end = held.filter(starts__gte=first, starts__lt=last), held.filter(ends__gte=first, ends__lt=last)
    return [
        dated(begin, "offer_begins", at="starts", title="title", many="stock_left"),
        dated(end, "offer_ends", at="ends", title="title", many="stock_left"),
    ]


def _offer(row: Row) -> Planned:
    source, at, number, title, many, _fen = row
    left = "" if many is None else _("%(count)s left") % {"count": many}
    said = _("«%(name)s» goes on sale") if source == "offer_begins" else _("«%(name)s» is sold until now")
    return Planned(at, "sell", said % {"name": title}, left, reverse("console:offer", args=[number]))


def rewards(mate: Teammate, view: Scope, first: datetime, last: datetime) -> list[QuerySet[Any, Any]]:
    """Rewards that come free: one line a day, with how many and how much. Only what has arrived has such a day."""
    scope = meet(mate.scope("people.see"), mate.scope("money.see"), view)
    if not scope:
        return []
    arrived = Order.objects.filter(number=OuterRef("order"), received_at__isnull=False)
    known = Commission.objects.filter(Q(held_days=0) | Exists(arrived), state="held")
    held = _within(known.filter(held_until__gte=first, held_until__lt=last), scope)
    days = held.annotate(_day=TruncDate("held_until", tzinfo=first.tzinfo)).values("_day").order_by("_day")
    told = days.annotate(
        _source=Value("reward", output_field=TextField()),
        _at=Min("held_until"),
        _number=Min("pk"),
        _title=Value("", output_field=TextField()),
        _many=Count("pk"),
        _fen=Cast(Sum(F("accrued_fen") - F("taken_fen")), BigIntegerField()),
    )
    return [told.values_list("_source", "_at", "_number", "_title", "_many", "_fen")[:MOST]]


def _reward(row: Row) -> Planned:
    _source, at, _number, _title, many, fen = row
    told = ngettext("%(count)s reward, %(amount)s", "%(count)s rewards, %(amount)s", many or 0)
    where = told % {"count": many, "amount": yuan(fen, style="whole")}
    return Planned(at, "share", _("Rewards come free"), where, way("console:share_rewards"))


SOURCES: tuple[Source, ...] = (group_buys, offers, rewards)
"""To add one: a function of the same form, in the room's own module beside this one, its name here and its words below."""
WORDED: dict[str, Callable[[Row], Planned]] = {
    "group_buy": _group_buy,
    "offer_begins": _offer,
    "offer_ends": _offer,
    "reward": _reward,
}

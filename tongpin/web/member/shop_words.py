"""Words that the shop's pages say: moments by the clock, states of orders and seats, reasons why not, ways to pay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from tongpin.base.clock import now as present
from tongpin.loop.sell.orders.queries import OrderSeen, RefundTrace
from tongpin.loop.sell.plays.group_buy.queries import SeatSeen
from tongpin.web.look.wording import moment, yuan

EVENING = 18
Tone = Literal["", "go", "wait", "bad"]


@dataclass(frozen=True, slots=True)
class Told:
    """A state in words: what is, what comes next, and how it looks."""

    title: str
    next: str
    tone: Tone = ""
    icon: str = "shopping-bag"


def amount(fen: int) -> str:
    """¥55.00."""
    return yuan(fen, chinese=(get_language() or "zh").startswith("zh"))


def by_the_clock(at: datetime) -> str:
    """A moment as people say it: 今晚 22:40, 明天 20:00, 11 月 25 日 20:00."""
    local = timezone.localtime(at)
    found = moment(local, now=timezone.localtime(present()))
    clock = f"{local:%H:%M}"
    if found.nearness == "today":
        told = _("tonight %(clock)s") if local.hour >= EVENING else _("today %(clock)s")
        return told % {"clock": clock}
    if found.nearness in ("yesterday", "tomorrow"):
        told = _("tomorrow %(clock)s") if found.nearness == "tomorrow" else _("yesterday %(clock)s")
        return told % {"clock": clock}
    return on_the_day(at)


def on_the_day(at: datetime) -> str:
    """A moment with its date, also where it is today's: words that are sent to somebody are read on another day."""
    return f"{date_of(at)} {timezone.localtime(at):%H:%M}"


def date_of(at: datetime) -> str:
    """A date in words, with its year where that is another one: 11 月 25 日."""
    local = timezone.localtime(at)
    is_this_year = local.year == timezone.localtime(present()).year
    return date_format(
        local, pgettext("format of a date", "j M") if is_this_year else pgettext("format of a date", "j M Y")
    )


def till_name(kind: str) -> str:
    """What a way to pay is called."""
    return {"sandbox": _("Test payment"), "manual": _("Transfer by hand")}.get(kind, kind)


def till_note(kind: str) -> str:
    """What choosing it means."""
    return {
        "sandbox": _("For trying only: no money moves"),
        "manual": _("You transfer, and a person confirms that it came"),
    }.get(kind, "")


def line_name(code: str) -> str:
    """What stands before a line to follow when paying by hand."""
    return {"account": _("Pay to"), "amount": _("Amount"), "reference": _("Note on it")}.get(code, "")


def why_not_sold(reason: str) -> str:
    """Why something cannot be bought now."""
    return {
        "sold_out": _("It is sold out. You were not charged."),
        "withdrawn": _("It is no longer on sale. You were not charged."),
        "over": _("The sale has ended. You were not charged."),
        "not_begun": _("The sale has not begun yet."),
        "person_limit": _("You have as many of it as one person may buy."),
        "quantity_out_of_range": _("Choose a number from 1 to 999."),
        "not_offered": _("There is no group buy for this any more."),
    }.get(reason, _("It cannot be bought at the moment. You were not charged."))


def why_not_joined(reason: str) -> str:
    """Why there is no seat in a group for somebody."""
    return {
        "filled": _("The group is full. You were not charged."),
        "failed": _("This group has ended without being full. You were not charged."),
        "unpaid": _("This group has ended, because nobody paid in time. You were not charged."),
        "over": _("The group's time is over. You were not charged."),
        "all_held": _("The last seats are being paid for at this moment. Look again in a few minutes."),
        "person_limit": _("You have as many of it as one person may buy."),
        "has_a_seat": _("You have a seat in this group already."),
    }.get(reason, _("Nobody can join this group at the moment. You were not charged."))


def return_reason(code: str) -> str:
    """What is wrong with something that was sent."""
    return {
        "quality": _("It is not good enough"),
        "damaged": _("It came damaged"),
        "wrong_goods": _("Something else came"),
        "late": _("It has not come"),
        "not_as_told": _("It is not as it was described"),
        "unwanted": _("I do not want it any more"),
    }.get(code, "")


def refund_step(status: str) -> str:
    """Where a refund stands."""
    return {
        "waiting": _("Noted, goes to the payment provider within minutes"),
        "processing": _("On its way to where you paid from"),
        "done": _("Back where you paid from"),
        "failed": _("Held up: a person looks at it"),
        "dropped": _("Called off"),
    }.get(status, "")


def order_told(order: OrderSeen, seat: SeatSeen | None) -> Told:
    """An order in words; one of a group buy with its seat."""
    if order.state == "placed":
        return _unpaid(order)
    if order.state == "paid" and not order.ready:
        return Told(_("Paid, waiting for the group"), _("When the group is full it is sent; if not, all is refunded."), "wait",
                    "users-group")  # fmt: skip
    return {
        "paid": Told(
            pgettext("buying", "Paid"),
            _("Next it is packed. Once it is sent the parcel's number stands here."),
            "go",
            "checks",
        ),
        "shipped": Told(_("On its way"), _("When you have it in hand, confirm below."), "go", "send"),
        "received": Told(_("You have it"), _("Done. Thank you."), "go", "checks"),
        "cancelled": _cancelled(order),
        "refunding": Told(_("The money goes back"), _why_back(order), "wait", "clock"),
        "refunded": Told(_("The money is back"), _why_back(order), "", "arrow-back-up"),
    }[order.state]


def _unpaid(order: OrderSeen) -> Told:
    if order.due_at <= present():
        return Told(_("Not paid in time"), _("It is cancelled by itself. You were not charged."), "", "clock")
    when = by_the_clock(order.due_at)
    return Told(
        _("Waiting for your payment"),
        _("It is kept for you until %(when)s. After that it is cancelled and costs nothing.") % {"when": when},
        "wait",
        "clock",
    )


def _cancelled(order: OrderSeen) -> Told:
    told = {
        "unpaid": _("It was not paid in time. You were not charged."),
        "by_buyer": _("You cancelled it. You were not charged."),
        "left": _("You gave your seat back. You were not charged."),
    }.get(order.reason, _("It was closed. You were not charged."))
    return Told(_("Cancelled"), told, "", "x")


def _why_back(order: OrderSeen) -> str:
    return {
        "group_failed": _("The group was not full in time."),
        "left_group": _("You left the group."),
        "came_too_late": _("The payment came too late, so all of it goes back."),
        "by_buyer": _("You cancelled the order."),
    }.get(order.reason, "")


def steps_of(refund: RefundTrace) -> list[dict[str, object]]:
    """A refund's way as steps: asked, on its way, back."""
    done = refund.status == "done"
    going = refund.status in ("processing", "done")
    stuck = refund.status in ("failed", "dropped")
    steps: list[dict[str, object]] = [
        {"title": _("Refund noted"), "at": refund.asked_at, "is_done": True, "is_now": False, "note": ""}
    ]
    if stuck:
        return [*steps, {"title": refund_step(refund.status), "at": None, "is_done": False, "is_now": True, "note": ""}]
    note = _("It goes to the account you paid from. The moment it is there stands here.")
    steps.append(
        {
            "title": _("Sent to the payment provider"),
            "at": None,
            "is_done": going,
            "is_now": not going,
            "note": "" if going else refund_step("waiting"),
        }
    )
    steps.append(
        {
            "title": _("Back with you"),
            "at": refund.done_at,
            "is_done": done,
            "is_now": going and not done,
            "note": "" if done else note,
        }
    )
    return steps

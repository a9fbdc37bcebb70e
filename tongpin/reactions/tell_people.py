"""People are told what became of what they began: an application, an order, a group buy. Letters of service, each once."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from tongpin.channels.port import Content
from tongpin.core.ledger.entries import Entry
from tongpin.core.money.queries import refund_seen
from tongpin.core.people.roots import records_of
from tongpin.core.places.models import Community, Place
from tongpin.core.sending.queries import letters_about
from tongpin.core.sending.reaching import serve
from tongpin.core.sending.redacting import cancel_letters
from tongpin.loop.gather.admission.deciding import TAKEN_BACK_WITHIN
from tongpin.loop.gather.admission.models import Application
from tongpin.loop.sell.orders.queries import OrderSeen, order_by_number, order_seen, orders_seen, returns_of
from tongpin.loop.sell.orders.rules import return_number
from tongpin.loop.sell.plays.group_buy.models import Seat
from tongpin.loop.sell.plays.group_buy.rules import SEAT
from tongpin.loop.share.commissions import paying_out
from tongpin.loop.share.commissions.payable import payout_seen
from tongpin.reactions import phrases

APPLICATION, REFUSAL, RECONSIDERED, ORDER = "application", "refusal", "reconsidered", "order"
"""What a letter is about. Kinds that are cancelled alone have a name of their own: a reaction that runs twice must not
cancel the letter it wrote the first time."""

PAYOUT_BACK = "payout_back"

ADMITTED = "admitted"
"""How somebody joined who was let in."""

GROUP_FAILED = "group_failed"
"""Refunds for this reason are told of by the letter about the group."""

CAME_TOO_LATE = "came_too_late"
"""Refunds for this reason are of money that no order ever counted."""


class OfCommunity(Protocol):
    """Words of a letter about somebody's application to a community."""

    def __call__(self, *, community: str, community_id: int) -> Content: ...


def tell_accepted(entry: Entry) -> None:
    """Once letting in can no longer be taken back by a slip of the hand."""
    if applied := _applied(entry):
        _tell_applicant(entry, *applied, "accepted", phrases.let_in, wait=TAKEN_BACK_WITHIN)


def tell_accepted_again(entry: Entry) -> None:
    """Somebody was let in, taken back by a slip and let in after all: the first letter never left, so another is written.

    The acceptance is one fact for each application; coming in again is told each time.
    """
    if entry.body.get("scene") != ADMITTED or entry.person_id is None or entry.place_id is None:
        return
    community = Community.objects.filter(pk__in=Place.objects.filter(pk=entry.place_id).values("community")).first()
    theirs = records_of(person_id=entry.person_id)
    held = Application.objects.filter(community=community, person__in=theirs, state=Application.State.ACCEPTED)
    application = held.order_by("-pk").values_list("pk", flat=True).first()
    if community is None or application is None:
        return
    written = letters_about(about_kind=APPLICATION, about=application)
    if not written or any(one.state != "cancelled" for one in written):
        return
    what = f"accepted:{entry.body.get('occurrence', 1)}"
    _tell_applicant(entry, application, community, what, phrases.let_in, wait=TAKEN_BACK_WITHIN)


def tell_refused(entry: Entry) -> None:
    """Whoever is not let in hears it, and does not wait for nothing."""
    if applied := _applied(entry):
        _tell_applicant(entry, *applied, f"refused{_again(entry)}", phrases.not_let_in, about_kind=REFUSAL)


def tell_considered_again(entry: Entry) -> None:
    """A refusal was taken back: where the letter about it still waits it never leaves, else another follows."""
    applied = _applied(entry)
    if applied is None:
        return
    application, _ = applied
    cancel_letters(about_kind=REFUSAL, about=application, at=entry.at, reason="taken_back")
    if any(one.state != "cancelled" for one in letters_about(about_kind=REFUSAL, about=application)):
        what = f"reconsidered{_again(entry)}"
        _tell_applicant(entry, *applied, what, phrases.considered_again, about_kind=RECONSIDERED)


def keep_quiet_of_a_slip(entry: Entry) -> None:
    """Letting in was taken back: the letter about it, which still waits, never leaves."""
    if entry.body.get("reason") != "taken_back" or entry.person_id is None or entry.place_id is None:
        return
    community = Place.objects.filter(pk=entry.place_id).values_list("community_id", flat=True).first()
    theirs = records_of(person_id=entry.person_id)
    waiting = Application.objects.filter(community=community, person__in=theirs, state=Application.State.WAITING)
    for application in waiting.values_list("pk", flat=True):
        cancel_letters(about_kind=APPLICATION, about=application, at=entry.at, reason="taken_back")


def tell_shipped(entry: Entry) -> None:
    """The parcel is on its way."""
    order = order_by_number(number=str(entry.body["order"]))
    if order is None:
        return
    content = phrases.parcel_left(number=order.number, goods=_goods(order), carrier=order.carrier, parcel=order.parcel)
    _about_order(order, f"shipped:{entry.body.get('occurrence', 1)}", content, entry)


def tell_refunded(entry: Entry) -> None:
    """Money went back; of a group that failed that was told with it."""
    order = order_by_number(number=str(entry.body["order"]))
    if order is None or entry.body.get("reason") == GROUP_FAILED:
        return
    content = phrases.money_back(number=order.number, amount_fen=int(entry.body["amount_fen"]))
    _about_order(order, f"refunded:{entry.body['refund']}", content, entry)


def tell_return_refused(entry: Entry) -> None:
    """Whoever asked for money back and gets none hears why. Of money that goes back the refund tells."""
    order = order_by_number(number=str(entry.body["order"]))
    if order is None or entry.body.get("outcome") != "refused":
        return
    number = str(entry.body["return_number"])
    wish = next((one for one in returns_of(order_id=order.order_id) if return_number(one.nth) == number), None)
    if wish is None or not wish.answer:
        return
    content = phrases.return_refused(goods=_goods(order), number=order.number, answer=wish.answer)
    _about_order(order, f"return_refused:{number}", content, entry)


def tell_paid_too_late(entry: Entry) -> None:
    """Money came when what it was for could not be had any more, and is back: the order never knew it, so the till tells."""
    refund = refund_seen(int(entry.body["refund"]))
    order = _order_about(str(entry.body["about_kind"]), int(entry.body["about"]))
    if refund is None or refund.reason != CAME_TOO_LATE or order is None:
        return
    content = phrases.too_late(
        goods=_goods(order),
        number=order.number,
        amount_fen=int(entry.body["amount_fen"]),
        twice=order.paid_at is not None,
    )
    _about_order(order, f"refunded:{refund.number}", content, entry)


def tell_group_filled(entry: Entry) -> None:
    """Everybody with a seat hears that the group is complete."""
    for order in _orders_of_seats(entry, "taken"):
        content = phrases.group_is_full(goods=_goods(order), number=order.number)
        _about_order(order, "group_filled", content, entry)


def tell_group_failed(entry: Entry) -> None:
    """Everybody who had paid hears that the money comes back."""
    for order in _orders_of_seats(entry, "failed"):
        content = phrases.group_failed(goods=_goods(order), number=order.number, amount_fen=order.paid_fen)
        _about_order(order, "group_failed", content, entry)


def tell_paid_out(entry: Entry) -> None:
    """What somebody earned was paid out; once it can no longer be taken back by a slip of the hand."""
    payout = payout_seen(payout_id=int(entry.body["payout"]))
    if payout is None:
        return
    content = phrases.paid_out(amount_fen=payout.amount_fen, way=payout.way)
    about = paying_out.ABOUT, payout.id
    _tell(entry, payout.person_id, f"payout:{payout.id}:settled", content, about, wait=paying_out.TAKEN_BACK_WITHIN)


def tell_payout_back(entry: Entry) -> None:
    """A payout was a slip: nobody hears of it. It bounced: whoever waits for it does."""
    payout = payout_seen(payout_id=int(entry.body["payout"]))
    if payout is None:
        return
    cancel_letters(about_kind=paying_out.ABOUT, about=payout.id, at=entry.at, reason="taken_back")
    if entry.body["reason"] == paying_out.RETURNED:
        content = phrases.payout_came_back(amount_fen=payout.amount_fen)
        _tell(entry, payout.person_id, f"payout:{payout.id}:returned", content, (PAYOUT_BACK, payout.id))


def _applied(entry: Entry) -> tuple[int, Community] | None:
    """The application that a fact tells of, and its community; None where there is nobody to tell."""
    community = Community.objects.filter(pk=int(entry.body["community"])).first()
    return None if entry.person_id is None or community is None else (int(entry.body["application"]), community)


def _tell_applicant(
    entry: Entry,
    application: int,
    community: Community,
    what: str,
    say: OfCommunity,
    *,
    about_kind: str = APPLICATION,
    wait: timedelta = timedelta(0),
) -> None:
    if entry.person_id is not None:
        content = say(community=community.name, community_id=community.pk)
        _tell(
            entry, entry.person_id, f"application:{application}:{what}", content, (about_kind, application), wait=wait
        )


def _again(entry: Entry) -> str:
    """What tells the second time from the first in a letter's key."""
    occurrence = int(entry.body.get("occurrence", 1))
    return f":{occurrence}" if occurrence > 1 else ""


def _goods(order: OrderSeen) -> str:
    return "、".join(f"{one.title} × {one.quantity}" if one.quantity > 1 else one.title for one in order.lines)


def _orders_of_seats(entry: Entry, state: str) -> tuple[OrderSeen, ...]:
    seats = Seat.objects.filter(group=int(entry.body["group_buy"]), state=state).order_by("pk")
    return orders_seen(order_ids=seats.values_list("order_id", flat=True))


def _order_about(about_kind: str, about: int) -> OrderSeen | None:
    """The order that a payment was for, by itself or by a seat."""
    if about_kind == ORDER:
        return order_seen(order_id=about)
    if about_kind != SEAT:
        return None
    number = Seat.objects.filter(pk=about).values_list("order_id", flat=True).first()
    return None if number is None else order_seen(order_id=number)


def _about_order(order: OrderSeen, what: str, content: Content, entry: Entry) -> None:
    _tell(entry, order.person_id, f"order:{order.number}:{what}", content, (ORDER, order.order_id))


def _tell(
    entry: Entry, person_id: int, key: str, content: Content, about: tuple[str, int], *, wait: timedelta = timedelta(0)
) -> None:
    """A letter caused by a fact. about: what it is of, and its number."""
    about_kind, number = about
    serve(
        person_id=person_id,
        key=key,
        content=content,
        about_kind=about_kind,
        about=number,
        at=entry.at,
        wait=wait,
        cause=entry.as_cause(),
    )

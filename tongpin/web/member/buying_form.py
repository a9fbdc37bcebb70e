"""The checkout form: who gets the parcel, how one pays, how many; what was typed survives every error."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tongpin.base.text import clean
from tongpin.core.people.signs import phone_number
from tongpin.loop.sell.orders.queries import orders_of, recipient_of
from tongpin.loop.sell.orders.writing import Recipient
from tongpin.web.member import shop_words
from tongpin.web.member.buying_once import FormTooOld, checked, new_key
from tongpin.web.member.till_paying import tills_on

Verb = Literal["buy", "open", "join"]
LANDLINE = re.compile(r"\+?[0-9][0-9 ()-]{5,19}")
MOST = 99


@dataclass(frozen=True, slots=True)
class Plan:
    """What is about to be bought: one way to buy of one thing, at the price that stands on its button."""

    verb: Verb
    about: int
    title: str
    unit_fen: int
    postage_fen: int
    most: int
    promise: str
    back: str

    def total(self, count: int) -> int:
        """What the button says."""
        return self.unit_fen * count + self.postage_fen


@dataclass(slots=True)
class Typed:
    """What the form holds, and what is wrong with it by field."""

    key: str
    count: int = 1
    till: str = ""
    nickname: str = ""
    name: str = ""
    phone: str = ""
    address: str = ""
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def recipient(self) -> Recipient:
        """Who the parcel goes to."""
        return Recipient(self.name, self.phone, self.address)


def fresh(*, person_ids: list[int]) -> Typed:
    """An empty form, or filled with where this person's last parcel went."""
    typed = Typed(key=new_key())
    last = next((one for one in orders_of(person_ids=person_ids, limit=5) if one.has_recipient), None)
    if last is not None and (known := recipient_of(order_id=last.order_id)) is not None:
        typed.name, typed.phone, typed.address = known.name, known.phone, known.address
    return typed


def read(request: HttpRequest, plan: Plan) -> Typed:
    """What was sent, tidied; nothing is judged yet."""
    given = request.POST
    chosen = given.get("set") or given.get("count", "")
    count = int(chosen) if chosen.isdecimal() and len(chosen) < 4 else 1
    return Typed(
        key=given.get("key", ""),
        count=min(max(count, 1), plan.most),
        till=given.get("till", ""),
        nickname=clean(given.get("nickname", ""), limit=40),
        name=clean(given.get("name", ""), limit=40),
        phone=clean(given.get("phone", ""), limit=30),
        address=clean(given.get("address", ""), limit=200),
    )


def judge(typed: Typed, *, is_known: bool, on: list[str], trapped: bool) -> None:
    """Notes beside each field what is wrong with it."""
    wrong = typed.wrong
    if not is_known and not typed.nickname:
        wrong["nickname"] = _("Tell us what to call you.")
    if not typed.name:
        wrong["name"] = _("Write who receives the parcel.")
    if phone_number(typed.phone) is None and not LANDLINE.fullmatch(typed.phone):
        wrong["phone"] = _("Write a whole phone number: the courier calls it.")
    if len(typed.address) < 5:
        wrong["address"] = _("Write the whole address: province, city, street and number.")
    if not on:
        wrong["form"] = no_till()
    elif typed.till not in on:
        wrong["till"] = _("Choose how you pay.")
    try:
        checked(typed.key)
    except FormTooOld:
        typed.key = new_key()
        wrong["form"] = _("This page was open for long. Look at it once more and press the button again.")
    if trapped:
        wrong["form"] = shop_words.why_not_sold("")


def no_till() -> str:
    """What is said where nothing can be paid."""
    return _("The shop takes no payments at the moment. Look again later: nothing was charged.")


def ways(typed: Typed) -> list[dict[str, object]]:
    """The ways to pay that are on, the chosen one marked."""
    on = tills_on()
    chosen = typed.till if typed.till in on else next(iter(on), "")
    return [
        {"kind": one, "name": shop_words.till_name(one), "note": shop_words.till_note(one), "chosen": one == chosen}
        for one in on
    ]

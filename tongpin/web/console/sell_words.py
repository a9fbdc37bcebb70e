"""Words for the codes of sell and of money: where things stand, why, and by which provider."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tongpin.core.facts.sentences.codes import CODES
from tongpin.web.console.community_words import code_word

Words = dict[str, str | Promise]
Chips = dict[str, tuple[str | Promise, str]]
"""code → (word, kind of chip)"""

OFFER_STATES: Chips = {
    "on_sale": (gettext_lazy("on sale"), "good"),
    "not_begun": (gettext_lazy("not begun"), "wait"),
    "sold_out": (gettext_lazy("sold out"), "warn"),
    "over": (gettext_lazy("over"), "na"),
    "withdrawn": (gettext_lazy("taken down"), "na"),
}
ORDER_STATES: Chips = {
    "to_ship": (gettext_lazy("to ship"), "wait"),
    "held": (gettext_lazy("waits for its group"), "out"),
    "placed": (gettext_lazy("to be paid"), "out"),
    "shipped": (gettext_lazy("shipped"), "good"),
    "received": (gettext_lazy("received"), "good"),
    "refunding": (gettext_lazy("money on its way back"), "wait"),
    "refunded": (gettext_lazy("money is back"), ""),
    "cancelled": (gettext_lazy("cancelled"), "na"),
}
GROUP_STATES: Chips = {
    "running": (gettext_lazy("running"), "wait"),
    "filled": (gettext_lazy("group is full"), "good"),
    "failed": (gettext_lazy("did not fill"), "na"),
    "unpaid": (gettext_lazy("nobody paid"), "na"),
}
SEAT_STATES: Chips = {
    "held": (gettext_lazy("at the till"), "wait"),
    "waiting": (gettext_lazy("paid"), "good"),
    "filled": (gettext_lazy("paid"), "good"),
    "lapsed": (gettext_lazy("did not pay in time"), "na"),
    "left": (gettext_lazy("left the group"), "na"),
    "failed": (gettext_lazy("gets the money back"), ""),
    "too_late": (gettext_lazy("paid too late, gets the money back"), "warn"),
}
PAYMENT_STATES: Chips = {
    "pending": (gettext_lazy("waits for the money"), "wait"),
    "paid": (gettext_lazy("paid"), "good"),
    "closed": (gettext_lazy("closed"), "na"),
}
REFUND_STATES: Chips = {
    "waiting": (gettext_lazy("will be asked of the provider"), "wait"),
    "processing": (gettext_lazy("the provider works at it"), "wait"),
    "done": (gettext_lazy("the buyer has it"), "good"),
    "failed": (gettext_lazy("a person must decide"), "fail"),
    "dropped": (gettext_lazy("refund given up"), "na"),
}
RETURN_STATES: Chips = {
    "asked": (gettext_lazy("waits for your answer"), "warn"),
    "refunded": (gettext_lazy("money given back"), "good"),
    "refused": (pgettext_lazy("return", "refused"), "na"),
}
PROVIDERS: Words = {"sandbox": gettext_lazy("Test payments"), "manual": gettext_lazy("Transfer to our account")}

REASONS: Words = {
    "by_buyer": gettext_lazy("the buyer changed their mind"),
    "by_hand": gettext_lazy("by hand"),
    "ordered": gettext_lazy("ordered"),
    "paid_late": gettext_lazy("paid late"),
    "lapsed": gettext_lazy("time ran out"),
    "closed_by_provider": gettext_lazy("closed by the provider"),
    "replaced": gettext_lazy("paid another way"),
    "left": gettext_lazy("left the group"),
    "left_group": gettext_lazy("left the group"),
    "came_too_late": gettext_lazy("the money came too late"),
    "group_opened": gettext_lazy("set aside for a group"),
    "group_failed": gettext_lazy("the group did not fill"),
    "cancelled": gettext_lazy("order ended"),
    "withdrawn": gettext_lazy("taken down"),
    "recalled": gettext_lazy("recalled"),
    "over": gettext_lazy("over"),
    "needs_human": gettext_lazy("this provider cannot give money back by itself"),
    "provider_cannot_refund": gettext_lazy("this provider cannot give money back by itself"),
    "provider_refunds_whole_only": gettext_lazy("the provider gives back the whole sum only"),
    "too_many_refunds": gettext_lazy("the provider gives back in no more parts"),
    "too_old_to_refund": gettext_lazy("paid too long ago for the provider"),
    "too_late": gettext_lazy("paid too long ago for the provider"),
    "not_enough": gettext_lazy("more than was paid, says the provider"),
    "not_paid": gettext_lazy("the provider knows of no payment"),
    "amount_differs": gettext_lazy("the provider told another amount"),
    "refused": gettext_lazy("the provider refused"),
    "absent": gettext_lazy("the provider does not know the payment"),
}
DIFFERENCES: Words = {
    "amount_differs": gettext_lazy("another amount was paid"),
    "refund_differs": gettext_lazy("another amount was given back"),
    "dropped_refund_done": gettext_lazy("a refund we gave up was paid out all the same"),
}
_TABLES = ("cancelling", "return_reason", "offer_end", "stock_reason", "payment_reason")


def reason_word(code: str) -> str:
    """Why something happened, whichever table knows the code."""
    if code in REASONS:
        return str(REASONS[code])
    table = next((one for one in _TABLES if code in CODES[one]), _TABLES[0])
    return code_word(table, code) if code else ""


def difference_word(code: str) -> str:
    """What does not agree between our record and a provider's."""
    return str(DIFFERENCES[code]) if code in DIFFERENCES else code_word("discrepancy_kind", code)


def provider_word(kind: str) -> str:
    """What a way to pay is called."""
    return str(PROVIDERS.get(kind, kind))


TERMS_WRONG: dict[str, tuple[str, str | Promise]] = {
    "title_unfit": ("name", gettext_lazy("The name goes onto bills: it names a thing, without mail or phone.")),
    "price_out_of_range": ("price", gettext_lazy("A price is above zero and no more than a million.")),
    "postage_out_of_range": ("postage", gettext_lazy("Postage is no more than a million.")),
    "limit_out_of_range": ("stock", gettext_lazy("That is more than anybody has in stock.")),
    "ends_before_it_starts": ("ends", gettext_lazy("It must end after it begins.")),
    "group_half_told": ("group_seats", gettext_lazy("A group buy needs both: a price and how many people.")),
    "group_not_cheaper": ("group_price", gettext_lazy("Together it must be cheaper than alone.")),
    "seats_out_of_range": ("group_seats", gettext_lazy("A group has 2 to 500 people.")),
    "seats_above_stock": ("group_seats", gettext_lazy("There is not enough stock for one group.")),
    "hours_out_of_range": ("group_hours", gettext_lazy("A group runs from one hour to two weeks.")),
}
"""Reason of TermsWrong → the field it stands beside, and the words."""


def not_now_word(reason: str) -> str:
    """Why an order does not allow what was asked."""
    told: Words = {
        "not_paid": gettext_lazy("It is not paid."),
        "held_by_its_play": gettext_lazy(
            "It waits for its group: when the group fills it can be sent, else the money goes back."
        ),
        "shipped": gettext_lazy("It was sent already."),
        "received": gettext_lazy("The buyer has the goods already."),
        "cancelled": gettext_lazy("It was cancelled."),
        "refunding": gettext_lazy("Its money is on its way back."),
        "refunded": gettext_lazy("Its money was given back already."),
        "amount_out_of_range": gettext_lazy("More than is left of what was paid."),
    }
    return str(told.get(reason) or _("The order does not allow this now."))

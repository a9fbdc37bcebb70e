"""The words of what comes in by webhook or is fetched: meanings of fields, states, why something could not be used."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MEANINGS: dict[str, Promise] = {
    "phone": _("phone"),
    "mail": _("mail"),
    "openid": _("WeChat openid"),
    "unionid": _("WeChat unionid"),
    "external_userid": _("WeCom external_userid"),
    "shop_account": _("account in the shop"),
    "custom": _("the sender's own number of the person"),
    "nickname": _("nickname"),
    "name": _("real name (kept encrypted)"),
    "address": _("address (kept encrypted)"),
    "birthday": _("birthday"),
    "tag": _("tag"),
    "order_number": _("order number"),
    "payable_yuan": _("to pay, in yuan"),
    "payable_fen": _("to pay, in fen"),
    "paid_yuan": _("paid, in yuan"),
    "paid_fen": _("paid, in fen"),
    "paid_at": _("paid at"),
    "product": _("product"),
    "quantity": _("quantity"),
    "happened_at": _("when it happened"),
    "message_id": _("number of the happening"),
    "keep": _("an answer: keep it as it is"),
}
GROUPS: tuple[tuple[Promise, Sequence[str]], ...] = (
    (_("Who"), ("phone", "mail", "nickname", "name", "address", "birthday", "tag")),
    (_("Accounts"), ("openid", "unionid", "external_userid", "shop_account", "custom")),
    (_("What happened"), ("keep", "happened_at", "message_id")),
    (
        _("Order"),
        (
            "order_number", "paid_yuan", "paid_fen", "paid_at", "payable_yuan", "payable_fen", "product", "quantity",
        ),
    ),
)  # fmt: skip

FAULTS: dict[str, Promise] = {
    "empty": _("none of the fields you gave a meaning has a value"),
    "too_many": _("more than 500 happenings in one post"),
    "identity_unreadable": _("cannot be read: give a whole phone number or mail address"),
    "time_unreadable": _("the time cannot be read"),
    "time_far_off": _("the time is far from any possible one: is the sender's clock right?"),
    "amount_unreadable": _("the amount cannot be read: yuan such as 89.00, fen such as 8900"),
    "quantity_unreadable": _("the quantity is no whole number from 1"),
    "birthday_unreadable": _("the birthday cannot be read: a day such as 1990-05-20"),
}
MAPPING_FAULTS: dict[str, Promise] = {
    "unknown_meaning": _("One of the meanings does not exist. Load the page again."),
    "meant_twice": _("Two fields mean «%(meaning)s». Leave one of them out."),
    "not_recognisable": _(
        "Nothing tells one person or happening from another. Say which field is the phone, an account, the order number or"
        " the number of the happening."
    ),
    "too_many": _("More than 200 fields have a meaning. Leave some out."),
}
KINDS: dict[str, Promise] = {"form": _("form"), "order": _("order")}
HOOK_STATES: dict[str, tuple[Promise, str]] = {
    "new": (_("waits for the first post"), "out"),
    "unmapped": (_("say what the fields mean"), "wait"),
    "paused": (_("paused"), "out"),
    "faulty": (_("last post refused"), "warn"),
    "well": (_("takes posts"), "good"),
}
POST_STATES: dict[str, tuple[Promise, str]] = {
    "sample": (_("kept, waits"), "wait"),
    "recorded": (_("taken"), "good"),
    "known": (_("had it already"), ""),
    "refused": (_("refused"), "warn"),
}
"""Word and kind of chip."""


def meaning_word(code: str) -> str:
    """What a field means."""
    return str(MEANINGS.get(code, code.replace("_", " ")))


def meaning_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """All meanings in groups, as a select shows them."""
    nothing = ("", [("", str(_("do not keep")))])
    return [nothing, *((str(name), [(one, meaning_word(one)) for one in codes]) for name, codes in GROUPS)]


def fault_words(fault: str, field: str = "") -> str:
    """Why a post could not be used, and in which meaning it lies."""
    said = str(FAULTS.get(fault, fault.replace("_", " ")))
    return f"{meaning_word(field)}: {said}" if field else said


def mapping_fault(fault: str, meaning: str = "") -> str:
    """Why a mapping cannot be kept."""
    said = str(MAPPING_FAULTS[fault])
    return said % {"meaning": meaning_word(meaning)} if fault == "meant_twice" else said

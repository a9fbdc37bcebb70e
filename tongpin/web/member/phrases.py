"""Words that member pages say for codes: doors, faults, reasons, steps."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _


def shut_door(reason: str) -> str:
    """Why nobody may ask to come in this way."""
    return {
        "ended": _("This community has ended."),
        "not_open_yet": _("This community is still being prepared. It is not open yet."),
        "shut": _("This community takes nobody in at the moment."),
        "by_invitation": _("Members bring new members here. Ask one of them for their link."),
        "way_closed": _("The way in by which you came is closed. Nobody can apply by it any more."),
        "seeds_only": _("For now only the first few who were asked can come in. Look again later."),
    }[reason]


def door_beside(open_doors: Collection[str]) -> str:
    """Which other door somebody finds open who came by a way in that is closed; empty where none is for them."""
    if "public" in open_doors:
        return _("The community itself is open to everybody.")
    return _("Members bring new members here. Ask one of them for their link.") if "members" in open_doors else ""


def fault(code: str, *, choice: bool = False) -> str:
    """What is wrong with an answer; `choice` where it is chosen and not written."""
    return {
        "missing": _("Choose one of these.") if choice else _("Write a sentence or two here."),
        "too_long": _("Shorten this to 1,000 characters."),
        "not_a_choice": _("Choose one of these."),
        "not_these_questions": _(
            "The questions were changed while you wrote. Look at them again; what you wrote is kept."
        ),
    }[code]


def refusal(reason: str) -> str:
    """Why somebody was not let in, said kindly."""
    return {
        "advertiser": _("The answers read like advertising."),
        "off_positioning": _("What you look for is something other than what we do together."),
        "answers_thin": _("From the answers we could not see what you look for here."),
        "full": _("We are as many as we can look after."),
        "no_endorsement": _("Nobody here vouched for you."),
        "not_real": _("We could not tell that this is a real person."),
        "banned": _("You were asked to leave before."),
        "fee_unpaid": _("The entry fee was not paid."),
    }.get(reason, "")


def payout_way(code: str) -> str:
    """How a reward was paid out."""
    return {
        "wechat_transfer": _("by WeChat transfer"),
        "bank": _("by bank transfer"),
        "voucher": _("as a voucher"),
    }.get(code, "")


def welcome_step(code: str) -> tuple[str, str]:
    """The name of a welcome's step, and what the button says that does it."""
    return {
        "welcomed": (_("Welcome"), _("Thank you")),
        "rules_read": (_("Our rules"), _("I have read them")),
        "how_it_works": (_("How it works here"), _("Understood")),
        "introduced": (_("Introduce yourself"), _("I have introduced myself")),
        "first_act": (_("Do it together for the first time"), _("Done")),
    }[code]


def shown_name(name: str) -> str:
    """A name somebody chose, as it is; the masked name or number of who chose none is not for others: empty."""
    return "" if "*" in name or "@" in name else name

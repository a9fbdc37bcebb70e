"""What reactions and channels say to people by themselves, in the house's language. Every sentence stands here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from tongpin.base.money import Money
from tongpin.channels.port import Card, Content


@contextmanager
def in_house_language() -> Iterator[None]:
    """A letter is written in the language of the house, whoever's page or job it comes from."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


def address(path: str) -> str:
    """The whole address of one of our pages. Member pages are printed and shared: they do not change."""
    return str(settings.PUBLIC_URL).rstrip("/") + path


def channel_texts() -> dict[str, str]:
    """The few words that channels say by themselves, by code."""
    with in_house_language():
        return {"open_link": _("Open the link")}


def let_in(*, community: str, community_id: int) -> Content:
    """An application was accepted."""
    with in_house_language():
        title = _("Welcome to %(community)s") % {"community": community}
        text = _("You are let in. The first steps take a few minutes; they begin on the community's page.")
        return _letter(title, text, f"/c/{community_id}/")


def not_let_in(*, community: str, community_id: int) -> Content:
    """An application was refused."""
    with in_house_language():
        title = _("About your application to %(community)s") % {"community": community}
        text = _("This time it did not work out. Your answers are deleted after 30 days; you may apply again.")
        return _letter(title, text, f"/c/{community_id}/")


def considered_again(*, community: str, community_id: int) -> Content:
    """A refusal was taken back."""
    with in_house_language():
        title = _("Your application to %(community)s is looked at again") % {"community": community}
        text = _("We took our no back. Your answers are as you gave them; you can change them on the page.")
        return _letter(title, text, f"/c/{community_id}/")


def parcel_left(*, number: str, goods: str, carrier: str, parcel: str) -> Content:
    """An order was shipped."""
    with in_house_language():
        title = _("Your order %(number)s is on its way") % {"number": number}
        lines = [goods]
        if carrier or parcel:
            lines.append(_("Parcel: %(parcel)s") % {"parcel": f"{carrier} {parcel}".strip()})
        return _letter(title, "\n".join(lines), f"/me/orders/{number}/")


def money_back(*, number: str, amount_fen: int) -> Content:
    """Money of an order went back."""
    with in_house_language():
        told = {"amount": str(Money(amount_fen)), "number": number}
        title = _("%(amount)s of your order %(number)s went back") % told
        text = _("It goes the way it came; banks and wallets may take up to three days to show it.")
        return _letter(title, text, f"/me/orders/{number}/")


def too_late(*, goods: str, number: str, amount_fen: int, twice: bool) -> Content:
    """Money that came too late went back; `twice`: the order had been paid before."""
    told = {"amount": str(Money(amount_fen)), "number": number, "goods": goods}
    with in_house_language():
        title = _("%(amount)s of your order %(number)s went back") % told
        if twice:
            text = _("%(goods)s: this order was paid already, so the second payment went back the way it came.")
        else:
            text = _(
                "%(goods)s: your payment came when it could not be had any more. All of it went back the way it came."
            )
        return _letter(title, text % told, f"/me/orders/{number}/")


def return_refused(*, goods: str, number: str, answer: str) -> Content:
    """The house gives nothing back for what was sent."""
    with in_house_language():
        title = _("About the money you asked back")
        text = _("%(goods)s, order %(number)s: this time nothing goes back. Why: %(why)s")
        return _letter(title, text % {"goods": goods, "number": number, "why": answer}, f"/me/orders/{number}/")


def group_is_full(*, goods: str, number: str) -> Content:
    """A group buy found everybody it needed."""
    with in_house_language():
        title = _("Your group buy is complete")
        text = _("%(goods)s: everybody is there, and your order %(number)s is being packed.")
        return _letter(title, text % {"goods": goods, "number": number}, f"/me/orders/{number}/")


def group_failed(*, goods: str, number: str, amount_fen: int) -> Content:
    """Time ran out for a group buy."""
    with in_house_language():
        title = _("Your group buy did not come about")
        text = _("%(goods)s: not enough joined in time. %(amount)s go back to you by themselves.")
        told = {"goods": goods, "amount": str(Money(amount_fen))}
        return _letter(title, text % told, f"/me/orders/{number}/")


def paid_out(*, amount_fen: int, way: str) -> Content:
    """What somebody earned by those they brought was paid out."""
    with in_house_language():
        ways = {
            "wechat_transfer": _("by WeChat transfer"),
            "bank": _("by bank transfer"),
            "voucher": _("as a voucher"),
        }
        title = _("%(amount)s were paid out to you") % {"amount": str(Money(amount_fen))}
        text = _("%(way)s, for what those you brought bought and kept. If it does not arrive, tell us.")
        return _letter(title, text % {"way": ways.get(way, "")}, "/me/share/earned/")


def payout_came_back(*, amount_fen: int) -> Content:
    """A transfer to somebody bounced."""
    with in_house_language():
        title = _("%(amount)s for you came back to us") % {"amount": str(Money(amount_fen))}
        text = _("The transfer did not reach you. The amount stands free again; tell us where it shall go.")
        return _letter(title, text, "/me/share/earned/")


def sign_in_link(*, called: str, link: str, minutes: int) -> Content:
    """A link by which somebody signs in on another phone."""
    with in_house_language():
        title = _("Sign in on this phone")
        text = _(
            "This link signs you in as %(name)s. It works once, within %(minutes)s minutes.\n\n"
            "If you did not ask for it, somebody mistyped an address: do nothing."
        ) % {"name": called, "minutes": minutes}
        return Content(subject=title, text=text, card=Card(title=title, url=link))


def trial_letter() -> Content:
    """What a teammate sends to see whether letters arrive."""
    with in_house_language():
        title = _("A test letter from Tongpin")
        return Content(subject=title, text=_("If you can read this, letters of the house arrive."))


def _letter(title: str, text: str, path: str) -> Content:
    return Content(subject=title, text=text, card=Card(title=_("Look at it"), url=address(path)))

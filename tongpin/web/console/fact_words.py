"""Facts whose codes the console words itself (事实里的代码), so that one thing is called one name on every page."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongpin.core.books.rules import Account, BadAccount, account_of
from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.facts.lake import own
from tongpin.core.facts.sentences import Language, Part, Ref, Text, sentence
from tongpin.core.facts.sentences.codes import word
from tongpin.core.facts.upcasters import upcast
from tongpin.core.ledger.entries import Entry
from tongpin.core.people.rules import Ground
from tongpin.web.console.likeness_words import why
from tongpin.web.console.people_words import BASIS_WORDS, CHANNEL_WORDS, PURPOSE_WORDS, field_word
from tongpin.web.look.wording import grouped, yuan

CONSENT_CODES = {"purpose": PURPOSE_WORDS, "channel": CHANNEL_WORDS, "basis": BASIS_WORDS}
ACCOUNTS: dict[str, Promise] = {
    "cash": gettext_lazy("money that came in"),
    "receivable": gettext_lazy("money still to come"),
    "sales": gettext_lazy("sales"),
    "refunds": gettext_lazy("money given back"),
    "postage": gettext_lazy("postage"),
    "fees": gettext_lazy("fees of providers"),
    "rewards": gettext_lazy("cost of rewards"),
    "commissions": gettext_lazy("cost of commissions"),
    "commissions_paid": gettext_lazy("commissions paid out"),
    "vouchers": gettext_lazy("vouchers given out"),
    "points_given": gettext_lazy("points given out"),
    "reward.held": gettext_lazy("reward, still kept"),
    "reward.free": gettext_lazy("reward, free to draw"),
    "commission.held": gettext_lazy("commission, still kept"),
    "commission.free": gettext_lazy("commission, free to draw"),
    "payable": gettext_lazy("to be paid out"),
    "fund": gettext_lazy("fund of the community"),
    "points": gettext_lazy("points of"),
}
"""Kinds of account in words."""

OF_SOMEBODY = frozenset({"referral_link.opened"})
"""Facts whose person may be a visitor whom nobody knows yet: somebody did it, and not the one on whose page it stands."""


def parts_of(entry: Entry, language: Language, *, money: bool = True) -> list[Part]:
    """An entry in words, without the name of its person. Without `money` no sum is said."""
    _version, body = upcast(entry.kind, entry.version, entry.body)
    if entry.kind == "posting.made":
        return _posting(body, language, money=money)
    if not money and entry.kind in CATALOGUE:
        body = body | {column.name: None for column in own(entry.kind) if column.meaning == "fen"}
    return sentence(entry.kind, _worded(entry.kind, body), language=language)


def _worded(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    if kind == "person.merged":
        codes = [str(reason).partition(":")[0] for reason in body.get("reasons", ())]
        return body | {"reasons": tuple(dict.fromkeys(why(Ground(code)).text for code in codes))}
    if kind in ("consent.given", "consent.withdrawn"):
        return body | {name: str(words[body[name]]) for name, words in CONSENT_CODES.items() if body.get(name) in words}
    if kind == "contact.unmasked":
        return body | {"field": str(field_word(str(body.get("field", ""))))}
    return body


def _posting(body: dict[str, Any], language: Language, *, money: bool) -> list[Part]:
    amount = int(body.get("amount", 0))
    sum_ = yuan(amount) if body.get("unit", "fen") == "fen" else _("%(n)s points") % {"n": grouped(amount)}
    told = _("Booked %(sum)s from ") % {"sum": sum_} if money else _("Booked from ")
    taken, put = (_account(str(body.get(name, "")), language) for name in ("taken_from", "put_to"))
    return [Text(told), *taken, Text(_(" to ")), *put]


def _account(code: str, language: Language) -> list[Part]:
    try:
        account = account_of(code)
    except BadAccount:
        return [Text(code)]
    kind = _kind_word(account, language)
    if not account.owner_kind:
        return [Text(kind)]
    owner = Ref(account.owner_kind, account.owner)
    return [Text(" "), owner, Text(f" 的{kind}")] if language == "zh" else [Text(f"{kind}, of "), owner]


def _kind_word(account: Account, language: Language) -> str:
    head, _colon, detail = account.kind.partition(":")
    known = str(ACCOUNTS.get(head, head))
    if not detail:
        return known
    return _("%(account)s (%(what)s)") % {"account": known, "what": word("provider", detail, language)}

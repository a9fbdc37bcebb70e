"""The words of people: threads that hold them, kinds of identity, ways in, consents, facts of life."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongpin.core.people.rules import ANY_CHANNEL, REFUSED
from tongpin.web.look.wording import yuan

Word = Promise | str

TOUCHPOINT_WORDS: dict[str, tuple[Word, str]] = {
    "phone": (_("Phone"), "phone"),
    "mail": (_("Mail"), "mail"),
    "wecom": (_("WeCom contact"), "brand-wechat"),
    "official_account": (_("Official account"), "speakerphone"),
    "mini_app": (_("Mini app"), "device-mobile"),
    "group": (_("Group"), "users"),
    "shop": (_("Shop"), "shopping-bag"),
    "matrix": (_("Matrix"), "message-circle"),
}
"""Word and icon, in the order of screens."""

SIGN_WORDS: dict[str, tuple[Word, str]] = {
    "phone": (_("Phone"), "phone"),
    "mail": (_("Mail"), "mail"),
    "unionid": (_("WeChat union id"), "brand-wechat"),
    "openid": (_("WeChat open id"), "brand-wechat"),
    "external_userid": (_("WeCom contact"), "brand-wechat"),
    "shop_account": (_("Shop account"), "shopping-bag"),
    "matrix": (_("Matrix"), "message-circle"),
    "chat_account": (_("Chat account"), "message-circle"),
    "chat_name": (_("Name in a chat"), "message-circle"),
    "pay_account": (_("Payment account"), "receipt"),
    "device": (_("Device"), "device-mobile"),
    "claimed_user": (_("User id a page told"), "world"),
    "custom": (_("Customer number"), "id"),
    "order": (_("Order number"), "receipt"),
    "sheet_row": (_("Row of a sheet"), "file-spreadsheet"),
}
TRAIT_WORDS: dict[str, Word] = {
    "masked_phone": _("Masked phone"),
    "masked_name": _("Masked name"),
    "account_hint": _("Masked account"),
    "phone": _("Phone, only told"),
    "mail": _("Mail, only told"),
    "name": _("Name, only told"),
    "nickname": _("Called elsewhere"),
    "number": _("A number of theirs"),
}
LIFE_WORDS: dict[str, Word] = {
    "child_birth_month": _("Child born in"),
    "birthday": _("Birthday"),
    "address": _("Address"),
    "anniversary": _("Anniversary"),
    "gender": _("Gender"),
}
LIFE_EXAMPLES: dict[str, str] = {
    "child_birth_month": "2024-07",
    "birthday": "1990-05-20",
    "address": "浙江省杭州市西湖区文三路 1 号",
    "anniversary": "05-20",
    "gender": "female",
}
GENDERS: dict[str, Word] = {"female": _("woman"), "male": _("man"), "other": _("other")}

VIAS: dict[str, Word] = {
    "import": _("import"),
    "tracking": _("website"),
    "hook": _("webhook"),
    "member": _("our own pages"),
    "hand": _("added by hand"),
    "chat": _("chat"),
    "api": _("API"),
}
"""Ways in by which a list can be filtered."""

PURPOSE_WORDS: dict[str, Word] = {
    "service": _("Service messages"),
    "promotion": _("Promotion"),
    "research": _("Surveys"),
    "publish_words": _("Quoting them in public"),
    "recommend": _("Choosing for them by what we know"),
    "share_with_partner": _("Handing on to partners"),
}
CHANNEL_WORDS: dict[str, Word] = {
    ANY_CHANNEL: _("every channel"),
    "phone": _("call"),
    "sms": _("text message"),
    "mail": _("mail"),
    "wecom": _("WeCom"),
    "official_account": _("official account"),
    "mini_app": _("mini app"),
    "group": _("group"),
    "matrix": _("Matrix"),
    "post": _("letter by post"),
    "web": _("website"),
}
BASIS_WORDS: dict[str, Word] = {
    "asked": _("we asked, they said yes"),
    "given_in_chat": _("they said so in a chat"),
    "form": _("they ticked it in a form"),
    "joined": _("they agreed when joining"),
    "contract": _("they bought, it belongs to that"),
    "import_declared": _("whoever imported them declared it"),
    "import_contract": _("import: they bought"),
    "import_asked": _("import: they were asked"),
    "import_consent": _("import: they were asked"),
    REFUSED: _("they said no"),
}
BASES_BY_HAND: tuple[str, ...] = ("asked", "given_in_chat", "form", "joined", "contract")
"""What a teammate may declare; the others come with imports."""

SORT_WORDS: dict[str, Word] = {
    "recent": _("last active first"),
    "name": _("by name"),
    "new": _("newest first"),
    "spent": _("most bought first"),
}


def name_or_number(name: str, person_id: int) -> str:
    """What somebody is called on screen: their name, or the number of their record."""
    return name or gettext("No. %(number)s") % {"number": person_id}


def via_word(via: str) -> str:
    """`import:12` as import #12."""
    kind, _colon, number = via.partition(":")
    word = str(VIAS.get(kind, kind))
    return f"{word} #{number}" if number else word


def field_word(field: str) -> Word:
    """A field that was shown in full, such as `identity:phone`."""
    what, _colon, kind = field.partition(":")
    signs = {code: word for code, (word, _icon) in SIGN_WORDS.items()}
    words: dict[str, Mapping[str, Word]] = {
        "identity": signs,
        "trait": TRAIT_WORDS,
        "life": LIFE_WORDS,
        "name": {"": _("Real name")},
    }
    return words.get(what, {}).get(kind, field)


def life_shown(kind: str, shown: str) -> str:
    """A masked life fact; codes in words."""
    return str(GENDERS.get(shown, shown)) if kind == "gender" else shown


def sum_words(fen: int, currency: str) -> str:
    """An amount with its currency, to the fen, so that sums below each other line up: ¥89.00, or GBP 12.50."""
    return yuan(fen) if currency == "CNY" else yuan(fen).replace("¥", f"{currency}\u00a0")

"""Why two records may be one person, in words: every reason code of likeness, and those of signs told together."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongpin.core.people.likeness import STRONG, SUGGEST
from tongpin.core.people.rules import Ground
from tongpin.web.console.people_words import SIGN_WORDS
from tongpin.web.look.tags.words import listed

REASONS: dict[str, Promise] = {
    # signs
    "told_together": _("told together"),
    "sign_given_by_hand": _("given by hand for both"),
    "by_hand": _("a teammate said so"),
    # phones, mails, accounts, numbers
    "phone_same": _("same phone"),
    "phone_near": _("phones differ in one digit"),
    "phone_differs": _("different phones"),
    "phone_mask_fits": _("masked phone fits"),
    "mail_same": _("same mail"),
    "mail_near": _("mails almost the same"),
    "mail_local_same": _("same mail name, other provider"),
    "mail_differs": _("different mails"),
    "account_same": _("same account"),
    "account_mask_fits": _("masked account fits"),
    "number_same": _("same number"),
    "number_near": _("numbers differ in one digit"),
    "number_differs": _("different numbers"),
    # names
    "name_same": _("same name"),
    "name_near": _("similar names"),
    "name_part_same": _("part of the name the same"),
    "name_pinyin_same": _("names sound the same"),
    "name_swapped": _("same name, parts swapped"),
    "name_mask_fits": _("masked name fits"),
    "name_differs": _("different names"),
    "surname_same": _("same surname"),
    "nickname_same": _("same nickname"),
    "nickname_near": _("similar nicknames"),
    "nickname_holds_name": _("nickname holds the other's name"),
    "nickname_is_given_name": _("nickname is the other's given name"),
    "title_differs": _("one Mr, one Ms"),
    # birth
    "birth_same": _("same birthday"),
    "birth_same_placeholder": _("same birthday, but one that is often made up"),
    "birth_near": _("birthdays close"),
    "birth_digits_swapped": _("birthdays with digits swapped"),
    "birth_day_month_swapped": _("birthdays with day and month swapped"),
    "birth_part_same": _("birthdays agree in part"),
    "birth_year_same": _("same year of birth"),
    "birth_differs": _("different birthdays"),
    # addresses
    "address_same": _("same address"),
    "address_near": _("similar addresses"),
    "address_masked_fits": _("masked address fits"),
    "address_neighbour": _("addresses next door"),
    "province_same": _("same province"),
    "city_same": _("same city"),
    "district_same": _("same district"),
    "district_differs": _("different districts"),
    "suburb_same": _("same suburb"),
    "suburb_near": _("similar suburbs"),
    "suburb_differs": _("different suburbs"),
    "postcode_same": _("same postcode"),
    "postcode_near": _("postcodes almost the same"),
    "postcode_differs": _("different postcodes"),
    "street_same": _("same street"),
    "street_near": _("similar streets"),
    "street_differs": _("different streets"),
    "house_number_same": _("same house number"),
    "detail_same": _("same building and door"),
    "detail_near": _("similar building and door"),
    "housemates_possible": _("may be two of one household"),
}
OF_SIGNS = frozenset({"told_together", "sign_given_by_hand"})
"""Reasons whose details are kinds of identity."""

DETAILS: dict[str, Promise] = {
    "head": _("first %(n)s digits"),
    "tail": _("last %(n)s digits"),
    "shown": _("%(n)s characters shown"),
    "surname_same": _("same surname"),
    "given_same": _("same given name"),
    "part_differs": _("another part differs"),
    "latin_script": _("once in Latin letters"),
}
"""Details worth saying; the others only explain a weight."""


@dataclass(frozen=True, slots=True)
class Why:
    """One reason in words, and whether it speaks for one person."""

    text: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Band:
    """How sure a score is, as word and kind of chip."""

    word: str
    chip: str


def why(ground: Ground) -> Why:
    """A reason in words. A code without words is shown as it is."""
    word = REASONS.get(ground.code)
    if word is None:
        return Why(ground.code.replace("_", " "), ground.agrees)
    text = str(word)
    if ground.code in OF_SIGNS:
        details = [str(SIGN_WORDS[kind][0]) if kind in SIGN_WORDS else kind for kind in ground.detail]
    else:
        details = [said for code in ground.detail if (said := _detail(code))]
    return Why(
        gettext("%(reason)s (%(detail)s)") % {"reason": text, "detail": listed(details)} if details else text,
        ground.agrees,
    )


def _detail(code: str) -> str:
    stem, _bar, number = code.rpartition("_")
    if number.isdecimal() and stem in DETAILS:
        return str(DETAILS[stem]) % {"n": number}
    return str(DETAILS[code]) if code in DETAILS else ""


def band(score: float) -> Band:
    """strong, worth a look, or only a hint."""
    if score >= STRONG:
        return Band(gettext("very likely one person"), "good")
    if score >= SUGGEST:
        return Band(gettext("likely one person"), "wait")
    return Band(gettext("perhaps one person"), "")

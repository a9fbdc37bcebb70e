"""The rail (左栏) as one literal table; later issues add lines. Without its page or the right an entry is hidden."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongpin.core.team.rules import Right


@dataclass(frozen=True, slots=True)
class RailEntry:
    """One place of the rail. `covers`: beginnings of the names of all pages that belong to it.

    `key` follows `g`. On a phone an entry stands in the bar itself (`in_bar`), with its step, or under more.
    """

    glyph: str
    word: str | Promise
    url_name: str
    key: str
    covers: tuple[str, ...]
    right: Right | None = None
    step: str = ""
    in_bar: bool = False


RAIL: tuple[RailEntry, ...] = (
    RailEntry("今", _("Today"), "console:today", "t", ("console:today",), in_bar=True),
    RailEntry(
        "群",
        _("Communities"),
        "console:communities",
        "c",
        ("console:communit", "console:entrance"),
        "places.see",
        in_bar=True,
    ),
    RailEntry(
        "人",
        _("People"),
        "console:people",
        "p",
        ("console:people", "console:person", "console:suggestion"),
        "people.see",
        in_bar=True,
    ),
    RailEntry(
        "聚",
        _("Gather"),
        "console:gather",
        "1",
        ("console:gather", "console:import", "console:admission"),
        "places.see",
        "gather",
    ),
    RailEntry(
        "予", _("Give"), "console:give", "2", ("console:give", "console:talk", "console:digest"), "places.see", "give"
    ),
    RailEntry(
        "售",
        _("Sell"),
        "console:offers",
        "3",
        ("console:offer", "console:order", "console:group_buy"),
        "goods.see",
        "sell",
    ),
    RailEntry("传", _("Share"), "console:share", "4", ("console:share",), "people.see", "share"),
    RailEntry("察", _("Insight"), "console:loop", "i", ("console:loop",), "people.see"),
    RailEntry(
        "设",
        _("Settings"),
        "console:settings",
        "s",
        (
            "console:setting", "console:team", "console:key", "console:token", "console:hook", "console:audit",
            "console:pull", "console:security", "console:payment",
        ),
    ),
)  # fmt: skip

SEARCH: tuple[str, Right] = ("console:people", "people.see")
"""Where the search field of the top bar leads (as `?q=`), and the right it needs."""

SIGN_OUT = "console:sign_out"
"""Where signing out posts to."""

OWN_PAGE = "console:security"
"""A person's own page: name, password, second factor, sessions."""

"""What every page knows without its view saying so. The database is not asked before a template wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language

from tongpin.core.ledger.queries import LedgerClock, ledger_clock
from tongpin.core.team.queries import Teammate
from tongpin.core.team.rules import Right
from tongpin.web.look.community import Choice, choices_in, chosen
from tongpin.web.look.gate import rule_of, scope_for, staff_of
from tongpin.web.look.rail import OWN_PAGE, RAIL, SEARCH, SIGN_OUT, RailEntry

THEME_COOKIE = "tongpin_theme"
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class RailLink:
    """One place of the rail as this person sees it on this page."""

    glyph: str
    word: str | Promise
    href: str
    key: str
    step: str
    in_bar: bool
    here: bool


def address(url_name: str) -> str:
    """The address of a page that takes no arguments; empty where no such page is wired."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


class Shell:
    """The frame around a page: rail, search, theme, language, how far the ledger is read."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def me(self) -> Teammate | None:
        """Who is signed in."""
        return staff_of(self._request) if hasattr(self._request, "user") else None

    @cached_property
    def theme(self) -> str:
        """light or dark, as last chosen in this browser; empty where nobody chose."""
        chosen = self._request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @property
    def language(self) -> str:
        """The language of this answer: zh-hans or en."""
        return get_language() or "zh-hans"

    @cached_property
    def rail(self) -> list[RailLink]:
        """The places this person may go to and that exist."""
        return [self._link(entry) for entry in RAIL if self._leads(entry.url_name, entry.right)]

    @property
    def rail_steps(self) -> list[RailLink]:
        """聚予售传, which share one place in the bar of a phone."""
        return [link for link in self.rail if link.step]

    @property
    def step_here(self) -> RailLink | None:
        """The step this page belongs to, if any: the bar of a phone names it in the place of the loop."""
        return next((link for link in self.rail_steps if link.here), None)

    @property
    def more_here(self) -> bool:
        """Whether this page stands under more."""
        return any(link.here for link in self.rail_more)

    @property
    def rail_bar(self) -> list[RailLink]:
        """What stands in the bar of a phone by itself."""
        return [link for link in self.rail if link.in_bar]

    @property
    def rail_more(self) -> list[RailLink]:
        """What a phone shows under more."""
        return [link for link in self.rail if not link.step and not link.in_bar]

    @cached_property
    def search(self) -> str:
        """Where the search field leads, or empty."""
        name, right = SEARCH
        return address(name) if self._may(right) else ""

    @cached_property
    def sign_out(self) -> str:
        """Where signing out posts to, or empty."""
        return address(SIGN_OUT) if self.me else ""

    @cached_property
    def own_page(self) -> str:
        """The page of one's own account, or empty."""
        return address(OWN_PAGE) if self.me else ""

    @cached_property
    def communities(self) -> list[Choice]:
        """The communities one may narrow a page to; none where the chooser is not wired."""
        return choices_in(request=self._request) if self.me and self.community_url else []

    @cached_property
    def community(self) -> Choice | None:
        """The community in view; None for all."""
        kept = chosen(request=self._request)
        return next((one for one in self.communities if one.id == kept), None)

    @property
    def community_url(self) -> str:
        """Where a community is chosen."""
        return address("look:community")

    @property
    def theme_url(self) -> str:
        """Where light or dark is chosen."""
        return address("look:theme")

    @property
    def clock_url(self) -> str:
        """Where the ledger's clock is asked again."""
        return address("look:clock")

    @property
    def language_url(self) -> str:
        """Where the language is chosen."""
        return address("set_language")

    @cached_property
    def clock(self) -> LedgerClock:
        """How far the ledger is read."""
        return ledger_clock()

    @cached_property
    def clock_is_near(self) -> bool:
        """True where the readers are at the end, or were a minute ago: what one sees is what happened."""
        read_to = self.clock.read_to
        return not self.clock.lag or (read_to is not None and (timezone.now() - read_to).total_seconds() < 60)

    @property
    def here(self) -> str:
        """The address of this page, for coming back to it."""
        return self._request.get_full_path()

    def opens(self, url_name: str) -> bool:
        """Whether the gate would let this person into a page that takes no arguments: no link leads to a refusal."""
        found = address(url_name)
        rule = rule_of(resolve(found).func) if found else None
        return self.me is not None and rule is not None and bool(scope_for(staff=self.me, rule=rule, arguments={}))

    def _may(self, right: Right | None) -> bool:
        return self.me is not None and (right is None or bool(self.me.scope(right)))

    def _leads(self, url_name: str, right: Right | None) -> bool:
        return self._may(right) and bool(address(url_name))

    def _link(self, entry: RailEntry) -> RailLink:
        match = self._request.resolver_match
        here = match is not None and match.view_name.startswith(entry.covers)
        return RailLink(entry.glyph, entry.word, address(entry.url_name), entry.key, entry.step, entry.in_bar, here)


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: the frame as `shell`."""
    return {"shell": Shell(request)}

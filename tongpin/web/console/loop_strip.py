"""The loop at a glance (闭环一览): four figures joined by what passes from step to step, each opening to its people."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tongpin.loop.gather.channel_costs.rules import each_fen
from tongpin.web.console.loop_figures import ENOUGH_FOR_K, LoopSeen
from tongpin.web.look.wording import grouped, yuan

WIDE, HIGH = 112, 26


@dataclass(frozen=True, slots=True)
class Link:
    """One figure of the strip. `points` draw its line; `passed` of `base` went on to the next step."""

    step: str
    label: str
    value: str
    unit: str
    href: str
    change: str
    better: bool | None
    against: str
    side: str
    side_href: str
    points: str
    passing: SafeString
    passed: int
    base: int
    have: int | None = None

    @property
    def share(self) -> float | None:
        """The share that went on, where there are enough to tell."""
        return self.passed / self.base if self.base >= ENOUGH_FOR_K else None


def strip(loop: LoopSeen, *, may_money: bool) -> list[Link]:
    """The four figures, in the loop's order."""
    return [_gather(loop, may_money), _give(loop), _sell(loop, may_money), _share(loop)]


def people_href(cell: str) -> str:
    """Where the people behind a number are listed."""
    return reverse("console:loop_people", args=[cell])


def change_of(now: int, before: int) -> tuple[str, bool | None]:
    """By how much a count moved against the window before, and whether that is better: few are told in people."""
    if now == before:
        return "", None
    if before >= ENOUGH_FOR_K:
        return f"{abs(now - before) / before:.0%}", now > before
    return grouped(abs(now - before)), now > before


def drawn(values: list[int]) -> str:
    """A line's points for an SVG of WIDE × HIGH; empty where there is no line."""
    if len(values) < 2 or not any(values):
        return ""
    low, high = 0, max(values)
    apart = (WIDE - 6) / (len(values) - 1)
    return " ".join(
        f"{3 + n * apart:.1f},{HIGH - 3 - (HIGH - 6) * (value - low) / (high - low):.1f}"
        for n, value in enumerate(values)
    )


def _before(number: str) -> str:
    return _("before: %(number)s") % {"number": number}


def _passing(text: str, base: int, passed: int) -> SafeString:
    return format_html(text, base=grouped(base), passed=grouped(passed))


def _brought(people: int, joined: int) -> SafeString:
    """Who came by members, opening to them, and how many of these became members: a buyer need not."""
    if not people:
        return format_html("{}", _("members brought nobody yet"))
    text = ngettext(
        'members brought <a href="{href}"><b>{people}</b> person</a>, <b>{joined}</b> became a member',
        'members brought <a href="{href}"><b>{people}</b> people</a>, <b>{joined}</b> became members',
        people,
    )
    return format_html(text, href=people_href("share"), people=grouped(people), joined=grouped(joined))


def _gather(loop: LoopSeen, may_money: bool) -> Link:
    now, before = loop.number("gather"), loop.number("gather_before")
    change, better = change_of(now, before)
    each = each_fen(loop.number("cost_fen"), now)
    cost = _("%(amount)s each") % {"amount": yuan(each, style="short")} if each is not None else ""
    passed = loop.number("gather_to_give")
    return Link(
        step="gather",
        label=_("New members"),
        value=f"+{grouped(now)}",
        unit=_("people"),
        href=people_href("gather") if now else "",
        change=change,
        better=better,
        against=_before(grouped(before)),
        side=(cost or _("no cost booked")) if may_money else "",
        side_href="",
        points=drawn(loop.line("gather")),
        passing=_passing(_("of {base} new members <b>{passed}</b> gave something"), now, passed),
        passed=passed,
        base=now,
    )


def _give(loop: LoopSeen) -> Link:
    now, before = loop.number("give"), loop.number("give_before")
    change, better = change_of(now, before)
    gifts, passed = loop.number("gifts"), loop.number("give_to_sell")
    return Link(
        step="give",
        label=_("Contributors of value"),
        value=grouped(now),
        unit=_("people"),
        href=people_href("give") if now else "",
        change=change,
        better=better,
        against=_before(grouped(before)),
        side=ngettext("%(count)s gift", "%(count)s gifts", gifts) % {"count": grouped(gifts)},
        side_href="",
        points=drawn(loop.line("give")),
        passing=_passing(_("of {base} contributors <b>{passed}</b> bought"), now, passed)
        if now
        else escape(_counted()),
        passed=passed,
        base=now,
    )


def _counted() -> str:
    """What would count, where nobody gave yet."""
    return _("counted: words somebody went on from, long answers, words a digest quotes")


def _sell(loop: LoopSeen, may_money: bool) -> Link:
    buyers, orders = loop.number("sell"), loop.number("orders")
    now, before = (loop.number(f"{'net_fen' if may_money else 'orders'}{mark}") for mark in ("", "_before"))
    # Money is never too few to compare: it is orders that are.
    many = loop.number("orders_before") >= ENOUGH_FOR_K and before > 0
    change = f"{abs(now - before) / before:.0%}" if many and now != before else ""
    chinese = (get_language() or "zh").startswith("zh")
    told = [yuan(one, style="short", chinese=chinese) if may_money else grouped(one) for one in (now, before)]
    passed = loop.number("sell_to_share")
    counted = ngettext("%(count)s order", "%(count)s orders", orders) % {"count": grouped(orders)}
    return Link(
        step="sell",
        label=_("Sales made"),
        value=told[0],
        unit="" if may_money else _("orders"),
        href=people_href("sell") if buyers else "",
        change=change,
        better=now > before if change else None,
        against=_before(told[1]),
        side=counted,
        side_href=reverse("console:orders") if orders else "",
        points=drawn(loop.line("sell")) if may_money else "",
        passing=_passing(_("of {base} buyers <b>{passed}</b> brought somebody"), buyers, passed),
        passed=passed,
        base=buyers,
    )


def _share(loop: LoopSeen) -> Link:
    k, brought = loop.k, loop.number("share")
    known = k is not None and k.value is not None and k.n >= ENOUGH_FOR_K
    low, high = (k.body.get("low"), k.body.get("high")) if k is not None else (None, None)
    bounds = known and low is not None and high is not None
    interval = _("interval %(low)s–%(high)s") % {"low": f"{low:.2f}", "high": f"{high:.2f}"} if bounds else ""
    back = loop.number("share_to_gather")
    return Link(
        step="share",
        label=_("Each brings (K)"),
        value=f"{k.value:.2f}" if known and k is not None and k.value is not None else "—",
        unit=_("people") if known else "",
        href="",
        change="",
        better=None,
        against=interval,
        side=f"n = {grouped(k.n)}" if k is not None else "",
        side_href="",
        points=drawn(loop.line("share")),
        passing=_brought(brought, back),
        passed=back,
        base=0,
        have=None if known else (k.n if k is not None else 0),
    )

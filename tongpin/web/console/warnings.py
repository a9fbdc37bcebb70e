"""Warnings (预警) in words: the name of the trouble, its evidence, and the act that is proposed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongpin.core.figures.queries import Shown, latest_by_community
from tongpin.core.team.queries import Teammate
from tongpin.insight.warnings import Warned, warned
from tongpin.loop.gather.entrances.models import Entrance
from tongpin.web.console.loop_figures import GIVERS, LOOP
from tongpin.web.look.community import Choice
from tongpin.web.look.wording import MINUS, grouped, yuan

STALE = timedelta(days=3)
"""Older figures warn of nothing: what they saw may be over."""
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Warning:
    """One warning as it is shown."""

    title: str
    text: SafeString
    act: str
    href: str


def warnings_of(mate: Teammate, communities: Iterable[Choice], now: datetime) -> tuple[list[Warning], datetime | None]:
    """What the newest figures of these communities warn of, and how old the oldest of them is. Two queries at most."""
    named = {one.id: one.name for one in communities if mate.scope("people.see").holds(one.id)}
    if not named:
        return [], None
    figures = latest_by_community(measures=(LOOP, GIVERS), communities=named, since=now - STALE)
    found = [
        (community, one)
        for community, measures in figures.items()
        for one in warned(figures={name: shown.body for name, shown in measures.items()})
        if one.code != "money_not_back" or mate.scope("money.see").holds(community)
    ]
    ways = _entrances({one.entrance for _community, one in found if one.entrance})
    worded = [_worded(named[community], community, one, ways) for community, one in found]
    return [one for one in worded if one is not None][:SHOWN], _oldest(figures)


def _oldest(figures: Mapping[int, Mapping[str, Shown]]) -> datetime | None:
    return min((shown.as_of for measures in figures.values() for shown in measures.values()), default=None)


def _entrances(numbers: set[int]) -> dict[int, str]:
    return dict(Entrance.objects.filter(pk__in=numbers).values_list("pk", "name")) if numbers else {}


def _worded(name: str, community: int, one: Warned, ways: Mapping[int, str]) -> Warning | None:
    told = one.evidence
    here = reverse("console:community", args=[community])
    if one.code == "giving_weaker":
        text = format_html(
            _("{name}: <b>{late}</b> gifts of value by members in the last 4 weeks, <b>{before}</b> in the 4 before ({change})."),
            name=name, late=grouped(int(told["late"])), before=grouped(int(told["before"])), change=_percent(told["change"]),
        )  # fmt: skip
        return Warning(_("Giving gets weaker"), text, _("Ask two members for a topic"), here)
    if one.code == "house_alone":
        text = format_html(
            _("{name}: of {all} gifts of value <b>{staff}</b> came from teammates ({share}). Without them it would be quiet."),
            name=name, all=grouped(int(told["all"])), staff=grouped(int(told["staff"])), share=f"{told['share']:.0%}",
        )  # fmt: skip
        return Warning(_("The house gives alone"), text, _("Let members answer first"), here)
    if one.code == "fewer_come":
        text = format_html(
            _("{name}: <b>{now}</b> new members in 30 days, <b>{before}</b> in the 30 before ({change})."),
            name=name, now=grouped(int(told["now"])), before=grouped(int(told["before"])), change=_percent(told["change"]),
        )  # fmt: skip
        return Warning(
            _("Fewer people come"), text, _("Look at the ways in"), reverse("console:entrances", args=[community])
        )
    if one.code == "money_not_back" and one.entrance in ways:
        text = format_html(
            _("{name}: «{entrance}» cost <b>{cost}</b> in 30 days and brought <b>{people}</b> people; nobody of them bought yet."),
            name=name, entrance=ways[one.entrance], cost=yuan(int(told["cost_fen"]), style="whole"),
            people=grouped(int(told["people"])),
        )  # fmt: skip
        href = reverse("console:entrance", args=[community, one.entrance])
        return Warning(_("Money does not come back"), text, _("Look, or pause it"), href)
    return None


def _percent(share: float) -> str:
    return f"{share:+.0%}".replace("-", MINUS)

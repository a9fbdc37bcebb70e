"""The first page of the settings (设): where everything is set, and how the house is."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tongpin.base.clock import now as present
from tongpin.core.team.queries import Teammate
from tongpin.core.team.rules import Right
from tongpin.web.console.entrances_code import opens_here_only
from tongpin.web.console.house import condition
from tongpin.web.console.import_parts import way
from tongpin.web.look.gate import StaffRequest, signed_in


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the settings. Hidden without its right, or while there is no such page."""

    icon: str
    word: Promise
    about: Promise
    url_name: str
    right: Right | None = None


PLACES: tuple[Place, ...] = (
    Place(
        "users", gettext_lazy("Team"), gettext_lazy("who works here and what they may do"), "console:team",
        "team.manage",
    ),
    Place(
        "receipt", gettext_lazy("Payments"), gettext_lazy("how members pay, and what of money waits for a person"),
        "console:payments", "settings.change",
    ),
    Place(
        "send", gettext_lazy("Channels"), gettext_lazy("accounts by which letters leave the house"),
        "console:channels", "settings.change",
    ),
    Place(
        "link", gettext_lazy("Sources"), gettext_lazy("write keys for sites and servers, with their last events"),
        "console:keys", "keys.manage",
    ),
    Place(
        "webhook", gettext_lazy("Inbound webhooks"), gettext_lazy("any form or shop that can send what happens"),
        "console:hooks", "hooks.manage",
    ),
    Place(
        "refresh", gettext_lazy("Scheduled fetching"), gettext_lazy("interfaces and tables we fetch from by ourselves"),
        "console:pulls", "hooks.manage",
    ),
    Place("key", gettext_lazy("API tokens"), gettext_lazy("for your own programs"), "console:tokens", "api.use"),
    Place("history", gettext_lazy("Audit trail"), gettext_lazy("who did what"), "console:audit", "audit.see"),
    Place(
        "shield-lock", gettext_lazy("My account"), gettext_lazy("password, second step, where you are signed in"),
        "console:security",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """A page one may open."""

    icon: str
    word: str
    about: str
    href: str
    chip: tuple[str, str] = ("", "")


def _links(mate: Teammate) -> list[Link]:
    links: list[Link] = []
    for place in PLACES:
        href = way(place.url_name)
        if not href or (place.right is not None and not mate.scope(place.right)):
            continue
        chip = ("", "")
        if place.url_name == "console:security":
            chip = (_("second step on"), "good") if mate.has_second_step else (_("second step off"), "warn")
        links.append(Link(place.icon, str(place.word), str(place.about), href, chip))
    return links


@signed_in
@require_safe
def settings_home(request: StaffRequest) -> HttpResponse:
    """Where everything is set. The state of the house is for who may change settings."""
    now = present()
    house = condition() if request.staff.scope("settings.change") else None
    return render(
        request,
        "console/settings/home.html",
        {
            "links": _links(request.staff),
            "house": house,
            "here_only": opens_here_only(),
            "address": settings.PUBLIC_URL,
            "worker": house.worker(now=now) if house else "",
            "backup_due": house.backup.is_due(now=now) if house else False,
            "parked_href": way("console:today_parked") if request.staff.scope("ledger.retry") else "",
        },
    )

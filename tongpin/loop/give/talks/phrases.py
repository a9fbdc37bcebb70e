"""What cards and letters of a talk say, in the house's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tongpin.loop.give.talks.models import Talk

Moment = Literal["before", "moved", "soon", "after", "called_off"]


@dataclass(frozen=True, slots=True)
class Told:
    """A card's face: a title, a line below, and what stands above it where it is pasted by hand."""

    title: str
    line: str
    lead: str


def told(*, talk: Talk, moment: Moment) -> Told:
    """What is said of a talk at a moment."""
    with translation.override(settings.LANGUAGE_CODE):
        words = {
            "before": (_("%(when)s, %(guest)s. Listen and ask here."), _("A talk for all of us:")),
            "moved": (_("Now %(when)s, %(guest)s. Listen and ask here."), _("This talk has a new time:")),
            "soon": (_("Begins %(when)s, %(guest)s. Listen and ask here."), _("It begins soon:")),
            "after": (_("%(guest)s has spoken. All of it is here, with the answers."), _("For who missed it:")),
            "called_off": (_("%(when)s, %(guest)s: this talk does not take place."), _("This talk is off:")),
        }
        line, lead = words[moment]
        when = f"{_day(talk.starts_at)} {_clock(talk.starts_at)}"
        return Told(talk.title, line % {"when": when, "guest": talk.guest_name}, lead)


def pasted(*, said: Told, link: str) -> str:
    """A card as plain text for a group that shows no cards."""
    return "\n".join(part for part in (said.lead, said.title, said.line, link) if part)


def _local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(settings.ZONE))


def _day(at: datetime) -> str:
    return str(date_format(_local(at), "MONTH_DAY_FORMAT"))


def _clock(at: datetime) -> str:
    return _local(at).strftime("%H:%M")

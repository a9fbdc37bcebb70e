"""What gather puts on Today: who asks to come in, and communities that opened no door yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpin.core.team.queries import Teammate
from tongpin.core.team.rules import meet
from tongpin.loop.gather.admission.rules import ANSWERED_WITHIN
from tongpin.loop.gather.launch.queries import launches_ahead
from tongpin.web.console.admissions import Asking, asking
from tongpin.web.console.community_words import to_do
from tongpin.web.console.today_parts import SOON, Heap, Todo

SHOWN = 3
MANY = 100


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """The first few who wait and how many there are in all, counted up to MANY."""

    first: tuple[Asking, ...] = ()
    count: int = 0

    @property
    def said(self) -> str:
        """The count as it is shown."""
        return f"{self.count}+" if self.count == MANY else str(self.count)


def at_the_door(mate: Teammate, now: datetime) -> AtTheDoor:
    """Who waits to be let in, for who may read their answers. At most four queries."""
    scope = meet(mate.scope("people.see"), mate.scope("messages.see"))
    if not scope:
        return AtTheDoor()
    waiting = asking(scope, may=mate.scope("people.edit"), now=now, limit=MANY)
    return AtTheDoor(tuple(waiting[:SHOWN]), len(waiting))


def of_admissions(door: AtTheDoor) -> Iterator[Todo]:
    """The applications as one thing to do; expiring where the promise to the first of them nearly is."""
    if not door.count:
        return
    oldest = door.first[0]
    text = ngettext("Look at <b>%(count)s</b> application", "Look at <b>%(count)s</b> applications", door.count)
    what = format_html(text % {"count": "{}"}, door.said)
    promised = int(ANSWERED_WITHIN.total_seconds() // 3600)
    why = _("the first has waited %(time)s; we promise an answer within %(hours)s hours") % {
        "time": oldest.waited,
        "hours": promised,
    }
    heap: Heap = "expiring" if ANSWERED_WITHIN - oldest.it.waited < SOON else "waiting"
    yield Todo(heap, "gather", what, why, oldest.until, oldest.chip, _("Begin"), reverse("console:admissions"))


def of_launches(mate: Teammate) -> Iterator[Todo]:
    """Communities whose doors never opened, oldest first, each with what is missing next. One query."""
    scope = mate.scope("places.edit")
    if not scope:
        return
    for one in launches_ahead(scope=scope, limit=SHOWN):
        yield _of_launch(one.community_id, one.community, one.missing)


def _of_launch(number: int, name: str, lacks: tuple[str, ...]) -> Todo:
    what = format_html(_("<b>%(name)s</b> has opened no door yet") % {"name": "{}"}, name)
    if lacks:
        left = len(lacks)
        why = _("next: %(what)s") % {"what": to_do(lacks[0])}
        until = ngettext("%(count)s missing", "%(count)s missing", left) % {"count": left}
        href = reverse("console:community", args=[number])
        return Todo("waiting", "gather", what, why, until, "", _("Go on"), href)
    href = f"{reverse('console:community_joining', args=[number])}#doors"
    why = _("everything needed stands; seed users first, then whom members bring")
    return Todo("waiting", "gather", what, why, _("ready"), "good", _("Open a door"), href)

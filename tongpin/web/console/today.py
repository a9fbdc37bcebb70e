"""Today (今日): what waits for somebody with the verb that does it, and what just happened in human sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tongpin.base.clock import now as present
from tongpin.core.intake.happening import latest_told
from tongpin.core.intake.jobs import NEVER_STARTED
from tongpin.core.intake.queries import BatchSeen, needing_attention
from tongpin.core.people.comparing import how_many_wait
from tongpin.core.team.queries import Teammate
from tongpin.core.team.rules import Communities, Everything, Held, Scope, meet
from tongpin.loop.give.talks.seen import TalkAtHand
from tongpin.web.console.admissions import refusals
from tongpin.web.console.digests_cards import of_digests
from tongpin.web.console.first_steps import FirstSteps, first_steps
from tongpin.web.console.gather_today import AtTheDoor, at_the_door, of_admissions, of_launches
from tongpin.web.console.give_today import at_hand, of_give
from tongpin.web.console.house import Backup, set_aside_and_backup
from tongpin.web.console.import_parts import way
from tongpin.web.console.import_words import kind_word, source_word
from tongpin.web.console.loop_figures import figures_of, loop_in, whose_in
from tongpin.web.console.loop_strip import strip
from tongpin.web.console.people_doors import covers
from tongpin.web.console.reasons import NEEDS, refusal_words
from tongpin.web.console.saying import Happened, happened
from tongpin.web.console.sell_todo import of_sell
from tongpin.web.console.today_calendar import days_of
from tongpin.web.console.today_parts import SOON, Todo
from tongpin.web.console.warnings import warnings_of
from tongpin.web.look.community import choices_in, chosen
from tongpin.web.look.gate import StaffRequest, needs, signed_in

SHORT = 12
CROWDED = 9
"""More things to do than this, and what else there is stands beside them instead of below."""
LONG = 50
MANY = 100
"""Suggestions are counted up to here."""


def _lead(todos: int, happened_any: bool) -> str:
    if todos:
        return ngettext("%(count)s thing waits for you.", "%(count)s things wait for you.", todos) % {"count": todos}
    return _("Nothing waits for you.") if happened_any else ""


def _greeting(name: str, now: datetime) -> str:
    hour = timezone.localtime(now).hour
    if 5 <= hour < 11:
        return _("Good morning, %(name)s") % {"name": name}
    if 11 <= hour < 18:
        return _("Good afternoon, %(name)s") % {"name": name}
    return _("Good evening, %(name)s") % {"name": name}


@signed_in
@require_safe
def today(request: StaffRequest) -> HttpResponse:
    """What waits, and what happened. Each part is there for who may see it."""
    now, here = present(), chosen(request=request)
    mate = _narrowed(request.staff, here)
    door = at_the_door(mate, now)
    talks = at_hand(mate, now)
    steps = first_steps(request, request.staff)
    todos = list(_todos(mate, now, door, talks, steps))
    heaps = [
        (word, [one for one in todos if one.heap == name])
        for name, word in (("expiring", _("Expiring")), ("waiting", _("Somebody waits")), ("house", _("In the house")))
    ]
    may_read = bool(request.staff.scope("ledger.see"))
    told = latest_told(limit=SHORT) if may_read else None
    lines = happened(told.entries) if told else []
    below = {} if steps.fresh else _below(request, here, talks, now)
    return render(
        request,
        "console/today/today.html",
        {
            "greeting": _greeting(request.staff.display_name or request.staff.login, now),
            "lead": _lead(len(todos), bool(lines)),
            "nameless": told.nameless if told else 0,
            "heaps": [(word, entries) for word, entries in heaps if entries],
            "todos": len(todos),
            "door": door,
            "refusals": refusals() if door.first else (),
            "first": todos[0] if todos else None,
            "may_read": may_read,
            "lines": lines,
            "at": now,
            "steps": steps,
            "crowded": bool(below.get("may_loop")) and (bool(door.first) or len(todos) > CROWDED),
            "by_community": True,
        }
        | below,
    )


def _narrowed(mate: Teammate, community: int | None) -> Teammate:
    """The teammate as if they worked in the community in view alone: what waits elsewhere waits behind 全部."""
    if community is None:
        return mate
    held = tuple(Held(one.role, community) for one in mate.grants if one.community_id in (None, community))
    return replace(mate, grants=held)


def _below(request: StaffRequest, here: int | None, talks: Sequence[TalkAtHand], now: datetime) -> dict[str, object]:
    """The loop, the warnings and the calendar of what is in view. Five queries at most."""
    mate = request.staff
    view: Scope = Everything() if here is None else Communities(frozenset({here}))
    sees = meet(mate.scope("people.see"), view)
    whose = whose_in(sees, here) if sees else None
    loop = loop_in(whose, figures_of(whose)) if whose is not None else None
    places = [one for one in choices_in(request=request) if here in (None, one.id)]
    warned, warned_at = warnings_of(mate, places, now)
    may_money = covers(mate.scope("money.see"), sees)
    return {
        "may_loop": bool(sees),
        "loop": loop,
        "loop_must_choose": whose is None,
        "strip": strip(loop, may_money=may_money) if loop is not None else [],
        "warnings": warned,
        "warned_at": warned_at,
        "days": days_of(mate, view, talks, now),
    }


@needs("ledger.see")
@require_safe
def today_happened(request: StaffRequest) -> HttpResponse:
    """What happened, newest first. `before` pages by key; a fragment (htmx) is the short list of Today."""
    fragment = bool(request.headers.get("HX-Request"))
    given = request.GET.get("before", "")
    before = int(given) if given.isdecimal() and len(given) < 19 else None
    told = latest_told(before_seq=before, limit=SHORT if fragment else LONG)
    context: dict[str, object] = {"lines": happened(told.entries), "nameless": told.nameless, "at": present()}
    if fragment:
        return render(request, "console/today/latest.html", context)
    address = reverse("console:today_happened")
    older = f"{address}?before={told.older}" if told.older else ""
    context |= {"days": _by_day(context["lines"]), "older": older, "first": address if before else ""}  # type: ignore[arg-type]
    return render(request, "console/today/happened.html", context)


def _by_day(lines: list[Happened]) -> list[tuple[datetime, list[Happened]]]:
    """Lines under the day they were written down; the order stays that of the ledger."""
    days: list[tuple[datetime, list[Happened]]] = []
    for line in lines:
        if not days or timezone.localtime(days[-1][0]).date() != timezone.localtime(line.at).date():
            days.append((line.at, []))
        days[-1][1].append(line)
    return days


def _todos(
    mate: Teammate, now: datetime, door: AtTheDoor, talks: Sequence[TalkAtHand], steps: FirstSteps
) -> Iterator[Todo]:
    yield from sorted(
        (
            *of_admissions(door),
            *of_give(mate, talks, now),
            *of_digests(mate, now),
            *of_sell(mate, now),
            *_of_imports(mate, now),
        ),
        key=lambda one: one.heap != "expiring",
    )
    yield from of_launches(mate)
    yield from _of_suggestions(mate)
    yield from _of_house(mate, now, steps)


def _of_imports(mate: Teammate, now: datetime) -> Iterator[Todo]:
    scope = mate.scope("import.run")
    if not scope:
        return
    found = needing_attention(scope=scope, now=now)
    for batch in found.open[:3]:
        yield _open_import(batch, now)
    if len(found.open) > 3:
        what = format_html(_("<b>%(count)s</b> more files wait") % {"count": "{}"}, len(found.open) - 3)
        href = f"{reverse('console:imports')}?heap=open"
        yield Todo("waiting", "gather", what, _("uploaded, not imported"), "", "", _("See all"), href)
    for batch in found.failed[:3]:
        what = format_html(_("The import of «%(name)s» failed") % {"name": "{}"}, batch.file_name)
        why = " · ".join(filter(None, refusal_words(batch.problem)))
        yield Todo(
            "waiting",
            "gather",
            what,
            why,
            _("failed"),
            "fail",
            _("See why"),
            reverse("console:import", args=[batch.id]),
        )


def _open_import(batch: BatchSeen, now: datetime) -> Todo:
    left = batch.uploaded_at + NEVER_STARTED - now
    hours = max(0, int(left.total_seconds() // 3600))
    what = format_html(_("Import «%(name)s»") % {"name": "{}"}, batch.file_name)
    if batch.problem:
        why = refusal_words(batch.problem)[0]
    elif batch.state == "ready":
        why = " · ".join(filter(None, (source_word(batch), kind_word(batch.kind), _("recognised, not imported yet"))))
    else:
        why = str(NEEDS["place" if batch.kind == "messages" else "shop"])
    until = ngettext("%(count)s hour left", "%(count)s hours left", hours) % {"count": hours}
    name = "console:import_preview" if batch.state == "ready" else "console:import_columns"
    verb = _("See and import") if batch.state == "ready" else _("Have a look")
    return Todo(
        "expiring" if left < SOON else "waiting",
        "gather",
        what,
        why,
        until,
        "wait",
        verb,
        reverse(name, args=[batch.id]),
    )


def _of_suggestions(mate: Teammate) -> Iterator[Todo]:
    href, scope = way("console:suggestions"), meet(mate.scope("people.see"), mate.scope("people.merge"))
    if not href or not scope:
        return
    number = how_many_wait(scope=scope, most=MANY)
    if number:
        text = ngettext(
            "<b>%(count)s</b> pair of records may be one person",
            "<b>%(count)s</b> pairs of records may be one person",
            number,
        )
        what = format_html(text % {"count": "{}"}, f"{number}+" if number == MANY else number)
        why = _("alike, but not sure enough; nothing is merged by itself")
        yield Todo("waiting", "house", what, why, _("waits for you"), "wait", _("Decide"), href)


def _of_house(mate: Teammate, now: datetime, steps: FirstSteps) -> Iterator[Todo]:
    retries, keeps = bool(mate.scope("ledger.retry")), bool(mate.scope("settings.change"))
    if not retries and not keeps:
        return
    number, backup = set_aside_and_backup(steps.house)
    if retries and number:
        text = ngettext("<b>%(count)s</b> fact is set aside", "<b>%(count)s</b> facts are set aside", number)
        what = format_html(text % {"count": "{}"}, f"{number:,}")
        why = _("what should have followed from it could not be done")
        yield Todo("waiting", "house", what, why, _("stuck"), "warn", _("Have a look"), reverse("console:today_parked"))
    if keeps and backup.is_due(now=now):
        yield _of_backup(backup, now)


def _of_backup(backup: Backup, now: datetime) -> Todo:
    days = (now - (backup.at or backup.since or now)).days
    if backup.at is None:
        what, why = _("There is no backup yet"), _("the house is %(days)s days old") % {"days": days}
    else:
        what, why = (
            _("The newest backup is %(days)s days old") % {"days": days},
            _("one is made every night; look what stops it"),
        )
    return Todo("house", "house", what, why, _("at risk"), "warn", _("Have a look"), reverse("console:settings"))

"""People (人): the list, searched and filtered. What was typed never stands readable in an address."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongpin.core.audiences.queries import segments
from tongpin.core.audiences.rules import may_change
from tongpin.core.people.comparing import how_many_wait
from tongpin.core.people.listing import BadCursor, Page, PersonRow, people_page
from tongpin.core.people.queries import tags_in_use
from tongpin.core.team.queries import team
from tongpin.core.team.rules import Scope
from tongpin.web.console.people_doors import covers, scope_in_view
from tongpin.web.console.people_filters import PAGE, SEARCH, Chosen, chips, chosen_in, selects, sorts
from tongpin.web.console.people_segments import kept_chips, rule_of
from tongpin.web.console.people_words import (
    TOUCHPOINT_WORDS,
    Word,
    name_or_number,
    sum_words,
)
from tongpin.web.console.sealed import seal, unseal
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.parts import Hint

TAGS_SHOWN = 3

_WHOLE = re.compile(r"[^@\s]+@[^@\s]+|[+#]?[\dA-Za-z\-]{6,}")
"""A phone, a mail, an order number: what finds one person and no other."""


@dataclass(frozen=True, slots=True)
class Line:
    """A person in the list, in words."""

    row: PersonRow
    name: str
    tags: tuple[str, ...]
    more_tags: int
    threads: tuple[tuple[Word, str], ...]
    owner: str
    bought: str


def page_of(scope: Scope, chosen: Chosen, *, after: str = "", limit: int = 50) -> Page:
    """The rows. A mark of another list begins at the first page."""
    try:
        return people_page(
            scope=scope,
            search=chosen.search,
            tag=chosen.tag,
            owner=chosen.owner,
            has_orders={"yes": True, "no": False}.get(chosen.orders),
            via=chosen.via,
            place=chosen.place,
            sort=chosen.sort,
            after=after or None,
            limit=limit,
        )
    except BadCursor:
        return page_of(scope, chosen, limit=limit)


@needs("people.see")
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: StaffRequest) -> HttpResponse:
    """The list. A search comes as POST and leads to a sealed address; what finds one person leads to them."""
    scope = scope_in_view(request)
    if request.method == "POST":
        return _searched(scope, request.POST.get("q", "").strip()[:200])
    may_money = covers(request.staff.scope("money.see"), scope)
    chosen = chosen_in(request, may_money=may_money)
    after = unseal(request.GET.get("after", ""), purpose=PAGE)
    page = page_of(scope, chosen, after=after)
    may_edit = bool(request.staff.scope("people.edit"))
    held = segments()
    names = {mate.id: mate.display_name for mate in team() if mate.state != "off"}
    context = {
        "lines": [line_of(row, names) for row in page.rows],
        "chosen": chosen,
        "searched": chosen.search,
        "sealed": seal(chosen.search, purpose=SEARCH),
        "chips": chips(chosen, request.staff.id),
        "unsearched": chosen.address(search=""),
        "selects": selects(chosen, scope, names),
        "sorts": sorts(may_money=may_money, chosen=chosen),
        "older": chosen.address(after=page.next) if page.next else "",
        "newer": chosen.address(after=page.previous) if page.previous else "",
        "first": chosen.address() if after else "",
        "nobody": chosen.is_plain and not page.rows and not after,
        "may_money": may_money,
        "may_edit": may_edit,
        "may_import": bool(request.staff.scope("import.run")),
        "may_merge": bool(request.staff.scope("people.merge")),
        "tags": [name for _number, name, by_rule in tags_in_use() if not by_rule] if may_edit else [],
        "here": chosen.address(after=after),
        "waiting": _waiting(request, scope),
        "hints": _hints(),
        "by_community": True,
        "kept": kept_chips(held, chosen),
        "may_keep": may_edit and not chosen.search and not rule_of(chosen).says_nothing,
        "over": [
            (str(one.id), one.name)
            for one in held
            if may_change(scope=request.staff.scope("people.edit"), communities=one.communities)
        ],
        "keep": chosen.address(page="console:people_segment_keep"),
    }
    return render(request, "console/people/list.html", context)


def _searched(scope: Scope, typed: str) -> HttpResponse:
    if typed and _WHOLE.fullmatch(re.sub(r"[\s()（）]", "", typed)):
        found = people_page(scope=scope, search=typed, sort="new", limit=2)
        if len(found.rows) == 1 and found.next is None:
            return redirect("console:person", person_id=found.rows[0].person_id)
    return redirect(Chosen(search=typed).address())


def _waiting(request: StaffRequest, scope: Scope) -> int:
    return how_many_wait(scope=scope) if request.staff.scope("people.merge") else 0


def line_of(row: PersonRow, names: dict[int, str]) -> Line:
    """A row in words. `names` are those of the team."""
    return Line(
        row=row,
        name=name_or_number(row.display_name, row.person_id),
        tags=tuple(name for _number, name in row.tags[:TAGS_SHOWN]),
        more_tags=max(len(row.tags) - TAGS_SHOWN, 0),
        threads=tuple(TOUCHPOINT_WORDS[point] for point in row.touchpoints),
        owner=names.get(row.owner, "") if row.owner is not None else "",
        bought=sum_words(row.net_fen, row.currency) if row.orders else "",
    )


def _hints() -> list[Hint]:
    return [
        Hint(
            _("From a shop"),
            _("Export orders or customers there and bring the file in: who bought becomes a person here."),
        ),
        Hint(
            _("From a group"),
            _("Export the chat on a computer and bring it in: everybody who spoke becomes a person here."),
        ),
        Hint(_("At the counter"), _("Add them on your phone: a phone number or a WeChat name is enough.")),
    ]

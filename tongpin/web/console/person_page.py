"""One person (一个人): who, what holds them, why records were merged, what they bought, what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tongpin.core.people.queries import in_scope, person_card
from tongpin.core.people.roots import PersonUnknown
from tongpin.core.people.seen import PersonCard
from tongpin.core.team.queries import Teammate
from tongpin.core.team.rules import Communities, Everything, Right, Scope
from tongpin.web.console import person_parts as parts
from tongpin.web.console.likeness_words import band
from tongpin.web.console.people_doors import may
from tongpin.web.console.people_words import (
    BASES_BY_HAND,
    BASIS_WORDS,
    CHANNEL_WORDS,
    LIFE_EXAMPLES,
    LIFE_WORDS,
    PURPOSE_WORDS,
    name_or_number,
    sum_words,
    via_word,
)
from tongpin.web.console.person_story import told_to
from tongpin.web.console.person_trust import trust_of
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.tags.words import listed

CHOICES = {
    "purposes": PURPOSE_WORDS.items(),
    "channels": CHANNEL_WORDS.items(),
    "bases": [(code, BASIS_WORDS[code]) for code in BASES_BY_HAND],
    "life": [(code, word, LIFE_EXAMPLES[code]) for code, word in LIFE_WORDS.items()],
}
"""What the small forms of the page offer."""


@dataclass(frozen=True, slots=True)
class May:
    """What the reader may do with this person."""

    edit: bool
    merge: bool
    export: bool
    erase: bool
    money: bool
    speak: bool


def reaches(scope: Scope, card: PersonCard) -> bool:
    """Whether a scope holds this person, by the places they are in. No query."""
    if isinstance(scope, Everything):
        return True
    return isinstance(scope, Communities) and any(place.community_id in scope.ids for place in card.places)


def rights_over(mate: Teammate, card: PersonCard) -> May:
    """What a teammate may do with a person."""

    def holds(right: Right) -> bool:
        return reaches(mate.scope(right), card)

    return May(
        edit=holds("people.edit"),
        merge=holds("people.merge"),
        export=holds("people.export"),
        erase=holds("people.erase"),
        money=holds("money.see"),
        speak=bool(mate.scope("places.edit")) and card.erased_at is None,
    )


def card_or_404(request: StaffRequest, person_id: int) -> PersonCard:
    """Everything of a person within the view's scope. The card itself tells in which communities they are."""
    if person_id >= 1 << 63:
        raise Http404
    try:
        card = person_card(person_id=person_id, may_see_contact=may(request, "people.contact", person_id))
    except PersonUnknown:
        raise Http404 from None
    if not reaches(request.scope, card) and not in_scope(person_id=person_id, scope=request.scope):
        raise Http404
    return card


@needs("people.see")
@require_safe
def person(request: StaffRequest, person_id: int) -> HttpResponse:
    """The page. A record that was merged leads to the person it belongs to."""
    card = card_or_404(request, person_id)
    if card.person_id != person_id:
        return redirect("console:person", person_id=card.person_id)
    return person_answer(request, card)


def person_answer(
    request: StaffRequest, card: PersonCard, *, opened: parts.Opened | None = None, status: int = 200
) -> HttpResponse:
    """The page of a card; with `opened` some values in full, for this answer alone."""
    if card.erased_at is not None:
        return render(request, "console/people/erased.html", {"card": card})
    return render(request, "console/people/person.html", _context(request, card, opened or {}), status=status)


def _context(request: StaffRequest, card: PersonCard, opened: parts.Opened) -> dict[str, Any]:
    held = rights_over(request.staff, card)
    shops = {order.place_id for order in card.purchases.latest}
    others = {one.person_id for one in (*card.brought_by, *card.brought)} | {one.person_id for one in card.doubts}
    told, around = told_to(
        request, card.person_id, card.members, card.counts, money=held.money, places=shops, people=others
    )
    full_name = listed(opened.get("name", ()))
    return {
        "card": card,
        "name": name_or_number(card.display_name, card.person_id),
        "called": [name for name in around.called if name != card.display_name],
        "real_name": full_name or (card.name_masked if card.name_masked != card.display_name else ""),
        "show_name": "" if full_name else parts.show_url(card.person_id, card.unmask_name),
        "may": held,
        "via": via_word(card.via),
        "owner": around.title("staff", card.owner) if card.owner is not None else "",
        "owner_works": card.owner in around.team,
        "owners": sorted(around.team.items(), key=lambda pair: (pair[0] != request.staff.id, pair[1])),
        "all_tags": around.by_hand if held.edit else [],
        "threads": parts.threads(card, opened=opened, scope=request.scope),
        "lacking": parts.lacking(card),
        "told": parts.traits(card, opened=opened),
        "life": parts.life(card.life, card.person_id, opened=opened),
        "addable": parts.ADDABLE,
        "merged": parts.merged(card.merged, around=around),
        "brought_by": parts.relations(card.brought_by, seen=around.people),
        "brought": parts.relations(card.brought, seen=around.people),
        "doubts": [
            (one, name_or_number(one.display_name, one.person_id), band(one.score), parts.reasons(one.grounds))
            for one in card.doubts
            if one.person_id in around.people
        ],
        "trust": trust_of(card.person_id),
        "orders": parts.orders(card.purchases.latest, around=around, money=held.money),
        "net": sum_words(card.purchases.net_fen, card.purchases.currency) if held.money else "",
        "consents": parts.consents(card.consents),
        "choices": CHOICES,
        "story": told,
    }

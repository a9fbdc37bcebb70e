"""Reads of people for screens: lists, one person with everything, their timeline."""

from __future__ import annotations

from typing import Literal

from django.db import connection

from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.facts.form import Step
from tongpin.core.ledger.entries import Entry
from tongpin.core.ledger.queries import Cursor, timeline
from tongpin.core.people.asking import in_communities
from tongpin.core.people.calling import display_names
from tongpin.core.people.card import person_card
from tongpin.core.people.consents import may_contact
from tongpin.core.people.listing import BadCursor, Page, PersonRow, Sort, people_page
from tongpin.core.people.models import Tag
from tongpin.core.people.roots import records_of, root_of
from tongpin.core.team.rules import Everything, Scope


def timeline_of(
    *, person_id: int, step: Step | Literal[""] = "", before: Cursor | None = None, limit: int = 50
) -> list[Entry]:
    """What the ledger tells of a person, newest first, all merged records together; of one step only, where asked."""
    kinds = [kind for kind, fact in CATALOGUE.items() if fact.step == step] if step else None
    return timeline(person_ids=records_of(person_id=person_id), kinds=kinds, before=before, limit=limit)


def in_scope(*, person_id: int, scope: Scope) -> bool:
    """Whether a teammate with this scope may see the person: over the whole house, or in one of the communities."""
    if isinstance(scope, Everything):
        return True
    if not scope:
        return False
    asked = in_communities(sorted(scope.ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"select exists (select from person p where p.id = %s and {asked.sql})",
            [root_of(person_id=person_id), *asked.values],
        )
        return bool(cursor.fetchone()[0])


def tags_in_use() -> list[tuple[int, str, bool]]:
    """Every tag as (number, name, whether it follows a rule), by name."""
    return [(tag.pk, tag.name, tag.rule is not None) for tag in Tag.objects.order_by("name")]


__all__ = [
    "BadCursor",
    "Page",
    "PersonRow",
    "Sort",
    "display_names",
    "in_scope",
    "may_contact",
    "people_page",
    "person_card",
    "tags_in_use",
    "timeline_of",
]

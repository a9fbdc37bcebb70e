"""Adopting a charter, and agreeing to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from django.db import transaction

from tongpin.core.facts.charter import CharterAccepted, CharterAdopted
from tongpin.core.ledger.actions import record
from tongpin.core.people.roots import members_of, present
from tongpin.loop.gather.charter.models import Acceptance, CharterEdition
from tongpin.loop.gather.charter.queries import charter_of
from tongpin.loop.gather.charter.rules import Charter, wrong_with
from tongpin.loop.gather.ground import held_community, paragraph, sentences

SAY = {
    "no_rule": "write at least one rule",
    "too_many_rules": "that is more rules than anybody reads; keep to 40",
    "too_many_lines": "keep to 20 rituals and 20 sources of content",
    "strange_role": "choose the roles from the list, each once",
}


class BadCharter(ValueError):
    """The charter cannot be adopted; `reason` is a code of `SAY`."""

    def __init__(self, reason: str) -> None:
        super().__init__(SAY[reason])
        self.reason = reason


class NotInForce(Exception):
    """Another edition is in force than the one agreed to; `edition` is it, 0 where there is none."""

    def __init__(self, edition: int) -> None:
        super().__init__("the rules have changed since you read them; read them again, then agree")
        self.edition = edition


@transaction.atomic
def adopt_charter(*, community_id: int, charter: Charter, at: datetime, actor: str) -> int:
    """Puts a new edition in force and returns its number. The same charter again stays the edition it is.

    Who agreed to an earlier edition has not agreed to this one. Raises BadCharter, CommunityUnknown, CommunityClosed.
    """
    kept = replace(
        charter,
        rules=sentences(charter.rules),
        rituals=sentences(charter.rituals),
        content_sources=sentences(charter.content_sources),
        goal=paragraph(charter.goal),
        plan=paragraph(charter.plan),
    )
    if reason := wrong_with(kept):
        raise BadCharter(reason)
    community = held_community(community_id=community_id)
    last = charter_of(community_id=community_id)
    if last is not None and last.charter == kept:
        return last.edition
    edition = last.edition + 1 if last else 1
    columns = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(kept).items()}
    CharterEdition.objects.create(community=community, edition=edition, adopted_at=at, adopted_by=actor[:60], **columns)
    told = CharterAdopted(
        community=community.pk,
        edition=edition,
        rules=len(kept.rules),
        roles=len(kept.roles),
        rituals=len(kept.rituals),
    )
    record(told, at=at, actor=actor)
    return edition


@transaction.atomic
def accept_charter(*, community_id: int, person_id: int, edition: int, at: datetime, actor: str) -> bool:
    """A person agrees to the edition in force. False where they did with any of their records.

    Raises NotInForce, PersonUnknown, PersonIsErased.
    """
    person = present(person_id=person_id)
    row = CharterEdition.objects.filter(community=community_id).order_by("-edition").first()
    if row is None or row.edition != edition:
        raise NotInForce(row.edition if row else 0)
    if Acceptance.objects.filter(charter=row, person__in=members_of(root=person.pk)).exists():
        return False
    Acceptance.objects.create(charter=row, person_id=person_id, accepted_at=at)
    record(CharterAccepted(community=community_id, edition=edition), at=at, person_id=person_id, actor=actor)
    return True


def forget(person_ids: Sequence[int]) -> None:
    """Erasing people: what they agreed to goes with them."""
    Acceptance.objects.filter(person__in=person_ids).delete()

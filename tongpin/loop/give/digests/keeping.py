"""What the deeds of digests share: a digest held still, and what was said in its stretch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tongpin.core.people.models import Person
from tongpin.core.people.roots import roots_of
from tongpin.core.places.models import Message
from tongpin.loop.give.digests.models import Digest
from tongpin.loop.give.digests.rules import Said
from tongpin.loop.give.talks.models import Segment

MOST_HEARD = 20_000
"""Messages of one stretch that are looked at; the newest are left out beyond that."""


class DigestUnknown(LookupError):
    """There is no such digest."""

    def __init__(self) -> None:
        super().__init__("there is no such digest; look the number up again")


def held_digest(*, digest_id: int) -> Digest:
    """The digest, its row locked until the transaction ends. Raises DigestUnknown."""
    digest = Digest.objects.select_for_update(no_key=True).filter(pk=digest_id).first()
    if digest is None:
        raise DigestUnknown
    return digest


def said_in(*, place_ids: Sequence[int], first: datetime, last: datetime) -> list[Said]:
    """What people said in places in a stretch, in order; what was recalled or has no words is left out. Three queries."""
    rows = Message.objects.filter(
        place__in=place_ids, said_at__gte=first, said_at__lte=last, kind="text", recalled_at=None
    )
    told = list(
        rows.exclude(words="")
        .order_by("said_at", "pk")
        .values_list("pk", "person_id", "said_at", "words", "reply_to", "place_id")[:MOST_HEARD]
    )
    roots, staff = _people({person for _, person, *_ in told if person is not None})
    return [
        Said(
            "message",
            number,
            None if person is None else roots[person],
            at,
            words,
            reply_to or 0,
            staff=person is not None and roots[person] in staff,
            place_id=place,
        )
        for number, person, at, words, reply_to, place in told
    ]


def said_on_stage(*, talk_id: int, guest_person_id: int | None) -> list[Said]:
    """What the guest of a talk gave in words; of a guest who is nobody's record nothing, as nobody can be asked."""
    if guest_person_id is None:
        return []
    roots, staff = _people({guest_person_id})
    root = roots[guest_person_id]
    rows = Segment.objects.filter(talk=talk_id, redacted_at=None).exclude(words="").order_by("number")
    # A stage is no place of the chat: nothing said in a group stands beside it.
    return [Said("segment", row.pk, root, row.at, row.words, staff=root in staff, place_id=-1) for row in rows]


def _people(ids: set[int]) -> tuple[dict[int, int], frozenset[int]]:
    roots = roots_of(person_ids=ids)
    people = Person.objects.filter(pk__in=set(roots.values()), internal=True)
    return roots, frozenset(people.values_list("pk", flat=True))

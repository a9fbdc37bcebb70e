"""What a person gets of places when they ask for their data: where they are, and what they said."""

from __future__ import annotations

from collections.abc import Iterable

from tongpin.core.people.exporting import Section
from tongpin.core.places.models import Membership, Message


def export_places(person_ids: tuple[int, ...]) -> Iterable[Section]:
    """Memberships and own messages with their words, oldest first."""
    memberships = Membership.objects.filter(person__in=person_ids).select_related("place").order_by("pk")
    yield Section(
        "did",
        "memberships",
        [
            {
                "place": one.place.name,
                "kind": one.place.kind,
                "called": one.called,
                "role": one.role,
                "since": one.joined_at or one.first_seen_at,
                "left": one.left_at,
            }
            for one in memberships
        ],
    )
    said = Message.objects.filter(person_id__in=person_ids).select_related("place").order_by("said_at", "pk")
    yield Section(
        "did",
        "messages",
        [{"at": one.said_at, "place": one.place.name, "kind": one.kind, "words": one.words} for one in said],
    )

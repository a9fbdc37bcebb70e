"""A group that talks come to is closed (群停用): what still waits to be pasted there is called off, and nothing follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tongpin.core.places import closing
from tongpin.core.sending.errands import decline_errands
from tongpin.core.sending.models import Errand
from tongpin.loop.give.talks.models import Talk, TalkPlace

GONE = "place_gone"
"""Why an errand is called off whose group was closed."""


class StillLive(Exception):
    """A guest speaks to the group now; `title` is their talk's."""

    def __init__(self, *, title: str) -> None:
        super().__init__("a guest speaks to this group now; end the talk first")
        self.title = title


@dataclass(frozen=True, slots=True)
class Owed:
    """What a group is still to get: the talk that is live there, those announced to it, cards somebody is to paste."""

    live: str
    announced: tuple[str, ...]
    cards: int


def owed_to(*, place_id: int) -> Owed:
    """Two queries."""
    told = TalkPlace.objects.filter(place=place_id, state=TalkPlace.State.INVITED)
    told = told.filter(talk__state__in=(Talk.State.ANNOUNCED, Talk.State.LIVE)).order_by("talk__starts_at", "talk")
    talks = list(told.values_list("talk__state", "talk__title"))
    return Owed(
        live=next((title for state, title in talks if state == Talk.State.LIVE), ""),
        announced=tuple(title for state, title in talks if state == Talk.State.ANNOUNCED),
        cards=Errand.objects.filter(place=place_id, state=Errand.State.GIVEN).count(),
    )


@transaction.atomic
def close_group(*, place_id: int, community_id: int, at: datetime, actor: str) -> bool:
    """Closes a group of a community and calls off the errands for it. False where it was closed already.

    Raises StillLive, GroupUnknown.
    """
    if not closing.close_group(place_id=place_id, community_id=community_id, at=at, actor=actor):
        return False
    if live := owed_to(place_id=place_id).live:
        raise StillLive(title=live)
    errands = Errand.objects.filter(place=place_id, state=Errand.State.GIVEN).values_list("pk", flat=True)
    decline_errands(errand_ids=list(errands), reason=GONE, at=at, actor=actor)
    return True

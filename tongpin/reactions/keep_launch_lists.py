"""When something of a community's launch stands, its checklist says so."""

from __future__ import annotations

from contextlib import suppress

from tongpin.core.ledger.entries import Entry
from tongpin.loop.gather.ground import CommunityClosed, CommunityUnknown
from tongpin.loop.gather.launch.actions import tick_checklist


def tick_launch_list(entry: Entry) -> None:
    """Records what of the checklist stands now. A place of no community has none."""
    community = int(entry.body.get("community") or 0)
    if community:
        with suppress(CommunityUnknown, CommunityClosed):  # it ended meanwhile: nothing is launched any more
            tick_checklist(community_id=community, at=entry.at, actor=entry.actor or "system")

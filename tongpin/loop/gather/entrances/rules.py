"""Which ways in there are, and why one is given up."""

from __future__ import annotations

from tongpin.loop.gather.charter.rules import DOORS

ONLINE = ("past_customers", "review_site", "short_video", "article", "public_class", "ads", "lesson", "forum", "search")
OFFLINE = ("expo", "event", "party", "counter", "parcel")
EITHER = ("own_contacts", "partner")
CHANNELS = (*ONLINE, *OFFLINE, *EITHER)
"""Where people come from (MISSION G4)."""

REASONS = ("did_not_pay", "budget_spent", "over", "paused")
"""Why an entrance is closed."""


def wrong_with(*, channel: str, name: str, door: str) -> str | None:
    """Why there can be no such entrance: no_name, strange_channel, strange_door. None where there can."""
    if not name:
        return "no_name"
    if channel not in CHANNELS:
        return "strange_channel"
    return None if door in DOORS else "strange_door"

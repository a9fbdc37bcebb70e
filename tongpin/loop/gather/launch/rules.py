"""The launch checklist (开群清单): what must stand before a door opens, and what had better."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tongpin.loop.gather.charter.rules import DOORS

ITEMS: dict[str, bool] = {
    "positioning": True,
    "rules": True,
    "welcome": True,
    "threshold": True,
    "place": True,
    "roles": False,
    "rituals": False,
    "content": False,
    "goal": False,
    "plan": False,
    "entrance": False,
}
"""Items in the order of the list → whether a door stays shut without it."""

DOOR_REASONS = ("full", "unstable", "closing", "paused")
"""Why a door is shut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands of a community. `positioning_lacks`: needed parts of the canvas that are empty. `questions`: None where
    nobody decided what applicants are asked; 0 is a decision."""

    positioning_lacks: tuple[str, ...]
    rules: int = 0
    roles: int = 0
    rituals: int = 0
    content_sources: int = 0
    goal: bool = False
    plan: bool = False
    welcome_steps: int = 0
    questions: int | None = None
    places: int = 0
    entrances: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist. `count` is how many there are (rules, steps, questions…), where they are counted."""

    code: str
    needed: bool
    stands: bool
    count: int | None = None


def checklist(standing: Standing) -> tuple[Item, ...]:
    """Every item with whether it stands."""
    counts: dict[str, int | None] = {
        "rules": standing.rules,
        "welcome": standing.welcome_steps,
        "threshold": standing.questions,
        "place": standing.places,
        "roles": standing.roles,
        "rituals": standing.rituals,
        "content": standing.content_sources,
        "entrance": standing.entrances,
    }
    stands = {
        **{code: bool(count) for code, count in counts.items()},
        "positioning": not standing.positioning_lacks,
        "threshold": standing.questions is not None,
        "goal": standing.goal,
        "plan": standing.plan,
    }
    return tuple(Item(code, needed, stands[code], counts.get(code)) for code, needed in ITEMS.items())


def missing(items: Collection[Item]) -> tuple[str, ...]:
    """Codes of what must still be done before a door opens."""
    return tuple(item.code for item in items if item.needed and not item.stands)


def suggested_door(open_doors: Collection[str]) -> str | None:
    """The door to open next: seeds first, then by members' invitation, then everybody. A suggestion; None at the end."""
    widest = max((DOORS.index(door) for door in open_doors), default=-1)
    return DOORS[widest + 1] if widest + 1 < len(DOORS) else None

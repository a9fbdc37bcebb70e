"""The table of consequences (后果): which functions follow which fact, lane by lane.

Read it like a sentence: when this happened, do that. A reaction runs after the fact has committed, exactly once, in the
order of its subject. To add one, write an imperative function in a module of this folder and give it a line here.
"""

from __future__ import annotations

from collections.abc import Mapping

from tongpin.core.facts.form import Lane
from tongpin.core.ledger.lanes import Reaction
from tongpin.reactions.keep_launch_lists import tick_launch_list
from tongpin.reactions.keep_people_known import look_for_likeness

REACTIONS: tuple[tuple[Lane, Reaction], ...] = (
    ("people", Reaction("import.finished", look_for_likeness)),
    ("people", Reaction("positioning.written", tick_launch_list)),
    ("people", Reaction("charter.adopted", tick_launch_list)),
    ("people", Reaction("place.opened", tick_launch_list)),
    ("people", Reaction("place.assigned", tick_launch_list)),
    ("people", Reaction("entrance.made", tick_launch_list)),
)

LANES: tuple[Lane, ...] = ("session", "money", "people", "bulk")


def table_of(lane: Lane) -> Mapping[str, tuple[Reaction, ...]]:
    """The lines of one lane by kind of fact."""
    lines: dict[str, tuple[Reaction, ...]] = {}
    for where, reaction in REACTIONS:
        if where == lane:
            lines[reaction.kind] = (*lines.get(reaction.kind, ()), reaction)
    return lines

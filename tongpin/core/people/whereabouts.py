"""Where people are is known one layer up; that layer tells here how its tables are asked.

What is registered is a relation: rows (person_id, place_id, place_kind, place_name, community_id) of who is where now.
"""

from __future__ import annotations

_RELATION: list[str] = []


class WhereaboutsUnknown(RuntimeError):
    """No layer has registered where people are: without it a filter by place or community must not be answered."""


def register_whereabouts(relation: str) -> None:
    """`relation` is a SELECT in SQL without parameters, which PostgreSQL can look into (no grouping, no limit)."""
    _RELATION[:] = [relation]


def whereabouts() -> str:
    """The registered relation as a sub-select, ready to stand after `from`. Raises WhereaboutsUnknown."""
    if not _RELATION:
        raise WhereaboutsUnknown("core/places has not registered its memberships; call register_whereabouts at start")
    return f"({_RELATION[0]})"

"""What a charter must hold, and what may not stand in it."""

from __future__ import annotations

from dataclasses import dataclass

ROLES = (
    "creator",
    "manager",
    "payer",
    "contributor",
    "participant",
    "onlooker",
    "collaborator",
    "volunteer",
)
"""The eight roles of a community (MISSION G3)."""

DOORS = ("seeds", "members", "public")
"""The doors of a community in the order that serves it (MISSION G10): seed users, by members' invitation, everybody."""

MOST_RULES = 40
MOST_LINES = 20
"""Rituals and content sources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """Rules, rituals and content sources are sentences of people; roles are codes of `ROLES`."""

    rules: tuple[str, ...]
    roles: tuple[str, ...] = ()
    rituals: tuple[str, ...] = ()
    content_sources: tuple[str, ...] = ()
    goal: str = ""
    plan: str = ""


def wrong_with(charter: Charter) -> str | None:
    """Why this charter cannot be adopted: no_rule, too_many_rules, too_many_lines, strange_role. None where it can."""
    if not charter.rules:
        return "no_rule"
    if len(charter.rules) > MOST_RULES:
        return "too_many_rules"
    if max(len(charter.rituals), len(charter.content_sources)) > MOST_LINES:
        return "too_many_lines"
    if len(set(charter.roles)) < len(charter.roles) or not set(charter.roles) <= set(ROLES):
        return "strange_role"
    return None

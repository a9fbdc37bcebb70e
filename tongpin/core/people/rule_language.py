"""The language of rules for tags: literal JSON over what is known of people. Pure; `rule_tags` asks the database.

["orders", "at_least", 3]
{"all": [["spent_fen", "at_least", 50000], {"not": ["last_active", "days_at_most", 30]}]}
{"any": [["identity", "held", "phone"], ["place", "in", 12]]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tongpin.base.text import fold

DEEPEST = 4
MOST = 20

TESTS: dict[str, tuple[str, ...]] = {
    "orders": ("at_least", "at_most"),
    "spent_fen": ("at_least", "at_most"),
    "last_active": ("before", "after", "days_at_least", "days_at_most"),
    "identity": ("held",),
    "place": ("in",),
    "community": ("in",),
    "via": ("is",),
    "nickname": ("contains",),
}
"""What may be asked. `last_active` knows only people who did something themselves."""


class BadRule(ValueError):
    """The rule cannot be read; the text says where and what would be right."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One question: a field, a test, a value (a number, a code, a text or a day)."""

    field: str
    test: str
    value: int | str | date


@dataclass(frozen=True, slots=True)
class Both:
    """All parts hold, or (`every` False) at least one."""

    parts: tuple[Rule, ...]
    every: bool


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Rule


Rule = Condition | Both | Not


def read_rule(stored: object) -> Rule:
    """A rule as written. Raises BadRule."""
    rule = _read(stored, 0)
    if sum(1 for _ in conditions(rule)) > MOST:
        raise BadRule(f"at most {MOST} conditions in a rule")
    return rule


def conditions(rule: Rule) -> Iterator[Condition]:
    """Every condition of a rule."""
    if isinstance(rule, Condition):
        yield rule
    elif isinstance(rule, Not):
        yield from conditions(rule.part)
    else:
        for part in rule.parts:
            yield from conditions(part)


def _read(stored: object, depth: int) -> Rule:
    if depth > DEEPEST:
        raise BadRule(f"a rule is nested at most {DEEPEST} deep")
    if isinstance(stored, list | tuple):
        return _condition(list(stored))
    if not isinstance(stored, Mapping) or len(stored) != 1:
        raise BadRule('write ["orders", "at_least", 3], or {"all": […]}, {"any": […]}, {"not": …}')
    ((word, inside),) = stored.items()
    if word == "not":
        return Not(_read(inside, depth + 1))
    if word not in ("all", "any"):
        raise BadRule(f"{str(word)[:40]!r}: a group is called all, any or not")
    if not isinstance(inside, list | tuple) or not inside:
        raise BadRule(f"{word}: give a list with at least one condition")
    return Both(tuple(_read(part, depth + 1) for part in inside), word == "all")


def _condition(parts: list[object]) -> Condition:
    if len(parts) != 3:
        raise BadRule('a condition has three parts, such as ["orders", "at_least", 3]')
    field, test, value = parts
    if not isinstance(field, str) or field not in TESTS:
        raise BadRule(f"{str(field)[:40]!r}: the fields are {', '.join(TESTS)}")
    if test not in TESTS[field]:
        raise BadRule(f"{field}: the tests are {', '.join(TESTS[field])}")
    return Condition(field, str(test), _value(field, str(test), value))


def _value(field: str, test: str, value: object) -> int | str | date:
    if field in ("orders", "spent_fen", "place", "community") or test.startswith("days_"):
        if type(value) is not int or not 0 <= value < 2**53:
            raise BadRule(f"{field} {test}: give a whole number, not below 0")
        return value
    if field == "last_active":
        try:
            return date.fromisoformat(str(value))
        except ValueError as error:
            raise BadRule(f"{field} {test}: give a day such as 2026-11-22") from error
    if not isinstance(value, str) or not value.strip():
        raise BadRule(f"{field} {test}: give a text")
    if field == "nickname" and not fold(value):
        raise BadRule("nickname contains: give letters or characters to look for")
    return value.strip()[:120]

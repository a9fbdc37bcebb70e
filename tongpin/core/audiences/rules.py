"""What a segment's rule may say: the filters of the list of people, as plain values. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from tongpin.core.team.rules import Communities, Everything, Scope

_VIA = re.compile(r"[a-z_]{1,20}(:\d{1,18})?")
_NUMBERS = ("tag", "owner", "place")
_MOST = 2**63


class BadRule(ValueError):
    """The rule cannot be read; the text says what would be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """All that is set must hold: bears a tag, is in a teammate's care, bought or not, came by, is in a place."""

    tag: int | None = None
    owner: int | None = None
    has_orders: bool | None = None
    via: str = ""
    place: int | None = None

    @property
    def says_nothing(self) -> bool:
        """True where everybody fits."""
        return self == Rule()


def reach_of(*, scope: Scope, place_community: int | None) -> frozenset[int] | None:
    """Whose a segment is that is kept within `scope`: the communities it lies in, the one of its place where it names one.

    Empty: the whole house's. None where the scope does not hold the place.
    """
    if place_community is not None:
        return frozenset({place_community}) if scope.holds(place_community) else None
    return scope.ids if isinstance(scope, Communities) else frozenset()


def may_change(*, scope: Scope, communities: frozenset[int]) -> bool:
    """Whether a scope covers all that a segment is of; what is of the whole house asks for the whole house."""
    if isinstance(scope, Everything):
        return True
    return bool(communities) and communities <= scope.ids


def written(rule: Rule) -> dict[str, int | bool | str]:
    """The rule as it is kept: only what is set."""
    return {name: value for name, value in asdict(rule).items() if value is not None and value != ""}


def read(stored: object) -> Rule:
    """A rule as it was kept. Raises BadRule."""
    if not isinstance(stored, Mapping):
        raise BadRule('write {"tag": 3, "has_orders": true}')
    known = {"tag", "owner", "has_orders", "via", "place"}
    if strange := sorted(str(name)[:40] for name in stored.keys() - known):
        raise BadRule(f"{', '.join(strange)}: a rule may say {', '.join(sorted(known))}")
    for name in _NUMBERS:
        value = stored.get(name)
        if value is not None and (type(value) is not int or not 0 < value < _MOST):
            raise BadRule(f"{name}: give a number from 1 on")
    bought = stored.get("has_orders")
    if bought is not None and type(bought) is not bool:
        raise BadRule("has_orders: say true or false")
    via = stored.get("via", "")
    if not isinstance(via, str) or (via and not _VIA.fullmatch(via)):
        raise BadRule("via: give a code such as import or import:12")
    return Rule(tag=stored.get("tag"), owner=stored.get("owner"), has_orders=bought, via=via, place=stored.get("place"))

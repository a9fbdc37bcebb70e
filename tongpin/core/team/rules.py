"""Who may do what: roles, rights, scopes. Pure; the doors ask here and nowhere else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Literal, get_args

Role = Literal["owner", "manager", "operator", "assistant", "analyst", "viewer"]
Right = Literal[
    "people.see",
    "people.contact",
    "people.edit",
    "people.merge",
    "people.export",
    "people.erase",
    "messages.see",
    "places.see",
    "places.edit",
    "goods.see",
    "goods.edit",
    "money.see",
    "import.see",
    "import.run",
    "import.take_back",
    "download",
    "ledger.see",
    "ledger.retry",
    "keys.manage",
    "hooks.manage",
    "team.manage",
    "audit.see",
    "settings.change",
    "backup.run",
    "api.use",
]
PassKind = Literal["guest", "volunteer", "secretary", "product_maker", "supplier", "sponsor"]
PassRight = Literal["stage.speak", "duty.answer", "roster.keep", "feedback.see", "quote.give", "proof.see"]

ROLES: tuple[Role, ...] = get_args(Role)
RIGHTS: tuple[Right, ...] = get_args(Right)
PASS_KINDS: tuple[PassKind, ...] = get_args(PassKind)

HOUSE_RIGHTS: frozenset[Right] = frozenset(
    {
        "ledger.see",
        "ledger.retry",
        "keys.manage",
        "hooks.manage",
        "team.manage",
        "audit.see",
        "settings.change",
        "backup.run",
    }
)
"""Rights over what belongs to no community. A grant for one community never gives them."""


@dataclass(frozen=True, slots=True)
class RoleRow:
    """What a role may do, and why it may that and no more."""

    rights: frozenset[Right]
    reason: str


_VIEWER: frozenset[Right] = frozenset({"people.see", "places.see", "goods.see", "import.see"})
_ASSISTANT: frozenset[Right] = _VIEWER | {"people.edit", "messages.see"}
_OPERATOR: frozenset[Right] = _ASSISTANT | {
    "people.contact",
    "people.merge",
    "places.edit",
    "goods.edit",
    "money.see",
    "import.run",
    "import.take_back",
    "ledger.see",
}
_ANALYST: frozenset[Right] = _VIEWER | {"money.see", "ledger.see", "download", "api.use"}

ROLE_RIGHTS: dict[Role, RoleRow] = {
    "owner": RoleRow(
        frozenset(RIGHTS),
        "The house is theirs: everything, alone the whole-house copy (backup.run) and other owners and managers.",
    ),
    "manager": RoleRow(
        frozenset(RIGHTS) - {"backup.run"},
        "Runs the house day by day, answers members who ask for their data (export, erase) and staffs the team.",
    ),
    "operator": RoleRow(
        _OPERATOR,
        "Does the work with members: must reach them, tidy records and bring lists in; carries nothing out.",
    ),
    "assistant": RoleRow(
        _ASSISTANT,
        "Helps in groups: adds people, notes and tags, reads what was said; sees contact data masked.",
    ),
    "analyst": RoleRow(
        _ANALYST,
        "Works on figures and takes tables away; needs no contact data, no words of members and changes nothing.",
    ),
    "viewer": RoleRow(_VIEWER, "Looks: masked people, places, goods and what was imported; no money, no changes."),
}

PASS_RIGHTS: dict[PassKind, tuple[frozenset[PassRight], str]] = {
    "guest": (frozenset({"stage.speak"}), "A guest (嘉宾) speaks from the stage page of one talk."),
    "volunteer": (frozenset({"duty.answer"}), "A volunteer (志愿者) answers one duty."),
    "secretary": (frozenset({"roster.keep"}), "A secretary (秘书) keeps one list."),
    "product_maker": (frozenset({"feedback.see"}), "A product maker (产品方) sees feedback on one product."),
    "supplier": (frozenset({"quote.give"}), "A supplier (供应商) gives a quote for one order."),
    "sponsor": (frozenset({"proof.see"}), "A sponsor (赞助商) sees proof of what was delivered for one package."),
}

SENIORITY: dict[Role, int] = {"owner": 3, "manager": 2, "operator": 1, "assistant": 1, "analyst": 1, "viewer": 1}


@dataclass(frozen=True, slots=True)
class Held:
    """A role someone holds: in one community, or (`community_id` None) in the whole house."""

    role: Role
    community_id: int | None = None


@dataclass(frozen=True, slots=True)
class Everything:
    """The scope of a right held over the whole house."""

    def holds(self, community_id: int | None) -> bool:
        """Every thing is inside, also what belongs to no community."""
        return True

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Communities:
    """The scope of a right held in some communities only; empty means not held at all."""

    ids: frozenset[int] = frozenset()

    def holds(self, community_id: int | None) -> bool:
        """What belongs to no community is outside."""
        return community_id in self.ids

    def __bool__(self) -> bool:
        return bool(self.ids)


Scope = Everything | Communities
NOTHING = Communities()


def scope_of(*, grants: Iterable[Held], right: Right) -> Scope:
    """Where a right holds. Falsy where it holds nowhere."""
    places: set[int] = set()
    for grant in grants:
        if right not in ROLE_RIGHTS[grant.role].rights:
            continue
        if grant.community_id is None:
            return Everything()
        if right not in HOUSE_RIGHTS:
            places.add(grant.community_id)
    return Communities(frozenset(places))


def meet(*scopes: Scope) -> Scope:
    """What lies in all of the scopes."""
    narrowed: Scope = Everything()
    for scope in scopes:
        if isinstance(narrowed, Everything):
            narrowed = scope
        elif isinstance(scope, Communities):
            narrowed = Communities(narrowed.ids & scope.ids)
    return narrowed


def allows(*, grants: Iterable[Held], right: Right, community_id: int | None) -> bool:
    """Whether a right holds for a thing of this community (None: a thing of the house)."""
    return scope_of(grants=grants, right=right).holds(community_id)


def seniority(*, grants: Iterable[Held]) -> int:
    """3 owner, 2 manager, 1 anybody else with a role, 0 nobody. Only roles over the whole house count above 1."""
    held = list(grants)
    over_the_house = [SENIORITY[grant.role] for grant in held if grant.community_id is None]
    return max([*over_the_house, 1 if held else 0])


def may_grant(*, actor: Iterable[Held], role: Role) -> bool:
    """An owner gives every role; a manager gives those below manager, so that nobody lifts themselves."""
    level = seniority(grants=actor)
    return level == 3 or (level == 2 and SENIORITY[role] < 2)


def may_manage(*, actor: Iterable[Held], target: Iterable[Held]) -> bool:
    """Whether one may change another's account: a link for them is as good as being them."""
    level = seniority(grants=actor)
    return level == 3 or (level == 2 and all(SENIORITY[grant.role] < 2 for grant in target))


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, for the audit trail. `place` is a network, never a full address."""

    kind: Literal["staff", "token", "pass", "system"]
    id: int | None = None
    place: str = ""


SYSTEM = Actor("system")


def network_of(address: str | None) -> str:
    """An address cut to its network (IPv4 /24, IPv6 /48): enough to see «from elsewhere», too little to find a home."""
    try:
        found = ip_address((address or "").strip())
    except ValueError:
        return ""
    if found.is_loopback:
        return "local"
    return str(ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False))


LOGIN = re.compile(r"[^\s\x00-\x1f\x7f<>\"'&]{2,80}")


class LoginRefused(ValueError):
    """A sign-in name must have 2 to 80 characters, without spaces, quotes or angle brackets."""


def login_form(text: str) -> str:
    """A sign-in name as it is stored and compared, whatever was typed."""
    return unicodedata.normalize("NFKC", text).strip().casefold()[:200]


def checked_login(text: str) -> str:
    """A sign-in name for a new account. Raises LoginRefused."""
    login = login_form(text)
    if not LOGIN.fullmatch(login):
        raise LoginRefused
    return login


_BROWSERS = (("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def device_of(agent: str) -> str:
    """A browser's own name for itself, cut to what a person recognises: «Chrome · Windows»."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "Safari" if "Safari/" in agent else "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return " · ".join(part for part in (browser, system) if part)

"""What the fields of foreign JSON mean (字段含义): a mapping the user makes from a sample, and reading by it.

Anybody's form or shop can so be understood, whether it posts to us or is fetched from. No database here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Literal

import msgspec

from tongpin.base.ids import digest
from tongpin.base.text import clean
from tongpin.channels.sheet.cells import CellProblem
from tongpin.channels.sheet.moments import Moments, day_of
from tongpin.channels.sheet.money import count_of, fen_of
from tongpin.core.people.models import Strength
from tongpin.core.people.signs import NAMESPACED, STRENGTH, BadSign, Sign, sign

SIGNS = ("phone", "mail", "openid", "unionid", "external_userid", "shop_account", "custom")
TOLD = ("nickname", "name", "address", "birthday", "tag")
ORDER = ("order_number", "payable_yuan", "payable_fen", "paid_yuan", "paid_fen", "paid_at", "product", "quantity")
MEANINGS = ("message_id", "happened_at", *SIGNS, *TOLD, *ORDER, "keep")
"""What a field can mean. `keep` stays with the fact as it is; everything unmapped is not kept."""

RECOGNISABLE = frozenset({"message_id", "order_number", *SIGNS})

FIELDS = 200
DEEP = 6
LONGEST = 500
MOST = 500
"""Things taken from one post at most."""

OLDEST = datetime(1995, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
MOST_FEN = 10**13

MappingFault = Literal["unknown_meaning", "meant_twice", "not_recognisable", "too_many"]
Fault = Literal[
    "empty", "too_many", "identity_unreadable", "time_unreadable", "time_far_off", "amount_unreadable",
    "quantity_unreadable", "birthday_unreadable",
]  # fmt: skip


class BadMapping(ValueError):
    """The mapping cannot be used: `fault` says why, `meaning` where it lies."""

    def __init__(self, fault: MappingFault, meaning: str = "") -> None:
        super().__init__(f"{fault} {meaning}".strip())
        self.fault, self.meaning = fault, meaning


class Unusable(ValueError):
    """What came cannot be used: `field` is the meaning it lies in. The value itself is never repeated."""

    def __init__(self, fault: Fault, field: str = "") -> None:
        super().__init__(f"{fault} {field}".strip())
        self.fault, self.field = fault, field


@dataclass(frozen=True, slots=True)
class OrderHeard:
    """An order as one happening tells it."""

    number: str
    payable_fen: int | None = None
    paid_fen: int | None = None
    paid_at: datetime | None = None
    is_paid: bool = False
    product: str = ""
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Heard:
    """One happening as it was read: what makes it the same again, when, whose, and what it tells."""

    message: str
    at: datetime
    signs: tuple[Sign, ...] = ()
    nickname: str = ""
    name: str = ""
    traits: tuple[tuple[str, str], ...] = ()
    life: tuple[tuple[str, str], ...] = ()
    tag: str = ""
    order: OrderHeard | None = None
    kept: tuple[tuple[str, str], ...] = ()


def check_mapping(mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping without fields that mean nothing. Raises BadMapping."""
    used = {path: meaning for path, meaning in mapping.items() if meaning}
    if len(used) > FIELDS:
        raise BadMapping("too_many")
    seen: set[str] = set()
    for meaning in used.values():
        if meaning not in MEANINGS:
            raise BadMapping("unknown_meaning", meaning[:40])
        if meaning in seen and meaning != "keep":
            raise BadMapping("meant_twice", meaning)
        seen.add(meaning)
    if not seen & RECOGNISABLE:
        raise BadMapping("not_recognisable")
    return used


def things_in(content: Any) -> list[Any]:
    """A list of objects is as many happenings, everything else is one. Raises Unusable."""
    if isinstance(content, list) and content and all(isinstance(one, dict) for one in content):
        if len(content) > MOST:
            raise Unusable("too_many")
        return content
    return [content]


def flat(value: Any) -> dict[str, str]:
    """Nested JSON as {"a.b.0.c": "text"}; JSON within a text is opened. At most FIELDS fields, DEEP levels."""
    found: dict[str, str] = {}
    _flatten(value, "", 0, found)
    return found


def _flatten(value: Any, prefix: str, depth: int, found: dict[str, str]) -> None:
    pairs: Sequence[tuple[str, Any]] = ()
    if isinstance(value, dict):
        pairs = [(_safe(str(name))[:60], inner) for name, inner in value.items()]
    elif isinstance(value, list):
        pairs = [(str(i), inner) for i, inner in enumerate(value[:20])]
    for name, inner in pairs:
        if len(found) >= FIELDS:
            return
        opened = _opened(inner) if isinstance(inner, str) else inner
        if isinstance(opened, (dict, list)):
            if depth < DEEP:
                _flatten(opened, f"{prefix}{name}.", depth + 1, found)
        elif inner is not None and (text := _safe(str(inner)).strip()):
            found[prefix + name] = text[:LONGEST]


def _opened(text: str) -> Any:
    """Some shops put their JSON as text into a field of a form."""
    if text[:1] + text[-1:] in ("{}", "[]") and len(text) > 2:
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
            return text
    return text


def _safe(text: str) -> str:
    """Without what PostgreSQL cannot hold."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def read(
    fields: Mapping[str, str],
    mapping: Mapping[str, str],
    *,
    own_scope: str,
    shop_scope: str,
    received_at: datetime,
    zone: tzinfo,
) -> Heard:
    """Reads flat fields by a mapping. Identities that mean something only within a shop lie in `shop_scope`, the
    sender's own numbers in `own_scope`. Raises Unusable."""
    meant: dict[str, str] = {}
    kept: list[tuple[str, str]] = []
    for path, meaning in mapping.items():
        value = fields.get(path, "")
        if value and meaning == "keep":
            kept.append((path[-60:], value))
        elif value:
            meant[meaning] = value
    if not meant and not kept:
        raise Unusable("empty")
    at = _moment(meant, "happened_at", received_at, zone) or received_at
    order = _order(meant, set(mapping.values()), received_at, zone)
    message = clean(meant.get("message_id", ""), limit=200) or _fingerprint(meant, kept)
    signs = _signs(meant, own_scope, shop_scope)
    traits, name = _traits(meant)
    life = tuple((kind, value) for kind in ("address", "birthday") if (value := _life(meant, kind)))
    if not signs and (name or traits or life or "nickname" in meant):
        signs = [Sign("order", shop_scope, order.number) if order else Sign("sheet_row", own_scope, message)]
    return Heard(
        message=message,
        at=at,
        signs=tuple(signs),
        nickname=meant.get("nickname", ""),
        name=name,
        traits=traits,
        life=life,
        tag=clean(meant.get("tag", ""), limit=60),
        order=order,
        kept=tuple(kept),
    )


def _signs(meant: Mapping[str, str], own_scope: str, shop_scope: str) -> list[Sign]:
    found = []
    for kind in SIGNS:
        if kind not in meant:
            continue
        value = meant[kind]
        if "*" in value and kind in ("phone", "mail", "shop_account"):
            continue  # masked: never a key, and no reason to lose the rest
        scope = own_scope if kind == "custom" else shop_scope if kind in NAMESPACED else ""
        try:
            found.append(sign(kind, value, namespace=scope))
        except BadSign as error:
            raise Unusable("identity_unreadable", kind) from error
    return sorted(found, key=lambda one: -STRENGTH[one.kind])


def _traits(meant: Mapping[str, str]) -> tuple[tuple[tuple[str, str], ...], str]:
    """Traits for suggestions, and the real name where it is whole."""
    name, phone = meant.get("name", ""), meant.get("phone", "")
    traits = [("masked_phone", phone)] if "*" in phone else []
    if "*" in name:
        traits.append(("masked_name", name))
        name = ""
    return tuple(traits), name


def _life(meant: Mapping[str, str], kind: str) -> str:
    if kind != "birthday" or not meant.get(kind):
        return meant.get(kind, "")
    try:
        return (day_of(meant[kind]) or "").removeprefix("--")
    except CellProblem as error:
        raise Unusable("birthday_unreadable", kind) from error


def _order(meant: Mapping[str, str], mapped: set[str], received_at: datetime, zone: tzinfo) -> OrderHeard | None:
    number = clean(meant.get("order_number", ""), limit=120)
    if not number:
        return None
    paid_at = _moment(meant, "paid_at", received_at, zone)
    paid = _fen(meant, "paid")
    # A shop that tells when it was paid tells by that whether it was; others are believed when money is named.
    is_paid = paid_at is not None if "paid_at" in mapped else bool(paid)
    return OrderHeard(
        number=number,
        payable_fen=_fen(meant, "payable"),
        paid_fen=paid if is_paid else None,
        paid_at=paid_at,
        is_paid=is_paid,
        product=clean(meant.get("product", ""), limit=190),
        quantity=_quantity(meant),
    )


def _fen(meant: Mapping[str, str], what: str) -> int | None:
    whole = meant.get(f"{what}_fen")
    if whole is not None:
        if not re.fullmatch(r"\d{1,13}", whole, re.ASCII):
            raise Unusable("amount_unreadable", f"{what}_fen")
        return int(whole)
    field = f"{what}_yuan"
    if field not in meant:
        return None
    try:
        fen = fen_of(meant[field])
    except CellProblem as error:
        raise Unusable("amount_unreadable", field) from error
    if fen is not None and not 0 <= fen < MOST_FEN:
        raise Unusable("amount_unreadable", field)
    return fen


def _quantity(meant: Mapping[str, str]) -> int:
    try:
        count = count_of(meant.get("quantity", ""))
    except CellProblem as error:
        raise Unusable("quantity_unreadable", "quantity") from error
    if count is None:
        return 1
    if count != count.to_integral_value() or count < 1:
        raise Unusable("quantity_unreadable", "quantity")
    return int(count)


def _moment(meant: Mapping[str, str], field: str, received_at: datetime, zone: tzinfo) -> datetime | None:
    if field not in meant:
        return None
    try:
        moment = Moments(zone).of(meant[field])
    except CellProblem as error:
        raise Unusable("time_far_off" if error.reason == "time_far_off" else "time_unreadable", field) from error
    if moment is not None and not OLDEST <= moment <= received_at + AHEAD:
        raise Unusable("time_far_off", field)
    return moment


def _fingerprint(meant: Mapping[str, str], kept: Sequence[tuple[str, str]]) -> str:
    """Without a message id the content itself says whether it is the same again."""
    return digest(*sorted(f"{name}={value}" for name, value in (*meant.items(), *kept))).hex()


def is_weak(heard: Heard) -> bool:
    """True where nothing tells for sure who this is."""
    return bool(heard.signs) and all(one.strength != Strength.STRONG for one in heard.signs)

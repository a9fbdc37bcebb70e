"""What a fact is made of."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, TypeVar, dataclass_transform

import msgspec

Lane = Literal["session", "money", "people", "bulk"]
"""In which lane consequences of a fact run, so that an import never delays a talk."""

Step = Literal["gather", "give", "sell", "share", "insight", "house"]
"""The step of the loop a fact belongs to, its colour and filter on a timeline: 聚 予 售 传 察, and the house itself."""


def noun(name: str) -> msgspec.Meta:
    """Marks a field as the id of something, so that a sentence can link it and the lake can say what it points to."""
    return msgspec.Meta(description=name)


PersonId = Annotated[int, noun("person")]
PlaceId = Annotated[int, noun("place")]
Fen = Annotated[int, msgspec.Meta(description="fen")]
Code = Annotated[str, msgspec.Meta(description="code", max_length=200)]
"""A short machine word: a kind, a reason, an outside number. Never a person's words, name or contact data."""

Day = Annotated[str, msgspec.Meta(description="day", max_length=40)]
"""A calendar day in the merchant's zone, YYYY-MM-DD (or a moment, where an assessment is cut within a day)."""

Time = Annotated[datetime, msgspec.Meta(description="time", tz=True)]
Share = Annotated[float, msgspec.Meta(description="share")]
"""A part of a whole or a probability, 0 to 1."""

BasisPoints = Annotated[int, msgspec.Meta(description="basis points")]
"""Hundredths of a percent: a commission of 15 % is 1500."""

COMMON = ("seq", "kind", "at", "recorded_at", "person_id", "place_id", "actor", "source", "origin", "cause", "depth")
TAKEN = frozenset({*COMMON, "version", "withdrawn", "body", "person", "place"})
"""Names that a body may not use: they are said by the entry itself."""

KIND = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")


class FactMeta(msgspec.StructMeta):
    """Every fact takes keywords only; msgspec does not pass that on to subclasses."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **config: Any) -> FactMeta:
        return super().__new__(mcls, name, bases, namespace, **({"kw_only": True} | config))


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, metaclass=FactMeta):
    """The base of all facts. Who, where and when stand in the entry's own columns; the rest is the body.

    `key_fields` are the fields (or `person`, `place`, `at`) that make the natural key. What can recur carries its
    occurrence among them. `further` maps a role (inviter, helper, agent, thanked) to the field that holds a person.
    """

    kind: ClassVar[str]
    version: ClassVar[int]
    step: ClassVar[Step]
    lane: ClassVar[Lane]
    subject: ClassVar[str]
    key_fields: ClassVar[tuple[str, ...]]
    further: ClassVar[dict[str, str]]
    quiet: ClassVar[bool]


F = TypeVar("F", bound=Fact)
KINDS: dict[str, type[Fact]] = {}


def fact(
    kind: str,
    *,
    key: tuple[str, ...],
    step: Step,
    lane: Lane = "people",
    subject: str | None = None,
    further: dict[str, str] | None = None,
    version: int = 1,
    quiet: bool = False,
) -> Callable[[type[F]], type[F]]:
    """Names a fact. `subject` is what its order is kept by (default: the first key field); `quiet` kinds are
    cheap and frequent: readers pass over them unless something asked for them."""

    def name(cls: type[F]) -> type[F]:
        if kind in KINDS:
            raise ValueError(f"the fact {kind} is named twice")
        if not KIND.fullmatch(kind):
            raise ValueError(f"{kind}: a fact is called noun.past")
        own = set(cls.__struct_fields__)
        kept_by = subject or key[0]
        unknown = {kept_by, *key, *(further or {}).values()} - own - {"person", "place", "at"}
        if unknown:
            raise ValueError(f"{kind}: no such field {sorted(unknown)}")
        if own & TAKEN:
            raise ValueError(f"{kind}: {sorted(own & TAKEN)} are said by the entry")
        cls.kind, cls.version, cls.step, cls.lane = kind, version, step, lane
        cls.subject, cls.key_fields = kept_by, key
        cls.further, cls.quiet = further or {}, quiet
        KINDS[kind] = cls
        return cls

    return name


def body(value: Fact) -> dict[str, Any]:
    """The body as it is stored and read back, in JSON's own types: fields that hold their default are left out."""
    return told(type(value), msgspec.json.decode(msgspec.json.encode(value)))


def told(fact: type[Fact], content: dict[str, Any]) -> dict[str, Any]:
    """A body without the fields that only say their default.

    msgspec leaves a default out where it is the very same object; a text that came from a table is an equal one.
    """
    defaults = _defaults(fact)
    return {name: one for name, one in content.items() if name not in defaults or one != defaults[name]}


@cache
def _defaults(fact: type[Fact]) -> dict[str, Any]:
    """The defaults of a fact's fields, in JSON's own types."""
    given = [one for one in msgspec.structs.fields(fact) if one.default is not msgspec.NODEFAULT]
    return {one.encode_name: msgspec.to_builtins(one.default) for one in given}

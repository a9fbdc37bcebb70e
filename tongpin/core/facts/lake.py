"""How facts lie in the lake: one table per kind, the entry's columns, then the body's, derived from the structs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

import msgspec

from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.facts.form import Fact

LakeType = Literal[
    "int64", "float64", "string", "bool", "timestamp", "json", "list<int64>", "list<float64>", "list<string>"
]

_PLAIN: dict[type[msgspec.inspect.Type], LakeType] = {
    msgspec.inspect.IntType: "int64",
    msgspec.inspect.FloatType: "float64",
    msgspec.inspect.StrType: "string",
    msgspec.inspect.BoolType: "bool",
    msgspec.inspect.DateTimeType: "timestamp",
    msgspec.inspect.DictType: "json",
}
_LISTS: dict[LakeType, LakeType] = {"int64": "list<int64>", "float64": "list<float64>", "string": "list<string>"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `meaning` says what its values are: a noun (person, place…), fen, share, day, code, or nothing.

    A column that is neither nullable nor has a default was always told.
    """

    name: str
    type: LakeType
    nullable: bool = False
    default: Any = None
    meaning: str = ""


COMMON: tuple[Column, ...] = (
    Column("seq", "int64"),
    Column("kind", "string"),
    Column("at", "timestamp"),
    Column("recorded_at", "timestamp"),
    Column("person_id", "int64", nullable=True, meaning="person"),
    Column("place_id", "int64", nullable=True, meaning="place"),
    Column("actor", "string", nullable=True),
    Column("source", "string", nullable=True),
    Column("origin", "int64"),
    Column("cause", "int64", nullable=True),
    Column("depth", "int64"),
    Column("version", "int64"),
    Column("withdrawn", "bool"),
)


@cache
def own(kind: str) -> tuple[Column, ...]:
    """The columns of a kind's body, in order. Raises KeyError for a kind that is not in the catalogue."""
    return own_columns(CATALOGUE[kind])


def columns(kind: str) -> tuple[Column, ...]:
    """All columns of a kind, in order. Raises KeyError for a kind that is not in the catalogue."""
    return COMMON + own(kind)


def values(kind: str, body: dict[str, Any]) -> list[Any]:
    """A body (of today's version) as the values of its own columns: defaults filled in, moments as datetimes."""
    return [_value(column, body.get(column.name, column.default)) for column in own(kind)]


def _value(column: Column, value: Any) -> Any:
    if column.type == "timestamp" and isinstance(value, str):
        return datetime.fromisoformat(value)
    return value


def own_columns(cls: type[Fact]) -> tuple[Column, ...]:
    """The body's columns, in the order of the struct's fields. Raises TypeError for a type the lake does not know."""
    info = msgspec.inspect.type_info(cls)
    if not isinstance(info, msgspec.inspect.StructType):
        raise TypeError(f"{cls.__name__} is no struct")
    return tuple(_column(cls.kind, field) for field in info.fields)


def _column(kind: str, field: msgspec.inspect.Field) -> Column:
    meaning, found = _bare(field.type)
    nullable = False
    if isinstance(found, msgspec.inspect.UnionType):
        nullable = True
        inner = [part for part in found.types if not isinstance(part, msgspec.inspect.NoneType)]
        if len(inner) != 1:
            raise TypeError(f"{kind}: {field.name} may be of one type only")
        meaning, found = _bare(inner[0])
    return Column(field.name, _lake_type(kind, field.name, found), nullable, _default(field), meaning or _inner(found))


def _bare(found: msgspec.inspect.Type) -> tuple[str, msgspec.inspect.Type]:
    if isinstance(found, msgspec.inspect.Metadata):
        return str((found.extra_json_schema or {}).get("description", "")), found.type
    return "", found


def _inner(found: msgspec.inspect.Type) -> str:
    return _bare(found.item_type)[0] if isinstance(found, msgspec.inspect.VarTupleType) else ""


def _lake_type(kind: str, name: str, found: msgspec.inspect.Type) -> LakeType:
    if isinstance(found, msgspec.inspect.VarTupleType):
        _, item = _bare(found.item_type)
        plain = _PLAIN.get(type(item))
        if plain in _LISTS:
            return _LISTS[plain]
    elif type(found) in _PLAIN:
        return _PLAIN[type(found)]
    raise TypeError(f"{kind}: the lake has no type for {name}")


def _default(field: msgspec.inspect.Field) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    if field.default is msgspec.NODEFAULT:
        return None
    return list(field.default) if isinstance(field.default, tuple) else field.default

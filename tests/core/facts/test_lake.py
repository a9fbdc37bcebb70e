"""How facts lie in the lake."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from tests.core.facts.samples import for_every_kind, full, minimal
from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.facts.form import COMMON as SAID_BY_THE_ENTRY
from tongpin.core.facts.form import Fact
from tongpin.core.facts.lake import COMMON, Column, columns, own, own_columns, values

PYTHON: dict[str, type | tuple[type, ...]] = {
    "int64": int,
    "float64": float,
    "string": str,
    "bool": bool,
    "timestamp": datetime,
    "json": dict,
    "list<int64>": list,
    "list<float64>": list,
    "list<string>": list,
}


def test_the_common_columns_are_those_of_the_entry() -> None:
    names = [column.name for column in COMMON]
    assert names == [*SAID_BY_THE_ENTRY, "version", "withdrawn"]


@for_every_kind
def test_every_field_has_a_column_and_every_body_fits(kind: str) -> None:
    assert [column.name for column in own(kind)] == list(CATALOGUE[kind].__struct_fields__)
    assert columns(kind) == COMMON + own(kind)
    for told in (minimal(kind), full(kind)):
        for column, value in zip(own(kind), values(kind, told), strict=True):
            assert (value is None and column.nullable) or isinstance(value, PYTHON[column.type]), column


def test_order_paid_lies_in_the_lake_with_its_defaults() -> None:
    assert own("order.paid") == (
        Column("order", "string", meaning="code"),
        Column("amount_fen", "int64", nullable=True, meaning="fen"),
        Column("currency", "string", default="CNY", meaning="code"),
        Column("discounted", "bool", default=False),
        Column("introducer", "int64", nullable=True, meaning="person"),
        Column("via", "string", default="", meaning="code"),
    )
    assert values("order.paid", {"order": "A1", "amount_fen": 8900}) == ["A1", 8900, "CNY", False, None, ""]


def test_moments_and_lists_come_as_the_lake_wants_them() -> None:
    told = {"flash": 1, "reservation": 2, "held_until": "2026-11-24T13:00:00Z"}
    assert values("flash.reserved", told) == [1, 2, 1, datetime(2026, 11, 24, 13, tzinfo=UTC)]
    assert values("rung.changed", {"axis": "relation", "old": "user", "new": "fan", "occurrence": 1})[-1] == []


def test_a_field_the_lake_cannot_hold_is_refused() -> None:
    class Odd(Fact):
        """Holds what no column can."""

        pairs: tuple[dict[str, Any], ...] = ()

    class Either(Fact):
        """May be this or that."""

        thing: int | str = 0

    Odd.kind = Either.kind = "made.odd"
    with pytest.raises(TypeError, match=r"made\.odd: the lake has no type for pairs"):
        own_columns(Odd)
    with pytest.raises(TypeError, match="one type only"):
        own_columns(Either)
    assert msgspec.structs.fields(Odd)

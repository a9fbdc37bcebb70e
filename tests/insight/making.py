"""Lakes made by hand: facts as plain rows, written as the lake writer writes them, with no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa

from tongpin.core.facts.form import Fact, body
from tongpin.core.facts.lake import COMMON, columns, own, values
from tongpin.core.ledger.lake_files import (
    ALIASES,
    FORMAT,
    PEOPLE,
    FileWriter,
    Manifest,
    Part,
    arrow_schema,
    shape,
    write_manifest,
)
from tongpin.insight.lake import Clocks

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def clocks(as_of: datetime = NOON, *, known_at: datetime | None = None, zone: ZoneInfo = ZONE) -> Clocks:
    return Clocks(as_of, known_at or datetime(2030, 1, 1, tzinfo=UTC), zone)


@dataclass(frozen=True)
class Told:
    """One made entry."""

    seq: int
    fact: Fact
    at: datetime
    person: int | None
    place: int | None
    recorded_at: datetime
    withdrawn: bool = False
    origin: int = 0


@dataclass
class World:
    """Made facts and people. `internal` are teammates; `aliases` read a record as another."""

    facts: list[Told] = field(default_factory=list)
    people: set[int] = field(default_factory=set)
    internal: set[int] = field(default_factory=set)
    aliases: dict[int, int] = field(default_factory=dict)

    def tell(
        self,
        fact: Fact,
        *,
        days: float = 0.0,
        person: int | None = None,
        place: int | None = None,
        recorded: datetime | None = None,
        withdrawn: bool = False,
        origin: int = 0,
    ) -> int:
        """Says a fact so many days before noon; returns its number."""
        at = NOON - timedelta(days=days)
        seq = len(self.facts) + 1
        self.facts.append(Told(seq, fact, at, person, place, recorded or at, withdrawn, origin))
        if person:
            self.people.add(person)
        return seq

    def root(self, person: int | None) -> int | None:
        return self.aliases.get(person, person) if person is not None else None

    def of(self, *kinds: type[Fact], internal: bool = False) -> list[Told]:
        """What still holds, for oracles: facts of some kinds, people as their roots, teammates left out."""
        found = [t for t in self.facts if isinstance(t.fact, kinds) and not t.withdrawn]
        told = [Told(t.seq, t.fact, t.at, self.root(t.person), t.place, t.recorded_at) for t in found]
        return [t for t in told if internal or t.person not in self.internal]


def make_lake(folder: Path, world: World) -> Path:
    """Writes the world as a lake of one version, one file a kind and month."""
    parts: dict[str, dict[str, list[Told]]] = {}
    for told in world.facts:
        parts.setdefault(told.fact.kind, {}).setdefault(told.at.strftime("%Y-%m"), []).append(told)
    facts = {
        kind: {
            month: _file(folder, f"facts/{kind}/{month}.v1.parquet", arrow_schema(columns(kind)), map(_row, rows))
            for month, rows in months.items()
        }
        for kind, months in parts.items()
    }
    known = sorted(world.people | world.internal | set(world.aliases) | set(world.aliases.values()))
    people = [(p, p in world.internal, "hand", NOON, False) for p in known]
    manifest = Manifest(
        FORMAT,
        1,
        len(world.facts),
        "",
        NOON,
        {kind: shape(kind) for kind in facts},
        facts,
        _file(folder, "people/v1.parquet", arrow_schema(PEOPLE), people),
        _file(folder, "aliases/v1.parquet", arrow_schema(ALIASES), sorted(world.aliases.items())),
    )
    folder.mkdir(parents=True, exist_ok=True)
    write_manifest(folder, manifest)
    return folder


def _row(told: Told) -> tuple[Any, ...]:
    common = {
        "seq": told.seq,
        "kind": told.fact.kind,
        "at": told.at,
        "recorded_at": told.recorded_at,
        "person_id": told.person,
        "place_id": told.place,
        "origin": told.origin,
        "depth": 0,
        "version": 1,
        "withdrawn": told.withdrawn,
    }
    content = values(told.fact.kind, body(told.fact))
    texts = [
        msgspec.json.encode(value).decode() if column.type == "json" else value
        for column, value in zip(own(told.fact.kind), content, strict=True)
    ]
    return (*(common.get(column.name) for column in COMMON), *texts)


def _file(folder: Path, name: str, schema: pa.Schema, rows: Any) -> Part:
    listed: Sequence[tuple[Any, ...]] = list(rows)
    held = list(zip(*listed, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, one.type) for column, one in zip(held, schema, strict=True)]
    writer = FileWriter(folder, name, schema)
    writer.write(pa.Table.from_arrays(arrays, schema=schema))
    return writer.close()

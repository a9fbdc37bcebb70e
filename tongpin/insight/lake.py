"""The lake opened for reading: facts as Ibis tables, everybody read as the root of their merged records.

Two clocks: `as_of` cuts on when something happened, `known_at` on when it was recorded or withdrawn. Merges and who is
internal are read as they stand in the version that was opened.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from tongpin.core.facts.lake import Column, columns
from tongpin.core.ledger.lake_files import ALIASES, PEOPLE, Manifest, Part, read_manifest

_MARKS = {"fact.withdrawn": True, "fact.restored": False}
LIVE, HISTORY, DEMO, SIMULATED = 0, 1, 2, 3
REAL = (LIVE, HISTORY, DEMO)
"""Where facts come from, unless asked otherwise: what was worked out by a simulation is not among them."""

_ASKED_OF = ibis.table({"community": "int64"}, name="asked_of")
"""The community that is asked of, in a table of one row."""

_SQL = {
    "int64": "bigint",
    "float64": "double",
    "string": "varchar",
    "bool": "boolean",
    "timestamp": "timestamptz",
    "json": "varchar",
    "list<int64>": "bigint[]",
    "list<float64>": "double[]",
    "list<string>": "varchar[]",
}


@dataclass(frozen=True, slots=True)
class Clocks:
    """Up to which moment things happened, up to which they were recorded, and whose days and weeks are meant."""

    as_of: datetime
    known_at: datetime
    zone: ZoneInfo


class Lake:
    """One version of the lake. Nothing outside its folder can be read through it; use it in one thread, then close it.

    Questions name their tables and hold no connection, so that the same one is put together once (`_sql`), whatever
    community it is asked of: which one stands in a table of the lake. Ask what you put together before you ask anything
    of another community.

    Raises LakeMissing, LakeNewer.
    """

    def __init__(
        self,
        folder: Path,
        *,
        memory: str = "1GB",
        threads: int = 2,
        origins: Collection[int] = REAL,
        spill: Path | None = None,
    ) -> None:
        self._folder = folder
        self._origins = sorted(origins)
        self.manifest: Manifest = read_manifest(folder)
        self._backend = ibis.duckdb.connect(memory_limit=memory, threads=threads)
        self._duck = self._backend.con
        self._duck.execute("set TimeZone = 'UTC'")
        self._duck.execute("set autoinstall_known_extensions = false")
        self._duck.execute("set autoload_known_extensions = false")
        # Without a folder to spill to, what does not fit into memory is refused: readers leave no files in the lake.
        # (Binding values makes DuckDB load pandas; paths are quoted instead.)
        self._duck.execute(f"set temp_directory = {_quoted(str(spill) if spill else '')}")
        allowed = [_quoted(str(path)) for path in (folder, spill) if path]
        self._duck.execute(f"set allowed_directories = [{', '.join(allowed)}]")
        self._duck.execute("set enable_external_access = false")
        self._duck.execute("set lock_configuration = true")
        self._opened: set[str] = set()
        self._views: dict[tuple[str, Clocks], ir.Table] = {}
        self._clocks: dict[Clocks, int] = {}
        self._shared: dict[tuple[str, Clocks, int], ir.Table] = {}
        self._kept = self._community = 0
        self._open("people", PEOPLE, [self.manifest.people])
        self._open("aliases", ALIASES, [self.manifest.aliases])
        self._duck.execute("create view everybody as select * from people anti join aliases using (person)")
        self._everybody = self._table("everybody")

    def __enter__(self) -> Lake:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the memory."""
        self._backend.disconnect()

    def people(self) -> ir.Table:
        """Everybody by their root: `person`, `internal`, `via`, `created_at`, `erased`."""
        return self._everybody

    def facts(self, kind: str, clocks: Clocks) -> ir.Table:
        """The facts of a kind that held at `clocks`, all columns of the kind, people as their roots, and `internal`:
        whether the entry's person is a teammate or a machine (nobody is not). Raises KeyError for an unknown kind."""
        view = self._views.get((kind, clocks))
        if view is None:
            name = self._at(kind, clocks)
            self._open(kind, columns(kind), self.manifest.facts.get(kind, {}).values())
            # A view, so that a measure's own question stays small: putting it together costs more than these joins.
            self._duck.execute(f'create view "{name}" as {self._holding(kind, clocks)}')
            view = self._views[(kind, clocks)] = self._table(name)
        return view

    def of(self, community: int, table: ir.Table) -> ir.Table:
        """Only the rows whose `community` is this one (0: all)."""
        if not community:
            return table
        self._turn_to(community)
        return table.semi_join(_ASKED_OF, "community")

    def shared(self, name: str, clocks: Clocks, community: int, asked: Callable[[], ir.Table]) -> ir.Table:
        """What several measures ask alike, worked out once: for everybody until the lake is closed, for a community
        until another one is asked of."""
        self._turn_to(community or self._community)
        held = self._shared.get((name, clocks, community))
        if held is None:
            # The same name whichever community it is, so that what asks it is the same question.
            called = self._at(name, clocks) + (" of it" if community else "")
            held = self._shared[(name, clocks, community)] = self._made(called, asked())
        return held

    def kept(self, asked: ir.Table) -> ir.Table:
        """A question's rows, worked out once for a measure that asks them several times."""
        self._kept += 1
        return self._made(f"kept_{self._kept}", asked)

    def forget(self) -> None:
        """Drops what one measure kept; questions built on it can no longer be asked."""
        for n in range(self._kept):
            self._duck.execute(f"drop table kept_{n + 1}")
        self._kept = 0

    def read(self, asked: ir.Table) -> pa.Table:
        """Runs a question. (Ibis' own way to Arrow would load pandas.)"""
        return self._duck.execute(_sql(asked.op())).to_arrow_table()

    def rows(self, asked: ir.Table) -> list[dict[str, object]]:
        """Runs a question with a short answer, as plain rows. (Ask for the seconds of a moment: Arrow's way from moments
        to datetimes loads pandas.)"""
        return list(self.read(asked).to_pylist())

    def _at(self, name: str, clocks: Clocks) -> str:
        return f"{name}@{self._clocks.setdefault(clocks, len(self._clocks))}"

    def _table(self, name: str) -> ir.Table:
        return ibis.table(self._backend.get_schema(name), name=name)

    def _made(self, name: str, asked: ir.Table) -> ir.Table:
        self._duck.execute(f'create table "{name}" as {_sql(asked.op())}')
        return self._table(name)

    def _turn_to(self, community: int) -> None:
        if community == self._community:
            return
        for key in [key for key in self._shared if key[2]]:
            self._duck.execute(f'drop table "{self._shared.pop(key).get_name()}"')
        self._duck.execute(f"create or replace table asked_of as select {int(community)}::bigint as community")
        self._community = community

    def _holding(self, kind: str, clocks: Clocks) -> str:
        """What `facts` gives, in SQL."""
        chosen, joins = [], []
        for n, column in enumerate(columns(kind)):
            named = f'f."{column.name}"'
            if column.meaning == "person" and column.type == "int64":
                joins.append(f"left join aliases a{n} on a{n}.person = {named}")
                named = f"coalesce(a{n}.root, {named})"
            if column.name == "person_id":
                joins.append(f"left join everybody p on p.person = {named}")
            chosen.append(f'{named} as "{column.name}"')
        origins = ", ".join(str(int(origin)) for origin in self._origins)
        as_of, known_at = _moment(clocks.as_of), _moment(clocks.known_at)
        return (
            f'select {", ".join(chosen)}, coalesce(p.internal, false) as internal from "{kind}" f {" ".join(joins)}'
            f' where f."at" <= {as_of} and f.recorded_at <= {known_at} and f.origin in ({origins})'
            f" and {self._standing(kind, known_at)}"
        )

    def _standing(self, kind: str, known_at: str) -> str:
        """Without what had been withdrawn by `known_at` and not been restored."""
        for mark in _MARKS:
            self._open(mark, columns(mark), self.manifest.facts.get(mark, {}).values())
        marks = " union all ".join(
            f'select entry, seq, recorded_at, {says} as says from "{m}"' for m, says in _MARKS.items()
        )
        later = self._duck.execute(f"select count(*) from ({marks}) where recorded_at > {known_at}").fetchone()
        if kind in _MARKS or not (later and later[0]):
            return "not f.withdrawn"
        return (
            f"f.seq not in (select entry from ({marks}) where recorded_at <= {known_at}"
            " group by entry having arg_max(says, seq))"
        )

    def _open(self, name: str, held: Iterable[Column], parts: Iterable[Part | None]) -> None:
        if name in self._opened:
            return
        files = ", ".join(_quoted(str(self._folder / part.file)) for part in parts if part)
        if files:
            names = ", ".join(f'"{column.name}"' for column in held)
            self._duck.execute(f'create view "{name}" as select {names} from read_parquet([{files}])')
        else:
            nothing = ", ".join(f'null::{_SQL[column.type]} as "{column.name}"' for column in held)
            self._duck.execute(f'create view "{name}" as select {nothing} where false')
        self._opened.add(name)


@lru_cache(maxsize=1024)
def _sql(asked: ops.Node) -> str:
    """A question in DuckDB's words. Finding them costs more than most answers."""
    sql: str = Backend().compile(asked.to_expr())
    return sql


def _moment(at: datetime) -> str:
    return f"timestamptz '{at.astimezone(UTC).isoformat()}'"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


__all__ = ["DEMO", "HISTORY", "LIVE", "REAL", "SIMULATED", "Clocks", "Lake"]

"""The lake writer (数据湖): the ledger as Parquet, one folder a kind, one file a month, with people and aliases beside.

Where the lake stands is said by its own manifest, not by a row of the database: folder and place can never disagree,
a killed writer leaves the version before, and a ledger that was restored to earlier is noticed and read anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection

from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.facts.lake import columns, own, values
from tongpin.core.facts.upcasters import upcast
from tongpin.core.ledger.copying import copying
from tongpin.core.ledger.entries import COLUMNS, Entry, from_rows
from tongpin.core.ledger.feed import end_of_feed, entries_of, read_slice
from tongpin.core.ledger.lake_files import (
    ALIASES,
    DAILY,
    FORMAT,
    PEOPLE,
    STAGING,
    TURN,
    FileWriter,
    LakeMissing,
    Manifest,
    Merger,
    Part,
    arrow_schema,
    only_writer,
    read_manifest,
    shape,
    sweep,
    write_manifest,
)

GRACE = timedelta(hours=1)
"""How long files of the version before stay, for readers that opened it."""

MOST = 3_000_000
"""Facts of one version: a first export of a large ledger that is killed goes on from the last one."""

BATCH = 20_000
BUFFERED = 100_000
MARKS = ("fact.withdrawn", "fact.restored")

_SNAPSHOTS = {
    "people": (PEOPLE, "select id, internal, via, created_at, erased_at is not null from person order by id"),
    "aliases": (ALIASES, "select person_id, root from person_alias order by person_id"),
}
"""Tables of a layer above, read by their names in the database: the lake is the one place where all layers lie beside."""

_WIRE = {"int64": "int8", "bool": "bool", "string": "text", "timestamp": "timestamptz"}


class Unfitting(ValueError):
    """A body does not fit the columns of its kind; a fact was written with another vocabulary."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export came to: the version that holds now, how far it reads, facts written anew, files made."""

    version: int
    pos: int
    facts: int
    files: int


def export_lake(
    *,
    folder: Path,
    at: datetime,
    emptied: Collection[str] = (),
    grace: timedelta = GRACE,
    most: int = MOST,
    memory: str = "512MB",
    daily: int = DAILY,
) -> Exported:
    """Brings the lake to the end of the feed. Nothing new: nothing is written. `at` is the moment of the export.

    `emptied` are the kinds whose bodies erasure empties (`people.erasure.TRACKING`): those of people who were erased
    since are written anew too. Raises LakeBusy, Unfitting.
    """
    with only_writer(folder):
        with connection.cursor() as cursor:
            end = end_of_feed(cursor)
        facts = files = 0
        while True:
            run = _Run(folder, at=at, emptied=emptied, grace=grace, memory=memory, daily=daily)
            done = run.round(end=end, most=most)
            facts, files = facts + done.facts, files + done.files
            if done.pos >= end:
                return Exported(done.version, done.pos, facts, files)


def rewrite_for(
    *, folder: Path, kinds: Collection[str], person_ids: Collection[int], at: datetime, memory: str = "512MB"
) -> Exported | None:
    """Writes files anew that hold facts of these kinds about these people, as the ledger has them now, and removes the
    old ones at once: a reader in the middle of one must open the lake again. None where there is no lake.

    Waits for a running export, so that what it read before is mended too.
    """
    if not (folder / "manifest.json").exists():
        return None
    with only_writer(folder, wait=True):
        run = _Run(folder, at=at, emptied=kinds, grace=timedelta(0), memory=memory, daily=DAILY)
        return run.round(end=run.old.pos, most=run.old.pos, also=person_ids)


class _Run:
    """One version in the making."""

    def __init__(
        self, folder: Path, *, at: datetime, emptied: Collection[str], grace: timedelta, memory: str, daily: int
    ) -> None:
        self._folder, self._at, self._grace = folder, at, grace
        self._emptied = sorted(set(emptied) & set(CATALOGUE))
        self._memory, self._daily = memory, daily
        try:
            self.old = read_manifest(folder)
        except LakeMissing:
            self.old = Manifest(FORMAT, 0, 0, "", at, {}, {})

    def round(self, *, end: int, most: int, also: Collection[int] = ()) -> Exported:
        """Writes the next version, up to `most` facts further, with what concerns the people of `also` read again."""
        with connection.cursor() as cursor:
            if _entry_at(cursor, self.old.pos) != self.old.last:
                self.old = msgspec.structs.replace(self.old, pos=0, last="", shapes={}, facts={})
            shapes = {kind: shape(kind) for kind in CATALOGUE}
            changed = {kind for kind, told in shapes.items() if self.old.shapes.get(kind) != told}
            until = min(end, self.old.pos + most, end_of_feed(cursor))
            if until <= self.old.pos and not changed and not also and self.old.version:
                return Exported(self.old.version, self.old.pos, 0, 0)
            shutil.rmtree(self._folder / STAGING, ignore_errors=True)
            version = self.old.version + 1
            people, aliases = (self._snapshot(cursor, name, version) for name in ("people", "aliases"))
            stage = _Stage(self._folder)
            if self.old.pos and changed:
                _read(cursor, stage, pos=0, until=self.old.pos, only=changed)
            _read(cursor, stage, pos=self.old.pos, until=until, only=None)
            self._read_again(cursor, stage, people, also)
            last = _entry_at(cursor, until)
        facts = self._merged(stage, changed, version)
        new = Manifest(FORMAT, version, until, last, self._at, shapes, facts, people, aliases)
        gone = {file: since for file, since in self.old.dropped.items() if since + self._grace > self._at}
        if self._grace:
            gone |= dict.fromkeys(sorted(self.old.files - new.files), self._at)
        new = msgspec.structs.replace(new, dropped=gone)
        write_manifest(self._folder, new)
        shutil.rmtree(self._folder / STAGING, ignore_errors=True)
        sweep(self._folder, new)
        return Exported(version, until, stage.count, len(new.files - self.old.files))

    def _snapshot(self, cursor: Any, name: str, version: int) -> Part:
        """A table as it is now, in one statement."""
        held, asked = _SNAPSHOTS[name]
        schema = arrow_schema(held)
        writer = FileWriter(self._folder, f"{name}/v{version}.parquet", schema)
        rows: list[tuple[Any, ...]] = []
        with copying(cursor, f"copy ({asked}) to stdout") as copy:
            copy.set_types([_WIRE[column.type] for column in held])
            for row in copy.rows():
                rows.append(row)
                if len(rows) >= BUFFERED:
                    writer.write(_table(rows, schema))
                    rows.clear()
        writer.write(_table(rows, schema))
        return writer.close()

    def _read_again(self, cursor: Any, stage: _Stage, people: Part, also: Collection[int]) -> None:
        """Stages what is left of the bodies of people who were erased since the version before."""
        erased = _erased(self._folder / people.file)
        before = _erased(self._folder / self.old.people.file) if self.old.people and self.old.pos else set()
        whom = sorted((erased - before) | set(also))
        if not whom or not self._emptied:
            return
        for start in range(0, len(whom), 1000):
            cursor.execute(
                f"select {COLUMNS}, exists (select from entry_withdrawn w where w.seq = e.seq) from entry e"
                " where person_id = any(%s) and kind = any(%s)",
                [whom[start : start + 1000], self._emptied],
            )
            while rows := cursor.fetchmany(BATCH):
                for row, entry in zip(rows, from_rows(row[:-1] for row in rows), strict=True):
                    stage.add(entry, withdrawn=bool(row[-1]))

    def _merged(self, stage: _Stage, changed: Collection[str], version: int) -> dict[str, dict[str, Part]]:
        staged = stage.close()
        facts = {kind: parts for kind, parts in self.old.facts.items() if kind in CATALOGUE and kind not in changed}
        merger = Merger(self._folder, memory=self._memory, daily=self._daily)
        try:
            for kind, paths in sorted(staged.items()):
                facts[kind] = merger.merge(kind, staged=paths, old=facts.get(kind, {}), version=version)
        finally:
            merger.close()
        return dict(sorted(facts.items()))


class _Stage:
    """Rows on their way into the lake, written beside in the order they were told; the later row of an entry holds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rows: dict[str, list[tuple[Any, ...]]] = {}
        self._paths: dict[str, list[Path]] = {}
        self._buffered = 0
        self.count = 0

    def add(self, entry: Entry, *, withdrawn: bool = False) -> None:
        """One more telling of an entry. Kinds that this software does not know stay out until it does."""
        if entry.kind not in CATALOGUE:
            return
        self._rows.setdefault(entry.kind, []).append(_row(entry, withdrawn, self.count))
        self.count += 1
        self._buffered += 1
        if self._buffered >= BUFFERED:
            self._write()

    def close(self) -> dict[str, list[Path]]:
        """The staged files by kind."""
        self._write()
        return self._paths

    def _write(self) -> None:
        for kind, rows in self._rows.items():
            schema = arrow_schema(columns(kind)).append(pa.field(TURN, pa.int64()))
            paths = self._paths.setdefault(kind, [])
            path = self._folder / STAGING / f"{kind}.{len(paths)}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                pq.write_table(_table(rows, schema), path, compression="lz4")
            except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
                raise Unfitting(f"{kind}: a body does not fit today's columns; add an upcaster") from error
            paths.append(path)
        self._rows.clear()
        self._buffered = 0


def _read(cursor: Any, stage: _Stage, *, pos: int, until: int, only: set[str] | None) -> None:
    """Stages a stretch of the feed, and again what it withdraws or restores. `only` these kinds, or all."""
    wanted = None if only is None else {*only, *MARKS}
    while pos < until:
        part = read_slice(cursor, pos=pos, kinds=wanted, limit=min(BATCH, until - pos))
        if part.pos == pos:
            return
        marked: dict[int, bool] = {}
        for entry in entries_of(cursor, part, kinds=wanted):
            if entry.kind in MARKS:
                marked[int(entry.body["entry"])] = entry.kind == MARKS[0]
            if only is None or entry.kind in only:
                stage.add(entry)
        for entry in _entries(cursor, sorted(marked)):
            if only is None or entry.kind in only:
                stage.add(entry, withdrawn=marked[entry.seq])
        pos = part.pos


def _entries(cursor: Any, seqs: Sequence[int]) -> Iterator[Entry]:
    for start in range(0, len(seqs), BATCH):
        cursor.execute(
            f"select {COLUMNS} from entry where seq = any(%s) order by seq", [list(seqs[start : start + BATCH])]
        )
        yield from from_rows(cursor.fetchall())


def _row(entry: Entry, withdrawn: bool, turn: int) -> tuple[Any, ...]:
    """An entry as its kind's columns have it: facts.lake.COMMON, then its own."""
    version, body = upcast(entry.kind, entry.version, entry.body)
    told = values(entry.kind, body)
    for place in _json_places(entry.kind):
        told[place] = msgspec.json.encode(told[place]).decode()
    return (
        entry.seq,
        entry.kind,
        entry.at,
        entry.recorded_at,
        entry.person_id,
        entry.place_id,
        entry.actor or None,
        entry.source or None,
        entry.origin,
        entry.cause,
        entry.depth,
        version,
        withdrawn,
        *told,
        turn,
    )


@cache
def _json_places(kind: str) -> tuple[int, ...]:
    return tuple(place for place, column in enumerate(own(kind)) if column.type == "json")


def _table(rows: Iterable[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    held = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(held, schema, strict=True)], schema=schema
    )


def _entry_at(cursor: Any, pos: int) -> str:
    """Which entry stands at a place of the feed, told so that no other ledger says the same; nothing at the start."""
    if pos == 0:
        return ""
    cursor.execute(
        "select e.seq, e.recorded_at from (select hi - (pos - %s) as seq from feed where pos >= %s order by pos limit 1) f"
        " join entry e on e.seq = f.seq",
        [pos, pos],
    )
    row = cursor.fetchone()
    return f"{row[0]}@{row[1].timestamp()}" if row else "none"


def _erased(path: Path) -> set[int]:
    found = pq.read_table(path, columns=["person"], filters=[("erased", "=", True)])
    return set(found.column("person").to_pylist())

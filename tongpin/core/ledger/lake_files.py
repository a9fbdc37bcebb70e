"""The lake as files: the manifest that names one consistent version, partitions merged by DuckDB, old files swept.

Knows no database: readers of the lake (insight, other software) open it by `read_manifest` alone.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.facts.lake import Column, columns
from tongpin.core.facts.upcasters import UPCASTERS

FORMAT = 1
MANIFEST = "manifest.json"
STAGING = "staging"
ROWS = 100_000
"""Rows of a group in a file: readers skip whole groups by the person or the moment they ask for."""

DAILY = 1_000_000
"""Facts of a kind on one day from which its month lies in files by day."""

PEOPLE = (
    Column("person", "int64"),
    Column("internal", "bool"),
    Column("via", "string"),
    Column("created_at", "timestamp"),
    Column("erased", "bool"),
)
ALIASES = (Column("person", "int64"), Column("root", "int64"))
"""The snapshots beside the facts."""

_ARROW: dict[str, pa.DataType] = {
    "int64": pa.int64(),
    "float64": pa.float64(),
    "string": pa.string(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "json": pa.string(),
    "list<int64>": pa.list_(pa.int64()),
    "list<float64>": pa.list_(pa.float64()),
    "list<string>": pa.list_(pa.string()),
}
TURN = "_turn"
"""Which telling of an entry came last, in staged files only: a withdrawn entry is staged again."""


class LakeBusy(Exception):
    """Another process writes this lake; wait for it."""


class LakeMissing(FileNotFoundError):
    """There is no lake in this folder yet; run the export first."""


class LakeNewer(Exception):
    """The lake was written by newer software; update this one."""


class Part(msgspec.Struct, frozen=True):
    """One file, by its path inside the lake, and how many rows it has."""

    file: str
    rows: int


class Manifest(msgspec.Struct, frozen=True):
    """One version of the lake: everything up to place `pos` of the feed, whose entry there is `last`.

    `facts` is kind → month (or day) → file; `shapes` tells with which columns each kind was written; `dropped` holds
    files of earlier versions and since when nobody needs them.
    """

    format: int
    version: int
    pos: int
    last: str
    written_at: datetime
    shapes: dict[str, str]
    facts: dict[str, dict[str, Part]]
    people: Part | None = None
    aliases: Part | None = None
    dropped: dict[str, datetime] = {}

    @property
    def files(self) -> set[str]:
        """Every file this version reads."""
        held = {part.file for parts in self.facts.values() for part in parts.values()}
        return held | {part.file for part in (self.people, self.aliases) if part}


def read_manifest(folder: Path) -> Manifest:
    """The version that holds now. Raises LakeMissing, LakeNewer."""
    try:
        told = (folder / MANIFEST).read_bytes()
    except FileNotFoundError as error:
        raise LakeMissing(f"there is no lake in {folder.name}; run the export first") from error
    manifest = msgspec.json.decode(told, type=Manifest)
    if manifest.format > FORMAT:
        raise LakeNewer(f"the lake has format {manifest.format}, this software reads {FORMAT}; update it")
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Makes a version hold, in one step and on disk."""
    beside = folder / f"{MANIFEST}.new"
    with beside.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest)))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / MANIFEST)
    _sync_folder(folder)


@contextmanager
def only_writer(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Holds the lake for one writer; the lock goes with its process. Raises LakeBusy unless it may `wait`."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".writer").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise LakeBusy("another process writes the lake; wait for it") from error
        yield


def arrow_schema(columns: Iterable[Column]) -> pa.Schema:
    """The columns as Arrow has them; JSON lies as text."""
    return pa.schema([pa.field(column.name, _ARROW[column.type]) for column in columns])


def shape(kind: str) -> str:
    """Changes when a kind's columns, their defaults or the reading of its old bodies change: then its files are made anew."""
    told = repr((columns(kind), CATALOGUE[kind].version, sorted(key for key in UPCASTERS if key[0] == kind)))
    return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()


class FileWriter:
    """A Parquet file that appears under its name only when it is whole and on disk."""

    def __init__(self, folder: Path, name: str, schema: pa.Schema) -> None:
        self._folder, self._name = folder, name
        self._path = folder / name
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._beside = self._path.with_suffix(".part")
        self._writer = pq.ParquetWriter(self._beside, schema, compression="zstd")
        self._rows = 0

    def write(self, batch: pa.RecordBatch | pa.Table) -> None:
        """More rows."""
        table = pa.Table.from_batches([batch]) if isinstance(batch, pa.RecordBatch) else batch
        self._rows += table.num_rows
        self._writer.write_table(table, row_group_size=ROWS)

    def close(self) -> Part:
        """Puts the file under its name."""
        self._writer.close()
        with self._beside.open("rb+") as file:
            os.fsync(file.fileno())
        self._beside.replace(self._path)
        _sync_folder(self._path.parent)
        return Part(self._name, self._rows)


class Merger:
    """Merges staged rows into the partitions of kinds, within a memory limit; what does not fit goes through the folder."""

    def __init__(self, folder: Path, *, memory: str = "512MB", daily: int = DAILY) -> None:
        self._folder, self._daily = folder, daily
        spill = folder / STAGING / "spill"
        spill.mkdir(parents=True, exist_ok=True)
        self._duck = duckdb.connect(":memory:", config={"memory_limit": memory, "threads": 2})
        self._duck.execute("set TimeZone = 'UTC'")
        self._duck.execute("set temp_directory = ?", [str(spill)])
        self._duck.execute("set preserve_insertion_order = false")
        self._duck.execute("set autoinstall_known_extensions = false")
        self._duck.execute("set autoload_known_extensions = false")
        self._duck.execute("set allowed_directories = ?", [[str(folder)]])
        self._duck.execute("set enable_external_access = false")

    def close(self) -> None:
        """Lets go of the memory."""
        self._duck.close()

    def merge(self, kind: str, *, staged: list[Path], old: Mapping[str, Part], version: int) -> dict[str, Part]:
        """The partitions of a kind once staged rows are in: those that did not change keep their files."""
        paths = [str(path) for path in staged]
        self._duck.execute(
            "select strftime(\"at\", '%Y-%m-%d') as day, count(distinct seq) from read_parquet(?) group by 1", [paths]
        )
        days = dict(self._duck.fetchall())
        parts = dict(old)
        for month in sorted({day[:7] for day in days}):
            touched = {day: rows for day, rows in days.items() if day[:7] == month}
            for key in self._keys(month, touched, parts):
                source = key if key in old else month
                before = [str(self._folder / old[source].file)] if source in old else []
                if part := self._merged(kind, key, paths, before, version):
                    parts[key] = part
            if any(key.startswith(month + "-") for key in parts):
                parts.pop(month, None)
        return parts

    def _keys(self, month: str, touched: Mapping[str, int], parts: Mapping[str, Part]) -> list[str]:
        """The partitions of a month to be written: the month itself, or its days where it lies by day from now on."""
        if any(key.startswith(month + "-") for key in parts):
            return sorted(touched)
        whole = parts.get(month)
        if (whole.rows if whole else 0) + sum(touched.values()) <= self._daily:
            return [month]
        days = dict(touched)
        if whole:
            self._duck.execute(
                "select strftime(\"at\", '%Y-%m-%d'), count(*) from read_parquet(?) group by 1",
                [[str(self._folder / whole.file)]],
            )
            for day, rows in self._duck.fetchall():
                days[day] = days.get(day, 0) + rows
        return sorted(days) if max(days.values()) > self._daily else [month]

    def _merged(self, kind: str, key: str, staged: list[str], before: list[str], version: int) -> Part | None:
        """One partition, sorted by person: the latest telling of each entry, and of the file before what was not told again."""
        schema = arrow_schema(columns(kind))
        names = ", ".join(f'"{name}"' for name in schema.names)
        within = '"at" >= $first and "at" < $end'
        told = (
            f"select {names} from (select * from read_parquet($staged) where {within})"
            f" qualify row_number() over (partition by seq order by {TURN} desc) = 1"
        )
        kept = (
            f" union all select {names} from read_parquet($before) where {within}"
            f" and seq not in (select seq from read_parquet($staged))"
        )
        self._duck.execute(
            f'select * from ({told}{kept if before else ""}) order by person_id nulls last, "at", seq',
            {"staged": staged, **_span(key)} | ({"before": before} if before else {}),
        )
        writer = FileWriter(self._folder, f"facts/{kind}/{key}.v{version}.parquet", schema)
        for batch in self._duck.to_arrow_reader(ROWS):
            writer.write(batch.cast(schema))
        return writer.close()


def _span(key: str) -> dict[str, datetime]:
    """From when to when a month or a day lasts, in UTC."""
    if len(key) > 7:
        first = datetime.fromisoformat(key).replace(tzinfo=UTC)
        return {"first": first, "end": first + timedelta(days=1)}
    first = datetime.fromisoformat(key + "-01").replace(tzinfo=UTC)
    return {"first": first, "end": (first + timedelta(days=32)).replace(day=1)}


def sweep(folder: Path, manifest: Manifest) -> None:
    """Removes what neither this version nor a reader of a version before it can need, and what a killed writer left."""
    keep = manifest.files | manifest.dropped.keys()
    for path in [*folder.rglob("*.parquet"), *folder.rglob("*.part")]:
        if path.relative_to(folder).as_posix() not in keep:
            path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


__all__ = [
    "ALIASES",
    "DAILY",
    "PEOPLE",
    "FileWriter",
    "LakeBusy",
    "LakeMissing",
    "LakeNewer",
    "Manifest",
    "Merger",
    "Part",
    "arrow_schema",
    "only_writer",
    "read_manifest",
    "shape",
    "sweep",
    "write_manifest",
]

"""The lake says what the ledger says, whatever happened in between."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.people.cast import sequence
from tests.examples import examples
from tongpin.base.ids import digest
from tongpin.core.facts import upcasters
from tongpin.core.facts.form import Fact
from tongpin.core.facts.lake import columns
from tongpin.core.facts.orders import OrderPaid
from tongpin.core.facts.people import PersonMet
from tongpin.core.facts.places import MessageHeard
from tongpin.core.facts.tracking import EventTracked
from tongpin.core.ledger import lake, lake_files
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.bulk import Line, record_many
from tongpin.core.ledger.lake import GRACE, Exported, export_lake, rewrite_for
from tongpin.core.ledger.lake_files import LakeBusy, LakeMissing, LakeNewer, only_writer, read_manifest
from tongpin.core.ledger.withdrawing import withdraw_blocks
from tongpin.core.people.erasure import TRACKING, erase
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.signs import sign

pytestmark = pytest.mark.django_db


def lake_rows(folder: Path) -> dict[int, dict[str, Any]]:
    """All facts of the lake by seq, read as another program would: by the manifest and nothing else."""
    found: dict[int, dict[str, Any]] = {}
    for kind, parts in read_manifest(folder).facts.items():
        for key, part in parts.items():
            table = pq.read_table(folder / part.file, partitioning=None)
            assert table.num_rows == part.rows
            people = [p if p is not None else 1 << 62 for p in table.column("person_id").to_pylist()]
            assert people == sorted(people), "sorted by person"
            for row in table.to_pylist():
                assert row["kind"] == kind
                assert row["at"].strftime("%Y-%m-%d").startswith(key)
                assert row["seq"] not in found, "an entry lies in one file"
                texts = [column.name for column in columns(kind) if column.type == "json"]
                found[row["seq"]] = row | {name: json.loads(row[name]) for name in texts}
    return found


def ledger_rows() -> dict[int, dict[str, Any]]:
    """The ledger's own tables, told in the lake's words without asking the lake's code."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select e.seq, kind, at, recorded_at, person_id, place_id, actor, source, origin, cause, depth, version,"
            " (select w.seq is not null from entry_withdrawn w where w.seq = e.seq), body::text from entry e"
        )
        rows = cursor.fetchall()
    found = {}
    for *told, withdrawn, body in rows:
        kind, content = told[1], json.loads(body)
        names = [column.name for column in columns(kind)]
        row = dict(zip(names, [*told, bool(withdrawn)], strict=False))
        for column in columns(kind)[13:]:
            row[column.name] = content.get(column.name, column.default)
        found[told[0]] = row | {name: row[name] or None for name in ("actor", "source")}
    return found


def told(fact: Fact, *, at: datetime, person: int | None = 1, place: int | None = 1) -> int:
    with transaction.atomic():
        return record(fact, at=at, person_id=person, place_id=place).seq


def withdraw(seq: int, at: datetime) -> None:
    withdraw_blocks(blocks=[(seq, seq)], actor="test", source="", at=at)


def exported(folder: Path, at: datetime, **more: Any) -> Exported:
    sequence()
    return export_lake(folder=folder, at=at, **more)


def snapshot(folder: Path, name: str) -> list[dict[str, Any]]:
    part = getattr(read_manifest(folder), name)
    found: list[dict[str, Any]] = pq.read_table(folder / part.file).to_pylist()
    return found


def on_disk(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.suffix in (".parquet", ".part")}


def test_an_empty_ledger_is_an_empty_lake(tmp_path: Path, noon: datetime) -> None:
    assert exported(tmp_path, noon) == Exported(1, 0, 0, 2)
    manifest = read_manifest(tmp_path)
    assert (manifest.version, manifest.facts, snapshot(tmp_path, "people")) == (1, {}, [])


def test_facts_lie_by_kind_and_month_of_when_they_happened(tmp_path: Path, noon: datetime) -> None:
    last = datetime(2026, 10, 31, 23, 59, 59, 999999, tzinfo=UTC)
    told(OrderPaid(order="A1", amount_fen=8900), at=last, person=2)
    told(OrderPaid(order="A2"), at=last + timedelta(microseconds=1), person=1)
    told(MessageHeard(message=1, message_key="m", shingles=(5, 6)), at=noon)
    done = exported(tmp_path, noon)
    assert (done.facts, done.files) == (3, 5)
    facts = read_manifest(tmp_path).facts
    assert {kind: sorted(parts) for kind, parts in facts.items()} == {
        "message.heard": ["2026-11"],
        "order.paid": ["2026-10", "2026-11"],
    }
    assert lake_rows(tmp_path) == ledger_rows()


def test_nothing_new_writes_nothing(tmp_path: Path, noon: datetime) -> None:
    told(OrderPaid(order="A1"), at=noon)
    first = exported(tmp_path, noon)
    before = (tmp_path / "manifest.json").read_bytes()
    assert exported(tmp_path, noon + GRACE) == Exported(first.version, first.pos, 0, 0)
    assert (tmp_path / "manifest.json").read_bytes() == before


def test_only_what_changed_is_written_and_what_was_read_before_stays_for_a_grace(
    tmp_path: Path, noon: datetime
) -> None:
    told(OrderPaid(order="A1"), at=noon - timedelta(days=40))
    old = told(OrderPaid(order="A2"), at=noon)
    exported(tmp_path, noon)
    first = read_manifest(tmp_path)
    withdraw(old, noon)
    exported(tmp_path, noon)
    second = read_manifest(tmp_path)
    assert second.facts["order.paid"]["2026-10"] == first.facts["order.paid"]["2026-10"]
    replaced = first.facts["order.paid"]["2026-11"].file
    assert replaced not in second.files
    assert replaced in second.dropped
    assert first.files <= on_disk(tmp_path)
    assert lake_rows(tmp_path)[old]["withdrawn"] is True
    told(PersonMet(via="hand"), at=noon)
    exported(tmp_path, noon + GRACE)
    third = read_manifest(tmp_path)
    assert on_disk(tmp_path) == third.files | set(third.dropped)
    assert replaced not in third.dropped
    assert lake_rows(tmp_path) == ledger_rows()


def test_a_busy_kind_lies_by_day_and_goes_on_so(tmp_path: Path, noon: datetime) -> None:
    for n in range(4):
        told(MessageHeard(message=n, message_key=str(n)), at=noon)
    exported(tmp_path, noon, daily=5)
    assert list(read_manifest(tmp_path).facts["message.heard"]) == ["2026-11"]
    for n in range(4, 8):
        told(MessageHeard(message=n, message_key=str(n)), at=noon - timedelta(days=n % 2))
    exported(tmp_path, noon, daily=5)
    first = read_manifest(tmp_path).facts["message.heard"]
    assert {key: part.rows for key, part in first.items()} == {"2026-11-21": 2, "2026-11-22": 6}
    told(MessageHeard(message=9, message_key="9"), at=noon + timedelta(days=1))
    exported(tmp_path, noon, daily=5)
    second = read_manifest(tmp_path).facts["message.heard"]
    assert {key: part.rows for key, part in second.items()} == {"2026-11-21": 2, "2026-11-22": 6, "2026-11-23": 1}
    assert second["2026-11-22"] == first["2026-11-22"]
    assert lake_rows(tmp_path) == ledger_rows()


OPS = st.lists(
    st.one_of(
        st.tuples(st.just("paid"), st.integers(0, 30), st.integers(0, 400)),
        st.tuples(st.just("heard"), st.integers(0, 30), st.integers(0, 400)),
        st.tuples(st.just("many"), st.integers(1, 40), st.integers(0, 400)),
        st.tuples(st.just("withdrawn"), st.integers(0, 200), st.just(0)),
        st.tuples(st.just("merged"), st.integers(0, 5), st.integers(0, 5)),
        st.tuples(st.just("exported"), st.integers(1, 9), st.just(0)),
        st.tuples(st.just("killed"), st.integers(0, 6), st.just(0)),
    ),
    max_size=25,
)


class Killed(BaseException):
    """The writer's process ends here."""


class Story:
    """A ledger and its lake, and every happening they may meet."""

    def __init__(self, folder: Path, noon: datetime) -> None:
        self.folder, self.noon, self.n = folder, noon, 0
        self.people = [self._person() for _ in range(6)]

    def _person(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into person (nickname, grams, sort_key, name_masked, identified, internal, via, created_at)"
                " values ('', '{}', '', '', false, false, 'hand', %s) returning id",
                [self.noon],
            )
            return int(cursor.fetchone()[0])

    def paid(self, who: int, days: int) -> None:
        self.n += 1
        person = self.people[who % 6] if who % 7 else None
        told(OrderPaid(order=f"A{self.n}", amount_fen=who), at=self.noon - timedelta(days=days), person=person)

    def heard(self, who: int, days: int) -> None:
        self.n += 1
        fact = MessageHeard(message=self.n, message_key=str(self.n), tokens=(who, days))
        told(fact, at=self.noon - timedelta(days=days), person=self.people[who % 6])

    def many(self, count: int, days: int) -> None:
        at = (self.noon - timedelta(days=days)).isoformat()
        lines = []
        for _ in range(count):
            self.n += 1
            body = json.dumps({"write_key": 1, "message": f"m{self.n}", "name": "x", "properties": {"表": [1, "\t"]}})
            lines.append(Line(digest("t", self.n), "event.tracked", at, self.people[self.n % 6], None, body))
        with transaction.atomic():
            record_many(lines, recorded_at=self.noon, actor="", source="track:1")

    def withdrawn(self, which: int, _: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select seq from entry where kind <> 'fact.withdrawn' order by seq")
            seqs = [row[0] for row in cursor.fetchall()]
        if seqs:
            withdraw(seqs[which % len(seqs)], self.noon)

    def merged(self, a: int, b: int) -> None:
        from tongpin.core.people.merging import AlreadyOne, merge

        with contextlib.suppress(AlreadyOne):
            merge(kept=self.people[a], gone=self.people[b], reasons=["by_hand"], actor="staff:1", at=self.noon)

    def exported(self, most: int, _: int) -> None:
        exported(self.folder, self.noon, most=most * 7, daily=30)

    def killed(self, at: int, _: int) -> None:
        """The process dies while it puts the n-th file or the manifest in place; what held before still holds."""
        before = lake_rows(self.folder) if (self.folder / "manifest.json").exists() else None
        count = [at]

        def dies(*told: Any) -> Any:
            count[0] -= 1
            if count[0] < 0:
                raise Killed
            return close(*told)

        close, write = lake_files.FileWriter.close, lake.write_manifest
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lake_files.FileWriter, "close", dies)
            patch.setattr(lake, "write_manifest", lambda *_: (_ for _ in ()).throw(Killed))
            with contextlib.suppress(Killed):
                exported(self.folder, self.noon, daily=30)
        assert lake.write_manifest is write
        if before is None:
            with pytest.raises(LakeMissing):
                read_manifest(self.folder)
        else:
            assert lake_rows(self.folder) == before


@given(OPS)
@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_lake_equals_the_ledger_after_anything(noon: datetime, ops: list[tuple[str, int, int]]) -> None:
    with TemporaryDirectory() as name, transaction.atomic():
        story = Story(Path(name), noon)
        for what, first, second in ops:
            getattr(story, what)(first, second)
        exported(story.folder, noon, daily=30)
        assert lake_rows(story.folder) == ledger_rows()
        with connection.cursor() as cursor:
            cursor.execute("select person_id, root from person_alias order by 1")
            assert [(r["person"], r["root"]) for r in snapshot(story.folder, "aliases")] == cursor.fetchall()
            cursor.execute("select id, internal, via, created_at, erased_at is not null from person order by 1")
            assert [tuple(row.values()) for row in snapshot(story.folder, "people")] == cursor.fetchall()
        manifest = read_manifest(story.folder)
        assert on_disk(story.folder) == manifest.files | set(manifest.dropped)
        transaction.set_rollback(True)


def tracked(person: int, at: datetime, said: str) -> None:
    fact = EventTracked(write_key=1, message=said, name="said", properties={"words": said})
    told(fact, at=at, person=person)


def words_in(folder: Path, words: str) -> bool:
    """Whether any file of the folder, of whatever version, still says it."""
    return any(words in json.dumps(pq.read_table(p).to_pylist(), default=str) for p in folder.rglob("*.parquet"))


def meet(nickname: str, at: datetime) -> int:
    return add_by_hand(nickname=nickname, signs=[sign("phone", "13812345678")], actor="staff:1", at=at).person_id


def test_an_erased_person_leaves_no_word_in_any_file_once_rewritten(tmp_path: Path, noon: datetime) -> None:
    gone, stays = meet("小美", noon), 7
    tracked(gone, noon, "my secret wish")
    tracked(gone, noon - timedelta(days=60), "my older wish")
    tracked(stays, noon, "my open word")
    exported(tmp_path, noon)
    untouched = read_manifest(tmp_path).facts["person.met"]
    erase(person_id=gone, with_words=True, actor="staff:1", at=noon)
    done = rewrite_for(folder=tmp_path, kinds=TRACKING, person_ids=[gone], at=noon)
    assert done is not None
    assert done.facts == 2
    assert not words_in(tmp_path, "secret")
    assert not words_in(tmp_path, "older")
    assert words_in(tmp_path, "open word")
    assert read_manifest(tmp_path).facts["person.met"] == untouched
    exported(tmp_path, noon)
    assert lake_rows(tmp_path) == ledger_rows()


def test_the_export_follows_an_erasure_that_nobody_told_it_of(tmp_path: Path, noon: datetime) -> None:
    gone = meet("小美", noon)
    tracked(gone, noon, "my secret wish")
    exported(tmp_path, noon, emptied=TRACKING)
    erase(person_id=gone, with_words=True, actor="staff:1", at=noon)
    exported(tmp_path, noon, emptied=TRACKING, grace=timedelta(0))
    assert not words_in(tmp_path, "secret")
    assert lake_rows(tmp_path) == ledger_rows()
    assert [row["erased"] for row in snapshot(tmp_path, "people") if row["person"] == gone] == [True]


def test_without_a_lake_there_is_nothing_to_rewrite(tmp_path: Path, noon: datetime) -> None:
    assert rewrite_for(folder=tmp_path / "none", kinds=TRACKING, person_ids=[1], at=noon) is None
    assert not (tmp_path / "none").exists()


def test_a_ledger_restored_to_earlier_is_read_anew(tmp_path: Path, noon: datetime) -> None:
    told(OrderPaid(order="A1"), at=noon)
    with transaction.atomic():
        told(OrderPaid(order="lost"), at=noon)
        exported(tmp_path, noon)
        transaction.set_rollback(True)
    sequence()
    told(OrderPaid(order="other"), at=noon)
    exported(tmp_path, noon)
    assert lake_rows(tmp_path) == ledger_rows()
    assert {row["order"] for row in lake_rows(tmp_path).values()} == {"A1", "other"}


def test_a_kind_with_other_columns_than_before_is_read_anew_and_only_that(
    tmp_path: Path, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = told(OrderPaid(order="A1", amount_fen=5), at=noon)
    told(MessageHeard(message=1, message_key="m"), at=noon)
    withdraw(gone, noon)
    exported(tmp_path, noon)
    first = read_manifest(tmp_path)

    def doubled(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "amount_fen": body["amount_fen"] * 2}

    monkeypatch.setattr(OrderPaid, "version", 2)
    monkeypatch.setitem(upcasters.UPCASTERS, ("order.paid", 1), doubled)
    assert exported(tmp_path, noon).facts == 2
    second = read_manifest(tmp_path)
    row = lake_rows(tmp_path)[gone]
    assert (row["amount_fen"], row["version"], row["withdrawn"]) == (10, 2, True)
    assert second.facts["message.heard"] == first.facts["message.heard"]
    assert second.pos == first.pos


def test_two_writers_at_once_are_refused(tmp_path: Path, noon: datetime) -> None:
    with only_writer(tmp_path), pytest.raises(LakeBusy, match="another process"):
        export_lake(folder=tmp_path, at=noon)


def test_a_lake_that_is_not_there_or_newer_says_what_to_do(tmp_path: Path, noon: datetime) -> None:
    with pytest.raises(LakeMissing, match="run the export first"):
        read_manifest(tmp_path)
    exported(tmp_path, noon)
    path = tmp_path / "manifest.json"
    path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(LakeNewer, match="update"):
        read_manifest(tmp_path)


def test_reading_the_manifest_needs_no_django() -> None:
    code = "import sys, tongpin.core.ledger.lake_files; print('django' in sys.modules, 'pandas' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]

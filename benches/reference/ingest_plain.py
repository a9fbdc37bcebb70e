"""Rivals of the ingest bench: raw COPY of ready lines into a table like `entry` with its keys, and Django's bulk_create
with ignore_conflicts as one would write it first."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any


def fill(facts: int, people: int, *, namespace: str) -> None:
    """Puts facts and people there before the measured run, straight in SQL: people `u0` … as the mix names them, each
    known by an outside id of the key's namespace, one in three by a device. Returns when the readers have read it all."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select nextval('person_id_seq')")
        first = int(cursor.fetchone()[0]) + 1
        cursor.execute("select setval('person_id_seq', %s)", [first + people])
        cursor.execute(
            "insert into person (id, nickname, grams, sort_key, name_masked, identified, internal, via, created_at)"
            " select %s + n, 'p' || n, '{}', 'p' || n, '', true, false, 'bench', now() from generate_series(0, %s) n",
            [first, people - 1],
        )
        _identities(cursor, first, people, namespace)
        step = 500_000
        for start in range(0, facts, step):
            cursor.execute(
                "with numbered as (select nextval('entry_seq') seq, n from generate_series(%s::bigint, %s::bigint) n),"
                " keyed as (insert into entry_key select decode(md5(n::text), 'hex'), seq from numbered),"
                " written as (insert into entry select seq, 'event.tracked', now() - n * interval '1 second', now(),"
                "  %s + n %% %s, null, 'key:9', 'filled', 0, null, 0, 1, true,"
                "  jsonb_build_object('write_key', 9, 'message', n::text, 'name', 'Lesson Read', 'properties',"
                "   jsonb_build_object('lesson', n %% 400, 'seconds', 61, 'via', 'page')) from numbered)"
                " insert into fresh select min(seq), max(seq), '{event.tracked}' from numbered",
                [start + 1, min(start + step, facts), first, people],
            )
        cursor.execute("analyze entry; analyze entry_key; analyze person; analyze identity")
        _wait_for_readers(cursor)


def _identities(cursor: Any, first: int, people: int, namespace: str) -> None:
    from tongpin.core.people.resolving import sign_digest
    from tongpin.core.people.signs import Sign

    with cursor.copy(
        "copy identity (person_id, kind, namespace, digest, shown, strength, via, linked_at) from stdin"
    ) as copy:
        for n in range(people):
            signs = [Sign("custom", namespace, f"u{n}")] + ([Sign("device", namespace, f"a{n}")] if n % 3 == 0 else [])
            for one in signs:
                digest = sign_digest(one).hex()
                copy.write(
                    f"{first + n}\t{one.kind}\t{namespace}\t\\\\x{digest}\t{one.value}\t{int(one.strength)}\tbench\tnow\n"
                )


def _wait_for_readers(cursor: Any) -> None:
    """A reader that still folds what was filled would be measured with the run."""
    while True:
        cursor.execute("select (select count(*) from fresh) = 0 and min(pos) = (select max(pos) from feed) from reader")
        if cursor.fetchone()[0]:
            return
        time.sleep(0.5)


def copy_rate(count: int) -> float:
    """Rows a second of plain COPY into an unpartitioned table with the entry's columns and two indexes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("drop table if exists rival_copy")
        cursor.execute("create table rival_copy (like entry)")
        cursor.execute("alter table rival_copy add primary key (seq)")
        cursor.execute("create index on rival_copy (person_id, at desc, seq desc)")
        lines = [
            f"{n}\tevent.tracked\t2026-11-22T03:04:05.678+00:00\t2026-11-22T03:04:06+00:00\t{n % 200_000}\t\\N\tkey:1\ttrack:1"
            f'\t0\t\\N\t0\t1\tt\t{{"write_key":1,"message":"1-{n}","name":"Lesson Read","properties":{{"lesson":{n % 400},'
            f'"seconds":61,"via":"page"}},"context":{{"library":{{"name":"analytics-python","version":"2.4.0"}}}}}}\n'
            for n in range(count)
        ]
        began = time.perf_counter()
        for start in range(0, count, 5000):
            with cursor.copy("copy rival_copy from stdin") as copy:
                copy.write("".join(lines[start : start + 5000]))
        seconds = time.perf_counter() - began
        cursor.execute("select count(*) from rival_copy")
        if cursor.fetchone()[0] != count:
            raise SystemExit("the rival lost rows")
        cursor.execute("drop table rival_copy")
    return count / seconds


def django_rate(bodies: Sequence[bytes]) -> float:
    """Events a second of json.loads + bulk_create in process, without HTTP: what a plain Django view would do."""
    import json

    from django.db import connection, models

    class RivalEvent(models.Model):
        message = models.CharField(max_length=100, unique=True)
        user = models.CharField(max_length=100, db_index=True)
        kind = models.CharField(max_length=20)
        at = models.DateTimeField(auto_now_add=True)
        body = models.JSONField()

        class Meta:
            app_label = "ledger"
            db_table = "rival_event"

    with connection.cursor() as cursor:
        cursor.execute("drop table if exists rival_event")
    with connection.schema_editor() as editor:
        editor.create_model(RivalEvent)
    count = 0
    began = time.perf_counter()
    for body in bodies:
        events = json.loads(body)["batch"]
        count += len(events)
        RivalEvent.objects.bulk_create(
            [RivalEvent(message=e["messageId"], user=e.get("userId", ""), kind=e["type"], body=e) for e in events],
            ignore_conflicts=True,
        )
    seconds = time.perf_counter() - began
    with connection.schema_editor() as editor:
        editor.delete_model(RivalEvent)
    return count / seconds

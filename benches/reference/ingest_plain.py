"""Rivals of the ingest bench: raw COPY of ready lines into a table like `entry` with its keys, and Django's bulk_create
with ignore_conflicts as one would write it first."""

from __future__ import annotations

import time
from collections.abc import Sequence


def fill(facts: int, people: int) -> None:
    """Puts facts and people there before the measured run, straight in SQL."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "insert into person (id, nickname, grams, sort_key, name_masked, identified, internal, via, created_at)"
            " select nextval('person_id_seq'), 'p' || n, '{}', 'p' || n, '', true, false, 'bench', now()"
            " from generate_series(1, %s) n",
            [people],
        )
        step = 500_000
        for start in range(0, facts, step):
            cursor.execute(
                "with numbered as (select nextval('entry_seq') seq, n from generate_series(%s::bigint, %s::bigint) n),"
                " keyed as (insert into entry_key select decode(md5(n::text), 'hex'), seq from numbered),"
                " written as (insert into entry select seq, 'event.tracked', now() - n * interval '1 second', now(),"
                "  1 + n %% %s, null, 'key:9', 'filled', 0, null, 0, 1, true,"
                "  jsonb_build_object('write_key', 9, 'message', n::text, 'name', 'Filled') from numbered)"
                " insert into fresh select min(seq), max(seq), '{event.tracked}' from numbered",
                [start + 1, min(start + step, facts), people],
            )
        cursor.execute("analyze entry; analyze entry_key; analyze person")


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

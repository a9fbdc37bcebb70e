"""What an import wrote beside the ledger, removed when it is taken back: words, memberships, what was told, and the people
nobody else knows. In steps, each a transaction of its own; doing it again goes on where it stopped."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models.fields.reverse_related import ForeignObjectRel

from tongpin.core.intake.models import Batch
from tongpin.core.people.models import Person

STEP = 5000

_TOLD = (
    "delete from message where ctid = any(array(select ctid from message where batch = %(batch)s limit %(step)s))",
    "delete from membership where ctid = any(array(select ctid from membership where batch = %(batch)s limit %(step)s))",
    "delete from import_refund where ctid = any(array(select ctid from import_refund where batch_id = %(batch)s"
    " limit %(step)s))",
    "delete from person_trait where ctid = any(array(select ctid from person_trait where via = %(via)s limit %(step)s))",
    "delete from life_fact where ctid = any(array(select ctid from life_fact where via = %(via)s limit %(step)s))",
    "delete from person_tag where ctid = any(array(select ctid from person_tag where by = %(via)s limit %(step)s))",
    "delete from consent where ctid = any(array(select ctid from consent where evidence = %(via)s limit %(step)s))",
    # A sign that facts in force still rest on is not this import's alone.
    "delete from identity where id = any(array(select i.id from identity i where i.via = %(via)s and not exists ("
    "select from entry e where e.person_id = i.person_id and e.kind <> 'fact.withdrawn'"
    " and not exists (select from entry_withdrawn w where w.seq = e.seq)) limit %(step)s))",
)

_ONLY_OURS = """
select p.id from person p where p.via = %s and p.id > %s and p.owner is null
 and not exists (select from identity i where i.person_id = p.id)
 and not exists (select from person_note n where n.person_id = p.id)
 and not exists (select from person_tag t where t.person_id = p.id and t.by like 'staff:%%')
 and not exists (select from life_fact f where f.person_id = p.id and f.via = 'hand')
 and not exists (select from merge m where p.id in (m.kept, m.gone))
 order by p.id limit %s
"""
"""People whom no other source, and no teammate by hand, has told anything of."""


def remove_what_was_told(batch: Batch) -> None:
    """Removes the rows of a batch whose facts were withdrawn. What single rows became stays to be read, without people."""
    via = f"import:{batch.pk}"
    for statement in _TOLD:
        while True:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, {"batch": batch.pk, "via": via, "step": STEP})
                if cursor.rowcount < STEP:
                    break
    for ids in _people(via):
        _remove_people(ids)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update identity_epoch set epoch = epoch + 1")
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "update import_row set person_id = null where ctid = any(array(select ctid from import_row"
                " where batch_id = %s and person_id is not null limit %s))",
                [batch.pk, STEP],
            )
            if cursor.rowcount < STEP:
                break


def _people(via: str) -> Iterator[list[int]]:
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_ONLY_OURS, [via, last, STEP])
            ids = [int(row[0]) for row in cursor.fetchall()]
        if not ids:
            return
        yield ids
        last = ids[-1]


def _tables() -> list[tuple[str, str]]:
    """Tables that point at people by a foreign key, with its column."""
    relations = (one for one in Person._meta.get_fields(include_hidden=True) if isinstance(one, ForeignObjectRel))
    return [(one.related_model._meta.db_table, one.field.attname) for one in relations]


@transaction.atomic
def _remove_people(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        for table, column in _tables():
            cursor.execute(f"delete from {table} where {column} = any(%s)", [ids])
        cursor.execute("delete from merge_suggestion where low = any(%s) or high = any(%s)", [ids, ids])
        cursor.execute("delete from person where id = any(%s)", [ids])

"""What an import wrote beside the ledger, removed when it is taken back: words, memberships, what was told, and the people
nobody else knows. In steps, each a transaction of its own; doing it again goes on where it stopped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import connection, transaction
from django.db.models.fields.reverse_related import ForeignObjectRel

from tongpin.core.intake.models import Batch
from tongpin.core.people.erasure import forget_identities
from tongpin.core.people.merging import part
from tongpin.core.people.models import Merge, Person, Strength
from tongpin.core.people.roots import lock_erasures

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
)

_SIGNS = (
    "delete from identity where id = any(array(select i.id from identity i where i.via = %(via)s and not exists ("
    "select from entry e where e.person_id = i.person_id and e.recorded_at >= i.linked_at and e.kind <> 'fact.withdrawn'"
    " and not exists (select from entry_withdrawn w where w.seq = e.seq)) limit %(step)s)) returning person_id"
)
"""A sign that facts may rest on which were told later and are in force is not this import's alone."""

_ONLY_OURS = """
select p.id from person p where p.via = %s and p.id > %s and p.owner is null and p.erased_at is null
 and not exists (select from identity i where i.person_id = p.id)
 and not exists (select from entry e where e.person_id = p.id and e.kind <> 'fact.withdrawn'
  and not exists (select from entry_withdrawn w where w.seq = e.seq))
 and not exists (select from person_note n where n.person_id = p.id)
 and not exists (select from person_tag t where t.person_id = p.id and t.by like 'staff:%%')
 and not exists (select from life_fact f where f.person_id = p.id and f.via = 'hand')
 and not exists (select from merge m where p.id in (m.kept, m.gone))
 order by p.id limit %s
"""
"""People whom no other source, and no teammate by hand, has told anything of."""


def remove_what_was_told(batch: Batch, *, actor: str, at: datetime) -> None:
    """Removes the rows of a batch whose facts were withdrawn. What single rows became stays to be read, without people."""
    via = f"import:{batch.pk}"
    if batch.kind == "messages":
        _forget_words(batch)
    for statement in _TOLD:
        _in_steps(statement, {"batch": batch.pk, "via": via})
    if batch.kind == "messages":
        _tidy_places(batch)
    _part_merges(via, actor=actor, at=at)
    _forget_signs(via)
    for ids in _people(via):
        _remove_people(ids)
    _in_steps(
        "update import_row set person_id = null where ctid = any(array(select ctid from import_row"
        " where batch_id = %(batch)s and person_id is not null limit %(step)s))",
        {"batch": batch.pk},
    )


def _in_steps(statement: str, values: dict[str, int | str]) -> None:
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values | {"step": STEP})
            if cursor.rowcount < STEP:
                return


def _forget_words(batch: Batch) -> None:
    """What the token hashes of its messages mean goes, where no message in force has the word too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct t.hash::bigint from import_block b join entry e on e.seq between b.lo and b.hi"
            " cross join lateral jsonb_array_elements_text(coalesce(e.body->'tokens', '[]'::jsonb)) as t(hash)"
            " where b.batch_id = %s and e.kind = 'message.heard'",
            [batch.pk],
        )
        ours = {int(row[0]) for row in cursor.fetchall()}
        cursor.execute(
            "select distinct t.hash::bigint from entry e"
            " cross join lateral jsonb_array_elements_text(coalesce(e.body->'tokens', '[]'::jsonb)) as t(hash)"
            " where e.kind = 'message.heard' and not exists (select from entry_withdrawn w where w.seq = e.seq)",
        )
        gone = sorted(ours - {int(row[0]) for row in cursor.fetchall()})
    for start in range(0, len(gone), STEP):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("delete from feature_word where hash = any(%s)", [gone[start : start + STEP]])


def _tidy_places(batch: Batch) -> None:
    """Answers to messages that are gone answer nothing; threads without messages go."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select distinct e.place_id from import_block b join entry e on e.seq between b.lo and b.hi"
            " where b.batch_id = %s and e.place_id is not null",
            [batch.pk],
        )
        places = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "update message m set reply_to = null where m.place_id = any(%s) and m.reply_to is not null"
            " and not exists (select from message r where r.id = m.reply_to)",
            [places],
        )
        cursor.execute(
            "delete from thread t where t.place_id = any(%s)"
            " and not exists (select from message m where m.thread_id = t.id)",
            [places],
        )


def _part_merges(via: str, *, actor: str, at: datetime) -> None:
    """Merges that came of the file alone. They leave no «no» behind: the same file would merge the two again."""
    for one in Merge.objects.filter(by=via, undone_at=None).order_by("-pk"):
        with transaction.atomic():
            part(merge_id=one.pk, actor=actor, at=at)
            one.delete()


def _forget_signs(via: str) -> None:
    """Signs that the file alone told, also of people who were known before; they are identified by what is left."""
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            lock_erasures(shared=False)
            cursor.execute(_SIGNS, {"via": via, "step": STEP})
            people = sorted({int(row[0]) for row in cursor.fetchall()})
            if not people:
                return
            cursor.execute(
                "update person p set identified = false where p.id = any(%s) and p.identified and not exists"
                " (select from identity i where i.person_id = p.id and i.strength = %s)",
                [people, int(Strength.STRONG)],
            )
            forget_identities()


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

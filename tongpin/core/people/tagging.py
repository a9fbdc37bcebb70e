"""One tag put on many people, and the facts that tell of it: by hand and by a rule alike."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from tongpin.base.ids import digest
from tongpin.core.ledger.bulk import Line, record_many


def put_on(*, people: Sequence[int], tag_id: int, by: str, how: str, actor: str, at: datetime) -> int:
    """Puts a tag on all of these that lack it; returns on how many. `by` stands beside the tag, `how` in the fact."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into person_tag (person_id, tag_id, by, put_at, occurrence) select p, %s, %s, %s, 1"
            " from unnest(%s::bigint[]) p on conflict (person_id, tag_id) do update set taken_at = null, by = excluded.by,"
            " put_at = excluded.put_at, occurrence = person_tag.occurrence + 1 where person_tag.taken_at is not null"
            " returning person_id, occurrence",
            [tag_id, by, at, list(people)],
        )
        put = cursor.fetchall()
    tell("tag.put", tag_id, put, how=how, actor=actor, at=at)
    return len(put)


def tell(kind: str, tag_id: int, held: Sequence[tuple[int, int]], *, how: str, actor: str, at: datetime) -> None:
    """Records `tag.put` or `tag.taken` for each (person, occurrence)."""
    moment = at.isoformat()
    lines = []
    for person, occurrence in sorted(held):
        body: dict[str, object] = {"tag": tag_id, "by": how}
        if occurrence != 1:
            body["occurrence"] = occurrence
        lines.append(Line(digest(kind, person, tag_id, occurrence), kind, moment, person, None, json.dumps(body)))
    record_many(lines, recorded_at=at, actor=actor, source="")

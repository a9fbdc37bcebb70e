"""What people are called on screens."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from tongpin.core.people.models import Strength
from tongpin.core.people.rules import display_name


def display_names(*, person_ids: Sequence[int]) -> dict[int, str]:
    """What each of these records is called, as itself and not as its root; empty where only a number tells them apart.

    One query.
    """
    if not person_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.id, p.nickname, p.name_masked, array(select i.shown from identity i"
            " where i.person_id = p.id and i.strength = %s order by i.id) from person p where p.id = any(%s)",
            [Strength.STRONG, list(person_ids)],
        )
        rows = cursor.fetchall()
    return {person: display_name([(nickname, masked)], signs) for person, nickname, masked, signs in rows}

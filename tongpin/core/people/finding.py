"""Finding people by what somebody typed: a nickname's characters, or a whole phone, mail, name, account or order number.

Whole values are found by keyed digests: nothing is decrypted and nothing personal is compared in the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tongpin.base.text import clean, query_grams
from tongpin.core.people.resolving import sign_digest
from tongpin.core.people.scopes import scopes_of
from tongpin.core.people.signs import NAMESPACED, Sign, mail_address, phone_number
from tongpin.core.team.keys import keyring

EXACT = 200

_EXACT = """
select person_id from identity where digest = any(%(digests)s::bytea[])
union select id from person where name_index = %(name)s
union select id from person where id = %(number)s
union select person_id from purchase where order_number = %(text)s and person_id is not null
limit %(most)s
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search means: people found by a whole value, and the pairs of characters a nickname must hold."""

    people: tuple[int, ...]
    grams: tuple[str, ...]


def wanted(cursor: Any, text: str) -> Wanted | None:
    """Reads what was typed; None where nothing was. Two queries."""
    typed = clean(text, limit=200)
    if not typed:
        return None
    digests = [sign_digest(one) for one in _signs(cursor, typed)]
    number = typed.removeprefix("#").removeprefix("No.").strip()
    cursor.execute(
        _EXACT,
        {
            "digests": digests,
            "name": keyring().blind("name", clean(typed, limit=80)),
            "number": int(number) if number.isdecimal() and len(number) < 16 else -1,
            "text": typed,
            "most": EXACT,
        },
    )
    return Wanted(tuple(int(row[0]) for row in cursor.fetchall()), tuple(query_grams(typed)))


def _signs(cursor: Any, typed: str) -> list[Sign]:
    signs = [Sign("unionid", "", typed), Sign("matrix", "", typed)]
    if phone := phone_number(typed):
        signs.append(Sign("phone", "", phone))
    if mail := mail_address(typed):
        signs.append(Sign("mail", "", mail))
    signs += [Sign(kind, namespace, typed) for kind, namespace in scopes_of(cursor) if kind in NAMESPACED]
    return signs

"""People who arrive in numbers: what is learnt of them, and the facts that tell of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec
from django.db import connection

from tongpin.base.text import clean, grams, mask_name, sort_key
from tongpin.core.ledger.bulk import Line
from tongpin.core.people.models import Strength
from tongpin.core.people.resolving import Resolved
from tongpin.core.team.keys import keyring

_encode = msgspec.json.Encoder()
_ALIVE = "coalesce(p.erased_at, 'infinity') = 'infinity'"
"""Not erased. Of a table that was never analysed the planner takes "is null" to hold for one row in two hundred: put that
way, it reads everybody for the sake of fifty."""


class Learnt(NamedTuple):
    """What an arrival told of a person besides signs. `certain` overwrites; otherwise only blanks are filled."""

    person_id: int
    nickname: str = ""
    name: str = ""
    certain: bool = False


def learn_many(told: Iterable[Learnt]) -> set[int]:
    """Keeps nicknames and real names. The last word of a batch wins; what is already so is not written again.

    Returns those who are called otherwise now.
    """
    nicknames: dict[int, tuple[str, bool]] = {}
    names: dict[int, tuple[str, bool]] = {}
    for one in told:
        if one.nickname and (nickname := clean(one.nickname, limit=120)):
            nicknames[one.person_id] = (nickname, one.certain)
        if one.name and (name := clean(one.name, limit=80)):
            names[one.person_id] = (name, one.certain)
    changed: set[int] = set()
    with connection.cursor() as cursor:
        if nicknames:
            rows = [
                (person, nickname, grams(nickname), sort_key(nickname), certain)
                for person, (nickname, certain) in sorted(nicknames.items())
            ]
            cursor.execute(
                "update person p set nickname = t.n, grams = t.g, sort_key = t.s from (select (r->>0)::bigint id, r->>1 n,"
                " array(select json_array_elements_text(r->2)) g, r->>3 s, (r->>4)::bool certain"
                " from json_array_elements(%s::json) r) t where p.id = t.id and p.nickname <> t.n"
                f" and (t.certain or p.nickname = '') and {_ALIVE} returning p.id",
                [_encode.encode(rows).decode()],
            )
            changed.update(row[0] for row in cursor.fetchall())
        if names:
            ring = keyring()
            sealed = [
                (
                    person,
                    ring.encrypt(name, context="person.name").hex(),
                    ring.blind("name", name).hex(),
                    mask_name(name),
                    certain,
                )
                for person, (name, certain) in sorted(names.items())
            ]
            cursor.execute(
                "update person p set name_sealed = t.n, name_index = t.x, name_masked = t.m from (select (r->>0)::bigint id,"
                " decode(r->>1, 'hex') n, decode(r->>2, 'hex') x, r->>3 m, (r->>4)::bool certain"
                " from json_array_elements(%s::json) r) t where p.id = t.id and p.name_index is distinct from t.x"
                f" and (t.certain or p.name_index is null) and {_ALIVE} returning p.id",
                [_encode.encode(sealed).decode()],
            )
            changed.update(row[0] for row in cursor.fetchall())
    return changed


def lines_of_arrival(resolved: Resolved, *, via: str, at: datetime) -> list[Line]:
    """`person.met` for everybody new and `identity.linked` for what was added to people already known."""
    moment = at.isoformat()
    kinds: dict[int, list[str]] = {person: [] for person in resolved.met}
    lines: list[Line] = []
    for person, identity, one in resolved.linked:
        if person in kinds:
            kinds[person].append(one.kind)
            continue
        strength = "strong" if one.strength == Strength.STRONG else "weak"
        body = f'{{"identity":{identity},"identity_kind":"{one.kind}","strength":"{strength}"}}'
        lines.append(Line(None, "identity.linked", moment, person, None, body))
    for person, held in kinds.items():
        body = _encode.encode({"via": via, "identities": held}).decode()
        lines.append(Line(None, "person.met", moment, person, None, body))
    return lines

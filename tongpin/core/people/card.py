"""A person's page: everything about them, all merged records together, in a handful of queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from tongpin.core.people import rules, seen
from tongpin.core.people.calling import display_names
from tongpin.core.people.models import Person, Strength
from tongpin.core.people.roots import PersonUnknown, records_of, roots_of
from tongpin.core.people.whereabouts import whereabouts

LATEST_ORDERS = 5
RELATIONS = 20
EARLY = 200
"""Who brought somebody stands among their first facts: so many are looked at."""

_BRINGS = ("admission.accepted", "member.joined", "order.paid", "referral.bound")
_ROLES = ("inviter", "introducer")
"""The kinds of facts that tell who brought whom, and the parts the one who brought plays in them."""

# Each part is (what it is, a row as JSON); one statement spares a page a dozen round trips.
_HELD = """
(select 'sign', jsonb_build_array(i.id, i.kind, i.namespace, i.shown, i.strength, i.via, i.linked_at, i.sealed is not null)
 from identity i where i.person_id = any(%(ids)s) order by i.strength desc, i.linked_at, i.id limit 200)
union all
(select 'trait', jsonb_build_array(t.id, t.kind, t.shown, t.via, t.told_at, t.sealed is not null)
 from person_trait t where t.person_id = any(%(ids)s) order by t.id limit 100)
union all
(select 'life', jsonb_build_array(f.id, f.kind, f.masked, f.via, f.told_at)
 from life_fact f where f.person_id = any(%(ids)s) order by f.id limit 100)
union all
(select 'tag', jsonb_build_array(t.tag_id, n.name, t.by, t.put_at, n.rule is not null)
 from person_tag t join tag n on n.id = t.tag_id where t.person_id = any(%(ids)s) and t.taken_at is null
 order by n.name, t.put_at, t.id)
union all
(select 'note', jsonb_build_array(n.id, n.words, n.by, n.by_name, n.written_at)
 from person_note n where n.person_id = any(%(ids)s) and n.removed_at is null
 order by n.written_at desc, n.id desc limit 100)
union all
(select 'consent', jsonb_build_array(c.id, c.purpose, c.channel, c.basis, c.given_at, c.withdrawn_at)
 from consent c where c.person_id = any(%(ids)s) order by c.given_at desc, c.id desc limit 100)
union all
(select 'place', p.told from (select distinct jsonb_build_array(w.place_id, w.place_kind, w.place_name, w.community_id) told
 from {whereabouts} w where w.person_id = any(%(ids)s)) p order by p.told limit 100)
union all
(select 'merged', jsonb_build_array(a.person_id, a.merge_id, a."into", m.reasons, m.by, m.merged_at)
 from person_alias a join merge m on m.id = a.merge_id where a.root = %(root)s order by a.merge_id)
union all
(select 'counts', jsonb_build_array(v.gather, v.give, v.sell, v.share, v.other, v.first_at, v.last_day, v.acted)
 from person_activity v where v.person_id = any(%(ids)s))
union all
(select 'spent', jsonb_build_array(s.orders, s.net_fen, s.currency, s.last_at)
 from person_spending s where s.person_id = %(root)s)
union all
(select 'order', jsonb_build_array(b.place_id, b.order_number, b.placed_at, b.paid_at, b.cancelled_at, b.items,
        coalesce(b.paid_fen, b.items_fen), greatest(b.refunded_fen, b.returned_fen), b.currency)
 from (select * from purchase where person_id = any(%(ids)s) order by paid_at desc nulls last, place_id, order_number
       limit %(orders)s) b)
union all
(select 'doubt', jsonb_build_array(s.id, s.low, s.high, s.score, s.reasons)
 from (select * from merge_suggestion where low = any(%(ids)s) and state = 'open'
       union select * from merge_suggestion where high = any(%(ids)s) and state = 'open') s
 order by s.score desc, s.id limit 20)
"""

_BROUGHT_BY = """
select n.person_id, e.kind, e.at
from (select seq, kind, at from entry where person_id = any(%(ids)s) order by at, seq limit %(early)s) e
join entry_person n on n.seq = e.seq and n.role = any(%(roles)s)
where e.kind = any(%(kinds)s) and not exists (select from entry_withdrawn w where w.seq = e.seq)
order by e.at limit 5
"""

_BROUGHT = """
select e.person_id, e.kind, e.at from entry_person n join entry e on e.seq = n.seq
where n.person_id = any(%(ids)s) and n.role = any(%(roles)s) and e.kind = any(%(kinds)s) and e.person_id is not null
  and not exists (select from entry_withdrawn w where w.seq = e.seq)
order by n.seq desc limit %(most)s
"""

_Rows = dict[str, list[list[Any]]]


def person_card(*, person_id: int, may_see_contact: bool) -> seen.PersonCard:
    """Everything a person's page shows. With `may_see_contact`, masked values name the field to unmask.

    Raises PersonUnknown.
    """
    members = records_of(person_id=person_id)
    records = {p.pk: p for p in Person.objects.filter(pk__in=members)}
    root = records.get(members[0])
    if root is None:
        raise PersonUnknown(f"there is no person {person_id}; look the number up again")
    if root.erased_at is not None:
        return _stone(root, members)
    ordered = [records[member] for member in members if member in records]
    with connection.cursor() as cursor:
        rows = _held(cursor, root.pk, members)
        brought_by, brought = _related(cursor, members)
    doubts = [(*row[:4], tuple(row[4])) for row in rows["doubt"]]
    others = {int(one) for row in doubts for one in row[1:3]} | {row[0] for row in (*brought_by, *brought)}
    roots = roots_of(person_ids=others - set(members))
    named = {*roots.values(), *(int(row[0]) for row in rows["merged"])}
    names = display_names(person_ids=sorted(named)) if named else {}
    identities = _identities(rows, may_see_contact)
    places = tuple(seen.PlaceHeld(*row) for row in rows["place"])
    held = rules.touchpoints([(one.kind, one.namespace) for one in identities], [place.kind for place in places])
    masked = next((p.name_masked for p in ordered if p.name_masked), "")
    strong = [one.shown for one in identities if one.is_strong]
    return seen.PersonCard(
        person_id=root.pk,
        members=tuple(members),
        display_name=rules.display_name([(p.nickname, p.name_masked) for p in ordered], strong),
        nickname=next((p.nickname for p in ordered if p.nickname), ""),
        name_masked=masked,
        unmask_name="name" if masked and may_see_contact else "",
        identified=any(p.identified for p in ordered),
        internal=root.internal,
        via=root.via,
        since=min(p.created_at for p in ordered),
        owner=next((p.owner for p in ordered if p.owner is not None), None),
        merged=_merged(rows, names),
        identities=identities,
        touchpoints=held,
        missing=rules.missing(held),
        traits=_traits(rows, may_see_contact),
        life=_life(rows, may_see_contact),
        tags=_tags(rows),
        notes=_notes(rows),
        consents=_consents(rows),
        places=places,
        brought_by=_relations(brought_by, roots, names),
        brought=_relations(brought, roots, names),
        purchases=_purchases(rows),
        counts=_counts(rows),
        doubts=_doubts(doubts, roots, names),
    )


def _stone(root: Person, members: Sequence[int]) -> seen.PersonCard:
    """What is left of an erased person: a number."""
    return seen.PersonCard(
        person_id=root.pk,
        members=tuple(members),
        display_name="",
        nickname="",
        name_masked="",
        unmask_name="",
        identified=False,
        internal=root.internal,
        via=root.via,
        since=root.created_at,
        owner=None,
        erased_at=root.erased_at,
    )


def _held(cursor: Any, root: int, members: Sequence[int]) -> _Rows:
    cursor.execute(
        _HELD.format(whereabouts=whereabouts()), {"ids": list(members), "root": root, "orders": LATEST_ORDERS}
    )
    found: _Rows = defaultdict(list)
    for what, told in cursor.fetchall():
        found[what].append(json.loads(told) if isinstance(told, str) else told)
    return found


_Related = list[tuple[int, str, datetime]]


def _related(cursor: Any, members: Sequence[int]) -> tuple[_Related, _Related]:
    """(person, kind, at) of who brought them and whom they brought."""
    asked = {
        "ids": list(members),
        "roles": list(_ROLES),
        "kinds": list(_BRINGS),
        "early": EARLY,
        "most": RELATIONS,
    }
    cursor.execute(_BROUGHT_BY, asked)
    brought_by = [(int(person), kind, at) for person, kind, at in cursor.fetchall()]
    cursor.execute(_BROUGHT, asked)
    return brought_by, [(int(person), kind, at) for person, kind, at in cursor.fetchall()]


def _moment(told: str) -> datetime:
    return datetime.fromisoformat(told)


def _maybe(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)


def _identities(rows: _Rows, may_see: bool) -> tuple[seen.Sign, ...]:
    return tuple(
        seen.Sign(
            id=number,
            kind=kind,
            namespace=namespace,
            shown=shown,
            is_strong=strength == Strength.STRONG,
            via=via,
            at=_moment(at),
            unmask=f"identity:{kind}" if may_see and sealed else "",
        )
        for number, kind, namespace, shown, strength, via, at, sealed in rows["sign"]
    )


def _traits(rows: _Rows, may_see: bool) -> tuple[seen.Told, ...]:
    return tuple(
        seen.Told(number, kind, shown, via, _moment(at), f"trait:{kind}" if may_see and sealed else "")
        for number, kind, shown, via, at, sealed in rows["trait"]
    )


def _life(rows: _Rows, may_see: bool) -> tuple[seen.Told, ...]:
    return tuple(
        seen.Told(number, kind, masked, via, _moment(at), f"life:{kind}" if may_see else "")
        for number, kind, masked, via, at in rows["life"]
    )


def _tags(rows: _Rows) -> tuple[seen.TagHeld, ...]:
    """Each tag once, as it was first put on any of the records."""
    found: dict[int, seen.TagHeld] = {}
    for tag, name, by, at, by_rule in rows["tag"]:
        found.setdefault(tag, seen.TagHeld(tag, name, by, _moment(at), by_rule))
    return tuple(found.values())


def _notes(rows: _Rows) -> tuple[seen.NoteKept, ...]:
    return tuple(
        seen.NoteKept(number, words, by, by_name, _moment(at)) for number, words, by, by_name, at in rows["note"]
    )


def _consents(rows: _Rows) -> tuple[seen.ConsentShown, ...]:
    return tuple(
        seen.ConsentShown(number, purpose, channel, basis, _moment(given), _maybe(withdrawn))
        for number, purpose, channel, basis, given, withdrawn in rows["consent"]
    )


def _merged(rows: _Rows, names: dict[int, str]) -> tuple[seen.Merged, ...]:
    return tuple(
        seen.Merged(person, merge, into, names.get(person, ""), rules.grounds_from_json(reasons), by, _moment(at))
        for person, merge, into, reasons, by, at in rows["merged"]
    )


def _relations(told: _Related, roots: dict[int, int], names: dict[int, str]) -> tuple[seen.Relation, ...]:
    """Each other person once, the person's own records left out."""
    found: dict[int, seen.Relation] = {}
    for person, kind, at in told:
        root = roots.get(person)
        if root is not None and root in names:
            found.setdefault(root, seen.Relation(root, names[root], kind, at))
    return tuple(found.values())


def _purchases(rows: _Rows) -> seen.Purchases:
    latest = tuple(
        seen.OrderSeen(place, number, _maybe(placed), _maybe(paid), _maybe(cancelled), lines, fen, back, currency)
        for place, number, placed, paid, cancelled, lines, fen, back, currency in rows["order"]
    )
    orders, net_fen, currency, last_at = (rows["spent"] or [[0, 0, "CNY", None]])[0]
    return seen.Purchases(orders, net_fen, currency, _maybe(last_at), latest)


def _counts(rows: _Rows) -> seen.Counts:
    counts = rows["counts"]
    acted = [row for row in counts if row[7]] or counts
    gather, give, sell, share, other = (sum(row[i] for row in counts) for i in range(5))
    return seen.Counts(
        gather=gather,
        give=give,
        sell=sell,
        share=share,
        other=other,
        first_at=min((_moment(row[5]) for row in counts), default=None),
        last_day=max((date.fromisoformat(row[6]) for row in acted), default=None),
    )


def _doubts(told: Sequence[tuple[Any, ...]], roots: dict[int, int], names: dict[int, str]) -> tuple[seen.Doubted, ...]:
    """Each other person once, by the likeliest suggestion."""
    found: dict[int, seen.Doubted] = {}
    for number, low, high, score, reasons in told:
        for person in (low, high):
            root = roots.get(person)
            if root is not None:
                grounds = rules.grounds_from_json(reasons)
                found.setdefault(root, seen.Doubted(number, root, names.get(root, ""), score, grounds))
    return tuple(found.values())

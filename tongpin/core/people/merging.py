"""Merging (合并) and parting (拆开) records. A merge writes who is read as whom, nothing else; parting takes that back.

Merges point from a root to a root, so they form trees; taking any of them away leaves the others as they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from django.db import connection, transaction
from django.db.models import Q

from tongpin.base.ids import digest
from tongpin.core.facts.people import MergeRefused, PersonParted
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.bulk import Line, record_all
from tongpin.core.ledger.models import Origin
from tongpin.core.people.models import Merge, Person, PersonAlias, Suggestion
from tongpin.core.people.pairs import Doubt, Pair, decided_pairs, keep_suggestions, pair
from tongpin.core.people.resolving import Clash
from tongpin.core.people.roots import PersonIsErased, PersonUnknown, groups_of, root_of, roots_of
from tongpin.core.people.rules import Ground, Side, clash_score, grounds_from_json, settle

TOGETHER = "told_together"
"""The reason of a merge or suggestion that came from signs arriving together; its detail names their kinds."""


class AlreadyOne(Exception):
    """Both records are read as one person already; there is nothing to merge."""


class MergeUnknown(LookupError):
    """There is no such merge that still holds; look at the person's page again."""


class SuggestionDecided(Exception):
    """Somebody has already decided this suggestion; load the page again."""


@dataclass(frozen=True, slots=True)
class _Planned:
    kept: int
    gone: int
    grounds: tuple[Ground, ...]


@dataclass(slots=True)
class Settled:
    """What became of clashes: merges as (kept, gone), and open suggestions by pair of roots."""

    merged: list[Pair] = field(default_factory=list)
    suggested: dict[Pair, int] = field(default_factory=dict)


@transaction.atomic
def merge(*, kept: int, gone: int, reasons: Sequence[Ground | str], actor: str, at: datetime) -> int:
    """Makes two people one: `gone` is read as `kept` from now on. Returns the merge, by which it can be taken back.

    Raises AlreadyOne, PersonUnknown, PersonIsErased.
    """
    roots = _locked_roots([kept, gone])
    if roots[kept] == roots[gone]:
        raise AlreadyOne("these records are one person already")
    grounds = tuple(one if isinstance(one, Ground) else Ground(one) for one in reasons)
    return _write([_Planned(roots[kept], roots[gone], grounds)], actor=actor, at=at, origin=Origin.LIVE)[0]


@transaction.atomic
def part(*, merge_id: int, actor: str, at: datetime) -> None:
    """Takes a merge back, in whatever order; what was merged into either side before or after stays with its side.

    The two are not merged again by a machine. Raises MergeUnknown.
    """
    found = Merge.objects.filter(pk=merge_id, undone_at=None).first()
    if found is None:
        raise MergeUnknown("this merge was already taken back")
    _locked_roots([found.kept, found.gone])
    taken = Merge.objects.filter(pk=merge_id, undone_at=None).update(undone_at=at, undone_by=actor[:60])
    if not taken:
        raise MergeUnknown("this merge was already taken back")
    PersonAlias.objects.filter(merge=merge_id).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            'with recursive below(id) as (select person_id from person_alias where "into" = %s'
            ' union all select a.person_id from person_alias a join below on a."into" = below.id)'
            " update person_alias set root = %s where person_id in (select id from below)",
            [found.gone, found.gone],
        )
    _refuse_between(found.kept, found.gone, actor=actor, at=at)
    record(PersonParted(merge=merge_id, gone=found.gone), at=at, person_id=found.kept, actor=actor)


@transaction.atomic
def refuse(*, suggestion_id: int, actor: str, at: datetime) -> None:
    """A human's word that two records are two people: it is never suggested again. Raises SuggestionDecided."""
    taken = Suggestion.objects.filter(pk=suggestion_id, state=Suggestion.State.OPEN).update(
        state=Suggestion.State.REFUSED, decided_at=at, decided_by=actor[:60]
    )
    if not taken:
        raise SuggestionDecided("this suggestion is already decided")
    one = Suggestion.objects.get(pk=suggestion_id)
    record(MergeRefused(suggestion=suggestion_id, other=one.high), at=at, person_id=one.low, actor=actor)


@transaction.atomic
def accept(*, suggestion_id: int, actor: str, at: datetime, kept: int | None = None) -> int:
    """Merges the two of a suggestion, for its reasons. Without `kept` the identified one stays, else the older.

    Returns the merge. Raises SuggestionDecided, AlreadyOne, PersonIsErased.
    """
    one = Suggestion.objects.select_for_update().filter(pk=suggestion_id, state=Suggestion.State.OPEN).first()
    if one is None:
        raise SuggestionDecided("this suggestion is already decided")
    if kept is None:
        identified = set(
            Person.objects.filter(pk__in=(one.low, one.high), identified=True).values_list("pk", flat=True)
        )
        kept = one.high if identified == {one.high} else one.low
    other = one.low if kept == one.high else one.high
    return merge(kept=kept, gone=other, reasons=grounds_from_json(one.reasons), actor=actor, at=at)


@transaction.atomic
def settle_clashes(
    *, clashes: Iterable[Clash], trusted: bool, at: datetime, actor: str, origin: Origin = Origin.LIVE
) -> Settled:
    """Signs that arrived together but belong to two known people. From a trusted source a nameless record joins the
    identified person; everything else waits for a human, once per pair. What a human has parted is left alone."""
    kinds: dict[Pair, set[tuple[str, ...]]] = {}
    for clash in clashes:
        kinds.setdefault((clash.person, clash.other), set()).add(tuple(sorted(clash.kinds)))
    settled = Settled()
    if not kinds:
        return settled
    records = {person for key in kinds for person in key}
    roots = roots_of(person_ids=records)
    apart = {key: told for key, told in kinds.items() if roots[key[0]] != roots[key[1]]}
    if not apart:
        return settled
    if trusted:
        roots = _locked_roots(sorted({person for key in apart for person in key}), missing_ok=True)
    identified = _identified(set(roots.values()))
    no, _ = decided_pairs(roots=set(roots.values()))
    plans: list[_Planned] = []
    doubts: list[Doubt] = []
    now_read_as: dict[int, int] = {}
    for (first, second), told in apart.items():
        if roots.get(first) is None or roots.get(second) is None:
            continue  # erased a moment ago
        a, b = (now_read_as.get(roots[one], roots[one]) for one in (first, second))
        if a not in identified or b not in identified or pair(roots[first], roots[second]) in no:
            continue
        grounds = tuple(Ground(TOGETHER, detail=one) for one in sorted(told))
        deed, kept, gone = settle(Side(a, identified[a]), Side(b, identified[b]), trusted=trusted)
        if deed == "merge":
            plans.append(_Planned(kept, gone, grounds))
            now_read_as = {one: kept if root == gone else root for one, root in now_read_as.items()} | {gone: kept}
        elif deed == "suggest":
            both = identified[a] and identified[b]
            doubts.append(Doubt(a, b, clash_score(trusted=trusted, both_identified=both), grounds))
    if plans:
        _write(plans, actor=actor, at=at, origin=origin)
        settled.merged = [(plan.kept, plan.gone) for plan in plans]
    settled.suggested = keep_suggestions(doubts=doubts, at=at)
    return settled


def _identified(roots: set[int]) -> dict[int, bool]:
    """Whether any record of each person has a sign of its own; erased people are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select r.root, bool_or(p.identified) from unnest(%s::bigint[]) as r(root)"
            " join lateral (select r.root as id union all select a.person_id from person_alias a where a.root = r.root) m"
            " on true join person p on p.id = m.id group by r.root having bool_and(p.erased_at is null)",
            [sorted(roots)],
        )
        return {int(root): bool(strong) for root, strong in cursor.fetchall()}


def _locked_roots(person_ids: Sequence[int], *, missing_ok: bool = False) -> dict[int, int]:
    """The root of each record, the rows of the roots locked in order of number, so that two mergers never cross.

    Raises PersonUnknown, PersonIsErased, unless `missing_ok`: then those people are left out.
    """
    for _ in range(5):
        roots = roots_of(person_ids=person_ids)
        held = Person.objects.select_for_update().filter(pk__in=set(roots.values())).order_by("pk")
        alive = {person.pk: person.erased_at is None for person in held}
        if roots_of(person_ids=person_ids) != roots:
            continue
        if missing_ok:
            return {person: root for person, root in roots.items() if alive.get(root)}
        for person, root in roots.items():
            if root not in alive:
                raise PersonUnknown(f"there is no person {person}; look the number up again")
            if not alive[root]:
                raise PersonIsErased(f"person {person} was erased at their wish and cannot be merged")
        return roots
    raise PersonUnknown("these people are being merged by somebody else right now; try again")


def _write(plans: Sequence[_Planned], *, actor: str, at: datetime, origin: Origin) -> list[int]:
    """Writes merges whose two sides are roots; in one list nobody is gone before they are kept."""
    merges = Merge.objects.bulk_create(
        Merge(kept=p.kept, gone=p.gone, reasons=[g.as_json() for g in p.grounds], by=actor[:60], merged_at=at)
        for p in plans
    )
    gone, kept = [p.gone for p in plans], [p.kept for p in plans]
    with connection.cursor() as cursor:
        cursor.execute(
            "update person_alias a set root = t.kept from unnest(%s::bigint[], %s::bigint[]) as t(gone, kept)"
            " where a.root = t.gone",
            [gone, kept],
        )
        cursor.execute(
            'insert into person_alias (person_id, "into", root, merge_id)'
            " select * from unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])",
            [gone, kept, kept, [one.pk for one in merges]],
        )
    lines = []
    for plan, one in zip(plans, merges, strict=True):
        told = {"merge": one.pk, "gone": plan.gone, "reasons": [ground.short for ground in plan.grounds]}
        body = msgspec.json.encode({name: value for name, value in told.items() if value != []}).decode()
        key = digest("person.merged", one.pk)
        lines.append(Line(key, "person.merged", at.isoformat(), plan.kept, None, body, further=(("gone", plan.gone),)))
    record_all(lines, recorded_at=at, actor=actor, source="", origin=origin)
    _close_suggestions(kept, actor=actor, at=at)
    return [int(one.pk) for one in merges]


def _close_suggestions(roots: Sequence[int], *, actor: str, at: datetime) -> None:
    """What was suggested between records that are one now is done."""
    groups = groups_of(roots=roots)
    root_of_member = {member: root for root, members in groups.items() for member in members}
    waiting = Suggestion.objects.filter(state=Suggestion.State.OPEN, low__in=root_of_member, high__in=root_of_member)
    done = [
        pk for pk, low, high in waiting.values_list("pk", "low", "high") if root_of_member[low] == root_of_member[high]
    ]
    Suggestion.objects.filter(pk__in=done).update(state=Suggestion.State.MERGED, decided_at=at, decided_by=actor[:60])


def _refuse_between(a: int, b: int, *, actor: str, at: datetime) -> None:
    """Suggestions between two people that are two again, whichever of their records they name, are answered with no."""
    groups = groups_of(roots=[root_of(person_id=a), root_of(person_id=b)])
    left, right = groups.values()
    across = Q(low__in=left, high__in=right) | Q(low__in=right, high__in=left)
    Suggestion.objects.filter(across).exclude(state=Suggestion.State.REFUSED).update(
        state=Suggestion.State.REFUSED, decided_at=at, decided_by=actor[:60]
    )

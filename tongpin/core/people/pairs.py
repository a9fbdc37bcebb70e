"""Pairs that may be one person (待您定): kept once, with their reasons, and never again after a human said no."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from tongpin.core.people.models import Merge, Suggestion
from tongpin.core.people.roots import groups_of, roots_of
from tongpin.core.people.rules import Ground, grounds_from_json, joined_grounds


class Doubt(NamedTuple):
    """Two records that may be one person, how likely (0..1), and why."""

    a: int
    b: int
    score: float
    grounds: tuple[Ground, ...]


Pair = tuple[int, int]


def pair(a: int, b: int) -> Pair:
    """Two ids, the smaller first."""
    return (a, b) if a < b else (b, a)


def decided_pairs(*, roots: Iterable[int]) -> tuple[set[Pair], dict[Pair, Suggestion]]:
    """Among these people, by their roots: the pairs a human said no to (refused, or merged and parted), and the open
    suggestions. Three queries."""
    of_root = groups_of(roots=roots)
    root_of = {member: root for root, members in of_root.items() for member in members}
    members = list(root_of)
    no: set[Pair] = set()
    waiting: dict[Pair, Suggestion] = {}
    for parted in Merge.objects.filter(kept__in=members, gone__in=members, undone_at__isnull=False):
        no.add(pair(root_of[parted.kept], root_of[parted.gone]))
    for one in Suggestion.objects.filter(low__in=members, high__in=members).order_by("-pk"):
        between = pair(root_of[one.low], root_of[one.high])
        if one.state == Suggestion.State.REFUSED:
            no.add(between)
        elif one.state == Suggestion.State.OPEN:
            waiting[between] = one
    return no, waiting


def keep_suggestions(*, doubts: Iterable[Doubt], at: datetime) -> dict[Pair, int]:
    """Keeps what is not decided yet, and returns the open suggestion of each pair of roots that was doubted.

    Reasons told before stay, the higher score holds. Records that are one already are passed over.
    """
    told = list(doubts)
    if not told:
        return {}
    roots = roots_of(person_ids={id_ for doubt in told for id_ in (doubt.a, doubt.b)})
    by_pair: dict[Pair, Doubt] = {}
    for doubt in told:
        key = pair(roots[doubt.a], roots[doubt.b])
        if key[0] == key[1]:
            continue
        before = by_pair.get(key)
        grounds = joined_grounds(before.grounds if before else (), doubt.grounds)
        by_pair[key] = Doubt(*key, max(doubt.score, before.score if before else 0.0), grounds)
    no, waiting = decided_pairs(roots={root for key in by_pair for root in key})
    fresh: list[Suggestion] = []
    changed: list[Suggestion] = []
    for key, doubt in by_pair.items():
        if key in no:
            continue
        known = waiting.get(key)
        if known is None:
            reasons = [ground.as_json() for ground in doubt.grounds]
            fresh.append(Suggestion(low=key[0], high=key[1], score=doubt.score, reasons=reasons, made_at=at))
            continue
        reasons = [g.as_json() for g in joined_grounds(grounds_from_json(known.reasons), doubt.grounds)]
        if reasons != known.reasons or doubt.score > known.score:
            known.reasons, known.score = reasons, max(known.score, doubt.score)
            changed.append(known)
    # A rival writer may have kept the same pair a moment ago: it stays one row.
    Suggestion.objects.bulk_create(
        sorted(fresh, key=lambda s: (s.low, s.high)),
        update_conflicts=True,
        unique_fields=["low", "high"],
        update_fields=["score", "reasons"],
    )
    Suggestion.objects.bulk_update(changed, ["score", "reasons"])
    kept = {key: int(one.pk) for key, one in waiting.items() if key in by_pair and key not in no}
    kept.update({(s.low, s.high): int(s.pk) for s in fresh})
    return kept

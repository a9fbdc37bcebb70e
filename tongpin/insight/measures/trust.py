"""Trust (信任): how far members trust the house, from what they did, each with the evidence, SCIENCE §3.1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

import ibis
import ibis.expr.types as ir

from tongpin.core.people.assessed import UNKNOWN, Assessed, Evidence
from tongpin.insight.days import seconds
from tongpin.insight.evidence import SIGNS, age_in_days, evidence
from tongpin.insight.lake import Clocks, Lake
from tongpin.insight.members import members_since
from tongpin.insight.result import Parameters, Result, Scalar, divided, quality_of

FOR, AGAINST = 2.0, 3.0
"""The prior (α0, β0): whom we know nothing of stands at 0.4."""
HALF_LIFE = 90
NEEDED = 2.0
"""Evidence by weight below which nothing is concluded: unknown, not low."""
HIGH, MIDDLING = 0.65, 0.45
BATCH = 50_000
"""Rows that stand as Python objects at once."""
WORDS = ("high", "middling", "low", UNKNOWN)


@dataclass(frozen=True, slots=True)
class TrustParameters(Parameters):
    """`min_n` counts members of whom enough is known."""

    min_n: int = 30


def trust(*, lake: Lake, clocks: Clocks, parameters: TrustParameters) -> Result:
    """The mean trust of members of whom enough is known, from 0 to 1; n = how many these are. Rows: how many are high
    (from .65 on), middling (from .45), low, and unknown: of whom there is evidence, under 2 by weight.

    Each member's own value, with the evidence, is what `trust_of_each` gives. With a community: its members, by
    everything they did anywhere.
    """
    found = list(trust_of_each(lake=lake, clocks=clocks, parameters=parameters))
    known = [one.value for one in found if one.value is not None]
    value = divided(sum(known), len(known))
    counts = Counter(one.word for one in found)
    quality = quality_of(value=value, n=len(known), min_n=parameters.min_n)
    parts = tuple(_part(word, counts[word]) for word in WORDS) if found else ()
    return Result(value, len(known), quality, more={"unknown": counts[UNKNOWN]}, parts=parts)


def _part(word: str, people: int) -> dict[str, Scalar]:
    return {"word": word, "people": people}


def trust_of_each(*, lake: Lake, clocks: Clocks, parameters: TrustParameters) -> Iterator[Assessed]:
    """Everybody of whom there is any evidence, by number: their trust T = (α0 + Σ for) / (α0 + β0 + Σ all), where each
    piece weighs its sign's weight halved every 90 days. Their evidence, what weighs most first."""
    pieces = evidence(lake=lake, clocks=clocks)
    if parameters.community:
        inside = members_since(lake=lake, clocks=clocks, community=parameters.community)
        pieces = pieces.semi_join(inside, "person")
    summed = lake.read(_summed(pieces, clocks).order_by(["person", "sign"]))
    rows = (row for batch in summed.to_batches(max_chunksize=BATCH) for row in batch.to_pylist())
    for person, told in groupby(rows, key=lambda row: int(row["person"])):
        yield assessed(person, map(_piece, told))


def assessed(person: int, told: Iterable[Evidence]) -> Assessed:
    """What the evidence of one person comes to."""
    pieces = tuple(sorted(told, key=lambda one: (-one.weight, one.sign)))
    effective = sum(one.weight for one in pieces)
    if effective < NEEDED:
        return Assessed(person, None, UNKNOWN, effective, NEEDED, pieces)
    value = (FOR + sum(one.weight for one in pieces if one.good)) / (FOR + AGAINST + effective)
    word = "high" if value >= HIGH else "middling" if value >= MIDDLING else "low"
    return Assessed(person, value, word, effective, NEEDED, pieces)


def _summed(pieces: ir.Table, clocks: Clocks) -> ir.Table:
    faded = pieces.mutate(
        faded=pieces["weight"] * ibis.literal(0.5).pow(age_in_days(pieces["at"], clocks) / HALF_LIFE),
        told=seconds(pieces["at"]),
    )
    return faded.group_by(["person", "sign"]).agg(
        count=faded.count(), weight=faded["faded"].sum(), last=faded["told"].max()
    )


def _piece(row: dict[str, object]) -> Evidence:
    sign = str(row["sign"])
    return Evidence(
        sign,
        SIGNS[sign].good,
        int(str(row["count"])),
        float(str(row["weight"])),
        datetime.fromtimestamp(int(str(row["last"])), UTC),
    )

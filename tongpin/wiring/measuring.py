"""`tongpin measure`: brings the lake up to the ledger, computes measures, and stores them for the screens."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from tongpin.base.clock import now
from tongpin.core.figures.actions import put_figure
from tongpin.core.ledger.lake import export_lake
from tongpin.core.ledger.lake_files import LakeBusy
from tongpin.core.people.assessing import assess_many
from tongpin.core.people.erasure import TRACKING
from tongpin.core.places.models import Community
from tongpin.insight.lake import Clocks, Lake
from tongpin.insight.measures.catalogue import MEASURES, BadParameter, measured, parameters_for
from tongpin.insight.result import Result


def command(given: argparse.Namespace) -> int:
    """0 done; 2 refused with what to say instead."""
    at = now()
    try:
        as_of = _moment(given.as_of) or at
        known_at = _moment(given.known_at) or at
        told = dict(_pair(one) for one in given.told)
        if given.name and given.name not in MEASURES:
            raise BadParameter(f"there is no measure {given.name!r}: {', '.join(MEASURES)}")
        if told and not given.name:
            raise BadParameter("name the measure that is asked this")
        if given.name:
            parameters_for(name=given.name, told=told)
    except ValueError as refused:
        print(refused, file=sys.stderr)
        return 2
    try:
        export_lake(folder=settings.LAKE, at=at, emptied=TRACKING)
    except LakeBusy:
        print("another run writes the lake: its newest whole version is read", file=sys.stderr)
    clocks = Clocks(as_of, known_at, ZoneInfo(settings.ZONE))
    names = [given.name] if given.name else list(MEASURES)
    with Lake(settings.LAKE) as lake:
        stored = list(_stored(lake, names, clocks, at=at)) if given.store else []
        for name, found in _asked(lake, names, clocks, told) if told or not given.store else stored:
            print(json.dumps(_told(name, found), ensure_ascii=False) if given.json else _line(name, found))
    return 0


def _asked(lake: Lake, names: Collection[str], clocks: Clocks, told: Mapping[str, str]) -> Iterator[tuple[str, Result]]:
    for name in names:
        asked = parameters_for(name=name, told=told)
        yield name, measured(name=name, lake=lake, clocks=clocks, parameters=asked)


def _stored(lake: Lake, names: Collection[str], clocks: Clocks, *, at: datetime) -> Iterator[tuple[str, Result]]:
    """Stores the measures of every community that has not ended, then of the merchant; gives the merchant's.

    One community after the other: what its measures have in common is worked out once.
    """
    communities = list(Community.objects.filter(closed_at=None).order_by("pk").values_list("pk", flat=True))
    for scope in (*communities, 0):
        for name, found in _asked(lake, names, clocks, {"community": str(scope)} if scope else {}):
            _put(name, scope, found, clocks, at=at)
            if not scope:
                _assess(lake, name, clocks, at=at)
                yield name, found


def _put(name: str, scope: int, found: Result, clocks: Clocks, *, at: datetime) -> None:
    put_figure(
        measure=name,
        as_of=clocks.as_of,
        known_at=clocks.known_at,
        body=found.as_json(),
        n=found.n,
        quality=found.quality,
        at=at,
        scope_kind="community" if scope else "merchant",
        scope=scope,
        assessment=MEASURES[name].assessment if MEASURES[name].of_each is None else "",
        evidence=[str(part["reason"]) for part in found.parts if "reason" in part],
        people=found.people,
    )


def _assess(lake: Lake, name: str, clocks: Clocks, *, at: datetime) -> None:
    """What a measure says of every person is kept with its evidence, where it says anything of persons."""
    measure = MEASURES[name]
    if measure.of_each is not None:
        each = measure.of_each(lake=lake, clocks=clocks, parameters=measure.parameters())
        assess_many(kind=measure.assessment, found=each, as_of=clocks.as_of, at=at)
        lake.forget()


def _told(name: str, found: Result) -> Mapping[str, object]:
    return {"measure": name, "n": found.n, "quality": found.quality, **found.as_json()}


def _line(name: str, found: Result) -> str:
    value = "not defined" if found.value is None else f"{found.value:g}"
    bounds = f" ({found.low:g} to {found.high:g})" if found.low is not None and found.high is not None else ""
    return f"{name}: {value}{bounds}, n = {found.n}, {found.quality}"


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BadParameter(f"{text!r} is no moment with a zone, such as 2026-11-22T12:00:00+08:00")
    return found


def _pair(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not name:
        raise BadParameter(f"{text!r}: say key=value")
    return name, value

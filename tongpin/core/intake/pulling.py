"""The pull runner (拉取): fetches every source that is due, one step after another, and waits longer after failures.

A source is claimed for some minutes by whoever found it first; every step renews the claim. The cursor moves in the same
transaction as the facts of its page, and only while the claim holds: killed at any moment, nothing is lost or doubled.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import InterfaceError, OperationalError, connection, transaction

from tongpin.base.clock import now
from tongpin.base.egress import Egress, EgressError, Limits
from tongpin.base.ids import token
from tongpin.base.secrets import KeyFileError
from tongpin.core.intake import pages, sheets_afar
from tongpin.core.intake.admitting import Busy, trying_again
from tongpin.core.intake.fetching import Failed, Sample, Step, Tally, way_out
from tongpin.core.intake.models import Source

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=20)
"""Longer than any single step may take."""

STEPS = 100
SECONDS = 40.0
"""So much at one go; what is left is taken up a minute later, so that one long source starves no other."""

SHORTEST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=12)

ROUNDS = 20
"""So many rounds are remembered for who looks after a source."""


class Kind(Protocol):
    """What a kind of source can do. A further platform is a module with these functions and a line in KINDS."""

    def check(self, given: Mapping[str, Any], *, with_mapping: bool) -> dict[str, Any]:
        """Settings as they are kept. Raises BadSettings, BadMapping."""

    def limits(self) -> Limits:
        """What one request may cost."""

    def try_out(self, source: Source, door: Egress, *, at: datetime) -> Sample:
        """Fetches without keeping anything."""

    def step(self, source: Source, door: Egress, *, at: datetime) -> Step:
        """Fetches what comes next."""


KINDS: dict[str, Kind] = {"json_pages": pages, "csv_url": sheets_afar}


class Lost(Exception):
    """Somebody else holds the source now, or it was paused: nothing was written."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A source in hand."""

    source: Source
    lease: str


def pull_due(*, stopping: Callable[[], bool] = lambda: False) -> int:
    """Fetches what is due, until nothing is or the time is up; returns how many sources it went to."""
    began, count = time.monotonic(), 0
    while time.monotonic() - began < SECONDS and not stopping():
        claim = claim_next(at=now())
        if claim is None:
            break
        count += 1
        pull(claim, until=began + SECONDS, stopping=stopping)
    return count


@transaction.atomic
def claim_next(*, at: datetime) -> Claim | None:
    """Takes the source that is due longest and in nobody's hand; workers pass over what another is just taking."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from pull_source where next_at <= %s and paused_at is null and closed_at is null"
            " and (leased_until is null or leased_until < %s) order by next_at, id limit 1 for update skip locked",
            [at, at],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    lease = token()
    Source.objects.filter(pk=row[0]).update(lease=lease, leased_until=at + LEASE)
    return Claim(Source.objects.select_related("shop").get(pk=row[0]), lease)


def pull(claim: Claim, *, until: float | None = None, stopping: Callable[[], bool] = lambda: False) -> Tally:
    """Fetches step by step until there is no more, and gives the source back with what came of it."""
    kind = KINDS[claim.source.kind]
    until = time.monotonic() + SECONDS if until is None else until
    told, more, problem = Tally(), True, ""
    try:
        with way_out(limits=kind.limits()) as door:
            for _ in range(STEPS):
                done = kind.step(claim.source, door, at=now())
                told.add(write(claim, done, at=now()))
                more, problem = done.more, done.problem
                if not more or time.monotonic() > until or stopping():
                    break
    except Lost:
        log.info("source %s went into other hands", claim.source.pk)
    except EgressError as error:
        _give_back(claim, told, failed=Failed(f"{type(error).__name__.lower()}:{error.reason}"))
    except Failed as failed:
        _give_back(claim, told, failed=failed)
    except KeyFileError:
        _give_back(claim, told, failed=Failed("token_unreadable"))
    except Busy:
        _give_back(claim, told, failed=Failed("busy"))
    except (OperationalError, InterfaceError):
        raise  # the database is away: the claim runs out and somebody goes on
    except Exception as error:  # an error's text may hold what was fetched: its type says enough
        log.error("source %s broke off: %s", claim.source.pk, type(error).__name__)
        _give_back(claim, told, failed=Failed("broke_off"))
    else:
        _give_back(claim, told, problem=problem, at_once=more and told.new > 0)
    return told


def write(claim: Claim, done: Step, *, at: datetime) -> Tally:
    """Writes one step. Each part checks that the claim still holds; the last moves the cursor. Raises Lost, Busy."""
    told = Tally()
    for place, part in enumerate(done.parts):
        is_last = place == len(done.parts) - 1
        told.add(trying_again(lambda: _write_part(claim, part, done.cursor if is_last else None, at)))  # noqa: B023
    claim.source.cursor = done.cursor
    return told


def _write_part(claim: Claim, part: Callable[[], Tally], cursor: str | None, at: datetime) -> Tally:
    held = Source.objects.select_for_update().filter(
        pk=claim.source.pk, lease=claim.lease, paused_at=None, closed_at=None
    )
    if held.values_list("pk", flat=True).first() is None:
        raise Lost
    told = part()
    moved: dict[str, object] = {"leased_until": at + LEASE}
    if cursor is not None and cursor != claim.source.cursor:
        moved |= {"cursor": cursor, "cursor_at": at}
    Source.objects.filter(pk=claim.source.pk).update(**moved)
    return told


@transaction.atomic
def _give_back(
    claim: Claim, told: Tally, *, failed: Failed | None = None, problem: str = "", at_once: bool = False
) -> None:
    """Says what came of it and when to come again. Nothing, where somebody else holds the source by now."""
    at = now()
    held = Source.objects.select_for_update().filter(pk=claim.source.pk, lease=claim.lease).first()
    if held is None:
        return
    held.lease, held.leased_until = "", None
    held.taken += told.new
    said = failed.problem if failed else problem[:300]
    held.rounds = [{"at": at.isoformat(), "problem": said, **told.as_json()}, *held.rounds][:ROUNDS]
    every = timedelta(minutes=held.every_minutes)
    if failed is None:
        held.fails, held.problem, held.fetched_at, held.last = 0, problem[:300], at, told.as_json()
        held.next_at = at if at_once else at + every
    else:
        held.fails, held.problem = held.fails + 1, failed.problem
        held.next_at = at + next_wait(fails=held.fails, every=every, asked=failed.after)
        log.warning("source %s: %s, try %s", held.pk, failed.problem.partition(":")[0], held.fails)
    held.save(
        update_fields=[
            "lease", "leased_until", "taken", "fails", "problem", "fetched_at", "last", "rounds", "next_at",
        ]
    )  # fmt: skip


def next_wait(*, fails: int, every: timedelta, asked: timedelta | None = None) -> timedelta:
    """How long to wait after the n-th failure in a row: doubled each time, up to half a day; never less than asked."""
    doubled: int = 2 ** min(fails - 1, 20)
    wait = min(max(every, SHORTEST_WAIT) * doubled, max(LONGEST_WAIT, every))
    return max(wait, asked or timedelta(0))

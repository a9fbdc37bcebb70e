"""The worker's loop of one channel: claims what is due, sends side by side, writes down what became of it.

Order and "one at a time in a place" are kept by the claims; here it is only decided how much is done at once. Killed at
any point it loses nothing: a claim without an outcome is taken up again and sent with the same key.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError

from tongpin.base.clock import now
from tongpin.channels import port
from tongpin.core.sending.claiming import LEASE, Claim, claim_due, take_up
from tongpin.core.sending.desk import Desk
from tongpin.core.sending.errands import give_todo
from tongpin.core.sending.gathering import UnderWay
from tongpin.core.sending.pacing import Pace, Rest
from tongpin.core.sending.rules import MOST_FAILURES, wait_after
from tongpin.core.sending.settling import Outcome, settle

log = logging.getLogger(__name__)

MOST_IN_HAND = 200
"""Claims held at once; those not sent yet are given back when the channel begins to rest."""

TOGETHER = 0.25
"""Seconds that a receipt may wait to be written with others, on a channel that says the same key once: killed meanwhile,
the worker sends it again and nobody sees it twice."""

AWAY = (OperationalError, InterfaceError)
"""The database is away; it is waited for."""

AGAIN = 1.0
"""Seconds until a database that is away is asked again."""

LAST_TRIES = 3


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one round did, by fate. rests_until: the channel is down or slows us; nothing is claimed before."""

    sent: int = 0
    given: int = 0
    failed: int = 0
    again: int = 0
    released: int = 0
    rests_until: datetime | None = None


class Deliverer:
    """Delivers what waits for one channel. Several may work at once, each under a `worker` name of its own.

    clock: what "due" is measured by.
    """

    def __init__(self, *, channel: port.Channel, worker: str, desk: Desk, clock: Callable[[], datetime] = now) -> None:
        self._channel, self._worker, self._desk, self._clock = channel, worker, desk, clock
        can = channel.capabilities
        self._slots = asyncio.Semaphore(can.at_once)
        self._pace = Pace(rate=can.rate, burst=can.burst)
        self._rest = Rest()
        self._ending = False
        self._missed: Exception | None = None
        # No more than can be sent before half of the lease is over.
        self._most = (
            min(MOST_IN_HAND, can.at_once + int(can.rate * LEASE.total_seconds() / 2)) if can.rate else MOST_IN_HAND
        )

    async def deliver_once(self) -> Delivered:
        """Sends all that is due, until nothing is or the channel rests. A slow place keeps no other waiting.

        Cancelled, it stops like a killed process: what has no outcome yet is sent again by whoever takes it up.
        """
        fates: Counter[str] = Counter()
        together = TOGETHER if self._channel.capabilities.idempotent else 0.0
        under_way = UnderWay(together=together, most=self._most // 4)
        self._missed = None
        try:
            more = True
            while True:
                if more and not self._is_resting() and len(under_way) <= self._most // 2:
                    claims, more = await self._claimed(self._most - len(under_way))
                    for claim in claims:
                        under_way.add(self._deliver(claim))
                    if not claims and more:
                        continue
                if not under_way:
                    break
                outcomes = await under_way.ended()
                await self._settled(outcomes)
                fates.update(one.fate for one in outcomes)
                more = self._missed is None
        finally:
            under_way.cut_off()
        if self._missed is not None:
            raise self._missed
        until = self._rest.until if self._rest.is_on(at=self._clock()) else None
        return Delivered(**fates, rests_until=until)

    async def run(self, *, stop: asyncio.Event, bell: asyncio.Event | None = None, idle: float = 0.25) -> None:
        """Delivers until `stop`; what is being sent then is finished. A database that is away is waited for.

        bell: rung when something may be due; without it, or when it stays silent, each `idle` seconds are looked through.
        """
        ender = asyncio.create_task(self._end_at(stop))
        bell, lost = bell or asyncio.Event(), False
        try:
            while not stop.is_set():
                bell.clear()
                try:
                    if lost:
                        # Whether the last claims were written was not heard: what stands under our name is due again.
                        await self._desk(take_up, worker=self._worker)
                        lost = False
                    await self.deliver_once()
                except AWAY as error:
                    lost = True
                    log.warning("delivering waits for the database: %s", type(error).__name__)
                await _first_of(stop, bell, within=AGAIN if lost else idle)
        finally:
            ender.cancel()

    async def _end_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._ending = True

    def _is_resting(self) -> bool:
        return self._ending or self._rest.is_on(at=self._clock())

    async def _claimed(self, limit: int) -> tuple[list[Claim], bool]:
        """Letters first; whether it is worth asking again at once."""
        kind, at = self._channel.kind, self._clock()
        try:
            found = await self._desk(claim_due, channel=kind, worker=self._worker, at=at, limit=limit)
        except AWAY as error:
            # What is on its way is brought to its end first.
            self._missed = error
            return [], False
        return found.claims, bool(found.claims or found.settled)

    async def _settled(self, outcomes: list[Outcome]) -> None:
        """Writes them down, also when the database comes back only later: what has left must not leave again. After
        the lease it is no use any more, and an end asked for waits a few seconds only."""
        until = min(one.claim.until for one in outcomes)
        tries_at_the_end = LAST_TRIES
        while True:
            try:
                await self._desk(settle, outcomes=outcomes)
                return
            except AWAY as error:
                tries_at_the_end -= int(self._ending)
                if self._clock() >= until or not tries_at_the_end:
                    raise
                log.warning("what was sent waits for the database: %s", type(error).__name__)
            await asyncio.sleep(AGAIN)

    async def _deliver(self, claim: Claim) -> Outcome:
        async with self._slots:
            if not self._is_resting():
                await self._pace.turn()
            within = self._channel.capabilities.answers_within
            if self._is_resting() or claim.until - self._clock() < timedelta(seconds=within):
                return Outcome(claim=claim, fate="released", at=self._clock())
            try:
                async with asyncio.timeout(within):
                    receipt = await self._sent(claim.thing)
            except port.TransportError as error:
                return self._failed(claim, error)
            except TimeoutError:
                return self._failed(claim, port.TransportError(reason="no_answer", permanent=False))
            except AWAY:
                # Our own database was away while a letter was to be kept in it.
                return self._failed(claim, port.TransportError(reason="unreachable", permanent=False, wide=True))
            except Exception as error:
                log.error("the channel %s failed with %s", self._channel.kind, type(error).__name__)
                return self._failed(claim, port.TransportError(reason="unexpected", permanent=False))
        self._rest.well()
        return Outcome(
            claim=claim,
            fate="given" if receipt.by_human else "sent",
            at=self._clock(),
            platform_id=receipt.platform_id,
            more=receipt.more,
        )

    async def _sent(self, thing: port.Letter | port.Command) -> port.Receipt:
        if isinstance(thing, port.Letter):
            return await self._channel.send(letter=thing)
        return await self._channel.do(command=thing)

    def _failed(self, claim: Claim, error: port.TransportError) -> Outcome:
        at = self._clock()
        own = not error.wide
        if error.permanent or (own and claim.failures + 1 >= MOST_FAILURES):
            return Outcome(claim=claim, fate="failed", at=at, reason=error.reason, own=own)
        retry_at = at + wait_after(failures=claim.attempts + 1, asked=error.retry_after)
        if error.wide:
            retry_at = max(retry_at, self._rest.trouble(at=at, asked=error.retry_after))
        return Outcome(claim=claim, fate="again", at=at, reason=error.reason, retry_at=retry_at, own=own)


async def _first_of(*events: asyncio.Event, within: float) -> None:
    waits = {asyncio.create_task(one.wait()) for one in events}
    try:
        await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waits:
            one.cancel()


class HouseErrands:
    """Where the channel of errands keeps its to-dos: in our own tables."""

    def __init__(self, *, desk: Desk, clock: Callable[[], datetime] = now) -> None:
        self._desk, self._clock = desk, clock

    async def give(self, *, todo: port.ToDo) -> str:
        """The errand's number, the same for the same key."""
        return str(await self._desk(give_todo, todo=todo, at=self._clock()))

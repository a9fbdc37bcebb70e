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
from tongpin.core.sending.claiming import LEASE, Claim, claim_commands, claim_letters
from tongpin.core.sending.desk import Desk
from tongpin.core.sending.errands import give_todo
from tongpin.core.sending.pacing import Pace, Rest
from tongpin.core.sending.rules import MOST_FAILURES, wait_after
from tongpin.core.sending.settling import Outcome, settle

log = logging.getLogger(__name__)

MOST_IN_HAND = 200
"""Claims held at once; those not sent yet are given back when the channel begins to rest."""


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
        # No more than can be sent before half of the lease is over.
        self._most = (
            min(MOST_IN_HAND, can.at_once + int(can.rate * LEASE.total_seconds() / 2)) if can.rate else MOST_IN_HAND
        )

    async def deliver_once(self) -> Delivered:
        """Sends all that is due, until nothing is or the channel rests. A slow place keeps no other waiting.

        Cancelled, it stops like a killed process: what has no outcome yet is sent again by whoever takes it up.
        """
        fates: Counter[str] = Counter()
        under_way: set[asyncio.Task[Outcome]] = set()
        try:
            more = True
            while True:
                if more and not self._is_resting() and len(under_way) <= self._most // 2:
                    claims, more = await self._claimed(self._most - len(under_way))
                    under_way |= {asyncio.create_task(self._deliver(claim)) for claim in claims}
                    if not claims and more:
                        continue
                if not under_way:
                    break
                done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                outcomes = [one.result() for one in done]
                await self._desk(settle, outcomes=outcomes)
                fates.update(one.fate for one in outcomes)
                more = True
        finally:
            for one in under_way:
                one.cancel()
        until = self._rest.until if self._rest.is_on(at=self._clock()) else None
        return Delivered(**fates, rests_until=until)

    async def run(self, *, stop: asyncio.Event, idle: float = 0.25) -> None:
        """Delivers until `stop`; what is being sent then is finished. A database that is away is waited for."""
        ender = asyncio.create_task(self._end_at(stop))
        try:
            while not stop.is_set():
                try:
                    await self.deliver_once()
                except (OperationalError, InterfaceError) as error:
                    log.warning("delivering waits for the database: %s", type(error).__name__)
                try:
                    await asyncio.wait_for(stop.wait(), idle)
                except TimeoutError:
                    continue
        finally:
            ender.cancel()

    async def _end_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._ending = True

    def _is_resting(self) -> bool:
        return self._ending or self._rest.is_on(at=self._clock())

    async def _claimed(self, limit: int) -> tuple[list[Claim], bool]:
        """Letters first; whether it is worth asking again at once."""
        at, kind = self._clock(), self._channel.kind
        found: list[Claim] = []
        settled = 0
        for claim in (claim_letters, claim_commands):
            if limit > len(found):
                got = await self._desk(claim, channel=kind, worker=self._worker, at=at, limit=limit - len(found))
                found += got.claims
                settled += got.settled
        return found, bool(found or settled)

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
            except (OperationalError, InterfaceError):
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


class HouseErrands:
    """Where the channel of errands keeps its to-dos: in our own tables."""

    def __init__(self, *, desk: Desk, clock: Callable[[], datetime] = now) -> None:
        self._desk, self._clock = desk, clock

    async def give(self, *, todo: port.ToDo) -> str:
        """The errand's number, the same for the same key."""
        return str(await self._desk(give_todo, todo=todo, at=self._clock()))

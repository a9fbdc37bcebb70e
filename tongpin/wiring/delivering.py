"""Delivering in the worker's process: a Deliverer for each channel that is there, as long as it is there.

Our own rooms and errands are always there; the others come and go with their accounts. One look at the queue four times a
second wakes whoever has something due, so that an idle house asks one question and not two for each channel.

Several workers may run beside each other: a letter that is being sent is its worker's as long as that one lives. What a
worker left when it died is taken up by whoever is there or comes next, after two looks (some four seconds). Each keeps
to a channel's rate by itself, so two of them send twice as fast as one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from traceback import extract_tb

from tongpin.base.clock import now
from tongpin.channels.port import Channel, ChannelError, Health
from tongpin.core.sending.accounts import ALWAYS_ON, NoSuchAccount, accounts, note_health, open_account
from tongpin.core.sending.claiming import take_up
from tongpin.core.sending.delivering import AWAY, Deliverer
from tongpin.core.sending.desk import Desk
from tongpin.core.sending.due import channels_waited_for
from tongpin.core.sending.standing import Standing
from tongpin.core.sending.supplying import house_supplies

log = logging.getLogger(__name__)

LOOKED = 0.25
"""Seconds between two looks at what is due."""

ACCOUNTS_LOOKED = 2.0
"""Seconds between two looks at which accounts there are, and which workers."""

LEFT_ALONE = 10.0
"""Seconds after which a channel looks by itself, should no look have woken it."""

CHECKED_EVERY = 300.0
"""Seconds between two questions to a platform whether it knows us."""

OPENED_AGAIN = 30.0
"""Seconds until a channel that could not be opened, or stopped by a bug, is tried again."""

END_WITHIN = 4.0
"""Seconds that what is being sent has when the worker ends; what is cut off is taken up by another, or the next."""

ANSWERS_WITHIN = 20.0


@dataclass(slots=True)
class _Street:
    """One channel while it is there."""

    kind: str
    edition: int
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def end(self) -> None:
        self.stop.set()
        self.bell.set()


class Delivering:
    """All deliverers of a process. `run` until stop. texts: the few words channels say by themselves."""

    def __init__(self, *, texts: Mapping[str, str] | None = None, clock: Callable[[], datetime] = now) -> None:
        self._texts, self._clock = texts or {}, clock
        self._streets: dict[str, _Street] = {}
        self._standing, self._missed = Standing(), frozenset[str]()

    async def run(self, *, stop: asyncio.Event) -> None:
        """Never ends by itself: a database that is away, and a channel that does not open, are waited for."""
        desk = Desk()
        try:
            looked_at, loop = 0.0, asyncio.get_running_loop()
            while not stop.is_set():
                try:
                    await desk(self._standing.hold)
                    if loop.time() - looked_at >= ACCOUNTS_LOOKED or not looked_at:
                        await self._take_up(desk)
                        await self._look_at_accounts(desk)
                        looked_at = loop.time()
                    for kind in await desk(channels_waited_for, at=self._clock()):
                        if kind in self._streets:
                            self._streets[kind].bell.set()
                except AWAY as error:
                    log.warning("delivering waits for the database: %s", type(error).__name__)
                    await _pause(stop, 1.0)
                await _pause(stop, LOOKED)
        finally:
            await self._end()
            with suppress(*AWAY):
                await desk(self._standing.let_go)
            await desk.close()

    async def _take_up(self, desk: Desk) -> None:
        """What workers held who are gone, seen twice one look after the other, is due again."""
        lost = await desk(self._standing.lost)
        for name in sorted(lost & self._missed):
            if taken := await desk(take_up, worker=name):
                log.info("%s letters and commands go on that lost their worker", taken)
        self._missed = lost

    async def _look_at_accounts(self, desk: Desk) -> None:
        wanted = dict.fromkeys(ALWAYS_ON, 0) | {one.kind: one.edition for one in await desk(accounts)}
        for kind, street in list(self._streets.items()):
            if wanted.get(kind) != street.edition:
                street.end()
                if street.task is None or street.task.done():
                    del self._streets[kind]  # only then may the next one take over its name
        for kind, edition in wanted.items():
            if kind not in self._streets:
                street = self._streets[kind] = _Street(kind, edition)
                street.task = asyncio.create_task(self._keep_open(street), name=f"deliver {kind}")

    async def _keep_open(self, street: _Street) -> None:
        while not street.stop.is_set():
            wait = OPENED_AGAIN
            try:
                wait = await self._deliver(street)
            except Exception as error:
                # What a letter says must not reach the log: the type says enough to find the line.
                where = extract_tb(error.__traceback__)[-1]
                log.error(
                    "delivering by %s stopped on %s in %s:%s",
                    street.kind,
                    type(error).__name__,
                    where.filename,
                    where.lineno,
                )
            await _pause(street.stop, wait)

    async def _deliver(self, street: _Street) -> float:
        """Until the channel is no longer wanted; seconds after which it is to be opened again, should it be."""
        desk = Desk()
        try:
            supplies = house_supplies(kind=street.kind, desk=desk, texts=self._texts, clock=self._clock)
            try:
                channel = await desk(open_account, street.kind, supplies)
            except NoSuchAccount:
                return OPENED_AGAIN
            except AWAY as error:
                log.warning("the channel %s waits for the database: %s", street.kind, type(error).__name__)
                return 1.0
            except ChannelError as error:
                log.warning("the channel %s does not open: %s", street.kind, error.reason)
                await self._note(street, desk, Health(ok=False, reason=error.reason))
                return OPENED_AGAIN
            checker = asyncio.create_task(self._check(street, channel, desk))
            try:
                worker = self._standing.claims_as(kind=street.kind)
                deliverer = Deliverer(channel=channel, worker=worker, desk=desk, clock=self._clock)
                await deliverer.run(stop=street.stop, bell=street.bell, idle=LEFT_ALONE)
            finally:
                checker.cancel()
                with suppress(asyncio.CancelledError):
                    await checker
                await channel.close()
            return 0.0
        finally:
            await desk.close()

    async def _check(self, street: _Street, channel: Channel, desk: Desk) -> None:
        """Whether the platform knows us, as long as the channel is open; whoever needs no account is not asked."""
        while street.kind not in ALWAYS_ON:
            await self._note(street, desk, await asked(channel))
            await asyncio.sleep(CHECKED_EVERY)

    async def _note(self, street: _Street, desk: Desk, health: Health) -> None:
        with suppress(*AWAY):
            await desk(note_health, kind=street.kind, health=health, edition=street.edition, at=self._clock())

    async def _end(self) -> None:
        for street in self._streets.values():
            street.end()
        tasks = [street.task for street in self._streets.values() if street.task is not None]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=END_WITHIN)
            for one in late:
                one.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def asked(channel: Channel) -> Health:
    """What the platform says of us, or that it says nothing; never raises."""
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            return await channel.check()
    except TimeoutError:
        return Health(ok=False, reason="no_answer")
    except Exception as error:
        log.error("asking the channel %s failed with %s", channel.kind, type(error).__name__)
        return Health(ok=False, reason="unexpected")


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)

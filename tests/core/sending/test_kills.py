"""Whatever fails, dawdles or is killed: each letter exactly once, each place in order, on a platform that knows keys."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.sending.cast import Clock, group, on, said
from tests.examples import examples
from tongpin.channels.fake.platform import Platform
from tongpin.channels.port import TransportError
from tongpin.core.sending.claiming import LEASE, take_up
from tongpin.core.sending.delivering import Deliverer
from tongpin.core.sending.desk import Desk
from tongpin.core.sending.models import Letter
from tongpin.core.sending.queueing import queue_letters

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.whole]

Turn: TypeAlias = Literal["well", "slow", "fails", "fails_after", "down", "killed", "killed_after"]

TURNS: list[Turn] = ["well", "slow", "fails", "fails_after", "down", "killed", "killed_after"]
START = datetime(2026, 11, 22, 4, tzinfo=UTC)


class Rough:
    """A way to the platform on which each try has its turn from a list; when it is used up all goes well."""

    def __init__(self, turns: list[Turn]) -> None:
        self.turns, self.killed = list(turns), asyncio.Event()
        self.now: dict[str, Turn] = {}

    async def before(self, thing: Any) -> None:
        turn = self.now[thing.key] = self.turns.pop(0) if self.turns else "well"
        if turn == "slow":
            for _ in range(5):
                await asyncio.sleep(0)
        elif turn == "fails":
            raise TransportError(reason="no_answer", permanent=False)
        elif turn == "down":
            raise TransportError(reason="unreachable", permanent=False, wide=True)
        elif turn == "killed":
            await self._die()

    async def after(self, thing: Any) -> None:
        if self.now[thing.key] == "fails_after":
            raise TransportError(reason="no_answer", permanent=False)
        if self.now[thing.key] == "killed_after":
            await self._die()

    async def _die(self) -> None:
        self.killed.set()
        await asyncio.Event().wait()


async def live_and_die(platform: Platform, rough: Rough, clock: Clock) -> None:
    """One worker until it finds nothing to do, or is killed: then nothing it knew is written."""
    desk = Desk()
    try:
        rough.killed = asyncio.Event()
        worker = Deliverer(channel=on(platform), worker="w1", desk=desk, clock=clock)
        work = asyncio.create_task(worker.deliver_once())
        death = asyncio.create_task(rough.killed.wait())
        await asyncio.wait({work, death}, return_when=asyncio.FIRST_COMPLETED)
        for task in (work, death):
            task.cancel()
        await asyncio.gather(work, death, return_exceptions=True)
    finally:
        await desk.close()


@given(turns=st.lists(st.sampled_from(TURNS), max_size=40), comes_back=st.booleans())
@settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
def test_each_letter_once_and_each_place_in_order_whatever_happens(turns: list[Turn], comes_back: bool) -> None:
    Letter.objects.all().delete()
    names, clock = ["g0", "g1", "g2"], Clock(START)
    numbers = {name: group(name, START) for name in names}
    for segment in range(4):
        letters = [said(f"{name}/{segment}", place_id=number) for name, number in numbers.items()]
        queue_letters(letters=letters, at=START)
    rough = Rough(turns)
    platform = Platform(before=rough.before, after=rough.after)
    for _ in range(len(turns) + 20):
        asyncio.run(live_and_die(platform, rough, clock))
        if comes_back:
            take_up(worker="w1")
            clock.move(minutes=5)
        else:
            clock.at += LEASE + timedelta(seconds=1)
        if not Letter.objects.exclude(state="sent").exists():
            break
    assert {name: platform.said_in(name) for name in names} == {
        name: [f"{name}/{n}" for n in range(4)] for name in names
    }
    assert set(Letter.objects.values_list("state", flat=True)) == {"sent"}
    written = {bytes(one.key).hex(): one.platform_id for one in Letter.objects.all()}
    assert written == platform._ids

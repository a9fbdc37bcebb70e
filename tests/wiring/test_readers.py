"""The bell of the readers' process: who is woken by what the sequencer moved."""

from __future__ import annotations

import threading
import time

from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.ledger.sequencer import _word, kinds_told
from tongpin.wiring.readers import Bell


def woken(bell: Bell, kinds: frozenset[str] | None, ring: frozenset[str] | None) -> bool:
    """True where a waiter for `kinds` comes back for a ring it has missed rather than for its time being up."""
    wait = bell.waiter(kinds)
    bell.ring(ring)
    began = time.monotonic()
    wait(0.4)
    return time.monotonic() - began < 0.3


def test_a_ring_wakes_those_who_want_its_kinds_and_nobody_else() -> None:
    bell = Bell()
    paid, read = frozenset({"order.paid"}), frozenset({"page.viewed", "event.tracked"})
    assert woken(bell, paid, paid)
    assert woken(bell, None, read)
    assert woken(bell, read, None)
    assert not woken(bell, paid, read)
    assert not woken(bell, frozenset(), read)


def test_a_waiter_hears_each_ring_once() -> None:
    bell = Bell()
    wait = bell.waiter(frozenset({"order.paid"}))
    bell.ring(frozenset({"order.paid"}))
    wait(0.3)
    began = time.monotonic()
    wait(0.2)
    assert time.monotonic() - began >= 0.2


def test_a_sleeping_waiter_is_woken() -> None:
    bell = Bell()
    wait = bell.waiter(frozenset({"order.paid"}))
    asleep = threading.Thread(target=wait, args=(30.0,))
    asleep.start()
    bell.ring(frozenset({"order.paid"}))
    asleep.join(10)
    assert not asleep.is_alive()


def test_a_notice_names_its_kinds_and_where_it_cannot_means_any() -> None:
    assert kinds_told(_word({"page.viewed", "order.paid"})) == {"page.viewed", "order.paid"}
    assert kinds_told(_word({kind + "x" * 20 for kind in CATALOGUE})) is None

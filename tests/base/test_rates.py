"""Counting within a second."""

from __future__ import annotations

from tongpin.base.rates import Meter


def test_so_many_times_a_second_and_key_and_then_anew() -> None:
    moment = [5.0]
    meter = Meter(2, clock=lambda: moment[0])
    assert [meter.is_over("a") for _ in range(4)] == [False, False, True, True]
    assert meter.is_over("b") is False
    moment[0] = 6.1
    assert meter.is_over("a") is False


def test_it_can_forget_at_once() -> None:
    meter = Meter(1, clock=lambda: 1.0)
    assert [meter.is_over("a"), meter.is_over("a")] == [False, True]
    meter.forget()
    assert meter.is_over("a") is False

"""Which providers this house has. The wiring says how one is opened (kind → settings → registry); money only asks."""

from __future__ import annotations

from collections.abc import Callable

from tongpin.cashier.port import Provider


class NoSuchTill(LookupError):
    """This house has no provider of that kind; set one up in 设置 → 收款 (Settings → Payments)."""


_opener: list[Callable[[str], Provider]] = []


def register_till_opener(opener: Callable[[str], Provider]) -> None:
    """Says how a provider is opened; called by the wiring at start. `opener` raises NoSuchTill for unknown kinds."""
    _opener[:] = [opener]


def forget_till_opener() -> None:
    """Back to none (tests)."""
    _opener.clear()


def till(kind: str) -> Provider:
    """The provider of a kind, ready to be asked. Raises NoSuchTill."""
    if not _opener:
        raise NoSuchTill("no payment provider is set up: register_till_opener is called at start")
    return _opener[0](kind)

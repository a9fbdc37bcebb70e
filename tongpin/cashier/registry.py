"""Payment providers by name: one literal dict, and entry points `tongpin.cashier` for those from outside."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol

from tongpin.cashier.port import CashierError, Provider, StateStore

GROUP = "tongpin.cashier"

PROVIDERS: dict[str, str] = {
    "sandbox": "tongpin.cashier.sandbox.gateway:open_sandbox",
    "manual": "tongpin.cashier.manual:open_manual",
}
"""kind → where its opener stands. To add one, copy a neighbour's folder and add a line."""


class Opener(Protocol):
    """What an entry names: reads the config (raises BadConfig) and gives the provider; opens no connection."""

    def __call__(self, *, config: Mapping[str, str], store: StateStore) -> Provider: ...


class UnknownProvider(CashierError):
    """No provider of this kind is built in or installed, or what is installed is none."""


def provider_kinds() -> tuple[str, ...]:
    """Every kind there is, sorted. A plug-in cannot take a built-in's name."""
    return tuple(sorted({*PROVIDERS, *(found.name for found in entry_points(group=GROUP))}))


def open_provider(*, kind: str, config: Mapping[str, str], store: StateStore) -> Provider:
    """The provider, ready to use. Raises UnknownProvider, or BadConfig where a setting is missing or cannot be."""
    opener: Opener = _entry(kind).load()
    provider = opener(config=config, store=store)
    if not isinstance(provider, Provider) or provider.kind != kind:
        raise UnknownProvider(
            reason="not_a_provider", text=f"what is installed as “{kind}” is not a provider of that kind"
        )
    return provider


def _entry(kind: str) -> EntryPoint:
    if kind in PROVIDERS:
        return EntryPoint(name=kind, value=PROVIDERS[kind], group=GROUP)
    for found in entry_points(group=GROUP, name=kind):
        return found
    raise UnknownProvider(reason="unknown_provider", text=f"there are {', '.join(provider_kinds())}")

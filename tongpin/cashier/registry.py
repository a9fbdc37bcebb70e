"""Payment providers by name: one literal dict, and entry points `tongpin.cashier` for those from outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from tongpin.base.plugs import entry_of, kinds_of
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
    return kinds_of(built_in=PROVIDERS, group=GROUP)


def open_provider(*, kind: str, config: Mapping[str, str], store: StateStore) -> Provider:
    """The provider, ready to use. Raises UnknownProvider, or BadConfig where a setting is missing or cannot be."""
    entry = entry_of(kind=kind, built_in=PROVIDERS, group=GROUP)
    if entry is None:
        raise UnknownProvider(reason="unknown_provider", text=f"there are {', '.join(provider_kinds())}")
    opener: Opener = entry.load()
    provider = opener(config=config, store=store)
    if not isinstance(provider, Provider) or provider.kind != kind:
        raise UnknownProvider(
            reason="not_a_provider", text=f"what is installed as “{kind}” is not a provider of that kind"
        )
    return provider

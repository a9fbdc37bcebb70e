"""Setting payment providers up (收款方式): what each must know of the house, sealed, and whether it takes new payments.

A till that was switched off is still opened for the payments it has: they are followed to their end.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tongpin.cashier.port import Provider
from tongpin.cashier.registry import open_provider
from tongpin.core.facts.team import SettingChanged
from tongpin.core.ledger.actions import record
from tongpin.core.money.models import Till
from tongpin.core.money.state import DatabaseStateStore
from tongpin.core.money.tills import NoSuchTill
from tongpin.core.team.keys import keyring

CONTEXT = "till"
MADE: dict[str, Callable[[], dict[str, str]]] = {
    "sandbox": lambda: {"secret": secrets.token_urlsafe(24), "till_url": "/till/sandbox/{number}/"}
}
"""Settings that the house makes by itself, by kind: nobody types the test gateway's secret."""


@dataclass(frozen=True, slots=True)
class TillSeen:
    """A provider of the house, without its secrets."""

    kind: str
    is_on: bool
    changed_at: datetime


def open_till(kind: str) -> Provider:
    """The provider with the settings of the house. Raises NoSuchTill."""
    row = Till.objects.filter(kind=kind).first()
    if row is None:
        raise NoSuchTill(f"no payment provider “{kind}” is set up")
    return open_provider(kind=kind, config=_settings(row), store=DatabaseStateStore(kind=kind))


def tills() -> list[TillSeen]:
    """Every provider that was ever set up, by kind. One query."""
    return [TillSeen(row.kind, row.is_on, row.changed_at) for row in Till.objects.order_by("kind")]


def till_settings(*, kind: str) -> dict[str, str]:
    """What was set, secrets too: for the form of whoever may change it. Empty where nothing is set up."""
    row = Till.objects.filter(kind=kind).first()
    return {} if row is None else _settings(row)


@transaction.atomic
def set_up_till(*, kind: str, settings: Mapping[str, str], is_on: bool, at: datetime, actor: str) -> TillSeen:
    """Sets a provider up, or changes it. The same again changes nothing.

    Raises BadConfig for settings that cannot be, UnknownProvider.
    """
    row = Till.objects.select_for_update().filter(kind=kind).first()
    held = _settings(row) if row is not None else {}
    made = {} if held else MADE.get(kind, dict)()
    whole = made | held | {name: value.strip() for name, value in settings.items()}
    open_provider(kind=kind, config=whole, store=DatabaseStateStore(kind=kind))  # says what is wrong with them
    if row is not None and whole == held and row.is_on == is_on:
        return TillSeen(row.kind, row.is_on, row.changed_at)
    row = row or Till(kind=kind, occurrence=0)
    row.settings_sealed = keyring().encrypt(json.dumps(whole), context=CONTEXT)
    row.is_on, row.changed_at, row.occurrence = is_on, at, row.occurrence + 1
    row.save()
    record(SettingChanged(setting=f"till.{kind}", occurrence=row.occurrence), at=at, actor=actor)
    return TillSeen(row.kind, row.is_on, row.changed_at)


def _settings(row: Till) -> dict[str, str]:
    held: dict[str, str] = json.loads(keyring().decrypt(row.settings_sealed, context=CONTEXT))
    return held

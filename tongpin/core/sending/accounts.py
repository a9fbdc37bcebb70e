"""Accounts of the house on channels (渠道账号): connected with settings that are sealed, checked, disconnected.

Our own rooms and errands need no account: they are always there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from tongpin.channels.port import BadConfig, Channel, Health, Supplies
from tongpin.channels.registry import UnknownChannel, channel_kinds, open_channel
from tongpin.core.facts.sending import ChannelBroken, ChannelConnected
from tongpin.core.facts.team import SettingChanged
from tongpin.core.ledger.actions import record
from tongpin.core.sending.desk import Desk
from tongpin.core.sending.models import ChannelAccount
from tongpin.core.sending.state import forget_state
from tongpin.core.sending.supplying import house_supplies
from tongpin.core.team.keys import keyring

CONTEXT = "channel.config"

ALWAYS_ON = ("web", "errand")
"""Kinds that need no account."""


class NoSuchAccount(LookupError):
    """No account of this kind is connected; connect one in Settings → Channels."""


@dataclass(frozen=True, slots=True)
class AccountSeen:
    """An account without its settings. `edition` rises with every change of the settings; broken_at: it does not answer
    since then, for `reason`."""

    id: int
    kind: str
    name: str
    edition: int
    connected_at: datetime
    checked_at: datetime | None
    broken_at: datetime | None
    reason: str


def accounts() -> list[AccountSeen]:
    """Every account that is connected, by kind. One query."""
    return [_seen(row) for row in ChannelAccount.objects.exclude(connected_at=None).order_by("kind")]


def account_seen(*, kind: str) -> AccountSeen | None:
    """One account, where it is connected."""
    row = _connected(kind)
    return None if row is None else _seen(row)


def account_config(kind: str) -> Mapping[str, str] | None:
    """The settings, secrets too; None where nothing is connected. For whoever opens the channel or may change it."""
    row = _connected(kind)
    return None if row is None else _config(row)


def open_account(kind: str, supplies: Supplies) -> Channel:
    """The channel with the settings of the house. Raises NoSuchAccount, BadConfig, UnknownChannel."""
    if kind in ALWAYS_ON:
        return open_channel(kind=kind, config={}, supplies=supplies)
    config = account_config(kind)
    if config is None:
        raise NoSuchAccount(f"no account on “{kind}” is connected")
    return open_channel(kind=kind, config=config, supplies=supplies)


@transaction.atomic
def connect(*, kind: str, config: Mapping[str, str], at: datetime, actor: str, name: str = "") -> AccountSeen:
    """Connects an account, or changes its settings. The same again changes nothing.

    The channel is opened to see whether the settings can be; the platform is not asked (see note_health). Raises
    BadConfig with the setting that is missing or cannot be, UnknownChannel.
    """
    if kind in ALWAYS_ON or kind not in channel_kinds():
        raise UnknownChannel(reason="unknown_channel", text="there is nothing to connect under this name")
    told = {setting: value.strip() for setting, value in config.items() if value.strip()}
    open_channel(kind=kind, config=told, supplies=house_supplies(kind=kind, desk=Desk()))
    _alone()
    row = ChannelAccount.objects.select_for_update().filter(kind=kind).first() or ChannelAccount(kind=kind)
    if row.connected_at is not None and _config(row) == told:
        return _seen(row)
    row.config_sealed = keyring().encrypt(json.dumps(told, ensure_ascii=False), context=CONTEXT)
    row.connected_at, row.checked_at, row.broken_at, row.reason, row.name = at, None, None, "", name[:200]
    row.edition, row.occurrence = row.edition + 1, row.occurrence + 1
    row.save()
    record(ChannelConnected(account=row.pk, channel=kind, occurrence=row.occurrence), at=at, actor=actor)
    return _seen(row)


@transaction.atomic
def disconnect(*, kind: str, at: datetime, actor: str) -> bool:
    """Forgets the settings and what the channel kept; what waits for it waits on. False where none was connected."""
    row = ChannelAccount.objects.select_for_update().filter(kind=kind).exclude(connected_at=None).first()
    if row is None:
        return False
    row.config_sealed = row.connected_at = row.checked_at = row.broken_at = None
    row.reason, row.name = "", ""
    row.edition, row.occurrence = row.edition + 1, row.occurrence + 1
    row.save()
    forget_state(kind=kind)
    record(SettingChanged(setting=f"channel.{kind}", occurrence=row.occurrence), at=at, actor=actor)
    return True


@transaction.atomic
def note_health(*, kind: str, health: Health, edition: int, at: datetime, actor: str = "system") -> bool:
    """Keeps what the platform answered when it was asked. Only a change is told; True where there was one.

    edition: of the settings that were asked with; an answer for older ones says nothing any more.
    """
    row = ChannelAccount.objects.select_for_update().filter(kind=kind, edition=edition).first()
    if row is None or row.connected_at is None:
        return False
    before = row.broken_at is None, row.reason
    row.checked_at, row.name = at, (health.named or row.name)[:200]
    row.reason = "" if health.ok else (health.reason or "refused")[:60]
    row.broken_at = None if health.ok else row.broken_at or at
    changed = before != (row.broken_at is None, row.reason)
    row.occurrence += int(changed)
    row.save(update_fields=["checked_at", "name", "reason", "broken_at", "occurrence"])
    if changed and health.ok:
        record(ChannelConnected(account=row.pk, channel=kind, occurrence=row.occurrence), at=at, actor=actor)
    elif changed:
        told = ChannelBroken(account=row.pk, channel=kind, reason=row.reason, occurrence=row.occurrence)
        record(told, at=at, actor=actor)
    return changed


def _connected(kind: str) -> ChannelAccount | None:
    return ChannelAccount.objects.filter(kind=kind).exclude(connected_at=None).first()


def _alone() -> None:
    """Until commit nobody else connects: two first accounts of a kind must not meet."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(7100049)")


def _config(row: ChannelAccount) -> dict[str, str]:
    if row.config_sealed is None:
        return {}
    held: dict[str, str] = json.loads(keyring().decrypt(row.config_sealed, context=CONTEXT))
    return held


def _seen(row: ChannelAccount) -> AccountSeen:
    assert row.connected_at is not None, "only connected accounts are shown"
    return AccountSeen(
        row.pk, row.kind, row.name, row.edition, row.connected_at, row.checked_at, row.broken_at, row.reason
    )


__all__ = [
    "ALWAYS_ON",
    "AccountSeen",
    "BadConfig",
    "NoSuchAccount",
    "account_config",
    "account_seen",
    "accounts",
    "connect",
    "disconnect",
    "note_health",
    "open_account",
]

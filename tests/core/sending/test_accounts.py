"""Accounts on channels: settings are sealed and checked when they are given; only changes are told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection

from tests.core.sending.cast import facts
from tongpin.channels.port import BadConfig, Health, Supplies
from tongpin.channels.registry import UnknownChannel
from tongpin.core.sending.accounts import (
    NoSuchAccount,
    account_config,
    accounts,
    connect,
    disconnect,
    note_health,
    open_account,
)
from tongpin.core.sending.desk import Desk
from tongpin.core.sending.models import ChannelAccount
from tongpin.core.sending.state import DatabaseStateStore
from tongpin.core.sending.supplying import house_supplies

pytestmark = pytest.mark.django_db

MAIL = {"host": "smtp.example.com", "user": "u", "password": "s3cret-w0rd", "sender": "hello@example.com"}


def connect_mail(at: datetime, **more: str) -> int:
    return connect(kind="mail", config=MAIL | more, at=at, actor="staff:1").edition


def test_an_account_is_sealed_and_opens_its_channel(noon: datetime) -> None:
    connect_mail(noon)
    with connection.cursor() as cursor:
        cursor.execute("select a::text from channel_account a")
        assert "s3cret" not in cursor.fetchone()[0]
    assert account_config("mail") == MAIL
    assert open_account("mail", house_supplies(kind="mail", desk=Desk())).kind == "mail"
    (seen,) = accounts()
    assert (seen.kind, seen.connected_at, seen.broken_at, seen.edition) == ("mail", noon, None, 1)
    assert facts("channel.") == [("channel.connected", {"account": seen.id, "channel": "mail"})]


def test_the_same_again_changes_nothing_and_other_settings_are_a_new_edition(noon: datetime) -> None:
    assert [connect_mail(noon), connect_mail(noon + timedelta(hours=1)), connect_mail(noon, port="465")] == [1, 1, 2]
    assert len(facts("channel.connected")) == 2


@pytest.mark.parametrize(("lacking", "setting"), [("host", "host"), ("sender", "sender"), ("password", "password")])
def test_a_setting_that_is_missing_is_named_and_nothing_is_kept(noon: datetime, lacking: str, setting: str) -> None:
    with pytest.raises(BadConfig) as refused:
        connect_mail(noon, **{lacking: " "})
    assert refused.value.setting == setting
    assert accounts() == []


@pytest.mark.parametrize("kind", ["web", "errand", "pigeon"])
def test_what_needs_no_account_or_does_not_exist_cannot_be_connected(noon: datetime, kind: str) -> None:
    with pytest.raises(UnknownChannel):
        connect(kind=kind, config={}, at=noon, actor="staff:1")


def test_without_an_account_a_channel_does_not_open_but_our_own_does(noon: datetime) -> None:
    supplies = house_supplies(kind="web", desk=Desk())
    with pytest.raises(NoSuchAccount):
        open_account("mail", Supplies())
    assert (open_account("web", supplies).kind, open_account("errand", supplies).kind) == ("web", "errand")


def test_a_disconnected_account_forgets_its_settings(noon: datetime) -> None:
    connect_mail(noon)
    assert [disconnect(kind="mail", at=noon, actor="staff:1") for _ in range(2)] == [True, False]
    assert (account_config("mail"), accounts()) == (None, [])
    assert ChannelAccount.objects.get().config_sealed is None
    assert connect_mail(noon) == 3
    assert [kind for kind, _ in facts()] == ["channel.connected", "setting.changed", "channel.connected"]


def test_only_a_change_of_health_is_told(noon: datetime) -> None:
    edition = connect_mail(noon)
    ill, well = Health(ok=False, reason="refused_us"), Health(ok=True, named="hello")
    answers = [well, ill, ill, well]
    told = [note_health(kind="mail", health=one, edition=edition, at=noon) for one in answers]
    assert told == [False, True, False, True]
    assert [kind for kind, _ in facts("channel.")] == ["channel.connected", "channel.broken", "channel.connected"]
    assert facts("channel.broken")[0][1]["reason"] == "refused_us"
    (seen,) = accounts()
    assert (seen.name, seen.broken_at) == ("hello", None)


def test_an_answer_for_older_settings_says_nothing(noon: datetime) -> None:
    edition = connect_mail(noon)
    connect_mail(noon, port="465")
    assert not note_health(kind="mail", health=Health(ok=False, reason="refused_us"), edition=edition, at=noon)
    assert accounts()[0].broken_at is None


@pytest.mark.django_db(transaction=True)
def test_what_a_channel_keeps_is_set_only_from_the_version_it_read(noon: datetime) -> None:
    import asyncio

    async def walk() -> None:
        desk = Desk()
        ours, others = DatabaseStateStore(kind="mail", desk=desk), DatabaseStateStore(kind="fake", desk=desk)
        try:
            assert await ours.get(key="token") is None
            assert await ours.put(key="token", value={"access": "令牌"}, expected_version=None)
            assert not await ours.put(key="token", value={}, expected_version=None)
            assert await ours.put(key="token", value={"access": "b"}, expected_version=1)
            assert not await ours.put(key="token", value={"access": "c"}, expected_version=1)
            assert await ours.get(key="token") == ({"access": "b"}, 2)
            assert await others.get(key="token") is None
        finally:
            await desk.close()

    asyncio.run(walk())
    connect_mail(noon)
    disconnect(kind="mail", at=noon, actor="staff:1")
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from channel_state")
        assert cursor.fetchone() == (0,)

"""How the house sets up the ways it takes money."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection

from tongpin.cashier.configuration import BadConfig
from tongpin.cashier.registry import UnknownProvider
from tongpin.core.money.models import Till
from tongpin.core.money.setting_up import TillSeen, open_till, set_up_till, till_settings, tills
from tongpin.core.money.tills import NoSuchTill

pytestmark = pytest.mark.django_db
ACCOUNT = "户名 青禾商贸\n银行 招商银行\n账号 6225 0000 1111"


def occurrences() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select body->>'setting', (body->>'occurrence')::int from entry where kind = 'setting.changed' order by seq"
        )
        return list(cursor.fetchall())


def test_the_test_gateway_needs_nothing_typed_and_keeps_its_secret_sealed(noon: datetime) -> None:
    assert set_up_till(kind="sandbox", settings={}, is_on=True, at=noon, actor="staff:1") == TillSeen(
        "sandbox", True, noon
    )
    secret = till_settings(kind="sandbox")["secret"]
    assert len(secret) >= 24
    assert secret.encode() not in bytes(Till.objects.get().settings_sealed)
    assert open_till("sandbox").kind == "sandbox"


def test_the_same_again_changes_nothing_and_switching_off_keeps_the_settings(noon: datetime) -> None:
    for on in (True, True, False):
        set_up_till(kind="manual", settings={"account": ACCOUNT}, is_on=on, at=noon, actor="staff:1")
    assert tills() == [TillSeen("manual", False, noon)]
    assert till_settings(kind="manual") == {"account": ACCOUNT}
    assert occurrences() == [("till.manual", 1), ("till.manual", 2)]
    assert open_till("manual").kind == "manual"


@pytest.mark.parametrize(
    ("kind", "settings"), [("manual", {}), ("manual", {"account": " "}), ("sandbox", {"secret": "short"})]
)
def test_settings_that_cannot_be_are_refused_and_nothing_is_kept(
    kind: str, settings: dict[str, str], noon: datetime
) -> None:
    with pytest.raises(BadConfig):
        set_up_till(kind=kind, settings=settings, is_on=True, at=noon, actor="staff:1")
    assert (tills(), occurrences()) == ([], [])


def test_what_is_not_there_is_said(noon: datetime) -> None:
    with pytest.raises(UnknownProvider):
        set_up_till(kind="moonpay", settings={}, is_on=True, at=noon, actor="staff:1")
    with pytest.raises(NoSuchTill):
        open_till("sandbox")
    assert till_settings(kind="sandbox") == {}

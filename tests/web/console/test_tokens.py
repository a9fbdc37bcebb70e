"""API tokens: one's own, never more than one may."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.core.team.cast import hire
from tests.web.console.shop_files import at_work, url
from tongpin.core.team.actions import make_api_token
from tongpin.core.team.models import ApiToken, Staff
from tongpin.core.team.queries import find_api_token
from tongpin.core.team.rules import SYSTEM, Held

pytestmark = pytest.mark.django_db
SECRET = re.compile(r"tpa_[0-9a-z]{20,}")


def token_of(staff: Staff, noon: datetime, name: str = "每晚对库存") -> int:
    return make_api_token(actor=SYSTEM, staff_id=staff.pk, name=name, rights=["people.see"], now=noon).id


def test_a_token_is_shown_once_and_may_what_was_ticked() -> None:
    client = at_work(Held("analyst"))
    asked = {"name": "每晚对库存", "rights": ["people.see", "goods.see"], "lasts": "30"}
    answer = client.post(url("tokens"), asked)
    (secret,) = set(SECRET.findall(answer.text))
    row = ApiToken.objects.get()
    seen = find_api_token(secret=secret, now=row.made_at)
    assert seen is not None
    assert set(seen.scopes) == {"people.see", "goods.see"}
    assert row.expires_at is not None
    assert (row.expires_at - row.made_at).days == 30
    page = client.get(url("tokens")).text
    assert ("每晚对库存" in page, secret in page) == (True, False)


@pytest.mark.parametrize("rights", [[], ["people.erase"], ["team.manage"], ["fly"]])
def test_a_token_with_rights_one_does_not_hold_is_refused_and_not_made(rights: list[str]) -> None:
    answer = at_work(Held("analyst")).post(url("tokens"), {"name": "x", "rights": rights, "lasts": "30"})
    assert (answer.status_code, ApiToken.objects.count()) == (422, 0)


def test_one_sees_and_ends_ones_own_and_a_manager_all(noon: datetime) -> None:
    other = hire(Held("owner"), login="other")
    foreign = token_of(other, noon, "别人的")
    client = at_work(Held("analyst"))
    assert "别人的" not in client.get(url("tokens")).text
    client.post(url("token_revoke", foreign))
    assert ApiToken.objects.get(pk=foreign).revoked_at is None
    boss = at_work(Held("manager"), login="boss")
    assert "别人的" in boss.get(url("tokens")).text
    boss.post(url("token_revoke", foreign))
    assert ApiToken.objects.get(pk=foreign).revoked_at is not None


def test_who_may_not_use_the_api_makes_no_token() -> None:
    answer = at_work(Held("operator")).post(url("tokens"), {"name": "x", "rights": ["people.see"], "lasts": ""})
    assert (answer.status_code, ApiToken.objects.count()) == (403, 0)


def test_three_tokens_cost_the_same_queries_as_one(noon: datetime) -> None:
    client = at_work(Held("owner"))
    me = Staff.objects.get()
    numbers = []
    for i in range(3):
        token_of(me, noon, f"第 {i} 个")
        client.get(url("tokens"))
        with CaptureQueriesContext(connection) as asked:
            client.get(url("tokens"))
        numbers.append(len(asked))
    assert numbers[0] == numbers[2] <= 20

"""Facts set aside: a human tries again or passes over."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.web.console.shop_files import at_work, url
from tongpin.core.facts.orders import OrderPaid
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.models import Parked
from tongpin.core.people.models import Person
from tongpin.core.team.models import AuditLine
from tongpin.core.team.rules import Held

pytestmark = pytest.mark.django_db
REACTION = "order.paid → thank_buyers.thank"


def set_aside(noon: datetime, number: str, *, subject: str = "order:A1", tries: int = 6) -> Parked:
    buyer = Person.objects.create(nickname=f"小美{number}", via="hand", created_at=noon)
    with transaction.atomic():
        told = record(OrderPaid(order=number, amount_fen=8900), at=noon, person_id=buyer.pk)
    return Parked.objects.create(
        reader="money",
        reaction=REACTION,
        subject=subject,
        seq=told.seq,
        kind="order.paid",
        error="KeyError in thank, line 41 of thank_buyers.py",
        tries=tries,
        parked_at=noon,
    )


def test_each_fact_says_what_failed_and_what_waits_behind_it(noon: datetime) -> None:
    head, behind = set_aside(noon, "A1"), set_aside(noon, "A2", tries=0)
    page = at_work(Held("manager")).get(url("today_parked")).text
    assert [
        told in page
        for told in (
            "小美A1",
            REACTION,
            "KeyError in thank",
            "tried 6 times",
            "1 fact waits behind it",
            "waits in line",
        )
    ] == [True] * 6
    assert page.index("小美A1") < page.index("小美A2")
    assert (url("today_parked_again", head.pk) in page, url("today_parked_over", behind.pk) in page) == (True, True)


def test_trying_again_makes_the_head_of_the_line_due(noon: datetime) -> None:
    head, behind = set_aside(noon, "A1"), set_aside(noon, "A2", tries=0)
    client = at_work(Held("manager"))
    client.post(url("today_parked_again", behind.pk))
    head.refresh_from_db()
    assert head.next_try_at is not None
    line = AuditLine.objects.get(action="parked.retried")
    assert (line.subject_kind, line.subject_id, line.details) == (
        "entry", behind.seq, {"reaction": "order.paid/thank_buyers.thank", "lane": "money"},
    )  # fmt: skip


def test_passing_over_leaves_one_out_and_lets_the_next_go_on(noon: datetime) -> None:
    head, behind = set_aside(noon, "A1"), set_aside(noon, "A2", tries=0)
    at_work(Held("manager")).post(url("today_parked_over", head.pk))
    assert list(Parked.objects.values_list("pk", flat=True)) == [behind.pk]
    behind.refresh_from_db()
    assert behind.next_try_at is not None
    assert AuditLine.objects.filter(action="parked.passed_over", subject_id=head.seq).count() == 1


def test_who_may_not_retry_changes_nothing(noon: datetime) -> None:
    head = set_aside(noon, "A1")
    client = at_work(Held("operator"))
    for address in (url("today_parked"), url("today_parked_again", head.pk), url("today_parked_over", head.pk)):
        assert client.post(address).status_code == 403
    head.refresh_from_db()
    assert (head.next_try_at, AuditLine.objects.count()) == (None, 0)


def test_one_that_is_gone_is_not_found(noon: datetime) -> None:
    assert at_work(Held("manager")).post(url("today_parked_over", 77)).status_code == 404


def test_three_cost_the_same_queries_as_one(noon: datetime) -> None:
    client = at_work(Held("manager"))
    numbers = []
    for i in range(3):
        set_aside(noon, f"A{i}", subject=f"order:A{i}")
        client.get(url("today_parked"))
        with CaptureQueriesContext(connection) as asked:
            client.get(url("today_parked"))
        numbers.append(len(asked))
    assert numbers[0] == numbers[2] <= 20

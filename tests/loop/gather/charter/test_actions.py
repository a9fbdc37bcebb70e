"""Adopting editions, and agreeing to one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from django.db import DatabaseError, transaction

from tests.loop.gather.cast import CHARTER, LIN, community, somebody, told
from tongpin.core.people.merging import merge
from tongpin.loop.gather.charter.actions import BadCharter, NotInForce, accept_charter, adopt_charter, forget
from tongpin.loop.gather.charter.models import Acceptance, CharterEdition
from tongpin.loop.gather.charter.queries import Edition, accepted_edition, charter_of, charters_of
from tongpin.loop.gather.charter.rules import Charter

pytestmark = pytest.mark.django_db


def test_a_new_edition_is_a_new_row_and_the_same_one_is_none(noon: datetime) -> None:
    made = community(noon)
    full = Charter(
        rules=("不发广告", " 不发广告 ", "", "先夸再问"),
        roles=("creator", "volunteer"),
        rituals=("周日晚读",),
        content_sources=("林老师",),
        goal="读满 100 本",
        plan="每周一本",
    )
    assert adopt_charter(community_id=made, charter=CHARTER, at=noon, actor=LIN) == 1
    assert adopt_charter(community_id=made, charter=CHARTER, at=noon, actor=LIN) == 1
    assert adopt_charter(community_id=made, charter=full, at=noon, actor=LIN) == 2
    kept = replace(full, rules=("不发广告", "先夸再问"))
    assert charters_of(community_id=made) == [Edition(2, kept, noon, LIN), Edition(1, CHARTER, noon, LIN)]
    assert charter_of(community_id=made) == Edition(2, kept, noon, LIN)
    assert told("charter.adopted") == [
        ("charter.adopted", {"community": made, "edition": 1, "rules": 2}),
        ("charter.adopted", {"community": made, "edition": 2, "rules": 2, "roles": 2, "rituals": 1}),
    ]


def test_an_adopted_edition_cannot_be_changed_by_anybody(noon: datetime) -> None:
    adopt_charter(community_id=community(noon), charter=CHARTER, at=noon, actor=LIN)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        CharterEdition.objects.update(rules=["发广告"])
    assert CharterEdition.objects.get().rules == list(CHARTER.rules)


def test_a_charter_without_a_rule_is_refused(noon: datetime) -> None:
    made = community(noon)
    with pytest.raises(BadCharter) as refused:
        adopt_charter(community_id=made, charter=Charter(rules=(" ",)), at=noon, actor=LIN)
    assert (refused.value.reason, charter_of(community_id=made)) == ("no_rule", None)


def test_agreeing_is_per_edition_and_once_for_all_records_of_a_person(noon: datetime) -> None:
    made, person, other = community(noon), somebody(noon), somebody(noon, "阿美")
    adopt_charter(community_id=made, charter=CHARTER, at=noon, actor=LIN)
    mine = {"community_id": made, "at": noon, "actor": f"person:{person}"}
    assert accept_charter(person_id=person, edition=1, **mine) is True
    assert accept_charter(person_id=person, edition=1, **mine) is False
    merge(kept=other, gone=person, reasons=["by_hand"], actor=LIN, at=noon)
    assert accept_charter(person_id=other, edition=1, **mine) is False
    adopt_charter(community_id=made, charter=replace(CHARTER, goal="读满 100 本"), at=noon, actor=LIN)
    with pytest.raises(NotInForce) as refused:
        accept_charter(person_id=person, edition=1, **mine)
    assert refused.value.edition == 2
    assert accepted_edition(community_id=made, person_id=other) == 1
    assert accept_charter(person_id=person, edition=2, **mine) is True
    assert accepted_edition(community_id=made, person_id=other) == 2
    assert [body for _, body in told("charter.accepted")] == [
        {"community": made, "edition": 1},
        {"community": made, "edition": 2},
    ]
    forget([person, other])
    assert Acceptance.objects.count() == 0


def test_before_there_is_a_charter_nobody_agrees_to_it(noon: datetime) -> None:
    made, person = community(noon), somebody(noon)
    with pytest.raises(NotInForce) as refused:
        accept_charter(community_id=made, person_id=person, edition=1, at=noon, actor=LIN)
    assert (refused.value.edition, Acceptance.objects.count()) == (0, 0)

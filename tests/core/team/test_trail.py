"""The audit trail."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import DatabaseError, transaction

from tests.core.team.cast import acting, hire
from tongpin.core.team.models import AuditLine
from tongpin.core.team.rules import SYSTEM, Actor, Held
from tongpin.core.team.trail import NotACode, audit, audit_page


@pytest.mark.django_db
def test_a_line_says_who_did_what_to_what_from_where(noon: datetime) -> None:
    owner = hire(Held("owner"))
    audit(
        actor=acting(owner),
        action="person.contact_seen",
        at=noon,
        subject=("person", 12),
        community_id=3,
        details={"field": "phone", "count": 1, "kinds": ["phone", "mail"], "all": True, "none": None},
    )
    (line,) = audit_page().lines
    assert (line.at, line.actor_kind, line.actor_id, line.action, line.subject, line.community_id, line.place) == (
        noon, "staff", owner.pk, "person.contact_seen", ("person", 12), 3, "203.0.113.0/24",
    )  # fmt: skip
    assert line.details == {"field": "phone", "count": 1, "kinds": ["phone", "mail"], "all": True, "none": None}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "details", [{"name": "王小美"}, {"say": "two words"}, {"to": ["a@b.example"]}, {"k": "x" * 81}]
)
def test_words_of_people_do_not_get_into_the_trail(details: dict[str, str], noon: datetime) -> None:
    with pytest.raises(NotACode) as refused:
        audit(actor=SYSTEM, action="person.edited", at=noon, details=details)
    assert not any(str(value) in str(refused.value) for value in details.values())
    assert not AuditLine.objects.exists()


@pytest.mark.django_db
def test_a_deed_is_named_noun_dot_verb(noon: datetime) -> None:
    with pytest.raises(NotACode):
        audit(actor=SYSTEM, action="edited 王小美", at=noon)


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_or_delete_a_line(change: str, noon: datetime) -> None:
    audit(actor=SYSTEM, action="backup.run", at=noon)
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        AuditLine.objects.update(action="x.y") if change == "update" else AuditLine.objects.all().delete()
    assert list(AuditLine.objects.values_list("action", flat=True)) == ["backup.run"]


@pytest.mark.django_db(transaction=True)
def test_a_line_belongs_into_the_transaction_of_its_deed(noon: datetime) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        audit(actor=SYSTEM, action="backup.run", at=noon)
    with transaction.atomic():
        audit(actor=SYSTEM, action="backup.run", at=noon)
        transaction.set_rollback(True)
    assert not AuditLine.objects.exists()


@pytest.mark.django_db
def test_the_trail_is_paged_by_key_and_filtered(noon: datetime) -> None:
    owner, other = acting(hire(Held("owner"))), Actor("staff", 999)
    for number in range(5):
        audit(actor=owner if number % 2 else other, action="backup.run", at=noon, subject=("house", number))
    audit(actor=owner, action="key.made", at=noon)
    pages, older = [], None
    while True:
        page = audit_page(size=2, older_than=older)
        pages.append([line.subject[1] for line in page.lines])
        older = page.older_than
        if older is None:
            break
    assert pages == [[None, 4], [3, 2], [1, 0]]
    assert [line.subject[1] for line in audit_page(staff_id=owner.id).lines] == [None, 3, 1]
    assert [line.subject[1] for line in audit_page(action="key.made").lines] == [None]
    assert [line.subject[1] for line in audit_page(subject=("house", 2)).lines] == [2]

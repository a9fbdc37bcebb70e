"""Two teammates, or a teammate and a machine, at the same moment."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest

from tests.at_once import at_once
from tongpin.core.people.erasure import erase
from tongpin.core.people.labels import write_note
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.merging import AlreadyOne, merge, settle_clashes
from tongpin.core.people.models import Identity, Note, Person, PersonAlias
from tongpin.core.people.resolving import Clash
from tongpin.core.people.roots import PersonIsErased, root_of
from tongpin.core.people.signs import sign

pytestmark = pytest.mark.django_db(transaction=True)


def people(count: int, noon: datetime) -> list[int]:
    return [Person.objects.create(via="test", created_at=noon, identified=True).pk for _ in range(count)]


def test_the_same_phone_added_twice_is_one_person(noon: datetime) -> None:
    phone = sign("phone", "13812345678")
    found = at_once(*[lambda: add_by_hand(nickname="小美", signs=[phone], actor="staff:1", at=noon)] * 4)
    assert len({met.person_id for met in found}) == 1
    assert sorted(met.is_new for met in found) == [False, False, False, True]
    assert (Person.objects.count(), Identity.objects.count()) == (1, 1)


def test_two_merges_of_one_pair_make_one(noon: datetime) -> None:
    a, b = people(2, noon)
    found = at_once(
        lambda: merge(kept=a, gone=b, reasons=[], actor="staff:1", at=noon),
        lambda: merge(kept=b, gone=a, reasons=[], actor="staff:2", at=noon),
    )
    assert sorted(type(one).__name__ for one in found) == ["AlreadyOne", "int"]
    assert isinstance(next(one for one in found if not isinstance(one, int)), AlreadyOne)
    assert PersonAlias.objects.count() == 1


def test_merges_that_make_a_ring_leave_a_tree(noon: datetime) -> None:
    ring = people(4, noon)
    pairs = list(zip(ring, ring[1:] + ring[:1], strict=True))
    at_once(*[lambda p=p: merge(kept=p[0], gone=p[1], reasons=[], actor="t", at=noon) for p in pairs])
    assert PersonAlias.objects.count() == 3
    assert len({root_of(person_id=person) for person in ring}) == 1


def test_a_clash_settled_by_two_writers_merges_once(noon: datetime) -> None:
    known, device = people(2, noon)
    Person.objects.filter(pk=device).update(identified=False)
    clashes = [Clash(device, known, ("device", "phone"))]
    found = at_once(*[lambda: settle_clashes(clashes=clashes, trusted=True, at=noon, actor="key:1")] * 3)
    assert sorted(len(one.merged) for one in found) == [0, 0, 1]
    assert PersonAlias.objects.values_list("person_id", "root").get() == (device, known)


def test_a_note_written_while_somebody_is_erased_does_not_survive(noon: datetime) -> None:
    for person in people(5, noon):
        found = at_once(
            partial(erase, person_id=person, with_words=True, actor="staff:1", at=noon),
            partial(write_note, person_id=person, words="x", staff=1, staff_name="", actor="staff:2", at=noon),
        )
        assert isinstance(found[0], int)
        assert isinstance(found[1], int | PersonIsErased)
    assert Note.objects.count() == 0

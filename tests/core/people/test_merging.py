"""Merging and parting records of one person."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.people.cast import Meet, kinds_of, nameless
from tests.examples import examples
from tongpin.core.people.erasure import erase
from tongpin.core.people.merging import (
    AlreadyOne,
    MergeUnknown,
    SuggestionDecided,
    accept,
    merge,
    part,
    refuse,
    settle_clashes,
)
from tongpin.core.people.models import Merge, Person, PersonAlias, Suggestion
from tongpin.core.people.pairs import Doubt, keep_suggestions
from tongpin.core.people.resolving import Clash
from tongpin.core.people.roots import PersonIsErased, members_of, root_of
from tongpin.core.people.rules import Ground


def aliases() -> dict[int, tuple[int, int]]:
    return {a.person_id: (a.into, a.root) for a in PersonAlias.objects.all()}


def test_a_merge_writes_an_alias_and_a_fact_and_nothing_else(meet: Meet, noon: datetime) -> None:
    kept, gone = meet("小美", "13812345678"), meet("阿强", "13912345678")
    before = list(Person.objects.order_by("pk").values())
    number = merge(kept=kept, gone=gone, reasons=["phone_same", Ground("by_hand")], actor="staff:1", at=noon)
    assert aliases() == {gone: (kept, kept)}
    assert list(Person.objects.order_by("pk").values()) == before
    assert Merge.objects.get(pk=number).reasons == [
        {"code": "phone_same", "agrees": True, "weight": 0.0, "detail": []},
        {"code": "by_hand", "agrees": True, "weight": 0.0, "detail": []},
    ]
    assert kinds_of(kept)[-1] == "person.merged"
    assert members_of(root=kept) == [kept, gone]


def test_a_merge_taken_back_leaves_no_alias_and_is_not_suggested_again(meet: Meet, noon: datetime) -> None:
    kept, gone = meet("小美", "13812345678"), meet("阿强", "13912345678")
    number = merge(kept=kept, gone=gone, reasons=["by_hand"], actor="staff:1", at=noon)
    part(merge_id=number, actor="staff:1", at=noon)
    assert aliases() == {}
    assert kinds_of(kept)[-2:] == ["person.merged", "person.parted"]
    assert keep_suggestions(doubts=[Doubt(kept, gone, 0.99, (Ground("phone_same"),))], at=noon) == {}
    with pytest.raises(MergeUnknown):
        part(merge_id=number, actor="staff:1", at=noon)


def test_merging_one_person_with_themselves_is_refused(meet: Meet, noon: datetime) -> None:
    kept, gone = meet("小美", "13812345678"), meet("阿强", "13912345678")
    merge(kept=kept, gone=gone, reasons=[], actor="staff:1", at=noon)
    with pytest.raises(AlreadyOne):
        merge(kept=gone, gone=kept, reasons=[], actor="staff:1", at=noon)
    assert Merge.objects.count() == 1


def test_an_erased_person_cannot_be_merged(meet: Meet, noon: datetime) -> None:
    kept, gone = meet("小美", "13812345678"), meet("阿强", "13912345678")
    erase(person_id=gone, with_words=False, actor="staff:1", at=noon)
    with pytest.raises(PersonIsErased):
        merge(kept=kept, gone=gone, reasons=[], actor="staff:1", at=noon)


@pytest.mark.django_db
@settings(max_examples=examples(40), deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 5)), max_size=14))
def test_any_order_of_merging_and_parting_reads_as_the_merges_that_hold(steps: list[tuple[bool, int, int]]) -> None:
    """Against the plainest model: merges that hold are arrows from root to root; who is read as whom follows them."""
    noon = datetime.fromisoformat("2026-11-22T04:00:00+00:00")
    people = [Person.objects.create(via="test", created_at=noon).pk for _ in range(6)]
    arrows: dict[int, tuple[int, int]] = {}

    def root(person: int) -> int:
        out = {gone: kept for kept, gone in arrows.values()}
        while person in out:
            person = out[person]
        return person

    for is_merge, a, b in steps:
        kept, gone = people[a], people[b]
        if not is_merge:
            if arrows:
                number = sorted(arrows)[a % len(arrows)]
                part(merge_id=number, actor="test", at=noon)
                del arrows[number]
        elif root(kept) == root(gone):
            with pytest.raises(AlreadyOne):
                merge(kept=kept, gone=gone, reasons=[], actor="test", at=noon)
        else:
            number = merge(kept=kept, gone=gone, reasons=[], actor="test", at=noon)
            arrows[number] = (root(kept), root(gone))
        assert {p: root_of(person_id=p) for p in people} == {p: root(p) for p in people}
    for number in sorted(arrows):
        part(merge_id=number, actor="test", at=noon)
    assert not PersonAlias.objects.filter(person__in=people).exists()


def test_from_a_trusted_source_a_nameless_record_joins_the_identified_person(meet: Meet, noon: datetime) -> None:
    known, device = meet("小美", "13812345678"), nameless("d1", noon)
    settled = settle_clashes(
        clashes=[Clash(device, known, ("device", "phone"))] * 2, trusted=True, at=noon, actor="key:1"
    )
    assert settled.merged == [(known, device)]
    assert aliases() == {device: (known, known)}
    assert Merge.objects.get().reasons == [
        {"code": "told_together", "agrees": True, "weight": 0.0, "detail": ["device", "phone"]}
    ]
    again = settle_clashes(clashes=[Clash(device, known, ("device", "phone"))], trusted=True, at=noon, actor="key:1")
    assert (again.merged, again.suggested) == ([], {})


def test_a_chain_of_nameless_records_joins_in_one_go(meet: Meet, noon: datetime) -> None:
    known, first, second = meet("小美", "13812345678"), nameless("d1", noon), nameless("d2", noon)
    settle_clashes(
        clashes=[Clash(first, known, ("device", "phone")), Clash(second, first, ("device", "device"))],
        trusted=True,
        at=noon,
        actor="key:1",
    )
    assert aliases() == {first: (known, known), second: (known, known)}


@pytest.mark.parametrize("trusted", [True, False])
def test_two_identified_people_are_never_merged_silently(meet: Meet, noon: datetime, trusted: bool) -> None:
    a, b = meet("小美", "13812345678"), meet("阿强", "13912345678")
    clashes = [Clash(a, b, ("phone", "mail")), Clash(b, a, ("mail", "device"))]
    for _ in range(2):
        settled = settle_clashes(clashes=clashes, trusted=trusted, at=noon, actor="key:1")
        assert settled.merged == []
    one = Suggestion.objects.get()
    assert (one.low, one.high, one.state) == (min(a, b), max(a, b), "open")
    assert [reason["detail"] for reason in one.reasons] == [["device", "mail"], ["mail", "phone"]]
    assert aliases() == {}


def test_an_untrusted_source_merges_nobody(meet: Meet, noon: datetime) -> None:
    known, device = meet("小美", "13812345678"), nameless("d1", noon)
    settled = settle_clashes(clashes=[Clash(device, known, ("device", "phone"))], trusted=False, at=noon, actor="key:1")
    assert settled.merged == []
    assert list(settled.suggested) == [(min(known, device), max(known, device))]


def test_what_a_human_parted_is_not_merged_again_by_the_next_event(meet: Meet, noon: datetime) -> None:
    known, device = meet("小美", "13812345678"), nameless("d1", noon)
    clash = [Clash(device, known, ("device", "phone"))]
    settle_clashes(clashes=clash, trusted=True, at=noon, actor="key:1")
    part(merge_id=Merge.objects.get().pk, actor="staff:1", at=noon)
    settled = settle_clashes(clashes=clash, trusted=True, at=noon, actor="key:1")
    assert (settled.merged, settled.suggested, aliases()) == ([], {}, {})


def test_a_refused_pair_is_never_suggested_again_even_under_another_record(meet: Meet, noon: datetime) -> None:
    a, b, third = meet("小美", "13812345678"), meet("阿强", "13912345678"), meet("路人", "13712345678")
    doubt = Doubt(a, b, 0.9, (Ground("name_same"),))
    (number,) = keep_suggestions(doubts=[doubt], at=noon).values()
    refuse(suggestion_id=number, actor="staff:1", at=noon)
    merge(kept=third, gone=b, reasons=[], actor="staff:1", at=noon)
    assert keep_suggestions(doubts=[doubt, Doubt(a, third, 0.99, (Ground("phone_same"),))], at=noon) == {}
    with pytest.raises(SuggestionDecided):
        refuse(suggestion_id=number, actor="staff:1", at=noon)
    assert kinds_of(min(a, b))[-1] == "merge.refused"


def test_accepting_a_suggestion_keeps_the_identified_record_and_closes_all_between_the_two(
    meet: Meet, noon: datetime
) -> None:
    device, known = nameless("d1", noon), meet("小美", "13812345678")
    (number,) = keep_suggestions(doubts=[Doubt(device, known, 0.9, (Ground("name_same"),))], at=noon).values()
    merged = accept(suggestion_id=number, actor="staff:1", at=noon + timedelta(minutes=1))
    assert aliases() == {device: (known, known)}
    assert Merge.objects.get(pk=merged).reasons[0]["code"] == "name_same"
    assert Suggestion.objects.get().state == "merged"
    part(merge_id=merged, actor="staff:1", at=noon)
    assert Suggestion.objects.get().state == "refused"

"""What one writes on a person's page: done, taken back, refused."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from tests.core.people.cast import kinds_of
from tests.core.team.cast import hire
from tests.web.console.people.conftest import ACTOR, AtWork, Meet
from tongpin.core.people.erasure import erase
from tongpin.core.people.labels import note_life_fact, write_note
from tongpin.core.people.merging import merge
from tongpin.core.people.models import Consent, Identity, LifeFact, Note, Person, PersonTag, Suggestion, Tag
from tongpin.core.people.rule_tags import make_rule_tag
from tongpin.core.team.rules import Held


def url(name: str, *arguments: object) -> str:
    return reverse(f"console:{name}", args=arguments)


def told(client: Client, person: int) -> str:
    """The page with the toast of the last deed."""
    return client.get(url("person", person)).content.decode()


def tags_of(person: int) -> list[str]:
    held = PersonTag.objects.filter(person=person, taken_at=None)
    return sorted(held.values_list("tag__name", flat=True))


def test_a_tag_is_put_on_taken_off_and_each_can_be_undone(at_work: AtWork, meet: Meet) -> None:
    client, person = at_work("assistant"), meet("安安妈")
    assert client.post(url("person_tag_put", person), {"name": " 晨跑 "})["Location"] == url("person", person)
    tag = Tag.objects.get()
    assert tags_of(person) == ["晨跑"]
    assert f'action="{url("person_tag_off", person, tag.pk)}"' in told(client, person).partition('id="toasts"')[2]
    client.post(url("person_tag_off", person, tag.pk))
    assert tags_of(person) == []
    assert f'action="{url("person_tag_on", person, tag.pk)}"' in told(client, person).partition('id="toasts"')[2]
    client.post(url("person_tag_on", person, tag.pk))
    assert tags_of(person) == ["晨跑"]
    assert kinds_of(person) == ["person.met", "tag.put", "tag.taken", "tag.put"]


def test_an_empty_tag_and_one_that_follows_a_rule_change_nothing(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, person = at_work(), meet("安安妈", "13812345678")
    make_rule_tag(name="老客", rule=["orders", "at_least", 3], at=noon)
    rule = Tag.objects.get()
    for name, more, sent in (
        ("person_tag_put", [], {"name": "  "}),
        ("person_tag_put", [], {"name": "老客"}),
        ("person_tag_on", [rule.pk], {}),
        ("person_tag_off", [rule.pk], {}),
    ):
        client.post(url(name, person, *more), sent)
        assert "toast-bad" in told(client, person)
    assert (PersonTag.objects.count(), Tag.objects.count()) == (0, 1)
    assert kinds_of(person) == ["person.met"]
    assert client.post(url("person_tag_off", person, 9999)).status_code == 404


def test_an_owner_is_chosen_among_the_team_and_the_one_before_comes_back_by_undo(at_work: AtWork, meet: Meet) -> None:
    client, person = at_work(), meet("安安妈")
    first, second = hire(Held("viewer"), login="a", name="周敏"), hire(Held("viewer"), login="b", name="阿静")
    client.post(url("person_owner", person), {"staff": first.pk})
    client.post(url("person_owner", person), {"staff": second.pk})
    page = told(client, person)
    assert "Now in the care of 阿静." in page
    undo = url("person_owner_again", person, first.pk)
    assert f'action="{undo}"' in page
    client.post(undo)
    assert Person.objects.get().owner == first.pk
    client.post(url("person_owner", person), {"staff": "0"})
    assert Person.objects.get().owner is None


def test_who_does_not_work_here_any_more_owns_nobody(at_work: AtWork, meet: Meet) -> None:
    client, person = at_work(), meet("安安妈")
    gone = hire(Held("viewer"), login="gone")
    gone.is_active = False
    gone.save()
    for wrong in (gone.pk, 9999, 1 << 64):
        client.post(url("person_owner", person), {"staff": wrong})
        assert "toast-bad" in told(client, person)
    assert Person.objects.get().owner is None


def test_a_note_is_one_line_and_enter(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, person, other = at_work("assistant"), meet("安安妈"), meet("阿强")
    client.post(url("person_note", person), {"words": "孩子入托了"})
    note = Note.objects.get()
    assert (note.words, note.by_name) == ("孩子入托了", "阿静")
    assert "孩子入托了" in told(client, person)
    client.post(url("person_note", person), {"words": "  "})
    assert Note.objects.count() == 1
    foreign = write_note(person_id=other, words="别人的", staff=1, staff_name="x", actor=ACTOR, at=noon)
    assert client.post(url("person_note_remove", person, foreign)).status_code == 404
    client.post(url("person_note_remove", person, note.pk))
    assert list(Note.objects.filter(removed_at=None).values_list("words", flat=True)) == ["别人的"]


def test_a_note_on_a_merged_record_can_be_taken_off_on_the_persons_page(
    at_work: AtWork, meet: Meet, noon: datetime
) -> None:
    client, person, gone = at_work(), meet("安安妈"), meet("何念安")
    note = write_note(person_id=gone, words="旧的", staff=1, staff_name="x", actor=ACTOR, at=noon)
    merge(kept=person, gone=gone, reasons=["by_hand"], actor=ACTOR, at=noon)
    client.post(url("person_note_remove", person, note))
    assert Note.objects.get().removed_at is not None


def test_a_name_is_changed_and_the_real_one_stays_where_it_is_left_empty(at_work: AtWork, meet: Meet) -> None:
    client, person = at_work(), meet("安安妈", name="何念安")
    client.post(url("person_name", person), {"nickname": "念安妈", "name": ""})
    assert (Person.objects.get().nickname, Person.objects.get().name_masked) == ("念安妈", "何**")
    client.post(url("person_name", person), {"nickname": "念安妈", "name": "林小美"})
    assert Person.objects.get().name_masked == "林**"


def test_a_phone_is_added_and_taken_away_again(at_work: AtWork, meet: Meet) -> None:
    client, person = at_work(), meet("安安妈")
    client.post(url("person_sign", person), {"who": "138 1234 5678"})
    identity = Identity.objects.get()
    assert (identity.person_id, identity.shown) == (person, "138****5678")
    undo = url("person_sign_drop", person, identity.pk)
    assert f'action="{undo}"' in told(client, person).partition('id="toasts"')[2]
    client.post(undo)
    assert Identity.objects.count() == 0


@pytest.mark.parametrize("wrong", ["", "安安", "138****5678", "lin@example."])
def test_what_is_no_sign_ties_nothing(at_work: AtWork, meet: Meet, wrong: str) -> None:
    client, person = at_work(), meet("安安妈")
    client.post(url("person_sign", person), {"who": wrong})
    assert "toast-bad" in told(client, person)
    assert Identity.objects.count() == 0


def test_a_phone_of_somebody_else_does_not_move_but_asks_whether_they_are_one(at_work: AtWork, meet: Meet) -> None:
    client, person, other = at_work(), meet("安安妈", "13812345678"), meet("何念安", "13912345678")
    client.post(url("person_sign", person), {"who": "13912345678"})
    assert set(Identity.objects.values_list("person_id", "shown")) == {
        (person, "138****5678"),
        (other, "139****5678"),
    }
    assert Suggestion.objects.get().state == "open"
    page = told(client, person)
    assert "Somebody else has this already" in page
    assert "何念安" in page


def test_a_phone_of_somebody_outside_ones_communities_says_no_more_than_that(
    at_work: AtWork, meet: Meet, books: tuple[int, int]
) -> None:
    person = meet("安安妈", group=books[1])
    meet("阿强", "13912345678")
    client = at_work("operator", books[0])
    client.post(url("person_sign", person), {"who": "13912345678"})
    page = told(client, person)
    assert "outside your communities" in page
    assert "阿强" not in page


def test_a_phone_of_who_was_erased_is_refused(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, person = at_work(), meet("安安妈")
    erase(person_id=meet("阿强", "13912345678"), with_words=False, actor=ACTOR, at=noon)
    client.post(url("person_sign", person), {"who": "13912345678"})
    assert "asked us to erase them" in told(client, person)
    assert Identity.objects.count() == 0


def test_an_identity_of_somebody_else_is_not_dropped_here(at_work: AtWork, meet: Meet) -> None:
    client, person = at_work(), meet("安安妈")
    meet("阿强", "13912345678")
    assert client.post(url("person_sign_drop", person, Identity.objects.get().pk)).status_code == 404
    assert Identity.objects.count() == 1


def test_a_fact_of_life_is_kept_sealed_and_forgotten_for_good(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    client, person, other = at_work(), meet("安安妈"), meet("阿强")
    client.post(url("person_life", person), {"kind": "birthday", "value": "1992-03-08"})
    fact = LifeFact.objects.get()
    assert (fact.kind, fact.masked) == ("birthday", "03-**")
    for wrong in ({"kind": "birthday", "value": "明天"}, {"kind": "shoe_size", "value": "38"}, {}):
        client.post(url("person_life", person), wrong)
        assert "Write it like this" in told(client, person)
    foreign = note_life_fact(person_id=other, kind="gender", value="male", actor=ACTOR, at=noon)
    assert client.post(url("person_life_forget", person, foreign)).status_code == 404
    client.post(url("person_life_forget", person, fact.pk))
    assert list(LifeFact.objects.values_list("kind", flat=True)) == ["gender"]


def test_a_yes_is_kept_with_its_basis_and_a_no_holds_at_once(at_work: AtWork, meet: Meet) -> None:
    client, person = at_work(), meet("安安妈")
    asked = {"purpose": "promotion", "channel": "sms", "basis": "asked"}
    client.post(url("person_consent", person), asked)
    consent = Consent.objects.get()
    assert (consent.purpose, consent.channel, consent.basis, consent.withdrawn_at) == (
        "promotion",
        "sms",
        "asked",
        None,
    )
    client.post(url("person_consent_withdraw", person), asked)
    assert Consent.objects.get().withdrawn_at is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"purpose": "promotion", "channel": "sms"},
        {"purpose": "promotion", "channel": "sms", "basis": "import_asked"},
        {"purpose": "x", "channel": "sms", "basis": "asked"},
        {"purpose": "promotion", "channel": "pigeon", "basis": "asked"},
    ],
)
def test_a_yes_without_a_basis_one_may_declare_is_not_kept(at_work: AtWork, meet: Meet, wrong: dict[str, str]) -> None:
    client, person = at_work(), meet("安安妈")
    client.post(url("person_consent", person), wrong)
    assert "toast-bad" in told(client, person)
    assert Consent.objects.count() == 0


def test_a_viewer_changes_nothing(at_work: AtWork, meet: Meet) -> None:
    client, person = at_work("viewer"), meet("安安妈")
    before = kinds_of(person)
    for name, sent in (
        ("person_tag_put", {"name": "x"}), ("person_owner", {"staff": 1}), ("person_note", {"words": "x"}),
        ("person_name", {"nickname": "x"}), ("person_sign", {"who": "13812345678"}),
        ("person_life", {"kind": "gender", "value": "male"}),
        ("person_consent", {"purpose": "promotion", "channel": "sms", "basis": "asked"}),
        ("person_consent_withdraw", {"purpose": "promotion", "channel": "sms"}),
    ):  # fmt: skip
        assert client.post(url(name, person), sent).status_code == 403, name
    assert kinds_of(person) == before
    assert Person.objects.get().nickname == "安安妈"

"""Adding somebody by hand."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.urls import reverse

from tests.core.people.cast import read_all
from tests.web.console.people.conftest import ACTOR, AtWork, Meet, Queries
from tongpin.core.people.erasure import erase
from tongpin.core.people.models import Identity, Note, Person, PersonTag, Tag
from tongpin.core.people.rule_tags import make_rule_tag
from tongpin.core.places.models import Membership

ADD = "/people/add/"


def test_a_phone_and_a_name_become_a_person_and_the_form_stands_empty_again(at_work: AtWork) -> None:
    client = at_work()
    asked = {"who": "138 1234 5678", "nickname": "安安妈", "more_tags": "晨跑，育儿", "note": "柜台认识的"}
    answer = client.post(ADD, asked)
    person = Person.objects.get()
    assert (person.nickname, person.via, person.identified) == ("安安妈", "hand", True)
    assert Identity.objects.get().shown == "138****5678"
    assert Note.objects.get().words == "柜台认识的"
    tags = {tag.name: tag.pk for tag in Tag.objects.all()}
    assert set(tags) == {"晨跑", "育儿"}
    assert answer["Location"] == f"{ADD}?done={person.pk}&tag={tags['晨跑']}&tag={tags['育儿']}"
    page = client.get(answer["Location"]).content.decode()
    assert "<b>安安妈</b> is added." in page
    assert "Add one more" in page
    assert re.findall(r'value="(\w+)"[^>]*checked', page) == ["晨跑", "育儿"]
    assert 'name="who"' in page
    assert "13812345678" not in page


def test_a_known_phone_finds_the_person_again_and_adds_what_is_new(at_work: AtWork, meet: Meet) -> None:
    person = meet("安安妈", "13812345678")
    client = at_work()
    answer = client.post(ADD, {"who": "13812345678", "nickname": "别的名字", "more_tags": "晨跑"})
    assert Person.objects.count() == 1
    assert answer["Location"].startswith(f"{ADD}?done={person}&known=1")
    assert "<b>安安妈</b> was known already" in client.get(answer["Location"]).content.decode()
    assert PersonTag.objects.get().person_id == person


def test_a_wechat_name_is_a_nickname_and_a_second_of_the_name_is_asked_about(at_work: AtWork, meet: Meet) -> None:
    person = meet("Jasmine", "13812345678")
    read_all()
    client = at_work()
    answer = client.post(ADD, {"who": "jasmine", "note": "写好的"})
    page = answer.content.decode()
    assert (answer.status_code, Person.objects.count()) == (422, 1)
    assert reverse("console:person", args=[person]) in page
    assert 'value="写好的"' in page
    assert client.post(ADD, {"who": "jasmine", "anyway": "on"}).status_code == 302
    assert sorted(Person.objects.values_list("nickname", flat=True)) == ["Jasmine", "jasmine"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, "at least what you call them"),
        ({"who": "138****5678"}, "no whole phone number"),
        ({"who": "1381234567"}, "no whole phone number"),
        ({"who": "lin@example."}, "no mail address"),
        ({"who": "13812345678", "tags": "没有的"}, ""),
    ],
)
def test_what_cannot_be_understood_is_refused_beside_its_field_and_nobody_is_added(
    at_work: AtWork, wrong: dict[str, str], says: str
) -> None:
    answer = at_work().post(ADD, wrong)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert Person.objects.count() == 0


def test_a_tag_that_follows_a_rule_is_refused_and_nothing_is_added(at_work: AtWork, noon: datetime) -> None:
    make_rule_tag(name="老客", rule=["orders", "at_least", 3], at=noon)
    answer = at_work().post(ADD, {"who": "13812345678", "more_tags": "老客"})
    assert answer.status_code == 422
    assert "follows a rule" in answer.content.decode()
    assert (Person.objects.count(), PersonTag.objects.count()) == (0, 0)


def test_who_was_erased_is_not_added_again_by_their_number(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    erase(person_id=meet("安安妈", "13812345678"), with_words=False, actor=ACTOR, at=noon)
    answer = at_work().post(ADD, {"who": "13812345678"})
    assert answer.status_code == 422
    assert "asked us to erase them" in answer.content.decode()
    assert Person.objects.filter(erased_at=None).count() == 0


def test_a_teammate_of_one_community_adds_into_its_groups_only(
    at_work: AtWork, meet: Meet, books: tuple[int, int], runners: tuple[int, int]
) -> None:
    client = at_work("assistant", books[0])
    assert client.post(ADD, {"who": "13812345678"}).status_code == 422
    assert client.post(ADD, {"who": "13812345678", "place": runners[1]}).status_code == 422
    assert Person.objects.count() == 0
    answer = client.post(ADD, {"who": "13812345678", "place": books[1]})
    person = Person.objects.get()
    assert answer["Location"].startswith(f"{ADD}?done={person.pk}")
    assert list(Membership.objects.values_list("person_id", "place_id")) == [(person.pk, books[1])]
    assert client.get(reverse("console:person", args=[person.pk])).status_code == 200


def test_a_teammate_of_one_community_cannot_reach_others_by_typing_their_number(
    at_work: AtWork, meet: Meet, books: tuple[int, int], runners: tuple[int, int]
) -> None:
    meet("阿强", "13912345678", group=runners[1])
    client = at_work("assistant", books[0])
    answer = client.post(ADD, {"who": "13912345678", "place": books[1], "note": "来过"})
    assert answer.status_code == 422
    assert "outside your communities" in answer.content.decode()
    assert "阿强" not in answer.content.decode()
    assert (Membership.objects.count(), Note.objects.count()) == (1, 0)
    assert client.get(f"{ADD}?done={Person.objects.get().pk}").content.decode().count("阿强") == 0


def test_without_a_group_a_teammate_of_one_community_is_told_what_is_missing(at_work: AtWork, noon: datetime) -> None:
    from tongpin.core.places.models import Community

    community = Community.objects.create(name="辅食组", founded_at=noon)
    page = at_work("assistant", community.pk).get(ADD).content.decode()
    assert "Your communities have no group yet" in page
    assert 'name="who"' not in page


def test_a_viewer_adds_nobody(at_work: AtWork) -> None:
    client = at_work("viewer")
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, {"who": "13812345678"}).status_code == 403
    assert Person.objects.count() == 0


def test_the_form_takes_the_same_few_queries_with_one_tag_and_three(
    at_work: AtWork, queries: Queries, noon: datetime
) -> None:
    client = at_work()
    Tag.objects.create(name="一", made_at=noon)
    client.get(ADD)
    one = queries(client, ADD)
    Tag.objects.create(name="二", made_at=noon), Tag.objects.create(name="三", made_at=noon)
    assert (queries(client, ADD), one <= 20) == (one, True)

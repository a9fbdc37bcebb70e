"""Trust on a person's page: a value with its evidence in plain sentences, or that too little is known."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.test import Client
from django.urls import reverse

from tests.web.console.people.conftest import AtWork, Meet, Queries
from tongpin.core.people.assessed import UNKNOWN, Assessed, Evidence
from tongpin.core.people.assessing import TRUST, assess_many
from tongpin.insight.evidence import SIGNS
from tongpin.web.console.person_trust import SAYS


def page(client: Client, person: int) -> str:
    return client.get(reverse("console:person", args=[person])).text


def stands(person: int, at: datetime, value: float | None, word: str, *pieces: Evidence) -> None:
    found = Assessed(person, value, word, sum(one.weight for one in pieces), 2.0, pieces)
    assess_many(kind=TRUST, found=[found], as_of=at, at=at)


def test_trust_stands_with_each_sign_in_a_sentence(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    person = meet("安安妈")
    before = noon - timedelta(days=2)
    pieces = (
        Evidence("bought", True, 7, 4.2, before),
        Evidence("brought", True, 1, 2.0, before),
        Evidence("complained", False, 1, 0.8, before),
    )
    stands(person, noon, 0.69, "high", *pieces)
    text = page(at_work(), person)
    for told in (
        "0.69", ">high<", "Paid for 7 orders and kept them", "counts 4.2", "Brought 1 person who stayed or bought",
        "1 complaint is not settled to their liking", "evidence that counts 7.0 together",
    ):  # fmt: skip
        assert told in text, told


def test_too_little_evidence_is_said_with_how_much_is_needed(at_work: AtWork, meet: Meet, noon: datetime) -> None:
    person = meet("小美")
    stands(person, noon, None, UNKNOWN, Evidence("asked", True, 3, 1.3, noon))
    text = page(at_work(), person)
    for told in ("too little data: 1.3 of 2", "Asked 3 questions", "This is not low trust, it is not known"):
        assert told in text, told
    nobody = page(at_work(login="b"), meet("路人"))
    assert "too little data: 0.0 of 2" in nobody


def test_every_sign_has_its_sentence() -> None:
    assert SAYS.keys() == SIGNS.keys()
    assert all("2" in str(words % {"n": 2}) for words in SAYS.values())


def test_evidence_costs_no_further_queries(at_work: AtWork, meet: Meet, noon: datetime, queries: Queries) -> None:
    client, person, other = at_work(), meet("小美"), meet("阿强")
    stands(person, noon, 0.7, "high", *(Evidence(sign, True, 1, 1.0, noon) for sign in list(SIGNS)[:9]))
    address = [reverse("console:person", args=[one]) for one in (person, other)]
    client.get(address[0])
    assert queries(client, address[0]) == queries(client, address[1])

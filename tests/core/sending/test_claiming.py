"""What is due: one in flight in each queue, strictly by number; the gate before anything leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.core.sending.cast import facts, group, said, somebody, states
from tongpin.channels.port import Address, Command
from tongpin.core.people.consents import give_consent, withdraw_consent
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.merging import merge
from tongpin.core.people.signs import sign
from tongpin.core.places.models import Place
from tongpin.core.sending.claiming import LEASE, claim_commands, claim_letters, take_up
from tongpin.core.sending.models import Letter
from tongpin.core.sending.queueing import NewCommand, NewLetter, queue_command, queue_letter, queue_letters
from tongpin.core.sending.settling import Outcome, settle

pytestmark = pytest.mark.django_db


def texts(at: datetime, *, worker: str = "w1", channel: str = "fake", limit: int = 100) -> list[str]:
    claimed = claim_letters(channel=channel, worker=worker, at=at, limit=limit)
    return [one.thing.content.text for one in claimed.claims]  # type: ignore[union-attr]


def test_one_in_flight_in_each_place_by_number(noon: datetime) -> None:
    a, b = group("a", noon), group("b", noon)
    queue_letters(letters=[said(f"{n}{p}", place_id=i) for n in (1, 2) for p, i in (("a", a), ("b", b))], at=noon)
    (first,) = claim_letters(channel="fake", worker="w1", at=noon, limit=1).claims
    assert texts(noon) == ["1b"]
    assert texts(noon, worker="w2") == []
    settle(outcomes=[Outcome(claim=first, fate="sent", at=noon, platform_id="p1")])
    assert texts(noon) == ["2a"]


def test_what_waits_for_another_try_holds_back_what_comes_after(noon: datetime) -> None:
    place = group("a", noon)
    queue_letters(letters=[said("1", place_id=place), said("2", place_id=place)], at=noon)
    (first,) = claim_letters(channel="fake", worker="w1", at=noon, limit=9).claims
    later = noon + timedelta(seconds=30)
    settle(outcomes=[Outcome(claim=first, fate="again", at=noon, reason="no_answer", retry_at=later, own=True)])
    assert texts(noon + timedelta(seconds=29)) == []
    assert texts(later) == ["1"]


def test_what_is_for_later_holds_nobody_back_and_comes_when_it_is_due(noon: datetime) -> None:
    place = group("a", noon)
    evening = noon + timedelta(minutes=2)
    queue_letters(letters=[said("reminder", place_id=place, not_before=evening), said("now", place_id=place)], at=noon)
    (now,) = claim_letters(channel="fake", worker="w1", at=noon, limit=9).claims
    assert texts(evening) == []
    settle(outcomes=[Outcome(claim=now, fate="released", at=noon)])
    assert texts(evening) == ["reminder"]


def test_a_claim_runs_out_and_its_late_outcome_counts_no_more(noon: datetime) -> None:
    queue_letter(letter=said("1", place_id=group("a", noon)), at=noon)
    (dead,) = claim_letters(channel="fake", worker="w1", at=noon, limit=9).claims
    assert texts(noon + LEASE, worker="w2") == []
    over = noon + LEASE + timedelta(seconds=1)
    (alive,) = claim_letters(channel="fake", worker="w2", at=over, limit=9).claims
    assert alive.thing.key == dead.thing.key
    assert settle(outcomes=[Outcome(claim=dead, fate="failed", at=over, reason="refused")]) == 0
    assert settle(outcomes=[Outcome(claim=alive, fate="sent", at=over, platform_id="p1")]) == 1
    assert states() == [("sent", "")]


def test_a_worker_that_starts_again_takes_up_its_own_only(noon: datetime) -> None:
    queue_letters(letters=[said(p, place_id=group(p, noon)) for p in "ab"], at=noon)
    claim_letters(channel="fake", worker="w1", at=noon, limit=1)
    claim_letters(channel="fake", worker="w2", at=noon, limit=1)
    assert take_up(worker="w1") == 1
    assert texts(noon) == ["a"]


def test_a_promotion_never_delays_a_letter_of_service(noon: datetime) -> None:
    person = somebody(noon)
    night = noon + timedelta(hours=10)
    give_consent(person_id=person, purpose="promotion", channel="any", basis="form", actor="t", at=noon)
    queue_letter(letter=said("sale", person_id=person, letter_class="promotion"), at=night)
    queue_letter(letter=said("sign in", person_id=person), at=night)
    assert texts(night) == ["sign in"]
    assert Letter.objects.get(payload__text="sale").reason == "quiet_hours"
    assert "sale" not in texts(night + timedelta(hours=10, minutes=29))
    assert "sale" in texts(night + timedelta(hours=10, minutes=30))


def test_a_no_counts_at_the_moment_of_sending(noon: datetime) -> None:
    person, silent = somebody(noon), somebody(noon)
    give_consent(person_id=person, purpose="promotion", channel="any", basis="form", actor="t", at=noon)
    numbers = queue_letters(
        letters=[
            said(f"sale {p}", person_id=p, letter_class="promotion", about_kind="offer", about=3)
            for p in (person, silent)
        ],
        at=noon,
    )
    withdraw_consent(person_id=person, purpose="promotion", channel="any", actor="t", at=noon)
    assert texts(noon) == []
    assert states() == [("withheld", "no_consent")] * 2
    assert facts("letter.withheld") == [
        (
            "letter.withheld",
            {
                "letter": number,
                "letter_class": "promotion",
                "channel": "fake",
                "reason": "no_consent",
                "about_kind": "offer",
                "about": 3,
            },
        )
        for number in numbers
    ]


def test_merged_records_share_one_cap(noon: datetime) -> None:
    a, b = somebody(noon), somebody(noon)
    for person in (a, b):
        give_consent(person_id=person, purpose="promotion", channel="any", basis="form", actor="t", at=noon)
        queue_letter(letter=said(f"sale {person}", person_id=person, letter_class="promotion"), at=noon)
    merge(kept=a, gone=b, reasons=[], actor="t", at=noon)
    assert texts(noon) == [f"sale {a}"]
    assert states() == [("claimed", ""), ("queued", "cap_day")]


def test_a_letter_goes_to_where_its_reader_is_now(noon: datetime) -> None:
    person = add_by_hand(
        nickname="小美", signs=[sign("mail", "xiaomei@example.org")], actor="staff:1", at=noon
    ).person_id
    queue_letters(
        letters=[
            said("known", channel="mail", person_id=person),
            said("unknown", channel="mail", person_id=somebody(noon)),
            said("bare", channel="mail", address="lin@example.org"),
        ],
        at=noon,
    )
    claims = claim_letters(channel="mail", worker="w1", at=noon, limit=9).claims
    assert [one.thing.to for one in claims] == [  # type: ignore[union-attr]
        Address(kind="person", value="xiaomei@example.org"),
        Address(kind="person", value="lin@example.org"),
    ]
    assert states() == [("claimed", ""), ("withheld", "no_address"), ("claimed", "")]


def test_a_closed_place_gets_nothing_more(noon: datetime) -> None:
    place = group("a", noon)
    queue_letter(letter=said("1", place_id=place), at=noon)
    Place.objects.filter(pk=place).update(closed_at=noon)
    assert (texts(noon), states()) == ([], [("withheld", "place_closed")])


def test_what_is_too_late_is_not_sent(noon: datetime) -> None:
    queue_letter(letter=said("1", place_id=group("a", noon), not_after=noon + timedelta(minutes=15)), at=noon)
    assert (texts(noon + timedelta(minutes=16)), states()) == ([], [("withheld", "too_late")])


def test_an_answer_knows_what_it_answers_in_the_platforms_terms(noon: datetime) -> None:
    place = group("a", noon)
    first = queue_letter(letter=said("question", place_id=place), at=noon)
    queue_letter(letter=said("answer", place_id=place, answers=first), at=noon)
    (claim,) = claim_letters(channel="fake", worker="w1", at=noon, limit=9).claims
    settle(outcomes=[Outcome(claim=claim, fate="sent", at=noon, platform_id="$event1")])
    (answer,) = claim_letters(channel="fake", worker="w1", at=noon, limit=9).claims
    assert answer.thing.in_reply_to == "$event1"  # type: ignore[union-attr]


def test_a_fleeting_letter_is_forgotten_once_it_left(noon: datetime) -> None:
    letter = NewLetter(
        key="sign in", letter_class="service", channel="mail", content=said("https://example.com/s/secret").content,
        address="lin@example.org", fleeting=True,
    )  # fmt: skip
    queue_letter(letter=letter, at=noon)
    (claim,) = claim_letters(channel="mail", worker="w1", at=noon, limit=9).claims
    settle(outcomes=[Outcome(claim=claim, fate="sent", at=noon + timedelta(seconds=2), platform_id="m1")])
    row = Letter.objects.get()
    assert (row.payload, row.address_sealed, row.state, row.platform_id) == ({}, None, "sent", "m1")
    assert queue_letter(letter=letter, at=noon) == row.pk
    assert facts("letter.sent") == [
        (
            "letter.sent",
            {"letter": row.pk, "letter_class": "service", "channel": "mail", "lag_ms": 2000},
        )
    ]


def test_a_command_is_written_in_the_platforms_terms(noon: datetime) -> None:
    place, person = group("a", noon), somebody(noon)
    until = noon + timedelta(hours=1)
    queue_command(
        command=NewCommand(key="k", verb="mute", channel="fake", place_id=place, person_id=person, until=until), at=noon
    )
    (claim,) = claim_commands(channel="fake", worker="w1", at=noon, limit=9).claims
    assert claim.thing == Command(key=claim.thing.key, verb="mute", place="a", person=str(person), until=until)
    settle(outcomes=[Outcome(claim=claim, fate="sent", at=noon)])
    assert facts("command.") == [("command.done", {"command": claim.number, "verb": "mute", "channel": "fake"})]


def test_a_batch_costs_the_same_queries_for_one_and_for_many(
    noon: datetime, django_assert_max_num_queries: object
) -> None:
    people = [somebody(noon) for _ in range(30)]
    for person in people:
        give_consent(person_id=person, purpose="promotion", channel="any", basis="form", actor="t", at=noon)
    queue_letters(letters=[said(f"s{p}", person_id=p, letter_class="promotion") for p in people], at=noon)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        assert len(texts(noon)) == 30

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.people.likeness.making import records
from tests.examples import examples
from tongpin.core.people.likeness import BLOCK_LIMIT, Address, Record, suggestions


@settings(max_examples=examples(40))
@given(st.lists(records(), max_size=6), st.randoms(use_true_random=False))
def test_suggestions_do_not_depend_on_the_order_of_records(people: list[Record], dice: object) -> None:
    shuffled = list(people)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert list(suggestions(shuffled, at_least=0)) == list(suggestions(people, at_least=0))


def test_each_pair_comes_once_the_smaller_id_first_and_never_a_person_with_herself() -> None:
    me = {"names": ("叶小舟",), "phones": ("+8613612343308",), "mails": ("xiaozhou@qq.com",)}
    people = [Record(9, **me), Record(3, **me), Record(3, **me), Record(5)]  # type: ignore[arg-type]
    assert {(pair.first, pair.second) for pair in suggestions(people)} == {(3, 9)}


def test_a_key_that_groups_too_many_is_dropped() -> None:
    crowd = [Record(n, names=("王伟",)) for n in range(BLOCK_LIMIT + 1)]
    assert list(suggestions(crowd, at_least=0)) == []
    assert len(list(suggestions(crowd[:-1], at_least=0))) == BLOCK_LIMIT * (BLOCK_LIMIT - 1) // 2


def _febrl(path: Path) -> tuple[list[Record], dict[int, int]]:
    people: list[Record] = []
    truth: dict[int, int] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for place, row in enumerate(csv.DictReader(lines, skipinitialspace=True)):
            truth[place] = int(row["rec_id"].split("-")[1])
            home = Address(
                province=row["state"],
                suburb=row["suburb"],
                street=row["address_1"],
                number=row["street_number"],
                detail=row["address_2"],
                postcode=row["postcode"],
            )
            people.append(
                Record(
                    place,
                    names=(f"{row['given_name']} {row['surname']}",),
                    birth=row["date_of_birth"],
                    addresses=(home,),
                    numbers=(f"soc_sec_id:{row['soc_sec_id']}",),
                )
            )
    return people, truth


def test_febrl_3_is_found_nearly_whole_and_nearly_without_error_in_both_halves(real_data: Path) -> None:
    everyone, truth = _febrl(real_data / "identity" / "febrl_dataset3.csv")
    halves = [[record for record in everyone if truth[record.person_id] % 2 == half] for half in (0, 1)]
    for people in (everyone, *halves):
        true = sum(n * (n - 1) // 2 for n in Counter(truth[record.person_id] for record in people).values())
        found = [truth[pair.first] == truth[pair.second] for pair in suggestions(people)]
        assert sum(found) / true >= 0.96
        assert sum(found) / len(found) >= 0.998

from __future__ import annotations

import pytest

from tongpin.core.people.likeness.names import compare_names
from tongpin.core.people.likeness.naming import read_name
from tongpin.core.people.likeness.values import Reason
from tongpin.core.people.likeness.weights import MASKED_NAME_MOST, Counts


def told(a: str, b: str, counts: Counts | None = None) -> Reason | None:
    one, other = read_name(a), read_name(b)
    assert one is not None
    assert other is not None
    reason = compare_names(one, other, counts)
    assert compare_names(other, one, counts) == reason
    return reason


@pytest.mark.parametrize(
    ("a", "b", "code", "detail"),
    [
        ("叶小舟", "叶小舟", "name_same", ()),
        ("叶小舟", "小舟叶", "name_swapped", ()),
        ("张小明", "张晓明", "name_pinyin_same", ("surname_same",)),
        ("張偉", "张伟", "name_pinyin_same", ()),
        ("张小明", "Zhang Xiaoming", "name_pinyin_same", ("latin_script",)),
        ("单小明", "Xiaoming Shan", "name_pinyin_same", ("latin_script",)),
        ("王小美", "王美", "name_part_same", ("surname_same",)),
        ("张小明", "张小朋", "name_near", ("surname_same",)),
        ("阿依古丽·买买提", "阿依古丽买买堤", "name_near", ()),
        ("叶*舟", "叶小舟", "name_mask_fits", ("shown_2",)),
        ("张三", "张*", "name_mask_fits", ("shown_1",)),
        ("张*", "张**", "name_mask_fits", ("shown_1",)),
        ("李女士", "李娜", "surname_same", ()),
        ("李女士", "李*", "surname_same", ()),
        ("mitchell green", "green mitchell", "name_swapped", ()),
        ("mitch ell green", "mitchell green", "name_same", ()),
        ("nichooas campbell", "nicholas campbell", "name_near", ("part_same", "part_near")),
        ("waller", "jamilla wallner", "name_part_same", ("part_near", "part_missing")),
        ("luke purdon", "mia purdon", "name_part_same", ("part_same", "part_differs")),
        ("april herbert", "april harrington", "name_part_same", ("part_same", "part_differs", "given_same")),
        ("J Smith", "John Smith", "name_near", ("part_same", "part_initial")),
    ],
)
def test_what_two_names_agree_in(a: str, b: str, code: str, detail: tuple[str, ...]) -> None:
    reason = told(a, b)
    assert reason is not None
    assert (reason.code, reason.agrees, reason.detail) == (code, True, detail)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("张三", "李四"),
        ("张小明", "张大海"),
        ("叶*舟", "叶舟"),
        ("叶*舟", "叶小船"),
        ("张*", "李*"),
        ("luke purdon", "mia webb"),
    ],
)
def test_different_names_speak_against(a: str, b: str) -> None:
    reason = told(a, b)
    assert reason is not None
    assert (reason.code, reason.agrees) == ("name_differs", False)


@pytest.mark.parametrize(("a", "b"), [("Emma", "王小美"), ("张*", "*三"), ("J*", "张三")])
def test_names_that_cannot_be_held_together_say_nothing(a: str, b: str) -> None:
    assert told(a, b) is None


def test_a_rare_name_weighs_more_than_a_common_one() -> None:
    common, rare = told("王伟", "王伟"), told("阚舟", "阚舟")
    assert common is not None
    assert rare is not None
    assert rare.weight > common.weight


def test_counts_make_a_frequent_name_lighter_and_a_rare_one_heavier() -> None:
    counts = Counts(50_000, {"name:张伟": 400, "part:smith": 900, "part:ann": 20})
    plain, counted = told("张伟", "张伟"), told("张伟", "张伟", counts)
    assert plain is not None
    assert counted is not None
    assert counted.weight < plain.weight
    smith, ann = told("smith", "smith", counts), told("ann", "ann", counts)
    assert smith is not None
    assert ann is not None
    assert smith.weight < ann.weight


def test_a_masked_name_never_weighs_more_than_its_cap() -> None:
    reason = told("欧阳*娜", "欧阳娜娜娜")
    assert reason is not None
    assert reason.weight == MASKED_NAME_MOST

from __future__ import annotations

import pytest

from tongpin.core.people.likeness.naming import read_name
from tongpin.core.people.likeness.nicknames import compare_nickname_to_name, compare_nicknames, read_nickname
from tongpin.core.people.likeness.weights import Counts


def test_emoji_and_signs_are_no_part_of_a_nickname() -> None:
    assert [read_nickname(raw) for raw in ("🌸向阳花开🌻", "A00-小美~", "😀", "w")] == ["向阳花开", "a00小美", "", ""]


def test_equal_nicknames_agree_and_frequent_ones_weigh_little() -> None:
    alone = compare_nicknames("向阳花开", "向阳花开", None)
    frequent = compare_nicknames("向阳花开", "向阳花开", Counts(10_000, {"nickname:向阳花开": 300}))
    assert alone is not None
    assert frequent is not None
    assert alone.code == frequent.code == "nickname_same"
    assert frequent.weight < alone.weight


def test_a_nickname_with_something_added_is_near() -> None:
    reason = compare_nicknames("向阳花开", "向阳花开杭州", None)
    assert reason is not None
    assert reason.code == "nickname_near"


def test_different_nicknames_say_nothing() -> None:
    assert compare_nicknames("向阳花开", "岁月静好", None) is None


@pytest.mark.parametrize(
    ("nickname", "name", "code", "detail"),
    [
        ("叶小舟", "叶小舟", "nickname_holds_name", ()),
        ("叶小舟宝妈", "叶小舟", "nickname_holds_name", ()),
        ("yexiaozhou88", "叶小舟", "nickname_holds_name", ("pinyin",)),
        ("小舟", "叶小舟", "nickname_is_given_name", ()),
        ("舟舟", "叶小舟", "nickname_is_given_name", ("pet_form",)),
        ("阿舟", "叶小舟", "nickname_is_given_name", ("pet_form",)),
        ("johnsmith1980", "John Smith", "nickname_holds_name", ()),
    ],
)
def test_a_nickname_may_tell_a_name(nickname: str, name: str, code: str, detail: tuple[str, ...]) -> None:
    read = read_name(name)
    assert read is not None
    reason = compare_nickname_to_name(nickname, read, None)
    assert reason is not None
    assert (reason.code, reason.agrees, reason.detail) == (code, True, detail)


@pytest.mark.parametrize(
    ("nickname", "name"), [("岁月静好", "叶小舟"), ("叶子", "叶*舟"), ("小李", "李女士"), ("ann", "Ann")]
)
def test_other_nicknames_tell_nothing(nickname: str, name: str) -> None:
    read = read_name(name)
    assert read is not None
    assert compare_nickname_to_name(nickname, read, None) is None

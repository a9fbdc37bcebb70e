from __future__ import annotations

from tongpin.core.people.likeness.surnames import split_han, surname_share, surname_sound


def test_common_surnames_have_a_larger_share() -> None:
    shares = [surname_share(name) or 0.0 for name in ("王", "叶", "欧阳")]
    assert shares == sorted(shares, reverse=True)
    assert surname_share("美") is None


def test_a_traditional_surname_counts_as_its_simplified_one() -> None:
    assert surname_share("張") == surname_share("张")
    assert surname_share("歐陽") == surname_share("欧阳")


def test_surnames_of_two_characters_are_split_off_whole() -> None:
    assert [split_han(name) for name in ("欧阳娜娜", "欧阳", "叶小舟", "叶", "")] == [
        ("欧阳", "娜娜"),
        ("欧阳",),
        ("叶", "小舟"),
        ("叶",),
        ("",),
    ]


def test_some_surnames_sound_otherwise_than_the_character() -> None:
    assert [surname_sound(name) for name in ("单", "尉迟", "张")] == ["shan", "yuchi", None]

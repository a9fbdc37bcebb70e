from __future__ import annotations

import pytest

from tongpin.core.people.likeness.naming import Name, read_name


def han(text: str, *, parts: tuple[str, ...], sounds: tuple[str, ...], sex: str = "") -> Name:
    return Name(script="han", text=text, parts=parts, sounds=sounds, sex=sex)  # type: ignore[arg-type]


def test_a_chinese_name_is_surname_and_given_part_with_their_sounds() -> None:
    assert read_name("叶小舟") == han("叶小舟", parts=("叶", "小舟"), sounds=("ye", "xiaozhou"))


@pytest.mark.parametrize("raw", ["张 三", "张三（公司）", "张三【收】", " 张三 ", "张三🌸"])
def test_spaces_brackets_and_emoji_are_no_part_of_a_name(raw: str) -> None:
    assert read_name(raw) == han("张三", parts=("张", "三"), sounds=("zhang", "san"))


@pytest.mark.parametrize(
    ("raw", "surname", "sex"),
    [
        ("李女士", "李", "f"),
        ("李先生", "李", "m"),
        ("王姐", "王", "f"),
        ("李总", "李", ""),
        ("老王", "王", ""),
        ("小李", "李", ""),
        ("欧阳老师", "欧阳", ""),
    ],
)
def test_a_title_leaves_only_the_surname(raw: str, surname: str, sex: str) -> None:
    name = read_name(raw)
    assert name is not None
    assert (name.text, name.only_surname, name.sex) == (surname, True, sex)


def test_a_title_after_a_whole_name_leaves_the_name() -> None:
    assert read_name("李娜女士") == han("李娜", parts=("李", "娜"), sounds=("li", "na"), sex="f")


@pytest.mark.parametrize(
    ("raw", "head", "tail"),
    [
        ("张*", "张", ""),
        ("张**", "张", ""),
        ("张＊＊", "张", ""),
        ("叶*舟", "叶", "舟"),
        ("*小舟", "", "小舟"),
        ("张XX", "张", ""),
        ("张某某", "张", ""),
        ("J***n", "j", "n"),
    ],
)
def test_a_masked_name_knows_its_two_ends(raw: str, head: str, tail: str) -> None:
    name = read_name(raw)
    assert name is not None
    assert (name.masked, name.head, name.tail) == (True, head, tail)


@pytest.mark.parametrize("raw", ["", "***", "😀", "匿名买家", "12345", "()"])
def test_what_holds_no_name_is_none(raw: str) -> None:
    assert read_name(raw) is None


def test_a_western_name_loses_its_title_and_keeps_its_words() -> None:
    assert read_name("Mr. Alexa-Rose  O'Brien") == Name(
        script="latin", text="alexaroseobrien", parts=("alexa", "rose", "obrien"), sex="m"
    )


def test_a_surname_is_read_as_a_surname() -> None:
    name = read_name("单小明")
    assert name is not None
    assert name.sounds == ("shan", "xiaoming")

"""The picture: its size, its code read back from its pixels, equal words making equal bytes."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
import segno
from PIL import Image

from tongpin.loop.share.posters.fonts import FontMissing, chinese_font
from tongpin.loop.share.posters.rules.drawing import CARD_TOP, LARGEST, LEFT, QUIET, code_of, draw
from tongpin.loop.share.posters.rules.words import LIMITS, Words, tidy, wrong_with

WORDS = Words(
    place="青禾读跑社",
    together="每天早上，读十页书，或跑三公里。",
    name="小美",
    sentence="带着娃，我也连着跑了 13 天。一起吗？",
    call="长按认码，看看我们",
    leads_to="免费，答两个问题就能申请。群满了，会带你去新的群。",
    address="https://shop.example/q/0123456789",
)


def picture(words: Words) -> bytes:
    try:
        font = chinese_font()
    except FontMissing as missing:
        pytest.skip(str(missing))
    return draw(words, font=font.path, face=font.face)


def test_a_poster_is_a_small_png_of_750_by_1334_and_always_the_same() -> None:
    png = picture(WORDS)
    image = Image.open(BytesIO(png))
    assert (image.format, image.size) == ("PNG", (750, 1334))
    assert len(png) <= LARGEST
    assert picture(WORDS) == png
    assert picture(replace(WORDS, sentence="")) != png


def test_the_face_beside_the_name_holds_its_first_character() -> None:
    def badge(name: str) -> bytes:
        image = Image.open(BytesIO(picture(replace(WORDS, name=name, sentence="")))).convert("L")
        return image.crop((LEFT, 500, LEFT + 92, CARD_TOP)).point(lambda light: 255 * (light > 128)).tobytes()

    assert badge("朵朵妈妈") == badge("朵拉")
    assert badge("朵朵妈妈") != badge("小朵")


@pytest.mark.parametrize("length", [20, 34, 60, 120, 300])
def test_every_module_of_the_code_stands_in_the_picture_with_its_quiet_zone(length: int) -> None:
    address = "https://shop.example/q/".ljust(length, "x")[:length]
    image = Image.open(BytesIO(picture(replace(WORDS, address=address)))).convert("L")
    code = code_of(address)
    assert code.module * code.modules >= 180
    wanted = segno.make_qr(address, error="m").matrix
    for row in range(-QUIET, code.modules + QUIET):
        for column in range(-QUIET, code.modules + QUIET):
            inside = 0 <= row < code.modules and 0 <= column < code.modules
            dark = bool(inside and wanted[row][column])
            left, top = code.left + column * code.module, code.top + row * code.module
            # Its corners and its middle: a module that is a pixel off shows at its edge.
            for x, y in ((0, 0), (code.module - 1, code.module - 1), (code.module // 2, code.module // 2)):
                seen = image.getpixel((left + x, top + y))
                assert isinstance(seen, int)
                assert seen < 60 if dark else seen > 240


def test_emoji_the_font_does_not_hold_are_left_out_rather_than_boxed() -> None:
    assert picture(replace(WORDS, name="小美\U0010fffd")) == picture(WORDS)
    assert len(picture(replace(WORDS, name="\U0010fffd"))) > 0


def test_the_longest_words_that_are_let_in_still_make_a_poster() -> None:
    longest = Words(**{name: ("字词，" * 100)[:most] for name, most in LIMITS.items()})
    assert wrong_with(longest) is None
    assert len(picture(longest)) <= LARGEST


def test_what_is_missing_or_too_long_is_named() -> None:
    assert wrong_with(WORDS) is None
    assert wrong_with(replace(WORDS, sentence="")) is None
    assert wrong_with(tidy(replace(WORDS, name=" \u200b "))) == "name_missing"
    assert wrong_with(replace(WORDS, sentence="长" * 49)) == "sentence_too_long"
    assert tidy(replace(WORDS, name=" 小  美\u202e ")).name == "小 美"

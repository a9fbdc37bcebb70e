"""Posters drawn for people, and the font they need."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.loop.share.cast import COMMUNITY, found_to_be_one, people, told
from tests.loop.share.posters.test_drawing import WORDS, picture
from tongpin.loop.share.posters.actions import BadPoster, NotTheirLink, draw_poster
from tongpin.loop.share.posters.fonts import CANDIDATES, Font, FontMissing, chinese_font
from tongpin.loop.share.posters.models import Poster
from tongpin.loop.share.posters.queries import last_poster
from tongpin.loop.share.referrals.actions import own_link


def link(person: int, noon: datetime) -> int:
    return own_link(person_id=person, target_kind="community", target=COMMUNITY, at=noon, actor="t").code_id


@pytest.mark.django_db
def test_a_poster_is_told_once_for_the_same_words(noon: datetime) -> None:
    (mei,) = people(1, noon)
    png, code = picture(WORDS), link(mei, noon)
    first = draw_poster(person_id=mei, code_id=code, words=WORDS, at=noon, actor="person:1")
    assert first.png == png
    assert draw_poster(person_id=mei, code_id=code, words=WORDS, at=noon, actor="person:1") == first
    other = replace(WORDS, sentence="  一起跑 ")
    second = draw_poster(person_id=mei, code_id=code, words=other, at=noon, actor="person:1")
    said = {"tracked_code": code, "layout": "tall"}
    assert told("poster.drawn") == [
        ("poster.drawn", mei, {"poster": first.id} | said),
        ("poster.drawn", mei, {"poster": second.id} | said),
    ]
    seen = last_poster(person_id=mei, code_id=code)
    assert seen is not None
    assert (seen.id, seen.name, seen.sentence) == (second.id, "小美", "一起跑")
    assert last_poster(person_id=mei, code_id=code + 1) is None


@pytest.mark.django_db
def test_a_poster_carries_nobody_elses_link_and_no_words_that_do_not_fit(noon: datetime) -> None:
    mei, mei_again, lu = people(3, noon)
    picture(WORDS)
    code = link(mei, noon)
    for person, number in ((lu, code), (mei, 999_999)):
        with pytest.raises(NotTheirLink):
            draw_poster(person_id=person, code_id=number, words=WORDS, at=noon, actor="t")
    with pytest.raises(BadPoster) as refused:
        draw_poster(person_id=mei, code_id=code, words=replace(WORDS, name=""), at=noon, actor="t")
    assert refused.value.reason == "name_missing"
    assert not Poster.objects.exists()
    found_to_be_one(mei_again, mei, noon)
    assert draw_poster(person_id=mei_again, code_id=code, words=WORDS, at=noon, actor="t").png


def test_where_no_font_writes_chinese_it_is_said_what_to_install(tmp_path: Path, settings: Settings) -> None:
    here = tmp_path / "some.ttc"
    here.touch()
    assert chinese_font(candidates=[("/nowhere.ttc", 0), (str(here), 2)]) == Font(str(here), 2)
    with pytest.raises(FontMissing, match="apt install fonts-wqy-microhei"):
        chinese_font(candidates=[("/nowhere.ttc", 0)])
    settings.POSTER_FONT = str(here)
    assert chinese_font(candidates=CANDIDATES) == Font(str(here))
    settings.POSTER_FONT = str(tmp_path / "gone.ttc")
    with pytest.raises(FontMissing, match="POSTER_FONT"):
        chinese_font()

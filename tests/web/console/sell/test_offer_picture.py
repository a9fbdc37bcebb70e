"""The picture of an offer in the console: uploading, replacing, taking off, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from tests.core.files.making import drawn, photographed
from tests.web.console.shop_files import at_work, url
from tongpin.core.files.models import StoredFile
from tongpin.core.files.queries import files_of
from tongpin.core.team.rules import Held
from tongpin.loop.sell.offers.models import Offer
from tongpin.web.console import offers_picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path, settings: Settings) -> None:
    settings.FILES = tmp_path / "files"


def file(content: bytes, name: str = "towel.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_picture_is_uploaded_shown_replaced_and_taken_off(operator: Client, towel: int) -> None:
    page = url("offer", towel)
    assert 'enctype="multipart/form-data"' in operator.get(page).text
    answer = operator.post(url("offer_picture", towel), {"file": file(photographed()), "says": "三条叠好的浴巾"})
    assert (answer.status_code, answer["Location"]) == (302, page)
    (one,) = files_of(about_kind="offer", about=towel)
    shown = operator.get(page).text
    assert f'src="/f/{one.name}/small" width="400" height="640" alt="三条叠好的浴巾"' in shown
    operator.post(url("offer_picture", towel), {"file": file(drawn(colour="navy"))})
    (other,) = files_of(about_kind="offer", about=towel)
    assert (other.name != one.name, Offer.objects.get().picture_says) == (True, "")
    operator.post(url("offer_picture_off", towel))
    assert (files_of(about_kind="offer", about=towel), "/small" in operator.get(page).text) == ((), False)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "send a JPEG, PNG, WebP or GIF"),
        (b"", "The file is empty"),
        (drawn()[:-900], "damaged or cut off"),
    ],
)
def test_what_is_no_picture_is_refused_beside_the_field_and_its_words_are_kept(
    operator: Client, towel: int, content: bytes, told: str
) -> None:
    answer = operator.post(url("offer_picture", towel), {"file": file(content, "x.svg"), "says": "浴巾"})
    assert (answer.status_code, told in answer.text, 'value="浴巾"' in answer.text) == (422, True, True)
    assert StoredFile.objects.count() == 0


def test_without_a_file_the_form_says_so(operator: Client, towel: int) -> None:
    assert operator.post(url("offer_picture", towel), {"says": "浴巾"}).status_code == 422


def test_a_file_that_is_too_heavy_is_refused_before_it_is_read(
    operator: Client, towel: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offers_picture, "PICTURE_MOST", 100)
    answer = operator.post(url("offer_picture", towel), {"file": file(drawn())})
    assert (answer.status_code, "larger than 20 MB" in answer.text) == (422, True)


def test_an_offer_that_was_taken_down_and_one_of_another_community_take_none(operator: Client, towel: int) -> None:
    operator.post(url("offer_close", towel))
    for page, given in (("offer_picture", {"file": file(drawn())}), ("offer_picture_off", {})):
        assert operator.post(url(page, towel), given)["Location"] == url("offer", towel)
    elsewhere = at_work(Held("operator", 71))
    assert elsewhere.post(url("offer_picture", towel), {"file": file(drawn())}).status_code == 404
    viewer = at_work(Held("viewer"))
    assert viewer.post(url("offer_picture", towel), {"file": file(drawn())}).status_code == 403
    assert StoredFile.objects.count() == 0

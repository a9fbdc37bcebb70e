"""Bodies: nobody's is read before it is known who they are; a form without its token gets a page that says what to do."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.core.team.cast import hire
from tongpin.core.team.rules import Held
from tongpin.web.look.gate import OPEN_BODY

pytestmark = pytest.mark.django_db
SPOOLED: list[str] = []


class Watching(TemporaryFileUploadHandler):
    """Tells when a body is being spooled."""

    def new_file(self, *arguments: Any, **more: Any) -> None:
        SPOOLED.append("a file")
        super().new_file(*arguments, **more)


@pytest.fixture(autouse=True)
def _watched(settings: Settings) -> None:
    SPOOLED.clear()
    settings.FILE_UPLOAD_HANDLERS = [f"{__name__}.Watching"]


def heavy() -> dict[str, Any]:
    return {"file": SimpleUploadedFile("orders.csv", b"x" * (OPEN_BODY + 1))}


def client(*roles: Held) -> Client:
    """A browser whose forms need their token; signed in where a role is given."""
    one = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    if roles:
        one.force_login(hire(*roles), backend="tongpin.core.team.entry.StaffBackend")
    return one


@pytest.mark.parametrize("name", ["import_upload", "hooks", "people", "today"])
def test_a_strangers_file_is_sent_away_before_it_is_read(name: str) -> None:
    answer = client().post(reverse(f"console:{name}"), heavy())
    assert (answer.status_code, answer.headers["Location"], SPOOLED) == (302, "/sign-in/", [])


def test_a_teammate_without_the_right_is_refused_before_the_file_is_read() -> None:
    answer = client(Held("viewer")).post(reverse("console:import_upload"), heavy())
    assert (answer.status_code, SPOOLED) == (403, [])


@pytest.mark.parametrize("address", ["/sign-in/", "/look/theme", "/language/", "/owner/made-up/"])
def test_on_open_pages_a_large_body_is_refused_unread(address: str) -> None:
    answer = client().post(address, heavy())
    assert (answer.status_code, "Nothing of it was read" in answer.text, SPOOLED) == (413, True, [])


def test_a_body_of_unknown_length_is_refused_on_open_pages() -> None:
    answer = client().generic("POST", "/sign-in/", b"", headers={"transfer-encoding": "chunked"}, CONTENT_LENGTH="")
    assert answer.status_code == 413


def test_signing_in_still_asks_for_its_token_and_says_what_to_do() -> None:
    answer = client().post("/sign-in/", {"login": "a", "password": "b"})
    assert (answer.status_code, "This page was open too long" in answer.text) == (403, True)
    assert "reload the page and send it again" in answer.text


def test_a_teammates_form_without_its_token_changes_nothing() -> None:
    answer = client(Held("manager")).post(reverse("console:hooks"), {"kind": "form", "name": "x"})
    assert (answer.status_code, "Nothing was done, for safety." in answer.text) == (403, True)


def test_a_form_with_its_token_goes_through() -> None:
    one = client(Held("manager"))
    one.get(reverse("console:hooks"))
    token = one.cookies["csrftoken"].value
    answer = one.post(reverse("console:hooks"), {"kind": "form", "name": "x", "csrfmiddlewaretoken": token})
    assert answer.status_code == 200

"""Settings → Channels: an account is connected, asked, tried out and disconnected; its secrets are never shown."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.test import Client

from tests.core.sending.cast import facts
from tests.web.console.shop_files import at_work, url
from tongpin.core.sending.accounts import account_config, accounts, connect
from tongpin.core.sending.models import Letter
from tongpin.core.team.rules import Held
from tongpin.testing.smtp_server import Manners, SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def manager(db: None) -> Client:
    return at_work(Held("manager"))


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    """A mail server in a thread of its own that wants to hear a password."""
    found = SmtpServer(manners=Manners(user="shop", password="s3cret-w0rd"))
    ready, over = threading.Event(), threading.Event()

    async def serve() -> None:
        async with found:
            ready.set()
            while not over.is_set():
                await asyncio.sleep(0.02)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(10)
    yield found
    over.set()
    thread.join(10)


def form(server: SmtpServer, **more: str) -> dict[str, str]:
    return {
        "host": "127.0.0.1",
        "port": str(server.port),
        "security": "none",
        "user": "shop",
        "password": "s3cret-w0rd",
        "sender": "hello@example.com",
        "sender_name": "青禾读书社",
        **more,
    }


def test_a_mail_account_is_connected_and_asked_at_once(manager: Client, server: SmtpServer) -> None:
    page = manager.post(url("channel_connect", "mail"), form(server), follow=True).text
    assert "Mail is connected and answers" in page
    (seen,) = accounts()
    assert (seen.kind, seen.broken_at, seen.checked_at is not None) == ("mail", None, True)
    assert "s3cret" not in page
    assert [kind for kind, _ in facts("channel.")] == ["channel.connected"]


def test_a_password_left_empty_stays(manager: Client, server: SmtpServer) -> None:
    manager.post(url("channel_connect", "mail"), form(server))
    manager.post(url("channel_connect", "mail"), form(server, password="", sender_name="别的名字"))
    config = account_config("mail")
    assert config is not None
    assert (config["password"], config["sender_name"]) == ("s3cret-w0rd", "别的名字")


def test_a_wrong_password_is_kept_and_said_until_it_is_mended(manager: Client, server: SmtpServer) -> None:
    page = manager.post(url("channel_connect", "mail"), form(server, password="wrong"), follow=True).text
    assert "the server does not accept name and password" in page
    assert "does not work" in page
    manager.post(url("channel_connect", "mail"), form(server))
    assert "works" in manager.get(url("channels")).text
    assert accounts()[0].broken_at is None


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("host", "not a host", "such as smtp.example.com"),
        ("port", "0", "A number from 1 to 65535"),
        ("password", "", "Give user and password together"),
    ],
)
def test_a_setting_that_cannot_be_is_named_beside_its_field(
    manager: Client, server: SmtpServer, setting: str, value: str, told: str
) -> None:
    answer = manager.post(url("channel_connect", "mail"), form(server, **{setting: value}))
    assert (answer.status_code, told in answer.text) == (422, True)
    assert accounts() == []


def test_a_test_letter_takes_the_way_of_all_letters(manager: Client, server: SmtpServer) -> None:
    manager.post(url("channel_connect", "mail"), form(server))
    manager.post(url("channel_trial"), {"address": "li@example.org"})
    row = Letter.objects.get()
    assert (row.channel, row.letter_class, row.state, row.fleeting) == ("mail", "service", "queued", True)
    page = manager.get(url("channels")).text
    assert "on its way" in page
    Letter.objects.update(state="failed", reason="no_such_address")
    page = manager.get(url("channels")).text
    assert ("did not arrive" in page, "there is nobody under this address" in page) == (True, True)
    assert "li@example.org" not in page
    assert manager.post(url("channel_trial"), {"address": "nobody"}).status_code == 422


def test_it_is_disconnected_after_a_look_at_what_that_means(manager: Client, server: SmtpServer) -> None:
    manager.post(url("channel_connect", "mail"), form(server))
    assert "typed again" in manager.get(url("channel_disconnect", "mail")).text
    assert len(accounts()) == 1
    manager.post(url("channel_disconnect", "mail"))
    assert (accounts(), account_config("mail")) == ([], None)
    for name in ("channel_check", "channel_disconnect"):
        assert manager.post(url(name, "mail")).status_code == 404
    assert manager.post(url("channel_trial"), {"address": "li@example.org"}).status_code == 404


def test_what_was_checked_is_said(manager: Client, server: SmtpServer, noon: datetime) -> None:
    config = {**form(server), "password": "wrong"}
    connect(kind="mail", config=config, at=noon, actor="staff:1")
    page = manager.post(url("channel_check", "mail"), follow=True).text
    assert "does not accept" in page
    assert accounts()[0].reason == "refused_us"


MATRIX = {"homeserver": "https://matrix.example.com", "server_name": "example.com", "localpart": "tongpin"}


def test_matrix_gets_secrets_of_the_house_s_own_and_a_file_for_the_homeserver(manager: Client) -> None:
    page = manager.post(url("channel_connect", "matrix"), MATRIX, follow=True).text
    config = account_config("matrix")
    assert config is not None
    assert len({config["as_token"], config["hs_token"]}) == 2
    assert config["as_token"] not in page
    told = manager.get(url("matrix_registration"))
    assert (config["as_token"] in told.text, "/hooks/matrix" in told.text) == (True, True)
    assert told["Cache-Control"] == "no-store"
    manager.post(url("channel_connect", "matrix"), {**MATRIX, "localpart": "tp"})
    again = account_config("matrix")
    assert again is not None
    assert (again["hs_token"], again["localpart"]) == (config["hs_token"], "tp")


def test_the_page_asks_the_same_number_of_questions_however_many_letters_wait(
    manager: Client, server: SmtpServer, noon: datetime, django_assert_max_num_queries: object
) -> None:
    manager.post(url("channel_connect", "mail"), form(server))
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        manager.get(url("channels"))


def test_who_may_not_change_settings_does_not_see_them() -> None:
    assert at_work(Held("analyst")).get(url("channels")).status_code == 403


@pytest.mark.parametrize(
    ("setting", "value"), [("host", "smtp.elsewhere.example"), ("user", "other"), ("port", "2525")]
)
def test_a_password_goes_to_no_other_server_than_it_was_typed_for(
    manager: Client, noon: datetime, setting: str, value: str
) -> None:
    kept = {"host": "smtp.example.com", "security": "tls", "user": "shop", "password": "s3cret-w0rd"}
    connect(kind="mail", config={**kept, "sender": "hello@example.com"}, at=noon, actor="staff:1")
    typed = {**kept, "password": "", "port": "", "sender": "hello@example.com", "sender_name": "", setting: value}
    answer = manager.post(url("channel_connect", "mail"), typed)
    assert (answer.status_code, "type the password again" in answer.text) == (422, True)
    assert account_config("mail") == {**kept, "sender": "hello@example.com"}

"""What a homeserver tells us: believed by its token, taken once, never logged."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from tests.channels.matrix.test_configuration import GOOD
from tests.channels.matrix.test_hearing import ROOM, event
from tongpin.core.people.models import Person
from tongpin.core.places.actions import know_place
from tongpin.core.places.models import Message, Place
from tongpin.core.sending.accounts import connect
from tongpin.web.hooks import matrix

pytestmark = pytest.mark.django_db
SAID = event({"msgtype": "m.text", "body": "几点开讲？"})


@pytest.fixture
def tea(noon: datetime) -> int:
    """A room that is known, on a homeserver that is connected."""
    connect(kind="matrix", config=GOOD, at=noon, actor="staff:1")
    return know_place(kind=Place.Kind.GROUP, platform="matrix", name="春茶群", external_id=ROOM, at=noon, actor="t").pk


def tell(*events: Any, txn: str = "1", token: str = GOOD["hs_token"], prefix: str = "_matrix/app/v1/") -> Any:
    return Client(enforce_csrf_checks=True).put(
        f"/hooks/matrix/{prefix}transactions/{txn}",
        data=json.dumps({"events": events}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"} if token else {},
    )


def test_what_is_said_is_heard_once_however_often_it_is_told(tea: int) -> None:
    answers = [tell(SAID), tell(SAID), tell(SAID, txn="2"), tell(SAID, prefix="")]
    assert [(one.status_code, one.json()) for one in answers] == [(200, {})] * 4
    assert list(Message.objects.values_list("place", "words")) == [(tea, "几点开讲？")]


def test_an_older_homeserver_gives_its_token_in_the_address(tea: int) -> None:
    address = f"/hooks/matrix/transactions/1?access_token={GOOD['hs_token']}"
    answer = Client().put(address, data=json.dumps({"events": [SAID]}), content_type="application/json")
    assert (answer.status_code, Message.objects.count()) == (200, 1)


@pytest.mark.parametrize("token", ["", "another-token", GOOD["as_token"], "令牌"])
def test_without_the_token_nothing_is_read(tea: int, token: str) -> None:
    answer = tell(SAID, token=token.encode().decode("latin-1"))
    assert (answer.status_code, answer.json()["errcode"]) == (403, "M_FORBIDDEN")
    assert Message.objects.count() == 0


def test_where_no_account_is_connected_nobody_is_believed() -> None:
    assert [tell(SAID, token=token).status_code for token in ("", "None", GOOD["hs_token"])] == [403] * 3


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b'{"events": 1}'])
def test_what_is_no_transaction_is_refused(tea: int, body: bytes) -> None:
    answer = Client().put(
        "/hooks/matrix/_matrix/app/v1/transactions/1",
        data=body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {GOOD['hs_token']}"},
    )
    assert (answer.status_code, answer.json()["errcode"]) == (400, "M_NOT_JSON")


def test_a_transaction_may_be_larger_than_a_form(tea: int) -> None:
    assert (
        tell(*({**SAID, "event_id": f"${n}", "content": {"body": "茶" * 10_000}} for n in range(100))).status_code
        == 200
    )
    assert Message.objects.count() == 100


def test_one_that_is_too_large_is_refused(tea: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "LIMIT", 20)
    assert (tell(SAID).status_code, Message.objects.count()) == (413, 0)


def test_what_could_not_be_taken_is_asked_for_again_and_not_logged(
    tea: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(**_: Any) -> int:
        raise RuntimeError("几点开讲？ @mei:example.com")

    monkeypatch.setattr(matrix, "hear_arrivals", fails)
    with caplog.at_level(logging.DEBUG):
        assert tell(SAID).status_code == 503
    assert "RuntimeError" in caplog.text
    assert "几点" not in caplog.text
    assert "mei" not in caplog.text


def test_a_ping_is_answered_and_nobody_else_is_there(tea: int) -> None:
    client, headers = Client(), {"Authorization": f"Bearer {GOOD['hs_token']}"}
    base = "/hooks/matrix/_matrix/app/v1"
    assert client.post(f"{base}/ping", data={}, content_type="application/json", headers=headers).status_code == 200
    for path in ("users/@tongpin_lin:example.com", "rooms/%23tongpin_tea:example.com"):
        assert client.get(f"{base}/{path}", headers=headers).status_code == 404
        assert client.get(f"{base}/{path}").status_code == 403
    assert Person.objects.count() == 0

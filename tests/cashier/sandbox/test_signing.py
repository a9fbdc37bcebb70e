"""A notice is believed only if it is ours, whole and fresh."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cashier.till import NOON, SECRET, later, sandbox
from tongpin.cashier.port import BadNotice, ChargeState, Notice
from tongpin.cashier.sandbox.signing import Delivery, signed, verified

BODY = (
    b'{"notice_id":"order-1.1","number":"order-1","charge_number":"order-1",'
    b'"charge":{"status":"paid","amount_fen":8800}}'
)


def sent(body: bytes = BODY, at: datetime = NOON) -> Delivery:
    return signed(secret=SECRET.encode(), notice_id="order-1.1", url="", body=body, now=at)


def reason(headers: dict[str, str], body: bytes, at: datetime = NOON) -> str:
    with pytest.raises(BadNotice) as caught:
        verified(secret=SECRET.encode(), headers=headers, body=body, now=at)
    return caught.value.reason


def test_a_notice_says_what_was_signed() -> None:
    notice = verified(secret=SECRET.encode(), headers=sent().headers, body=BODY, now=NOON)
    state = ChargeState(status="paid", amount_fen=8800)
    assert notice == Notice(
        notice_id="order-1.1", kind="charge", number="order-1", charge_number="order-1", state=state
    )


def test_the_signature_is_what_the_documents_say() -> None:
    headers = sent().headers
    message = f"{headers['Sandbox-Timestamp']}\n{headers['Sandbox-Nonce']}\n".encode() + BODY + b"\n"
    assert headers["Sandbox-Signature"] == hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()


def test_headers_may_arrive_in_any_case() -> None:
    lowered = {name.lower(): value for name, value in sent().headers.items()}
    assert verified(secret=SECRET.encode(), headers=lowered, body=BODY, now=NOON).number == "order-1"


@pytest.mark.parametrize("name", ["Sandbox-Timestamp", "Sandbox-Nonce", "Sandbox-Signature"])
@pytest.mark.parametrize("value", [None, "", "1", "签名", "\ud800"])
def test_a_header_missing_or_changed_breaks_the_signature(name: str, value: str | None) -> None:
    headers = {**sent().headers, name: value}
    assert reason({k: v for k, v in headers.items() if v is not None}, BODY) == "signature"


@given(st.data())
def test_a_body_changed_by_one_byte_is_not_believed(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(BODY) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != BODY[at]))
    assert reason(sent().headers, BODY[:at] + bytes([byte]) + BODY[at + 1 :]) == "signature"


def test_another_gateways_secret_is_not_ours() -> None:
    other = sandbox(secret="the-secret-of-another-gateway")
    with pytest.raises(BadNotice, match="signature"):
        other.parse_notice(headers=sent().headers, body=BODY, now=NOON)


@pytest.mark.parametrize("gap", [timedelta(minutes=5), timedelta(minutes=-5)])
def test_five_minutes_of_difference_are_let_pass(gap: timedelta) -> None:
    assert verified(secret=SECRET.encode(), headers=sent().headers, body=BODY, now=NOON + gap).number == "order-1"


@pytest.mark.parametrize("gap", [timedelta(minutes=5, seconds=1), timedelta(minutes=-5, seconds=-1)])
def test_beyond_five_minutes_a_recorded_notice_is_of_no_use(gap: timedelta) -> None:
    assert reason(sent().headers, BODY, NOON + gap) == "stale"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"notice_id":"a","number":"order-1","charge_number":"order-1"}',
        BODY[:-1] + b',"refund":{"status":"done"}}',
        BODY.replace(b'"paid"', b'"stolen"'),
        BODY[:-1] + b',"more":1}',
    ],
)
def test_a_signed_body_that_says_nothing_known_is_unreadable(body: bytes) -> None:
    assert reason(sent(body).headers, body) == "unreadable"


@pytest.mark.parametrize("timestamp", ["soon", "", "9" * 12, "-1", "٣"])
def test_a_signed_time_that_is_none_is_unreadable(timestamp: str) -> None:
    nonce = "n"
    right = hmac.new(SECRET.encode(), f"{timestamp}\n{nonce}\n".encode() + BODY + b"\n", hashlib.sha256).hexdigest()
    headers = {"Sandbox-Timestamp": timestamp, "Sandbox-Nonce": nonce, "Sandbox-Signature": right}
    assert reason(headers, BODY) == "unreadable"


def test_the_same_notice_is_signed_anew_with_a_nonce_of_its_own() -> None:
    first, second = sent(), sent(at=later(hours=1))
    assert first.body == second.body
    assert first.headers["Sandbox-Nonce"] != second.headers["Sandbox-Nonce"]
    assert int(second.headers["Sandbox-Timestamp"]) == int(datetime(2026, 5, 4, 5, tzinfo=UTC).timestamp())

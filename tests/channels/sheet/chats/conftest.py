"""How the tests of chat exports read: recognise what is given, then take everything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest

from tongpin.channels.sheet.chats.iteration import iterate
from tongpin.channels.sheet.chats.recognition import recognise
from tongpin.channels.sheet.chats.values import HEAD_BYTES, Item, Mapping

SHANGHAI = ZoneInfo("Asia/Shanghai")
Read = Callable[..., list[Item]]


def _read(content: str | bytes, *, mapping: Mapping | None = None, zone: ZoneInfo = SHANGHAI) -> list[Item]:
    raw = content.encode() if isinstance(content, str) else content
    return list(iterate(BytesIO(raw), recognise(raw[:HEAD_BYTES]), zone=zone, mapping=mapping))


@pytest.fixture
def read() -> Read:
    return _read


@pytest.fixture
def evening() -> datetime:
    """20:05:09 on 2024-03-01 in Shanghai: 1709294709."""
    return datetime(2024, 3, 1, 12, 5, 9, tzinfo=UTC)

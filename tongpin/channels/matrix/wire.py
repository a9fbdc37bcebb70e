"""Asking the homeserver, and what its answers mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx
import msgspec

from tongpin.base.egress import AGENT, Egress, EgressError, Refused
from tongpin.channels.matrix.configuration import Homeserver
from tongpin.channels.matrix.lines import Answered, Lines, Lost, TooLong
from tongpin.channels.port import BadConfig, TransportError

AT_ONCE: Final = 32
ANSWER: Final = 1_000_000
"""Bytes of an answer at most; we ask for nothing that is longer."""

ANSWERED_WITHIN: Final = 20.0
SLOWEST: Final = 100_000
"""Seconds for an answer, and bytes a second that we say at least."""

_US: Final = frozenset(
    {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED", "M_USER_SUSPENDED", "M_USER_LOCKED",
     "M_CONSENT_NOT_GIVEN", "M_RESOURCE_LIMIT_EXCEEDED", "M_EXCLUSIVE"}
)  # fmt: skip


class Refusal(Exception):
    """The homeserver answered, and not with yes: its status and `errcode`."""

    def __init__(self, *, status: int, code: str, retry_after: timedelta | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.retry_after = status, code, retry_after

    def told(self, *, absent: str = "no_such_address", forbidden: str = "not_allowed") -> TransportError:
        """As the port says it. absent, forbidden: what 404 and 403 mean for what was asked."""
        if self.status == 429 or self.code == "M_LIMIT_EXCEEDED":
            return TransportError(reason="rate_limited", permanent=False, retry_after=self.retry_after, wide=True)
        if self.status == 401 or self.code in _US:
            return TransportError(reason="refused_us", permanent=False, wide=True)
        if self.status >= 500:
            return TransportError(reason="unreachable", permanent=False, wide=True)
        if self.status == 404:
            return TransportError(reason=absent, permanent=True)
        if self.status == 403:
            return TransportError(reason=forbidden, permanent=True)
        if self.status == 413 or self.code == "M_TOO_LARGE":
            return TransportError(reason="too_long", permanent=True)
        return TransportError(reason="refused", permanent=True)


class _Answer(msgspec.Struct):
    errcode: str = ""
    retry_after_ms: float | None = None


class Wire:
    """The connections to one homeserver. Raises BadConfig."""

    def __init__(self, *, server: Homeserver, allowed: Iterable[str] = ()) -> None:
        try:
            where = httpx.URL(server.url)
        except httpx.InvalidURL:
            raise BadConfig(setting="homeserver", must="an address that can be read") from None
        self._door = Egress(allowed=tuple(allowed))
        self._lines = Lines(door=self._door, url=server.url, at_once=AT_ONCE, most=ANSWER)
        self._root = where.raw_path.decode("ascii").rstrip("/")
        self._headers = [
            ("Host", where.netloc.decode("ascii")),
            ("User-Agent", AGENT),
            ("Accept", "application/json"),
            ("Authorization", f"Bearer {server.as_token}"),
        ]

    async def ask(
        self,
        method: str,
        *path: str,
        query: Mapping[str, str] | None = None,
        said: object = None,
        content: bytes | None = None,
        media_type: str = "application/json",
    ) -> dict[str, Any]:
        """One request; `path` in pieces, quoted here. Raises Refusal, TransportError."""
        where = f"{self._root}/{'/'.join([quote(piece, safe='') for piece in path])}"
        if query:
            where += f"?{urlencode(query)}"
        body = content if content is not None else b"" if said is None else msgspec.json.encode(said)
        headers = self._headers
        if body or method != "GET":
            headers = [*headers, ("Content-Type", media_type), ("Content-Length", str(len(body)))]
        within = ANSWERED_WITHIN + len(body) / SLOWEST
        # What the network raises repeats addresses: none of it travels on.
        try:
            answer = await self._lines.ask(method, where, headers=headers, content=body, within=within)
        except Refused:
            raise TransportError(reason="bad_config", permanent=False, wide=True) from None
        except TooLong:
            raise TransportError(reason="refused", permanent=False, wide=True) from None
        except TimeoutError:
            raise TransportError(reason="no_answer", permanent=False) from None
        except (EgressError, Lost, OSError):
            raise TransportError(reason="unreachable", permanent=False, wide=True) from None
        return _understood(answer)

    async def close(self) -> None:
        """Ends all connections."""
        await self._lines.close()
        self._door.close()


def _understood(answer: Answered) -> dict[str, Any]:
    if 200 <= answer.status < 300:
        try:
            return msgspec.json.decode(answer.content, type=dict[str, Any])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            # Something answers there that is no homeserver, such as a portal's page.
            raise TransportError(reason="refused", permanent=False, wide=True) from None
    try:
        told = msgspec.json.decode(answer.content, type=_Answer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # No homeserver says no without a code: whoever stands before it does.
        told = _Answer()
        if answer.status < 500 and answer.status != 429:
            raise TransportError(reason="refused", permanent=False, wide=True) from None
    raise Refusal(status=answer.status, code=told.errcode, retry_after=_wait(answer, told))


def _wait(answer: Answered, told: _Answer) -> timedelta | None:
    """How long it wants us to wait, an hour at most."""
    seconds = [value.decode("ascii", "replace") for name, value in answer.headers if name == b"retry-after"]
    if seconds and seconds[0].isdecimal():
        return timedelta(seconds=min(int(seconds[0][:6]), 3600))
    if told.retry_after_ms is not None and 0 <= told.retry_after_ms < 1e12:
        return timedelta(milliseconds=min(told.retry_after_ms, 3_600_000))
    return None

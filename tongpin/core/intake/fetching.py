"""What every kind of source we fetch from has in common: the way out, what one step brings, why it failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import msgspec
from django.conf import settings

from tongpin.base.egress import Egress, Limits
from tongpin.core.intake.models import Source
from tongpin.core.team.keys import keyring

TOKEN = "pull_source.token"  # noqa: S105 - in whose name tokens are sealed
LONGEST_WAIT = timedelta(hours=24)


class Failed(Exception):
    """Fetching did not work; `problem` is a code and perhaps its argument, `after` how long we were asked to wait."""

    def __init__(self, problem: str, *, after: timedelta | None = None) -> None:
        super().__init__(problem)
        self.problem, self.after = problem[:300], after


class BadSettings(ValueError):
    """The settings of a source cannot work: `fault` says why, `field` where it lies."""

    def __init__(self, fault: str, field: str = "") -> None:
        super().__init__(f"{fault} {field}".strip())
        self.fault, self.field = fault, field


@dataclass(slots=True)
class Tally:
    """What came of what was fetched. `faults` counts «fault:field»."""

    new: int = 0
    known: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Both together."""
        self.new, self.known = self.new + other.new, self.known + other.known
        self.faults.update(other.faults)

    def as_json(self) -> dict[str, object]:
        """As a source keeps it."""
        return {"new": self.new, "known": self.known, "faults": dict(self.faults.most_common(10))}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of fetching, ready to be written: `parts` run in transactions of their own, and the cursor moves with the
    last. `problem` tells what a person must still do, though nothing failed."""

    parts: Sequence[Callable[[], Tally]]
    cursor: str
    more: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """What a trial brought: the first thing as flat fields, how many there were, and whether more would follow."""

    fields: dict[str, str]
    count: int
    more: bool


class Auth(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a token is shown: in a header with a prefix, or as a parameter of the address."""

    header: str = "Authorization"
    prefix: str = "Bearer "
    query: str = ""


def way_out(*, limits: Limits) -> Egress:
    """The door to the outside, which knows this house and its own servers."""
    own = [one.strip("[]") for one in settings.ALLOWED_HOSTS if "*" not in one]
    return Egress(allowed=settings.EGRESS_ALLOWED, own=own, limits=limits)


def sealed_token(value: str) -> bytes | None:
    """A token as it is kept; None for none."""
    return keyring().encrypt(value, context=TOKEN) if value else None


def shown_token(source: Source, auth: Auth) -> tuple[dict[str, str], dict[str, str]]:
    """The token as headers and as parameters. Raises KeyFileError where it cannot be opened."""
    if source.token_sealed is None:
        return {}, {}
    value = keyring().decrypt(source.token_sealed, context=TOKEN)
    return ({}, {auth.query: value}) if auth.query else ({auth.header: auth.prefix + value}, {})


def check_status(status: int, headers: Mapping[str, str], *, at: datetime) -> None:
    """Raises Failed for an answer that is none."""
    if 200 <= status < 300:
        return
    if status in (401, 403):
        raise Failed(f"not_let_in:{status}")
    raise Failed(f"status:{status}", after=_asked_to_wait(headers.get("retry-after", ""), at))


def _asked_to_wait(text: str, at: datetime) -> timedelta | None:
    """Retry-After: seconds, or a moment; never longer than a day."""
    if text.isascii() and text.isdecimal():
        return min(timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(text) - at
    except (ValueError, TypeError):
        return None
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def with_parameters(address: str, more: Mapping[str, str]) -> str:
    """An address with these parameters set."""
    return str(httpx.URL(address).copy_merge_params(dict(more))) if more else address


def is_header(name: str) -> bool:
    """Whether this can be a header's name, and one that is ours to set."""
    plain = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return plain and name.lower() not in (
        "host",
        "content-length",
        "transfer-encoding",
        "accept-encoding",
        "connection",
    )

"""The API's door: who asks by which token, which rights an operation needs, what a refusal looks like.

Every operation names its rights with `holding(…)`; one that does not is refused to everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_origin

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer
from pydantic import Field

from tongpin.base.clock import now
from tongpin.base.rates import Meter
from tongpin.core.intake.jobs import named
from tongpin.core.team.credentials import used_api_token
from tongpin.core.team.queries import TokenSeen, find_api_token
from tongpin.core.team.rules import HOUSE_RIGHTS, NOTHING, Actor, Everything, Right, Scope, meet, network_of
from tongpin.core.team.tries import TooManyTries, take_try
from tongpin.web.api.shapes import Shape
from tongpin.web.look.gate import client_address

meter = Meter(40)
"""Requests a second, token and process."""


class ApiRequest(HttpRequest):
    """A request behind the door: whose token, and where all rights of the operation hold."""

    token: TokenSeen
    scope: Scope
    actor: Actor


class FaultAt(Shape):
    """Where in what was given a fault lies."""

    where: str = Field(description="Such as body.nickname or query.limit.")
    message: str


class Problem(Shape):
    """Why something was not done. Nothing was changed."""

    code: str = Field(description="Does not change; for programs.")
    message: str = Field(description="What to do; for people.")
    faults: list[FaultAt] = []


class Refused(Exception):
    """An operation's no: status, code, what to do."""

    def __init__(self, status: int, code: str, message: str, *, wait: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.wait = status, code, message, wait


class NotHere(Refused):
    """404, whether it does not exist or lies outside what the token may see."""

    def __init__(self) -> None:
        super().__init__(404, "not_found", "there is nothing at this address that this token may see")


REFUSALS = (400, 401, 403, 404, 409, 413, 415, 422, 429)
FORM = 100_000
"""Bytes that the frame of a form may take besides its file."""


def answers(shape: Any, *, status: int = 200) -> dict[int, Any]:
    """What an operation may answer: its own shape, and every refusal."""
    return {status: shape, **dict.fromkeys(REFUSALS, Problem)}


@dataclass(frozen=True, slots=True)
class Expected:
    """What an operation takes: parameters, those of them that may be repeated, and the kind of body, if any."""

    parameters: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    body: str = ""


class Token(HttpBearer):
    """`Authorization: Bearer tpa_…`, a token made under Settings → API tokens (设置 → API 令牌), holding all these rights."""

    def __init__(self, *rights: Right) -> None:
        super().__init__()
        self.rights = rights

    def authenticate(self, request: HttpRequest, token: str) -> TokenSeen:
        """Raises Refused 401, 403, 413, 415, 422, 429. Nothing of the body is read before."""
        moment, place = now(), network_of(client_address(request))
        seen = find_api_token(secret=token, now=moment) if 0 < len(token) <= 200 else None
        if seen is None:
            _count_try(place)
            raise Refused(401, "token_unknown", "this token is unknown, ran out or was revoked: make a new one")
        if meter.is_over(seen.id):
            raise Refused(429, "too_fast", f"at most {meter.most} requests a second: wait a moment", wait=1)
        used_api_token(seen=seen, now=moment)
        request.token, request.scope = seen, self.scope_of(seen)  # type: ignore[attr-defined]
        request.actor = Actor("token", seen.id, place)  # type: ignore[attr-defined]
        check(request, getattr(request, "expected", Expected()))
        return seen

    def scope_of(self, seen: TokenSeen) -> Scope:
        """Where all rights hold. Raises Refused 403 where they hold nowhere."""
        held = {right: seen.scope(right) for right in self.rights}
        # A right over what belongs to no community is worth nothing within some communities only.
        lacking = [one for one, s in held.items() if not s or (one in HOUSE_RIGHTS and not isinstance(s, Everything))]
        scope = meet(*held.values()) if held and not lacking else NOTHING
        if not scope:
            missing = ", ".join(lacking) or "all of them in one community"
            raise Refused(403, "right_missing", f"this token lacks a right: {missing}")
        return scope


class Known(Token):
    """For addresses at which there is nothing: who has no token does not even learn that."""

    def scope_of(self, seen: TokenSeen) -> Scope:
        """Nowhere: raises Refused 404."""
        raise NotHere


def _count_try(place: str) -> None:
    moment = now()
    try:
        take_try(kind="link", whom=f"api:{place}", now=moment)
    except TooManyTries as shut:
        wait = max(int((shut.opens_at - moment).total_seconds()), 1)
        raise Refused(429, "too_many_tries", "too many unknown tokens: wait, then use a good one", wait=wait) from shut


def check(request: HttpRequest, expected: Expected) -> None:
    """Whether parameters, kind and size of the body are such as the operation takes. Raises Refused 413, 415, 422."""
    strange = sorted(request.GET.keys() - expected.parameters)
    if strange:
        raise Refused(422, "parameter_unknown", f"this operation knows no parameter {strange[0][:40]!r}")
    twice = sorted(name for name, values in request.GET.lists() if len(values) > 1 and name not in expected.lists)
    if twice:
        raise Refused(422, "parameter_repeated", f"give {twice[0]!r} once")
    length = request.META.get("CONTENT_LENGTH") or "0"
    size = int(length) if length.isdecimal() else 0
    if not expected.body or not size:
        return
    kind = request.content_type or ""
    fits = kind == "application/json" or kind.endswith("+json")
    if (kind != expected.body) if expected.body.startswith("multipart") else not fits:
        raise Refused(415, "kind_of_body", f"send the body as `Content-Type: {expected.body}`")
    most = settings.IMPORT_LIMIT_MB * 1_000_000 + FORM
    if expected.body.startswith("multipart") and size > most:
        raise Refused(413, "file_too_large", f"at most {settings.IMPORT_LIMIT_MB} MB; split the file")


def expected_by(operation: Any) -> Expected:
    """What an operation of ninja takes."""
    models = [(model.__ninja_param_source__, model) for model in operation.models]
    sources = {source for source, _ in models}
    queries = [model for source, model in models if source == "query"]
    fields = {name: field.annotation for model in queries for name, field in model.model_fields.items()}
    body = "multipart/form-data" if sources & {"form", "file"} else ""
    return Expected(
        parameters=frozenset(fields),
        lists=frozenset(name for name, kind in fields.items() if get_origin(kind) is list),
        body=body or ("application/json" if "body" in sources else ""),
    )


def only_known(run: Callable[..., Any]) -> Callable[..., Any]:
    """For every operation: a parameter it does not know is refused, for a filter that is misspelt filters nothing."""
    expected = expected_by(run.__self__)  # type: ignore[attr-defined]

    def checked(request: HttpRequest, **arguments: Any) -> Any:
        request.expected = expected  # type: ignore[attr-defined]
        return run(request, **arguments)

    return checked


def holding(*rights: Right) -> dict[str, Any]:
    """What an operation passes on so that only tokens with all these rights come in."""
    return {"auth": Token(*rights), "openapi_extra": {"x-rights": list(rights)}}


def actor_of(request: ApiRequest) -> str:
    """Who acts, as facts keep it: token:12."""
    return named(request.actor)

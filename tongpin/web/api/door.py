"""The API's door: who asks by which token, which rights an operation needs, what a refusal looks like.

Every operation names its rights with `holding(…)`; one that does not is refused to everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer
from pydantic import Field

from tongpin.base.clock import now
from tongpin.base.rates import Meter
from tongpin.core.intake.jobs import named
from tongpin.core.team.credentials import used_api_token
from tongpin.core.team.queries import TokenSeen, find_api_token
from tongpin.core.team.rules import Actor, Right, Scope, meet, network_of
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


REFUSALS = (400, 401, 403, 404, 409, 413, 422, 429)


def answers(shape: Any, *, status: int = 200) -> dict[int, Any]:
    """What an operation may answer: its own shape, and every refusal."""
    return {status: shape, **dict.fromkeys(REFUSALS, Problem)}


class Token(HttpBearer):
    """`Authorization: Bearer tpa_…`, a token made under Settings → Sources (设置 → 接入), holding all these rights."""

    def __init__(self, *rights: Right) -> None:
        super().__init__()
        self.rights = rights

    def authenticate(self, request: HttpRequest, token: str) -> TokenSeen:
        """Raises Refused 401, 403, 429."""
        moment, place = now(), network_of(client_address(request))
        seen = find_api_token(secret=token, now=moment) if 0 < len(token) <= 200 else None
        if seen is None:
            try:
                take_try(kind="link", whom=f"api:{place}", now=moment)
            except TooManyTries as shut:
                wait = max(int((shut.opens_at - moment).total_seconds()), 1)
                raise Refused(
                    429, "too_many_tries", "too many unknown tokens: wait, then use a good one", wait=wait
                ) from shut
            raise Refused(401, "token_unknown", "this token is unknown, ran out or was revoked: make a new one")
        if meter.is_over(seen.id):
            raise Refused(429, "too_fast", f"at most {meter.most} requests a second: wait a moment", wait=1)
        used_api_token(seen=seen, now=moment)
        scope = meet(*(seen.scope(right) for right in self.rights)) if self.rights else None
        if not scope:
            missing = (
                ", ".join(right for right in self.rights if not seen.scope(right)) or "all of them in one community"
            )
            raise Refused(403, "right_missing", f"this token lacks a right: {missing}")
        strange = sorted(request.GET.keys() - getattr(request, "known_parameters", frozenset()))
        if strange:
            raise Refused(422, "parameter_unknown", f"this operation knows no parameter {strange[0][:40]!r}")
        request.token, request.scope = seen, scope  # type: ignore[attr-defined]
        request.actor = Actor("token", seen.id, place)  # type: ignore[attr-defined]
        return seen


def only_known(run: Callable[..., Any]) -> Callable[..., Any]:
    """For every operation: a parameter it does not know is refused, for a filter that is misspelt filters nothing."""
    operation = run.__self__  # type: ignore[attr-defined]
    queries = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    known = frozenset(name for model in queries for name in model.model_fields)

    def checked(request: HttpRequest, **arguments: Any) -> Any:
        request.known_parameters = known  # type: ignore[attr-defined]
        return run(request, **arguments)

    return checked


def holding(*rights: Right) -> dict[str, Any]:
    """What an operation passes on so that only tokens with all these rights come in."""
    return {"auth": Token(*rights), "openapi_extra": {"x-rights": list(rights)}}


def actor_of(request: ApiRequest) -> str:
    """Who acts, as facts keep it: token:12."""
    return named(request.actor)

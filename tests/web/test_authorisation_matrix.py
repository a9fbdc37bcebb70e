"""Every address × every role × every community, and the stranger: who is let in, who is refused.

The list of addresses is the URL table itself, so a new page is in the matrix without a test of its own. The views do
not run here: a last middleware answers in their place once the gate has let somebody through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from ninja.operation import PathView
from pytest_django import Settings

from tests.core.team.cast import hire
from tongpin.core.team.rules import ROLES, Held, allows, scope_of
from tongpin.web.look.gate import OPEN_APPS, OPEN_VIEWS, Rule, is_foreign_and_open, rule_of

LET_IN = 299
OWN, OTHER = 71, 72
MADE_UP: dict[str, object] = {
    "int": OWN,
    "str": "made-up",
    "slug": "made-up",
    "path": "made/up",
    "uuid": "11111111-2222-3333-4444-555555555555",
}
CARRIES_OUT = re.compile(r"download|export|csv|xlsx")


class StopAtTheDoor:
    """Answers in the place of every view the gate let through."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.get_response(request)
        return response

    def process_view(self, _request: HttpRequest, _view: Any, _arguments: Any, _named: Any) -> HttpResponse:
        return HttpResponse(status=LET_IN)


@dataclass(frozen=True)
class Route:
    """One line of the URL table. `template` has a place for each argument."""

    template: str
    arguments: dict[str, Any]
    view: Any
    name: str
    apps: tuple[str, ...]

    def address(self, *, community: int) -> str:
        """A made-up address of this route, of one community where the rule names the argument."""
        rule = rule_of(self.view)
        given = {name: made_up(converter) for name, converter in self.arguments.items()}
        if rule and rule.community:
            given[rule.community] = community
        return "/" + self.template.format(**given)


def made_up(converter: Any) -> object:
    """An argument that fits a converter."""
    kind = type(converter).__name__.removesuffix("Converter").lower()
    if kind in {"string", ""}:
        kind = "str"
    for candidate in [MADE_UP.get(kind), *MADE_UP.values()]:
        if candidate is not None and re.fullmatch(converter.regex, str(candidate)):
            return candidate
    raise AssertionError(f"the matrix needs a made-up value for {converter.regex}")


def routes(resolver: URLResolver, before: str = "", apps: tuple[str, ...] = (), names: str = "") -> Iterator[Route]:
    """The whole URL table."""
    for pattern in resolver.url_patterns:
        if not isinstance(pattern.pattern, RoutePattern):
            raise AssertionError(f"{pattern.pattern}: the matrix reads path(), not re_path()")
        here = before + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", pattern.pattern._route)
        arguments = dict(pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inner = (*apps, *filter(None, [pattern.app_name]))
            for route in routes(pattern, here, inner, f"{names}{pattern.namespace + ':' if pattern.namespace else ''}"):
                yield Route(route.template, {**arguments, **route.arguments}, route.view, route.name, route.apps)
        elif isinstance(pattern, URLPattern):
            yield Route(here, arguments, pattern.callback, f"{names}{pattern.name or here}", apps)


def table() -> list[Route]:
    return list(routes(get_resolver()))


def expected(route: Route, roles: list[Held] | None, community: int) -> bool:
    """Whether what the view declares lets these roles in; None is a stranger."""
    rule = rule_of(route.view)
    if rule is None:
        assert is_foreign_and_open(route.view, app_names=list(route.apps)), f"{route.name} declares nothing"
        return True
    if rule.kind in {"open", "key", "token"}:
        return True
    if rule.kind in {"pass", "member"} or roles is None:
        return False
    if rule.kind == "signed_in":
        return True
    if rule.community:
        return all(allows(grants=roles, right=right, community_id=community) for right in rule.rights)
    house_or_some = [scope_of(grants=roles, right=right) for right in rule.rights]
    return all(house_or_some) and any(all(s.holds(c) for s in house_or_some) for c in (None, OWN, OTHER))


def personas() -> dict[str, list[Held] | None]:
    """The stranger, a teammate without a role, every role in the house and every role but owner in one community."""
    found: dict[str, list[Held] | None] = {"stranger": None, "no role": []}
    for role in ROLES:
        found[f"{role} of the house"] = [Held(role)]
        if role != "owner":
            found[f"{role} of community {OWN}"] = [Held(role, OWN)]
    return found


def was_let_in(client: Client, address: str) -> bool:
    with transaction.atomic():
        response = client.get(address)
        transaction.set_rollback(True)
    if response.status_code == LET_IN:
        return True
    to_sign_in = response.status_code == 302 and response["Location"].startswith(("/sign-in/", "/me/begin"))
    assert to_sign_in or response.status_code in {401, 403, 429}, f"{address}: {response.status_code}"
    return False


@pytest.fixture
def _stopped_at_the_door(settings: Settings) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.StopAtTheDoor"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.mark.django_db
@pytest.mark.usefixtures("_stopped_at_the_door")
@pytest.mark.parametrize("persona", personas())
def test_the_gate_lets_in_exactly_whom_each_view_declares(persona: str) -> None:
    roles = personas()[persona]
    client = Client()
    if roles is not None:
        client.force_login(hire(*roles, login="mate"), backend="tongpin.core.team.entry.StaffBackend")
    wanted, found = {}, {}
    for route in table():
        for community in (OWN, OTHER):
            address = route.address(community=community)
            if (route.name, address) in found:
                continue  # it names no community
            wanted[route.name, address] = expected(route, roles, community)
            found[route.name, address] = was_let_in(client, address)
    assert found == wanted
    assert len(found) > 20


def test_every_view_declares_who_may_come_in() -> None:
    silent = [
        route.name
        for route in table()
        if rule_of(route.view) is None and not is_foreign_and_open(route.view, app_names=list(route.apps))
    ]
    assert silent == []


def test_every_view_that_is_open_to_the_world_says_why() -> None:
    rules: dict[str, Rule] = {route.name: rule for route in table() if (rule := rule_of(route.view)) is not None}
    assert [name for name, rule in rules.items() if rule.kind == "open" and len(rule.reason) < 10] == []
    assert all(len(reason) > 10 for reason in [*OPEN_VIEWS.values(), *OPEN_APPS.values()])


def test_what_carries_data_out_needs_the_right_to_download() -> None:
    """A page named after downloading or exporting asks for `download`, or for `people.export` of one person."""
    careless = [
        route.name
        for route in table()
        if CARRIES_OUT.search(route.name) and "ninja" not in route.apps
        if not {"download", "people.export"} & set(getattr(rule_of(route.view), "rights", ()))
    ]
    assert careless == []


def test_every_operation_of_the_api_asks_for_a_token() -> None:
    """But for its own description, which says nothing about anybody."""
    describing = {"openapi-json", "openapi-view", "api-root"}
    views = [route for route in table() if "ninja" in route.apps and route.name.rsplit(":", 1)[-1] not in describing]
    open_operations = [
        f"{operation.methods} {route.template}"
        for route in views
        for operation in getattr(path_view_of(route.view), "operations", [])
        if not operation.auth_callbacks
    ]
    assert [route.template for route in views if path_view_of(route.view) is None] == []
    assert open_operations == []


def path_view_of(view: Any) -> PathView | None:
    """The operations behind a URL of the API."""
    cells = getattr(view, "__closure__", None) or ()
    held = [getattr(view, "__self__", None), *(cell.cell_contents for cell in cells)]
    return next((one for one in held if isinstance(one, PathView)), None)

"""The gate (门): no view answers that has not said who may come in. Default deny, for people, links and programs.

A view declares exactly one of `@needs("people.see")`, `@signed_in`, `@open_to_all(reason=…)`, `@by_pass("guest")`,
`@for_members`, `@by_key`, `@by_token`. Declaring only marks the view, so functions, classes and coroutines are alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.deprecation import MiddlewareMixin

from tongpin.base.clock import now as present
from tongpin.core.people.visitors import person_of_session
from tongpin.core.team import actions, queries
from tongpin.core.team.entry import seen_at
from tongpin.core.team.limits import SEEN_EVERY, idle_too_long
from tongpin.core.team.models import Staff
from tongpin.core.team.queries import PassSeen, Teammate
from tongpin.core.team.rules import NOTHING, Actor, PassKind, Right, Scope, meet, network_of
from tongpin.core.team.tries import TooManyTries, take_try
from tongpin.core.team.visits import touch_visit
from tongpin.web.look.errors import too_large

V = TypeVar("V", bound=Callable[..., Any])

OPEN_VIEWS = {
    "django.views.i18n.set_language": "only keeps the language somebody chose",
    "django.contrib.staticfiles.views.serve": "style sheets and scripts, while developing",
}
"""Views of others that cannot be marked, with the reason why everybody may come in."""
MEMBER_COOKIE = "tongpin_member"
OPEN_BODY = 100_000
"""Bytes that a stranger may send to a page that is open to them. More is refused before anything of it is read."""
OPEN_APPS = {"ninja": "the API asks for a token at each of its own operations"}
"""The same for whole URL apps."""


class StaffRequest(HttpRequest):
    """A request after `@needs` or `@signed_in`: who it is, and where the needed rights hold."""

    staff: Teammate
    scope: Scope
    actor: Actor


class MemberRequest(HttpRequest):
    """A request after `@for_members`: the person whose phone it is."""

    member: int


class PassRequest(HttpRequest):
    """A request after `@by_pass`: the link it came by."""

    held: PassSeen
    actor: Actor


@dataclass(frozen=True, slots=True)
class Rule:
    """What a view declared. `community` names the URL argument that holds the community, if there is one."""

    kind: Literal["open", "signed_in", "needs", "pass", "member", "key", "token"]
    rights: tuple[Right, ...] = ()
    community: str = ""
    passes: tuple[PassKind, ...] = ()
    reason: str = ""


def _declare(rule: Rule) -> Callable[[V], V]:
    def mark(view: V) -> V:
        if "gate_rule" in vars(view):
            raise ImproperlyConfigured(f"{view.__qualname__} says twice who may come in")
        view.gate_rule = rule  # type: ignore[attr-defined]
        return view

    return mark


def needs(right: Right, *more: Right, community: str = "") -> Callable[[V], V]:
    """Lets in who holds all these rights somewhere; `request.scope` says where. With `community`, there exactly."""
    return _declare(Rule("needs", (right, *more), community))


def signed_in(view: V) -> V:
    """Lets in everybody of the team: for one's own account and the like."""
    return _declare(Rule("signed_in"))(view)


def open_to_all(*, reason: str) -> Callable[[V], V]:
    """Lets in the whole world; the reason is read in review and checked not to be empty."""
    if len(reason) < 10:
        raise ImproperlyConfigured("open_to_all: say in a few words why everybody may come in")
    return _declare(Rule("open", reason=reason))


def by_pass(*kinds: PassKind) -> Callable[[V], V]:
    """Lets in who holds a link of one of these kinds; the URL argument is called `token`."""
    return _declare(Rule("pass", passes=kinds))


def for_members(view: V) -> V:
    """Lets in phones that hold a member's session; everybody else is told where to begin."""
    return _declare(Rule("member"))(view)


def by_key(view: V) -> V:
    """The view checks a write key by itself (tracking, inbound hooks)."""
    return _declare(Rule("key"))(view)


def by_token(view: V) -> V:
    """The view checks an API token by itself."""
    return _declare(Rule("token"))(view)


def rule_of(view: Any) -> Rule | None:
    """What a view declared; None for one that declared nothing. A subclass declares for itself."""
    own: Rule | None = getattr(view, "gate_rule", None)
    kind = getattr(view, "view_class", None)
    if kind is not None:
        own = vars(kind).get("gate_rule", own)
    return own


def is_foreign_and_open(view: Any, *, app_names: list[str]) -> bool:
    """Whether a view stands on the list of those that cannot be marked."""
    name = f"{getattr(view, '__module__', '')}.{getattr(view, '__qualname__', '')}"
    return name in OPEN_VIEWS or any(app in OPEN_APPS for app in app_names)


def client_address(request: HttpRequest) -> str | None:
    """The visitor's address: behind a proxy the one the proxy saw, which is the last it wrote down."""
    if settings.SECURE_PROXY_SSL_HEADER:
        told = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
        if network_of(told):
            return told
    address = request.META.get("REMOTE_ADDR")
    return address if network_of(address) else None


def member_of(request: HttpRequest) -> int | None:
    """The person whose phone this is, looked up once a request; None for a stranger. Open pages may ask too."""
    if not hasattr(request, "_gate_member"):
        secret = request.COOKIES.get(MEMBER_COOKIE, "")
        found = person_of_session(secret=secret, at=present()) if secret else None
        request._gate_member = found  # type: ignore[attr-defined]
    member: int | None = request._gate_member  # type: ignore[attr-defined]
    return member


def staff_of(request: HttpRequest) -> Teammate | None:
    """Who is signed in, looked up once a request; ends a session that was left alone too long."""
    if not hasattr(request, "_gate_staff"):
        request._gate_staff = _look_up(request)  # type: ignore[attr-defined]
    found: Teammate | None = request._gate_staff  # type: ignore[attr-defined]
    return found


def _look_up(request: HttpRequest) -> Teammate | None:
    staff = request.user
    if not isinstance(staff, Staff):
        return None
    now = present()
    seen = seen_at(request.session.get("seen"))
    if seen and idle_too_long(seen_at=seen, now=now, own_device=bool(request.session.get("own_device"))):
        logout(request)
        return None
    if seen is None or now - seen >= SEEN_EVERY:
        request.session["seen"] = now.isoformat()
        touch_visit(staff_id=staff.pk, session_key=str(request.session.session_key), now=now)
    return queries.teammate_of(staff=staff)


def scope_for(*, staff: Teammate, rule: Rule, arguments: dict[str, Any]) -> Scope:
    """Where all rights of a rule hold for this person; falsy where nowhere, or not in the community of the URL."""
    scope = meet(*(staff.scope(right) for right in rule.rights))
    if not rule.community:
        return scope
    if not isinstance(arguments.get(rule.community), int):
        raise ImproperlyConfigured(f"the URL has no whole number called {rule.community}, which the view's rule names")
    return scope if scope.holds(arguments[rule.community]) else NOTHING


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Off to the sign-in page, and afterwards back here. A page fragment sends the whole page there."""
    here = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = resolve_url(settings.LOGIN_URL)
        return answer
    address = resolve_url(settings.LOGIN_URL)
    return redirect(f"{address}?{urlencode({'next': here})}" if here else address)


def _refused(request: HttpRequest, rule: Rule) -> HttpResponse:
    return render(request, "console/entry/refused.html", {"rights": rule.rights}, status=403)


def _link_closed(request: HttpRequest, *, opens_at: datetime | None = None) -> HttpResponse:
    return render(request, "console/entry/link_closed.html", {"opens_at": opens_at}, status=429 if opens_at else 403)


def _is_heavy(request: HttpRequest) -> bool:
    """Whether a body is larger than strangers may send, or does not say how large it is."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if length:
        return not length.isdecimal() or int(length) > OPEN_BODY
    return "chunked" in request.headers.get("Transfer-Encoding", "").lower()


class GateMiddleware(MiddlewareMixin):
    """Stands before every view. Must come after sessions, authentication and messages, and before the check of forms'
    tokens: that check reads the whole body, and nobody's body is read before it is known who they are."""

    def process_view(
        self, request: HttpRequest, view: Any, _arguments: tuple[Any, ...], named: dict[str, Any]
    ) -> HttpResponseBase | None:
        """None lets in; anything else is the answer in the view's place."""
        if not request.path_info.startswith("/api/") and (
            "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")
        ):
            raise Http404  # the database knows no such character, and no page of ours has one in its address
        rule = rule_of(view)
        found = request.resolver_match
        if rule is None and is_foreign_and_open(view, app_names=found.app_names if found else []):
            return too_large(request) if not getattr(view, "csrf_exempt", False) and _is_heavy(request) else None
        if rule is None:
            name = f"{getattr(view, '__module__', '')}.{getattr(view, '__qualname__', view)}"
            raise ImproperlyConfigured(f"{name} does not say who may come in; tongpin/web/look/gate.py tells how")
        if rule.kind in {"key", "token"}:
            return None
        if rule.kind in {"open", "pass", "member"} and _is_heavy(request):
            return too_large(request)
        if rule.kind == "open":
            return None
        if rule.kind == "pass":
            return self._by_pass(request, rule, str(named.get("token", "")))
        if rule.kind == "member":
            return self._by_member(request)
        return self._by_staff(request, rule, named)

    def _by_member(self, request: HttpRequest) -> HttpResponse | None:
        member = member_of(request)
        if member is None:
            here = request.get_full_path() if request.method in {"GET", "HEAD"} else ""
            begin = resolve_url(settings.MEMBER_BEGIN)
            return redirect(f"{begin}?{urlencode({'next': here})}" if here else begin)
        request.member = member  # type: ignore[attr-defined]
        return None

    def _by_staff(self, request: HttpRequest, rule: Rule, named: dict[str, Any]) -> HttpResponse | None:
        staff = staff_of(request)
        if staff is None:
            return to_sign_in(request)
        request.staff = staff  # type: ignore[attr-defined]
        request.actor = Actor("staff", staff.id, network_of(client_address(request)))  # type: ignore[attr-defined]
        if rule.kind == "needs":
            scope = scope_for(staff=staff, rule=rule, arguments=named)
            if not scope:
                return _refused(request, rule)
            request.scope = scope  # type: ignore[attr-defined]
        return None

    def _by_pass(self, request: HttpRequest, rule: Rule, token: str) -> HttpResponse | None:
        now = present()
        held = queries.find_pass(token=token, now=now, kinds=rule.passes)
        if held is None:
            try:
                take_try(kind="link", whom=client_address(request) or "", now=now)
            except TooManyTries as shut:
                return _link_closed(request, opens_at=shut.opens_at)
            return _link_closed(request)
        actions.used_pass(pass_id=held.id, now=now)
        request.held = held  # type: ignore[attr-defined]
        request.actor = Actor("pass", held.id, network_of(client_address(request)))  # type: ignore[attr-defined]
        return None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """What was for somebody is not kept by browsers or proxies: after signing out, «back» shows nothing."""
        known = hasattr(request, "staff") or hasattr(request, "held") or getattr(request, "_gate_member", None)
        if known and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

"""The gate: what declares nothing answers nobody; what declares something answers exactly those."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client, RequestFactory
from django.urls import include, path
from django.views import View
from django.views.decorators.cache import never_cache
from ninja import NinjaAPI
from pytest_django import Settings

from tests.core.team.cast import acting, hire
from tongpin.core.team import actions
from tongpin.core.team.models import Pass, Staff, Visit
from tongpin.core.team.rules import Everything, Held
from tongpin.web.look import gate
from tongpin.web.look.gate import PassRequest, StaffRequest

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def said(request: HttpRequest, **more: object) -> JsonResponse:
    return JsonResponse({"let": "in", **more})


def forgotten(request: HttpRequest) -> HttpResponse:
    return said(request)


@gate.open_to_all(reason="a page for the whole world")
def world(request: HttpRequest) -> HttpResponse:
    return said(request)


@gate.signed_in
def own(request: StaffRequest) -> HttpResponse:
    return said(request, who=request.staff.login, actor=request.actor.place)


@never_cache
@gate.needs("people.see")
def people(request: StaffRequest) -> HttpResponse:
    scope = request.scope
    return said(request, scope="all" if isinstance(scope, Everything) else sorted(scope.ids))


@gate.needs("people.see", "download")
def download(request: StaffRequest) -> HttpResponse:
    scope = request.scope
    return said(request, scope="all" if isinstance(scope, Everything) else sorted(scope.ids))


@gate.needs("places.edit", community="community_id")
def community(request: StaffRequest, community_id: int) -> HttpResponse:
    return said(request, community=community_id)


@gate.needs("places.edit", community="community_id")
def misnamed(request: StaffRequest, community_id: str) -> HttpResponse:
    return said(request)


@gate.by_pass("guest", "volunteer")
def stage(request: PassRequest, token: str) -> HttpResponse:
    return said(request, subject=request.held.subject, actor=request.actor.kind)


@gate.by_key
async def events(request: HttpRequest) -> HttpResponse:
    return said(request)


@gate.by_token
def program(request: HttpRequest) -> HttpResponse:
    return said(request)


@gate.needs("team.manage")
class Classy(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return said(request)


class Heir(Classy):
    """Says nothing for itself, so nobody comes in."""


api = NinjaAPI(urls_namespace="gate-test")


@api.get("/thing")
def thing(request: HttpRequest) -> dict[str, str]:
    return {"let": "in"}


entrance = [path("sign-in/", world, name="sign_in")]
urlpatterns = [
    path("", include((entrance, "console"))),
    path("forgotten/", forgotten),
    path("world/", world),
    path("own/", own),
    path("people/", people),
    path("download/", download),
    path("community/<int:community_id>/", community),
    path("misnamed/<str:community_id>/", misnamed),
    path("stage/<str:token>/", stage),
    path("events/", events),
    path("program/", program),
    path("classy/", Classy.as_view()),
    path("heir/", Heir.as_view()),
    path("api/", api.urls),
    path("look/", include("tongpin.web.look.urls")),
]


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def at_work(*roles: Held) -> Client:
    client = Client()
    client.force_login(hire(*roles), backend="tongpin.core.team.entry.StaffBackend")
    return client


@pytest.mark.parametrize("address", ["/forgotten/", "/heir/"])
@pytest.mark.parametrize("who", ["stranger", "owner"])
def test_a_view_that_declares_nothing_answers_nobody(address: str, who: str) -> None:
    client = at_work(Held("owner")) if who == "owner" else Client()
    with pytest.raises(ImproperlyConfigured, match="does not say who may come in"):
        client.get(address)


def test_a_view_that_declares_nothing_is_an_error_in_production_and_never_the_page() -> None:
    client = Client(raise_request_exception=False)
    response = client.get("/forgotten/")
    assert response.status_code == 500
    assert b"let" not in response.content


def test_a_view_cannot_declare_twice() -> None:
    with pytest.raises(ImproperlyConfigured, match="says twice"):
        gate.signed_in(world)


def test_opening_to_all_asks_for_a_reason() -> None:
    with pytest.raises(ImproperlyConfigured, match="why everybody"):
        gate.open_to_all(reason="")


@pytest.mark.parametrize("address", ["/world/", "/events/", "/program/", "/api/thing"])
def test_what_checks_by_itself_or_is_open_lets_a_stranger_through(address: str) -> None:
    assert Client().get(address).json() == {"let": "in"}


@pytest.mark.parametrize("address", ["/own/", "/people/", "/download/", "/community/3/", "/classy/"])
def test_a_stranger_is_sent_to_sign_in_and_comes_back(address: str) -> None:
    response = Client().get(f"{address}?page=2")
    assert (response.status_code, response["Location"]) == (
        302,
        f"/sign-in/?next=%2F{address.strip('/').replace('/', '%2F')}%2F%3Fpage%3D2",
    )


def test_a_strangers_post_is_not_kept_for_later() -> None:
    assert Client().post("/own/", {"a": "b"})["Location"] == "/sign-in/"


def test_a_page_fragment_sends_the_whole_page_to_sign_in() -> None:
    response = Client().get("/people/", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (401, "/sign-in/")


def test_one_without_the_right_is_refused_and_told_which_one() -> None:
    response = at_work(Held("operator")).get("/classy/")
    assert response.status_code == 403
    assert "team.manage" in response.content.decode()


def test_the_scope_says_where_the_right_holds() -> None:
    assert at_work(Held("viewer")).get("/people/").json()["scope"] == "all"
    assert at_work(Held("viewer", 4), Held("operator", 9)).get("/people/").json()["scope"] == [4, 9]


def test_two_rights_hold_only_where_both_do() -> None:
    assert at_work(Held("viewer", 4), Held("analyst", 9)).get("/download/").json()["scope"] == [9]
    assert at_work(Held("viewer")).get("/download/").status_code == 403


def test_a_community_in_the_address_must_be_ones_own() -> None:
    client = at_work(Held("operator", 4))
    assert client.get("/community/4/").json() == {"let": "in", "community": 4}
    assert client.get("/community/5/").status_code == 403


def test_a_rule_that_names_no_argument_of_the_address_is_an_error() -> None:
    with pytest.raises(ImproperlyConfigured, match="no whole number called community_id"):
        at_work(Held("owner")).get("/misnamed/4/")


def test_what_was_for_somebody_is_not_kept_by_the_browser() -> None:
    assert at_work(Held("owner")).get("/own/")["Cache-Control"] == "private, no-store"
    assert "Cache-Control" not in Client().get("/world/")


def test_a_link_opens_the_views_of_its_kind_until_it_is_revoked(noon: datetime) -> None:
    now = datetime.now(UTC)
    owner = hire(Held("owner"))

    def link(kind: str, right: str) -> str:
        return actions.make_pass(
            actor=acting(owner),
            kind=kind,  # type: ignore[arg-type]
            subject=("talk", 12),
            community_id=None,
            rights=[right],  # type: ignore[list-item]
            expires_at=now + timedelta(days=1),
            now=now,
        )

    guest, sponsor = link("guest", "stage.speak"), link("sponsor", "proof.see")
    response = Client().get(f"/stage/{guest}/")
    assert response.json() == {"let": "in", "subject": ["talk", 12], "actor": "pass"}
    assert response["Cache-Control"] == "private, no-store"
    assert Client().get(f"/stage/{sponsor}/").status_code == 403
    assert list(Pass.objects.order_by("id").values_list("used_count", flat=True)) == [1, 0]
    actions.revoke_pass(actor=acting(owner), pass_id=Pass.objects.earliest("id").pk, now=now)
    assert Client().get(f"/stage/{guest}/").status_code == 403


def test_guessing_links_is_stopped_but_a_good_link_still_opens() -> None:
    now = datetime.now(UTC)
    token = actions.make_pass(
        actor=acting(hire(Held("owner"))),
        kind="guest",
        subject=("talk", 12),
        community_id=None,
        rights=["stage.speak"],
        expires_at=now + timedelta(days=1),
        now=now,
    )
    answers = [Client().get(f"/stage/guess{number}/").status_code for number in range(22)]
    assert answers == [403] * 20 + [429] * 2
    assert Client().get(f"/stage/{token}/").status_code == 200


def test_a_link_of_staff_rights_does_not_open_staff_pages() -> None:
    owner_link = actions.make_owner_link(now=datetime.now(UTC))
    assert Client().get(f"/stage/{owner_link}/").status_code == 403


def test_who_was_switched_off_is_a_stranger_at_once() -> None:
    client = at_work(Held("viewer"))
    assert client.get("/own/").status_code == 200
    Staff.objects.update(is_active=False)
    assert client.get("/own/").status_code == 302


def test_a_lost_role_is_lost_on_the_next_page() -> None:
    client, owner = at_work(Held("viewer")), hire(Held("owner"), login="boss")
    mate = Staff.objects.exclude(pk=owner.pk).get()
    actions.set_roles(actor=acting(owner), staff_id=mate.pk, roles=[], now=datetime.now(UTC))
    assert client.get("/people/").status_code == 403


@pytest.mark.parametrize(("own_device", "hours", "status"), [(False, 11, 200), (False, 13, 302), (True, 13, 200)])
def test_a_session_left_alone_ends(own_device: bool, hours: int, status: int) -> None:
    client = at_work(Held("viewer"))
    session = client.session
    session["seen"] = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    session["own_device"] = own_device
    session.save()
    assert client.get("/own/").status_code == status
    assert client.get("/own/").status_code == status


def test_being_seen_is_written_once_a_minute(django_assert_num_queries: object) -> None:
    client = at_work(Held("viewer"))
    now = datetime.now(UTC)
    Visit.objects.create(
        staff=Staff.objects.get(), session_key=client.session.session_key, began_at=now, seen_at=now, how="password"
    )
    client.get("/own/")
    first = Staff.objects.get().last_seen
    assert first is not None
    with django_assert_num_queries(3):  # type: ignore[operator] - session, person, roles
        client.get("/own/")
    assert Staff.objects.get().last_seen == first
    assert Visit.objects.get().seen_at > now


@pytest.mark.parametrize(
    ("proxied", "told", "seen", "found"),
    [
        (False, "198.51.100.9", "203.0.113.7", "203.0.113.7"),
        (True, "6.6.6.6, 198.51.100.9", "10.0.0.1", "198.51.100.9"),
        (True, "", "10.0.0.1", "10.0.0.1"),
        (True, "nonsense", "10.0.0.1", "10.0.0.1"),
        (False, "", "", None),
    ],
)
def test_only_a_proxy_of_ours_is_believed_about_addresses(
    proxied: bool, told: str, seen: str, found: str | None, settings: Settings
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if proxied else None
    request = RequestFactory().get("/", headers={"X-Forwarded-For": told}, REMOTE_ADDR=seen)
    assert gate.client_address(request) == found


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/t/a%00b/", "/d/a%00b/", "/l/a%00b", "/stage/aaaaaaaaaaaaaaaaaaaa%00/", "/me/again/?next=%00"]
)
def test_an_address_that_no_page_has_is_not_found_instead_of_breaking(address: str) -> None:
    assert Client(raise_request_exception=False).get(address).status_code == 404

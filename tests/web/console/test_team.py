"""The team's pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.core.team.cast import PASSWORD, hire
from tongpin.base.clock import now
from tongpin.core.places.models import Community
from tongpin.core.team import queries
from tongpin.core.team.models import AuditLine, Staff
from tongpin.core.team.rules import SYSTEM, Held
from tongpin.core.team.trail import audit

pytestmark = pytest.mark.django_db


def url(name: str, *arguments: object) -> str:
    return reverse(f"console:{name}", args=arguments)


def at_work(*roles: Held, login: str = "boss") -> Client:
    client = Client()
    client.force_login(hire(*roles, login=login), backend="tongpin.core.team.entry.StaffBackend")
    return client


def community(name: str) -> int:
    return int(Community.objects.create(name=name, founded_at=datetime(2026, 1, 1, tzinfo=UTC)).pk)


def test_the_owner_invites_someone_into_one_community_by_a_link_shown_once() -> None:
    client, number = at_work(Held("owner")), community("绘本妈妈营")
    page = client.get(url("team")).content.decode()
    assert "绘本妈妈营" in page
    asked = {"display_name": "小满", "login": "xiaoman", "role": "operator", "where": str(number)}
    answer = client.post(url("team_invite"), asked)
    link = re.search(r"http://[^\s<\"]+/enter/([0-9a-z]{26})/", answer.content.decode())
    assert link is not None
    mate = next(one for one in queries.team() if one.login == "xiaoman")
    assert (mate.state, mate.grants) == ("invited", (Held("operator", number),))
    assert link[1] not in client.get(url("team")).content.decode()
    guest = Client()
    guest.post("/enter/", {"token": link[1], "password": PASSWORD, "repeat": PASSWORD})
    assert guest.get(url("security")).status_code == 200
    assert guest.get(url("team")).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [{"login": "boss"}, {"login": "a b"}, {"role": "emperor"}, {"where": "999"}, {"display_name": ""}],
)
def test_a_faulty_invitation_is_refused_with_what_was_typed_and_nothing_made(wrong: dict[str, str]) -> None:
    client = at_work(Held("owner"))
    asked = {"display_name": "小满", "login": "xiaoman", "role": "operator", "where": "house", **wrong}
    answer = client.post(url("team_invite"), asked)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert Staff.objects.count() == 1


def test_an_owner_of_one_community_is_refused_with_a_reason() -> None:
    client, number = at_work(Held("owner")), community("绘本妈妈营")
    asked = {"display_name": "小满", "login": "xiaoman", "role": "owner", "where": str(number)}
    assert client.post(url("team_invite"), asked).status_code == 422
    assert Staff.objects.count() == 1


def test_a_manager_is_not_even_offered_the_roles_of_owner_and_manager() -> None:
    client = at_work(Held("manager"))
    page = client.get(url("team")).content.decode()
    assert re.findall(r'<option value="(\w+)"', page) == ["viewer", "analyst", "assistant", "operator", "house"]
    asked = {"display_name": "x", "login": "new", "role": "manager", "where": "house"}
    assert client.post(url("team_invite"), asked).status_code == 422


def test_roles_are_given_and_taken_one_by_one() -> None:
    client, number = at_work(Held("owner")), community("绘本妈妈营")
    mate = hire(Held("viewer"), login="mate")
    client.post(url("team_role_give", mate.pk), {"role": "operator", "where": str(number)})
    assert queries.grants_of(staff_id=mate.pk) == (Held("viewer"), Held("operator", number))
    client.post(url("team_role_give", mate.pk), {"role": "analyst", "where": "house"})
    assert queries.grants_of(staff_id=mate.pk) == (Held("analyst"), Held("operator", number))
    client.post(url("team_role_take", mate.pk), {"role": f"operator.{number}"})
    assert queries.grants_of(staff_id=mate.pk) == (Held("analyst"),)
    assert "绘本妈妈营" in client.get(url("team_member", mate.pk)).content.decode()


def test_the_last_owner_stays_and_is_told_why() -> None:
    client = at_work(Held("owner"))
    me = Staff.objects.get()
    client.post(url("team_role_take", me.pk), {"role": "owner."})
    assert queries.grants_of(staff_id=me.pk) == (Held("owner"),)
    page = client.get(url("team_member", me.pk)).content.decode()
    assert "toast-bad" in page


def test_a_manager_changes_nothing_of_an_owner() -> None:
    owner = hire(Held("owner"), login="qing")
    client = at_work(Held("manager"))
    before = AuditLine.objects.count()
    for name, arguments, sent in (
        ("team_role_take", (), {"role": "owner."}),
        ("team_role_give", (), {"role": "viewer", "where": "house"}),
        ("team_link", (), {}),
        ("team_act", ("off",), {}),
        ("team_act", ("second-step-off",), {}),
        ("team_act", ("end-sessions",), {}),
    ):
        answer = client.post(url(name, owner.pk, *arguments), sent)
        assert (answer.status_code, answer["Location"]) == (302, url("team_member", owner.pk))
    assert queries.grants_of(staff_id=owner.pk) == (Held("owner"),)
    assert Staff.objects.get(pk=owner.pk).is_active
    assert AuditLine.objects.count() == before
    assert "data-dialog" not in re.sub(
        r"data-dialog=.keys.", "", client.get(url("team_member", owner.pk)).content.decode()
    )


def test_a_teammate_who_is_switched_off_is_out_at_once_and_back_when_switched_on() -> None:
    client = at_work(Held("owner"))
    mate = hire(Held("viewer"), login="mate")
    theirs = Client()
    theirs.post("/sign-in/", {"login": "mate", "password": PASSWORD})
    client.post(url("team_act", mate.pk, "off"))
    assert theirs.get(url("security")).status_code == 302
    assert theirs.post("/sign-in/", {"login": "mate", "password": PASSWORD}).status_code == 422
    client.post(url("team_act", mate.pk, "on"))
    assert theirs.post("/sign-in/", {"login": "mate", "password": PASSWORD}).status_code == 302
    client.post(url("team_act", mate.pk, "end-sessions"))
    assert theirs.get(url("security")).status_code == 302


def test_unknown_teammates_and_acts_are_not_found() -> None:
    client = at_work(Held("owner"))
    me = Staff.objects.get()
    assert client.get(url("team_member", 999)).status_code == 404
    assert client.post(url("team_act", me.pk, "promote")).status_code == 404


def test_names_cannot_bring_markup_into_the_page() -> None:
    client = at_work(Held("owner"))
    hire(Held("viewer"), login="mate", name="<script>alert(1)</script>")
    page = client.get(url("team")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_list_takes_as_many_queries_for_one_as_for_ten(django_assert_num_queries: object) -> None:
    client = at_work(Held("owner"))
    client.get(url("team"))

    def queries_of_list() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(url("team")).status_code == 200
        return len(seen)

    few = queries_of_list()
    for number in range(10):
        hire(Held("viewer"), login=f"mate{number}")
    assert queries_of_list() == few


def test_the_trail_is_shown_in_words_filtered_and_paged() -> None:
    client = at_work(Held("owner"))
    me = Staff.objects.get()
    mate = hire(Held("viewer"), login="mate", name="看客")
    for _ in range(30):
        client.post(url("team_act", mate.pk, "off"))
        client.post(url("team_act", mate.pk, "on"))
    first = client.get(url("audit")).content.decode()
    assert first.count("<tr><td") == 50
    older = re.search(r'href="(/settings/audit/\?older=\d+)"', first)
    assert older is not None
    second = client.get(older[1]).content.decode()
    assert second.count("<tr><td") == 10
    only = client.get(url("audit"), {"deed": "staff.switched_off", "who": str(me.pk)}).content.decode()
    assert only.count("<tr><td") == 30
    assert client.get(url("audit"), {"who": "999"}).content.decode().count("<tr><td") == 0
    assert client.get(url("audit"), {"who": "x", "older": "9" * 40, "deed": "'"}).status_code == 200


def test_what_the_trail_tells_of_a_deed_has_words() -> None:
    client = at_work(Held("owner"))
    details: dict[str, str | int] = {"list": "rejected_rows", "rows": 3, "format": "csv"}
    with transaction.atomic():
        audit(actor=SYSTEM, action="file.downloaded", at=now(), subject=("batch", 5), details=details)
        for field in ("identity:phone", "order:address"):
            audit(actor=SYSTEM, action="person.contact_seen", at=now(), subject=("person", 7), details={"field": field})
        audit(actor=SYSTEM, action="hook.mapped", at=now(), subject=("hook", 2), details={"fields": 4})
        audit(actor=SYSTEM, action="token.made", at=now(), subject=("token", 3), details={"rights": ["people.see"]})
    page = client.get(url("audit"), headers={"accept-language": "en"}).content.decode()
    for said in (
        "rejected rows · rows: 3 · CSV",
        ">Phone<",
        ">address<",
        "webhook 2",
        "fields: 4",
        "rights: see people",
    ):
        assert said in page, said

"""The community in view: only what one may see can be chosen, and it is forgotten when one may not any more."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

from tongpin.core.places.models import Community
from tongpin.core.team.queries import Teammate
from tongpin.core.team.rules import Held
from tongpin.web.look.community import Choice, choices, choose, chosen

pytestmark = pytest.mark.django_db


def coming(*held: Held, session: SessionStore | None = None) -> HttpRequest:
    request = RequestFactory().get("/")
    request.session = session or SessionStore()
    request._gate_staff = Teammate(1, "x", "X", "en", held, "working", False, None)  # type: ignore[attr-defined]
    return request


@pytest.fixture
def camp(noon: datetime) -> Community:
    Community.objects.create(name="晨跑团", founded_at=noon)
    Community.objects.create(name="已散的群", founded_at=noon, closed_at=noon)
    return Community.objects.create(name="妈妈营", founded_at=noon)


def test_one_chooses_among_open_communities_one_may_see(camp: Community) -> None:
    assert {c.name for c in choices(mate=coming(Held("owner"))._gate_staff)} == {"晨跑团", "妈妈营"}  # type: ignore[attr-defined]
    own = coming(Held("viewer", camp.pk))._gate_staff  # type: ignore[attr-defined]
    assert choices(mate=own) == [Choice(camp.pk, "妈妈营")]
    assert choices(mate=coming()._gate_staff) == []  # type: ignore[attr-defined]


def test_a_choice_lasts_for_the_session_and_only_while_one_may_see(camp: Community) -> None:
    request = coming(Held("viewer", camp.pk))
    choose(request=request, community_id=camp.pk)
    assert chosen(request=request) == camp.pk
    assert chosen(request=coming(session=request.session)) is None
    choose(request=request, community_id=camp.pk + 1)
    assert chosen(request=request) is None

"""Asking the API as other software does: a token, a path, an answer."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.test import Client

from tests.core.team.cast import acting, hire
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.signs import sign
from tongpin.core.places.actions import found_community, know_place
from tongpin.core.places.joining import join_by_hand
from tongpin.core.places.models import Place
from tongpin.core.team.credentials import make_api_token
from tongpin.core.team.models import Staff
from tongpin.core.team.rules import RIGHTS, Held, Right

BEFORE = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@dataclass
class Program:
    """Other software with a token."""

    secret: str
    client: Client

    def ask(self, method: str, path: str, content: Any = None, **more: Any) -> Any:
        """One request with JSON."""
        return self.client.generic(
            method,
            f"/api{path}",
            "" if content is None else json.dumps(content),
            content_type="application/json",
            headers={"authorization": f"Bearer {self.secret}", **more.pop("headers", {})},
            **more,
        )

    def get(self, path: str, **query: Any) -> Any:
        """A GET with parameters."""
        return self.client.get(f"/api{path}", query, headers={"authorization": f"Bearer {self.secret}"})

    def put_file(self, name: str, content: bytes, **fields: Any) -> Any:
        """An upload."""
        from django.core.files.uploadedfile import SimpleUploadedFile

        given = {"file": SimpleUploadedFile(name, content), **fields}
        return self.client.post("/api/imports", given, headers={"authorization": f"Bearer {self.secret}"})


def program(*rights: Right, staff: Staff | None = None, communities: Iterable[int] | None = None) -> Program:
    """A program whose token holds these rights (all, if none are named) in these communities (all, if none)."""
    owner = staff or Staff.objects.filter(login="boss").first() or hire(Held("owner"), login="boss")
    wanted = list(rights) or [right for right in RIGHTS if right != "api.use"]
    made = make_api_token(
        actor=acting(owner),
        staff_id=owner.pk,
        name="crm",
        rights=wanted,
        community_ids=communities,
        now=datetime.now(UTC),
    )
    return Program(made.secret, Client())


@dataclass
class House:
    """Two communities with a group each, and three people: 小美 in tea, 阿强 in run, 路人 in neither."""

    tea: int
    run: int
    tea_group: int
    run_group: int
    mei: int
    qiang: int
    passer: int


def house() -> House:
    """The house of the API's tests."""
    tea, run = (found_community(name=name, actor="staff:1", at=BEFORE) for name in ("春茶群", "夜跑群"))
    groups = [
        know_place(
            kind=Place.Kind.GROUP, platform="wechat", name=f"{one.name} 1", at=BEFORE, actor="staff:1", community=one
        )
        for one in (tea, run)
    ]
    people = [
        add_by_hand(
            nickname=nick, name=name, signs=[sign("phone", phone)], tags=tags, actor="staff:1", at=BEFORE
        ).person_id
        for nick, name, phone, tags in (
            ("小美", "梅小美", "13800000001", ["老客"]),
            ("阿强", "强阿强", "13800000002", ["老客", "团长"]),
            ("路人", "", "13800000003", []),
        )
    ]
    for group, person in zip(groups, people, strict=False):
        join_by_hand(person_id=person, place_id=group.pk, actor="staff:1", at=BEFORE)
    return House(tea.pk, run.pk, groups[0].pk, groups[1].pk, *people)


def state() -> tuple[object, ...]:
    """All that a request could change: rows of people, facts, imports and the trail."""
    tables = (
        "person", "identity", "person_tag", "tag", "person_note", "person_alias", "merge", "merge_suggestion", "membership",
        "import_batch", "entry", "team_audit_line",
    )  # fmt: skip
    with connection.cursor() as cursor:
        found: list[object] = []
        for table in tables:
            cursor.execute(f"select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {table} t")
            found.append((table, cursor.fetchone()[0]))
    return tuple(found)


def refusal(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal; a Problem and nothing else."""
    told = answer.json()
    assert set(told) == {"code", "message", "faults"}
    assert told["message"]
    return answer.status_code, told["code"]


def wrong_at(answer: Any) -> list[str]:
    """Where the faults of an answer with 422 lie."""
    assert refusal(answer) == (422, "not_valid")
    return [one["where"] for one in answer.json()["faults"]]


def turn(ask: Any, rows: str, **query: Any) -> list[Any]:
    """All rows of a list, page by page."""
    found: list[Any] = []
    after = ""
    while True:
        told = ask(after=after, **query).json()
        found += told[rows]
        if told["next"] is None:
            return found
        after = told["next"]

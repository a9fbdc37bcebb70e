"""What is asked of a house in a process of its own: `python -m tests.slow.inside FUNCTION JSON`, the last line answers."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection

from tongpin.base.clock import now
from tongpin.base.secrets import KeyFileError
from tongpin.core.intake import hooks, jobs
from tongpin.core.ledger.projections import fold_once
from tongpin.core.ledger.projections import rebuild as build_again
from tongpin.core.ledger.sequencer import sequence_once
from tongpin.core.people import erasure, labels, meeting, merging, roots
from tongpin.core.people.consents import give_consent
from tongpin.core.people.projecting import PROJECTIONS
from tongpin.core.people.signs import sign
from tongpin.core.team.actions import make_first_owner, make_owner_link
from tongpin.core.team.credentials import make_api_token, make_write_key
from tongpin.core.team.keys import keyring
from tongpin.core.team.models import Staff
from tongpin.core.team.rules import RIGHTS, SYSTEM, Actor

PASSWORD = "绘本 小铺 每晚 读一页"


def furnish() -> dict[str, Any]:
    """An owner, a server and a browser key, a token with every right, an unmapped webhook."""
    at = now()
    if not Staff.objects.exists():
        secret = make_owner_link(now=at)
        make_first_owner(
            secret=secret, login="liqing", display_name="李晴", password=PASSWORD, language="zh-hans", place="", now=at
        )
    owner = Staff.objects.get(login="liqing").pk
    actor = Actor("staff", owner, "")
    token = make_api_token(
        actor=actor, staff_id=owner, name="程序", rights=[right for right in RIGHTS if right != "api.use"], now=at
    )
    hook = hooks.open_hook(name="报名表", event="报名", actor=actor, at=at)
    return {
        "owner": owner,
        "server": make_write_key(actor=SYSTEM, kind="server", name="后台", now=at).secret,
        "browser": make_write_key(
            actor=SYSTEM, kind="browser", name="网站", origins=["https://shop.example.com"], now=at
        ).secret,
        "token": token.secret,
        "hook": hook.secret,
        "hook_id": hook.id,
    }


def map_hook(hook_id: int, owner: int, mapping: dict[str, str]) -> None:
    hooks.map_hook(hook_id=hook_id, mapping=mapping, actor=Actor("staff", owner, ""), at=now())


def table(name: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"select row_to_json(t)::text from {name} t order by 1")
        return [row[0] for row in cursor.fetchall()]


def rebuild() -> dict[str, Any]:
    """Every table of every projection, live and rebuilt; where they differ, the first rows that do."""
    told: dict[str, Any] = {}
    for projection in PROJECTIONS:
        live = {name: table(name) for name in projection.tables}
        build_again(projection)
        for name in projection.tables:
            again = table(name)
            lost, more = set(live[name]) - set(again), set(again) - set(live[name])
            wrong = [sorted(lost)[:3], sorted(more)[:3]] if live[name] != again else []
            told[name] = {"rows": len(again), "wrong": wrong}
    return told


def fold() -> None:
    """The readers' work, done here and now."""
    connection.ensure_connection()
    while sequence_once(connection.connection):
        pass
    for projection in PROJECTIONS:
        while fold_once(projection):
            pass


def tend() -> int:
    """What the worker does each minute, a minute later: an import whose runner is gone is put in line again."""
    return jobs.tend(at=now() + jobs.STALE + timedelta(seconds=1)).resumed


def plant(
    nickname: str, name: str, phone: str, mail: str, address: str, note: str, custom: str, evidence: str, matrix: str
) -> int:
    """Somebody added by hand with all that can be said of a person."""
    at = now()
    signs = [sign("phone", phone), sign("mail", mail), sign("matrix", matrix)]
    signs.append(sign("custom", custom, namespace="shop:1"))
    person = meeting.add_by_hand(
        nickname=nickname, name=name, signs=signs, tags=["育儿达人"], owner=None, note=note, staff=1, staff_name="李晴",
        actor="staff:1", at=at,
    ).person_id  # fmt: skip
    labels.note_life_fact(person_id=person, kind="address", value=address, actor="staff:1", at=at)
    give_consent(
        person_id=person, purpose="service", channel="phone", basis="asked", evidence=evidence, actor="staff:1", at=at
    )
    return person


def merge(kept: int, gone: int) -> None:
    if roots.root_of(person_id=kept) != roots.root_of(person_id=gone):
        merging.merge(kept=kept, gone=gone, reasons=["by_hand"], actor="staff:1", at=now())


def opened() -> list[tuple[str, str]]:
    """Every sealed value in the database that this house's keys open: its column, and the text."""
    found: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.table_name, c.column_name from information_schema.columns c join pg_class t on t.relname = c.table_name"
            " where c.table_schema = 'public' and c.data_type = 'bytea' and not t.relispartition and t.relkind in ('r', 'p')"
        )
        for table_name, column in cursor.fetchall():
            if column in PLAIN or any(part in column for part in ("digest", "index", "hash")):
                continue
            cursor.execute(f'select "{column}" from "{table_name}" where "{column}" is not null')
            for (value,) in cursor.fetchall():
                text = _opened(bytes(value))
                found.append((f"{table_name}.{column}", text))
    return found


PLAIN = ("sha256", "key", "told", "content")
"""Columns of bytes that hold digests."""

CONTEXTS = ("identity", "person.name", "person_trait", "life_fact", "import_row", "track_problem", "track_recent",
            "hook.sample", "hook.post", "pull_source.token", "team_staff.totp_secret", "till", "channel.config", "channel.state",
            "sign_in_link.mail", "letter.address", "shop_order.recipient_sealed", "")  # fmt: skip


def _opened(value: bytes) -> str:
    for context in CONTEXTS:
        try:
            return keyring().decrypt(value, context=context)
        except KeyFileError:
            continue
    return f"sealed for something unknown: {len(value)} bytes"


def erase(person_id: int, with_words: bool) -> int:
    return erasure.erase(person_id=person_id, with_words=with_words, actor="staff:1", at=now())


def main_of(functions: dict[str, Any]) -> None:
    """Calls the one that is named on the command line and prints what it returned."""
    told = functions[sys.argv[1]](**json.loads(sys.argv[2]))
    print(json.dumps(told, ensure_ascii=False, default=str))


if __name__ == "__main__":
    main_of(globals())

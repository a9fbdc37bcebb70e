"""A busy house: the crowd of `people_crowd`, and around it a village of the tests grown in SQL to what three years leave.

Rows are copies of rows that the product's own actions wrote, with what must differ changed. Sizes for 100,000 people.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

HOME_SHARE = 40
"""Percent of the people who are members of the community in view."""


def next_numbers() -> None:
    """Every sequence goes on after the rows that were written with numbers of their own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'public' and (is_identity = 'YES'"
            " or column_default like 'nextval%%') and pg_get_serial_sequence(quote_ident(table_name), column_name) is not null"
        )
        for table, column in cursor.fetchall():
            cursor.execute(
                f"select setval(pg_get_serial_sequence('{table}', '{column}'), max({column})) from {table} having max({column}) > 0"
            )
        cursor.execute("select setval('entry_seq', max(seq)) from entry having max(seq) > 0")


def copies(table: str, row: int, number: int, /, **changed: str) -> int:
    """So many copies of a row; `changed` says columns in SQL, where `i` counts from 1. Gives the number before the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name from information_schema.columns where table_schema = 'public' and table_name = %s"
            " and is_generated = 'NEVER' and column_name <> 'id'",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall()]
        assert set(changed) <= set(columns), f"{table} has no {set(changed) - set(columns)}"
        cursor.execute(f"select max(id) from {table}")
        last = int(cursor.fetchone()[0])
        names = ", ".join(f'"{name}"' for name in columns)
        values = ", ".join(changed.get(name, f'r."{name}"') for name in columns).replace("%", "%%")
        cursor.execute(
            f"insert into {table} (id, {names}) select {last} + i, {values} from {table} r"
            f" cross join generate_series(1, %s) i where r.id = %s",
            [number, row],
        )
        # The next rows that point here look for these by a plan that was made when there were ten of them.
        cursor.execute(f"analyze {table}")
    return last


def ago(days: int) -> str:
    """A moment within so many days, another for each copy."""
    return f"now() - (abs(hashint8(i * 7)) % {days * 1440}) * interval '1 minute'"


def key(word: str) -> str:
    """Sixteen bytes, others for each copy."""
    return f"decode(md5('{word}' || i), 'hex')"


def make(village: Any, size: int) -> None:
    """Grows the village to a house of `size` people."""
    person = f"1 + abs(hashint8(i * 11)) % {size}"
    _members(village, size)
    _bought(village, person, size)
    _given(village, person, size)
    _brought(village, person, size)
    next_numbers()
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")


def _first(table: str, where: str = "true", order: str = "id desc") -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select id from {table} where {where} order by {order} limit 1")
        return int(cursor.fetchone()[0])


def _members(village: Any, size: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into membership (person_id, place_id, called, role, first_seen_at, occurrence) select id, %s, '', '', now(), 1"
            " from generate_series(1, %s) id where id %% 100 < %s on conflict do nothing",
            [village.room, size, HOME_SHARE],
        )
        cursor.execute(
            "select id from application where state = 'waiting' and community_id = %s limit 1", [village.home]
        )
        waiting = cursor.fetchone()[0]
    answer = _first("application_answer", f"application_id = {waiting}")
    last = copies("application", waiting, 150, person_id=f"{size // 2} + i", applied_at=ago(3))
    copies("application_answer", answer, 150, application_id=f"{last} + i", position="1")
    accepted = _first("application", f"state = 'accepted' and community_id = {village.home}")
    last = copies(
        "application", accepted, size * HOME_SHARE // 100, person_id="i", applied_at=ago(900), decided_at=ago(900)
    )
    copies("code_opening", _opening(village), size, person_id=f"1 + i % {size}", opened_at=ago(900))


def _opening(village: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into code_opening (tracked_code_id, person_id, opened_at) values (%s, null, now()) returning id",
            [village.link.code_id],
        )
        return int(cursor.fetchone()[0])


def _bought(village: Any, person: str, size: int) -> None:
    orders, line = size * 6 // 10, _first("order_line", f"order_id = {village.ordered}")
    states = (
        "(array['received', 'received', 'received', 'received', 'shipped', 'paid', 'cancelled', 'refunded'])[1 + i % 8]"
    )
    changed = {"number": "'T26' || i", "key": "'c' || i", "placed_at": ago(900), "paid_at": ago(900)}
    first = copies("shop_order", village.ordered, orders, person_id=person, state=states, **changed)
    copies("order_line", line, orders, order_id=f"{first} + i")
    payment = _first("payment", "status = 'paid'", "id")
    copies("payment", payment, orders, number="'p' || i", about=f"{first} + i")
    mine = {**changed, "number": "'TM' || i", "key": "'m' || i"}
    last = copies("shop_order", village.ordered, 60, **mine)
    copies("order_line", line, 60, order_id=f"{last} + i")
    copies("offer", village.offers[0], 120, key="'o' || i", title="'第 ' || i || ' 件'")
    groups = size * 3 // 100
    state = "(array['filled', 'filled', 'failed', 'running'])[1 + i % 4]"
    group = copies("group_buy", village.group, groups, key="'q' || i", state=state, ends=ago(900), seats="3", taken="2")
    seat = _first("group_buy_seat", f"group_id = {village.group} and state = 'taken'")
    for turn in (0, 1):
        sits = {"order_id": f"{first} + {turn * groups} + i", "person_id": f"1 + (i * 2 + {turn}) % {size}"}
        copies("group_buy_seat", seat, groups, group_id=f"{group} + i", **sits)


def _given(village: Any, person: str, size: int) -> None:
    copies("room_post", _first("room_post"), 20_000, key=key("post"), number="1000 + i", at=ago(900))
    copies("inbox_letter", _first("inbox_letter"), 300, key=key("mine"), at=ago(900))
    copies("inbox_letter", _first("inbox_letter"), size, key=key("letter"), person_id=person, at=ago(900))
    talks = copies("talk", village.over, 200, live_code="'t' || i", stage_key_hash="null", starts_at=ago(900))
    segment = _first("talk_segment", f"talk_id = {village.over} and redacted_at is null")
    there = {"talk_id": f"{talks} + 1 + i % 200"}
    copies("talk_segment", segment, 8000, number="1 + i / 200", client_key="'k' || i", **there)
    said = copies("talk_segment", village.segment, 60, number="1000 + i", client_key="'l' || i")
    line = _first("talk_line", f"talk_id = {village.live} and ref = {village.segment}")
    copies("talk_line", line, 60, number="1000 + i", ref=f"{said} + i")
    with connection.cursor() as cursor:
        cursor.execute("update talk set last_line = 1060 where id = %s", [village.live])
    asked = _first("question", f"talk_id = {village.live}")
    copies("question", asked, 40, person_id="100 + i", asked_at=ago(1), words="'第 ' || i || ' 问'")
    copies("question", _first("question", f"talk_id = {village.over}"), 4000, person_id=f"1 + i % {size}", **there)
    message = _first("message", "person_id is not null")
    copies("message", message, size * 3, key="'w' || i", person_id=person, said_at=ago(900))
    span = {one: f"r.{one} - i * interval '1 day'" for one in ("first_at", "last_at")}
    copies("digest", village.digest, 100, code="'d' || i", **span)


def _brought(village: Any, person: str, size: int) -> None:
    bond = _first("referral", f"inviter_person = {village.mei}")
    copies("referral", bond, 40, newcomer_person=f"{size} - i", bound_at=ago(900))
    copies(
        "referral",
        bond,
        size * 15 // 100,
        newcomer_person="i",
        inviter_person=f"{size // 3} + i % {size // 10}",
        bound_at=ago(900),
    )
    earned = _first("commission", f"introducer_person = {village.mei} and taken_fen = 0")
    changed = {"accrued_at": ago(900), "held_until": ago(900)}
    copies("commission", earned, 60, order="'mine' || i", **changed)
    copies(
        "commission",
        earned,
        size * 12 // 100,
        order="'sold' || i",
        introducer_person=person,
        buyer_person="i",
        **changed,
    )
    code = copies("tracked_code", village.link.code_id, size // 10, code="'l' || i")
    link = _first("referral_link", f"person_id = {village.mei}")
    copies("referral_link", link, size // 10, person_id=f"{size // 3} + i", code_id=f"{code} + i")

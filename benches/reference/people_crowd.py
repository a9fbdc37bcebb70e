"""A made-up crowd, written straight in SQL: people, signs, tags, places, orders, activity, merges, ledger entries."""

from __future__ import annotations

import psycopg
from django.db import connection

from tongpin.core.people.resolving import sign_digest
from tongpin.core.people.signs import Sign
from tongpin.core.team.keys import keyring

TAGS = {1: "0.01 %", 2: "0.5 %", 3: "3 %", 4: "30 %"}
_SHARE = {1: 10_000, 2: 200, 3: 33, 4: 3}
PLACES = {1: "0.02 %", 2: "5 %", 3: "40 %"}
_PLACE_SHARE = {1: 5000, 2: 20, 3: 2.5}
BUSY = 5000
PHONES = 60_000
"""Of so many people the phones can be found; the others' digests are made up."""

_FAMILY = "陈林李王张刘黄吴何苏叶邱赵钱孙周"
_GIVEN = "小美若溪安念舟云朵禾强明芳丽娜静雪晨阳夏秋冬春花朵朵"
_END = ("", "", "", "妈", "妈妈", "爸", "老师", "～", "的家", "阿姨")


def phone(person: int) -> str:
    """The phone of one in three of the first PHONES people."""
    return f"138{person:08d}"


def real_name(number: int) -> str:
    return f"{_FAMILY[number % len(_FAMILY)]}真名{number}"


def order_number(person: int) -> str:
    return f"B{person}-0"


def big_person() -> int:
    return 7


def _without_indexes() -> list[str]:
    """Drops what is not a constraint's own index; returns how to make it again."""
    tables = (
        "person", "identity", "person_tag", "person_activity", "person_spending", "purchase", "membership", "person_trait",
        "consent", "person_note",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "select i.indexname, i.indexdef from pg_indexes i where i.tablename = any(%s) and not exists"
            " (select from pg_constraint k where k.conname = i.indexname)",
            [list(tables)],
        )
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(f'drop index "{name}"')
    return [definition for _, definition in found]


def make(size: int) -> None:
    """Empties the tables and makes `size` people. Same numbers, same people."""
    with connection.cursor() as cursor:
        cursor.execute(
            "truncate person, identity, tag, person_tag, place, community, membership, purchase, person_spending,"
            " person_activity, merge, person_alias, entry, entry_person, person_note, consent restart identity cascade"
        )
    again = _without_indexes()
    with connection.cursor() as cursor:
        _people(cursor, size)
        _around(cursor, size)
        for definition in again:
            cursor.execute(definition)
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")


def written_out(dsn: str) -> None:
    """Waits until what was made is on the disk: else that is what the first questions wait for."""
    with psycopg.connect(dsn, autocommit=True) as super_user:
        super_user.execute("checkpoint")


def _people(cursor: object, size: int) -> None:
    execute = cursor.execute  # type: ignore[attr-defined]
    execute(
        """
        insert into person (id, nickname, grams, sort_key, name_masked, identified, internal, via, owner, created_at)
        select id, n, coalesce((select array_agg(distinct g) from (
                   select substr(n, i, 1) g from generate_series(1, length(n)) i
                   union select substr(n, i, 2) from generate_series(1, length(n) - 1) i) x), '{}'),
               n, '', id %% 10 < 7, false, case id %% 4 when 0 then 'import:' || (1 + id %% 30) when 1 then 'tracking' when 2 then 'chat'
               else 'hand' end, case when id %% 5 < 2 then 1 + id %% 20 end, now() - interval '3 years' + id * interval '1 second'
        from (select id, case when id %% 10 = 9 then '' else
                  substr(%s, 1 + (h1 %% %s), 1) || substr(%s, 1 + (h2 %% %s), 1 + (h3 %% 2)) || (%s::text[])[1 + h4 %% %s] end as n
              from (select id, abs(hashint8(id)) h1, abs(hashint8(id * 31)) h2, abs(hashint8(id * 37)) h3,
                           abs(hashint8(id * 41)) h4 from generate_series(1, %s) id) h) named
        """,
        [_FAMILY, len(_FAMILY), _GIVEN, len(_GIVEN) - 2, list(_END), len(_END), size],
    )
    execute("select setval('person_id_seq', %s)", [size])
    execute(
        "update person p set name_index = t.x, name_masked = '某**'"
        " from unnest(%s::bigint[], %s::bytea[]) as t(id, x) where p.id = t.id",
        [[n * 3 + 1 for n in range(100)], [keyring().blind("name", real_name(n)) for n in range(100)]],
    )
    execute(
        "insert into identity (person_id, kind, namespace, digest, sealed, shown, strength, via, linked_at)"
        " select id, kind, ns, decode(md5(kind || id), 'hex'), case kind when 'phone' then decode(md5(id::text), 'hex') end,"
        " case kind when 'phone' then '138****' || lpad((id %% 10000)::text, 4, '0') else kind || id end,"
        " case kind when 'device' then 1 else 2 end, 'import:1', now()"
        " from generate_series(1, %s) id cross join (values ('phone', '', 3), ('shop_account', 'shop:1', 2), ('custom', 'key:1', 4),"
        " ('device', 'key:1', 2), ('openid', 'wx1', 5)) as k(kind, ns, share) where id %% share = 0",
        [size],
    )
    known = list(range(3, min(size, PHONES) + 1, 3))
    execute(
        "update identity i set digest = t.d from unnest(%s::bigint[], %s::bytea[]) as t(p, d)"
        " where i.person_id = t.p and i.kind = 'phone'",
        [known, [sign_digest(Sign("phone", "", "+86" + phone(person))) for person in known]],
    )


def _around(cursor: object, size: int) -> None:
    execute = cursor.execute  # type: ignore[attr-defined]
    execute("insert into tag (id, name, made_at) select t, 'tag ' || t, now() from generate_series(1, 40) t")
    for tag, share in _SHARE.items():
        execute(
            "insert into person_tag (person_id, tag_id, by, put_at, occurrence) select id, %s, 'staff:1', now(), 1"
            " from generate_series(1, %s) id where abs(hashint8(id * %s)) %% %s = 0",
            [tag, size, 100 + tag, share],
        )
    execute(
        "insert into person_tag (person_id, tag_id, by, put_at, occurrence) select id, 5 + abs(hashint8(id * 7)) %% 35, 'rule',"
        " now(), 1 from generate_series(1, %s) id where id %% 2 = 0",
        [size],
    )
    execute(
        "insert into community (id, name, founded_at) select c, 'community ' || c, now() from generate_series(1, 10) c"
    )
    execute(
        "insert into place (id, community_id, kind, platform, name, external_id, opened_at)"
        " select p, 1 + mod(p, 10), 'group', 'wechat', 'group ' || p, '', now() from generate_series(1, 200) p"
    )
    execute("update place set community_id = p from (values (1, 1), (2, 2), (3, 3)) x(id, p) where place.id = x.id")
    for place, share in _PLACE_SHARE.items():
        execute(
            "insert into membership (person_id, place_id, called, role, first_seen_at, occurrence)"
            " select id, %s, '', '', now(), 1 from generate_series(1, %s) id where abs(hashint8(id * %s)) %% 10000 < %s",
            [place, size, 200 + place, int(10_000 / share)],
        )
    execute(
        "insert into membership (person_id, place_id, called, role, first_seen_at, occurrence)"
        " select id, 4 + abs(hashint8(id * 3)) %% 196, '', '', now(), 1 from generate_series(1, %s) id where id %% 3 = 0",
        [size],
    )
    execute(
        "insert into purchase (place_id, order_number, person_id, placed_at, paid_at, items, items_fen, returned_fen, paid_fen,"
        " told_fen, refunds, refunded_fen, currency, claimed, facts) select 1, 'B' || id || '-' || n, id, t, t, 1, 8900, 0, f, f, 0,"
        " 0, 'CNY', false, 3 from (select id, n, now() - (abs(hashint8(id * 5 + n)) %% 900) * interval '1 day' t,"
        " 1000 + abs(hashint8(id * 9 + n)) %% 100000 f"
        " from generate_series(1, %s) id cross join generate_series(0, 4) n where id %% 3 = 0 and n <= id %% 5) x",
        [size],
    )
    execute(
        "insert into person_spending (person_id, orders, net_fen, currency, last_at) select person_id, count(*), sum(paid_fen),"
        " 'CNY', max(paid_at) from purchase group by person_id"
    )
    execute(
        "insert into person_activity (person_id, first_at, last_day, acted, gather, give, sell, share, other)"
        " select id, now() - interval '3 years', current_date - (power(random_of, 3) * 1000)::int, true, 2, 5, 1, 0, 1"
        " from (select id, (abs(hashint8(id * 13)) %% 100000) / 100000.0 random_of from generate_series(1, %s) id) x"
        " where id %% 50 <> 0",
        [size],
    )
    execute(
        "insert into merge (id, kept, gone, reasons, by, merged_at, undone_by) select id, id + 1, id, '[]', 'staff:1', now(), ''"
        " from generate_series(1, %s) id where id %% 100 = 98",
        [size - 2],
    )
    execute(
        'insert into person_alias (person_id, "into", root, merge_id) select gone, kept, kept, id from merge;'
        " update person_activity a set last_day = '2020-01-01' from person_alias l where l.person_id = a.person_id;"
        " delete from person_spending s using person_alias l where l.person_id = s.person_id;"
        " delete from person_tag t using person_alias l where l.person_id = t.person_id;"
        " update person p set nickname = '', grams = '{}', sort_key = '' from person_alias l where l.person_id = p.id"
    )
    execute(
        "insert into person_note (person_id, words, by_name, written_at) select id, 'note', '', now()"
        " from generate_series(1, %s) id where id %% 10 = 0",
        [size],
    )
    execute(
        "insert into consent (person_id, purpose, channel, basis, evidence, given_at) select id, 'service', 'any',"
        " 'import_contract', '', now() from generate_series(1, %s) id where id %% 2 = 0",
        [size],
    )
    execute(
        "insert into entry (seq, kind, at, recorded_at, person_id, origin, depth, version, quiet, body)"
        " select row_number() over (), case n %% 3 when 0 then 'event.tracked' when 1 then 'order.placed' else 'page.viewed' end,"
        " now() - (abs(hashint8(id * 7 + n)) %% 1000000) * interval '1 minute', now(), id, 1, 0, 1, true, '{}'"
        " from generate_series(1, %s) id cross join generate_series(1, 3) n",
        [min(size, 1_000_000)],
    )
    execute(
        "insert into entry (seq, kind, at, recorded_at, person_id, origin, depth, version, quiet, body)"
        " select 4000000 + n, case n %% 50 when 0 then 'order.placed' else 'event.tracked' end, now() - n * interval '1 hour', now(),"
        " %s, 1, 0, 1, true, '{}' from generate_series(1, %s) n",
        [big_person(), BUSY],
    )

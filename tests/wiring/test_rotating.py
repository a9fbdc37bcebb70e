"""A new key for personal data: everything sealed is sealed anew, and nothing needs to stop for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from tongpin.base.secrets import KeyFileError, Keyring, load, new_keyring, save
from tongpin.core.team import keys
from tongpin.core.team.keys import forget_keyring, keyring
from tongpin.wiring import rotating
from tongpin.wiring.rotating import SEALED, rotate

pytestmark = pytest.mark.django_db

NOT_SEALED = {
    ("talk", "stage_key_hash"),
    ("question", "once"),
    ("entry_key", "digest"),
    ("hook", "token_digest"),
    ("identity", "digest"),
    ("import_batch", "sha256"),
    ("life_fact", "digest"),
    ("likeness_key", "digest"),
    ("member_session", "digest"),
    ("posting", "key"),
    ("cost", "key"),
    ("income", "key"),
    ("refund", "key"),
    ("letter", "key"),
    ("letter", "told"),
    ("command", "key"),
    ("command", "told"),
    ("errand", "key"),
    ("room_post", "key"),
    ("inbox_letter", "key"),
    ("sign_in_link", "digest"),
    ("poster", "content"),
    ("person", "name_index"),
    ("person_trait", "digest"),
}


@pytest.fixture(autouse=True)
def _own_keys(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.KEY_FILE = tmp_path / "personal.keys"
    save(settings.KEY_FILE, new_keyring())
    monkeypatch.setattr(rotating, "LOOKED_AT_EVERY", 0.0)
    monkeypatch.setattr(keys, "LOOKED_AT_EVERY", 0.0)
    forget_keyring()
    yield
    forget_keyring()


def sealed_people(count: int, noon: datetime) -> None:
    """People with a sealed name and a sealed phone each."""
    ring = keyring()
    with connection.cursor() as cursor:
        for n in range(count):
            cursor.execute(
                "insert into person (nickname, grams, sort_key, name_sealed, name_masked, identified, internal, via, created_at)"
                " values ('', '{}', '', %s, '', true, false, 'test', %s) returning id",
                [ring.encrypt(f"林小美{n}", context="person.name"), noon],
            )
            cursor.execute(
                "insert into identity (person_id, kind, namespace, digest, sealed, shown, strength, via, linked_at)"
                " values (%s, 'phone', '', %s, %s, '', 2, 'test', %s)",
                [
                    cursor.fetchone()[0],
                    bytes([n // 256, n % 256]),
                    ring.encrypt(f"138{n:08}", context="identity"),
                    noon,
                ],
            )


def opened(ring: Keyring) -> dict[str, list[str]]:
    found = {}
    for (table, column), context in SEALED.items():
        with connection.cursor() as cursor:
            cursor.execute(f"select {column} from {table} where {column} is not null")
            found[table] = sorted(ring.decrypt(value, context=context) for (value,) in cursor.fetchall())
    return {table: values for table, values in found.items() if values}


def numbers_of_keys() -> set[int]:
    used: set[int] = set()
    for table, column in SEALED:
        with connection.cursor() as cursor:
            cursor.execute(f"select distinct get_byte({column}, 0) from {table} where {column} is not null")
            used.update(number for (number,) in cursor.fetchall())
    return used


def test_every_value_is_sealed_with_the_new_key_and_says_the_same(
    noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotating, "AT_ONCE", 7)
    sealed_people(20, noon)
    before, old = opened(keyring()), keyring()
    counts: dict[str, int] = {}
    assert rotate(told=lambda column, count: counts.update({column: max(count, counts.get(column, 0))})) == 40
    assert {column: count for column, count in counts.items() if count} == {
        "person.name_sealed": 20,
        "identity.sealed": 20,
    }
    assert numbers_of_keys() == {2}
    assert opened(keyring()) == before
    assert opened(old) == before, "a process that holds the ring of before opens what is sealed anew"
    assert keyring().blind("phone", "1") == old.blind("phone", "1")


def test_what_runs_writes_with_the_new_key_without_a_restart() -> None:
    assert keyring().encrypt("a")[0] == 1
    rotate()
    assert keyring().encrypt("a")[0] == 2


def test_a_rotation_that_was_cut_off_goes_on_with_the_same_key(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed_people(3, noon)
    seal = rotating._seal_anew

    def cut_off(table: str, *more: object) -> int:
        if table == "person":
            raise ConnectionError
        return seal(table, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(rotating, "_seal_anew", cut_off)
    with pytest.raises(ConnectionError):
        rotate()
    assert numbers_of_keys() == {1, 2}
    monkeypatch.setattr(rotating, "_seal_anew", seal)
    assert rotate() == 3
    assert (numbers_of_keys(), keyring().current) == ({2}, 2)


def test_a_value_no_key_opens_stops_it_and_stays_as_it_is(noon: datetime, settings: Settings) -> None:
    sealed_people(2, noon)
    with connection.cursor() as cursor:
        cursor.execute("update person set name_sealed = set_byte(name_sealed, 20, get_byte(name_sealed, 20) # 1)")
        cursor.execute("select name_sealed from person")
        before = {bytes(value) for (value,) in cursor.fetchall()}
        with pytest.raises(KeyFileError):
            rotate()
        cursor.execute("select name_sealed from person")
        assert {bytes(value) for (value,) in cursor.fetchall()} == before
    assert set(load(Path(settings.KEY_FILE)).keys) == {1, 2}, "the older key is kept"


def test_a_key_file_without_a_number_left_is_refused() -> None:
    ring = Keyring({255: b"k" * 32}, b"i" * 32, b"e" * 32)
    with pytest.raises(KeyFileError):
        ring.rotated()


def test_the_keys_do_not_show_in_a_log() -> None:
    assert keyring().keys[1].hex() not in repr(keyring())
    assert repr(keyring().keys[1]) not in repr(keyring())


def test_every_column_of_bytes_is_sealed_and_rotated_or_only_a_digest() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.table_name, c.column_name from information_schema.columns c join pg_class t on t.relname = c.table_name"
            " join pg_namespace n on n.oid = t.relnamespace and n.nspname = c.table_schema"
            " where c.table_schema = 'public' and not t.relispartition and t.relkind in ('r', 'p') and c.data_type = 'bytea'"
            " and c.table_name !~ '^(team_|django_|axes_|procrastinate)'"
        )
        found = set(cursor.fetchall())
    assert found == {pair for pair in SEALED if not pair[0].startswith("team_")} | NOT_SEALED

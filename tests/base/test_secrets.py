"""Personal data at rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.base.secrets import KeyFileError, load, load_or_create, new_keyring, save

RING = new_keyring()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_what_is_sealed_opens_again_and_does_not_show(value: str) -> None:
    sealed = RING.encrypt(value, context="person.name")
    assert RING.decrypt(sealed, context="person.name") == value
    if len(value) > 3:
        assert value.encode() not in sealed


def test_a_value_moved_to_another_column_does_not_open() -> None:
    sealed = RING.encrypt("13812342716", context="identity")
    with pytest.raises(KeyFileError):
        RING.decrypt(sealed, context="person.name")


def test_a_changed_byte_is_noticed() -> None:
    sealed = bytearray(RING.encrypt("林小美"))
    sealed[-1] ^= 1
    with pytest.raises(KeyFileError):
        RING.decrypt(bytes(sealed))


def test_rotation_reads_the_old_and_writes_with_the_new_key() -> None:
    old = RING.encrypt("林小美")
    rotated = RING.rotated()
    assert rotated.decrypt(old) == "林小美"
    assert (old[0], rotated.current) == (1, 2)
    fresh = rotated.encrypt("林小美")
    assert fresh[0] == 2
    with pytest.raises(KeyFileError):
        RING.decrypt(fresh)
    assert rotated.blind("phone", "1") == RING.blind("phone", "1")


def test_blind_indexes_of_two_kinds_cannot_be_compared() -> None:
    assert RING.blind("phone", "138") != RING.blind("mail", "138")
    assert RING.blind("phone", "138") == RING.blind("phone", "138")


def test_the_key_file_is_private_and_survives(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "personal.keys"
    ring = load_or_create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load(path).decrypt(ring.encrypt("a")) == "a"
    save(path, ring.rotated())
    assert load(path).decrypt(ring.encrypt("b")) == "b"


def test_a_missing_or_broken_key_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="put back the copy"):
        load(tmp_path / "none")
    (tmp_path / "broken").write_text("{}")
    with pytest.raises(KeyFileError, match="cannot be read"):
        load(tmp_path / "broken")

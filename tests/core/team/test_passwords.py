"""Passwords are kept as Argon2id."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from pytest_django import Settings

from tongpin.core.team.passwords import Argon2idHasher

HASHER = "tongpin.core.team.passwords.Argon2idHasher"


@pytest.fixture(autouse=True)
def _real_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [HASHER, "django.contrib.auth.hashers.PBKDF2PasswordHasher"]


def test_a_password_is_found_right_and_another_wrong() -> None:
    stored = make_password("三只绿茶壶 teapots")
    assert stored.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert len(stored) <= 128
    assert check_password("三只绿茶壶 teapots", stored)
    assert not check_password("三只绿茶壶 teapot", stored)
    assert make_password("三只绿茶壶 teapots") != stored


def test_a_password_kept_the_old_way_is_kept_anew_when_it_is_used() -> None:
    old = make_password("three green teapots", hasher="pbkdf2_sha256")
    kept: list[str] = []
    assert check_password("three green teapots", old, setter=lambda raw: kept.append(make_password(raw)))
    assert [identify_hasher(stored).algorithm for stored in kept] == ["argon2"]


def test_only_other_costs_ask_for_an_update() -> None:
    hasher = Argon2idHasher()
    stored = make_password("three green teapots")
    assert not hasher.must_update(stored)
    assert hasher.must_update(stored.replace("t=2", "t=1"))
    assert hasher.safe_summary(stored) == {"algorithm": "argon2", "variety": "argon2id", "memory": 19456}

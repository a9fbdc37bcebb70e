"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
"""Noon in Shanghai on the day these tests were begun."""


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets; tests that need one skip where it is absent."""
    folder = Path(os.environ.get("TONGPIN_DATA", ""))
    if not os.environ.get("TONGPIN_DATA") or not folder.is_dir():
        pytest.skip("the real data sets are not here: set TONGPIN_DATA to their folder")
    return folder


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> None:
    """Argon2 costs what it should; tests sign in hundreds of times."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture(autouse=True)
def _house_language() -> Iterator[None]:
    """Every test begins in the house's language, whatever the one before it chose."""
    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _own_lists(tmp_path: Path) -> Iterator[None]:
    """Nobody is erased at the start of a test, and no process memory of another test's people remains."""
    from tongpin.core.people.resolving import memory

    before = settings.ERASED_LIST
    settings.ERASED_LIST = tmp_path / "erased.list"
    memory.forget()
    memory.epoch = -1
    yield
    settings.ERASED_LIST = before


RAW_TABLES = "entry, entry_key, entry_person, entry_withdrawn, fresh, feed, reader"
"""Tables that Django's own flush does not know."""


@pytest.fixture(autouse=True)
def _empty_ledger(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that commits leaves an empty ledger, as Django leaves empty tables."""
    marker = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in request.fixturenames or bool(marker and marker.kwargs.get("transaction"))
    if commits:
        request.getfixturevalue("transactional_db")
    yield
    if commits:
        with connection.cursor() as cursor:
            cursor.execute(f"truncate {RAW_TABLES}")

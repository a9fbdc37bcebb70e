"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings as settings_of_properties
from pytest_django.plugin import DjangoDbBlocker

from tests.database import RAW_TABLES, empty_all, migrated
from tests.examples import examples

settings_of_properties.register_profile("ours", max_examples=examples(100))
settings_of_properties.load_profile("ours")

TESTS = Path(__file__).parent
TOGETHER = ("homeserver", "near")
"""Costly things that one worker makes once: tests that ask for one of them run on the same worker."""

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
"""Noon in Shanghai on the day these tests were begun."""


WHOLE = ("stories", "upgrade")
"""Folders of tests that start the whole product; so does whatever talks to a real homeserver."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        asked = getattr(item, "fixturenames", ())
        for name in TOGETHER:
            if name in asked:
                item.add_marker(pytest.mark.xdist_group(name))
        folder = item.path.relative_to(TESTS).parts[0]
        if folder == "shape":
            # Each of these reads every module; together they read them once.
            item.add_marker(pytest.mark.xdist_group("shape"))
        if "homeserver" in asked or folder in WHOLE:
            item.add_marker(pytest.mark.whole)


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


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """The test database is a copy of one that was migrated once for all workers."""
    with django_db_blocker.unblock():
        if template := migrated():
            connection.settings_dict["TEST"]["TEMPLATE"] = template


@pytest.fixture(autouse=True, scope="session")
def _emptied_quickly() -> Iterator[None]:
    """After a test that commits; a test that names `available_apps` is emptied by Django."""
    flush = TransactionTestCase._fixture_teardown

    def emptied(case: TransactionTestCase) -> None:
        if case.available_apps is None:
            empty_all()
        else:
            flush(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptied)
        yield


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
            cursor.execute(
                "select exists (select from entry) or exists (select from fresh) or exists (select from reader)"
            )
            if cursor.fetchone()[0]:
                cursor.execute(f"truncate {RAW_TABLES}")

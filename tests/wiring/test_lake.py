"""The lake obeys an erasure, and idle processes do without its libraries."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from tongpin.base.clock import now
from tongpin.core.ledger.lake_files import MANIFEST
from tongpin.core.people.erasure import erase
from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.signs import sign
from tongpin.wiring import lake


def asked_for() -> list[tuple[int, str]]:
    """(number, arguments) of every such job there ever was."""
    with connection.cursor() as cursor:
        cursor.execute("select id, args::text from procrastinate_jobs where task_name like '%%forget_in_lake'")
        return list(cursor.fetchall())


def test_the_name_of_the_manifest_is_the_same_in_both_places() -> None:
    assert lake.MANIFEST == MANIFEST


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_there", [True, False])
def test_erasing_somebody_asks_for_the_lake_to_be_written_anew_where_there_is_one(
    is_there: bool, settings: Settings, tmp_path: Path
) -> None:
    settings.LAKE = tmp_path / "lake"
    if is_there:
        settings.LAKE.mkdir()
        (settings.LAKE / MANIFEST).write_text("{}")
    before = {number for number, _ in asked_for()}
    person = add_by_hand(nickname="小美", signs=[sign("phone", "13812345678")], actor="staff:1", at=now()).person_id
    erase(person_id=person, with_words=False, actor="staff:1", at=now())
    told = [json.loads(text) for number, text in asked_for() if number not in before]
    assert told == ([{"person_ids": [person]}] if is_there else [])


def test_a_process_that_only_waits_loads_neither_arrow_nor_duckdb() -> None:
    code = (
        "import os, sys; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'tongpin.wiring.settings')\n"
        "os.environ['DATABASE_URL'] = 'postgresql://nobody@127.0.0.1:1/none'\n"
        "import django; django.setup()\n"
        "import tongpin.wiring.tasks, tongpin.wiring.urls\n"
        "print([name for name in ('pyarrow', 'duckdb', 'ibis', 'pandas', 'PIL', 'numpy') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "[]", run.stderr

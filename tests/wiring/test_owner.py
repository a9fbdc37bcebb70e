"""What a second terminal prints is where the house is reached, not what its own environment says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.core.team.cast import hire
from tongpin.core.team.models import Pass
from tongpin.core.team.rules import Held
from tongpin.wiring import checking
from tongpin.wiring.home import home
from tongpin.wiring.lock import Lock
from tongpin.wiring.owner import greet, print_link, public_address


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("TONGPIN_HOME", str(tmp_path / "house"))
    home().make()
    return home().run / "up.lock"


@pytest.fixture
def up(house: Path) -> Iterator[str]:
    address = "https://shop.example.com"
    lock = Lock(house, note=json.dumps({"pid": 4711, "address": address}))
    yield address
    lock.release()


@pytest.mark.django_db
def test_the_owners_link_leads_to_the_house_that_runs(up: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert print_link() == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"  {up}/")


@pytest.mark.django_db
def test_a_start_prints_a_link_until_somebody_owns_the_house(up: str, capsys: pytest.CaptureFixture[str]) -> None:
    hire(Held("manager"))
    assert greet() == 0
    assert f"  {up}/owner/" in capsys.readouterr().out
    hire(Held("owner"), login="qing")
    assert greet() == 0
    said = capsys.readouterr().out
    assert (f"{up}/sign-in/" in said, "bin/tongpin owner-link" in said, "/owner/" in said) == (True, True, False)
    assert Pass.objects.count() == 1


@pytest.mark.django_db
def test_check_names_the_address_and_the_hour_of_the_merchant(up: str, settings: Settings) -> None:
    settings.BACKUP_HOUR, settings.ZONE = 3, "Europe/Berlin"
    lines = [what for _, what, _ in checking._inside(True)]
    assert lines[-1] == f"address: {up}"
    assert next(line for line in lines if line.startswith("backup:")).endswith(
        "every night after 03:00 (Europe/Berlin)"
    )


def test_where_nothing_runs_it_is_as_the_settings_say(house: Path, settings: Settings) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:9999"
    assert public_address() == "http://127.0.0.1:9999"


def test_an_up_that_has_not_said_its_address_yet_is_passed_over(house: Path, settings: Settings) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:9999"
    lock = Lock(house, note="")
    assert public_address() == "http://127.0.0.1:9999"
    lock.release()

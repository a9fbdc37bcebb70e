"""A house whose key file is lost does not start with another one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from tongpin.core.people.meeting import add_by_hand
from tongpin.core.people.signs import sign
from tongpin.wiring.migrating import migrate


@pytest.mark.django_db(transaction=True)
def test_without_its_key_file_a_house_with_people_refuses_to_start(
    noon: datetime, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_by_hand(nickname="小美", signs=[sign("phone", "13812345678")], actor="staff:1", at=noon)
    settings.KEY_FILE = tmp_path / "lost.keys"
    assert migrate() == 1
    assert "Put back the copy" in capsys.readouterr().out
    assert not (tmp_path / "lost.keys").exists()

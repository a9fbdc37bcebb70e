"""A shelf of its own for every test of files."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def shelf_folder(tmp_path: Path, settings: Settings) -> Path:
    settings.FILES = tmp_path / "files"
    return tmp_path / "files"

"""Looking for somebody in stored files and remembered samples."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tongpin.core.intake import erasing
from tongpin.core.intake.erasing import file_holds, scrubbed

NEEDLES = ["小美".encode(), b"13812345678"]


@pytest.mark.parametrize("before", range(0, 12))
def test_a_text_is_found_wherever_a_piece_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int) -> None:
    monkeypatch.setattr(erasing, "PIECE", 8)
    path = tmp_path / "file"
    path.write_bytes(b"x" * before + b"13812345678" + b"y" * 20)
    assert file_holds(path, NEEDLES)
    path.write_bytes(b"x" * before + b"1381234567" + b"y" * 20)
    assert not file_holds(path, NEEDLES)


def test_a_packed_file_is_looked_into_and_a_broken_one_counts_as_a_hit(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", "<t>小美</t>" * 50)
        packed.writestr("folder/", "")
    assert file_holds(path, NEEDLES)
    assert not file_holds(path, ["阿强".encode()])
    whole = path.read_bytes()
    path.write_bytes(whole[:40] + b"\x00" * 20 + whole[60:])
    assert file_holds(path, ["阿强".encode()])


def test_what_unpacks_without_end_counts_as_a_hit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "UNPACKED", 1000)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a", b"0" * 5000)
    assert file_holds(path, NEEDLES)


def test_samples_lose_only_the_texts_that_hold_somebody() -> None:
    kept = {"columns": ["昵称", 3, None], "samples": [["小美妈", "x"], {"phone": "13812345678"}]}
    assert scrubbed(kept, ["小美", "13812345678"]) == {
        "columns": ["昵称", 3, None],
        "samples": [["…", "x"], {"phone": "…"}],
    }

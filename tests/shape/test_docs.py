"""The pages for people hold together, and say every setting and command there is."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_every_page_is_as_its_check_wants_it() -> None:
    run = subprocess.run(
        [sys.executable, str(DOCS / "links.py"), "--check"],
        env={"PYTHONPATH": str(DOCS.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr == ""
    assert run.returncode == 0


@pytest.fixture
def links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The check, looking at a small project of our own."""
    spec = importlib.util.spec_from_file_location("links", DOCS / "links.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    docs = tmp_path / "docs"
    (docs / "zh").mkdir(parents=True)
    (docs / "en").mkdir()
    (tmp_path / "tongpin").mkdir()
    for name in ("start.md", "start.zh.md", "operations.md"):
        (docs / name).write_text("# One\n")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "DOCS", docs)
    monkeypatch.setattr(module, "OF_SETTINGS", docs / "operations.md")
    return module


def test_links_are_followed_to_the_heading(links: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "docs" / "en" / "a.md").write_text(
        "# A page\n\n## What's `in` it\n\n## 店主 How\n\n## How\n\n## How\n"
        "[one](b.md) [two](#whats-in-it) [three](../start.md#one) [four](#店主-how) [five](#how-1)\n"
        "[gone](c.md) [no heading](../start.md#two) [out](../../../x.md) [web](https://example.com/x)\n"
        "```\n[in code](d.md)\n```\n`[in code too](e.md)`\n"
    )
    (tmp_path / "docs" / "en" / "b.md").write_text("# B\n")
    assert list(links.broken_links()) == [
        "docs/en/a.md: c.md leads to nothing",
        "docs/en/a.md: ../start.md#two names no heading there",
        "docs/en/a.md: ../../../x.md leads out of the project",
    ]


def test_a_setting_without_a_word_is_named(links: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "tongpin" / "settings.py").write_text('a = text("TONGPIN_NEW")\nb = text("TONGPIN_TOLD")\n')
    (tmp_path / "docs" / "operations.md").write_text("`TONGPIN_TOLD` is told, `TONGPIN_OLD` is gone.\n")
    assert list(links.unknown_settings()) == [
        "docs/operations.md says nothing of the setting TONGPIN_NEW",
        "docs/operations.md tells of TONGPIN_OLD, which nothing reads",
    ]


def test_a_command_that_no_page_shows_is_named(
    links: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "commands", lambda: ["up", "owner-link"])
    (tmp_path / "README.md").write_text("Run `bin/tongpin up`.\n")
    assert list(links.untold_commands()) == ["no page tells of the command tongpin owner-link"]


def test_what_an_import_can_end_with_is_told(
    links: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reasons = tmp_path / "reasons.py"
    reasons.write_text('ROWS: dict[str, str] = {"gone_mad": "x"}\nREFUSALS: dict[str, str] = {"too_wet": "y"}\n')
    page = tmp_path / "docs" / "import.md"
    page.write_text(" ".join(f"`{code}`" for code in (*(one.id for one in links.LAYOUTS), *links.Meaning, "too_wet")))
    monkeypatch.setattr(links, "REASONS", reasons)
    monkeypatch.setattr(links, "OF_IMPORTS", page)
    assert list(links.untold_codes()) == ["docs/import.md says nothing of gone_mad"]


def test_both_languages_have_the_same_pages_and_sections(links: ModuleType, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    (docs / "zh" / "a.md").write_text("# 甲\n\n## 一\n\n## 二\n")
    (docs / "en" / "a.md").write_text("# A\n\n## One\n")
    (docs / "en" / "b.md").write_text("# B\n")
    assert list(links.unequal_languages()) == [
        "docs/en/b.md has no counterpart in zh",
        "docs/zh/a.md and docs/en/a.md have other sections",
    ]

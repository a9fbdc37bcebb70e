"""The page about the vocabulary says what the vocabulary says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tongpin.core.facts.catalogue import CATALOGUE

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_the_page_about_facts_is_up_to_date() -> None:
    run = subprocess.run(
        [sys.executable, str(DOCS / "facts.py"), "--check"],
        env={"PYTHONPATH": str(DOCS.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_every_fact_has_its_place_on_the_page() -> None:
    page = (DOCS / "facts.md").read_text(encoding="utf-8")
    assert [kind for kind in CATALOGUE if f"\n#### `{kind}`\n" not in page] == []

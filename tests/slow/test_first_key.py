"""Every process of a first start seals with the same key, however many of them ask for it at once."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.slow.house import ROOT

pytestmark = pytest.mark.slow

ASK = """
import sys, time
from pathlib import Path
from tongpin.base.secrets import load_or_create
time.sleep(max(float(sys.argv[2]) - time.time(), 0))
ring = load_or_create(Path(sys.argv[1]))
time.sleep(0.3)
print(ring.index_key.hex(), ring.keys[1].hex(), ring.erased_key.hex())
"""


def test_all_who_ask_for_the_first_key_at_once_get_the_same_one(tmp_path: Path) -> None:
    for attempt in range(15):
        path = tmp_path / str(attempt) / "personal.keys"
        at = str(time.time() + 1.0)
        asking = [
            subprocess.Popen([sys.executable, "-c", ASK, str(path), at], cwd=ROOT, stdout=subprocess.PIPE, text=True)
            for _ in range(6)
        ]
        told = [one.communicate(timeout=60)[0].strip() for one in asking]
        assert [one.returncode for one in asking] == [0] * len(asking), f"start {attempt}: {told}"
        assert len(set(told)) == 1, f"start {attempt}: {len(set(told))} different keys were in use at once"
        assert [one.name for one in path.parent.iterdir()] == ["personal.keys"], list(path.parent.iterdir())

"""How many examples a property is tried with: a few at each change, all with `bin/test --slow`."""

from __future__ import annotations

import os

THOROUGH = bool(os.environ.get("TONGPIN_THOROUGH"))


def examples(whole: int) -> int:
    """A third of `whole`, and all of it where thoroughness was asked for."""
    return whole if THOROUGH else max(5, whole // 3)

"""Old bodies brought up to today's version. The ledger keeps what was said; readers see today's words.

A field that is only added needs nothing here: it has a default. A field that is renamed, split or counted in another
unit raises the fact's `version` and leaves one function behind, from the old version to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Body = dict[str, Any]
Upcaster = Callable[[Body], Body]

UPCASTERS: dict[tuple[str, int], Upcaster] = {}
"""(kind, old version) → what makes of that body one of the next version. It may change the body it gets."""


def upcast(
    kind: str, version: int, body: Body, *, registry: Mapping[tuple[str, int], Upcaster] = UPCASTERS
) -> tuple[int, Body]:
    """Today's version and body. A body without upcasters, or of a version newer than this software, stays as it is."""
    if (kind, version) not in registry:
        return version, body
    raised = dict(body)
    while step := registry.get((kind, version)):
        raised, version = step(raised), version + 1
    return version, raised

"""The nightly sweep: contents that no row holds any more, because whoever kept them was stopped half-way."""

from __future__ import annotations

from datetime import datetime, timedelta

from tongpin.core.files import shelf
from tongpin.core.files.actions import clear_unheld
from tongpin.core.files.models import StoredFile

LEFT_ALONE = timedelta(hours=24)
_BATCH = 1000


def sweep(*, at: datetime) -> int:
    """Clears what has lain without a row for a day; returns how many contents went."""
    gone = 0
    batch: list[str] = []
    for name in shelf.lying(before=(at - LEFT_ALONE).timestamp()):
        batch.append(name)
        if len(batch) == _BATCH:
            gone += _cleared(batch)
            batch = []
    return gone + _cleared(batch)


def _cleared(names: list[str]) -> int:
    held = set(StoredFile.objects.filter(name__in=names).values_list("name", flat=True))
    return sum(clear_unheld(name=name) for name in names if name not in held)

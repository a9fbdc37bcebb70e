"""The lake obeys an erasure: what its files hold of somebody erased is written anew without it."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from tongpin.core.people.erasure import Erasing

MANIFEST = "manifest.json"
"""As in core/ledger/lake_files, which would bring Arrow and DuckDB into every process."""


def erase_from_lake(erasing: Erasing) -> None:
    """Once the erasure is committed, a job rewrites the files. Where there is no lake there is nothing to do."""
    if not (settings.LAKE / MANIFEST).exists():
        return
    from tongpin.wiring.tasks import forget_in_lake  # noqa: PLC0415 - tasks are registered after the apps are ready

    ids = list(erasing.person_ids)
    transaction.on_commit(lambda: forget_in_lake.defer(person_ids=ids))

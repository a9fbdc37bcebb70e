"""What is erased of a person in files: everything they gave, with its content where nobody else gave the same."""

from __future__ import annotations

from typing import Protocol

from tongpin.core.files.actions import let_go_of_people


class Leaving(Protocol):
    """What this layer needs to know of an erasure; the people above hand in theirs."""

    @property
    def person_ids(self) -> tuple[int, ...]: ...


def erase_from_files(leaving: Leaving) -> None:
    """Rows in this transaction, contents once it has committed."""
    let_go_of_people(person_ids=leaving.person_ids)

"""What is erased of a person in gather: applications with every answer, what they agreed to, their welcomes."""

from __future__ import annotations

from tongpin.core.people.erasure import Erasing
from tongpin.loop.gather.admission import actions as admission
from tongpin.loop.gather.charter import actions as charter
from tongpin.loop.gather.welcome import actions as welcome


def erase_from_gather(erasing: Erasing) -> None:
    """Rows go whether or not their words in groups do; applications of others lose them as the inviter."""
    for slice_of_gather in (admission, charter, welcome):
        slice_of_gather.forget(erasing.person_ids)

"""What is erased of a person in give: that they heard, asked and were quoted, and, where asked, what they said."""

from __future__ import annotations

from tongpin.core.people.erasure import Erasing
from tongpin.loop.give.digests.forgetting import forget_digests
from tongpin.loop.give.talks.forgetting import forget_talks


def erase_from_give(erasing: Erasing) -> None:
    """Sign-ups and hearings go; talks and questions lose the name, with words also what was said."""
    forget_talks(person_ids=erasing.person_ids, with_words=erasing.with_words, at=erasing.at)
    forget_digests(person_ids=erasing.person_ids)

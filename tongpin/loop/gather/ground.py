"""What every slice of gather stands on: the community's own row, and words as they are kept."""

from __future__ import annotations

from collections.abc import Iterable

from tongpin.base.text import clean
from tongpin.core.places.models import Community

SENTENCE = 300
"""Characters of one sentence: a rule, a ritual, a question."""

PARAGRAPH = 2000
"""Characters of a longer text; its line breaks stay."""


class CommunityUnknown(LookupError):
    """There is no such community; look the number up again."""


class CommunityClosed(Exception):
    """This community has ended; nothing new begins in it."""


def held_community(*, community_id: int) -> Community:
    """The community, its row locked until the transaction ends: of two editions written at once one is the later.

    Raises CommunityUnknown, CommunityClosed.
    """
    # Rows that only point to the community need not wait.
    community = Community.objects.select_for_update(no_key=True).filter(pk=community_id).first()
    if community is None:
        raise CommunityUnknown("there is no such community; look the number up again")
    if community.closed_at is not None:
        raise CommunityClosed("this community has ended; nothing new begins in it")
    return community


def sentence(value: str) -> str:
    """One line of people's words: no control marks, single spaces."""
    return clean(value, limit=SENTENCE)


def sentences(values: Iterable[str]) -> tuple[str, ...]:
    """Lines that say something, each once, in their order."""
    return tuple(dict.fromkeys(kept for value in values if (kept := sentence(value))))


def paragraph(value: str) -> str:
    """A longer text: each line cleaned, empty lines at the ends gone."""
    lines = (clean(line, limit=PARAGRAPH) for line in value.replace("\r\n", "\n").split("\n"))
    return "\n".join(lines).strip()[:PARAGRAPH]

"""A person is erased: their quotes, what they agreed to, and that they gave, go out of every digest."""

from __future__ import annotations

from collections.abc import Sequence

from tongpin.loop.give.digests.models import Giver, Quote, QuoteConsent


def forget_digests(*, person_ids: Sequence[int]) -> None:
    """A published digest stands on without them."""
    for owned in (Quote, QuoteConsent, Giver):
        owned.objects.filter(person__in=person_ids).delete()

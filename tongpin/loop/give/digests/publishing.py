"""Publishing a digest (发布文摘): only words that their people agreed to; who gave is named to the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tongpin.channels.port import Card, Content
from tongpin.core.facts.digests import DigestPublished, DigestQuoted
from tongpin.core.facts.value import ValueGiven
from tongpin.core.ledger.actions import record
from tongpin.core.people.models import Person
from tongpin.core.places.models import Message, Place
from tongpin.core.sending.errands import NewErrand, give_errands
from tongpin.core.sending.queueing import NewLetter, queue_letters
from tongpin.loop.give.digests.cards import ABOUT, ERRAND
from tongpin.loop.give.digests.keeping import held_digest
from tongpin.loop.give.digests.models import Digest, Giver, Quote, QuoteConsent
from tongpin.loop.give.digests.phrases import announcing, pasted
from tongpin.loop.give.talks.models import TalkPlace
from tongpin.loop.give.talks.rules import CARD_AFTER_WITHIN, way_of


class NotYet(Exception):
    """A digest cannot go out so; `reason`: no_conclusion, nothing_agreed."""

    SAY = {
        "no_conclusion": "write what it comes to in one sentence first",
        "nothing_agreed": "nobody agreed to be quoted yet; ask them, or note what they told you",
    }

    def __init__(self, reason: str) -> None:
        super().__init__(self.SAY[reason])
        self.reason = reason


@transaction.atomic
def publish(*, digest_id: int, at: datetime, actor: str) -> int:
    """A draft goes out with the quotes that were agreed to; the others are left out. A second time changes nothing.

    Its page opens, its places are told (a letter where we may write, an errand for plain groups), and everybody who gave
    is told to the ledger. How many quotes stand in it. Raises NotYet, DigestUnknown.
    """
    digest = held_digest(digest_id=digest_id)
    agreed = agreed_quotes(digest=digest)
    if digest.state == Digest.State.PUBLISHED:
        return len(agreed)
    if not digest.conclusion:
        raise NotYet("no_conclusion")
    if not agreed:
        raise NotYet("nothing_agreed")
    digest.state, digest.published_at, digest.published_by = Digest.State.PUBLISHED, at, actor[:60]
    digest.save(update_fields=["state", "published_at", "published_by"])
    told = DigestPublished(
        digest=digest.pk,
        about_kind=digest.about_kind,
        about=digest.about,
        quotes=len(agreed),
        community=digest.community_id,
    )
    record(told, at=at, actor=actor)
    tell_quotes(digest=digest, at=at, actor=actor)
    _count_quoted(digest, agreed)
    for giver in Giver.objects.filter(digest=digest).order_by("person_id"):
        gave = ValueGiven(about_kind=ABOUT, about=digest.pk, part="contributed", community=digest.community_id)
        record(gave, at=at, person_id=giver.person_id, actor=actor)
    _tell_places(digest, at=at, actor=actor)
    return len(agreed)


def agreed_quotes(*, digest: Digest) -> list[Quote]:
    """Quotes whose people agreed and whose words still stand, in order. Three queries."""
    agreed = QuoteConsent.objects.filter(digest=digest, state=QuoteConsent.State.GIVEN).values("person")
    rows = list(
        Quote.objects.filter(digest=digest, left_out=False, person__in=agreed)
        .select_related("segment")
        .order_by("position")
    )
    messages = {row.message_id for row in rows if row.message_id is not None}
    stand = set(
        Message.objects.filter(pk__in=messages, recalled_at=None).exclude(words="").values_list("pk", flat=True)
    )
    return [
        row
        for row in rows
        if row.message_id in stand or (row.segment is not None and not row.segment.redacted_at and row.segment.words)
    ]


def _count_quoted(digest: Digest, agreed: Sequence[Quote]) -> None:
    """Whom an editor quotes gave something of value, whatever the rules made of it; teammates are not counted."""
    counts = Counter(one.person_id for one in agreed)
    members = Person.objects.filter(pk__in=counts, internal=False).values_list("pk", flat=True)
    Giver.objects.bulk_create(
        (Giver(digest=digest, person_id=person, gifts=counts[person]) for person in sorted(members)),
        ignore_conflicts=True,
    )


def tell_quotes(*, digest: Digest, at: datetime, actor: str) -> None:
    """That a member's message stands in a digest that is out; once each."""
    for quote in agreed_quotes(digest=digest):
        if quote.message_id is not None and not quote.told:
            fact = DigestQuoted(digest=digest.pk, message=quote.message_id, community=digest.community_id)
            record(fact, at=at, person_id=quote.person_id, actor=actor)
            Quote.objects.filter(pk=quote.pk).update(told=True)


def _tell_places(digest: Digest, *, at: datetime, actor: str) -> None:
    """The places it was made of, and those that were told of its talk."""
    numbers = [digest.about]
    if digest.about_kind == "talk":
        numbers = list(TalkPlace.objects.filter(talk=digest.about).values_list("place_id", flat=True))
    face = announcing(digest=digest)
    letters: list[NewLetter] = []
    errands: list[NewErrand] = []
    for place in Place.objects.filter(pk__in=numbers, closed_at=None).order_by("pk"):
        key = f"digest.published:{digest.pk}:place:{place.pk}"
        if way_of(place.platform) == "every":
            content = Content(card=Card(title=face.title, url=face.link, text=face.line))
            letters.append(
                NewLetter(
                    key=key,
                    letter_class="session",
                    channel=place.platform,
                    content=content,
                    place_id=place.pk,
                    about_kind=ABOUT,
                    about=digest.pk,
                )
            )
        else:
            errands.append(
                NewErrand(
                    key=key,
                    kind=ERRAND,
                    text=pasted(face),
                    url=face.link,
                    place_id=place.pk,
                    due=at + CARD_AFTER_WITHIN,
                    about_kind=ABOUT,
                    about=digest.pk,
                )
            )
    queue_letters(letters=letters, at=at, actor=actor)
    give_errands(errands=errands, at=at, actor=actor)

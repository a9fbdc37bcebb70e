"""Consent to be quoted (征得同意): asked of each person once a digest, kept with who told us how, and taken back at will."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tongpin.channels.port import Card, Content
from tongpin.core.people.roots import records_of
from tongpin.core.sending.reaching import reachable, serve
from tongpin.loop.give.digests.drafting import STANDING
from tongpin.loop.give.digests.keeping import DigestUnknown, held_digest
from tongpin.loop.give.digests.models import Digest, Quote, QuoteConsent
from tongpin.loop.give.digests.phrases import asking
from tongpin.loop.give.digests.publishing import tell_quotes

ABOUT = "digest"
BY_PAGE, BY_HAND = "page", "hand"


class NotQuoted(LookupError):
    """This person is not quoted in the digest."""

    def __init__(self) -> None:
        super().__init__("this person is not quoted here; look the digest up again")


@transaction.atomic
def ask_consent(*, digest_id: int, at: datetime, actor: str) -> int:
    """Asks everybody who is quoted, was not asked yet and can be written to: a letter of service, by mail where we know
    theirs, else into their box on our own pages, with the link where they see their words and answer. How many people.

    Whom no letter reaches stays unasked: a teammate asks them (`phrases.asking_by_hand`). Raises DigestUnknown.
    """
    digest = held_digest(digest_id=digest_id)
    quoted = Quote.objects.filter(digest=digest, left_out=False).values("person")
    unasked = QuoteConsent.objects.filter(digest=digest, state=QuoteConsent.State.UNASKED, person__in=quoted)
    rows = list(unasked.order_by("pk"))
    here = reachable(person_ids=[one.person_id for one in rows], at=at)
    rows = [one for one in rows if one.person_id in here]
    face = asking(digest=digest)
    content = Content(card=Card(title=face.title, url=face.link, text=face.line))
    for one in rows:
        key = f"digest.consent:{digest.pk}:person:{one.person_id}"
        serve(person_id=one.person_id, key=key, content=content, about_kind=ABOUT, about=digest.pk, at=at)
    QuoteConsent.objects.filter(pk__in=[one.pk for one in rows]).update(state=QuoteConsent.State.ASKED, asked_at=at)
    return len(rows)


@transaction.atomic
def answer_consent(*, digest_id: int, person_id: int, agrees: bool, how: str, at: datetime, actor: str) -> None:
    """What a person said, on their own page or to a teammate. The last word holds, also once the digest is out: words
    that were agreed to appear, others disappear at once. Raises NotQuoted, DigestUnknown."""
    digest = held_digest(digest_id=digest_id)
    theirs = records_of(person_id=person_id)
    state = QuoteConsent.State.GIVEN if agrees else QuoteConsent.State.REFUSED
    rows = QuoteConsent.objects.filter(digest=digest, person__in=theirs)
    if not rows.update(state=state, how=how, answered_at=at, answered_by=actor[:60]):
        raise NotQuoted
    if digest.state == Digest.State.PUBLISHED:
        tell_quotes(digest=digest, at=at, actor=actor)


@transaction.atomic
def end_standing(*, person_id: int, at: datetime) -> int:
    """Somebody does not want to be quoted any more where they allowed it once for all: their words go from every digest.
    What they said to a digest of its own stands. In how many digests."""
    theirs = records_of(person_id=person_id)
    rows = QuoteConsent.objects.filter(person__in=theirs, how=STANDING, state=QuoteConsent.State.GIVEN)
    return rows.update(state=QuoteConsent.State.REFUSED, answered_at=at)


__all__ = ["BY_HAND", "BY_PAGE", "DigestUnknown", "NotQuoted", "answer_consent", "ask_consent", "end_standing"]

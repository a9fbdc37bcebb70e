"""What is erased of a person in sending: letters to them, and, where asked, letters that carry their words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Q

from tongpin.core.people.erasure import Erasing
from tongpin.core.sending.errands import decline_errand
from tongpin.core.sending.models import Command, Errand, InboxLetter, Letter, RoomPost, SignInLink
from tongpin.core.sending.redacting import redact_letters

REASON = "person_erased"


def erase_from_sending(erasing: Erasing) -> None:
    """What waits for them never leaves; rows stay without a person, a word or an address, so that keys stay taken.

    Letters that carry what they said are taken back everywhere with their words; without, only the name goes.
    """
    ids = list(erasing.person_ids)
    to_them = list(Letter.objects.select_for_update().filter(person_id__in=ids).order_by("pk"))
    redact_letters(rows=to_them, at=erasing.at, reason=REASON, actor="erasure")
    _empty([row.pk for row in to_them])
    theirs = list(Letter.objects.select_for_update().filter(speaker_person_id__in=ids).order_by("pk"))
    if erasing.with_words:
        redact_letters(rows=theirs, at=erasing.at, reason=REASON, actor="erasure")
        _empty([row.pk for row in theirs])
    else:
        for row in theirs:
            row.payload.pop("speaker", None)
            row.speaker_person_id = None
        Letter.objects.bulk_update(theirs, ["payload", "speaker_person_id"], batch_size=500)
    Command.objects.filter(person_id__in=ids, state="queued").update(
        state="cancelled", reason=REASON, done_at=erasing.at
    )
    Command.objects.filter(person_id__in=ids).update(person_id=None, payload={})
    Errand.objects.filter(person_id__in=ids).update(person_id=None, text="", url="", pictures=[])
    InboxLetter.objects.filter(person_id__in=ids).delete()
    SignInLink.objects.filter(person_id__in=ids).delete()
    _erase_from_rooms(ids, erasing)


def forget_about(*, about_kind: str, abouts: Collection[int], person_ids: Sequence[int], at: datetime) -> None:
    """Cards and letters that name somebody who is erased, wherever they went: they are taken back and say nothing more.

    `person_ids`: whose erasure it is. Their own letters are locked with these, so that all are locked in order of number.
    """
    theirs = Q(person_id__in=list(person_ids)) | Q(speaker_person_id__in=list(person_ids))
    named = Q(about_kind=about_kind, about__in=list(abouts))
    held = list(Letter.objects.select_for_update().filter(named | theirs).order_by("pk"))
    rows = [row for row in held if row.about_kind == about_kind and row.about in abouts]
    redact_letters(rows=rows, at=at, reason=REASON, actor="erasure")
    Letter.objects.filter(pk__in=[row.pk for row in rows]).update(payload={}, address_sealed=None)
    errands = Errand.objects.filter(named)
    for number in list(errands.filter(state=Errand.State.GIVEN).order_by("pk").values_list("pk", flat=True)):
        decline_errand(errand_id=number, reason=REASON, at=at, actor="erasure")
    errands.update(text="", url="", pictures=[])
    RoomPost.objects.filter(named).update(redacted_at=at, content={}, speaker_person_id=None)
    InboxLetter.objects.filter(named).delete()


def _erase_from_rooms(ids: Sequence[int], erasing: Erasing) -> None:
    """At once, not when the command that takes the post back has its turn."""
    theirs = RoomPost.objects.select_for_update().filter(speaker_person_id__in=ids).order_by("pk")
    if erasing.with_words:
        RoomPost.objects.filter(pk__in=[row.pk for row in theirs]).update(
            redacted_at=erasing.at, content={}, speaker_person_id=None
        )
        return
    rows = list(theirs)
    for row in rows:
        row.content.pop("speaker", None)
        row.speaker_person_id = None
    RoomPost.objects.bulk_update(rows, ["content", "speaker_person_id"], batch_size=500)


def _empty(numbers: Sequence[int]) -> None:
    Letter.objects.filter(pk__in=numbers).update(
        payload={}, person_id=None, speaker_person_id=None, address_sealed=None
    )
    Errand.objects.filter(letter__in=numbers).update(person_id=None, text="", url="", pictures=[])

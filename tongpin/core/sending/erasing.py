"""What is erased of a person in sending: letters to them, and, where asked, letters that carry their words."""

from __future__ import annotations

from collections.abc import Sequence

from tongpin.core.people.erasure import Erasing
from tongpin.core.sending.models import Command, Errand, Letter
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


def _empty(numbers: Sequence[int]) -> None:
    Letter.objects.filter(pk__in=numbers).update(
        payload={}, person_id=None, speaker_person_id=None, address_sealed=None
    )
    Errand.objects.filter(letter__in=numbers).update(person_id=None, text="", url="", pictures=[])

"""A person is erased: what becomes of their talks, questions and hearings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tongpin.core.sending.erasing import forget_about
from tongpin.loop.give.talks.cards import ABOUT
from tongpin.loop.give.talks.models import Hearer, Question, Segment, SignUp, Talk


def forget_talks(*, person_ids: Sequence[int], with_words: bool, at: datetime) -> None:
    """Letters that carried a guest's words are taken back by sending; here the segments are emptied.

    Segments keep their place, so that the numbers of the others stay; questions keep theirs in the count. A guest's
    pictures and voice go with their files in any case; what then says nothing stands as taken back. Cards name the guest:
    they are taken back wherever they went.
    """
    ids = list(person_ids)
    # Talks before what belongs to them, as whoever speaks or takes back holds them.
    held = Talk.objects.select_for_update(no_key=True).filter(guest_person_id__in=ids).order_by("pk")
    talks = list(held.values_list("pk", flat=True))
    SignUp.objects.filter(person__in=ids).delete()
    Hearer.objects.filter(person__in=ids).delete()
    asked = Question.objects.filter(person_id__in=ids)
    spoken = Segment.objects.filter(talk__in=talks)
    if with_words:
        spoken.update(words="")
        asked.update(words="")
    spoken.filter(words="", redacted_at=None).update(redacted_at=at)
    spoken.exclude(files=[]).update(files=[])
    asked.update(name="", person_id=None, once=None)
    if talks:
        forget_about(about_kind=ABOUT, abouts=talks, person_ids=ids, at=at)
    Talk.objects.filter(pk__in=talks).update(guest_name="", guest_person_id=None, stage_key_hash=None)

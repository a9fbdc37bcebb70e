"""What is erased of a person in places: memberships with the names they bore there, and, where asked, their words."""

from __future__ import annotations

from django.db import connection
from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast, Concat

from tongpin.core.people.erasure import Erasing
from tongpin.core.places.models import CodeOpening, FeatureWord, Membership, Message, Place


def erase_from_places(erasing: Erasing) -> None:
    """Memberships go. Messages stay where they stand, so that answers and an import of the same chat still find them:
    with words they are emptied, without they only lose their speaker."""
    ids = list(erasing.person_ids)
    _unname_private_chats(ids)
    Membership.objects.filter(person__in=ids).delete()
    CodeOpening.objects.filter(person_id__in=ids).update(person_id=None)
    if erasing.with_words:
        _forget_tokens(ids)
        Message.objects.filter(person_id__in=ids).update(words="", person_id=None)
    else:
        Message.objects.filter(person_id__in=ids).update(person_id=None)


def _unname_private_chats(ids: list[int]) -> None:
    """A private chat bears the name of the other side."""
    with_them = Place.objects.filter(kind=Place.Kind.PRIVATE_CHAT).filter(
        Exists(Membership.objects.filter(place=OuterRef("pk"), person__in=ids))
        | Exists(Message.objects.filter(place=OuterRef("pk"), person_id__in=ids))
    )
    number = Cast(F("pk"), CharField())
    with_them.update(name=Concat(Value("erased "), number), external_id=Concat(Value("erased:"), number))


def _forget_tokens(ids: list[int]) -> None:
    """What the token hashes of their messages meant. A word that others use too is learnt again when it is next said."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct t.hash::bigint from entry e cross join lateral"
            " jsonb_array_elements_text(coalesce(e.body->'tokens', '[]'::jsonb)) as t(hash)"
            " where e.person_id = any(%s) and e.kind = 'message.heard'",
            [ids],
        )
        hashes = [row[0] for row in cursor.fetchall()]
    for start in range(0, len(hashes), 5000):
        FeatureWord.objects.filter(pk__in=hashes[start : start + 5000]).delete()

"""A talk's row as a page shows it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tongpin.loop.give.talks.attending import REPLAY
from tongpin.loop.give.talks.models import Hearer, Segment, SignUp, Talk
from tongpin.loop.give.talks.seen import TalkPage


def number_of(rows: QuerySet[Any], *, of: str = "pk") -> Coalesce:
    """How many rows of another table belong to the talk."""
    mine = rows.filter(talk=OuterRef("pk")).order_by().values("talk")
    return Coalesce(Subquery(mine.annotate(n=Count(of, distinct=True)).values("n")), 0, output_field=IntegerField())


def page_of(rows: QuerySet[Talk]) -> TalkPage | None:
    """The first of these talks as a page shows it. One query."""
    row = (
        rows.select_related("community")
        .annotate(
            signed_up=number_of(SignUp.objects.all()),
            heard=number_of(Hearer.objects.exclude(how=REPLAY), of="person"),
            segments=number_of(Segment.objects.filter(redacted_at=None)),
        )
        .first()
    )
    if row is None:
        return None
    return TalkPage(
        id=row.pk,
        community_id=row.community_id,
        community=row.community.name,
        title=row.title,
        about=row.about,
        guest_person_id=row.guest_person_id,
        guest_name=row.guest_name,
        starts_at=row.starts_at,
        ends_hint=row.ends_hint,
        state=row.state,
        reason=row.reason,
        live_code=row.live_code,
        last_line=row.last_line,
        occurrence=row.occurrence,
        on_stage=row.stage_key_hash is not None,
        started_at=row.started_at,
        ended_at=row.ended_at,
        cancelled_at=row.cancelled_at,
        signed_up=row.signed_up,
        heard=row.heard,
        segments=row.segments,
    )

"""The relay board (转发台): one row a place, one pip a segment, the cards a human pastes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db.models import Count

from tongpin.base.clock import now
from tongpin.core.places.models import CodeOpening, Membership
from tongpin.core.sending.queries import ErrandSeen, errands_about
from tongpin.loop.give.talks.cards import ABOUT
from tongpin.loop.give.talks.models import Hearer, Segment, Talk, TalkPlace
from tongpin.loop.give.talks.relaying import Delivery, deliveries_by_place
from tongpin.loop.give.talks.rules import middle
from tongpin.loop.give.talks.seen import Board, BoardErrand, BoardRow, BoardSegment, TalkPage
from tongpin.loop.give.talks.showing import page_of

WATCHES = timedelta(minutes=1)


def board(*, talk_id: int) -> Board | None:
    """Everything of the board. Eight queries, whatever the number of places and segments."""
    talk = page_of(Talk.objects.filter(pk=talk_id))
    if talk is None:
        return None
    places = list(
        TalkPlace.objects.filter(talk=talk_id)
        .select_related("place", "code", "replay_code")
        .order_by("way", "place_id")
    )
    segments = list(Segment.objects.filter(talk=talk_id).order_by("number"))
    letters = deliveries_by_place(segment_ids=[one.pk for one in segments])
    errands: dict[int, list[ErrandSeen]] = defaultdict(list)
    for one in errands_about(about_kind=ABOUT, about=talk_id):
        errands[one.place_id or 0].append(one)
    codes = [code for one in places for code in (one.code_id, one.replay_code_id) if code is not None]
    opened = _counted(CodeOpening.objects.filter(tracked_code__in=codes).values_list("tracked_code"))
    inside = [one.place_id for one in places]
    members = _counted(Membership.objects.filter(place__in=inside, left_at=None).values_list("place"))
    rows = tuple(
        _row(one, segments, letters.get(one.place_id, []), errands.get(one.place_id, []), opened, members)
        for one in places
    )
    watching = Hearer.objects.filter(talk=talk_id, how="live", last_at__gte=now() - WATCHES)
    return _whole(talk, rows, segments, letters, watching=watching.count() if talk.state == Talk.State.LIVE else 0)


def _counted(rows: object) -> dict[int, int]:
    return dict(rows.annotate(n=Count("pk")).order_by())  # type: ignore[attr-defined]


def _whole(
    talk: TalkPage,
    rows: tuple[BoardRow, ...],
    segments: Sequence[Segment],
    letters: Mapping[int, Sequence[Delivery]],
    *,
    watching: int,
) -> Board:
    had = [one for found in letters.values() for one in found]
    of = Counter(one.segment_id for one in had)
    reached = Counter(one.segment_id for one in had if one.fate == "delivered")
    return Board(
        talk=talk,
        rows=rows,
        segments=tuple(
            BoardSegment(
                id=one.pk,
                number=one.number,
                form=one.form,
                words=one.words,
                files=tuple(one.files),
                seconds=one.seconds,
                at=one.at,
                redacted=one.redacted_at is not None,
                reached=reached[one.pk],
                of=of[one.pk],
            )
            for one in segments
        ),
        members=sum(row.members for row in rows),
        delivered=sum(row.delivered for row in rows),
        waiting=sum(row.waiting for row in rows),
        failed=sum(row.failed for row in rows),
        errands_open=sum(errand.state == "given" for row in rows for errand in row.errands),
        lag=middle(row.lag for row in rows if row.lag is not None),
        watching=watching,
    )


def _row(
    one: TalkPlace,
    segments: Sequence[Segment],
    letters: Sequence[Delivery],
    errands: Sequence[ErrandSeen],
    opened: Mapping[int, int],
    members: Mapping[int, int],
) -> BoardRow:
    fates = {letter.segment_id: letter.fate for letter in letters}
    late = {letter.segment_id: letter.lag for letter in letters if letter.lag is not None}
    pips = tuple(fates.get(segment.pk, "") for segment in segments)
    return BoardRow(
        place_id=one.place_id,
        name=one.place.name,
        platform=one.place.platform,
        way=one.way,
        state=one.state,
        members=members.get(one.place_id, 0),
        pips=pips,
        delivered=pips.count("delivered"),
        waiting=pips.count("waiting"),
        failed=pips.count("failed"),
        lag=late[max(late)] if late else None,
        errands=tuple(_errand(one, errand) for errand in errands),
        opened=sum(opened.get(code, 0) for code in (one.code_id, one.replay_code_id) if code is not None),
        attached_at=one.attached_at,
    )


def _errand(one: TalkPlace, errand: ErrandSeen) -> BoardErrand:
    if not errand.url:
        when = "called_off"
    else:
        when = "after" if one.replay_code is not None and errand.url.endswith(one.replay_code.code) else "before"
    return BoardErrand(
        id=errand.id,
        when=when,
        text=errand.text,
        url=errand.url,
        state=errand.state,
        reason=errand.reason,
        taps=errand.taps,
        due=errand.due,
        done_at=errand.done_at,
    )

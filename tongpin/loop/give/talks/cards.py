"""Cards to the places of a talk: letters where we may write, errands where a human pastes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tongpin.channels.port import Card, Content
from tongpin.core.places.codes import make_codes
from tongpin.core.sending.errands import NewErrand, decline_errands, give_errands
from tongpin.core.sending.queries import errands_about, letters_about
from tongpin.core.sending.queueing import NewLetter, queue_letters
from tongpin.core.sending.reaching import ways_to
from tongpin.core.sending.redacting import cancel_letters
from tongpin.loop.give.talks.addresses import card_link
from tongpin.loop.give.talks.models import SignUp, Talk, TalkPlace
from tongpin.loop.give.talks.phrases import Moment, pasted, told
from tongpin.loop.give.talks.rules import CARD_AFTER_WITHIN

ABOUT = "talk"
CODE = "talk"
ERRAND = "paste_group"
CANCELLED = "cancelled"
LETTERS_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Cards:
    """How many letters were queued and errands given."""

    letters: int
    errands: int


def tell_places(
    *, talk: Talk, moment: Moment, at: datetime, actor: str, place_ids: Collection[int] | None = None
) -> Cards:
    """Tells the invited places (or some of them) of a talk that is held; the same moment of the same edition is told once.

    `soon` goes only where we may write: a plain group has one card before and one after. Who did not hear of it yet gets
    the first card anew instead of news about it; what still waited is taken back.
    """
    rows = TalkPlace.objects.filter(talk=talk, state=TalkPlace.State.INVITED, place__closed_at=None)
    if place_ids is not None:
        rows = rows.filter(place__in=place_ids)
    places = list(rows.select_related("place", "code", "replay_code").order_by("place_id"))
    if moment == "soon":
        places = [one for one in places if one.way == TalkPlace.Way.EVERY]
    reached = take_cards_back(talk=talk, at=at, actor=actor) if moment in ("moved", "after", "called_off") else set()
    if moment == "called_off":
        places = [one for one in places if one.place_id in reached]
    moments = {one.pk: _moment(moment, one, reached) for one in places}
    codes = _codes(places, talk, moments, at=at, actor=actor)
    letters: list[NewLetter] = []
    errands: list[NewErrand] = []
    for one in places:
        link = card_link(code=codes[one.pk]) if one.pk in codes else ""
        if one.way == TalkPlace.Way.EVERY:
            letters.append(_letter(talk, one, moments[one.pk], link, at=at))
        else:
            errands.append(_errand(talk, one, moments[one.pk], link, at=at))
    queue_letters(letters=letters, at=at, actor=actor)
    give_errands(errands=errands, at=at, actor=actor)
    return Cards(len(letters), len(errands))


def _moment(moment: Moment, one: TalkPlace, reached: Collection[int]) -> Moment:
    return "before" if moment == "moved" and one.place_id not in reached else moment


def take_cards_back(*, talk: Talk, at: datetime, actor: str) -> set[int]:
    """What still waits about the talk never leaves; the places which have heard of it."""
    cancel_letters(about_kind=ABOUT, about=talk.pk, at=at, reason=CANCELLED, actor=actor)
    reached: set[int] = set()
    still: list[int] = []
    for letter in letters_about(about_kind=ABOUT, about=talk.pk):
        if letter.place_id is not None and letter.state in ("sent", "claimed"):
            reached.add(letter.place_id)
    for errand in errands_about(about_kind=ABOUT, about=talk.pk):
        if errand.state == "done" and errand.place_id is not None:
            reached.add(errand.place_id)
        elif errand.state == "given":
            still.append(errand.id)
    decline_errands(errand_ids=still, reason=CANCELLED, at=at, actor=actor)
    return reached


def tell_people(*, talk: Talk, moment: Moment, link: str, at: datetime) -> int:
    """A letter of service to everybody who signed up: by mail where that reaches them, else into their box on our own
    pages. How many."""
    people = list(SignUp.objects.filter(talk=talk).order_by("person_id").values_list("person_id", flat=True))
    ways = ways_to(person_ids=people)
    said = told(talk=talk, moment=moment)
    content = Content(card=Card(title=said.title, url=link, text=said.line))
    letters = [
        NewLetter(
            key=f"talk.{moment}:{talk.pk}:{talk.edition}:person:{person}",
            letter_class="service",
            channel=ways[person],
            content=content,
            person_id=person,
            about_kind=ABOUT,
            about=talk.pk,
            not_after=talk.starts_at,
        )
        for person in people
    ]
    for begin in range(0, len(letters), LETTERS_AT_ONCE):
        queue_letters(letters=letters[begin : begin + LETTERS_AT_ONCE], at=at)
    return len(letters)


def _codes(
    places: Sequence[TalkPlace], talk: Talk, moments: Mapping[int, Moment], *, at: datetime, actor: str
) -> dict[int, str]:
    """Each place's own code, so that taps are counted by place; another for the card after than for those before. None
    where there is nothing to look at."""
    found: dict[int, str] = {}
    for field, mine in (
        ("replay_code", [one for one in places if moments[one.pk] == "after"]),
        ("code", [one for one in places if moments[one.pk] not in ("after", "called_off")]),
    ):
        bare = [one for one in mine if getattr(one, f"{field}_id") is None]
        made = make_codes(count=len(bare), code_kind=CODE, target_kind=CODE, target=talk.pk, actor=actor, at=at)
        found |= {one.pk: code.code for one, code in zip(bare, made, strict=True)}
        found |= {one.pk: getattr(one, field).code for one in mine if one.pk not in found}
        for one, code in zip(bare, made, strict=True):
            setattr(one, f"{field}_id", code.id)
        TalkPlace.objects.bulk_update(bare, [field])
    return found


def _letter(talk: Talk, one: TalkPlace, said: Moment, link: str, *, at: datetime) -> NewLetter:
    face = told(talk=talk, moment=said)
    plain = Content(text=pasted(said=face, link=""))
    return NewLetter(
        key=_key(talk, one, said),
        letter_class="session",
        channel=one.place.platform,
        content=Content(card=Card(title=face.title, url=link, text=face.line)) if link else plain,
        place_id=one.place_id,
        about_kind=ABOUT,
        about=talk.pk,
        not_after=_due(talk, said, at),
    )


def _errand(talk: Talk, one: TalkPlace, said: Moment, link: str, *, at: datetime) -> NewErrand:
    face = told(talk=talk, moment=said)
    return NewErrand(
        key=_key(talk, one, said),
        kind=ERRAND,
        text=pasted(said=face, link=link),
        url=link,
        place_id=one.place_id,
        due=_due(talk, said, at),
        about_kind=ABOUT,
        about=talk.pk,
    )


def _key(talk: Talk, one: TalkPlace, said: Moment) -> str:
    return f"talk.{said}:{talk.pk}:{talk.edition}:place:{one.place_id}"


def _due(talk: Talk, said: Moment, at: datetime) -> datetime:
    """A card before is useless once the talk is over, one after when the day is."""
    return at + CARD_AFTER_WITHIN if said == "after" or talk.starts_at <= at else talk.starts_at

"""People: lists, search, one person, adding by hand, names, contact data in full."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db import transaction
from ninja import Path, Query, Router, Status

from tongpin.base.clock import now
from tongpin.core.people.listing import BadCursor, people_page
from tongpin.core.people.meeting import add_by_hand, rename
from tongpin.core.people.privacy import unmask
from tongpin.core.people.queries import in_scope, person_card
from tongpin.core.people.roots import root_of
from tongpin.core.people.scoping import among
from tongpin.core.people.seen import PersonCard
from tongpin.core.people.signs import sign
from tongpin.core.places.joining import join_by_hand
from tongpin.core.places.models import Place
from tongpin.core.team.queries import names_of
from tongpin.core.team.rules import Communities, Everything, Scope
from tongpin.core.team.trail import audit
from tongpin.web.api.cursors import BadMark
from tongpin.web.api.door import ApiRequest, NotHere, Refused, actor_of, answers, holding
from tongpin.web.api.people_shapes import (
    Added,
    FieldGiven,
    NamesGiven,
    PeoplePage,
    Person,
    PersonGiven,
    SearchGiven,
    Values,
    page_of,
    person_of,
)
from tongpin.web.api.places import nameable
from tongpin.web.api.shapes import MOST_ID, After, Code, Limit

router = Router(tags=["people"])
PersonId = Annotated[int, Path(ge=1, le=MOST_ID, description="A person, or any record merged into one.")]
Number = Annotated[int | None, Query(None, ge=1, le=MOST_ID)]


def covers(wider: Scope, narrower: Scope) -> bool:
    """Whether one scope holds all that the other holds."""
    if isinstance(wider, Everything):
        return True
    return isinstance(narrower, Communities) and narrower.ids <= wider.ids and bool(wider)


def root_here(request: ApiRequest, person_id: int) -> int:
    """The record this person is read as. Raises Refused 404 where the token's rights do not reach them."""
    if not in_scope(person_id=person_id, scope=request.scope):
        raise NotHere
    return root_of(person_id=person_id)


def card_here(request: ApiRequest, person_id: int) -> PersonCard:
    """Everything of a person whom the token's rights reach. Raises Refused 404, PersonUnknown."""
    root = root_here(request, person_id)
    contact = in_scope(person_id=root, scope=request.token.scope("people.contact"))
    return person_card(person_id=root, may_see_contact=contact)


def _listed(request: ApiRequest, **asked: Any) -> PeoplePage:
    money = covers(request.token.scope("money.see"), request.scope)
    try:
        found = people_page(scope=request.scope, **asked)
    except BadCursor as error:
        raise BadMark from error
    return page_of(found, money=money)


@router.get("", **holding("people.see"), response=answers(PeoplePage), operation_id="listPeople")
def list_people(
    request: ApiRequest,
    tag: Number,
    owner: Number,
    place: Number,
    via: Annotated[
        Code, Query("", description="How they came: import, tracking, hand; `import` also finds import:12.")
    ],
    sort: Annotated[Literal["recent", "name", "new"], Query("recent")],
    after: After,
    limit: Limit,
) -> PeoplePage:
    """People in order, filtered. Looking for a name or a number is a POST, so that it stands in no log.

    A page may be shorter than `limit` though more follows: go on until `next` is null.
    """
    if place is not None and not nameable(place_ids=[place], scope=request.scope):
        raise Refused(422, "place_unknown", "there is no such place among those this token may see")
    return _listed(request, tag=tag, owner=owner, place=place, via=via, sort=sort, after=after, limit=limit)


@router.get("/buyers", **holding("people.see", "money.see"), response=answers(PeoplePage), operation_id="listBuyers")
def list_buyers(request: ApiRequest, after: After, limit: Limit) -> PeoplePage:
    """People who paid for something, who spent the most first."""
    return _listed(request, has_orders=True, sort="spent", after=after, limit=limit)


@router.post("/search", **holding("people.see"), response=answers(PeoplePage), operation_id="searchPeople")
def search_people(request: ApiRequest, payload: SearchGiven) -> PeoplePage:
    """People by part of a nickname, or by a whole phone, mail, name, account or order number."""
    return _listed(request, **payload.model_dump())


@router.post(
    "",
    **holding("people.see", "people.edit"),
    response={200: Added, **answers(Added, status=201)},
    operation_id="addPerson",
)
def add_person(request: ApiRequest, payload: PersonGiven) -> Status[Added]:
    """Adds somebody by hand (201), or finds them again by an identity and fills blanks (200).

    Give an identity, if need be `custom` with the number your own software has for them: then the same request again finds
    them again. Of somebody with a name only, asking twice makes two people.
    """
    at, actor = now(), actor_of(request)
    place = _place_here(request, payload.place)
    staff = request.token.staff_id
    with transaction.atomic():
        met = add_by_hand(
            nickname=payload.nickname,
            name=payload.name,
            signs=[sign(one.kind, one.value, namespace=one.namespace) for one in payload.identities],
            tags=[name for name in payload.tags if name.strip()],
            note=payload.note or "",
            staff=staff,
            staff_name=names_of(staff_ids={staff}).get(staff, ""),
            actor=actor,
            at=at,
        )
        if not met.is_new and not in_scope(person_id=met.person_id, scope=request.scope):
            raise Refused(
                409, "known_elsewhere", "this house knows them already, outside the communities of this token"
            )
        if place is not None:
            join_by_hand(person_id=met.person_id, place_id=place, called=payload.nickname, actor=actor, at=at)
    others = among(person_ids=met.others, scope=request.scope)
    return Status(201 if met.is_new else 200, Added(id=met.person_id, is_new=met.is_new, others=sorted(others)))


def _place_here(request: ApiRequest, number: int | None) -> int | None:
    """A group within the scope; one is needed where the scope is some communities, or they would be seen no more."""
    if number is None:
        if isinstance(request.scope, Communities):
            raise Refused(422, "place_needed", "say which group of the token's communities they are in: `place`")
        return None
    found = Place.objects.filter(pk=number, kind=Place.Kind.GROUP, closed_at=None).first()
    if found is None or not request.scope.holds(found.community_id):
        raise Refused(422, "place_unknown", "there is no such group among those this token may see")
    return int(found.pk)


@router.get("/{person_id}", **holding("people.see"), response=answers(Person), operation_id="getPerson")
def get_person(request: ApiRequest, person_id: PersonId) -> Person:
    """Everything of one person, merged records together. Of an erased one only that they were erased."""
    card = card_here(request, person_id)
    others = {one.person_id for one in (*card.brought_by, *card.brought)} | {one.person_id for one in card.doubts}
    money = in_scope(person_id=card.person_id, scope=request.token.scope("money.see"))
    named = nameable(place_ids=[one.place_id for one in card.purchases.latest], scope=request.scope) if money else ()
    return person_of(
        card, money=money, seen=among(person_ids=others, scope=request.scope), named=named, scope=request.scope
    )


@router.patch(
    "/{person_id}", **holding("people.see", "people.edit"), response=answers(Person), operation_id="renamePerson"
)
def rename_person(request: ApiRequest, person_id: PersonId, payload: NamesGiven) -> Person:
    """Calls somebody something else. Of two who write at once the later one counts, each name by itself."""
    root = root_here(request, person_id)
    rename(person_id=root, nickname=payload.nickname, name=payload.name, at=now())
    return get_person(request, root)


@router.post(
    "/{person_id}/contact",
    **holding("people.see", "people.contact"),
    response=answers(Values),
    operation_id="showContact",
)
def show_contact(request: ApiRequest, person_id: PersonId, payload: FieldGiven) -> Values:
    """One kind of value in full. It is recorded that this token looked."""
    root, at = root_here(request, person_id), now()
    with transaction.atomic():
        values = unmask(
            person_id=root, field=payload.field, staff=request.token.staff_id, actor=actor_of(request), at=at
        )
        audit(
            actor=request.actor,
            action="person.contact_seen",
            at=at,
            subject=("person", root),
            details={"field": payload.field},
        )
    return Values(values=list(values))

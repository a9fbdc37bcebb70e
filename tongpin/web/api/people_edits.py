"""What is tied to and hung on a person: identities, tags, notes."""

from __future__ import annotations

from typing import Annotated

from ninja import Path, Router, Status
from pydantic import Field

from tongpin.base.clock import now
from tongpin.core.people import labels
from tongpin.core.people.meeting import SignTaken, drop_identity, link_identity
from tongpin.core.people.models import Identity, Note, Tag
from tongpin.core.people.queries import person_card
from tongpin.core.people.roots import members_of
from tongpin.core.people.scoping import among
from tongpin.core.people.signs import sign
from tongpin.core.team.queries import names_of
from tongpin.core.team.rules import Right
from tongpin.web.api.cursors import mark, number_of
from tongpin.web.api.door import ApiRequest, NotHere, Refused, actor_of, answers, holding
from tongpin.web.api.people import PersonId, root_here
from tongpin.web.api.people_shapes import IdentityGiven, TagRef
from tongpin.web.api.people_shapes import Note as NoteSeen
from tongpin.web.api.shapes import MOST_ID, After, Given, Limit, Page, Shape, TagName, Words

router = Router(tags=["people"])
Number = Annotated[int, Path(ge=1, le=MOST_ID)]
EDITS: tuple[Right, ...] = ("people.see", "people.edit")


class Made(Shape):
    """What was made or was there already."""

    id: int


class TagGiven(Given):
    """A tag by its name; made where it is new."""

    name: TagName = Field(examples=["老客"])


class NoteGiven(Given):
    """A note about somebody, for the team only."""

    words: Words = Field(examples=["周三来取茶"])


class TagSeen(TagRef):
    """A tag of this house."""

    by_rule: bool


class Tags(Page):
    """Tags by number."""

    tags: list[TagSeen]


class Notes(Shape):
    """The newest notes, a hundred at most."""

    notes: list[NoteSeen]


@router.get("/tags", **holding("people.see"), response=answers(Tags), operation_id="listTags", tags=["tags"])
def list_tags(request: ApiRequest, after: After, limit: Limit) -> Tags:
    """The tags of this house. Those with a rule nobody puts on or takes off by hand."""
    found = list(Tag.objects.filter(pk__gt=number_of(after) or 0).order_by("pk")[: limit + 1])
    more = mark(found[limit - 1].pk) if len(found) > limit else None
    return Tags(
        tags=[TagSeen(id=one.pk, name=one.name, by_rule=one.rule is not None) for one in found[:limit]], next=more
    )


@router.post(
    "/people/{person_id}/identities",
    **holding(*EDITS),
    response=answers(Made, status=201),
    operation_id="addIdentity",
)
def add_identity(request: ApiRequest, person_id: PersonId, payload: IdentityGiven) -> Status[Made]:
    """Ties an identity to a person; one they have already stays as it is (the same `id` again).

    Where it belongs to somebody else, a suggestion to merge waits instead (409). A nameless record that holds it is merged.
    """
    root = root_here(request, person_id)
    given = sign(payload.kind, payload.value, namespace=payload.namespace)
    try:
        made = link_identity(person_id=root, sign=given, actor=actor_of(request), at=now())
    except SignTaken as taken:
        if among(person_ids=[taken.other], scope=request.scope):
            raise
        raise Refused(409, "identity_taken", "this belongs to somebody whom this token may not see") from taken
    return Status(201, Made(id=made))


@router.delete(
    "/people/{person_id}/identities/{number}",
    **holding(*EDITS),
    response=answers(None, status=204),
    operation_id="dropIdentity",
    summary="Untie an identity",
)
def drop_one_identity(request: ApiRequest, person_id: PersonId, number: Number) -> Status[None]:
    """Unties an identity: a changed phone, a wrong entry."""
    members = members_of(root=root_here(request, person_id))
    if not Identity.objects.filter(pk=number, person__in=members).exists():
        raise NotHere
    drop_identity(identity_id=number, actor=actor_of(request), at=now())
    return Status(204, None)


@router.post("/people/{person_id}/tags", **holding(*EDITS), response=answers(TagRef), operation_id="putTag")
def put_tag(request: ApiRequest, person_id: PersonId, payload: TagGiven) -> TagRef:
    """Puts a tag on. One they have already stays as it is."""
    root = root_here(request, person_id)
    tag = labels.put_tag(person_id=root, name=payload.name, actor=actor_of(request), at=now())
    return TagRef(id=tag, name=Tag.objects.get(pk=tag).name)


@router.delete(
    "/people/{person_id}/tags/{number}", **holding(*EDITS), response=answers(None, status=204), operation_id="takeTag"
)
def take_tag(request: ApiRequest, person_id: PersonId, number: Number) -> Status[None]:
    """Takes a tag off. One they do not have changes nothing."""
    root = root_here(request, person_id)
    if not Tag.objects.filter(pk=number).exists():
        raise NotHere
    labels.take_tag(person_id=root, tag_id=number, actor=actor_of(request), at=now())
    return Status(204, None)


@router.get("/people/{person_id}/notes", **holding("people.see"), response=answers(Notes), operation_id="listNotes")
def list_notes(request: ApiRequest, person_id: PersonId) -> Notes:
    """What the team wrote about somebody."""
    card = person_card(person_id=root_here(request, person_id), may_see_contact=False)
    return Notes(notes=[NoteSeen.model_validate(one) for one in card.notes])


@router.post(
    "/people/{person_id}/notes", **holding(*EDITS), response=answers(Made, status=201), operation_id="writeNote"
)
def write_note(request: ApiRequest, person_id: PersonId, payload: NoteGiven) -> Status[Made]:
    """Keeps a note about somebody. Asking twice keeps two: after an answer that was lost, look at the notes first."""
    root, staff = root_here(request, person_id), request.token.staff_id
    made = labels.write_note(
        person_id=root,
        words=payload.words,
        staff=staff,
        staff_name=names_of(staff_ids={staff}).get(staff, ""),
        actor=actor_of(request),
        at=now(),
    )
    return Status(201, Made(id=made))


@router.delete(
    "/people/{person_id}/notes/{number}",
    **holding(*EDITS),
    response=answers(None, status=204),
    operation_id="removeNote",
)
def remove_note(request: ApiRequest, person_id: PersonId, number: Number) -> Status[None]:
    """Takes a note off. Taken off already, it stays so."""
    members = members_of(root=root_here(request, person_id))
    if not Note.objects.filter(pk=number, person__in=members).exists():
        raise NotHere
    labels.remove_note(note_id=number, at=now())
    return Status(204, None)

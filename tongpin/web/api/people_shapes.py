"""How the API shows people. Contact data is masked; `unmask` names what may be asked for in full."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Literal, Self

from pydantic import Field, model_validator

from tongpin.core.people.listing import Page as FoundPage
from tongpin.core.people.rules import Ground
from tongpin.core.people.scoping import may_be_named
from tongpin.core.people.seen import OrderSeen, PersonCard, Relation, Told
from tongpin.core.people.signs import NAMESPACED
from tongpin.core.team.rules import Scope
from tongpin.web.api.shapes import Code, FullName, Given, Id, Money, Name, Page, Shape, TagName, Value, Words


class TagRef(Shape):
    """A tag by number and name."""

    id: int
    name: str


class PersonLine(Shape):
    """A person in a list, merged records together."""

    id: int
    name: str = Field(description="What they are called: nickname, else masked name, else a masked identity.")
    nickname: str
    contact: str = Field(description="Masked.")
    tags: list[TagRef]
    touchpoints: list[str]
    identified: bool
    owner: int | None
    via: str
    since: datetime
    last_day: date | None
    orders: int | None = Field(description="Paid orders; null without the right money.see.")
    spent_fen: int | None = Field(description="Less what went back; null without the right money.see.")
    currency: str


class PeoplePage(Page):
    """People in order."""

    people: list[PersonLine]
    previous: str | None = None


class Reason(Shape):
    """Why two records are, or may be, one person."""

    code: str
    agrees: bool
    weight: float
    detail: list[str]


class Identity(Shape):
    """One way in which a person is known."""

    id: int
    kind: str
    namespace: str
    shown: str
    is_strong: bool
    via: str
    at: datetime
    unmask: str


class TraitSeen(Shape):
    """Something told of a person that is no identity, or lasts in their life."""

    id: int
    kind: str
    shown: str
    via: str
    at: datetime
    unmask: str


class Tag(Shape):
    """A tag on a person."""

    id: int
    name: str
    by: str
    at: datetime
    by_rule: bool


class Note(Shape):
    """A teammate's note."""

    id: int
    words: str
    by: int | None
    by_name: str
    at: datetime


class Consent(Shape):
    """A consent, in force or withdrawn."""

    id: int
    purpose: str
    channel: str
    basis: str
    given_at: datetime
    withdrawn_at: datetime | None


class PlaceRef(Shape):
    """A place a person is in now."""

    id: int
    kind: str
    name: str
    community_id: int | None


class MergedRecord(Shape):
    """A record merged into the person; `merge` is what takes it back."""

    person: int
    merge: int
    reasons: list[Reason]
    by: str
    at: datetime


class Related(Shape):
    """Somebody who brought the person or was brought by them."""

    person: int
    name: str
    kind: str
    at: datetime


class Order(Shape):
    """An order. `place` is the shop; null where the token may not see it."""

    place: int | None
    number: str
    placed_at: datetime | None
    paid_at: datetime | None
    cancelled_at: datetime | None
    lines: int
    paid_fen: Money
    back_fen: Money
    currency: str


class Bought(Shape):
    """What somebody bought in all."""

    orders: int
    net_fen: Money
    currency: str
    last_at: datetime | None
    latest: list[Order]


class Doubt(Shape):
    """Who else this may be."""

    suggestion: int
    person: int
    name: str
    score: float
    reasons: list[Reason]


class Person(Shape):
    """Everything of one person. `id` is the record all merged ones are read as."""

    id: int
    members: list[int]
    name: str
    nickname: str
    name_masked: str
    unmask_name: str
    identified: bool
    internal: bool
    via: str
    since: datetime
    owner: int | None
    erased_at: datetime | None
    identities: list[Identity]
    touchpoints: list[str]
    missing: list[str]
    traits: list[TraitSeen]
    life: list[TraitSeen]
    tags: list[Tag]
    consents: list[Consent]
    places: list[PlaceRef] = Field(description="Those that this token may see.")
    merged: list[MergedRecord]
    brought_by: list[Related]
    brought: list[Related]
    doubts: list[Doubt]
    bought: Bought | None = Field(description="Null without the right money.see.")
    facts: dict[str, int] = Field(description="How many facts of each step the ledger holds.")
    last_day: date | None


IdentityKind = Literal[
    "phone", "mail", "unionid", "openid", "external_userid", "shop_account", "matrix", "chat_account", "custom",
    "pay_account",
]  # fmt: skip


class IdentityGiven(Given):
    """An identity to tie to a person."""

    kind: IdentityKind
    value: Value = Field(examples=["13800138000"])
    namespace: Code = Field(
        "",
        description="Within which shop, app or software the value means something. Needed by every kind but phone, mail,"
        " unionid and matrix, which mean the same everywhere.",
    )

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if self.kind in NAMESPACED and not self.namespace:
            raise ValueError("`namespace` is needed: say which shop, app or software knows them by this")
        return self


class PersonGiven(Given):
    """Somebody to add: something by which they are called or known again is needed."""

    nickname: Name = Field("", description="What they call themselves.", examples=["小美"])
    name: FullName = Field("", description="Their real name; kept sealed.", examples=["梅小美"])
    identities: list[IdentityGiven] = Field(
        [], max_length=20, examples=[[{"kind": "custom", "value": "user-17", "namespace": "crm"}]]
    )
    tags: list[TagName] = Field([], max_length=20, examples=[["老客"]])
    note: Words | None = Field(None, examples=["喜欢明前茶"])
    place: Id | None = Field(None, description="A group they are in; needed by tokens of some communities only.")


class NamesGiven(Given):
    """New names; what is left out or null stays, an empty text takes away."""

    nickname: Name | None = Field(None, examples=["美美"])
    name: FullName | None = Field(None, description="Their real name; kept sealed.")


class Added(Shape):
    """Who was added or found again. `others` own some of the identities too: suggestions wait for them."""

    id: int
    is_new: bool
    others: list[int]


class SearchGiven(Given):
    """What to look for: part of a nickname, or a whole phone, mail, name, account or order number."""

    search: Words = Field(examples=["小美", "13800138000"])
    sort: Literal["recent", "name", "new"] = "recent"
    after: str = Field("", max_length=400, pattern=r"^[A-Za-z0-9_\-]*$")
    limit: int = Field(50, ge=1, le=200)


class FieldGiven(Given):
    """What to show in full: one of the `unmask` names of a person."""

    field: str = Field(
        examples=["identity:phone"], pattern=r"^(name|identity:[a-z_]{1,30}|trait:[a-z_]{1,30}|life:[a-z_]{1,30})$"
    )


class Values(Shape):
    """Values in full. That they were seen stands in the audit trail."""

    values: list[str]


def page_of(found: FoundPage, *, money: bool) -> PeoplePage:
    """A page of the list."""
    lines = [
        PersonLine(
            id=row.person_id,
            name=row.display_name,
            nickname=row.nickname,
            contact=row.contact,
            tags=[TagRef(id=number, name=name) for number, name in row.tags],
            touchpoints=list(row.touchpoints),
            identified=row.identified,
            owner=row.owner,
            via=row.via,
            since=row.since,
            last_day=row.last_day,
            orders=row.orders if money else None,
            spent_fen=row.net_fen if money else None,
            currency=row.currency,
        )
        for row in found.rows
    ]
    return PeoplePage(people=lines, next=found.next, previous=found.previous)


def reasons_of(grounds: tuple[Ground, ...]) -> list[Reason]:
    """Reasons, strongest first as they are kept."""
    return [Reason(code=g.code, agrees=g.agrees, weight=g.weight, detail=list(g.detail)) for g in grounds]


def person_of(card: PersonCard, *, money: bool, seen: frozenset[int], named: Collection[int], scope: Scope) -> Person:
    """A person's card. Of others only those in `seen` are named, of places those within the scope, of shops `named`."""
    counts = card.counts
    return Person(
        id=card.person_id,
        members=list(card.members),
        name=card.display_name,
        nickname=card.nickname,
        name_masked=card.name_masked,
        unmask_name=card.unmask_name,
        identified=card.identified,
        internal=card.internal,
        via=card.via,
        since=card.since,
        owner=card.owner,
        erased_at=card.erased_at,
        identities=[Identity.model_validate(one) for one in card.identities],
        touchpoints=list(card.touchpoints),
        missing=list(card.missing),
        traits=_told(card.traits),
        life=_told(card.life),
        tags=[Tag.model_validate(one) for one in card.tags],
        consents=[Consent.model_validate(one) for one in card.consents],
        places=[
            PlaceRef.model_validate(one)
            for one in card.places
            if may_be_named(community_id=one.community_id, scope=scope)
        ],
        merged=[
            MergedRecord(person=m.person_id, merge=m.merge_id, reasons=reasons_of(m.grounds), by=m.by, at=m.at)
            for m in card.merged
        ],
        brought_by=_related(card.brought_by, seen),
        brought=_related(card.brought, seen),
        doubts=[
            Doubt(
                suggestion=one.suggestion_id,
                person=one.person_id,
                name=one.display_name,
                score=one.score,
                reasons=reasons_of(one.grounds),
            )
            for one in card.doubts
            if one.person_id in seen
        ],
        bought=_bought(card, named) if money else None,
        facts={name: int(getattr(counts, name)) for name in ("gather", "give", "sell", "share", "other")},
        last_day=counts.last_day,
    )


def _told(told: tuple[Told, ...]) -> list[TraitSeen]:
    return [TraitSeen.model_validate(one) for one in told]


def _related(found: tuple[Relation, ...], seen: frozenset[int]) -> list[Related]:
    return [
        Related(person=one.person_id, name=one.display_name, kind=one.kind, at=one.at)
        for one in found
        if one.person_id in seen
    ]


def _bought(card: PersonCard, named: Collection[int]) -> Bought:
    held = card.purchases
    return Bought(
        orders=held.orders,
        net_fen=held.net_fen,
        currency=held.currency,
        last_at=held.last_at,
        latest=[_order(one, named) for one in held.latest],
    )


def _order(one: OrderSeen, named: Collection[int]) -> Order:
    return Order(
        place=one.place_id if one.place_id in named else None,
        number=one.number,
        placed_at=one.placed_at,
        paid_at=one.paid_at,
        cancelled_at=one.cancelled_at,
        lines=one.lines,
        paid_fen=one.paid_fen,
        back_fen=one.back_fen,
        currency=one.currency,
    )

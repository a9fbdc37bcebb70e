"""Sources to fetch from (拉取来源): added, tried out, mapped, paused, closed; and what a screen shows of them.

A new source is paused until somebody has seen what comes and starts it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from tongpin.base.egress import EgressError
from tongpin.base.secrets import KeyFileError
from tongpin.base.text import clean
from tongpin.core.intake.fetching import Failed, Sample, sealed_token, way_out
from tongpin.core.intake.models import Source
from tongpin.core.intake.pulling import KINDS
from tongpin.core.places.actions import know_place
from tongpin.core.places.models import Place
from tongpin.core.team.rules import Actor
from tongpin.core.team.trail import audit

EVERY = (5, 7 * 24 * 60)
"""Minutes between two rounds: least and most."""

LATE = timedelta(minutes=15)


class SourceUnknown(LookupError):
    """There is no such source, or it was closed."""


class SourceUnnamed(ValueError):
    """A source needs a name."""


class NotReady(ValueError):
    """What is fetched must be mapped first."""


class AddressRefused(ValueError):
    """We do not fetch from there; `reason` is the door's code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _checked(address: str) -> str:
    """An address one may fetch from, as far as it can be told without asking its name. Raises AddressRefused."""
    typed = address.strip()
    try:
        with way_out(limits=KINDS["json_pages"].limits()) as door:
            door.checked(typed)
    except EgressError as error:
        raise AddressRefused(error.reason) from error
    if len(typed) > 2000:
        raise AddressRefused("url")
    return typed


def _every(minutes: int) -> int:
    return min(max(minutes, EVERY[0]), EVERY[1])


@transaction.atomic
def add_source(
    *,
    name: str,
    kind: str,
    address: str,
    secret: str = "",
    settings: Mapping[str, Any] | None = None,
    every_minutes: int = 15,
    actor: Actor,
    at: datetime,
) -> int:
    """A new source, paused, and its number. Raises SourceUnnamed, AddressRefused, BadSettings."""
    called = clean(name, limit=80)
    if not called:
        raise SourceUnnamed("give the source a name")
    source = Source.objects.create(
        name=called,
        kind=kind,
        address=_checked(address),
        token_sealed=sealed_token(secret),
        settings=KINDS[kind].check(settings or {}, with_mapping=False),
        every_minutes=_every(every_minutes),
        next_at=at,
        made_at=at,
        paused_at=at,
    )
    audit(actor=actor, action="source.made", at=at, subject=("source", source.pk), details={"kind": kind})
    return int(source.pk)


@transaction.atomic
def change_source(
    *,
    source_id: int,
    name: str | None = None,
    address: str | None = None,
    secret: str | None = None,
    settings: Mapping[str, Any] | None = None,
    every_minutes: int | None = None,
    event: str | None = None,
    shop_id: int | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    """Changes what is given; None leaves as it is, an empty secret takes it away. Another address begins anew.

    Settings with an order number need a shop: the one given, else one called like the source. Raises SourceUnknown,
    SourceUnnamed, AddressRefused, BadSettings, BadMapping.
    """
    source = _held(source_id)
    if name is not None:
        source.name = clean(name, limit=80)
        if not source.name:
            raise SourceUnnamed("give the source a name")
    if address is not None and (new := _checked(address)) != source.address:
        source.address, source.cursor, source.cursor_at = new, "", None
    if secret is not None:
        source.token_sealed = sealed_token(secret)
    if settings is not None:
        kept = KINDS[source.kind].check({**source.settings, **settings}, with_mapping="mapping" in settings)
        if kept != source.settings:
            # What is known already stays known: reading all again by a new mapping doubles nothing.
            source.settings, source.cursor, source.cursor_at = kept, "", None
    if every_minutes is not None:
        source.every_minutes = _every(every_minutes)
    if event is not None:
        source.event = clean(event, limit=60)
    if "order_number" in (source.settings.get("mapping") or {}).values():
        source.shop = _shop(source, shop_id, at)
    elif shop_id is not None:
        source.shop = Place.objects.filter(pk=shop_id, kind=Place.Kind.SHOP).first() or source.shop
    # Whoever is fetching by the old settings must not write any more.
    source.lease, source.leased_until, source.next_at = "", None, at
    source.save()
    audit(actor=actor, action="source.changed", at=at, subject=("source", source.pk))


def _shop(source: Source, shop_id: int | None, at: datetime) -> Place | None:
    if shop_id is not None and (shop := Place.objects.filter(pk=shop_id, kind=Place.Kind.SHOP).first()):
        return shop
    return source.shop or know_place(
        kind=Place.Kind.SHOP, platform="pull", name=source.name, at=at, actor=f"pull:{source.pk}"
    )


@transaction.atomic
def start_source(*, source_id: int, actor: Actor, at: datetime) -> None:
    """Fetches from now on, the first time at once. Raises SourceUnknown, NotReady."""
    source = _held(source_id)
    if source.kind == "json_pages" and not source.settings.get("mapping"):
        raise NotReady("map the fields first")
    source.paused_at, source.next_at, source.fails, source.problem = None, at, 0, ""
    source.save(update_fields=["paused_at", "next_at", "fails", "problem"])
    audit(actor=actor, action="source.started", at=at, subject=("source", source.pk))


@transaction.atomic
def pause_source(*, source_id: int, actor: Actor, at: datetime) -> None:
    """Stops fetching; a page in hand is not written any more. Raises SourceUnknown."""
    source = _held(source_id)
    if source.paused_at is None:
        source.paused_at, source.lease, source.leased_until = at, "", None
        source.save(update_fields=["paused_at", "lease", "leased_until"])
        audit(actor=actor, action="source.paused", at=at, subject=("source", source.pk))


@transaction.atomic
def close_source(*, source_id: int, actor: Actor, at: datetime) -> None:
    """Never fetches again, and forgets the token; what came stays. Raises SourceUnknown."""
    source = _held(source_id)
    source.closed_at, source.token_sealed, source.lease, source.leased_until = at, None, "", None
    source.save(update_fields=["closed_at", "token_sealed", "lease", "leased_until"])
    audit(actor=actor, action="source.closed", at=at, subject=("source", source.pk))


def try_source(*, source_id: int, at: datetime) -> Sample:
    """Fetches once and keeps nothing. Raises SourceUnknown, Failed with the reason."""
    source = Source.objects.filter(pk=source_id, closed_at=None).first()
    if source is None:
        raise SourceUnknown
    kind = KINDS[source.kind]
    try:
        with way_out(limits=kind.limits()) as door:
            return kind.try_out(source, door, at=at)
    except EgressError as error:
        raise Failed(f"{type(error).__name__.lower()}:{error.reason}") from error
    except KeyFileError as error:
        raise Failed("token_unreadable") from error


def _held(source_id: int) -> Source:
    source = Source.objects.select_for_update(of=("self",)).filter(pk=source_id, closed_at=None).first()
    if source is None:
        raise SourceUnknown
    return source


class Round(NamedTuple):
    """One round of fetching: what it brought, what could not be used («fault:field» → how often), what went wrong."""

    at: datetime
    new: int
    known: int
    faults: dict[str, int]
    problem: str


@dataclass(frozen=True, slots=True)
class SourceSeen:
    """A source as a screen shows it. `problem` is a code and perhaps its argument; `last` counts the last good round."""

    id: int
    name: str
    kind: str
    address: str
    has_secret: bool
    settings: dict[str, Any]
    event: str
    shop_id: int | None
    shop_name: str
    every_minutes: int
    state: str
    next_at: datetime
    fetched_at: datetime | None
    problem: str
    fails: int
    taken: int
    made_at: datetime
    cursor_at: datetime | None = None
    last: dict[str, Any] = field(default_factory=dict)
    rounds: tuple[Round, ...] = ()

    @property
    def mapping(self) -> dict[str, str]:
        """What the fields mean, where pages are fetched."""
        found: dict[str, str] = self.settings.get("mapping") or {}
        return found


def _seen(source: Source, at: datetime) -> SourceSeen:
    if source.paused_at is not None:
        state = "paused" if source.fetched_at or source.problem else "new"
    elif source.fails:
        state = "failing"
    elif source.leased_until is not None and source.leased_until > at:
        state = "fetching"
    else:
        state = "late" if at - source.next_at > LATE else "waiting" if source.problem else "well"
    return SourceSeen(
        id=source.pk,
        name=source.name,
        kind=source.kind,
        address=source.address,
        has_secret=source.token_sealed is not None,
        settings=source.settings,
        event=source.event,
        shop_id=source.shop_id,
        shop_name=source.shop.name if source.shop else "",
        every_minutes=source.every_minutes,
        state=state,
        next_at=source.next_at,
        fetched_at=source.fetched_at,
        problem=source.problem,
        fails=source.fails,
        taken=source.taken,
        made_at=source.made_at,
        cursor_at=source.cursor_at,
        last=source.last,
        rounds=tuple(
            Round(datetime.fromisoformat(one["at"]), one["new"], one["known"], one["faults"], one["problem"])
            for one in source.rounds
        ),
    )


def sources(*, at: datetime) -> list[SourceSeen]:
    """All sources that are not closed, by name. One query."""
    rows = Source.objects.filter(closed_at=None).select_related("shop").order_by("name", "pk")
    return [_seen(source, at) for source in rows]


def source_seen(*, source_id: int, at: datetime) -> SourceSeen:
    """One source. Raises SourceUnknown."""
    source = Source.objects.filter(pk=source_id, closed_at=None).select_related("shop").first()
    if source is None:
        raise SourceUnknown
    return _seen(source, at)

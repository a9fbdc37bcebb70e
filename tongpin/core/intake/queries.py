"""What screens ask about imports. Everything comes back as frozen dataclasses, within the scope of who asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from tongpin.base.secrets import KeyFileError
from tongpin.channels.sheet.rows import BadReason, BadRow
from tongpin.core.intake.actions import TAKE_BACK_DAYS
from tongpin.core.intake.models import Batch, Row
from tongpin.core.intake.placing import NAMES
from tongpin.core.places.models import Place
from tongpin.core.team.keys import keyring
from tongpin.core.team.rules import Communities, Everything, Scope

State = Batch.State
OPEN = (State.UPLOADED, State.READY)
AT_WORK = (State.QUEUED, State.RUNNING, State.TAKING_BACK)
ENDED = (State.DONE, State.CANCELLED, State.FAILED)
HEAPS: dict[str, tuple[str, ...]] = {
    "open": OPEN,
    "running": AT_WORK,
    "done": (State.DONE,),
    "failed": (State.FAILED, State.CANCELLED),
    "taken_back": (State.TAKEN_BACK,),
}
"""How a list of imports is filtered."""

COUNTS = ("rows", "new", "known", "changed", "waiting", "rejected", "people", "orders", "messages")
OFFERED = 200
"""Names offered to choose from."""

OUTCOMES = {name: outcome for outcome, name in NAMES.items()}


@dataclass(frozen=True, slots=True)
class BatchSeen:
    """An import as a screen shows it. `reasons` are codes with how many rows; `by` is staff:7, cli or a token."""

    id: int
    file_name: str
    size: int
    state: str
    kind: str
    layout: str
    shop_name: str
    place_name: str
    community_id: int | None
    community_name: str
    consent_basis: str
    progress: float
    problem: str
    by: str
    uploaded_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    taken_back_at: datetime | None
    wants_cancel: bool
    rows: int = 0
    new: int = 0
    known: int = 0
    changed: int = 0
    waiting: int = 0
    rejected: int = 0
    people: int = 0
    orders: int = 0
    messages: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """It still waits for somebody to say something, or to start it."""
        return self.state in OPEN

    @property
    def is_at_work(self) -> bool:
        """Something is going on without anybody's doing."""
        return self.state in AT_WORK

    @property
    def take_back_until(self) -> datetime | None:
        """Until when it can be taken back; None where there is nothing to take back."""
        if self.state not in ENDED or self.finished_at is None or not (self.rows - self.rejected):
            return None
        return self.finished_at + timedelta(days=TAKE_BACK_DAYS)


def _seen(batch: Batch) -> BatchSeen:
    counts: dict[str, Any] = batch.counts or {}
    return BatchSeen(
        id=batch.pk,
        file_name=batch.file_name,
        size=batch.size,
        state=batch.state,
        kind=batch.kind,
        layout=batch.layout,
        shop_name=(batch.shop.name if batch.shop else "") or batch.shop_name,
        place_name=batch.place_name,
        community_id=batch.community_id,
        community_name=batch.community.name if batch.community else "",
        consent_basis=batch.consent_basis,
        progress=batch.progress,
        problem=batch.problem,
        by=batch.by,
        uploaded_at=batch.uploaded_at,
        started_at=batch.started_at,
        finished_at=batch.finished_at,
        taken_back_at=batch.taken_back_at,
        wants_cancel=batch.wants_cancel,
        reasons=dict(counts.get("reasons", {})),
        **{name: int(counts.get(name, 0)) for name in COUNTS},
    )


def _within(scope: Scope) -> QuerySet[Batch]:
    batches = Batch.objects.filter(dry_run=False)
    return batches if isinstance(scope, Everything) else batches.filter(community_id__in=_ids(scope))


def _ids(scope: Scope) -> list[int]:
    return sorted(scope.ids) if isinstance(scope, Communities) else []


@dataclass(frozen=True, slots=True)
class BatchPage:
    """Imports from new to old; `older_than` is the key of the next page, None at the end. `heaps` counts all."""

    lines: list[BatchSeen]
    older_than: int | None
    heaps: dict[str, int]

    @property
    def total(self) -> int:
        """How many there are in all."""
        return sum(self.heaps.values())


def imports(*, scope: Scope, heap: str = "", older_than: int | None = None, size: int = 30) -> BatchPage:
    """The list of imports. `heap` is one of HEAPS or nothing for all. Two queries."""
    found = _within(scope).values_list("state").annotate(number=Count("pk")).order_by()
    by_state = {state: int(number) for state, number in found}
    heaps = {name: sum(by_state.get(state, 0) for state in states) for name, states in HEAPS.items()}
    batches = _within(scope).select_related("shop", "community").order_by("-pk")
    if heap in HEAPS:
        batches = batches.filter(state__in=HEAPS[heap])
    if older_than is not None:
        batches = batches.filter(pk__lt=older_than)
    lines = [_seen(batch) for batch in batches[: size + 1]]
    more = len(lines) > size
    return BatchPage(lines[:size], lines[size - 1].id if more else None, heaps)


def batch_of(*, batch_id: int, scope: Scope) -> Batch | None:
    """The import itself, for the actions; None where it is not there or outside the scope."""
    return _within(scope).select_related("shop", "community").filter(pk=batch_id).first()


def import_seen(*, batch_id: int, scope: Scope) -> BatchSeen | None:
    """One import; None where it is not there or outside the scope. One query."""
    batch = batch_of(batch_id=batch_id, scope=scope)
    return _seen(batch) if batch else None


def seen(batch: Batch) -> BatchSeen:
    """The same for an import in hand."""
    return _seen(batch)


def imported_before(batch: Batch) -> BatchSeen | None:
    """The last import of the very same bytes that went through, if there is one."""
    twin = (
        Batch.objects.filter(sha256=batch.sha256, state=State.DONE)
        .exclude(pk=batch.pk)
        .select_related("shop", "community")
        .order_by("-pk")
        .first()
    )
    return _seen(twin) if twin else None


def shop_names(*, scope: Scope) -> list[str]:
    """Names of shops that imports came from, to choose from."""
    return _names_of(Place.Kind.SHOP, scope)


def group_names(*, scope: Scope) -> list[str]:
    """Names of groups known so far, to choose from."""
    return _names_of(Place.Kind.GROUP, scope)


def _names_of(kind: Place.Kind, scope: Scope) -> list[str]:
    places = Place.objects.filter(kind=kind)
    if not isinstance(scope, Everything):
        places = places.filter(community_id__in=_ids(scope))
    return list(places.order_by("name").values_list("name", flat=True).distinct()[:OFFERED])


@dataclass(frozen=True, slots=True)
class Attention:
    """Imports that wait for somebody, newest first."""

    open: list[BatchSeen]
    failed: list[BatchSeen]


def needing_attention(*, scope: Scope, now: datetime) -> Attention:
    """What was uploaded and not started, and what failed in the last three days and was not done again. One query."""
    lately = Q(finished_at__gte=now - timedelta(days=3))
    again = Batch.objects.filter(Q(state__in=AT_WORK) | lately & Q(state=State.DONE), sha256=OuterRef("sha256"))
    wanted = _within(scope).filter(Q(state__in=OPEN) | lately & Q(state=State.FAILED) & ~Exists(again))
    found = [_seen(b) for b in wanted.select_related("shop", "community").order_by("-pk")[:50]]
    return Attention([one for one in found if one.state in OPEN], [one for one in found if one.state == State.FAILED])


@dataclass(frozen=True, slots=True)
class Reach:
    """What taking an import back would undo."""

    facts: int
    people: int


def reach_of(*, batch_id: int) -> Reach:
    """Facts of the import that still count, and people who came by it. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select (select coalesce(sum(hi - lo + 1), 0) from import_block where batch_id = %s),"
            " (select count(*) from person where via = %s and erased_at is null)",
            [batch_id, f"import:{batch_id}"],
        )
        facts, people = cursor.fetchone()
    return Reach(int(facts), int(people))


@dataclass(frozen=True, slots=True)
class RowSeen:
    """What one row became. `cells` are there only where a human must look again, and for who asked for them."""

    row: int
    outcome: str
    reason: str
    column: str
    order: str
    person_id: int | None
    cells: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class RowPage:
    """Rows in file order; `after` is the key of the next page, None at the end."""

    lines: list[RowSeen]
    after: int | None


_ROWS = (
    'select row, outcome, reason, "column", order_number, person_id, cells_sealed from import_row'
    " where batch_id = %s and row > %s"
)


def rows_of(*, batch_id: int, outcome: str = "", after: int = 0, size: int = 50, open_cells: bool = False) -> RowPage:
    """What the rows of an import became. One query."""
    chosen = OUTCOMES.get(outcome)
    values: list[int] = [batch_id, after]
    if chosen is not None:
        values.append(int(chosen))
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_ROWS}{' and outcome = %s' if chosen is not None else ''} order by row limit %s", [*values, size + 1]
        )
        found = cursor.fetchall()
    lines = [
        RowSeen(
            row=int(row),
            outcome=NAMES[Row.Outcome(result)],
            reason=reason,
            column=column,
            order=order,
            person_id=person_id,
            cells=tuple(opened(sealed)) if open_cells and sealed is not None else (),
        )
        for row, result, reason, column, order, person_id, sealed in found[:size]
    ]
    return RowPage(lines, lines[-1].row if len(found) > size else None)


def opened(sealed: bytes | memoryview) -> list[Any]:
    """The cells of a row that was kept; none where the key file has changed."""
    try:
        cells: list[Any] = msgspec.json.decode(keyring().decrypt(sealed, context="import_row"))
    except KeyFileError:
        return []
    return cells


def rejected_of(*, batch_id: int, size: int = 2000) -> Iterator[BadRow]:
    """All rejected rows of an import with their cells, in file order, a few thousand at a time."""
    after = 0
    while True:
        page = rows_of(batch_id=batch_id, outcome="rejected", after=after, size=size, open_cells=True)
        for one in page.lines:
            reason: BadReason = one.reason  # type: ignore[assignment]
            yield BadRow(row=one.row, reason=reason, column=one.column, cells=list(one.cells))
        if page.after is None:
            return
        after = page.after

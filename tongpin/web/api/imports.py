"""Imports: putting a file in, saying what it is, starting, watching, cancelling, taking back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, cast

from ninja import File, Form, Path, Query, Router, Status
from ninja.files import UploadedFile
from pydantic import Field, StringConstraints

from tongpin.base.clock import now
from tongpin.core.intake import jobs
from tongpin.core.intake.actions import describe
from tongpin.core.intake.models import Batch
from tongpin.core.intake.queries import BatchSeen, batch_of, imports, rows_of, seen
from tongpin.core.intake.recognising import Verdict
from tongpin.core.intake.uploads import receive
from tongpin.core.people.roots import roots_of
from tongpin.core.people.scoping import among
from tongpin.core.places.models import Community
from tongpin.core.team.rules import Communities
from tongpin.web.api.cursors import mark, number_of
from tongpin.web.api.door import ApiRequest, NotHere, Refused, actor_of, answers, holding
from tongpin.web.api.shapes import MOST_ID, PLAIN, After, Given, Id, Limit, Name, Page, Shape

router = Router(tags=["imports"])
Number = Annotated[int, Path(ge=1, le=MOST_ID)]
Heap = Literal["", "open", "running", "done", "failed", "taken_back"]
RowOutcome = Literal["new", "known", "changed", "waiting", "rejected"]
Outcome = Literal["", "new", "known", "changed", "waiting", "rejected"]
Kind = Literal["", "orders", "items", "customers", "bills", "vouchers", "messages"]
State = Literal["uploaded", "ready", "queued", "running", "done", "cancelled", "failed", "taking_back", "taken_back"]
Basis = Literal["", "contract", "asked"]
DateOrder = Literal["", "mdy", "dmy"]
Cell = Annotated[str, StringConstraints(max_length=200, pattern=PLAIN)]


class Import(Shape):
    """One import. Counts are rows; people, orders and messages are counted apart. `reasons` are codes with their rows."""

    id: int
    file_name: str
    size: int
    state: State = Field(
        description="uploaded: something is lacking; ready: may be started; queued and on: it has begun."
    )
    kind: str
    layout: str
    shop_name: str
    place_name: str
    community_id: int | None
    consent_basis: str
    progress: float = Field(description="0 to 1.")
    problem: str = Field(description="Why it cannot be started, or why it failed: a code.")
    by: str
    uploaded_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    taken_back_at: datetime | None
    take_back_until: datetime | None
    rows: int
    new: int
    known: int
    changed: int
    waiting: int
    rejected: int
    people: int
    orders: int
    messages: int
    reasons: dict[str, int]


class Recognised(Shape):
    """What a file was taken for. `needs` names what must still be said before it can start."""

    file: Import
    confidence: float
    importable: bool
    reason: str
    needs: list[str] = Field(description="shop: give `shop_name`; place: give `place_name`.")


class ImportsPage(Page):
    """Imports, newest first."""

    imports: list[Import]


class RowSeen(Shape):
    """What a row became. `person` is who it is about now; null where nobody, or nobody this token may see."""

    row: int
    outcome: RowOutcome
    reason: str
    column: str
    order: str
    person: int | None


class RowsPage(Page):
    """Rows in file order."""

    rows: list[RowSeen]


class Described(Given):
    """All that is known of a file; what is left out is unknown. `mapping` is column → meaning."""

    kind: Kind = ""
    mapping: dict[Cell, Cell] | None = Field(None, max_length=300, examples=[{"电话": "phone", "昵称": "nickname"}])
    date_order: DateOrder = ""
    header_row: int | None = Field(
        None, ge=0, le=10_000, description="The row that names the columns, counted from 1; 0 where there is none."
    )
    shop_name: Name = Field("", examples=["茶铺"])
    place_name: Name = ""
    community: Id | None = None
    consent_basis: Basis = ""


def import_of(one: BatchSeen) -> Import:
    """An import as the API shows it."""
    return Import.model_validate(one)


def _here(request: ApiRequest, number: int) -> Batch:
    batch = batch_of(batch_id=number, scope=request.scope)
    if batch is None:
        raise NotHere
    return batch


def _community(request: ApiRequest, number: int | None) -> Community | None:
    """The community that is meant. One is needed where the token is bound to some."""
    if number is None:
        if isinstance(request.scope, Communities):
            raise Refused(422, "community_needed", "say which of the token's communities these people belong to")
        return None
    found = Community.objects.filter(pk=number).first()
    if found is None or not request.scope.holds(found.pk):
        raise Refused(422, "community_unknown", "there is no such community among those this token may see")
    return found


def _recognised(batch: Batch, verdict: Verdict) -> Recognised:
    return Recognised(
        file=import_of(seen(batch)),
        confidence=verdict.confidence,
        importable=verdict.importable,
        reason=verdict.reason,
        needs=list(verdict.needs),
    )


@router.get("", **holding("import.see"), response=answers(ImportsPage), operation_id="listImports")
def list_imports(request: ApiRequest, heap: Annotated[Heap, Query("")], after: After, limit: Limit) -> ImportsPage:
    """Imports, newest first, of one heap or all."""
    page = imports(scope=request.scope, heap=heap, older_than=number_of(after), size=limit)
    more = mark(page.older_than) if page.older_than else None
    return ImportsPage(imports=[import_of(one) for one in page.lines], next=more)


@router.post(
    "",
    **holding("import.see", "import.run"),
    response=answers(Recognised, status=201),
    operation_id="uploadImport",
    summary="Put a file in",
)
def upload(
    request: ApiRequest,
    file: Annotated[UploadedFile, File(description="A table (CSV, Excel), a bill, or an exported conversation.")],
    community: Annotated[int | None, Form(None, ge=1, le=MOST_ID)],
) -> Status[Recognised]:
    """Puts a file in and recognises it. Nothing is imported yet; a file nobody starts is dropped after a day.

    The same file again is another import, whose rows are then known already: nothing is counted twice.
    """
    at = now()
    where = _community(request, community)
    batch = receive(pieces=file.chunks(), file_name=file.name or "", by=actor_of(request), at=at)
    return Status(201, _recognised(batch, describe(batch=batch, at=at, community=where)))


@router.get("/{number}", **holding("import.see"), response=answers(Import), operation_id="getImport")
def get_import(request: ApiRequest, number: Number) -> Import:
    """One import: its state, progress and counts."""
    return import_of(seen(_here(request, number)))


@router.post(
    "/{number}/describe",
    **holding("import.see", "import.run"),
    response=answers(Recognised),
    operation_id="describeImport",
)
def describe_import(request: ApiRequest, number: Number, payload: Described) -> Recognised:
    """Says what is known of a file that was put in, and recognises it anew with that."""
    batch = _here(request, number)
    given = payload.model_dump(exclude={"community"})
    where = _community(request, payload.community)
    verdict = describe(batch=batch, at=now(), community=where, **given)
    batch.refresh_from_db()
    return _recognised(batch, verdict)


@router.post(
    "/{number}/start",
    **holding("import.see", "import.run"),
    response=answers(Import, status=202),
    operation_id="startImport",
)
def start_import(request: ApiRequest, number: Number) -> Status[Import]:
    """Starts an import; the worker takes it. Nobody gets a message: what comes in is history.

    One that has begun is refused with 409 (`import_begun`): ask for it to see how far it is.
    """
    waits = _here(request, number)
    if not seen(waits).is_open:
        raise Refused(409, "import_begun", "this import has begun already: ask for it to see how far it is")
    batch = jobs.queue_import(batch=waits, actor=request.actor, at=now())
    return Status(202, import_of(seen(batch)))


@router.post(
    "/{number}/cancel", **holding("import.see", "import.run"), response=answers(Import), operation_id="cancelImport"
)
def cancel_import(request: ApiRequest, number: Number) -> Import:
    """Stops an import between two chunks, or drops a file that was not started. What was placed stays."""
    return import_of(seen(jobs.cancel_import(batch=_here(request, number), actor=request.actor, at=now())))


@router.post(
    "/{number}/take-back",
    **holding("import.see", "import.take_back"),
    response=answers(Import, status=202),
    operation_id="takeImportBack",
)
def take_import_back(request: ApiRequest, number: Number) -> Status[Import]:
    """Withdraws all facts of an import, within seven days. A large one is withdrawn by the worker, bit by bit."""
    batch = _here(request, number)
    jobs.take_import_back(batch=batch, actor=request.actor, at=now())
    batch.refresh_from_db()
    return Status(202, import_of(seen(batch)))


@router.get("/{number}/rows", **holding("import.see"), response=answers(RowsPage), operation_id="listImportRows")
def list_rows(
    request: ApiRequest, number: Number, outcome: Annotated[Outcome, Query("")], after: After, limit: Limit
) -> RowsPage:
    """What the rows of an import became, in file order; kept as long as it can be taken back."""
    batch = _here(request, number)
    page = rows_of(batch_id=batch.pk, outcome=outcome, after=number_of(after) or 0, size=limit)
    about = {one.person_id for one in page.lines if one.person_id is not None}
    may_see = among(person_ids=about, scope=request.token.scope("people.see"))
    people = roots_of(person_ids=may_see)
    lines = [
        RowSeen(
            row=one.row,
            outcome=cast(RowOutcome, one.outcome),
            reason=one.reason,
            column=one.column,
            order=one.order,
            person=people.get(one.person_id or 0),
        )
        for one in page.lines
    ]
    return RowsPage(rows=lines, next=mark(page.after) if page.after else None)

"""Fetching a table (表格拉取): a CSV or Excel file at an address becomes an import whenever its content has changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
from django.conf import settings as house

from tongpin.base.egress import Egress, Limits
from tongpin.core.intake import actions, jobs
from tongpin.core.intake.fetching import (
    Auth,
    BadSettings,
    Failed,
    Sample,
    Step,
    Tally,
    check_status,
    is_header,
    shown_token,
    with_parameters,
)
from tongpin.core.intake.models import Batch, Source
from tongpin.core.intake.recognising import TABLES, Verdict
from tongpin.core.intake.uploads import NoRoom, TooLarge, discard, receive
from tongpin.core.places.models import Community

BASES = ("", "contract", "asked")
HOPELESS = frozenset({"ledger", "settlement", "products", "logistics"})
"""Tables nobody can say anything of that would make them importable."""

OPEN = (Batch.State.UPLOADED, Batch.State.READY)


class SheetSettings(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of the file beforehand, as a person would say it in the import wizard."""

    kind: str = ""
    shop_name: str = ""
    place_name: str = ""
    community: int = 0
    consent_basis: str = ""
    auth: Auth = Auth()


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was fetched last: the server's own marks, and the content's digest."""

    etag: str = ""
    modified: str = ""
    sha256: str = ""


def limits() -> Limits:
    """As large as an upload may be."""
    return Limits(size=house.IMPORT_LIMIT_MB * 1_000_000, seconds=900, step=30)


def check(given: Mapping[str, Any], *, with_mapping: bool) -> dict[str, Any]:
    """Settings as they are kept. Raises BadSettings."""
    try:
        found = msgspec.convert(dict(given), SheetSettings)
    except msgspec.ValidationError as error:
        raise BadSettings("not_understood") from error
    if found.kind not in ("", *TABLES, "messages"):
        raise BadSettings("no_such_kind", "kind")
    if found.consent_basis not in BASES:
        raise BadSettings("no_such_basis", "consent_basis")
    if not is_header(found.auth.header):
        raise BadSettings("not_a_header", "header")
    if found.community and not Community.objects.filter(pk=found.community).exists():
        raise BadSettings("no_such_community", "community")
    built: dict[str, Any] = msgspec.to_builtins(found)
    return built


def try_out(source: Source, door: Egress, *, at: datetime) -> Sample:
    """Fetches the file, says what it would be taken for, and keeps nothing. Raises Failed, EgressError."""
    batch, _ = _fetched(source, Place(), door, at)
    if batch is None:
        raise Failed("empty")
    try:
        verdict = _recognised(source, batch, at)
        fields = {"kind": verdict.kind, "layout": verdict.layout, "needs": ",".join(verdict.needs)}
        return Sample({name: value for name, value in fields.items() if value}, batch.size, False)
    finally:
        _drop(batch)


def step(source: Source, door: Egress, *, at: datetime) -> Step:
    """Fetches the file; where its content is new, an import of it is ready to start. Raises Failed, EgressError."""
    place = _place(source.cursor)
    batch, marks = _fetched(source, place, door, at)
    cursor = msgspec.json.encode(marks).decode()
    if batch is None or marks.sha256 == place.sha256:
        if batch is not None:
            _drop(batch)
        return Step([Tally], cursor, False)
    verdict = _recognised(source, batch, at)
    if not verdict.kind or verdict.reason in HOPELESS:
        _drop(batch)
        raise Failed(f"not_a_table:{verdict.reason}")
    if verdict.reason == "table_empty":
        _drop(batch)
        return Step([Tally], cursor, False, problem="table_empty")
    for earlier in Batch.objects.filter(by=_named(source), state__in=OPEN).exclude(pk=batch.pk):
        _drop(earlier)
    if batch.state != Batch.State.READY:
        told = ",".join(verdict.needs) or verdict.reason
        return Step([Tally], cursor, False, problem=f"import_waits:{batch.pk}:{told}")
    return Step([lambda: _start(source, batch, at)], cursor, False)


def _start(source: Source, batch: Batch, at: datetime) -> Tally:
    actions.start(batch=batch, actor=_named(source), at=at)
    jobs.defer(jobs.RUN, batch.pk)
    return Tally(new=1)


def _named(source: Source) -> str:
    return f"pull:{source.pk}"


def _fetched(source: Source, place: Place, door: Egress, at: datetime) -> tuple[Batch | None, Place]:
    told = msgspec.convert(source.settings, SheetSettings)
    secrets, parameters = shown_token(source, told.auth)
    asked = {"If-None-Match": place.etag, "If-Modified-Since": place.modified}
    headers = {name: value for name, value in asked.items() if value}
    with door.stream(with_parameters(source.address, parameters), headers=headers, secrets=secrets) as answer:
        if answer.status == 304 and place.sha256:
            return None, place
        check_status(answer.status, answer.headers, at=at)
        try:
            batch = receive(pieces=answer.pieces(), file_name=_file_name(source), by=_named(source), at=at)
        except TooLarge as error:
            raise Failed("size") from error
        except NoRoom as error:
            raise Failed("no_room") from error
        etag, modified = (answer.headers.get(name, "")[:300] for name in ("etag", "last-modified"))
    if not batch.size:
        _drop(batch)
        raise Failed("empty")
    return batch, Place(etag, modified, bytes(batch.sha256).hex())


def _file_name(source: Source) -> str:
    last = unquote(urlsplit(source.address).path).rsplit("/", 1)[-1]
    return last if re.search(r"\.\w{2,5}$", last) else f"{source.name}.csv"


def _recognised(source: Source, batch: Batch, at: datetime) -> Verdict:
    told = msgspec.convert(source.settings, SheetSettings)
    verdict = actions.describe(
        batch=batch,
        at=at,
        kind=told.kind,
        shop_name=told.shop_name,
        place_name=told.place_name,
        community=Community.objects.filter(pk=told.community).first() if told.community else None,
        consent_basis=told.consent_basis,
    )
    batch.refresh_from_db()
    return verdict


def _drop(batch: Batch) -> None:
    discard(batch)
    batch.delete()


def _place(cursor: str) -> Place:
    try:
        return msgspec.json.decode(cursor, type=Place) if cursor else Place()
    except msgspec.DecodeError:
        return Place()

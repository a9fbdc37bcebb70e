"""Reading entries: what a fact looks like once it is in the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.facts.form import Fact
from tongpin.core.facts.upcasters import upcast
from tongpin.core.ledger.actions import Cause

COLUMNS = "seq, kind, at, recorded_at, person_id, place_id, actor, source, origin, cause, depth, version, body"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the ledger, as it was written. `person_id` may since have become an alias of another."""

    seq: int
    kind: str
    at: datetime
    recorded_at: datetime
    person_id: int | None
    place_id: int | None
    actor: str
    source: str
    origin: int
    cause: int | None
    depth: int
    version: int
    body: dict[str, Any]

    @property
    def fact(self) -> Fact:
        """The body as its struct, brought up to today's version."""
        _, body = upcast(self.kind, self.version, self.body)
        return msgspec.convert(body, CATALOGUE[self.kind], strict=False)

    @property
    def subject(self) -> str:
        """What order is kept by: `kind of subject:its value`."""
        kind = CATALOGUE.get(self.kind)
        if kind is None:
            return f"entry:{self.seq}"
        own = {"person": self.person_id, "place": self.place_id}
        return f"{kind.subject}:{own[kind.subject] if kind.subject in own else self.body.get(kind.subject)}"

    def as_cause(self) -> Cause:
        """For facts that follow from this one."""
        return Cause(self.seq, self.depth)


def from_row(row: tuple[Any, ...]) -> Entry:
    """An entry from a row of COLUMNS."""
    seq, kind, at, recorded_at, person_id, place_id, actor, source, origin, cause, depth, version, body = row
    content = json.loads(body) if isinstance(body, str) else body
    return Entry(
        seq,
        kind,
        at,
        recorded_at,
        person_id,
        place_id,
        actor or "",
        source or "",
        origin,
        cause,
        depth,
        version,
        content,
    )


def from_rows(rows: Iterable[tuple[Any, ...]]) -> list[Entry]:
    """Entries in the order of the rows."""
    return [from_row(row) for row in rows]

"""Shapes that several parts of the API share. Every parameter has bounds; bodies take nothing they do not know."""

from __future__ import annotations

from typing import Annotated

from ninja import Query, Schema
from pydantic import ConfigDict, Field, StringConstraints

MOST_ID = (1 << 63) - 1
PLAIN = r"^[^\x00]*$"
"""Text PostgreSQL can hold."""

Id = Annotated[int, Field(ge=1, le=MOST_ID)]
Limit = Annotated[int, Query(50, ge=1, le=200, description="Rows of one page at most.")]
After = Annotated[
    str,
    Query("", max_length=400, pattern=r"^[A-Za-z0-9_\-]*$", description="`next` of the page before; opaque."),
]
Name = Annotated[str, StringConstraints(max_length=120, pattern=PLAIN)]
FullName = Annotated[str, StringConstraints(max_length=80, pattern=PLAIN)]
TagName = Annotated[str, StringConstraints(max_length=60, pattern=PLAIN)]
Value = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PLAIN)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=PLAIN)]
Code = Annotated[str, StringConstraints(max_length=60, pattern=r"^[A-Za-z0-9_.:\-]*$")]
Money = Annotated[int, Field(description="In fen (分), the hundredth of a yuan.")]


class Shape(Schema):
    """What the API answers."""

    model_config = ConfigDict(from_attributes=True)


class Given(Schema):
    """What the API is given: exactly these fields, in exactly these types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Page(Shape):
    """A stretch of a list; give `next` back as `after` to go on."""

    next: str | None = Field(None, description="Mark of the next page; null at the end.")

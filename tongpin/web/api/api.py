"""The API as a whole. Each module of this package holds the operations of one resource."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router

from tongpin.web.api import facts, imports, merges, people, people_edits, places
from tongpin.web.api.door import Known, NotHere, Problem, Token, only_known
from tongpin.web.api.faults import add_faults

DESCRIPTION = """\
People, identities, tags, notes, facts, merges and imports for other software.

**Who asks.** Send `Authorization: Bearer tpa_…`. A token is made under Settings → API tokens (设置 → API 令牌) and never may
more than whoever made it; one that is bound to communities sees the people of those alone. Every operation names the rights it
needs (`x-rights`).

**Lists** are paged: give `next` back as `after` until it is null. To follow what happens, ask `GET /api/facts` and keep its
`position`. To tell what happened elsewhere, use the tracking API (`POST /v1/batch`), not this one.

**Refusals** are answered as a `Problem`, and nothing was changed: 400 the body cannot be read, 401 the token is missing or no
good, 403 it lacks a right, 404 nothing here that it may see, 409 it cannot be done as things stand now, 413 the body is too
large, 415 it is of another kind, 422 something given cannot be used, 429 too fast: wait `Retry-After` seconds.

**Again.** A request whose answer was lost may be sent again: what is done already stays as it is, or is refused with 409. Where
asking twice does a thing twice, the operation says so.

**Versions.** Within version 1 fields, parameters, codes and operations are only added: pass over what you do not know. What is to
go is marked `deprecated` here and stays for six months at least; CHANGELOG.md tells.
"""


class Api(NinjaAPI):
    """Answers hold what is known of people: nobody on the way keeps them."""

    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:
        """What an operation's answer is written into."""
        return _not_kept(super().create_temporal_response(request))

    def create_response(self, request: HttpRequest, data: Any, **more: Any) -> HttpResponse:
        """Any answer with a body."""
        return _not_kept(super().create_response(request, data, **more))


def _not_kept(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-store"
    return answer


# An operation that forgets to name its rights meets this token, which no right satisfies.
api = Api(title="Tongpin", version="1", description=DESCRIPTION, docs_url=None, auth=Token())
api.add_decorator(only_known, mode="view")
api.add_router("/people", people.router)
for one in (people_edits.router, facts.router, places.router):
    api.add_router("", one)
api.add_router("/merges", merges.router)
api.add_router("/imports", imports.router)
add_faults(api)
elsewhere = Router()


@elsewhere.api_operation(
    ["GET", "POST", "PUT", "PATCH", "DELETE"],
    "/{path:rest}",
    auth=Known(),
    include_in_schema=False,
    response={404: Problem},
)
def nothing_here(request: HttpRequest, rest: str) -> None:
    """Any other address: the answer is a Problem as everywhere."""
    raise NotHere


api.add_router("", elsewhere)  # last: an address belongs to the first that fits

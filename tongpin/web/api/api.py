"""The API as a whole. Each module of this package holds the operations of one resource."""

from __future__ import annotations

from ninja import NinjaAPI

from tongpin.web.api import facts, imports, merges, people, people_edits, places
from tongpin.web.api.door import Token, only_known
from tongpin.web.api.faults import add_faults

DESCRIPTION = """\
People, identities, tags, notes, facts, merges and imports for other software.

Send `Authorization: Bearer tpa_…`. A token is made under Settings → Sources (设置 → 接入) and never may more than whoever made
it; one that is bound to communities sees the people of those alone. Every operation names the rights it needs
(`x-rights`).

Lists are paged: give `next` back as `after`. To follow what happens, ask `GET /api/facts` and keep its `position`. To tell
what happened elsewhere, use the tracking API (`POST /v1/batch`), not this one.

Whatever is refused is answered as a `Problem`, and nothing was changed.
"""

# An operation that forgets to name its rights meets this token, which no right satisfies.
api = NinjaAPI(title="Tongpin", version="1", description=DESCRIPTION, docs_url=None, auth=Token())
api.add_decorator(only_known, mode="view")
api.add_router("/people", people.router)
for one in (people_edits.router, facts.router, places.router):
    api.add_router("", one)
api.add_router("/merges", merges.router)
api.add_router("/imports", imports.router)
add_faults(api)

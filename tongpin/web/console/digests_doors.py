"""Which digest a teammate may open."""

from __future__ import annotations

from django.http import Http404

from tongpin.loop.give.digests.actions import DigestUnknown
from tongpin.loop.give.digests.queries import DigestSeen, digest_seen
from tongpin.web.look.gate import StaffRequest


def digest_or_404(request: StaffRequest, digest_id: int) -> DigestSeen:
    """The digest, if the view's rights reach its community."""
    try:
        seen = digest_seen(digest_id=digest_id) if digest_id < 1 << 63 else None
    except DigestUnknown:
        seen = None
    if seen is None or not request.scope.holds(seen.community_id):
        raise Http404
    return seen

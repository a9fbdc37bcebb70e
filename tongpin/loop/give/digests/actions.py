"""All that can be done with digests, in one place to import from."""

from __future__ import annotations

from tongpin.loop.give.digests.asking import BY_HAND, BY_PAGE, NotQuoted, answer_consent, ask_consent, end_standing
from tongpin.loop.give.digests.drafting import BadDigest, draft_from_place, draft_from_talk, leave_out, write_up
from tongpin.loop.give.digests.keeping import DigestUnknown
from tongpin.loop.give.digests.publishing import NotYet, publish

__all__ = [
    "BY_HAND",
    "BY_PAGE",
    "BadDigest",
    "DigestUnknown",
    "NotQuoted",
    "NotYet",
    "answer_consent",
    "ask_consent",
    "draft_from_place",
    "draft_from_talk",
    "end_standing",
    "leave_out",
    "publish",
    "write_up",
]

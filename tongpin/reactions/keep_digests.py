"""Digests follow what happens: a talk that ended has a draft, and who does not want to be quoted any more is not."""

from __future__ import annotations

from contextlib import suppress

from tongpin.core.ledger.entries import Entry
from tongpin.loop.give.digests.actions import BadDigest, DigestUnknown, draft_from_talk, end_standing


def draft_digest(entry: Entry) -> None:
    """A draft lies ready when somebody looks; where nothing was said that is worth a look there is none."""
    with suppress(BadDigest, DigestUnknown):
        draft_from_talk(talk_id=int(entry.body["talk"]), at=entry.at, actor=entry.actor or "system")


def take_chat_in(entry: Entry) -> None:
    """A chat that was added to a talk is taken into its draft."""
    if entry.body["about_kind"] == "talk":
        with suppress(BadDigest, DigestUnknown):
            draft_from_talk(talk_id=int(entry.body["about"]), at=entry.at, actor=entry.actor or "system")


def quote_no_more(entry: Entry) -> None:
    """The consent to be quoted, given once for all, was taken back."""
    if entry.body.get("purpose") == "publish_words" and entry.person_id is not None:
        end_standing(person_id=entry.person_id, at=entry.at)

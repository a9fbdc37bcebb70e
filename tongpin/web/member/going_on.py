"""What goes on in communities: talks that are live or to come (嘉宾分享), replays, and digests (文摘) to read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tongpin.core.team.rules import Communities
from tongpin.loop.give.digests.queries import DigestLine, digests_of
from tongpin.loop.give.talks.queries import talks_of
from tongpin.loop.give.talks.seen import TalkLine
from tongpin.web.member.shop_words import by_the_clock

SHOWN = 3
ASKED_FOR = 30
"""Of so many the first that members may see are shown: drafts stand among them."""


@dataclass(frozen=True, slots=True)
class Row:
    """A talk or a digest in a list. `kind`: live, coming, replay, digest. `who`: the guest, or the community."""

    kind: str
    code: str
    title: str
    who: str
    at: datetime
    when: str = ""


def coming_in(communities: Collection[int], *, limit: int = SHOWN) -> list[Row]:
    """Talks that are live, then those announced, next first. One query."""
    if not communities:
        return []
    found = talks_of(when="coming", scope=Communities(frozenset(communities)), limit=ASKED_FOR)
    live = [_talk(one, "live") for one in found if one.state == "live"]
    return [*live, *(_talk(one, "coming") for one in found if one.state == "announced")][:limit]


def kept_in(communities: Collection[int], *, limit: int = SHOWN) -> list[Row]:
    """Digests that were published and replays of talks, newest first. Three queries."""
    if not communities:
        return []
    held = Communities(frozenset(communities))
    ended = [one for one in talks_of(when="past", scope=held, limit=ASKED_FOR) if one.state == "ended"]
    rows = [*digests_in(communities, limit=limit), *(_talk(one, "replay") for one in ended)]
    return sorted(rows, key=lambda one: one.at, reverse=True)[:limit]


def digests_in(communities: Collection[int], *, limit: int = SHOWN) -> list[Row]:
    """Published digests, newest first; whoever looks may read them. Two queries."""
    found = digests_of(scope=Communities(frozenset(communities)), state="published", limit=limit)
    return [_digest(one) for one in found]


def _talk(one: TalkLine, kind: str) -> Row:
    return Row(kind, one.live_code, one.title, one.guest_name, one.starts_at, by_the_clock(one.starts_at))


def _digest(one: DigestLine) -> Row:
    return Row("digest", one.code, one.title, one.community, one.published_at or one.drafted_at)

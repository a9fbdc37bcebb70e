"""Exported conversations on their way in: members, messages and notices of a group, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from tongpin.base.clock import now
from tongpin.base.ids import digest
from tongpin.channels.sheet.chats.keys import Occurrences
from tongpin.channels.sheet.chats.values import SELF, BadRow, Chat, Item, Member, Notice, Said
from tongpin.core.intake.keeping import Counted, Kept, keep_blocks, keep_rows, move_checkpoint
from tongpin.core.intake.models import Batch, Row
from tongpin.core.intake.placing import Placed, trying_again
from tongpin.core.ledger.bulk import LIMIT, Line, record_many
from tongpin.core.ledger.models import Origin
from tongpin.core.people.arriving import Learnt, learn_many, lines_of_arrival
from tongpin.core.people.erased import erased_list
from tongpin.core.people.resolving import Arrival, Resolved, remember, resolve_many
from tongpin.core.people.signs import Sign
from tongpin.core.places.actions import assign, find_place, know_place
from tongpin.core.places.hearing import Heard, hear_many, meet_members
from tongpin.core.places.models import Place
from tongpin.core.team.keys import keyring

MESSAGES = 1000
_NEAR = 20
"""Conversations that a window of nothing but refused rows may be of."""


@dataclass(slots=True)
class Part:
    """Some rows of one conversation."""

    place: int
    scope: str
    members: list[Member] = field(default_factory=list)
    said: list[tuple[Said | Notice, str, str]] = field(default_factory=list)
    """Messages and notices with their key and the key of what they reply to."""
    threads: dict[str, str] = field(default_factory=dict)
    """Which thread a message belongs to, by the key of the thread's first message."""


@dataclass(slots=True)
class Window:
    """Neighbouring rows of a file on their way into one transaction; bad ones belong to nobody's conversation."""

    parts: dict[int, Part] = field(default_factory=dict)
    bad: list[BadRow] = field(default_factory=list)
    rows: int = 0
    last_row: int = 0
    scopes: tuple[str, ...] = ()
    """Where accounts and names of its conversations mean somebody, as the list of the erased names them."""


class Conversations:
    """Sorts the items of a file into conversations. Sees every item, also those placed before a restart.

    Without `makes_places`, places that are not there yet are numbered below zero.
    """

    def __init__(self, batch: Batch, *, makes_places: bool = True) -> None:
        self.batch = batch
        self.makes_places = makes_places
        self.begin = batch.checkpoint
        self.places: dict[str, tuple[int, str]] = {}
        self.counting = Occurrences()
        self.threads: dict[tuple[int, str], str] = {}
        self.window = Window()
        self.met: list[Member] = []
        """Members who are met before the next message; those before a message that is placed are placed as well."""

    def windows(self, items: Iterable[Item]) -> Iterator[Window]:
        """Windows in file order, each of at most MESSAGES rows."""
        for item in items:
            if isinstance(item, Chat):
                self._know(item)
            elif isinstance(item, Member):
                self.met.append(item)
            elif isinstance(item, BadRow):
                if item.row > self.begin:
                    self.window.bad.append(item)
                    self._count(item.row)
            else:
                self._take(item)
            if self.window.rows >= MESSAGES:
                yield self._closed()
                self.window = Window()
        self._meet()
        if self.window.rows or self.window.parts:
            yield self._closed()

    def _closed(self) -> Window:
        near = [(part.place, part.scope) for part in self.window.parts.values()]
        near = near or list(self.places.values())[-_NEAR:]
        named = [name for place, scope in near for name in (f"chat_account/{scope}", f"chat_name/place:{place}")]
        self.window.scopes = tuple(dict.fromkeys(named))
        return self.window

    def _count(self, row: int) -> None:
        self.window.rows += 1
        self.window.last_row = max(self.window.last_row, row)

    def _part(self, key: str | None) -> Part:
        place, scope = self._place_of(key)
        return self.window.parts.setdefault(place, Part(place, scope))

    def _meet(self) -> None:
        for member in self.met:
            self._part(member.place).members.append(member)
        self.met = []

    def _take(self, item: Said | Notice) -> None:
        place, _ = self._place_of(item.place)
        key = self.counting.key(item).hex()
        first = ""
        if isinstance(item, Said) and item.thread:
            first = self.threads.setdefault((place, item.thread), key)
        if item.row <= self.begin:
            self.met = []
            return
        self._meet()
        part = self._part(item.place)
        reply = self.counting.key(_stand_in(item)).hex() if isinstance(item, Said) and item.reply_to else ""
        if first:
            part.threads[key] = first
        part.said.append((item, key, reply))
        self._count(item.row)

    def _know(self, chat: Chat) -> None:
        batch = self.batch
        name = batch.place_name or chat.place_name or batch.file_name
        kind = Place.Kind.GROUP if chat.kind == "group" else Place.Kind.PRIVATE_CHAT
        outside = chat.place_external_id or ""
        place = find_place(kind=kind, platform=chat.platform, name=name, external_id=outside)
        if place is None and batch.place_name and outside:
            place = find_place(kind=kind, platform=chat.platform, name=name)
        if place is None and self.makes_places:
            place = know_place(
                kind=kind,
                platform=chat.platform,
                name=name,
                external_id=outside,
                at=now(),
                actor=f"import:{batch.pk}",
                community=batch.community,
                origin=Origin.HISTORY,
            )
        number = place.pk if place is not None else -1 - len(self.places)
        self.places[chat.key or ""] = (number, _scope(chat, number))
        if place is not None and self.makes_places:
            self._belongs(place)

    def _belongs(self, place: Place) -> None:
        batch = self.batch
        if batch.community is not None and place.community_id is None:
            assign(place=place, community=batch.community, at=now(), actor=f"import:{batch.pk}")
        if batch.shop_id is None:
            Batch.objects.filter(pk=batch.pk, shop=None).update(shop=place)
            batch.shop_id = place.pk

    def _place_of(self, key: str | None) -> tuple[int, str]:
        found = self.places.get(key or "")
        if found is None and self.places:
            found = next(iter(self.places.values()))
        if found is None:
            self._know(Chat("unknown", key or "", None, "group", None, ""))
            found = next(iter(self.places.values()))
        return found


def _scope(chat: Chat, place: int) -> str:
    """Where an account of the conversation means one person: on its platform; where no platform is named, within its
    team, else in this place only, for «bob» here is not «bob» there."""
    if chat.platform != "unknown":
        return chat.platform
    team = (chat.place_external_id or "").rpartition("/")[0]
    if not team:
        return f"place:{place}"
    return f"team:{team}" if len(team) <= 50 else f"team:{digest(team).hex()}"


def _stand_in(said: Said) -> Said:
    """A message with the id replied to: its key is that of the message meant."""
    return Said(0, said.reply_to, None, "", said.at, "text", "", place=said.place)


def sender_sign(part_place: int, platform: str, external_id: str | None, name: str) -> Sign | None:
    """How somebody in a conversation is known again: by the platform's id, else by their name within this place only."""
    if external_id == SELF:
        return Sign("chat_account", f"place:{part_place}", SELF)
    if external_id:
        return Sign("chat_account", platform, external_id[:200])
    return Sign("chat_name", f"place:{part_place}", name) if name else None


def arrivals_in(part: Part) -> list[Arrival]:
    """Everybody of a part as they arrive: its members, then who said each of its messages."""
    signs = [sender_sign(part.place, part.scope, one.external_id, one.name) for one in part.members]
    signs += [_sender(part, item) for item, _, _ in part.said]
    return [Arrival((one,) if one else ()) for one in signs]


def place_window(window: Window, *, batch: Batch, progress: float) -> Placed:
    """Writes a window with its facts and row outcomes, in one transaction. Meets a rival writer by doing it again."""
    return trying_again(lambda: _place_once(window, batch, progress))


def _place_once(window: Window, batch: Batch, progress: float) -> Placed:
    moment = now()
    rows = [Kept(one.row, Row.Outcome.REJECTED, one.reason, one.column, cells=one.cells) for one in window.bad]
    people = messages = 0
    resolutions: list[Resolved] = []
    with transaction.atomic():
        for part in window.parts.values():
            arrivals = arrivals_in(part)
            resolved = resolve_many(arrivals, via=f"import:{batch.pk}", at=moment)
            new = _place_part(part, arrivals, resolved, batch, moment)
            rows += outcomes_of(part, resolved.people[len(part.members) :], new)
            people, messages = people + len(resolved.met), messages + len(new)
            resolutions.append(resolved)
        placed = Placed(rows, Counted(people=people, messages=messages))
        keep_rows(placed.rows, batch, scopes=window.scopes)
        row = max(window.last_row, batch.checkpoint)
        counts = move_checkpoint(batch, row=row, progress=progress, rows=placed.rows, more=placed.counted)
    for resolved in resolutions:
        remember(resolved)
    batch.checkpoint, batch.counts = row, counts
    return placed


def _place_part(
    part: Part, arrivals: Sequence[Arrival], resolved: Resolved, batch: Batch, moment: datetime
) -> set[str]:
    """Writes members, messages and their facts; returns the keys of messages that were new."""
    via = f"import:{batch.pk}"
    blocks = _record(lines_of_arrival(resolved, via="chat", at=moment), via)
    count = len(part.members)
    names = [one.group_nickname or one.name for one in part.members]
    said_by = [_name(item) for item, _, _ in part.said]
    # What the list of members calls somebody goes before what their messages bear.
    called = [*zip(resolved.people[count:], said_by, strict=True), *zip(resolved.people[:count], names, strict=True)]
    learn_many(Learnt(person, nickname=name) for person, name in called if person is not None and name)
    heard = _heard(part, resolved.people[count:], arrivals[count:], resolved)
    lines, new = hear_many(place_id=part.place, heard=heard, batch=batch.pk)
    first = min((item.at for item, _, _ in part.said), default=moment)
    seen = [
        (person, name, member.role or "", first)
        for member, name, person in zip(part.members, names, resolved.people[:count], strict=True)
        if person is not None
    ]
    seen += [(one.person_id, "", "", one.at) for one in heard if one.person_id is not None]
    joined = meet_members(place_id=part.place, members=seen, batch=batch.pk, origin_source="heard")
    blocks += _record(lines + joined, via)
    keep_blocks(blocks, batch)
    return new


def _heard(part: Part, speakers: Sequence[int | None], arrivals: Sequence[Arrival], resolved: Resolved) -> list[Heard]:
    """What was said. Of who was erased with their words nothing comes back but that something was said."""
    wordless = _wordless(resolved)
    return [
        Heard(
            key,
            person,
            item.at,
            item.kind if isinstance(item, Said) else "system",
            "" if wordless and not wordless.isdisjoint(arrival.signs) else item.text,
            reply,
            part.threads.get(key, ""),
        )
        for (item, key, reply), person, arrival in zip(part.said, speakers, arrivals, strict=True)
    ]


def _wordless(resolved: Resolved) -> set[Sign]:
    if not resolved.gone:
        return set()
    ring, marks = keyring(), erased_list()
    return {one for one in resolved.gone if ring.erased_mark(f"words:{one.kind}/{one.namespace}", one.value) in marks}


def _sender(part: Part, item: Said | Notice) -> Sign | None:
    if isinstance(item, Notice):
        return None
    return sender_sign(part.place, part.scope, item.sender_external_id, item.sender_name)


def _name(item: Said | Notice) -> str:
    return item.sender_name if isinstance(item, Said) else ""


def _record(lines: list[Line], via: str) -> list[tuple[int, int]]:
    blocks: list[tuple[int, int]] = []
    for start in range(0, len(lines), LIMIT):
        part = lines[start : start + LIMIT]
        blocks += record_many(part, recorded_at=now(), actor=via, source=via, origin=Origin.HISTORY).blocks
    return blocks


def outcomes_of(part: Part, speakers: Sequence[int | None], new: set[str]) -> list[Kept]:
    """What the rows of a part became; of equal keys the first is the new one."""
    rows: list[Kept] = []
    left = set(new)
    for (item, key, _), person in zip(part.said, speakers, strict=True):
        outcome = Row.Outcome.NEW if key in left else Row.Outcome.KNOWN
        left.discard(key)
        note = item.note if isinstance(item, Said) else f"notice_{item.kind}"
        rows.append(Kept(item.row, outcome, note, person=person))
    return rows

"""Exported conversations on their way in: members, messages and notices of a group, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

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
from tongpin.core.places.actions import find_place, know_place
from tongpin.core.places.hearing import Heard, hear_many, meet_members
from tongpin.core.places.models import Place
from tongpin.core.team.keys import keyring

MESSAGES = 1000


@dataclass(slots=True)
class Part:
    """Some rows of one conversation on their way into one transaction."""

    place: int
    scope: str
    members: list[Member] = field(default_factory=list)
    said: list[tuple[Said | Notice, str, str]] = field(default_factory=list)
    """Messages and notices with their key and the key of what they reply to."""
    threads: dict[str, str] = field(default_factory=dict)
    """Which thread a message belongs to, by the key of the thread's first message."""
    bad: list[BadRow] = field(default_factory=list)
    last_row: int = 0


class Conversations:
    """Sorts the items of a file into parts by place. Sees every item, also those placed before a restart.

    Without `makes_places`, places that are not there yet are numbered below zero.
    """

    def __init__(self, batch: Batch, *, makes_places: bool = True) -> None:
        self.batch = batch
        self.makes_places = makes_places
        self.places: dict[str, tuple[int, str]] = {}
        self.counting = Occurrences()
        self.threads: dict[tuple[int, str], str] = {}
        self.current: Part | None = None
        self.loose: list[BadRow] = []

    def parts(self, items: Iterable[Item]) -> Iterator[Part]:
        """Parts in file order, each of one place and at most MESSAGES messages."""
        for item in items:
            if isinstance(item, Chat):
                self._know(item)
                continue
            if isinstance(item, BadRow):
                if item.row > self.batch.checkpoint:
                    self.loose.append(item)
                if len(self.loose) >= MESSAGES and self.places:
                    yield self._with_loose()
                continue
            place = self._place_of(item.place)
            if self.current is not None and (self.current.place != place[0] or len(self.current.said) >= MESSAGES):
                yield self.current
                self.current = None
            if self.current is None:
                self.current = Part(*place)
            self._take(self.current, item)
        if self.current is not None or self.loose:
            yield self._with_loose()

    def _with_loose(self) -> Part:
        """The part at hand; bad rows belong to nobody's conversation and go with it."""
        part, self.current = self.current or Part(*self._place_of(None)), None
        part.bad, self.loose = self.loose, []
        part.last_row = max([part.last_row, *(refused.row for refused in part.bad)])
        return part

    def _take(self, part: Part, item: Member | Said | Notice) -> None:
        if isinstance(item, Member):
            part.members.append(item)
            return
        key = self.counting.key(item).hex()
        reply = ""
        if isinstance(item, Said):
            if item.reply_to:
                reply = self.counting.key(_stand_in(item)).hex()
            if item.thread:
                part.threads[key] = self.threads.setdefault((part.place, item.thread), key)
        part.last_row = max(part.last_row, item.row)
        if item.row > self.batch.checkpoint:
            part.said.append((item, key, reply))

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
            place.community = batch.community
            place.save(update_fields=["community"])
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


def place_part(part: Part, *, batch: Batch, progress: float) -> Placed:
    """Writes one part with its facts and row outcomes, in one transaction. Meets a rival writer by doing it again."""
    return trying_again(lambda: _place_once(part, batch, progress))


def _place_once(part: Part, batch: Batch, progress: float) -> Placed:
    via = f"import:{batch.pk}"
    moment = now()
    arrivals = arrivals_in(part)
    names = [m.group_nickname or m.name for m in part.members] + [_name(item) for item, _, _ in part.said]
    with transaction.atomic():
        resolved = resolve_many(arrivals, via=via, at=moment)
        blocks = _record(lines_of_arrival(resolved, via="chat", at=moment), via)
        learn_many(
            Learnt(person, nickname=name)
            for person, name in zip(resolved.people, names, strict=True)
            if person is not None and name
        )
        speakers = resolved.people[len(part.members) :]
        heard = _heard(part, speakers, arrivals[len(part.members) :], resolved)
        lines, new = hear_many(place_id=part.place, heard=heard, batch=batch.pk)
        first = min((item.at for item, _, _ in part.said), default=moment)
        seen = [(person, name, m.role or "", first) for m, name, person in
                zip(part.members, names, resolved.people, strict=False) if person is not None]  # fmt: skip
        seen += [(one.person_id, "", "", one.at) for one in heard if one.person_id is not None]
        joined = meet_members(place_id=part.place, members=seen, batch=batch.pk, origin_source="heard")
        blocks += _record(lines + joined, via)
        placed = Placed(_outcomes(part, speakers, new), Counted(people=len(resolved.met), messages=len(new)))
        keep_rows(placed.rows, batch)
        keep_blocks(blocks, batch)
        row = max(part.last_row, batch.checkpoint)
        counts = move_checkpoint(batch, row=row, progress=progress, rows=placed.rows, more=placed.counted)
    remember(arrivals, resolved)
    batch.checkpoint, batch.counts = row, counts
    return placed


def _heard(
    part: Part, speakers: Sequence[int | None], arrivals: Sequence[Arrival], resolved: Resolved
) -> list[Heard]:
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
    return {
        one for one in resolved.gone if ring.erased_mark(f"words:{one.kind}/{one.namespace}", one.value) in marks
    }


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


def _outcomes(part: Part, speakers: Sequence[int | None], new: set[str]) -> list[Kept]:
    rows: list[Kept] = []
    left = set(new)
    for (item, key, _), person in zip(part.said, speakers, strict=True):
        outcome = Row.Outcome.NEW if key in left else Row.Outcome.KNOWN
        left.discard(key)
        note = item.note if isinstance(item, Said) else f"notice_{item.kind}"
        rows.append(Kept(item.row, outcome, note, person=person))
    return rows + [Kept(one.row, Row.Outcome.REJECTED, one.reason, one.column) for one in part.bad]

"""Exported conversations on their way in: members, messages and notices of a group, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import transaction

from tongpin.base.clock import now
from tongpin.channels.sheet.chats.keys import Occurrences
from tongpin.channels.sheet.chats.values import SELF, BadRow, Chat, Item, Member, Notice, Said
from tongpin.core.intake.keeping import Counted, Kept, keep_blocks, keep_rows, move_checkpoint
from tongpin.core.intake.models import Batch, Row
from tongpin.core.intake.placing import Placed, trying_again
from tongpin.core.ledger.bulk import LIMIT, Line, record_many
from tongpin.core.ledger.models import Origin
from tongpin.core.people.arriving import Learnt, learn_many, lines_of_arrival
from tongpin.core.people.resolving import Arrival, remember, resolve_many
from tongpin.core.people.signs import Sign
from tongpin.core.places.actions import know_place
from tongpin.core.places.hearing import Heard, hear_many, meet_members
from tongpin.core.places.models import Place

MESSAGES = 1000


@dataclass(slots=True)
class Part:
    """Some rows of one conversation on their way into one transaction."""

    place: int
    scope: str
    members: list[Member] = field(default_factory=list)
    said: list[tuple[Said | Notice, str, str]] = field(default_factory=list)
    """Messages and notices with their key and the key of what they reply to."""
    bad: list[BadRow] = field(default_factory=list)
    last_row: int = 0


class Conversations:
    """Sorts the items of a file into parts by place. Sees every item, also those placed before a restart."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.places: dict[str, tuple[int, str]] = {}
        self.counting = Occurrences()
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
                continue
            place, scope = self._place_of(item.place)
            if self.current is not None and (self.current.place != place or len(self.current.said) >= MESSAGES):
                yield self.current
                self.current = None
            if self.current is None:
                self.current = Part(place, scope)
            self._take(self.current, item)
            self._take_loose(self.current)
        if self.current is None and self.loose:
            self.current = Part(*self._place_of(None))
        if self.current is not None:
            self._take_loose(self.current)
            yield self.current

    def _take_loose(self, part: Part) -> None:
        """Bad rows belong to nobody's conversation; they go with the part at hand."""
        if self.loose:
            part.bad.extend(self.loose)
            part.last_row = max(part.last_row, *(refused.row for refused in self.loose))
            self.loose = []

    def _take(self, part: Part, item: Member | Said | Notice) -> None:
        if isinstance(item, Member):
            part.members.append(item)
            return
        key = self.counting.key(item).hex()
        reply = ""
        if isinstance(item, Said) and item.reply_to:
            reply = self.counting.key(_stand_in(item)).hex()
        part.last_row = max(part.last_row, item.row)
        if item.row > self.batch.checkpoint:
            part.said.append((item, key, reply))

    def _know(self, chat: Chat) -> None:
        name = self.batch.place_name or chat.place_name or self.batch.file_name
        kind = Place.Kind.GROUP if chat.kind == "group" else Place.Kind.PRIVATE_CHAT
        place = know_place(
            kind=kind,
            platform=chat.platform,
            name=name,
            external_id="" if self.batch.place_name else (chat.place_external_id or ""),
            at=now(),
            actor=f"import:{self.batch.pk}",
            community=self.batch.community,
            origin=Origin.HISTORY,
        )
        self.places[chat.key or ""] = (place.pk, chat.platform)
        if self.batch.shop_id is None:
            Batch.objects.filter(pk=self.batch.pk, shop=None).update(shop=place)
            self.batch.shop_id = place.pk

    def _place_of(self, key: str | None) -> tuple[int, str]:
        found = self.places.get(key or "")
        if found is None and self.places:
            found = next(iter(self.places.values()))
        if found is None:
            self._know(Chat("unknown", key or "", None, "group", None, ""))
            found = self.places[key or ""] if (key or "") in self.places else next(iter(self.places.values()))
        return found


def _stand_in(said: Said) -> Said:
    """A message with the id replied to: its key is that of the message meant."""
    return Said(0, said.reply_to, None, "", said.at, "text", "", place=said.place)


def sender_sign(part_place: int, platform: str, external_id: str | None, name: str) -> Sign | None:
    """How somebody in a conversation is known again: by the platform's id, else by their name within this place only."""
    if external_id == SELF:
        return Sign("chat_account", f"place:{part_place}", SELF)
    if external_id:
        return Sign("chat_account", platform, external_id)
    return Sign("chat_name", f"place:{part_place}", name) if name else None


def place_part(part: Part, *, batch: Batch, progress: float) -> Placed:
    """Writes one part with its facts and row outcomes, in one transaction. Meets a rival writer by doing it again."""
    return trying_again(lambda: _place_once(part, batch, progress))


def _place_once(part: Part, batch: Batch, progress: float) -> Placed:
    via = f"import:{batch.pk}"
    moment = now()
    signs = [sender_sign(part.place, part.scope, m.external_id, m.name) for m in part.members]
    senders = [_sender(part, item) for item, _, _ in part.said]
    arrivals = [Arrival((one,) if one else ()) for one in (*signs, *senders)]
    names = [m.group_nickname or m.name for m in part.members] + [_name(item) for item, _, _ in part.said]
    with transaction.atomic():
        resolved = resolve_many(arrivals, via=via, at=moment)
        blocks = _record(lines_of_arrival(resolved, via="chat", at=moment), batch, via)[1]
        learn_many(
            Learnt(person, nickname=name)
            for person, name in zip(resolved.people, names, strict=True)
            if person is not None and name
        )
        speakers = resolved.people[len(part.members) :]
        heard = [
            Heard(key, person, item.at, item.kind if isinstance(item, Said) else "system", item.text, reply,
                  _thread(item, batch))
            for (item, key, reply), person in zip(part.said, speakers, strict=True)
        ]  # fmt: skip
        lines, new = hear_many(place_id=part.place, heard=heard, batch=batch.pk)
        first = min((item.at for item, _, _ in part.said), default=moment)
        seen = [(person, name, m.role or "", first) for m, name, person in
                zip(part.members, names, resolved.people, strict=False) if person is not None]  # fmt: skip
        seen += [(one.person_id, "", "", one.at) for one in heard if one.person_id is not None]
        joined = meet_members(place_id=part.place, members=seen, batch=batch.pk, origin_source="heard")
        blocks += _record(lines + joined, batch, via)[1]
        placed = Placed(_outcomes(part, speakers, new), Counted(people=len(resolved.met), messages=len(new)))
        keep_rows(placed.rows, batch)
        keep_blocks(blocks, batch)
        row = max(part.last_row, batch.checkpoint)
        counts = move_checkpoint(batch, row=row, progress=progress, rows=placed.rows, more=placed.counted)
    remember(arrivals, resolved)
    batch.checkpoint, batch.counts = row, counts
    return placed


def _thread(item: Said | Notice, batch: Batch) -> str:
    """Threads of an export hold within its file: another year's file begins to count anew."""
    thread = item.thread if isinstance(item, Said) else None
    return f"{bytes(batch.sha256)[:6].hex()}:{thread}" if thread else ""


def _sender(part: Part, item: Said | Notice) -> Sign | None:
    if isinstance(item, Notice):
        return None
    return sender_sign(part.place, part.scope, item.sender_external_id, item.sender_name)


def _name(item: Said | Notice) -> str:
    return item.sender_name if isinstance(item, Said) else ""


def _record(lines: list[Line], batch: Batch, via: str) -> tuple[int, list[tuple[int, int]]]:
    count, blocks = 0, []
    for start in range(0, len(lines), LIMIT):
        written = record_many(
            lines[start : start + LIMIT], recorded_at=now(), actor=via, source=via, origin=Origin.HISTORY
        )
        count += len(written.new)
        blocks.extend(written.blocks)
    return count, blocks


def _outcomes(part: Part, speakers: list[int | None], new: set[str]) -> list[Kept]:
    rows: list[Kept] = []
    left = set(new)
    for (item, key, _), person in zip(part.said, speakers, strict=True):
        outcome = Row.Outcome.NEW if key in left else Row.Outcome.KNOWN
        left.discard(key)
        note = item.note if isinstance(item, Said) else f"notice_{item.kind}"
        rows.append(Kept(item.row, outcome, note, person=person))
    return rows + [Kept(one.row, Row.Outcome.REJECTED, one.reason, one.column) for one in part.bad]

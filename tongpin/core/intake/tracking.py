"""Writing tracked events: many requests' events in one transaction, acknowledged only after its commit."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from django.db import DataError, InterfaceError, OperationalError, close_old_connections, connection, transaction

from tongpin.base.clock import now
from tongpin.core.intake.events import Key, Problem, Ready
from tongpin.core.intake.models import TrackProblem
from tongpin.core.intake.recent import SHOWN, SHOWN_EVERY, Showing
from tongpin.core.ledger.bulk import LIMIT, Line, record_many
from tongpin.core.people.arriving import Learnt, learn_many, lines_of_arrival
from tongpin.core.people.erased import parts_of, tells_of_erased
from tongpin.core.people.merging import settle_clashes
from tongpin.core.people.resolving import Raced, memory, remember, resolve_many
from tongpin.core.team.keys import keyring

GROUP = 3000
"""Events committed together at most: new people bring lines of their own, and a transaction takes LIMIT lines."""

BACKLOG = 60_000
LINGER = 0.03
"""Seconds an admitter waits for requests that are being read: a large group costs less an event than two small ones."""

TRIES = 8

log = logging.getLogger(__name__)


class Busy(Exception):
    """More events wait than can be written soon; the sender should come again in a moment."""


@dataclass(slots=True)
class Parcel:
    """The events of one request on their way to the ledger."""

    key: Key
    ready: list[Ready]
    received_at: datetime
    done: threading.Event = field(default_factory=threading.Event)
    problems: list[Problem] = field(default_factory=list)
    left_out: set[bytes] = field(default_factory=set)
    """Keys of events of people who were erased: taken in silence, kept nowhere."""
    epoch: int = -1
    """Of the erasures, when its people were resolved."""
    error: BaseException | None = None


def admit(parcels: Sequence[Parcel]) -> None:
    """Writes the events of several requests in one transaction. Doing it again changes nothing."""
    for attempt in range(TRIES):
        try:
            _admit_once(parcels)
            return
        except Raced:
            time.sleep(0.001 * attempt)
        except OperationalError:
            # A deadlock or a lost connection: keys make the second try safe.
            if attempt == TRIES - 1:
                raise
            close_old_connections()
            time.sleep(0.02 * 2**attempt)
    raise Busy("other writers kept meeting the same new people first")


def _admit_once(parcels: Sequence[Parcel]) -> None:
    events = [(parcel, one) for parcel in parcels for one in parcel.ready]
    if not events:
        return
    arrivals = [one.arrival for _, one in events]
    moment = now()
    with transaction.atomic():
        resolved = resolve_many(arrivals, via="tracking", at=moment)
        for parcel in parcels:
            parcel.epoch = memory.epoch
        for trusted in (True, False):
            clashes = [
                resolved.clashes[i] for i, at in enumerate(resolved.clash_at) if events[at][0].key.is_server is trusted
            ]
            if clashes:
                settle_clashes(clashes=clashes, trusted=trusted, at=moment, actor="tracking")
        lines = lines_of_arrival(resolved, via="tracking", at=moment)
        places: dict[int, int] = {}
        tellers = {parcel.key.id: (f"key:{parcel.key.id}", f"track:{parcel.key.id}") for parcel in parcels}
        for i, ((parcel, one), person) in enumerate(zip(events, resolved.people, strict=True)):
            if person is None:
                parcel.left_out.add(one.digest)
                continue
            if one.told and (one.told.name or resolved.named.get(person) != one.told.nickname):
                places[len(lines)] = i
            lines.append(Line(one.digest, one.kind, one.at, person, None, one.body, 1, (), tellers[parcel.key.id]))
        learnt: list[Learnt] = []
        for start in range(0, len(lines), LIMIT):
            part = lines[start : start + LIMIT]
            written = record_many(part, recorded_at=moment, actor="tracking", source="tracking")
            for new in written.new if places else ():
                if (place := places.get(start + new)) is None:
                    continue
                (parcel, one), person = events[place], resolved.people[place]
                if one.told and person is not None:
                    learnt.append(Learnt(person, one.told.nickname, one.told.name, certain=parcel.key.is_server))
        if learnt:
            learn_many(learnt)
    remember(resolved)


class Door:
    """How many requests are being read at this moment."""

    def __init__(self) -> None:
        self.coming = 0
        self.lock = threading.Lock()

    def __enter__(self) -> None:
        with self.lock:
            self.coming += 1

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.coming -= 1


class Admission:
    """Several admitters side by side. Events of the same person (by their first sign) always go to the same one, so
    the admitters hardly ever meet the same new person; each request waits for all its parts.

    Requests are read inside `door`; where none is being read, nothing waits for more.
    """

    def __init__(self, *, admitters: int = 2) -> None:
        showing = Showing()
        self.door = Door()
        self.admitters = [Admitter(showing, self.door) for _ in range(admitters)]

    @property
    def is_alive(self) -> bool:
        return all(one.thread.is_alive() for one in self.admitters)

    def submit(self, parcel: Parcel, *, timeout: float = 30.0) -> None:
        """Returns when all events of the parcel are committed. Raises Busy; sending again is safe."""
        count = len(self.admitters)
        parts = [Parcel(parcel.key, [], parcel.received_at) for _ in range(count)]
        for one in parcel.ready:
            signs = one.arrival.signs
            parts[hash(signs[0].value) % count if signs else 0].ready.append(one)
        parts[0].problems.extend(parcel.problems)
        used = [(self.admitters[i], part) for i, part in enumerate(parts) if part.ready or part.problems]
        for admitter, part in used:
            admitter.put(part)
        for _, part in used:
            if not part.done.wait(timeout):
                raise Busy("the database is slow or away")
        parcel.problems = [problem for _, part in used for problem in part.problems]
        for _, part in used:
            if part.error:
                raise part.error

    def close(self) -> None:
        """Finishes what waits and ends."""
        for admitter in self.admitters:
            admitter.close()


class Admitter:
    """One thread that takes whatever requests wait, up to GROUP events, and commits them together.

    A group that PostgreSQL refuses is taken apart until the one event it cannot store stands alone.
    """

    def __init__(self, showing: Showing, door: Door) -> None:
        self.waiting: queue.SimpleQueue[Parcel | None] = queue.SimpleQueue()
        self.backlog = 0
        self.lock = threading.Lock()
        self.showing = showing
        self.door = door
        self.thread = threading.Thread(target=self._run, name="admitter", daemon=True)
        self.thread.start()

    def put(self, parcel: Parcel) -> None:
        """Queues a parcel; its `done` is set when its events are committed. Raises Busy where too many wait."""
        with self.lock:
            if self.backlog > BACKLOG:
                raise Busy("too many events wait")
            self.backlog += len(parcel.ready)
        self.waiting.put(parcel)

    def close(self) -> None:
        """Finishes what waits and ends."""
        self.waiting.put(None)
        self.thread.join(10)

    def _run(self) -> None:
        while True:
            try:
                first = self.waiting.get(timeout=SHOWN_EVERY)
            except queue.Empty:
                self._show()  # the last event of a burst is shown too, though nothing follows it
                continue
            if first is None:
                self._show(at_once=True)
                connection.close()
                return
            group, size = [first], len(first.ready)
            closing = False
            late = time.monotonic() + LINGER
            while size < GROUP:
                try:
                    more = self.waiting.get_nowait()
                except queue.Empty:
                    if not self.door.coming or time.monotonic() > late:
                        break
                    time.sleep(0.001)
                    continue
                if more is None:
                    closing = True
                    break
                group.append(more)
                size += len(more.ready)
            self._take(group)
            with self.lock:
                self.backlog -= size
            self._show()
            if closing:
                self.waiting.put(None)

    def _take(self, group: list[Parcel]) -> None:
        try:
            self._admit(group)
        except (OperationalError, InterfaceError, Busy, Exception) as error:
            log.error("tracked events could not be written: %s", type(error).__name__)
            for parcel in group:
                parcel.error = Busy("the database is away; send again")
        for parcel in group:
            self._note(parcel)
            parcel.done.set()

    def _admit(self, group: list[Parcel]) -> None:
        try:
            admit(group)
        except DataError:
            if len(group) > 1:
                half = len(group) // 2
                self._admit(group[:half])
                self._admit(group[half:])
                return
            self._isolate(group[0])

    def _isolate(self, parcel: Parcel) -> None:
        """Finds the event PostgreSQL refuses; all others go in."""
        if len(parcel.ready) == 1:
            refused = parcel.ready.pop()
            parcel.problems.append(
                Problem("cannot_be_stored", "a number or text the database cannot hold", refused.raw)
            )
            return
        half = len(parcel.ready) // 2
        parts = [
            Parcel(parcel.key, parcel.ready[:half], parcel.received_at),
            Parcel(parcel.key, parcel.ready[half:], parcel.received_at),
        ]
        for part in parts:
            try:
                admit([part])
            except DataError:
                self._isolate(part)
            parcel.problems.extend(part.problems)
            parcel.left_out |= part.left_out
            parcel.epoch = part.epoch
        parcel.ready = parts[0].ready + parts[1].ready

    def _note(self, parcel: Parcel) -> None:
        good = parcel.ready if parcel.error is None else []
        if parcel.left_out:
            good = [one for one in good if one.digest not in parcel.left_out]
        last = [(one.kind, one.body) for one in good[-SHOWN:]]
        self.showing.note(
            key_id=parcel.key.id,
            good=len(good),
            last=last,
            bad=len(parcel.problems),
            at=parcel.received_at,
            epoch=parcel.epoch,
        )

    def _show(self, *, at_once: bool = False) -> None:
        try:
            self.showing.keep(at_once=at_once)
        except (OperationalError, InterfaceError):
            close_old_connections()


def keep_problems(key: Key, problems: Sequence[Problem], *, received_at: datetime) -> None:
    """Keeps events that could not be used, for a week, sealed, so that whoever integrates can see why. Of people who were
    erased only the reason is kept."""
    ring = keyring()
    scopes = [f"{kind}/{key.namespace}" for kind in ("custom", "device", "claimed_user")]
    TrackProblem.objects.bulk_create(
        TrackProblem(
            write_key=key.id,
            reason=one.reason,
            detail=one.detail[:200],
            sealed=ring.encrypt(one.raw[:4000].decode("utf-8", "replace"), context="track_problem")
            if one.raw and not tells_of_erased(_texts(one.raw), scopes=scopes)
            else None,
            received_at=received_at,
        )
        for one in problems[:200]
    )


def _texts(raw: bytes) -> Iterator[str]:
    """All texts and numbers of an event as it was sent, whatever its shape."""
    try:
        waiting = [msgspec.json.decode(raw)]
    except msgspec.DecodeError:
        yield from parts_of(raw.decode("utf-8", "replace"))
        return
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend((*one, *one.values()))
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, str | int):
            yield str(one).strip()
            yield from parts_of(str(one))


__all__ = ["Admission", "Busy", "Parcel", "admit", "keep_problems"]

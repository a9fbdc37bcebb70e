"""`tongpin set-up`: a community made ready from a file, so that a first walk of the loop can begin (起步).

Only what is missing is written: what somebody wrote or changed by hand stands. A second run changes nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

import msgspec
from django.db import transaction
from django.urls import reverse

from tongpin.base.clock import now
from tongpin.base.text import clean
from tongpin.core.money.setting_up import set_up_till, tills
from tongpin.core.places.actions import found_community
from tongpin.core.places.models import Community
from tongpin.core.places.rooms import web_place_of
from tongpin.loop.gather.admission.actions import BadQuestions, set_questions
from tongpin.loop.gather.admission.queries import questions_of
from tongpin.loop.gather.admission.rules import Question
from tongpin.loop.gather.charter.actions import BadCharter, adopt_charter
from tongpin.loop.gather.charter.queries import charter_of, doors_of
from tongpin.loop.gather.charter.rules import Charter
from tongpin.loop.gather.entrances.actions import BadEntrance, NameTaken, make_entrance
from tongpin.loop.gather.entrances.queries import entrances_in
from tongpin.loop.gather.launch.queries import standings_of
from tongpin.loop.gather.launch.rules import checklist, missing
from tongpin.loop.gather.positioning.actions import NothingSaid, StrangeCode, write_positioning
from tongpin.loop.gather.positioning.queries import positioning_of
from tongpin.loop.gather.positioning.rules import Canvas
from tongpin.loop.gather.welcome.actions import BadWelcome, plan_welcome
from tongpin.loop.gather.welcome.queries import welcome_steps_of
from tongpin.loop.gather.welcome.rules import Step
from tongpin.loop.sell.offers.models import Offer
from tongpin.wiring.owner import public_address

FOLDER = Path(__file__).with_name("setups")
LARGEST = 200_000
ACTOR = "cli"
TEST_GATEWAY = "sandbox"


class BadSetup(ValueError):
    """The set-up cannot be used; the text says where and what would be right."""


class Entrance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way in, as a file says it."""

    name: str
    channel: str
    door: str = "public"
    offline: bool = False
    paid: bool = False


class Welcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step of the welcome, as a file says it."""

    step: str
    words: str = ""


class Payment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which payment provider is set up; real ones need secrets, which stand in no file."""

    test_gateway: bool = False


class Setup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A set-up file."""

    title: str
    positioning: Canvas
    charter: Charter
    question: tuple[Question, ...] = ()
    welcome: tuple[Welcome, ...] = ()
    entrance: tuple[Entrance, ...] = ()
    payment: Payment = Payment()


@dataclass(frozen=True, slots=True)
class Did:
    """One part of the set-up: whether this run wrote it, and what there is now."""

    what: str
    wrote: bool
    told: str


def command(given: argparse.Namespace) -> int:
    """0 done; 2 refused with what to say instead."""
    try:
        setup = read_setup(given.file)
        community, did = set_up(setup=setup, community=given.community, at=now())
    except BadSetup as refused:
        print(refused, file=sys.stderr)
        return 2
    for one in did:
        print(f"{'wrote ' if one.wrote else 'stands'}  {one.what:<12} {one.told}")
    print("\nleft to you:")
    for line in left_to_a_person(community=community):
        print(f"  - {line}")
    return 0


def packaged() -> list[str]:
    """Names of the set-ups that come with the product."""
    return sorted(path.stem.replace("_", "-") for path in FOLDER.glob("*.toml"))


def read_setup(name: str) -> Setup:
    """A packaged set-up by its name, or a file by its path. Raises BadSetup."""
    path = FOLDER / f"{name.replace('-', '_')}.toml" if name in packaged() else Path(name)
    try:
        if path.stat().st_size > LARGEST:
            raise BadSetup(f"{name}: a set-up file has {LARGEST // 1000} kB at most")
        written = path.read_bytes()
        _check_names(name, msgspec.toml.decode(written))
        return msgspec.toml.decode(written, type=Setup)
    except OSError as error:
        raise BadSetup(f"{name}: no such set-up or file; there is {', '.join(packaged())}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadSetup(f"{name}: {error}") from error


def _check_names(name: str, raw: object) -> None:
    """The rooms' own values take what they know and leave the rest: a name written wrongly must not pass in silence."""
    told = raw if isinstance(raw, dict) else {}
    for part, kind in (("positioning", Canvas), ("charter", Charter), ("question", Question)):
        known = {one.name for one in fields(kind)}
        rows = told.get(part, [])
        for row in rows if isinstance(rows, list) else [rows]:
            if isinstance(row, dict) and (strange := sorted(row.keys() - known)):
                raise BadSetup(f"{name}: {part} knows no {', '.join(strange)}; it knows {', '.join(sorted(known))}")


@transaction.atomic
def set_up(*, setup: Setup, community: str, at: datetime) -> tuple[int, list[Did]]:
    """Writes what is missing for a community of this name and says what it did: all of it or nothing. Raises BadSetup."""
    name = clean(community, limit=80)
    if not name:
        raise BadSetup("--community: give the community a name of letters or characters")
    held = Community.objects.filter(name=name, closed_at=None).order_by("pk").first()
    made = held or found_community(name=name, actor=ACTOR, at=at)
    number = int(made.pk)
    did = [Did("community", held is None, f"«{name}», number {number}")]
    room = web_place_of(community_id=number, at=at, actor=ACTOR)
    did.append(Did("room", held is None, f"its room on the web, place {room}"))
    parts: tuple[Callable[[Setup, int, datetime], Iterator[Did]], ...] = (
        _positioning, _charter, _questions, _welcome, _entrances, _payment,
    )  # fmt: skip
    try:
        for part in parts:
            did += part(setup, number, at)
    except StrangeCode as refused:
        raise BadSetup(f"positioning: {refused}: {', '.join(refused.codes)}") from refused
    except (NothingSaid, BadCharter, BadQuestions, BadWelcome, BadEntrance) as refused:
        raise BadSetup(f"{setup.title}: {refused}") from refused
    return number, did


def _positioning(setup: Setup, community: int, at: datetime) -> Iterator[Did]:
    held = positioning_of(community_id=community)
    edition = held.edition if held else write_positioning(
        community_id=community, canvas=setup.positioning, at=at, actor=ACTOR
    )  # fmt: skip
    yield Did("positioning", held is None, f"edition {edition}")


def _charter(setup: Setup, community: int, at: datetime) -> Iterator[Did]:
    held = charter_of(community_id=community)
    if held is None:
        adopt_charter(community_id=community, charter=setup.charter, at=at, actor=ACTOR)
    rules = len(held.charter.rules if held else setup.charter.rules)
    yield Did("charter", held is None, f"{rules} rules")


def _questions(setup: Setup, community: int, at: datetime) -> Iterator[Did]:
    held = questions_of(community_id=community)
    if held is None:
        set_questions(community_id=community, questions=setup.question, at=at, actor=ACTOR)
    yield Did("questions", held is None, f"{len(setup.question if held is None else held)} for applicants")


def _welcome(setup: Setup, community: int, at: datetime) -> Iterator[Did]:
    held = welcome_steps_of(community_id=community)
    if not held:
        plan_welcome(community_id=community, steps=[Step(one.step, one.words) for one in setup.welcome])
    yield Did("welcome", not held and bool(setup.welcome), f"{len(held or setup.welcome)} steps")


def _entrances(setup: Setup, community: int, at: datetime) -> Iterator[Did]:
    names = {one.name for one in entrances_in(community_id=community)}
    for one in setup.entrance:
        told = {"channel": one.channel, "name": one.name, "door": one.door, "offline": one.offline, "paid": one.paid}
        try:
            seen = make_entrance(community_id=community, at=at, actor=ACTOR, **told)  # type: ignore[arg-type]
        except NameTaken:
            yield Did("entrance", False, f"«{one.name}», changed by hand since")
            continue
        address = f"{public_address()}{reverse('member:follow', args=[seen.code])}"
        yield Did("entrance", seen.name not in names, f"«{seen.name}» {address}")


def _payment(setup: Setup, community: int, at: datetime) -> Iterator[Did]:
    held = tills()
    if held:
        yield Did("payment", False, ", ".join(f"{one.kind} ({'on' if one.is_on else 'off'})" for one in held))
    elif setup.payment.test_gateway:
        set_up_till(kind=TEST_GATEWAY, settings={}, is_on=True, at=at, actor=ACTOR)
        yield Did("payment", True, "the test gateway; no money moves")


def left_to_a_person(*, community: int) -> list[str]:
    """What a set-up never decides by itself, as far as it is not done."""
    page = f"{public_address()}{reverse('console:community', args=[community])}"
    left = []
    lacks = missing(checklist(standings_of(community_ids=[community])[community]))
    if lacks:
        left.append(f"the launch checklist lacks {', '.join(lacks)}: {page}")
    left.append(f"read the words that were written and make them yours: {page}")
    if not any(door.shut_at is None for door in doors_of(community_id=community)):
        left.append("open a door, seed users first: nobody can apply before")
    if not Offer.objects.filter(closed_at=None).exists():
        left.append(f"put something on sale with a group price: {public_address()}{reverse('console:offers')}")
    if [one.kind for one in tills() if one.is_on] == [TEST_GATEWAY]:
        left.append("connect a real way to pay before real buyers come: the test gateway moves no money")
    return left

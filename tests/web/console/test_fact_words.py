"""Facts on pages of the console: codes have words, things have names, sums are for those who may see money."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.utils.translation import override
from time_machine import travel

import tongpin
from tests.loop.gather.cast import LIN, opened, somebody
from tests.loop.give.talks.cast import live, room
from tests.loop.sell.cast import on_shelf
from tests.web.console.shop_files import at_work, url
from tongpin.channels.registry import CHANNELS
from tongpin.core.books.rules import KINDS
from tongpin.core.facts.books import PostingMade
from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.facts.sentences import SENTENCES, Ref, Text
from tongpin.core.facts.sentences.codes import CODES
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.queries import timeline
from tongpin.core.team.rules import Held
from tongpin.loop.gather.entrances.actions import make_entrance
from tongpin.loop.gather.launch.rules import ITEMS
from tongpin.loop.give.talks.actions import ask
from tongpin.loop.share.referrals.actions import note_opening, own_link
from tongpin.web.console.fact_words import ACCOUNTS, parts_of
from tongpin.web.console.saying import happened


@pytest.fixture
def _at_noon(noon: datetime) -> Iterator[None]:
    with travel(noon, tick=False):
        yield


def told_by_constants() -> Iterator[tuple[str, str, str]]:
    """(kind, table, code) wherever the software writes a fact with a code spelt out."""
    structs = {struct.__name__: kind for kind, struct in CATALOGUE.items()}
    for path in sorted(Path(tongpin.__file__).parent.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in structs):
                continue
            kind = structs[call.func.id]
            for given in call.keywords:
                slot = re.search(rf"{{{given.arg}(?::([^}}]*))?}}", SENTENCES[kind].zh) if given.arg else None
                if slot and isinstance(given.value, ast.Constant) and isinstance(given.value.value, str):
                    yield kind, slot[1] or str(given.arg), given.value.value


def test_every_code_spelt_out_where_a_fact_is_written_has_words() -> None:
    bare = [told for told in told_by_constants() if told[1] in CODES and told[2] and told[2] not in CODES[told[1]]]
    assert bare == []


def test_lists_of_codes_have_words() -> None:
    assert set(ITEMS) <= set(CODES["launch_item"])
    assert set(KINDS) <= set(ACCOUNTS)
    settings = {f"till.{kind}" for kind in ("sandbox", "manual")} | {f"channel.{kind}" for kind in ("mail", "matrix")}
    assert settings <= set(CODES["setting"])
    assert {"mail", "matrix"} <= set(CHANNELS)


@pytest.mark.django_db
def test_a_posting_is_said_in_yuan_and_by_what_its_accounts_are_for(noon: datetime) -> None:
    mei = somebody(noon, "小美")
    posting = PostingMade(
        posting=1, unit="fen", amount=400, taken_from="commissions", put_to="commission.held/person/7"
    )
    with transaction.atomic():
        record(posting, at=noon, person_id=mei)
    (entry,) = timeline(person_ids=[mei], kinds=["posting.made"], before=None, limit=9)
    with override("en"):
        assert parts_of(entry, "en") == [
            Text("Booked ¥4.00 from "),
            Text("cost of commissions"),
            Text(" to "),
            Text("commission, still kept, of "),
            Ref("person", 7),
        ]
        assert parts_of(entry, "en", money=False)[0] == Text("Booked from ")


@pytest.mark.django_db
@pytest.mark.usefixtures("_at_noon")
def test_codes_questions_and_orders_are_called_by_name(noon: datetime) -> None:
    home = opened(noon, "绘本妈妈营")
    make_entrance(community_id=home, channel="counter", name="柜台活码", offline=True, paid=False, at=noon, actor=LIN)
    mei = somebody(noon, "小美")
    offer = on_shelf(noon)
    own_link(person_id=mei, target_kind="community", target=home, at=noon, actor="t")
    own_link(person_id=mei, target_kind="offer", target=offer, at=noon, actor="t")
    talk, at = live(noon, [room("绘本 1 群", noon, of=home)], community_id=home)
    question = ask(talk_id=talk, person_id=mei, name="小美", words="跑不成怎么办？", channel="live", at=at).question_id
    client = at_work(Held("owner"))
    for page in (client.get(url("today_happened")).text, client.get(url("person", mei)).text):
        assert "has a link of their own" in page.replace("Has a link", "has a link")
        assert "绘本妈妈营" in page
        assert f"睡前十分钟，怎么读 #{question}" in page
        assert not re.search(r">[^<]*: #\d", page)
    assert "A code was made for an entrance" in client.get(url("today_happened")).text


@pytest.mark.django_db
@pytest.mark.usefixtures("_at_noon")
def test_a_link_opened_by_a_visitor_nobody_knows_is_said_to_be_opened_by_somebody(noon: datetime) -> None:
    mei = somebody(noon, "小美")
    link = own_link(person_id=mei, target_kind="offer", target=on_shelf(noon), at=noon, actor="t")
    note_opening(code_id=link.code_id, opening=1, visitor=None, at=noon)
    page = at_work(Held("owner")).get(url("person", mei)).text
    assert "Somebody opened the link of 小美" in re.sub(r"<[^>]+>", "", page)
    entries = timeline(person_ids=[mei], kinds=["referral_link.opened"], before=None, limit=9)
    with override("en"):
        (line,) = happened(entries)
    assert re.sub(r"<[^>]+>", "", line.said) == "Somebody opened the link of 小美"

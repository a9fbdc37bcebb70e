"""Today: what waits for whom, and what just happened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from time_machine import travel

from tests.loop.gather.cast import LIN, prepared
from tests.loop.give.talks.cast import community, planned
from tests.web.console.gather.conftest import applied
from tests.web.console.shop_files import LEDGER, at_work, imported, orders, table, uploaded, url
from tongpin.core.facts.orders import OrderPaid
from tongpin.core.facts.people import PersonMet
from tongpin.core.facts.team import StaffJoined
from tongpin.core.intake.models import Batch
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.models import Parked
from tongpin.core.people.models import Person, Suggestion
from tongpin.core.places.models import Community, Place
from tongpin.core.team.rules import Held
from tongpin.loop.gather.admission.deciding import accept
from tongpin.loop.gather.entrances.actions import make_entrance
from tongpin.loop.gather.launch.actions import open_door
from tongpin.loop.give.talks.actions import ask
from tongpin.loop.give.talks.models import Talk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(noon: datetime, settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.BACKUPS = tmp_path
    (tmp_path / "tongpin-2026-11-22.tar").write_bytes(b"x")
    with travel(noon, tick=False):
        yield


def person(name: str, noon: datetime) -> Person:
    return Person.objects.create(nickname=name, via="hand", created_at=noon)


def paid(person: Person, number: str, fen: int, noon: datetime, *, place: Place | None = None) -> None:
    with transaction.atomic():
        record(
            OrderPaid(order=number, amount_fen=fen), at=noon, person_id=person.pk, place_id=place.pk if place else None
        )


def test_a_new_house_is_shown_its_first_steps(noon: datetime) -> None:
    page = at_work(Held("owner")).get(url("today")).text
    assert "First steps" in page
    steps = ("import_upload", "communities", "admissions", "offer_new", "give_talk_new", "security", "team")
    assert [f'href="{url(name)}"' in page for name in steps] == [True] * 7
    assert ("0 of 9 done" in page, "bin/tongpin set-up group-buy" in page) == (True, True)
    assert "Nothing has happened yet" in page


def test_the_first_steps_stay_until_they_are_done_and_each_is_ticked_by_what_stands(noon: datetime) -> None:
    boss = at_work(Held("owner"))

    def now() -> tuple[int, str]:
        """How many are done, and where the next one leads."""
        page = boss.get(url("today")).text
        card = page[page.index('aria-labelledby="first-steps"') :]
        count = re.search(r"(\d+) of 9 done", card)
        link = re.search(r'class="btn" href="([^"]+)"', card)
        assert count is not None
        assert link is not None
        return int(count[1]), link[1]

    person("小美妈妈", noon)
    assert now() == (0, url("import_upload"))
    Batch.objects.create(
        file_name="订单.csv", size=1, sha256=b"z", state="done", by="cli", uploaded_at=noon, finished_at=noon
    )
    assert now() == (1, url("communities"))
    made = prepared(noon)
    assert now() == (2, f"{url('community_joining', made)}#doors")
    open_door(community_id=made, door="public", at=noon, actor=LIN)
    assert now() == (3, f"{url('entrances', made)}#new-entrance")
    way_in = make_entrance(
        community_id=made, channel="counter", name="柜台", offline=True, paid=False, at=noon, actor=LIN
    )
    assert now() == (4, url("admissions"))
    accept(application_id=applied(made, noon, by=way_in), at=noon, actor=LIN)
    assert now() == (5, url("offer_new"))


def test_the_first_steps_are_put_away_by_hand_and_come_back(noon: datetime) -> None:
    boss = at_work(Held("owner"))
    person("小美妈妈", noon)
    said = boss.post(url("first_steps", "away"), follow=True).text
    assert ('aria-labelledby="first-steps"' in said, url("first_steps", "back") in said) == (False, True)
    assert 'aria-labelledby="first-steps"' not in boss.get(url("today")).text
    assert 'aria-labelledby="first-steps"' in boss.post(url("first_steps", "back"), follow=True).text
    assert boss.post(url("first_steps", "else")).status_code == 404


def test_steps_of_the_house_alone_keep_nobody(noon: datetime) -> None:
    person("小美妈妈", noon)
    assert "First steps" not in at_work(Held("viewer")).get(url("today")).text


def test_first_steps_are_those_one_may_take() -> None:
    page = at_work(Held("viewer")).get(url("today")).text
    assert ("First steps" in page, url("security") in page) == (True, True)
    assert [url(name) in page for name in ("import_upload", "offer_new", "team", "today_happened")] == [False] * 4


def test_each_thing_to_do_stands_with_its_verb(noon: datetime) -> None:
    low, high = person("小美妈妈", noon), person("小美", noon)
    ready = uploaded(orders(), at=noon, name="订单.csv")
    shopless = uploaded(orders(), at=noon, name="没店.csv", shop="")
    ledger = uploaded(table(*LEDGER), at=noon, name="流水.csv")
    failed = Batch.objects.create(
        file_name="坏.csv", size=1, sha256=b"z", state="failed", problem="archive_broken", by="cli", uploaded_at=noon,
        finished_at=noon,
    )  # fmt: skip
    Suggestion.objects.create(low=low.pk, high=high.pk, score=0.9, made_at=noon)
    Parked.objects.create(
        reader="money", reaction="order.paid → x.y", subject="order:1", seq=1, kind="order.paid", parked_at=noon
    )
    page = at_work(Held("owner")).get(url("today")).text
    for told, href in (
        ("Import «订单.csv»", url("import_preview", ready.pk)),
        ("Import «没店.csv»", url("import_columns", shopless.pk)),
        ("This is a ledger with balances, not orders", url("import_columns", ledger.pk)),
        ("The import of «坏.csv» failed", url("import", failed.pk)),
        ("<b>1</b> pair of records may be one person", url("suggestions")),
        ("<b>1</b> fact is set aside", url("today_parked")),
    ):
        assert (told in page, href in page) == (True, True), told
    assert "6 things, the most urgent first" in page
    for role in ("viewer", "analyst"):
        assert "To do" not in at_work(Held(role), login=role).get(url("today")).text  # type: ignore[arg-type]


def test_a_file_about_to_go_is_expiring_and_a_failure_done_again_is_forgotten(noon: datetime) -> None:
    batch = uploaded(orders(), at=noon)
    person("小美妈妈", noon)
    Batch.objects.filter(pk=batch.pk).update(uploaded_at=noon - timedelta(hours=20))
    bad = Batch.objects.create(
        file_name="坏.csv", size=1, sha256=b"z", state="failed", by="cli", uploaded_at=noon, finished_at=noon
    )
    page = at_work(Held("operator")).get(url("today")).text
    assert ("Expiring" in page, "4 hours left" in page, "坏.csv" in page) == (True, True, True)
    Batch.objects.create(
        file_name="好.csv", size=1, sha256=b"z", state="done", by="cli", uploaded_at=noon, finished_at=noon
    )
    assert bad.file_name not in at_work(Held("operator"), login="two").get(url("today")).text


def test_files_of_other_communities_wait_for_others(noon: datetime) -> None:
    own = Community.objects.create(name="绘本妈妈营", founded_at=noon)
    other = Community.objects.create(name="晨跑团", founded_at=noon)
    uploaded(orders(), at=noon, name="自己的.csv", community=own)
    uploaded(orders(), at=noon, name="别人的.csv", community=other)
    page = at_work(Held("operator", own.pk)).get(url("today")).text
    assert ("自己的.csv" in page, "别人的.csv" in page) == (True, False)


def test_a_backup_that_is_late_is_told_to_who_can_do_something(
    noon: datetime, settings: Settings, tmp_path: Path
) -> None:
    import os

    person("小美妈妈", noon)
    boss, hand = at_work(Held("owner")), at_work(Held("operator"))
    assert "Nothing waits for you" in boss.get(url("today")).text
    old = (noon - timedelta(days=3)).timestamp()
    os.utime(tmp_path / "tongpin-2026-11-22.tar", (old, old))
    assert "The newest backup is 3 days old" in boss.get(url("today")).text
    assert "backup" not in hand.get(url("today")).text


def test_what_happened_is_told_in_sentences_with_links(noon: datetime) -> None:
    buyer, shop = (
        person("小美妈妈", noon),
        Place.objects.create(kind="shop", platform="sheet", name="乐乐绘本馆", opened_at=noon),
    )
    paid(buyer, "A1", 8900, noon, place=shop)
    page = at_work(Held("owner")).get(url("today_happened")).text
    assert f'<a href="{url("person", buyer.pk)}"><b>小美妈妈</b></a> paid ¥89.00' in page
    assert "乐乐绘本馆" in page
    chinese = at_work(Held("owner"), login="zh").get(url("today_happened"), headers={"accept-language": "zh-CN"}).text
    assert "</a> 付款 ¥89.00" in chinese


def test_nameless_visitors_are_summed_up_beside_what_matters(noon: datetime) -> None:
    paid(person("小美", noon), "A1", 8900, noon)
    for _ in range(40):
        visitor = person("", noon)
        with transaction.atomic():
            record(PersonMet(via="tracking"), at=noon, person_id=visitor.pk)
    client = at_work(Held("owner"))
    for page in (
        client.get(url("today")).text,
        client.get(url("today_happened")).text,
        client.get(url("today_happened"), headers={"HX-Request": "true"}).text,
    ):
        assert ("小美" in page, "and 40 nameless visitors in between" in page) == (True, True)
        assert page.count('class="happened"') == 1


def test_names_cannot_act_on_the_page(noon: datetime) -> None:
    paid(person("<script>x</script>", noon), "A1", 8900, noon)
    page = at_work(Held("owner")).get(url("today_happened")).text
    assert ("<script>x" in page, "&lt;script&gt;x" in page) == (False, True)


def test_who_may_not_read_the_ledger_reads_none_of_it(noon: datetime) -> None:
    paid(person("小美妈妈", noon), "A1", 8900, noon)
    for role in ("viewer", "assistant"):
        client = at_work(Held(role), login=role)  # type: ignore[arg-type]
        assert client.get(url("today_happened")).status_code == 403
        assert "小美妈妈" not in client.get(url("today")).text


def test_older_facts_are_paged_by_key_and_the_short_list_is_a_part(noon: datetime) -> None:
    buyer = person("小美妈妈", noon)
    for i in range(52):
        paid(buyer, f"A{i}", 100 + i, noon)
    client = at_work(Held("owner"))
    page = client.get(url("today_happened"))
    assert ("¥1.00" in page.text, "¥1.51" in page.text) == (False, True)
    older = page.text.split("?before=")[1].split('"')[0]
    assert "¥1.00" in client.get(url("today_happened") + f"?before={older}").text
    part = client.get(url("today_happened"), headers={"HX-Request": "true"}).text
    assert (part.startswith('<div id="ledger"'), part.count('class="happened"')) == (True, 12)


def test_three_facts_and_files_cost_the_same_queries_as_one(noon: datetime) -> None:
    client = at_work(Held("owner"))
    numbers = []
    for i in range(3):
        buyer = person(f"顾客{i}", noon)
        paid(
            buyer,
            f"A{i}",
            8900,
            noon,
            place=Place.objects.create(kind="shop", platform="sheet", name=f"店{i}", opened_at=noon),
        )
        with transaction.atomic():
            record(StaffJoined(staff=i + 1, role="viewer"), at=noon)
        imported(
            orders([f"C{i}", "甲", "", f"1380000{i:04}", "书", "1", "9", "交易成功", "2026-10-22", ""]),
            at=noon,
            name=f"{i}.csv",
        )
        uploaded(orders(), at=noon, name=f"等{i}.csv")
        client.get(url("today"))
        with CaptureQueriesContext(connection) as asked:
            client.get(url("today"))
        numbers.append(len(asked))
    assert numbers[0] == numbers[2] <= 30


def test_a_long_heap_shows_its_first_six_and_folds_the_others(noon: datetime) -> None:
    person("小美妈妈", noon)
    own = community(noon)
    for number in range(8):
        talk = planned(noon, community_id=own, title=f"第 {number} 讲")
        Talk.objects.filter(pk=talk).update(state="announced")
        ask(talk_id=talk, person_id=None, name="小美", words="跑不成怎么办？", channel="live", at=noon)
    page = at_work(Held("owner")).get(url("today")).text
    shown, _fold, folded = page.partition('<details class="more-todo">')
    rest, _end, _below = folded.partition("</details>")
    rows = '<div class="entry" data-row>'
    assert (shown.count(rows), rest.count(rows), "3 more things" in rest) == (6, 3, True)

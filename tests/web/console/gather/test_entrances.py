"""Ways in: making one, its link and code, what it cost, giving it up, the poster."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags
from pytest_django import Settings

from tests.loop.gather.cast import LIN, opened, prepared, somebody
from tests.web.console.gather.conftest import applied
from tests.web.console.shop_files import at_work, url
from tongpin.core.books.models import Cost
from tongpin.core.books.queries import cost_by_entrance
from tongpin.core.places.codes import open_code
from tongpin.core.places.models import Community
from tongpin.core.team.rules import Held
from tongpin.loop.gather.admission.deciding import accept
from tongpin.loop.gather.entrances.actions import make_entrance
from tongpin.loop.gather.entrances.models import Entrance
from tongpin.loop.gather.entrances.queries import EntranceSeen, entrance_seen
from tongpin.loop.gather.launch.actions import open_door
from tongpin.web.console.entrances_code import QUIET, link_of, short_of, square
from tongpin.web.console.entrances_forms import CostForm

pytestmark = pytest.mark.django_db

NEW = {"name": "抖音主页", "channel": "short_video:online", "door": "public", "paid": "on"}
COST = {"amount": "60", "kind": "print", "first_day": "", "last_day": "", "once": "k1"}


def test_a_way_in_is_made_with_a_code_of_its_own(boss: Client, readers: int) -> None:
    answer = boss.post(url("entrances", readers), NEW, follow=True)
    row = Entrance.objects.get()
    assert (row.channel, row.offline, row.paid, row.door, row.name) == (
        "short_video", False, True, "public", "抖音主页",
    )  # fmt: skip
    assert answer.redirect_chain[-1][0] == url("entrance", readers, row.pk)
    assert row.code is not None
    assert link_of(row.code.code) in answer.text


@pytest.mark.parametrize(("channel", "offline"), [("own_contacts:offline", True), ("own_contacts:online", False)])
def test_where_a_channel_can_be_both_the_choice_says_which(
    boss: Client, readers: int, channel: str, offline: bool
) -> None:
    boss.post(url("entrances", readers), NEW | {"channel": channel, "door": "seeds"})
    row = Entrance.objects.get()
    assert (row.channel, row.offline, row.door) == ("own_contacts", offline, "seeds")


def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_stays(
    boss: Client, readers: int, counter: EntranceSeen
) -> None:
    answer = boss.post(url("entrances", readers), NEW | {"name": counter.name})
    assert (answer.status_code, "Another entrance has this name" in answer.text) == (422, True)
    assert f'value="{counter.name}"' in answer.text
    assert boss.post(url("entrances", readers), NEW | {"channel": ""}).status_code == 422
    assert Entrance.objects.count() == 1


def test_the_list_shows_what_each_cost_and_brought(
    boss: Client, readers: int, counter: EntranceSeen, noon: datetime
) -> None:
    for name in ("小美", "小林"):
        accept(application_id=applied(readers, noon, name, by=counter), at=noon, actor=LIN)
    open_code(code=counter.code, person_id=None, at=noon)
    boss.post(url("entrance_cost", readers, counter.id), COST | {"amount": "¥1,200.50"})
    page = boss.get(url("entrances", readers)).text
    row = page[page.index("柜台海报") :]
    for told in ("¥1,200.50", "¥600.25", link_of(counter.code)):
        assert told in row, told
    viewer = at_work(Held("viewer")).get(url("entrances", readers)).text
    assert ("柜台海报" in viewer, "¥" in viewer, "A new way in" in viewer) == (True, False, False)


def test_who_only_looks_makes_none_and_in_an_ended_community_nobody_does(
    boss: Client, readers: int, noon: datetime
) -> None:
    assert at_work(Held("viewer")).post(url("entrances", readers), NEW).status_code == 403
    Community.objects.update(closed_at=noon)
    assert "This community has ended" in boss.post(url("entrances", readers), NEW, follow=True).text
    assert Entrance.objects.count() == 0


def test_the_ledger_names_the_way_somebody_came(
    boss: Client, readers: int, counter: EntranceSeen, noon: datetime
) -> None:
    applied(readers, noon, by=counter)
    page = boss.get(url("today"), headers={"accept-language": "zh-CN"}).text
    assert "扫「柜台海报」申请加入「青禾读书社」" in strip_tags(page)


def test_a_cost_is_booked_once_and_can_be_taken_back(boss: Client, readers: int, counter: EntranceSeen) -> None:
    for _ in range(2):
        answer = boss.post(url("entrance_cost", readers, counter.id), COST, follow=True)
    cost = Cost.objects.get()
    back = url("entrance_cost_back", readers, counter.id, cost.pk)
    assert ("¥60.00 booked" in answer.text, back in answer.text) == (True, True)
    assert cost_by_entrance(entrances=[counter.id]) == {counter.id: 6000}
    page = boss.post(back, follow=True).text
    assert ("¥60.00 taken back" in page, cost_by_entrance(entrances=[counter.id])) == (True, {counter.id: 0})
    assert boss.post(url("entrance_cost_back", readers, counter.id, Cost.objects.latest("pk").pk)).status_code == 404


@pytest.mark.parametrize(
    ("typed", "fen"),
    [("300", 30000), ("300.5", 30050), ("¥1,200", 120000), ("0.01", 1), ("88元", 8800), ("３００", 30000)],
)
def test_amounts_are_read_as_people_type_them(typed: str, fen: int) -> None:
    form = CostForm(COST | {"amount": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["amount"] == fen


@pytest.mark.parametrize("typed", ["", "三百", "0", "-5", "1.005", "nan", "1e99", "inf"])
def test_what_is_no_amount_is_told_beside_it(boss: Client, readers: int, counter: EntranceSeen, typed: str) -> None:
    answer = boss.post(url("entrance_cost", readers, counter.id), COST | {"amount": typed})
    assert (answer.status_code, 'id="id_amount_error"' in answer.text) == (422, True)
    assert Cost.objects.count() == 0


@pytest.mark.parametrize("days", [("2026-11-02", ""), ("", "2026-11-02"), ("2026-11-03", "2026-11-02"), ("x", "")])
def test_days_come_together_and_in_order(days: tuple[str, str]) -> None:
    form = CostForm(COST | {"first_day": days[0], "last_day": days[1]})
    assert not form.is_valid()


def test_giving_up_and_using_again_undo_each_other(boss: Client, readers: int, counter: EntranceSeen) -> None:
    answer = boss.post(url("entrance_close", readers, counter.id, "over"), follow=True)
    reopen = url("entrance_reopen", readers, counter.id)
    assert ("given up: over" in answer.text, reopen in answer.text) == (True, True)
    assert boss.post(url("entrance_close", readers, counter.id, "bored")).status_code == 404
    boss.post(reopen)
    seen = entrance_seen(entrance_id=counter.id)
    assert seen is not None
    assert seen.closed_at is None


def test_an_entrance_is_found_in_its_own_community_only(
    boss: Client, readers: int, counter: EntranceSeen, noon: datetime
) -> None:
    other = opened(noon, "晨跑团")
    names = ("entrance", "entrance_poster", "entrance_code")
    assert [boss.get(url(name, other, counter.id)).status_code for name in names] == [404] * 3
    assert boss.get(url("entrance", readers, 1 << 70)).status_code == 404
    assert boss.post(url("entrance_cost", other, counter.id), COST).status_code == 404
    assert boss.post(url("entrance_close", other, counter.id, "over")).status_code == 404


def test_the_code_is_drawn_with_its_white_rim_and_nothing_outside() -> None:
    drawn = square("https://qinghe.example.com/l/abcdefghjk")
    runs = [tuple(map(int, run)) for run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawn.path)]
    dark = {(x + i, y) for x, y, width in runs for i in range(width)}
    inner = range(QUIET, drawn.size - QUIET)
    assert all(x in inner and y in inner for x, y in dark)
    corners = [(QUIET, QUIET), (drawn.size - QUIET - 1, QUIET), (QUIET, drawn.size - QUIET - 1)]
    assert all(corner in dark for corner in corners)


def test_poster_and_picture_carry_the_link_and_say_what_it_opens(
    boss: Client, readers: int, counter: EntranceSeen, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://qinghe.example.com"
    link = link_of(counter.code)
    page = boss.get(url("entrance_poster", readers, counter.id)).text
    for told in (
        "每天早上读十页书", "想读书又总被打断的妈妈", short_of(link), square(link).path, "Answer 2 questions",
        counter.code.upper(), "柜台海报",
    ):  # fmt: skip
        assert told in page, told
    assert ("TONGPIN_URL" in page, "No door is open" in page) == (False, False)
    picture = boss.get(url("entrance_code", readers, counter.id))
    assert (picture["Content-Type"], square(link).path in picture.text) == ("image/svg+xml", True)


def test_a_poster_nobody_could_use_says_so_before_it_is_printed(
    boss: Client, noon: datetime, settings: Settings
) -> None:
    shut = prepared(noon, "辅食互助组")
    way = make_entrance(
        community_id=shut, channel="parcel", name="包裹卡", offline=True, paid=False, at=noon, actor=LIN
    )
    settings.PUBLIC_URL = "https://qinghe.example.com"
    assert "No door is open: who follows it" in boss.get(url("entrance_poster", shut, way.id)).text
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    poster = boss.get(url("entrance_poster", shut, way.id)).text
    assert ("no phone can reach it" in poster, f'href="{url("settings")}#address"' in poster) == (True, True)
    assert ("TONGPIN_URL" in poster, "data-print hidden" in poster) == (False, True)
    assert ("<span data-words>" in poster, "look/printing" in poster) == (True, True)
    told = boss.get(url("settings")).text
    assert ("bin/tongpin up --url https://" in told, 'id="address"' in told) == (True, True)
    settings.PUBLIC_URL = "https://qinghe.example.com"
    assert 'id="address"' not in boss.get(url("settings")).text


def test_a_way_in_says_everywhere_whether_the_doors_open_now_let_anybody_in_by_it(boss: Client, noon: datetime) -> None:
    """Only the door of members is open: nobody who scans a code can apply, whatever it is meant for."""
    made = opened(noon, "辅食互助组", door="members")
    parcel = make_entrance(
        community_id=made, channel="parcel", name="包裹卡片", offline=True, paid=True, at=noon, actor=LIN
    )
    seeds = make_entrance(
        community_id=made, channel="past_customers", name="老客邀请", offline=False, paid=False, door="seeds",
        at=noon, actor=LIN,
    )  # fmt: skip
    form = boss.get(url("entrances", made)).text
    assert (form.count("cannot apply now"), form.count("nobody can apply by it now")) == (3, 2)
    assert "members bring new people by links of their own" in form
    why = "Nobody who comes by it can apply now: it is meant for «Everybody», and open is only «Brought by members»."
    for name in ("entrance", "entrance_poster"):
        assert why in boss.get(url(name, made, parcel.id)).text
    open_door(community_id=made, door="seeds", at=noon, actor=LIN)
    form = boss.get(url("entrances", made)).text
    assert (form.count("cannot apply now"), form.count("nobody can apply by it now")) == (2, 1)
    assert '<option value="seeds" selected>' in form
    assert "Nobody who comes by it" not in boss.get(url("entrance_poster", made, seeds.id)).text
    open_door(community_id=made, door="public", at=noon, actor=LIN)
    form = boss.get(url("entrances", made)).text
    assert ("cannot apply now" in form, '<option value="public" selected>' in form) == (False, True)


def test_what_giving_up_does_is_said_before_and_after(boss: Client, readers: int, counter: EntranceSeen) -> None:
    page = boss.get(url("entrance", readers, counter.id)).text
    assert "says that this way in is closed: nobody can apply by it" in page
    answer = boss.post(url("entrance_close", readers, counter.id, "paused"), follow=True).text
    assert ("nobody can apply by it" in answer, "It is given up: who follows it reads who you are" in answer) == (
        True,
        True,
    )


def test_three_entrances_cost_the_same_queries_as_one(boss: Client, readers: int, noon: datetime) -> None:
    numbers = []
    for i in range(3):
        way = make_entrance(
            community_id=readers, channel="counter", name=f"柜台 {i}", offline=True, paid=True, at=noon, actor=LIN
        )
        accept(application_id=applied(readers, noon, f"新人{i}", by=way), at=noon, actor=LIN)
        open_code(code=way.code, person_id=somebody(noon, f"路人{i}"), at=noon - timedelta(hours=i))
        boss.post(url("entrance_cost", readers, way.id), COST | {"once": f"k{i}"})
        boss.post(url("entrance_cost", readers, way.id), COST | {"once": f"m{i}"})
        for name, more in (("entrances", ()), ("entrance", (way.id,)), ("entrance_poster", (way.id,))):
            boss.get(url(name, readers, *more))
            with CaptureQueriesContext(connection) as asked:
                assert boss.get(url(name, readers, *more)).status_code == 200
            numbers.append(len(asked))
    assert numbers[:3] == numbers[6:]
    assert max(numbers) <= 20

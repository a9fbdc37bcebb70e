"""Walks one and two through a house whose processes are killed with -9 at random moments: every seat is sold once, every
payment settled once or given back, every fact told once and answered once, and every place has all of a talk in order."""

from __future__ import annotations

import json
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
import pytest

from tests.matrix_server import Synapse, start_synapse
from tests.slow.house import House, house_at, patiently
from tests.slow.walkers import SEED, Buyer, Killer, Listener, Phone, Tally, notify
from tests.wiring.ups import wait_for

pytestmark = pytest.mark.slow

SEATS, PRICE, RATE = 26, 5500, 1000
ROLES = {"sleeps": 5, "oversleeps": 3, "leaves": 2, "pays": 12, "fumbles": 4, "quiet": 6, "late": 5, "often": 7}
IDLE = ("sleeps", "oversleeps", "leaves")
KILLS = 4
SEGMENTS = 24


@pytest.fixture(scope="module")
def homeserver() -> Iterator[Synapse | None]:
    """A real Synapse; None where it is not installed, then the talk goes to rooms on the web only."""
    if find_spec("synapse") is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="tongpin-synapse-") as folder:
        server = start_synapse(Path(folder))
        yield server
        server.close()


@pytest.fixture(scope="module")
def house(homeserver: Synapse | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Behind a proxy, so that each phone may come from a network of its own."""
    print(f"seed {SEED}")
    allowed = {"TONGPIN_EGRESS_ALLOWED": urlsplit(homeserver.url).netloc} if homeserver is not None else {}
    with house_at(tmp_path_factory.mktemp("walks"), TONGPIN_BEHIND_PROXY="1", **allowed) as started:
        started.settle()
        yield started


def facts(house: House, kind: str, name: str) -> Counter[Any]:
    """How often a kind of fact was told of each thing."""
    query = "select body->>%s, count(*) from entry where kind = %s group by 1"
    return Counter({key: int(times) for key, times in house.rows(query, [name, kind])})


def once(keys: Any) -> Counter[Any]:
    return Counter({str(key): 1 for key in keys})


def column(house: House, query: str, *parameters: Any) -> list[Any]:
    return [row[0] for row in house.rows(query, parameters)]


def open_group(house: House, offer: int) -> tuple[Phone, str, str]:
    """Somebody opens a group, pays the first seat and makes a link: the phone, the group's page, the link."""
    phone = Phone(house, 0)
    shown = phone.get(f"/shop/{offer}/open/")
    key = shown.text.split('name="key" value="', 1)[1].split('"', 1)[0]
    form = {"key": key, "count": "1", "till": "sandbox", "nickname": "小美", "name": "王小美", "phone": "13812345678",
            "address": "杭州市西湖区文一路 1 号"}  # fmt: skip
    till = phone.post(f"/shop/{offer}/open/", form, page=shown.text).headers["location"]
    page = phone.post(till, {"outcome": "paid"}, page=phone.get(till).text).headers["location"]
    assert page.startswith("/g/"), page
    answer = phone.post(f"{page}share/", {}, page=phone.get(page).text)
    if answer.status_code == 302:
        answer = phone.get(answer.headers["location"])
    return phone, page, "/l/" + answer.text.split("/l/", 1)[1][:10]


class Presses(threading.Thread):
    """Keeps the worker at the clock's jobs: each would come once a minute by itself."""

    def __init__(self, house: House) -> None:
        super().__init__(daemon=True)
        self.house, self.over, self.jobs = house, threading.Event(), 0

    def run(self) -> None:
        while not self.over.is_set():
            self.jobs += self.house.inside("press", of="inside_walks", seconds=10)

    def end(self) -> None:
        self.over.set()
        self.join(120)


class Provider(threading.Thread):
    """The gateway's side: who pays without coming back, notices that come late, many times, or never."""

    def __init__(self, house: House, tally: Tally, late: Callable[[str], bool]) -> None:
        super().__init__(daemon=True)
        self.house, self.tally, self.late = house, tally, late
        self.over = threading.Event()
        self.lost: list[str] = []
        self.sent = 0
        self.answers: Counter[int] = Counter()

    def run(self) -> None:
        waiting: list[tuple[float, dict[str, Any]]] = []
        while not self.over.wait(0.5) or waiting or self.tally.payers_without_notice or self.tally.to_notify:
            numbers = [self.tally.payers_without_notice.pop() for _ in range(len(self.tally.payers_without_notice))]
            if numbers:
                made = self.house.inside("pay", of="inside_walks", numbers=numbers)
                for number, told in made.items():
                    if self.late(number):
                        waiting.append((time.monotonic() + 8, told))
                    else:
                        self.lost.append(number)
            numbers = [self.tally.to_notify.pop() for _ in range(len(self.tally.to_notify))]
            if numbers:
                for several in self.house.inside("notices", of="inside_walks", numbers=numbers).values():
                    waiting += [(0.0, told) for told in several]
            due = [told for moment, told in waiting if moment <= time.monotonic() or self.over.is_set()]
            waiting = [one for one in waiting if one[1] not in due]
            for told in due:
                self.answers.update(notify(self.house, told, times=15))
                self.sent += 15


def still_moves(house: House) -> list[tuple[Any, ...]]:
    """Money that is still on its way: payments that are paid at the gateway and not here, refunds that are not done."""
    return house.rows(
        "select 'payment', p.number from payment p join cashier_state c on c.key like '%%charge:' || p.number"
        " where (c.value->>'status' = 'paid') <> (p.status = 'paid')"
        " union all select 'refund', number from refund where status <> 'done'"
    )


def check_money(house: House, tally: Tally) -> dict[str, int]:
    """Every charge that was paid at the gateway is settled here once; what bought no seat is back with the payer."""
    charges = {
        number: value
        for number, value in house.rows(
            "select p.number, c.value from payment p join cashier_state c on c.key like '%%charge:' || p.number"
        )
    }
    paid = {number for number, value in charges.items() if value["status"] == "paid"}
    assert set(tally.paid) - paid <= set(tally.asleep), "somebody was told to have paid who did not"
    ours = house.rows(
        "select p.number, p.id, p.status, p.amount_fen, p.refunding_fen, p.refunded_fen, s.state, o.state, o.number,"
        " o.paid_fen, o.refunded_fen from payment p join group_buy_seat s on s.id = p.about"
        " join shop_order o on o.id = s.order_id where p.about_kind = 'group_buy_seat' order by p.id"
    )
    assert {row[0] for row in ours} >= paid
    ends: Counter[str] = Counter()
    for number, _, status, amount, asked, back, seat, order, _, order_paid, order_back in ours:
        end = (status, seat, order, asked, back, order_paid, order_back)
        if number not in paid:
            assert end == ("closed", "lapsed", "cancelled", 0, 0, 0, 0), (number, end)
            ends["never paid"] += 1
        elif seat == "taken":
            assert end == ("paid", "taken", "paid", 0, 0, amount, 0), (number, end)
            ends["seated"] += 1
        else:
            assert end == ("paid", "too_late", "refunded", amount, amount, amount, amount), (number, end)
            ends["given back"] += 1
        given_back = sum(one["amount_fen"] for one in charges.get(number, {}).get("refunds", []))
        assert given_back == back, (number, given_back, back)
    assert facts(house, "payment.asked", "payment") == once(row[1] for row in ours)
    assert facts(house, "payment.settled", "payment") == once(row[1] for row in ours if row[0] in paid)
    refunds = column(house, "select id from refund")
    assert facts(house, "refund.asked", "refund") == facts(house, "refund.settled", "refund") == once(refunds)
    assert house.one("select count(*) from discrepancy") == 0
    return dict(ends)


def check_seats(house: House, group: int) -> list[tuple[int, str]]:
    """Every seat is sold once, to somebody of its own, and told once. Gives (person, order) of each."""
    state = house.rows("select state, seats, taken, held from group_buy where id = %s", [group])
    assert state == [("filled", SEATS, SEATS, 0)]
    sold = house.rows(
        "select s.person_id, o.number from group_buy_seat s join shop_order o on o.id = s.order_id"
        " where s.group_id = %s and s.state = 'taken' order by s.taken_at, s.id",
        [group],
    )
    assert (len(sold), len({person for person, _ in sold})) == (SEATS, SEATS)
    assert facts(house, "group_buy.joined", "order") == facts(house, "order.paid", "order") == once(n for _, n in sold)
    assert facts(house, "group_buy.filled", "group_buy") == once([group])
    missing = column(house, "select (body->>'missing')::int from entry where kind = 'group_buy.joined' order by seq")
    assert sorted(missing, reverse=True) == list(range(SEATS - 1, -1, -1))
    assert facts(house, "order.placed", "order") == once(column(house, "select number from shop_order"))
    return [(int(person), str(number)) for person, number in sold]


def check_reactions(house: House, sold: list[tuple[int, str]]) -> None:
    """Whoever has a seat heard of the full group once and was asked once to share it, who paid too late that the money is
    back; who brought them earns once each."""
    seated = Counter(person for person, _ in sold)
    late = column(
        house, "select p.person_id from refund r join payment p on p.id = r.payment_id where r.reason = 'came_too_late'"
    )
    told = Counter(column(house, "select person_id from inbox_letter where about_kind = 'order'"))
    assert told == seated + Counter(late), "letters about the full group and about money that came too late"
    assert Counter(column(house, "select person_id from letter where about_kind = 'order'")) == told
    assert set(column(house, "select state from letter where about_kind = 'order'")) == {"sent"}
    asked = column(house, "select person_id from entry where kind = 'share.asked'")
    assert Counter(asked) == seated
    opener = column(house, "select opened_by_person from group_buy")[0]
    orders = [number for person, number in sold if person != opener]
    lines = house.rows('select "order", introducer_person, accrued_fen, taken_fen from commission order by id')
    each = PRICE * RATE // 10_000
    assert sorted(lines) == sorted((number, opener, each, 0) for number in orders)
    assert facts(house, "commission.accrued", "order") == once(orders)
    assert facts(house, "referral.qualified", "order") == once(orders)
    books = house.inside("books", of="inside_walks", earner=opener)
    assert (set(books["sums"].values()) <= {0}, books["crooked"], books["held"]) == (True, [], each * (SEATS - 1))
    cash = house.one(
        "select coalesce(sum(case when put_to = 'cash:sandbox' then amount else -amount end), 0) from posting"
        " where 'cash:sandbox' in (put_to, taken_from)"
    )
    assert cash == SEATS * PRICE


def test_a_group_buy_whose_house_is_killed_sells_every_seat_once(house: House) -> None:
    offer = house.inside("open_shop", of="inside_walks", seats=SEATS, price_fen=PRICE, rate=RATE)
    phone, page, link = open_group(house, offer)
    group = int(page.split("/")[2])
    dice, tally = random.Random(SEED), Tally()
    roles = [role for role, count in ROLES.items() for _ in range(count)]
    dice.shuffle(roles)
    buyers = [Buyer(house, number, role, link, tally) for number, role in enumerate(roles, 1)]
    late = {one: one.role == "late" for one in buyers}
    provider = Provider(house, tally, lambda number: any(late[one] for one in buyers if one.charge == number))
    first = Presses(house)
    killers = [
        Killer(house, "web", most=8, within=(2, 10)),
        Killer(house, "worker", most=5, within=(4, 16)),
        Killer(house, "readers", most=5, within=(4, 16)),
    ]
    for one in (*buyers, provider, first, *killers):
        one.start()

    def only_sleepers_are_left() -> bool:
        """Nobody who holds a seat is at the till but those who sleep or went away."""
        assert tally.wrong == []
        ((held, free),) = house.rows("select held, seats - taken - held from group_buy where id = %s", [group])
        idle = sum(one.role in IDLE and bool(one.charge) for one in buyers)
        return free == 0 and held == idle and not any(
            one.is_alive() and one.charge and one.role not in IDLE for one in buyers
        )  # fmt: skip

    wait_for(only_sleepers_are_left, within=420, what="a group that only waits for those who sleep")
    assert tally.asleep, "nobody slept"
    # Their time runs out: the seats are anybody's. Now they pay, before their tills are closed, side by side with those who
    # take what came free.
    first.end()
    # Every other minute the worker closes such tills with the provider: not in the midst of this.
    wait_for(lambda: 5 < time.time() % 120 < 90, within=60, what="a minute in which no till is closed")
    tally.last_round.set()
    with house.sql() as own:
        held = "select order_id from group_buy_seat where group_id = %s and state = 'held'"
        own.execute(f"update shop_order set due_at = now() - interval '1 second' where id in ({held})", [group])
        own.execute(
            "update group_buy_seat set held_until = now() - interval '1 second' where group_id = %s and state = 'held'",
            [group],
        )
    tally.awake.set()
    filled = "select state = 'filled' from group_buy where id = %s"
    wait_for(lambda: house.one(filled, [group]), within=240, what="a full group")
    tally.filled.set()
    wait_for(lambda: not any(one.is_alive() for one in buyers if one.role in IDLE), within=240, what="who slept")
    presses = Presses(house)
    presses.start()
    for buyer in buyers:
        buyer.join(240)
        assert not buyer.is_alive(), buyer.name
    assert tally.wrong == []
    wait_for(lambda: all(one.kills >= KILLS for one in killers), within=120, what="enough kills")
    provider.over.set()
    provider.join(120)
    wait_for(lambda: not still_moves(house), within=240, what="all money at rest")
    for killer in killers:
        killer.end()
    print(
        f"kills { ({one.target: one.kills for one in killers}) }; notices {provider.sent} {dict(provider.answers)},"
        f" lost {len(provider.lost)}; {tally.full} found it full, {tally.refused} orders refused meanwhile"
    )
    assert provider.lost, "no notice was lost"
    assert set(provider.answers) == {204}
    wait_for(
        lambda: house.one("select count(*) from payment where status = 'pending'") == 0, within=120, what="closed tills"
    )
    presses.end()
    house.settle()
    wait_for(lambda: house.one("select count(*) from letter where state in ('queued', 'claimed')") == 0, what="letters")
    ends = check_money(house, tally)
    print(f"the worker was given {first.jobs + presses.jobs} jobs; payments {ends}")
    assert ends["given back"], "nobody paid too late"
    sold = check_seats(house, group)
    check_reactions(house, sold)
    assert house.one("select count(*) from ledger_parked") == 0
    print(f"tables equal to a rebuild: {house.check_projections()}")
    # Who comes now finds it full, and nobody can pay for a seat that is not there.
    assert Phone(house, 900).get(f"{page}join/").status_code == 302
    assert "团" in phone.get("/me/letters/").text


def test_a_talk_whose_house_is_killed_reaches_every_place_in_order(house: House, homeserver: Synapse | None) -> None:
    rooms: list[str] = []
    token = ""
    if homeserver is not None:
        _, token = homeserver.person("amei")
        rooms = [homeserver.room(token) for _ in range(2)]
        for room in rooms:
            homeserver.ask("POST", f"/join/{quote(room)}", homeserver.us)
    config = homeserver.config if homeserver is not None else {}
    talk = house.inside("prepare_talk", of="inside_walks", rooms=4, matrix=config, matrix_rooms=rooms)
    stage = f"{house.at}/stage/{talk['secret']}"
    listeners = [Listener(house, talk["code"], number) for number in range(4)]
    assert patiently("POST", f"{stage}/begin/").status_code == 302
    dice = random.Random(f"{SEED} talk")
    killed: Counter[str] = Counter()
    for one in listeners:
        one.start()
    words = [f"第 {number} 段：睡前的第 {number} 分钟，读到哪里都可以停。" for number in range(SEGMENTS)]
    for number, one in enumerate(words):
        for name in ("worker", "web", "live", "readers"):
            if killed[name] < 5 and dice.random() < 0.45:
                inner = name in ("web", "live") and dice.random() < 0.5
                killed[name] += house.kill(name, inner=inner)
        form = {"key": f"segment-{number}", "words": one}
        # Sent twice now and then, as a phone does that lost the answer.
        for _ in range(1 + (dice.random() < 0.2)):
            answer = patiently("POST", f"{stage}/say/", data=form, headers={"accept": "application/json"}, within=240)
            assert (answer.status_code, answer.json()["number"]) == (200, number + 1), answer.text
        time.sleep(dice.uniform(0.2, 4))
    assert patiently("POST", f"{stage}/end/", within=240).status_code in (
        302,
        410,
    )  # 410: it ended, and the answer was lost
    for name in ("worker", "web"):
        killed[name] += house.kill(name)
    print(f"kills {dict(killed)}")
    assert all(killed[name] >= 3 for name in ("worker", "web")), killed
    house.settle()

    def arrived() -> bool:
        try:
            return bool(house.one("select count(*) from letter where state in ('queued', 'claimed')") == 0)
        except psycopg.OperationalError:
            return False

    wait_for(arrived, within=240, what="every letter out")
    fates = house.rows(
        "select channel, state, count(*) from letter where about_kind = 'talk_segment' group by 1, 2 order by 1"
    )
    assert fates == [*([("matrix", "sent", 2 * SEGMENTS)] if rooms else []), ("web", "sent", 4 * SEGMENTS)]
    for place, (platform, name) in talk["places"].items():
        if platform == "web":
            posts = house.rows(
                "select number, content->>'text' from room_post where place_id = %s order by number", [place]
            )
            said = [text for _, text in posts]
            assert [number for number, _ in posts] == list(range(1, SEGMENTS + 3)), name
        else:
            assert homeserver is not None
            said = [
                one["content"]["body"] for one in homeserver.said_in(name, token) if one["sender"] != "@amei:house.test"
            ]
        # The card before, every segment once and in order, the replay after. Matrix has no place for who speaks.
        spoken = words if platform == "web" else [f"林老师：{one}" for one in words]
        assert said[1:-1] == spoken, f"{platform} {name}"
        assert len(said) == SEGMENTS + 2
    last = house.one("select last_line from talk where id = %s", [talk["talk"]])
    wait_for(lambda: all(one.last >= last for one in listeners), within=60, what="live pages at the end")
    for one in listeners:
        one.over.set()
    print(f"live pages came back {[one.connections - 1 for one in listeners]} times")
    for one in listeners:
        assert [number for number, _ in one.lines] == list(range(one.lines[0][0], last + 1)), one.name
        told = [json.loads(data) for _, data in one.lines]
        assert [said["words"] for said in told if said["kind"] == "segment"] == words
        assert told[-1]["kind"] == "ended"
        assert one.connections > 1
    page = patiently("GET", f"{house.at}/t/{talk['code']}/").text.partition('id="stream"')[2]
    places = [page.index(one) for one in words]
    assert places == sorted(places)
    given = column(house, "select (body->>'segment')::int from entry where kind = 'talk.segment_given' order by seq")
    assert given == list(range(1, SEGMENTS + 1))
    relayed = "select (body->>'segment')::int, (body->>'reached')::int from entry where kind = 'talk.segment_relayed'"
    wait_for(lambda: len(house.rows(relayed)) >= SEGMENTS, within=150, what="told how far it went")
    assert sorted(house.rows(relayed)) == [(number, 4 + len(rooms)) for number in range(1, SEGMENTS + 1)]
    house.settle()
    assert house.one("select count(*) from ledger_parked") == 0
    house.check_projections()

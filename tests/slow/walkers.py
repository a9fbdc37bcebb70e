"""Who walks through a house that is being killed: phones that buy, pages that follow a talk, and the killers."""

from __future__ import annotations

import html
import random
import re
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.slow.house import House, patiently

SEED = 20261122


class Killer(threading.Thread):
    """Kills one process again and again with -9, a random moment after it is back and at work. Web is two processes: the
    one that listens and the one that answers; either may be hit.

    Not for ever: with each kill the supervisor waits twice as long before it starts the process again.
    """

    def __init__(self, house: House, name: str, *, most: int, within: tuple[float, float]) -> None:
        super().__init__(name=f"killer of {name}", daemon=True)
        self.house, self.target, self.most, self.within = house, name, most, within
        self.dice = random.Random(f"{SEED} {name}")
        self.kills = 0
        self.over = threading.Event()

    def run(self) -> None:
        while self.kills < self.most and not self.over.wait(self.dice.uniform(*self.within)):
            inner = self.target == "web" and self.dice.random() < 0.6
            self.kills += self.house.kill(self.target, inner=inner)
            while not self.is_back() and not self.over.wait(0.2):
                pass

    def is_back(self) -> bool:
        if self.target != "web":
            return self.house.pid_of(self.target) is not None
        try:
            return httpx.get(f"{self.house.at}/health", timeout=5, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def end(self) -> None:
        self.over.set()
        self.join(30)


class Phone:
    """A browser without scripts: cookies, forms, links; what it asks is asked again until it is answered."""

    def __init__(self, house: House, number: int) -> None:
        self.house = house
        headers = {
            "accept-language": "zh-hans",
            # Each phone is in a network of its own.
            "x-forwarded-for": f"10.20.{number // 250}.{number % 250 + 1}",
        }
        self.client = httpx.Client(base_url=house.at, headers=headers, timeout=30, trust_env=False)

    def get(self, path: str) -> httpx.Response:
        return patiently("GET", path, by=self.client, within=240)

    def post(self, path: str, form: dict[str, str], *, page: str) -> httpx.Response:
        """Sends a form as it stands in a page."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found is not None, page[:600]
        return patiently("POST", path, by=self.client, within=240, data={"csrfmiddlewaretoken": found[1], **form})


@dataclass
class Tally:
    """What buyers did, for all of them together."""

    payers_without_notice: list[str] = field(default_factory=list)
    to_notify: list[str] = field(default_factory=list)
    full: int = 0
    refused: int = 0
    paid: list[str] = field(default_factory=list)
    asleep: list[str] = field(default_factory=list)
    awake: threading.Event = field(default_factory=threading.Event)
    last_round: threading.Event = field(default_factory=threading.Event)
    filled: threading.Event = field(default_factory=threading.Event)
    wrong: list[str] = field(default_factory=list)


class Buyer(threading.Thread):
    """Follows the link into a group, takes a seat where there is one, and pays as its role says.

    pays: at the till. fumbles: is refused first. quiet: pays and the notice never comes. late: pays and the notice comes
    late and fifteen times. often: pays at the till and the notice comes fifteen times more. sleeps: pays only when the
    seat is given up. oversleeps: pays only when somebody else has it. leaves: never pays. In the last
    round all who take a seat pay it at the till.
    """

    def __init__(self, house: House, number: int, role: str, link: str, tally: Tally) -> None:
        super().__init__(name=f"buyer {number} who {role}", daemon=True)
        self.role, self.link, self.tally = role, link, tally
        self.dice = random.Random(f"{SEED} buyer {number}")
        self.phone = Phone(house, number)
        self.number = number
        self.group = self.charge = ""

    def run(self) -> None:
        try:
            first = {"sleeps": 4, "oversleeps": 4, "leaves": 4, "quiet": 12, "late": 12}
            time.sleep(self.dice.uniform(0, first.get(self.role, 40)))
            self.group = self.phone.get(self.link).headers["location"]
            till = self.seat()
            if till:
                self.charge = till.rstrip("/").rpartition("/")[2]
                self.pay(till)
        except Exception as error:
            self.tally.wrong.append(f"{self.name}: {error!r}")

    def seat(self) -> str:
        """The till of a seat that was taken; empty once the group is full. While all are held it is tried again."""
        deadline = time.monotonic() + 600
        while time.monotonic() < deadline:
            shown = self.phone.get(f"{self.group}join/")
            if shown.status_code == 200:
                key = re.search(r'name="key" value="([^"]+)"', shown.text)
                assert key is not None, shown.text[:600]
                form = {"key": html.unescape(key[1]), "count": "1", "till": "sandbox", "nickname": f"邻居{self.number}",
                        "name": "王小美", "phone": f"138{self.number:08d}", "address": "杭州市西湖区文一路 1 号"}  # fmt: skip
                time.sleep(self.dice.uniform(0, 1.5))
                answer = self.phone.post(f"{self.group}join/", form, page=shown.text)
                if answer.status_code == 302 and "/till/sandbox/" in answer.headers["location"]:
                    return str(answer.headers["location"])
                assert answer.status_code in (302, 422), answer.text[:600]
                self.tally.refused += 1
            else:
                assert shown.status_code == 302, shown.text[:600]
            if (
                self.phone.house.one("select state from group_buy where id = %s", [int(self.group.split("/")[2])])
                != "running"
            ):
                self.tally.full += 1
                return ""
            time.sleep(self.dice.uniform(0.5, 1.5))
        raise AssertionError("waited in vain for a seat or the end of the group")

    def pay(self, till: str) -> None:
        time.sleep(self.dice.uniform(0, 1.5))
        is_first_round = not self.tally.last_round.is_set()
        if self.role == "leaves" and is_first_round:
            return
        if self.role in ("quiet", "late") and is_first_round:
            self.tally.payers_without_notice.append(self.charge)
            return
        if self.role in ("sleeps", "oversleeps"):
            self.tally.asleep.append(self.charge)
            wakes = self.tally.awake if self.role == "sleeps" else self.tally.filled
            assert wakes.wait(600), "nobody woke it"
        if self.role == "fumbles":
            self.decide(till, "refused")
        self.decide(till, "paid")
        self.tally.paid.append(self.charge)
        if self.role == "often":
            self.tally.to_notify.append(self.charge)
        assert self.phone.get(self.group).status_code == 200

    def decide(self, till: str, outcome: str) -> None:
        shown = self.phone.get(till)
        assert shown.status_code == 200, shown.status_code
        if "csrfmiddlewaretoken" in shown.text:
            assert self.phone.post(till, {"outcome": outcome}, page=shown.text).status_code == 302


def notify(house: House, told: dict[str, Any], *, times: int) -> list[int]:
    """A provider sends its notice so many times at once, each until it is answered."""
    answers: list[int] = []

    def send() -> None:
        body = told["body"].encode()
        answer = patiently("POST", f"{house.at}/hooks/pay/sandbox/", headers=told["headers"], content=body, within=240)
        answers.append(answer.status_code)

    threads = [threading.Thread(target=send, daemon=True) for _ in range(times)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(250)
    assert len(answers) == times
    return answers


class Listener(threading.Thread):
    """A live page: follows the stream of a talk, and where it breaks goes on after the last line it has, as browsers do."""

    def __init__(self, house: House, code: str, number: int) -> None:
        super().__init__(name=f"listener {number}", daemon=True)
        self.dice = random.Random(f"{SEED} listener {number}")
        page = patiently("GET", f"{house.at}/t/{code}/").text
        found = re.search(r'data-live="([^"]+)" data-after="(\d+)"', page)
        assert found is not None, page[:600]
        self.address, self.last = html.unescape(found[1]), int(found[2])
        self.lines: list[tuple[int, str]] = []
        self.connections = 0
        self.over = threading.Event()

    def run(self) -> None:
        with httpx.Client(timeout=httpx.Timeout(10, read=20), trust_env=False) as client:
            while not self.over.is_set():
                # Now and then a phone loses its network by itself.
                self.leaves_at = time.monotonic() + self.dice.uniform(3, 20)
                with suppress(httpx.HTTPError):
                    self.follow(client)
                self.over.wait(0.3)

    def follow(self, client: httpx.Client) -> None:
        headers = {"last-event-id": str(self.last)} if self.last else {}
        with client.stream("GET", self.address, headers=headers) as answer:
            if answer.status_code != 200:
                return
            self.connections += 1
            number = 0
            for line in answer.iter_lines():
                if line.startswith("id: "):
                    number = int(line[4:])
                elif line.startswith("data: ") and number:
                    # Only a whole event counts: what was cut off comes again.
                    self.lines.append((number, line[6:]))
                    self.last, number = number, 0
                elif not line and time.monotonic() > self.leaves_at:
                    return
                if self.over.is_set():
                    return

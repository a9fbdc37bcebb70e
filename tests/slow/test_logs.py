"""No log and no line on the terminal holds a phone, a name, a token, a secret address or a session, whatever goes wrong."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.slow.house import House, house_at
from tests.slow.inside import PASSWORD
from tests.slow.sheets import HEAD, orders
from tests.wiring.ups import wait_for

pytestmark = pytest.mark.slow

PHONE = "13766554433"
NAME = "欧阳卯金"
MAIL = "maojindao@example.com"
WORDS = "卯金说的话谁也没说过"
WRONG_TOKEN = "tpa_wrongmaojin0123456789abcd"
WRONG_KEY = "sk_wrongmaojin0123456789abcd"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house_at(tmp_path_factory.mktemp("logs"), begin=False) as made:
        made.start()
        yield made


class Browser:
    """A teammate's browser: cookies, and the hidden field that every form carries."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.client = httpx.Client(base_url=house.at, trust_env=False, timeout=30, follow_redirects=True)
        self.statuses: list[tuple[int, str]] = []

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self._noted("GET", path, **more)

    def post(self, path: str, form: dict[str, str], *, seen: str = "", **more: Any) -> httpx.Response:
        token = self.client.cookies.get("csrftoken", "")
        if found := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', seen):
            token = found[1]
        return self._noted("POST", path, data={**form, "csrfmiddlewaretoken": token}, **more)

    def _noted(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = self.client.request(method, path, headers={"referer": self.house.at + "/"}, **more)
        self.statuses.append((answer.status_code, f"{method} {path[:40]}"))
        return answer


def sign_in(house: House, browser: Browser) -> None:
    """By the printed link; before that, wrong names and passwords."""
    page = browser.get("/sign-in/").text
    for login, password in ((PHONE, "falsch falsch"), ("liqing", PASSWORD + "x"), (NAME, PHONE)):
        browser.post("/sign-in/", {"login": login, "password": password, "next": f"/people/?q={PHONE}"}, seen=page)
    token = house.link.rstrip("/").rpartition("/")[2]
    page = browser.get(house.link.removeprefix(house.at)).text
    form = {"token": token, "display_name": NAME, "login": "liqing", "password": PASSWORD, "repeat": PASSWORD}
    answer = browser.post("/enter/", form, seen=page)
    assert answer.status_code == 200, answer.text[:500]
    assert browser.client.cookies.get("tongpin_session"), "not signed in"
    browser.get(f"/owner/{token}/")
    browser.post("/enter/", form, seen=page)


def bring_in(house: House, browser: Browser) -> None:
    row = f"1,{NAME},1,1,{{paid}},交易成功,{NAME},上海市 卯金路 88 号,{PHONE},2026-10-22 12:01:00,,绘本,1,0"
    good = "\n".join(
        (HEAD, row.format(paid="1.00"), row.format(paid=PHONE + "元"), row.format(paid="八九"), "")
    ).encode()
    brought = house.bring_in(f"{NAME}{PHONE}.csv", good, shop_name=NAME)
    assert brought["rows"] == 3, brought
    for name, content in (
        (f"{PHONE}.xlsx", b"PK\x03\x04" + PHONE.encode() * 50),
        (f"{PHONE}.csv", f"{NAME},{PHONE}\n".encode() + b"\xff\xfe\xc3\x28"),
        (f"{PHONE}.txt", (NAME + PHONE).encode()),
        (f"{PHONE}.zip", good),
        (f"{NAME}.jsonl", json.dumps({"phone": PHONE, "words": WORDS}).encode()),
    ):
        answer = house.api("POST", "/imports", files={"file": (name, content)})
        number = answer.json().get("file", {}).get("id")
        house.api("POST", f"/imports/{number}/describe", json={"mapping": {PHONE: "phone"}, "shop_name": NAME})
        house.api("POST", f"/imports/{number}/start")
    done = house.command("import", "--json", "--map", f"{PHONE}=phone", "/dev/null")
    assert done.returncode == 2, done


def track(house: House) -> None:
    told = {"phone": PHONE, "name": NAME, "email": MAIL, "words": WORDS}
    one: dict[str, Any] = {"type": "track", "userId": MAIL, "event": WORDS, "properties": told}
    house.send([{**one, "type": "identify", "traits": told}, one])
    for bad in (
        {**one, "userId": None},
        {**one, "timestamp": "3026-01-01T00:00:00Z"},
        {**one, "type": PHONE},
        {**one, "event": []},
    ):
        house.send([bad])  # type: ignore[list-item]
    url, auth = f"{house.at}/v1/track", (house.told["server"], "")
    for content in (
        json.dumps(told)[:-3].encode(),
        b"\xff" + PHONE.encode(),
        b"\x1f\x8b" + PHONE.encode(),
        b'{"\\u0000":"%s"}' % PHONE.encode(),
    ):
        httpx.post(url, auth=auth, content=content, trust_env=False)
    httpx.post(url, auth=(WRONG_KEY, ""), json=one, trust_env=False)
    httpx.post(f"{house.at}/v1/{PHONE}", auth=auth, json=one, trust_env=False)
    httpx.post(
        url,
        json={**one, "writeKey": house.told["browser"]},
        headers={"origin": f"https://{PHONE}.example.com"},
        trust_env=False,
    )
    house.send(
        [
            {
                **one,
                "properties": {"n": "1e400000", "deep": [[[told]]], "x": "\ud83d".encode("utf-8", "replace").decode()},
            }
        ]
    )


def ask(house: House) -> None:
    for method, path, more in (
        ("GET", f"/people?q={PHONE}", {}),
        ("GET", f"/people?{PHONE}={NAME}", {}),
        ("GET", f"/people/{PHONE}000000000000", {}),
        ("GET", f"/people/{PHONE}", {}),
        ("POST", "/people", {"json": {"nickname": NAME, "identities": [{"kind": "phone", "value": PHONE}]}}),
        ("POST", "/people", {"json": {"nickname": NAME, "identities": [{"kind": "phone", "value": PHONE + "x"}]}}),
        ("POST", "/people", {"json": {"nickname": NAME + "\0", "note": WORDS}}),
        ("POST", "/people", {"content": f'{{"nickname": "{NAME}{PHONE}'.encode()}),
        ("GET", f"/facts?kinds={PHONE}&after=99999999999999999999", {}),
        ("GET", f"/people?after={PHONE}", {}),
    ):  # fmt: skip
        house.api(method, path, **more)
    for token in (WRONG_TOKEN, house.told["server"], PHONE):
        httpx.get(f"{house.at}/api/people?q={PHONE}", headers={"authorization": f"Bearer {token}"}, trust_env=False)


def post_to_hook(house: House) -> None:
    url = f"{house.at}/hooks/{house.told['hook']}"
    told = {"id": "1", "tel": PHONE, "name": NAME, "why": WORDS}
    httpx.post(url, json=told, trust_env=False)
    house.inside("map_hook", hook_id=house.told["hook_id"], owner=house.told["owner"],
                 mapping={"id": "message_id", "tel": "phone", "name": "name", "why": "keep"})  # fmt: skip
    for content in ({**told, "id": "2"}, {**told, "tel": PHONE + "999999"}, [told, PHONE], {"deep": {"tel": PHONE}}):
        httpx.post(url, json=content, trust_env=False)
    httpx.post(url, content=f'{{"tel":"{PHONE}'.encode(), trust_env=False)
    httpx.post(url, data={"tel": PHONE, "name": NAME}, trust_env=False)
    httpx.post(f"{house.at}/hooks/{WRONG_TOKEN}", json=told, trust_env=False)


def look_around(browser: Browser) -> None:
    page = browser.get(f"/people/?q={PHONE}").text
    for path in (f"/people/?q=%00{PHONE}", f"/people/?q={NAME}&after={PHONE}", f"/people/{PHONE}{PHONE}/", f"/{PHONE}/{NAME}",
                 f"/imports/?state={PHONE}", f"/settings/audit/?who={NAME}%00"):  # fmt: skip
        browser.get(path)
    for who in (PHONE, NAME, MAIL, PHONE + "\0"):
        browser.post("/people/add/", {"who": who, "nickname": NAME, "note": WORDS}, seen=page)
    browser.post("/people/add/", {"who": PHONE}, seen="")
    httpx.post(f"{browser.house.at}/people/add/", data={"who": PHONE}, trust_env=False)  # without a session or a token


def while_the_database_dies(house: House, browser: Browser, token: str) -> list[int]:
    """Every secret address, again and again, while PostgreSQL and then everybody else is killed."""
    stop = threading.Event()
    statuses: list[int] = []
    session = {"cookie": f"tongpin_session={browser.client.cookies['tongpin_session']}"}

    def knock(number: int) -> None:
        dice = random.Random(number)
        told = {"id": str(number), "tel": PHONE, "name": NAME, "why": WORDS}
        with httpx.Client(base_url=house.at, trust_env=False, timeout=20) as client:
            while not stop.is_set():
                try:
                    statuses.append(dice.choice([
                        lambda: client.post(f"/hooks/{house.told['hook']}", json=told),
                        lambda: client.get(f"/owner/{token}/"),
                        lambda: client.get(f"/enter/{token}/"),
                        lambda: client.get(f"/people/?q={PHONE}", headers=session),
                        lambda: client.get(f"/api/people?q={PHONE}", headers={"authorization": f"Bearer {house.told['token']}"}),
                        lambda: client.post("/sign-in/", data={"login": PHONE, "password": PASSWORD}),
                        lambda: client.post("/v1/track", auth=(house.told["server"], ""),
                                            json={"userId": MAIL, "event": WORDS, "properties": told}),
                    ])().status_code)  # fmt: skip
                except httpx.TransportError:
                    time.sleep(0.05)

    threads = [threading.Thread(target=knock, args=[n], daemon=True) for n in range(6)]
    for thread in threads:
        thread.start()
    number = house.upload("orders.csv", orders(4000, seed=8).replace("13800000", PHONE[:8]).encode(), shop_name=NAME)
    house.begin(number)
    for name in ("postgres", "readers", "worker", "postgres", "live", "web"):
        time.sleep(1.0)
        house.kill(name)
    wait_for(lambda: statuses, within=60, what="an answer")
    # Longer away than requests wait for it.
    until = time.monotonic() + 16
    while time.monotonic() < until:
        house.kill("postgres")
        time.sleep(0.1)
    time.sleep(5)
    stop.set()
    for thread in threads:
        thread.join(60)
    return statuses


def test_no_log_holds_a_phone_a_name_a_token_or_a_session(house: House) -> None:
    browser = Browser(house)
    token = house.link.rstrip("/").rpartition("/")[2]
    sign_in(house, browser)
    house.furnish()
    bring_in(house, browser)
    track(house)
    ask(house)
    post_to_hook(house)
    look_around(browser)
    broken = [line for line in browser.statuses if line[0] >= 500]
    statuses = while_the_database_dies(house, browser, token)
    house.settle()
    seen = {status: statuses.count(status) for status in sorted(set(statuses))}
    print(f"while PostgreSQL died: {seen}; faults of pages before that: {broken}")
    assert seen.get(500, 0) + seen.get(503, 0) > 0, f"nothing failed, so nothing was proved: {seen}"
    house.stop()

    passwords = json.loads((house.home.keys / "postgres.json").read_text())
    planted = {
        "phone": PHONE, "phone abroad": "+86" + PHONE, "name": NAME, "mail": MAIL, "words": WORDS, "password": PASSWORD,
        "owner's link": token, "server key": house.told["server"], "browser key": house.told["browser"],
        "API token": house.told["token"], "webhook": house.told["hook"], "wrong token": WRONG_TOKEN, "wrong key": WRONG_KEY,
        "session": browser.client.cookies["tongpin_session"],
        **{f"database {name}": str(value) for name, value in passwords.items() if len(str(value)) > 12},
    }  # fmt: skip
    terminal = "\n".join(line for line in house.said if "/owner/" not in line)
    logs = {path.name: path.read_text(errors="replace") for path in house.home.log.iterdir()}
    sizes = {name: len(text) for name, text in logs.items()}
    print(f"logs {sizes}, terminal {len(terminal)}")
    assert sum(sizes.values()) > 1000, f"the logs hold next to nothing: {sizes}"
    found = {}
    for where, text in {**logs, "the terminal": terminal}.items():
        for what, value in planted.items():
            forms = {
                value,
                json.dumps(value)[1:-1],
                value.encode("unicode_escape").decode(),
                httpx.QueryParams({"q": value}).__str__()[2:],
            }
            lines = [line[:300] for line in text.splitlines() if any(form in line for form in forms)]
            if lines:
                found[f"{what} in {where}"] = (len(lines), lines[0])
    assert found == {}, "\n".join(f"{where}: {times} times, first {line}" for where, (times, line) in found.items())

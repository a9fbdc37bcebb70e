"""Walk two: a guest's talk is announced to six groups and relayed to them as it is held: two rooms on our own pages, two
on a real Matrix homeserver, two plain WeChat groups as cards that somebody pastes. Questions of all meet in one queue;
afterwards the chat of a plain group is added, a digest drafted, and trust and vitality measured."""

from __future__ import annotations

import io
import json
import math
import re
import struct
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.matrix_server import NAME, Synapse
from tests.stories.conftest import House, house, sign_in
from tests.stories.test_walk_one import found, submit

pytestmark = pytest.mark.browser
HERE = ZoneInfo("Asia/Shanghai")
PHONE: dict[str, Any] = {"locale": "zh-CN", "viewport": {"width": 390, "height": 844}}
SLOW = 20_000
"""Milliseconds that something may take which goes through several processes."""

TITLE, GUEST = "睡前十分钟，怎么读", "林老师"
PLAIN = ("青禾微信 1 群", "青禾微信 2 群")
FIRST, LAST = "大家晚上好，今天只讲睡前的十分钟。", "谢谢大家，今晚就试一次。"
CAPTION = "停下来的那一页"
FROM_PAGE, FROM_MATRIX = "两岁的孩子坐不住，该从哪本书开始？", "请问爸爸读和妈妈读，有什么不一样吗？"
GUEST_SAYS, HOST_SAYS = "从一本他认得的书开始，读三页就停。", "都可以，谁在家谁读，孩子要的是有人陪。"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synapse]:
    """A homeserver that its operator has not started yet: first the house says what it must know."""
    if find_spec("synapse") is None:
        pytest.skip("Synapse is not here: pip install matrix-synapse to walk with a real homeserver")
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("Chromium is not here: install it to walk with a real browser")
    synapse = Synapse(tmp_path_factory.mktemp("synapse"))
    yield synapse
    synapse.close()


@pytest.fixture(scope="module")
def running(
    server: Synapse, tmp_path_factory: pytest.TempPathFactory, migrated_copy: AbstractContextManager[str]
) -> Iterator[House]:
    """A house that may speak to the homeserver on its own machine."""
    allowed = urlsplit(server.url).netloc
    with house(tmp_path_factory.mktemp("walk"), database=migrated_copy, TONGPIN_EGRESS_ALLOWED=allowed) as up:
        yield up


def soon(page: Page, what: Callable[[], Locator], *, seconds: float = 20.0) -> None:
    """Looks at a page again until something stands on it."""
    until = time.monotonic() + seconds
    while not what().count():
        assert time.monotonic() < until, page.locator("main, #content").first.inner_text()
        page.wait_for_timeout(300)
        # A page that goes on by itself at this very moment, as an import's does at its end, breaks the reload off.
        with suppress(PlaywrightError):
            page.reload()


def comes_to(told: Callable[[], list[str]], number: int, *, seconds: float = 20.0) -> list[str]:
    """What is told, once it is as much as it should be; what it was by then, if it never is."""
    until = time.monotonic() + seconds
    while len(found := told()) < number and time.monotonic() < until:
        time.sleep(0.3)
    return found


def hand_over(desk: Page, at: str, server: Synapse) -> None:
    """Matrix is connected as a person would: typed in, and the registration carried to the homeserver."""
    desk.goto(f"{at}/settings/channels/")
    desk.fill("#matrix [name=homeserver]", server.url)
    desk.fill("#matrix [name=server_name]", NAME)
    desk.locator("#matrix form[action$='/matrix/connect/'] button").click()
    desk.wait_for_load_state()
    with desk.expect_download() as coming:
        desk.locator("a[href$='/matrix/registration/']").click()
    server.registration = coming.value.path().read_text()
    told = dict(line.split(": ", 1) for line in server.registration.splitlines())
    assert json.loads(told["url"]) == f"{at}/hooks/matrix"
    server.config |= {name: json.loads(told[name]) for name in ("as_token", "hs_token")}


def rooms_of(server: Synapse, token: str) -> list[str]:
    """Two rooms a real member made, into which we are invited."""
    made = []
    for name in ("青禾 Matrix 一", "青禾 Matrix 二"):
        said = {"preset": "private_chat", "name": name, "invite": [server_us(server)]}
        made.append(str(server.ask("POST", "/createRoom", token, said)["room_id"]))
    return made


def server_us(server: Synapse) -> str:
    return f"@{server.config['localpart']}:{NAME}"


def picture() -> FilePayload:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((640, 480)).convert("RGB").save(out, "JPEG")
    return {"name": "那一页.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def recording() -> FilePayload:
    """Two seconds of a tone."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        tone = (int(9_000 * math.sin(2 * math.pi * 440 * n / 16_000)) for n in range(32_000))
        sound.writeframes(b"".join(struct.pack("<h", one) for one in tone))
    return {"name": "读一段.wav", "mimeType": "audio/wav", "buffer": out.getvalue()}


def let_in(browser: Browser, desk: Page, at: str, bases: list[str]) -> Page:
    """Somebody applies to each community on a phone and is let in from the desk."""
    phone = browser.new_context(**PHONE).new_page()
    for base in bases:
        number = base.rstrip("/").rpartition("/")[2]
        desk.goto(f"{base}joining/")
        desk.locator("form[action$='/public/open/'] button").first.click()
        desk.wait_for_load_state()
        phone.goto(f"{at}/c/{number}/")
        phone.get_by_role("link", name="申请加入").click()
        if phone.locator("#nickname").count():
            phone.fill("#nickname", "小美")
        phone.fill("#answer_0", "在读一本讲睡眠的书，每天睡前十来页。")
        phone.check("[name=charter]")
        phone.get_by_role("button", name="提交申请").click()
        phone.wait_for_load_state()
    desk.goto(f"{at}/admissions/")
    for _ in bases:
        desk.locator("form[action$='/accept/'] button").first.click()
        desk.wait_for_load_state()
    return phone


def add_group(desk: Page, base: str, platform: str, name: str, room: str = "") -> None:
    desk.goto(f"{base}groups/")
    desk.select_option("[name=platform]", platform)
    desk.fill("[name=name]", name)
    if room:
        desk.fill("[name=external_id]", room)
    submit(desk)
    expect(desk.locator("td.main-cell", has_text=name)).to_be_visible()


def plan(desk: Page, at: str) -> str:
    """Plans a talk that begins in a quarter of an hour; gives its page."""
    desk.goto(f"{at}/give/talks/new/")
    begins = datetime.now(HERE) + timedelta(minutes=15)
    told = {"title": TITLE, "guest_name": GUEST, "starts_at": f"{begins:%Y-%m-%dT%H:%M}", "minutes": "30"}
    for name, value in told.items():
        desk.fill(f"[name={name}]", value)
    desk.select_option("[name=community]", label="青禾读跑社")
    submit(desk)
    assert re.search(r"/give/talks/\d+/$", desk.url), desk.url
    return desk.url


def paste_cards(desk: Page, talk: str) -> dict[str, str]:
    """Each card that waits is copied by one tap, pasted somewhere, and ticked off by one tap: text by group."""
    desk.goto(talk)
    pasted: dict[str, str] = {}
    for _ in range(2):
        card = desk.locator("#cards .errand").first
        name = card.locator("span.caption").first.inner_text().splitlines()[0]
        with desk.expect_response(lambda answer: answer.url.endswith("/copied/")) as counted:
            card.locator("[data-copy]").click()
        assert counted.value.status == 204
        pasted[name] = desk.evaluate("navigator.clipboard.readText()")
        card.locator("form button").click()
        desk.wait_for_load_state()
    assert desk.locator("#cards .errand").count() == 0
    return pasted


def code_in(text: str) -> str:
    seen = re.search(r"http://\S+/l/[0-9a-z]+", text)
    assert seen is not None, text
    return seen[0]


def row_of(desk: Page, group: str) -> Locator:
    return desk.locator("tr[id^='group-']", has_text=group)


def question(desk: Page, words: str) -> Locator:
    """An open question of the queue. Its words stand in the menus of the others too."""
    return desk.locator("#questions > .question", has=desk.locator("p", has_text=words))


def send(stage: Page, words: str) -> None:
    stage.fill("#speak [name=words]", words)
    stage.click("#send")


def pieces_on(page: Page) -> list[str]:
    """What stands on a live page, in order: words, or what it is."""
    told = []
    for one in page.locator("#stream > li[data-segment]").all():
        kind = "图" if one.locator("img[src^='/f/']").count() else "声" if one.locator("audio").count() else ""
        told.append(kind + one.locator("[data-words]").inner_text())
    return told


PIECES = [FIRST, f"图{CAPTION}", "声", GUEST_SAYS, LAST]
"""What the guest says, in order."""


def in_matrix(server: Synapse, room: str, token: str) -> list[str]:
    """What we said in a room after the first card, in order."""
    told = []
    for one in server.said_in(room, token):
        if one["sender"] != server_us(server):
            continue
        kind = {"m.image": "图", "m.audio": "声"}.get(one["content"]["msgtype"], "")
        told.append(kind or one["content"]["body"])
    return told


def on_web(phone: Page, at: str, place: str) -> list[str]:
    phone.goto(f"{at}/r/{place}/")
    told = []
    for one in phone.locator("article[id^='p']").all():
        kind = "图" if one.locator("img").count() else "声" if one.locator("audio").count() else ""
        told.append(kind or one.inner_text())
    return told


def exported(began: datetime) -> bytes:
    """The chat of a plain group as ChatLab exports it: last week's words, and those around the talk. Five people."""
    people = ["糖糖爸", "豆豆妈", "阿强", "许青禾", "陈老师"]
    lines: list[dict[str, Any]] = [
        {
            "_type": "header",
            "chatlab": {"version": "0.0.1"},
            "meta": {"name": PLAIN[0], "platform": "wechat", "type": "group"},
        },
        *({"_type": "member", "platformId": f"wx_{name}", "accountName": name} for name in people),
    ]
    weeks = [(began - timedelta(days=7), "上周我家试了一周，"), (began - timedelta(minutes=4), "今天听林老师讲，")]
    for week, (begin, how) in enumerate(weeks):
        before = ""
        for number, name in enumerate(people * 2):
            key = f"m{week}-{number}"
            said = f"{how}我是{name}，第{number + 1}回说：孩子睡前先关灯三分钟，再读他自己挑的那一本，读到第三页就停，反而追着要听。"
            line = {
                "_type": "message",
                "sender": f"wx_{name}",
                "accountName": name,
                "timestamp": int((begin + timedelta(seconds=20 * number)).timestamp()),
                "type": 0,
                "content": said if number % 2 == 0 else f"谢谢{number}，我们家也是这样做的，今晚接着试试看。",
                "platformMessageId": key,
            }
            lines.append(line | ({"replyToMessageId": before} if before else {}))
            before = key
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()


def bring_in(desk: Page, at: str, content: bytes) -> None:
    """The exported chat is imported from the console."""
    desk.goto(f"{at}/imports/new/")
    desk.set_input_files("[name=file]", {"name": "群聊.jsonl", "mimeType": "application/jsonl", "buffer": content})
    desk.locator("#upload button.btn-primary").click()
    desk.wait_for_url(re.compile(r"/imports/\d+/columns/"))
    desk.goto(desk.url.replace("columns/", "preview/"))
    desk.locator("form[action$='/start/'] button").click()
    soon(desk, lambda: desk.get_by_text("已导入").or_(desk.get_by_text("导入好了")), seconds=40)


@dataclass
class Cast:
    """Who is in the story, with their pages."""

    at: str
    desk: Page
    mei: Page
    token: str
    rooms: list[str]
    base: str
    talk: str


def prepared(browser: Browser, running: House, server: Synapse) -> Cast:
    """A community with its groups, a sister community, a member in both rooms on the web, one in both Matrix rooms."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}, accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk = context.new_page()
    at = sign_in(desk, running.printed)
    hand_over(desk, at, server)
    with ThreadPoolExecutor(1) as operator:
        starting = operator.submit(server.start)
        base = found(desk, at)
        sister = found(desk, at, "青禾妈妈晨跑")
        mei = let_in(browser, desk, at, [base, sister])
        starting.result()
    desk.goto(f"{at}/settings/channels/")
    desk.locator("#matrix form[action$='/matrix/check/'] button").click()
    expect(desk.locator("#matrix").get_by_text(server_us(server))).to_be_visible()
    _, token = server.person("amei")
    rooms = rooms_of(server, token)
    for name, room in zip(("青禾 Matrix 一", "青禾 Matrix 二"), rooms, strict=True):
        add_group(desk, base, "matrix", name, room)
    for name in PLAIN:
        add_group(desk, base, "wechat", name)
    return Cast(at, desk, mei, token, rooms, base, plan(desk, at))


def announced(cast: Cast, browser: Browser) -> str:
    """All six groups are told; the plain ones by cards that are pasted, whose taps count. Gives the talk's address."""
    desk, at = cast.desk, cast.at
    desk.goto(cast.talk)
    boxes = desk.locator("#announce [name=place]")
    assert boxes.count() == 6
    for box in boxes.all():
        box.check()
    desk.locator("#announce button").click()
    desk.wait_for_load_state()
    assert desk.locator("tr[id^='group-']").count() == 6
    pasted = paste_cards(desk, cast.talk)
    assert set(pasted) == set(PLAIN)
    reader = browser.new_context(**PHONE).new_page()
    reader.goto(code_in(pasted[PLAIN[0]]))
    live = re.match(rf"{at}/t/[^/]+/$", reader.url)
    assert live is not None, reader.url
    expect(reader.get_by_role("heading", name=TITLE)).to_be_visible()
    soon(desk, lambda: row_of(desk, PLAIN[0]).get_by_text("1", exact=False).filter(has_text="点"))
    assert "0" in row_of(desk, PLAIN[1]).inner_text()
    reader.context.close()
    return live[0]


def held(cast: Cast, browser: Browser, server: Synapse, live: str) -> None:
    """The guest speaks from a phone; members follow without a reload; questions of all meet in one queue."""
    desk, mei = cast.desk, cast.mei
    desk.goto(cast.talk)
    desk.locator("form[action$='/stage/'] button").first.click()
    stage = browser.new_context(**PHONE).new_page()
    lost: list[str] = []
    stage.on("response", lambda answer: lost.append(answer.url) if answer.status >= 400 else None)
    stage.goto(desk.locator("code.box").inner_text())
    stage.get_by_role("button", name="开始分享").click()
    mei.goto(live)
    mei.evaluate("window.never_reloaded = true")
    send(stage, FIRST)
    expect(mei.locator("#stream [data-words]", has_text=FIRST)).to_be_visible(timeout=SLOW)
    stage.set_input_files("#speak [name=picture]", picture())
    send(stage, CAPTION)
    expect(mei.locator("#stream img[src^='/f/']")).to_be_visible(timeout=SLOW)
    stage.set_input_files("#speak [name=voice]", recording())
    stage.click("#send")
    expect(mei.locator("#stream audio[src^='/f/']")).to_be_visible(timeout=SLOW)
    for shown in ("#stream img[src^='/f/']", "#stream audio[src^='/f/']"):
        assert mei.request.get(cast.at + str(mei.locator(shown).get_attribute("src"))).ok

    # Whoever is late finds everything from the beginning, in order.
    late = browser.new_context(**PHONE).new_page()
    late.goto(live)
    assert pieces_on(late) == PIECES[:3]

    # One asks on the live page, one in a Matrix room; both stand in one queue.
    mei.locator("details.sheet summary").click()
    mei.fill("#question", FROM_PAGE)
    mei.locator("#ask button.button").click()
    expect(mei.locator("#asked-ok")).to_be_visible()
    said = {"msgtype": "m.text", "body": FROM_MATRIX}
    server.ask("PUT", f"/rooms/{cast.rooms[0]}/send/m.room.message/q1", cast.token, said)
    desk.goto(cast.talk)
    soon(desk, lambda: desk.locator("#questions .question", has_text=FROM_MATRIX))
    asked = desk.locator("#questions > .question")
    assert [("小美" in one, "amei" in one) for one in asked.all_inner_texts()] == [(True, False), (False, True)]

    # The host hands one to the guest and answers the other.
    question(desk, FROM_PAGE).locator("form[action$='/hand/'] button").click()
    desk.wait_for_load_state()
    other = question(desk, FROM_MATRIX)
    other.locator("summary").first.click()
    other.locator("[name=words]").fill(HOST_SAYS)
    other.locator("form[action$='/answer/'] button").click()
    stage.locator("#questions [data-answer]").click(timeout=SLOW)
    send(stage, GUEST_SAYS)
    expect(mei.locator("#stream li", has_text=GUEST_SAYS).locator(".asked", has_text=FROM_PAGE)).to_be_visible(
        timeout=SLOW
    )
    expect(mei.locator("#stream li", has_text=HOST_SAYS).locator(".asked", has_text=FROM_MATRIX)).to_be_visible()
    send(stage, LAST)
    for page in (mei, late):
        expect(page.locator("#stream [data-words]", has_text=LAST)).to_be_visible(timeout=SLOW)
        assert pieces_on(page) == PIECES
    assert mei.evaluate("window.never_reloaded") is True

    # The guest ends it.
    stage.locator("details", has=stage.locator("#end")).locator("summary").click()
    stage.locator("#end button").click()
    stage.wait_for_url(live)
    expect(stage.get_by_text("回看").first).to_be_visible()
    expect(mei.locator("#over")).to_be_visible(timeout=SLOW)
    assert lost == []


def arrived(cast: Cast, server: Synapse) -> None:
    """Rooms on our own pages and rooms on Matrix have the card, every piece once and in order, and the replay."""
    desk = cast.desk
    for room in cast.rooms:
        said = comes_to(lambda room=room: in_matrix(server, room, cast.token), 8)  # type: ignore[misc]
        assert_whole(said, [FIRST, CAPTION, "图", "声", GUEST_SAYS, LAST])  # a caption stands above its picture there
    desk.goto(cast.talk)
    places = [str(one.get_attribute("id")).removeprefix("group-") for one in desk.locator("tr[id^='group-']").all()]
    ours = [one for one in places if "本站" in desk.locator(f"#group-{one}").inner_text()]
    assert len(ours) == 2, desk.locator(".relay-table").inner_text()
    for place in ours:
        said = comes_to(lambda place=place: on_web(cast.mei, cast.at, place), 7)  # type: ignore[misc]
        assert_whole(said, [FIRST, "图", "声", GUEST_SAYS, LAST])
    after = paste_cards(desk, cast.talk)
    assert set(after) == set(PLAIN)
    assert all(code_in(text) for text in after.values())


def assert_whole(said: list[str], pieces: list[str]) -> None:
    """A card, the pieces once and in order, a card."""
    assert len(said) == len(pieces) + 2, said
    assert [one in told for one, told in zip(pieces, said[1:-1], strict=True)] == [True] * len(pieces), said
    assert [TITLE in card for card in (said[0], said[-1])] == [True, True], said


def looked_back(cast: Cast, running: House) -> None:
    """The chat of a plain group is imported and added; a digest is drafted and goes out; measures move."""
    desk, at = cast.desk, cast.at
    bring_in(desk, at, exported(datetime.now(HERE)))
    desk.goto(cast.talk)
    desk.locator("form[action$='/chat/'] select").select_option(label=PLAIN[0])
    desk.locator("form[action$='/chat/'] button").click()
    desk.wait_for_load_state()
    expect(desk.get_by_text(re.compile("5 .*听过")).first).to_be_visible()

    # Nothing was measured yet.
    desk.locator("form[action$='/digest/'] button").click()
    desk.wait_for_load_state()
    soon(desk, lambda: desk.locator("article.quote", has_text="孩子睡前先关灯三分钟"))
    quotes = desk.locator("article.quote")
    assert 5 <= quotes.count() <= 12
    first = quotes.filter(has_text="孩子睡前先关灯三分钟").first
    assert re.search(r"/imports/\d+/", str(first.locator("a", has_text=PLAIN[0]).get_attribute("href")))
    givers = desk.locator("section[aria-labelledby=givers] .short")
    assert {one.split()[1] for one in givers.all_inner_texts()} >= {"糖糖爸", "阿强"}, givers.all_inner_texts()
    person = at + str(first.locator("b a").get_attribute("href"))

    # One agrees to be quoted; the digest goes out.
    first.get_by_role("button", name="TA 告诉我同意").click()
    desk.wait_for_load_state()
    desk.fill("[name=conclusion]", "关灯三分钟，读他挑的那一本，读到第三页就停。")
    desk.locator("section[aria-labelledby=words] form button").click()
    desk.wait_for_load_state()
    desk.locator("form[action$='/publish/'] button").click()
    desk.wait_for_load_state()
    expect(desk.locator("h1").get_by_text("已发布")).to_be_visible()

    # Trust and vitality are unknown until they are measured, and stand with their reasons afterwards.
    desk.goto(person)
    before = desk.locator("#trust").inner_text()
    desk.goto(cast.base)
    assert desk.locator("#vitality .reasons").count() == 0
    argv = [sys.executable, "-m", "tongpin.wiring.cli", "measure", "--store"]
    done = subprocess.run(argv, env=running.env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    desk.reload()
    vital = desk.locator("#vitality").inner_text()
    assert desk.locator("#vitality .reasons li").count() >= 3, vital
    assert re.search(r"数据太少|太少", vital) is None, vital
    desk.goto(person)
    after = desk.locator("#trust").inner_text()
    assert before != after
    assert desk.locator("#trust .short").count() >= 3, after


def test_a_talk_reaches_every_group_and_its_chat_becomes_a_digest(
    running: House, server: Synapse, browser: Browser
) -> None:
    cast = prepared(browser, running, server)
    live = announced(cast, browser)
    held(cast, browser, server, live)
    arrived(cast, server)
    looked_back(cast, running)

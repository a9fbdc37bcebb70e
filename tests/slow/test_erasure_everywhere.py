"""Somebody of whom the house knows everything is erased, and a search by bytes goes through all there is: every table,
what is sealed, stored imports, logs, a new backup, and an old backup restored."""

from __future__ import annotations

import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.shape.test_person_columns import DELETED, EMPTIED, FATE
from tests.slow.house import House, house_at, patiently
from tests.slow.sheets import HEAD
from tests.wiring.ups import wait_for
from tongpin.wiring.postgres import binaries

pytestmark = pytest.mark.slow

SPOKEN = ("words", "asked", "said")
"""What somebody said to others: it stays, without a name, where they did not wish it gone."""

SPOKEN_IN = ("message", "feature_word", "question", "talk_segment", "letter", "room_post")

WITH_HER_NUMBER = {
    "application.person_id", "digest_consent.person_id", "digest_giver.person_id", "digest_quote.person_id",
    "figure_people.person_ids", "inbox_letter.person_id", "letter.person_id", "letter.speaker_person_id",
    "message.person_id", "person_assessment.person_id", "poster.person_id", "question.person_id",
    "referral_link.person_id", "room_post.speaker_person_id", "sign_in_link.person_id", "stored_file.person_id",
    "talk.guest_person_id", "talk_hearer.person_id",
}  # fmt: skip
"""Where her number stands at least before she is erased."""

CHAT = """消息记录（此消息记录为文本格式，不支持重新导入）

================================================================
消息分组:我的群聊
================================================================
消息对象:绘本 2 群
================================================================

2026-11-20 21:00:01 {nickname}({qq})
{words}

2026-11-20 21:01:12 路人甲(10002)
读到一半孩子就睡着了，明天接着读
"""


@dataclass(frozen=True)
class Marked:
    """Somebody whose every trait is told from all the world's."""

    name: str
    nickname: str
    phone: str
    mail: str
    address: str
    account: str
    custom: str
    qq: str
    words: str
    note: str
    event: str
    order: int
    matrix: str
    answer: str
    asked: str
    said: str
    letter: str
    sentence: str

    @property
    def markers(self) -> dict[str, str]:
        """All of them, and the forms in which a phone and an address are shown masked."""
        own = {name: str(getattr(self, name)) for name in self.__dataclass_fields__ if name not in ("order", "qq")}
        return own | {
            "masked phone": f"{self.phone[:3]}****{self.phone[-4:]}",
            "spaced phone": self.spaced,
            "loud mail": self.mail.upper(),
        }

    @property
    def spaced(self) -> str:
        return f"{self.phone[:3]} {self.phone[3:7]} {self.phone[7:]}"

    @property
    def sheet(self) -> bytes:
        """Two good rows and three that are rejected: with all of them, with a name alone, with a phone written otherwise."""
        at = "2026-10-22 12:01:00,2026-10-22 12:04:00"
        start = f"{self.account},89.00,89.00"
        rows = [
            f"{self.order},{start},89.00,交易成功,{self.name},{self.address},{self.phone},{at},绘本月读盒,1,0.00",
            f"{self.order + 1},{start},89.00,交易成功,{self.name},{self.address},{self.phone},{at},绘本月读盒,1,44.50",
            f"{self.order + 2},{start},八九,交易成功,{self.name},{self.address},{self.phone},{at},绘本月读盒,1,0.00",
            f"{self.order + 3},,89.00,89.00,八九,交易成功,{self.name},{self.address},,{at},绘本月读盒,1,0.00",
            f"{self.order + 5},,89.00,89.00,八九,交易成功,,,{self.spaced},{at},绘本月读盒,1,0.00",
            f"{self.order + 4},路人{self.order},89.00,89.00,89.00,交易成功,路人乙,浙江省 杭州市 城南路 8 号,"
            f"139{self.order % 100_000_000:08d},{at},绘本月读盒,1,0.00",
        ]
        return "\n".join((HEAD, *rows, "")).encode("gb18030")

    @property
    def chat(self) -> bytes:
        return CHAT.format(nickname=self.nickname, qq=self.qq, words=self.words).encode()

    @property
    def good(self) -> list[dict[str, object]]:
        told = {"phone": self.phone, "email": self.mail, "name": self.name, "nickname": self.nickname}
        return [
            {"type": "identify", "userId": self.custom, "messageId": f"{self.custom}-1",
             "traits": {**told, "address": self.address, "remark": self.note}},
            {"type": "track", "userId": self.custom, "messageId": f"{self.custom}-2", "event": self.event,
             "properties": {"q": self.words, "to": told}},
            {"type": "page", "userId": self.custom, "messageId": f"{self.custom}-3", "name": self.event,
             "properties": {"url": f"https://shop.example.com/?q={self.event}&p={self.phone}"}},
            {"type": "group", "userId": self.custom, "messageId": f"{self.custom}-4", "groupId": self.event,
             "traits": {"leader": self.nickname}},
        ]  # fmt: skip

    @property
    def bad(self) -> list[dict[str, object]]:
        told = {"phone": self.phone, "who": self.name, "email": self.mail}
        return [
            {"type": "track", "event": self.event, "messageId": f"{self.custom}-5", "properties": told},
            {"type": "nonsense", "userId": self.custom, "messageId": f"{self.custom}-6", "properties": told},
            {"type": "track", "userId": self.custom, "event": self.event, "timestamp": "3026-01-01T00:00:00Z",
             "messageId": f"{self.custom}-7", "properties": told},
            {"type": "track", "event": "x", "messageId": "8", "properties": {"email": self.mail.upper()}},
        ]  # fmt: skip


MEI = Marked(
    name="欧阳卯金", nickname="卯金小美", phone="13766554433", mail="maojindao@example.com",
    address="上海市 卯金路 88 号 1204 室", account="maojin_shop_88", custom="maojin-user-1", qq="10099001",
    words="卯金说的话谁也没说过", note="卯金笔记只在这里", event="卯金事件", order=2610223374120,
    matrix="@maojin:house.example", answer="卯金申请时这样答", asked="请问卯金的孩子读什么书好呢？", said="卯金在台上讲的这一段",
    letter="给卯金的信里这样写", sentence="卯金的海报上这一句",
)  # fmt: skip
QIANG = Marked(
    name="司马羊角", nickname="羊角阿强", phone="13711223344", mail="yangjiaoqiang@example.com",
    address="北京市 羊角路 99 号 0307 室", account="yangjiao_shop_99", custom="yangjiao-user-2", qq="10099002",
    words="羊角说过的话留下来", note="羊角笔记只在这里", event="羊角事件", order=2610999374120,
    matrix="@yangjiao:house.example", answer="羊角申请时这样答", asked="请问羊角的孩子读什么书好呢？", said="羊角在台上讲的这一段",
    letter="给羊角的信里这样写", sentence="羊角的海报上这一句",
)  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house_at(tmp_path_factory.mktemp("erasure")) as started:
        yield started


def plant(house: House, one: Marked) -> int:
    """Everything is told of them, by every way in; returns the person."""
    person = int(house.inside(
        "plant", nickname=one.nickname, name=one.name, phone=one.phone, mail=one.mail, address=one.address, note=one.note,
        custom=one.custom, evidence=f"{one.nickname} 说好", matrix=one.matrix,
    ))  # fmt: skip
    brought = house.bring_in(f"与{one.nickname}的订单.csv", one.sheet, shop_name="绘本小铺")
    assert (brought["rows"], brought["rejected"]) == (6, 3), brought
    # One more lies in the house and was never started.
    house.upload(f"{one.nickname}-again.csv", one.sheet + b"\n", shop_name="绘本小铺")
    chat = house.bring_in("绘本 2 群.txt", one.chat)
    assert chat["messages"] >= 1, chat
    post = {"tel": one.phone, "nick": one.nickname, "name": one.name, "why": one.note}
    assert house.send(one.good).json() == {"success": True}
    assert house.send(one.bad).json() == {"success": True, "unusable": 4}
    taken = patiently("POST", f"{house.at}/hooks/{house.told['hook']}", json={**post, "id": one.custom})
    assert taken.status_code in (200, 202), taken.text
    for (other,) in house.rows("select distinct person_id from identity where shown = any(%s)",
                               [[one.qq, one.account, one.custom]]):  # fmt: skip
        house.inside("merge", kept=person, gone=other)
    for (other,) in house.rows("select id from person where nickname = %s and id <> %s", [one.nickname, person]):
        house.inside("merge", kept=person, gone=other)
    house.settle()
    return person


def leave(house: House, one: Marked, person: int, number: int) -> list[str]:
    """What a member leaves: a talk with picture and voice, questions, letters, links, orders. The names of the files."""
    told = {name: str(getattr(one, name)) for name in one.__dataclass_fields__}
    left = house.inside("leave", of="inside_gifts", person=person, number=number, told=told)
    house.settle()
    wait_for(lambda: letters_rest(house), within=60, what="letters that left")
    house.settle()
    room = house.rows("select content::text from room_post where place_id = %s", [left["room"]])
    assert sum(one.said in text for (text,) in room) == 1, room
    assert all((shelf := house.home.root / "files" / name[:2] / name).is_file() for name in left["files"]), shelf
    return list(left["files"])


def letters_rest(house: House) -> bool:
    due = "select count(*) from letter where state in ('queued', 'claimed') and not_before <= now()"
    return house.one(due) == 0 and house.one("select count(*) from command where state in ('queued', 'claimed')") == 0


def records(house: House, person: int) -> list[int]:
    """All numbers that are read as this person."""
    return [person, *(row[0] for row in house.rows("select person_id from person_alias where root = %s", [person]))]


def in_columns(house: House, numbers: list[int]) -> dict[str, int]:
    """Columns where one of these numbers stands although erasing takes it out."""
    found: dict[str, int] = {}
    for (table, column), fate in FATE.items():
        if not fate.startswith((DELETED, EMPTIED)):
            continue
        kind = house.one(
            "select data_type from information_schema.columns where table_name = %s and column_name = %s",
            [table, column],
        )
        meets = "&&" if kind == "ARRAY" else "= any"
        if count := house.one(f'select count(*) from "{table}" where "{column}" {meets} (%s::bigint[])', [numbers]):
            found[f"{table}.{column}"] = count
    return found


def in_lake(house: House, markers: dict[str, str]) -> dict[str, list[str]]:
    """What the lake's files say, unpacked."""
    found: dict[str, list[str]] = {}
    for path in sorted((house.home.root / "lake").rglob("*.parquet")):
        content = "\n".join(map(str, pq.read_table(path).to_pylist())).encode()
        if names := holding(content, markers):
            found[f"lake {path.name}"] = names
    return found


def measured(house: House) -> None:
    """The lake brought up to the ledger, and figures and findings stored."""
    done = house.command("measure", "--store")
    assert done.returncode == 0, done.stdout + done.stderr


def lake_obeys(house: House) -> None:
    waits = "select count(*) from procrastinate_jobs where task_name like '%%forget_in_lake' and status in ('todo', 'doing')"
    wait_for(lambda: house.one(waits) == 0, within=90, what="the lake without them")


def forms(text: str) -> set[bytes]:
    """A text as it may stand in a file or a table: encodings, JSON's escapes, and bytes written out."""
    plain = {text.encode(encoding) for encoding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")}
    escaped = text.encode("unicode_escape")
    return plain | {one.hex().encode() for one in plain} | {escaped, escaped.replace(b"\\", b"\\\\")}


def holding(content: bytes, markers: dict[str, str]) -> list[str]:
    return [what for what, text in markers.items() if any(form in content for form in forms(text))]


def in_tables(house: House, markers: dict[str, str]) -> dict[str, list[str]]:
    """Where markers stand, table by table, bytes columns included (COPY writes them out)."""
    found: dict[str, list[str]] = {}
    with house.sql() as own:
        tables = own.execute(
            "select relname from pg_class where relkind in ('r', 'p', 'm') and relnamespace = 'public'::regnamespace"
            " and not relispartition order by 1"
        ).fetchall()
        assert len(tables) > 60, tables
        for (table,) in tables:
            with own.cursor() as cursor, cursor.copy(f'copy (select * from "{table}") to stdout') as out:  # type: ignore[arg-type]
                content = b"".join(bytes(piece) for piece in out)
            if names := holding(content, markers):
                found[f"table {table}"] = names
    return found


def in_sealed(house: House, markers: dict[str, str]) -> dict[str, list[str]]:
    """Sealed values that still open to one of the markers."""
    found: dict[str, list[str]] = {}
    opened = house.inside("opened")
    unknown = [(where, text) for where, text in opened if text.startswith("sealed for something unknown")]
    assert not unknown, f"sealed values this test cannot open, so it cannot look into them: {unknown[:3]}"
    for where, text in opened:
        if names := holding(text.encode(), markers):
            found.setdefault(f"sealed {where}", []).extend(names)
    return found


def in_files(folder: Path, markers: dict[str, str], *, but: Iterable[Path] = ()) -> dict[str, list[str]]:
    """Every file below a folder: its name and what it holds."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path not in set(but) and "static" not in path.parts:
            names = holding(path.name.encode() + b"\0" + path.read_bytes(), markers)
            if names:
                found[str(path.relative_to(folder))] = names
    return found


def in_backup(archive: Path, folder: Path, markers: dict[str, str]) -> dict[str, list[str]]:
    """A backup taken apart: each member, and the database as SQL."""
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    tool = binaries.installed().tool("pg_restore")
    done = subprocess.run([tool, "--file=-", folder / "database.dump"], capture_output=True, check=True)
    (folder / "database.sql").write_bytes(done.stdout)
    assert b"COPY public.person " in done.stdout
    return in_files(folder, markers)


def everywhere(house: House, markers: dict[str, str], *, but: Iterable[Path] = ()) -> dict[str, list[str]]:
    said = holding("\n".join(house.said).encode(), markers)
    return (
        in_tables(house, markers)
        | in_sealed(house, markers)
        | in_lake(house, markers)
        | in_files(house.home.root, markers, but=but)
        | ({"the terminal": said} if said else {})
    )


AGAIN = {"sealed import_row.cells_sealed": {"name", "address"}}
"""What others send again after the erasure and nobody can tell is theirs: a rejected row with a name and no number. Sealed,
and gone after seven days."""


def test_with_their_words_nothing_is_found_anywhere_ever_again(house: House, tmp_path: Path) -> None:
    mei, qiang = plant(house, MEI), plant(house, QIANG)
    files = {
        number: leave(house, one, person, number) for number, (one, person) in enumerate(((MEI, mei), (QIANG, qiang)))
    }
    house.inside("judge", of="inside_gifts", people=[mei, qiang])
    house.settle()
    measured(house)
    numbers = {mei: records(house, mei), qiang: records(house, qiang)}
    hers = MEI.markers | {f"file {n}": name for n, name in enumerate(files[0])}
    before = everywhere(house, hers)
    print("planted:", {where: names for where, names in before.items()})
    everything = {name for names in before.values() for name in names}
    assert everything == set(hers), f"not planted anywhere: {set(hers) - everything}"
    assert any(where.startswith("lake ") for where in before), "nothing of her is in the lake"
    columns = set(in_columns(house, numbers[mei]))
    print("columns with her number:", sorted(columns))
    assert columns >= WITH_HER_NUMBER, WITH_HER_NUMBER - columns
    old = tmp_path / "old.tar"
    done = house.command("backup", "--to", str(old))
    assert done.returncode == 0, done.stdout

    house.inside("erase", person_id=mei, with_words=True)
    house.inside("erase", person_id=qiang, with_words=False)
    house.settle()
    lake_obeys(house)
    kept = {name: text for name, text in QIANG.markers.items() if name in SPOKEN}
    gone = {name: text for name, text in QIANG.markers.items() if name not in SPOKEN}

    def check(when: str, *, came_again: bool = False) -> None:
        for how, markers in (("with words", hers), ("without words", gone)):
            found = everywhere(house, markers)
            if came_again:
                found = {
                    where: more
                    for where, names in found.items()
                    if (more := sorted(set(names) - AGAIN.get(where, set())))
                }
            assert found == {}, f"{when}: erased {how}, and found in {found}"
        standing = in_tables(house, kept)
        assert set(standing) <= {f"table {name}" for name in SPOKEN_IN}, f"{when}: {standing}"
        for person in (mei, qiang):
            assert in_columns(house, numbers[person]) == {}, when
        for name in (*files[0], *files[1]):
            assert not list((house.home.root / "files").rglob(f"{name}*")), f"{when}: the file {name} is there"
            assert patiently("GET", f"{house.at}/f/{name}").status_code == 404
        words = house.rows("select words, person_id from message where words <> '' and words not like '读到%%'")
        assert words == [(QIANG.words, None)], f"{when}: words kept of who wished so, without a name: {words}"
        house.check_projections()
        money = house.rows("select order_number, person_id, paid_fen from purchase where order_number in (%s, %s)",
                           [str(MEI.order), str(QIANG.order)])  # fmt: skip
        assert sorted(money) == sorted((str(o), None, 8900) for o in (MEI.order, QIANG.order)), f"{when}: {money}"

    check("after erasing")

    new = tmp_path / "new.tar"
    assert house.command("backup", "--to", str(new)).returncode == 0
    found = in_backup(new, tmp_path / "unpacked", hers | {f"his {n}": text for n, text in gone.items()})
    assert found == {}, f"a new backup holds {found}"
    assert house.command("backup", "--drill").returncode in (0, 1)

    def bring_again(when: str) -> None:
        people = house.one("select count(*) from person")
        for one in (MEI, QIANG):
            again = house.bring_in("orders.csv", one.sheet, shop_name="绘本小铺")
            print(
                when,
                {name: again[name] for name in ("rows", "new", "known", "changed", "waiting", "rejected", "reasons")},
            )
            house.bring_in("绘本 2 群.txt", one.chat)
            assert house.send(one.good).status_code == 200
            assert house.send(one.bad).status_code == 200
        house.settle()
        assert house.one("select count(*) from person") == people, f"{when}: somebody came back as a new person"

    bring_again("brought in again")
    check("after the same files and events came again", came_again=True)

    house.stop()
    done = house.command("restore", str(old), "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    house.start()
    house.settle()
    lake_obeys(house)
    wait_for(lambda: letters_rest(house), within=60, what="letters that are taken back")
    check("after an old backup was restored")
    bring_again("brought in again after the restore")
    check("after the restore and the same files and events", came_again=True)

"""Merge suggestions: recall, precision and speed, beside plain equality rules.

    python benches/likeness.py [--json] [--people 6000]

febrl 3 in two halves by entity, febrl 1 and fake_1000 are read from the folder TONGPIN_DATA names; the Chinese people
are made here: households that share surname, address and sometimes phone, many in one 小区, seen masked in a shop's
export, by nickname in a group, by form and by member card.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import process_time

from benches.reference import likeness_rules
from tongpin.core.people.likeness import STRONG, SUGGEST, Address, Record, suggestions

Truth = dict[int, int]
Loaded = tuple[list[Record], Truth]


@dataclass(frozen=True)
class Figures:
    """One set of records through one way of finding pairs."""

    name: str
    way: str
    records: int
    true_pairs: int
    pairs: int
    wrong: int
    recall: float
    precision: float
    seconds: float


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, skipinitialspace=True))


def _whole(*parts: str) -> tuple[str, ...]:
    joined = " ".join(part for part in parts if part)
    return (joined,) if joined else ()


def febrl(path: Path) -> Loaded:
    records: list[Record] = []
    truth: Truth = {}
    for place, row in enumerate(_rows(path)):
        truth[place] = int(row["rec_id"].split("-")[1])
        home = Address(
            province=row["state"],
            suburb=row["suburb"],
            street=row["address_1"],
            number=row["street_number"],
            detail=row["address_2"],
            postcode=row["postcode"],
        )
        number = row["soc_sec_id"]
        records.append(
            Record(
                person_id=place,
                names=_whole(row["given_name"], row["surname"]),
                birth=row["date_of_birth"] or None,
                addresses=(home,),
                numbers=(f"soc_sec_id:{number}",) if number else (),
            )
        )
    return records, truth


def fake(path: Path) -> Loaded:
    records: list[Record] = []
    truth: Truth = {}
    for place, row in enumerate(_rows(path)):
        truth[place] = int(row["cluster"])
        records.append(
            Record(
                person_id=place,
                names=_whole(row["first_name"], row["surname"]),
                birth=row["dob"] or None,
                mails=_whole(row["email"]),
                addresses=(Address(city=row["city"]),) if row["city"] else (),
            )
        )
    return records, truth


SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
    "程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红小文子"
    "梓涵宇轩欣怡晨雨佳琪浩然思琳雪梅婷建国志鹏飞俊凯晓东海燕春"
)
SOUND_ALIKE = dict(zip("伟芳静丽晓小涵佳琳", "玮方婧莉小晓含嘉林", strict=True))
NICKNAMES = (
    *("向阳花开", "岁月静好", "小太阳", "一叶知秋", "快乐每一天", "平安是福"),
    *("大白兔", "吃货一枚", "柠檬不酸", "月亮姐姐", "豆豆妈", "开心果"),
)
ESTATES = [f"{a}{b}" for a in ("翠湖", "金色", "阳光", "江南", "锦绣") for b in ("花园", "小区", "名苑", "家园")]
ROADS = ("文三路", "建国路", "人民路", "解放路", "中山路", "滨江大道", "学院路", "和平街")
EMOJI = ("🌸", "🌻", "💕", "", "", "")


@dataclass(frozen=True)
class Made:
    """A made person, as they truly are."""

    name: str
    phone: str
    birth: str
    home: Address
    account: str
    card: str
    nickname: str


class Makers:
    """Makes households, and the records the channels keep of them; seeded, so every run sees the same people."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.prefixes = [f"1{n}" for n in (*range(30, 40), *range(50, 54), 58, 59, *range(80, 90), 98, 99)]

    def surname(self) -> str:
        return self.dice.choices(SURNAMES, weights=[72 / (1 + i) ** 0.55 for i in range(len(SURNAMES))])[0]

    def household(self) -> list[Made]:
        dice, surname = self.dice, self.surname()
        number = f"{dice.randint(1, 400)}号{dice.choice(ESTATES)}{dice.randint(1, 30)}栋"
        home = Address(
            province="浙江省",
            city="杭州市",
            district=dice.choice(("西湖区", "拱墅区", "滨江区")),
            street=dice.choice(ROADS),
            detail=f"{number}{dice.randint(1, 18)}0{dice.randint(1, 4)}室",
        )
        people: list[Made] = []
        for place in range(dice.choice((1, 1, 2, 3))):
            given = "".join(dice.choices(GIVEN, k=1 if dice.random() < 0.15 else 2))
            name = (surname if place != 1 else self.surname()) + given
            shared = people[0].phone if people and dice.random() < 0.1 else ""
            nickname = dice.choice((name, given * (3 - len(given)), *[dice.choice(NICKNAMES) for _ in range(4)]))
            people.append(
                Made(
                    name=name,
                    phone=shared or f"{dice.choice(self.prefixes)}{dice.randrange(10**8):08d}",
                    birth=f"{dice.randint(1950, 2008)}{dice.randint(1, 12):02d}{dice.randint(1, 28):02d}",
                    home=home,
                    account=f"tb{dice.randrange(10**7)}",
                    card=f"{dice.randrange(10**6):06d}",
                    nickname=nickname,
                )
            )
        return people

    def shop_export(self, made: Made, person_id: int) -> Record:
        dice, home = self.dice, made.home
        ends = dice.random() < 0.5 and len(made.name) > 2
        hidden = f"{made.name[0]}*{made.name[-1]}" if ends else made.name[0] + "*" * (len(made.name) - 1)
        phone = (
            f"{made.phone[:3]}****{made.phone[-4:]}"
            if dice.random() < 0.8
            else f"{made.phone[:3]}******{made.phone[-2:]}"
        )
        street = home.street + (home.detail if dice.random() < 0.5 else "****")
        return Record(
            person_id=person_id,
            names=(hidden,),
            masked_phones=(phone,),
            addresses=(Address(province=home.province, city=home.city, district=home.district, street=street),),
            accounts=(f"taobao:{made.account if dice.random() < 0.3 else made.account[0] + '***' + made.account[-1]}",),
        )

    def group_member(self, made: Made, person_id: int) -> Record:
        dice = self.dice
        remark = (made.name,) if dice.random() < 0.3 else ()
        phone = (f"+86{made.phone}",) if dice.random() < 0.2 else ()
        return Record(
            person_id=person_id,
            names=remark,
            nicknames=(dice.choice(EMOJI) + made.nickname + dice.choice(EMOJI),),
            phones=phone,
        )

    def form(self, made: Made, person_id: int) -> Record:
        dice, name, birth = self.dice, made.name, made.birth
        if dice.random() < 0.06:
            name = name[0] + "".join(SOUND_ALIKE.get(c, c) for c in name[1:])
        if dice.random() < 0.05:
            birth = birth[:6] + birth[7] + birth[6]
        home = made.home
        line = f"{home.province}{home.city}{home.district}{home.street}{home.detail}"
        return Record(
            person_id=person_id,
            names=(name,),
            birth=birth if dice.random() < 0.6 else None,
            phones=(f"+86{made.phone}",),
            addresses=(Address(street=line.replace("栋", "-").replace("室", "")),),
        )

    def member_card(self, made: Made, person_id: int) -> Record:
        dice = self.dice
        name = made.name if dice.random() < 0.7 else made.name[0] + dice.choice(("女士", "先生"))
        phone = made.phone if dice.random() < 0.85 else f"{dice.choice(self.prefixes)}{dice.randrange(10**8):08d}"
        return Record(
            person_id=person_id,
            names=(name,),
            phones=(f"+86{phone}",),
            birth=made.birth if dice.random() < 0.5 else None,
            numbers=(f"card:{made.card}",),
        )


def chinese(people: int) -> Loaded:
    makers = Makers(20261122)
    everyone: list[Made] = []
    while len(everyone) < people:
        everyone += makers.household()
    channels: list[Callable[[Made, int], Record]] = [
        makers.shop_export,
        makers.group_member,
        makers.form,
        makers.member_card,
    ]
    records: list[Record] = []
    truth: Truth = {}
    for entity, made in enumerate(everyone[:people]):
        for channel in makers.dice.sample(channels, makers.dice.choice((1, 1, 2, 3))):
            truth[len(records)] = entity
            records.append(channel(made, len(records)))
    return records, truth


def _figures(name: str, way: str, loaded: Loaded, found: set[tuple[int, int]], seconds: float) -> Figures:
    records, truth = loaded
    true_pairs = sum(n * (n - 1) // 2 for n in Counter(truth[r.person_id] for r in records).values())
    right = sum(truth[a] == truth[b] for a, b in found)
    return Figures(
        name=name,
        way=way,
        records=len(records),
        true_pairs=true_pairs,
        pairs=len(found),
        wrong=len(found) - right,
        recall=round(right / max(1, true_pairs), 4),
        precision=round(right / max(1, len(found)), 5),
        seconds=round(seconds, 2),
    )


def measure(name: str, loaded: Loaded, rules: tuple[likeness_rules.Key, ...]) -> list[Figures]:
    """At SUGGEST with and without counts, at STRONG, and the rival."""
    out: list[Figures] = []
    for way, counted in (("suggest", True), ("suggest, not counted", False)):
        began = process_time()
        pairs = list(suggestions(loaded[0], at_least=SUGGEST, counted=counted))
        seconds = process_time() - began
        out.append(_figures(name, way, loaded, {(p.first, p.second) for p in pairs}, seconds))
        if counted:
            strong = {(p.first, p.second) for p in pairs if p.likeness.score >= STRONG}
            out.append(_figures(name, "strong", loaded, strong, seconds))
    began = process_time()
    plain = likeness_rules.pairs(loaded[0], rules)
    out.append(_figures(name, "plain rules", loaded, plain, process_time() - began))
    return out


def _half(loaded: Loaded, odd: int) -> Loaded:
    records, truth = loaded
    return [record for record in records if truth[record.person_id] % 2 == odd], truth


def run(people: int) -> list[Figures]:
    out: list[Figures] = []
    folder = Path(os.environ.get("TONGPIN_DATA", "")) / "identity"
    if os.environ.get("TONGPIN_DATA") and folder.is_dir():
        third = febrl(folder / "febrl_dataset3.csv")
        for name, loaded in (
            ("febrl 3", third),
            ("febrl 3, even half", _half(third, 0)),
            ("febrl 3, odd half", _half(third, 1)),
            ("febrl 1", febrl(folder / "febrl_dataset1.csv")),
            ("fake_1000", fake(folder / "fake_1000.csv")),
        ):
            out += measure(name, loaded, likeness_rules.WESTERN)
    else:
        print("febrl and fake_1000 left out: set TONGPIN_DATA to the folder of real data sets", file=sys.stderr)
    return out + measure("made Chinese people", chinese(people), likeness_rules.CHINESE)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--people", type=int, default=6000, help="made Chinese people")
    options = parser.parse_args(arguments)
    found = run(options.people)
    if options.json:
        print(json.dumps([asdict(figures) for figures in found], ensure_ascii=False))
        return 0
    print(f"{'':22}{'':22}{'records':>8}{'true':>7}{'pairs':>7}{'wrong':>6}{'recall':>8}{'precision':>10}{'s cpu':>7}")
    for f in found:
        print(
            f"{f.name:22}{f.way:22}{f.records:8}{f.true_pairs:7}{f.pairs:7}{f.wrong:6}{f.recall:8.4f}{f.precision:10.5f}"
            f"{f.seconds:7.2f}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

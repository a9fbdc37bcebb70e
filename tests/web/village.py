"""A house with a little of everything, that can be given more of everything: what pages are measured on.

`Village(at)` stands empty, `grow()` gives one more row to every list and to everything a page is about. Addresses of all
pages are built from the URL table by `tests/web/pages.py`.
"""

from __future__ import annotations

import io
import random
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.test import Client
from PIL import Image

from tests.core.team.cast import hire
from tests.loop.gather.cast import ANSWERS, CANVAS, CHARTER, LIN, opened, somebody
from tests.loop.give.digests.test_actions import FIRST, SECOND, agree, chat
from tests.loop.give.talks.cast import GUEST, LATER, plain_group, planned, room, says
from tests.loop.sell.cast import on_shelf, pay
from tests.web.console.loop.figured import k_figure, loop_figure, way, weeks_figure
from tests.web.console.sell.cast import HOME
from tests.web.console.shop_files import GOOD, HEAD, WRONG, imported, orders, table, uploaded
from tests.web.member.buyers import TOWEL as FEW
from tongpin.core.audiences.actions import define_segment
from tongpin.core.audiences.rules import Rule
from tongpin.core.books.costing import book_cost
from tongpin.core.facts.orders import OrderPaid
from tongpin.core.files.actions import keep_picture
from tongpin.core.intake import hooks
from tongpin.core.intake.sources import add_source
from tongpin.core.ledger.actions import record
from tongpin.core.ledger.models import Parked
from tongpin.core.money.discrepancies import note_discrepancy
from tongpin.core.money.models import Payment
from tongpin.core.money.setting_up import open_till, set_up_till
from tongpin.core.money.tills import register_till_opener
from tongpin.core.people.assessed import Assessed, Evidence
from tongpin.core.people.assessing import TRUST, assess_many
from tongpin.core.people.labels import note_life_fact, put_tag, write_note
from tongpin.core.people.meeting import add_by_hand, link_identity
from tongpin.core.people.merging import merge
from tongpin.core.people.pairs import Doubt, keep_suggestions
from tongpin.core.people.rules import Ground
from tongpin.core.people.signs import sign
from tongpin.core.people.visitors import begin_session
from tongpin.core.places.joining import join
from tongpin.core.places.rooms import web_place_of
from tongpin.core.sending import accounts
from tongpin.core.sending.models import InboxLetter, RoomPost
from tongpin.core.team.actions import make_api_token, make_write_key
from tongpin.core.team.models import Staff
from tongpin.core.team.rules import SYSTEM, Actor, Held
from tongpin.loop.gather.admission.actions import apply
from tongpin.loop.gather.admission.deciding import accept
from tongpin.loop.gather.charter.actions import adopt_charter
from tongpin.loop.gather.charter.queries import charter_of
from tongpin.loop.gather.entrances.actions import make_entrance
from tongpin.loop.gather.positioning.actions import write_positioning
from tongpin.loop.give.digests.actions import draft_from_place, publish, write_up
from tongpin.loop.give.talks.actions import announce, ask, end, new_stage_link, redact_segment, start
from tongpin.loop.sell.orders.actions import Placed, place_order, refund, ship
from tongpin.loop.sell.orders.settling import register as pay_for_orders
from tongpin.loop.sell.plays.group_buy.actions import join as take_seat
from tongpin.loop.sell.plays.group_buy.actions import open_group_buy
from tongpin.loop.sell.plays.group_buy.settling import register as pay_for_group_buys
from tongpin.loop.share.commissions.actions import accrue, release_due, set_terms, take_back
from tongpin.loop.share.commissions.paying_out import pay_out
from tongpin.loop.share.referrals.actions import bind, own_link
from tongpin.web.look.gate import MEMBER_COOKIE

TOWEL = replace(FEW, limit=2000)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAMES = ("豆豆妈", "阿强", "婷婷", "安安妈", "老周", "小满", "若溪妈", "阿牛", "云朵", "念念爸")
ACCOUNT = "乐乐绘本馆\n工商银行临安支行\n6222 0000 0000 0000"


def photographed(seed: int) -> bytes:
    """A picture as heavy as a photograph: soft shapes with noise."""
    small = Image.new("RGB", (48, 60))
    dice = random.Random(seed)
    small.putdata([(dice.randrange(256), dice.randrange(256), dice.randrange(256)) for _ in range(48 * 60)])
    out = io.BytesIO()
    small.resize((1200, 1500), Image.Resampling.BICUBIC).save(out, "JPEG", quality=90)
    return out.getvalue()


class Village:
    """One house. The member before the phone is 小美 (`mei`), the one at the desk owns the house."""

    def __init__(self, at: datetime, *, language: str = "zh-hans") -> None:
        self.at, self.rows, self.language = at, 0, language
        register_till_opener(open_till)
        pay_for_orders()
        pay_for_group_buys()
        for kind in ("sandbox", "manual"):
            settings = {"account": ACCOUNT} if kind == "manual" else {}
            set_up_till(kind=kind, settings=settings, is_on=True, at=at, actor=LIN)
        accounts.connect(kind="mail", config={"host": "smtp.example.com", "sender": "hi@example.com"}, at=at, actor=LIN)
        matrix = {"homeserver": "https://matrix.example.com", "server_name": "example.com", "localpart": "tongpin"}
        accounts.connect(kind="matrix", config={**matrix, "as_token": "a" * 32, "hs_token": "h" * 32}, at=at, actor=LIN)
        self.owner: Staff = hire(Held("owner"), login="qing")
        self.mei = add_by_hand(
            nickname="小美", name="林小美", signs=[sign("phone", "13812345678")], actor=LIN, at=at
        ).person_id
        self.home = opened(at - 9 * DAY, "绘本妈妈营")
        self.room = web_place_of(community_id=self.home, at=at, actor=LIN)
        self.entrance = make_entrance(
            community_id=self.home, channel="counter", name="柜台活码", offline=True, paid=True, at=at, actor=LIN
        )
        self._let_in()
        set_terms(community_id=0, rate=1000, held_days=7, at=at - DAY, actor=LIN)
        self.offers = [on_shelf(at - DAY, TOWEL, key="towel")]
        self._pictured(self.offers[0])
        self.group = open_group_buy(key="big", offer_id=self.offers[0], seats=20, community=self.home, at=at, actor=LIN)
        seat = take_seat(
            group_id=self.group, person_id=self.mei, provider="sandbox", recipient=HOME, at=at, actor="person:1"
        )
        pay(seat.payment.id, at)
        self.link = own_link(person_id=self.mei, target_kind="community", target=self.home, at=at, actor="t")
        self.hook = hooks.open_hook(name="春季报名", event="报名", actor=SYSTEM, at=at)
        self.before = planned(at, community_id=self.home, title="带娃出门跑步，从哪里开始")
        announce(talk_id=self.before, place_ids=[plain_group("晨跑 1 群", at, of=self.home)], at=at, actor=LIN)
        self.live = planned(at, community_id=self.home)
        self.places = [room("绘本 1 群", at, of=self.home), plain_group("绘本 2 群", at, of=self.home)]
        announce(talk_id=self.live, place_ids=self.places, at=at, actor=LIN)
        self.stage = new_stage_link(talk_id=self.live, at=at, actor=LIN)
        start(talk_id=self.live, at=at + LATER, actor=GUEST)
        self.grow()

    def grow(self) -> None:
        """One more of everything."""
        self.rows += 1
        n = self.rows
        self._people(n)
        self._gather(n)
        self._give(n)
        self._sell(n)
        self._share(n)
        self._settings(n)
        self._figures(n)

    def boss(self) -> Client:
        client = Client(headers={"accept-language": self.language})
        client.force_login(self.owner, backend="tongpin.core.team.entry.StaffBackend")
        return client

    def phone(self) -> Client:
        """The phone of 小美."""
        client = self.stranger()
        client.cookies[MEMBER_COOKIE] = self.session()
        return client

    @transaction.atomic
    def session(self) -> str:
        return begin_session(person_id=self.mei, at=self.at).secret

    def stranger(self) -> Client:
        return Client(headers={"accept-language": self.language})

    def name(self, n: int) -> str:
        return NAMES[n % len(NAMES)] + ("" if n < len(NAMES) else str(n))

    def _let_in(self) -> None:
        """小美 asked to come in and was let in."""
        sent = apply(
            community_id=self.home, person_id=self.mei, answers=ANSWERS, charter_edition=1, at=self.at, actor="visitor",
            code_id=self.entrance.code_id,
        )  # fmt: skip
        accept(application_id=sent.application_id, at=self.at, actor=LIN)

    def _pictured(self, offer: int) -> None:
        keep_picture(
            content=photographed(offer), person_id=None, about_kind="offer", about=offer, at=self.at, actor=LIN
        )

    def _people(self, n: int) -> None:
        at = self.at
        self.newest = add_by_hand(
            nickname=self.name(n), name="陈强", signs=[sign("phone", f"139{n:08}")], tags=["晨跑", f"第{n}批"],
            note="喜欢绘本", staff=self.owner.pk, staff_name="晴姐", owner=self.owner.pk, actor=LIN, at=at,
        ).person_id  # fmt: skip
        join(person_id=self.newest, place_id=self.room, actor=LIN, at=at, called=self.name(n))
        put_tag(person_id=self.mei, name=f"第{n}批", actor=LIN, at=at)
        write_note(person_id=self.mei, words=f"第 {n} 次聊", staff=self.owner.pk, staff_name="晴姐", actor=LIN, at=at)
        link_identity(person_id=self.mei, sign=sign("device", f"d{n}", namespace="key:1"), actor=LIN, at=at)
        note_life_fact(person_id=self.mei, kind="birthday", value=f"1990-01-{n:02}", actor=LIN, at=at)
        double = somebody(at, "小美")
        merge(kept=self.mei, gone=double, reasons=["by_hand"], actor=LIN, at=at)
        grounds = (Ground("name_near", weight=3.0), Ground("birth_differs", agrees=False, weight=-1.0))
        alike = Doubt(somebody(at, "阿墙"), somebody(at, "阿强"), 0.95, grounds)
        keep_suggestions(doubts=[alike], at=at)
        tag = put_tag(person_id=self.newest, name=f"第{n}批", actor=LIN, at=at)
        self.kept = define_segment(name=f"第 {n} 批读者", rule=Rule(tag=tag), at=at, actor=LIN).id
        pieces = tuple(Evidence(sign, True, n, 2.0, at - DAY) for sign in ("bought", "brought", "asked"))
        assess_many(kind=TRUST, found=[Assessed(self.mei, 0.69, "high", 6.0, 2.0, pieces)], as_of=at, at=at)

    def _gather(self, n: int) -> None:
        at = self.at
        opened(at - DAY, f"晨跑 {n} 团")
        more = make_entrance(
            community_id=self.home,
            channel="short_video",
            name=f"短视频 {n}",
            offline=False,
            paid=True,
            at=at,
            actor=LIN,
        )
        for entrance in (self.entrance.id, more.id):
            book_cost(
                cost_kind="entrance", amount_fen=6000 * n, at=at, actor=LIN, community=self.home, entrance=entrance,
                first_day=at.date(), last_day=at.date(), key=("village", n, entrance),
            )  # fmt: skip
        write_positioning(community_id=self.home, canvas=replace(CANVAS, vision=f"第 {n} 版"), at=at, actor=LIN)
        adopt_charter(community_id=self.home, charter=replace(CHARTER, goal=f"第 {n} 版"), at=at, actor=LIN)
        charter = charter_of(community_id=self.home)
        assert charter is not None
        apply(
            community_id=self.home, person_id=somebody(at, self.name(n)), answers=ANSWERS,
            charter_edition=charter.edition, at=at, actor="visitor", code_id=self.entrance.code_id,
        )  # fmt: skip

    def _give(self, n: int) -> None:
        at = self.at
        RoomPost.objects.create(
            place_id=self.room,
            key=f"k{n}".encode(),
            number=n,
            content={"text": f"第 {n} 句", "speaker": "林老师"},
            at=at,
        )
        planned(at, community_id=self.home, title=f"第 {n} 讲")
        self.segment = self._talks_on(self.live, n, at + LATER)
        self.over = planned(at, community_id=self.home, title=f"上一讲 {n}")
        announce(talk_id=self.over, place_ids=self.places, at=at, actor=LIN)
        start(talk_id=self.over, at=at + LATER, actor=GUEST)
        for turn in range(n):
            self._talks_on(self.over, turn + 100, at + LATER)
        end(talk_id=self.over, at=at + LATER + HOUR, actor=GUEST)
        group = plain_group(f"跑步 {n} 群", at, of=self.home)
        heard = [line for _ in range(n) for line in ((self.mei, FIRST), (self.newest, SECOND), (self.mei, "学到了"))]
        chat(group, at, *heard)
        self.digest = draft_from_place(
            place_id=group, first=at - HOUR, last=at + HOUR, title="带娃出门跑步", at=at, actor=LIN
        )
        write_up(digest_id=self.digest, title="带娃出门跑步", conclusion="先说清楚几点回来。", actor=LIN)
        agree(self.digest, self.mei, at)
        publish(digest_id=self.digest, at=at, actor=LIN)

    def _talks_on(self, talk: int, n: int, at: datetime) -> int:
        spoken = says(talk, f"第 {n} 段：停在最想知道的那一页。", at, key=f"{talk}-{n}")
        gone = says(talk, f"说错了 {n}", at, key=f"{talk}-{n}-x")
        redact_segment(segment_id=gone, at=at, actor=LIN)
        ask(talk_id=talk, person_id=self.mei, name="小美", words=f"第 {n} 问：跑不成怎么办？", channel="live", at=at)
        return spoken

    def order(self, n: int, key: str, *, provider: str = "sandbox", of: int = 0, lines: int = 1) -> Placed:
        return place_order(
            key=f"{key}{n}", person_id=of or self.mei, lines=[(one, 1) for one in self.offers[:lines]], provider=provider,
            recipient=HOME, community=self.home, at=self.at, actor=f"person:{of or self.mei}",
        )  # fmt: skip

    def _sell(self, n: int) -> None:
        at = self.at
        self.offers.append(on_shelf(at - DAY, TOWEL, key=f"towel{n}"))
        self._pictured(self.offers[-1])
        self.unpaid = self.order(n, "unpaid").number
        self.till = self.phone().post(f"/me/orders/{self.unpaid}/pay/", {"till": "sandbox"})["Location"]
        paid = self.order(n, "paid", lines=n)
        pay(paid.payment.id, at)
        self.ordered = paid.order_id
        self.order(n, "open", of=self.newest)
        sent = self.order(n, "sent")
        pay(sent.payment.id, at)
        ship(order_id=sent.order_id, at=at, actor=LIN)
        refund(order_id=sent.order_id, amount_fen=100, reason="quality", key=f"r{n}", at=at, actor=LIN)
        by_hand = self.order(n, "hand", provider="manual")
        Payment.objects.filter(pk=by_hand.payment.id).update(begun_at=at)
        note_discrepancy(provider="sandbox", kind="missing_here", number=f"N{n}", ours_fen=0, theirs_fen=1, at=at)
        for person in (self.newest, somebody(at, "婷婷")):
            held = take_seat(
                group_id=self.group,
                person_id=person,
                provider="sandbox",
                recipient=HOME,
                at=at,
                actor=f"person:{person}",
            )
            pay(held.payment.id, at)
        open_group_buy(key=f"g{n}", offer_id=self.offers[0], seats=3, at=at, actor=LIN)

    def _share(self, n: int) -> None:
        at = self.at
        friend = somebody(at, self.name(n + 3))
        bind(newcomer=friend, inviter=self.mei, code_id=self.link.code_id, community_id=self.home, at=at)
        own_link(person_id=friend, target_kind="community", target=self.home, at=at, actor="t")
        own_link(person_id=self.mei, target_kind="offer", target=self.offers[-1], at=at, actor="t")
        for key in "ab":
            accrue(order=f"{key}{n}", base_fen=5000, buyer=friend, introducer=self.mei, rate=800, held_days=7, at=at)
        for key, introducer, buyer in (("c", self.mei, friend), ("d", friend, self.mei)):
            order = f"{key}{n}"
            accrue(order=order, base_fen=5000, buyer=buyer, introducer=introducer, rate=800, held_days=0, at=at)
        release_due(at=at)
        self.payout = pay_out(
            person_id=self.mei, amount_fen=400, nth=n, way="bank", reference=f"T{n}", at=at, actor=LIN
        ).id
        take_back(order=f"b{n}", refund=f"r{n}", refunded_fen=5000, at=at)
        set_terms(community_id=self.home, rate=500 + n, held_days=7, at=at, actor=LIN)
        InboxLetter.objects.create(
            person_id=self.mei, key=f"k{n}".encode(), at=at,
            content={"subject": f"第 {n} 封", "text": "发货了。", "card": {"title": "看看", "url": "/shop/"}},
        )  # fmt: skip

    def _settings(self, n: int) -> None:
        at = self.at
        hire(Held("operator", self.home), login=f"mate{n}", name=f"小满{n}")
        self.key = make_write_key(actor=SYSTEM, kind="server", name=f"后台 {n}", now=at).id
        make_api_token(actor=SYSTEM, staff_id=self.owner.pk, name=f"对库存 {n}", rights=["people.see"], now=at)
        hooks.open_hook(name=f"第 {n} 个", event="报名", actor=SYSTEM, at=at)
        hooks.take(secret=self.hook.secret, content={"手机": f"1391111{n:04}", "称呼": self.name(n)}, received_at=at)
        told = {"items": "data.list", "paging": {"how": "cursor", "next": "next", "param": "after"}}
        self.source = add_source(
            name=f"小店 {n}", kind="json_pages", address=f"https://shop{n}.example.com/orders", secret="s", settings=told,
            actor=SYSTEM, at=at,
        )  # fmt: skip
        with transaction.atomic():
            fact = record(OrderPaid(order=f"P{n}", amount_fen=8900), at=at, person_id=self.newest)
        Parked.objects.create(
            reader="money", reaction="order.paid → thank_buyers.thank", subject=f"order:P{n}", seq=fact.seq,
            kind="order.paid", error="KeyError in thank", tries=6, parked_at=at,
        )  # fmt: skip
        boss = Actor("staff", self.owner.pk, "local")
        self.batch = imported(orders(*[WRONG] * n), at=at, name=f"订单_{n}.csv", by=boss).pk
        rows = [[f"C{n}{turn}", *one[1:]] for turn, one in enumerate(GOOD * n)]
        self.upload = uploaded(table(HEAD, *rows), at=at, name=f"待导_{n}.csv").pk

    def _figures(self, n: int) -> None:
        ways = [
            way(self.entrance.id, gather=132, give=41, sell=25, share=19, orders=28, net_fen=824_000, cost_fen=40_900)
        ]
        ways += [way(-1, gather=19, give=9, share=2)] * min(n - 1, 1) + [way(0, gather=3)] * min(n - 1, 1)
        at = self.at + timedelta(minutes=n)
        people = {"gather": tuple([self.mei, self.newest]), "give": (self.mei,)}
        for community in (0, self.home):
            loop_figure(at, *ways, community=community, people=people, slices=(1, 2, 3), gather_before=118, gifts=186)
            weeks_figure(at, 10, 10, 10, 10, 5, 5, 5, 5, 0, community=community)
        k_figure(at, 0.31, 86)

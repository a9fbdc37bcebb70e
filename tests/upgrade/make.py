"""Makes a small backup with this tree's own code, to be restored by every later one:

    .venv/bin/python -m tests.upgrade.make tests/upgrade/<name>.tar

`spine.tar` holds what the spine could keep, `walks.tar` besides that what the two walks leave behind,
`ends.tar` also what was closed, amended and asked back. The passphrase of its keys is `PASSPHRASE` below; nobody real is in it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

PASSPHRASE = "only for tests of upgrades"
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
_HEAD = (
    "订单编号,买家会员名,买家应付货款,总金额,买家实际支付金额,订单状态,收货人姓名,收货地址,联系手机,"
    "订单创建时间,订单付款时间,宝贝标题,宝贝总数量,退款金额"
)
_ROWS = (
    "2610223374120,可心妈妈,89.00,89.00,89.00,交易成功,郑可心,浙江省 杭州市 城南路 8 号,13812342716,"
    "2026-10-22 12:01:00,2026-10-22 12:04:00,绘本月读盒,1,0.00",
    "2610223374133,丁丁,168.00,168.00,0.00,交易关闭,丁*,,139****8041,2026-10-22 12:31:00,,婴儿睡袋 90 码,1,0.00",
    "2610223374178,,198.00,198.00,99.00,交易成功,叶小舟,浙江省 杭州市 滨河里 3 号,137****5520,"
    "2026-10-22 15:40:00,2026-10-22 15:41:00,纸尿裤 L,2,99.00",
    "2610223374211,,89.00,89.00,八九,交易成功,林*,,130****0917,2026-10-23 08:10:00,,绘本月读盒,1,0.00",
)
ORDERS = "\n".join((_HEAD, *_ROWS)) + "\n"
CHAT = """消息记录（此消息记录为文本格式，不支持重新导入）

================================================================
消息分组:我的群聊
================================================================
消息对象:绘本 2 群
================================================================

2026-11-20 21:00:01 郑可心(10001)
今晚读《小熊等雪》，你们家读到第几页了？

2026-11-20 21:01:12 叶小舟(10002)
读到一半孩子就睡着了，明天接着读
"""


def build() -> None:
    """A house with a bit of everything this tree can keep."""
    from django.db import connection

    from tongpin.core.intake.actions import describe, start
    from tongpin.core.intake.running import run_batch
    from tongpin.core.intake.uploads import receive
    from tongpin.core.ledger.projections import fold_once
    from tongpin.core.ledger.sequencer import sequence_once
    from tongpin.core.people.consents import give_consent
    from tongpin.core.people.labels import put_tag, write_note
    from tongpin.core.people.meeting import add_by_hand
    from tongpin.core.people.merging import merge
    from tongpin.core.people.projecting import PROJECTIONS
    from tongpin.core.people.signs import sign
    from tongpin.core.team.actions import make_first_owner, make_owner_link
    from tongpin.core.team.credentials import make_write_key
    from tongpin.core.team.rules import SYSTEM

    token = make_owner_link(now=NOON)
    make_first_owner(
        secret=token,
        login="li",
        display_name="李晴",
        password="a long password",
        language="zh-hans",
        place="",
        now=NOON,
    )
    make_write_key(actor=SYSTEM, kind="server", name="后台", now=NOON)
    for name, content, more in (("orders.csv", ORDERS, {"shop_name": "绘本小铺"}), ("绘本 2 群.txt", CHAT, {})):
        batch = receive(pieces=[content.encode()], file_name=name, by="staff:1", at=NOON)
        describe(batch=batch, at=NOON, **more)
        run_batch(start(batch=batch, actor="staff:1", at=NOON))
    by_hand = add_by_hand(
        nickname="安安妈", name="何念安", signs=[sign("phone", "13900001111")], actor="staff:1", at=NOON
    )
    put_tag(person_id=by_hand.person_id, name="育儿达人", actor="staff:1", at=NOON)
    words = "孩子入托，想找能自己翻的纸板书"
    write_note(person_id=by_hand.person_id, words=words, staff=1, staff_name="李晴", actor="staff:1", at=NOON)
    give_consent(
        person_id=by_hand.person_id, purpose="service", channel="phone", basis="asked", actor="staff:1", at=NOON
    )
    other = add_by_hand(nickname="念安", name="", signs=[sign("mail", "nianan@example.com")], actor="staff:1", at=NOON)
    merge(kept=by_hand.person_id, gone=other.person_id, reasons=["by_hand"], actor="staff:1", at=NOON)
    walk_one()
    walk_two(by_hand.person_id)
    second_thoughts()
    connection.ensure_connection()
    while sequence_once(connection.connection):
        pass
    for projection in PROJECTIONS:
        while fold_once(projection):
            pass


def picture() -> bytes:
    """A small one."""
    from io import BytesIO

    from PIL import Image

    kept = BytesIO()
    Image.new("RGB", (64, 48), (196, 130, 26)).save(kept, "PNG")
    return kept.getvalue()


def walk_one() -> None:
    """A community with its door, an entrance, who came by it, a group that filled, money back, a friend and a reward."""
    from tests.loop.gather.cast import ANSWERS, opened, somebody
    from tests.loop.sell.cast import on_shelf, pay, refunds_arrive
    from tests.reactions.reading import caught_up
    from tongpin.core.books.actions import book_cost
    from tongpin.core.money.setting_up import set_up_till
    from tongpin.loop.gather.admission.actions import apply
    from tongpin.loop.gather.admission.deciding import accept
    from tongpin.loop.gather.entrances.actions import make_entrance
    from tongpin.loop.sell.offers.picturing import picture_offer
    from tongpin.loop.sell.orders.actions import receive, refund, ship
    from tongpin.loop.sell.orders.writing import Recipient
    from tongpin.loop.sell.plays.group_buy.actions import join, open_group_buy
    from tongpin.loop.share.commissions.actions import set_terms
    from tongpin.loop.share.referrals.actions import own_link

    caught_up()
    actor = "staff:1"
    community = opened(NOON)
    entrance = make_entrance(
        community_id=community, channel="parcel", name="包裹卡", offline=True, paid=True, at=NOON, actor=actor
    )
    book_cost(
        cost_kind="ads", amount_fen=20_000, community=community, entrance=entrance.id, first_day=NOON.date(),
        last_day=NOON.date(), key=("made", 1), at=NOON, actor=actor,
    )  # fmt: skip
    set_terms(community_id=0, rate=1000, held_days=7, at=NOON, actor=actor)
    mei, lu = somebody(NOON, "小美"), somebody(NOON, "豆豆妈")
    link = own_link(person_id=mei, target_kind="community", target=community, at=NOON, actor=f"person:{mei}")
    for person, code in ((mei, entrance.code_id), (lu, link.code_id)):
        asked = apply(
            community_id=community, person_id=person, answers=ANSWERS, charter_edition=1, code_id=code, at=NOON,
            actor=f"person:{person}", inviter_id=mei if person == lu else None,
        )  # fmt: skip
        accept(application_id=asked.application_id, at=NOON, actor=actor)
        caught_up()
    set_up_till(kind="sandbox", settings={}, is_on=True, at=NOON, actor=actor)
    offer = on_shelf(NOON)
    picture_offer(offer_id=offer, content=picture(), says="纱布浴巾", at=NOON, actor=actor)
    group = open_group_buy(key="g", offer_id=offer, seats=2, at=NOON, actor=actor)
    to = Recipient(name="陆豆豆", phone="13700002222", address="杭州市 城南路 9 号")
    held = [
        join(group_id=group, person_id=one, provider="sandbox", recipient=to, at=NOON, actor=f"person:{one}")
        for one in (mei, lu)
    ]
    for one in held:
        pay(one.payment.id, NOON)
    caught_up()
    ship(order_id=held[1].order_id, carrier="顺丰", parcel="SF1", at=NOON, actor=actor)
    receive(order_id=held[1].order_id, at=NOON, actor=f"person:{lu}")
    refund(order_id=held[0].order_id, amount_fen=5500, reason="quality", key="r", at=NOON, actor=actor)
    refunds_arrive(NOON)
    caught_up()


def walk_two(someone: int) -> None:
    """A talk relayed to a room and a plain group, with a question, a picture and a digest; accounts, letters, a kept list."""
    from datetime import timedelta

    from tests.loop.give.talks.cast import live, plain_group, react, room, says, speaks
    from tests.reactions.reading import caught_up
    from tongpin.core.audiences.actions import define_segment
    from tongpin.core.audiences.rules import Rule
    from tongpin.core.files.actions import keep_picture
    from tongpin.core.places.models import Community
    from tongpin.core.sending import accounts
    from tongpin.loop.give.digests.actions import draft_from_talk, write_up
    from tongpin.loop.give.talks.actions import ask, end, give_segment, hand_question, new_stage_link, sign_up

    actor = "staff:1"
    accounts.connect(kind="mail", config={"host": "smtp.example.com", "sender": "a@example.com"}, at=NOON, actor=actor)
    define_segment(name="买过的", rule=Rule(has_orders=True), at=NOON, actor=actor)
    community = Community.objects.order_by("pk").first()
    assert community is not None
    place = room("r1", NOON, of=community.pk)
    talk, began = live(NOON, [place, plain_group("一群", NOON, of=community.pk)], community_id=community.pk)
    new_stage_link(talk_id=talk, at=NOON, actor=actor)
    sign_up(talk_id=talk, person_id=someone, at=NOON, actor=f"person:{someone}")
    says(talk, "先从孩子自己挑的那一本开始，别急着讲道理。", began)
    shown = keep_picture(content=picture(), person_id=None, about_kind="talk", about=talk, at=began, actor="guest")
    give_segment(
        talk_id=talk, form="picture", words="书架", files=[shown.name], client_key="p", at=began, actor="guest"
    )
    react()
    asked = ask(talk_id=talk, person_id=someone, name="安安妈", words="几点读最好？", channel="web", at=began)
    hand_question(question_id=asked.question_id, at=began, actor=actor)
    speaks(place, someone, "我家是先洗漱再读，读完就关灯，坚持了两个月，睡得比以前早半小时，大家可以试试看。", began)
    end(talk_id=talk, at=began + timedelta(minutes=40), actor="guest")
    digest = draft_from_talk(talk_id=talk, at=began + timedelta(hours=1), actor=actor)
    write_up(digest_id=digest, title="睡前十分钟", conclusion="固定时间，孩子自己挑。", actor=actor)
    caught_up()


def second_thoughts() -> None:
    """An offer that was amended, goods counted, a wish for money back, a group that is closed and one taken out."""
    from tests.loop.give.talks.cast import plain_group
    from tests.reactions.reading import caught_up
    from tongpin.core.places.closing import close_group, take_out
    from tongpin.core.places.models import Community
    from tongpin.loop.sell.offers.actions import add_stock
    from tongpin.loop.sell.offers.amending import Amended, amend_offer
    from tongpin.loop.sell.offers.models import Offer
    from tongpin.loop.sell.orders.models import Order
    from tongpin.loop.sell.orders.wishing import ask_return

    actor = "staff:1"
    community, offer = Community.objects.order_by("pk")[0], Offer.objects.order_by("pk")[0]
    amend_offer(offer_id=offer.pk, wanted=Amended(title=offer.title, words="六层纱布"), at=NOON, actor=actor)
    add_stock(key="counted", offer_id=offer.pk, quantity=5, at=NOON, actor=actor)
    received = Order.objects.get(state="received")
    ask_return(order_id=received.pk, reason="damaged", words="边上脱线", at=NOON, actor=f"person:{received.person_id}")
    for name, ends in (("二群", close_group), ("三群", take_out)):
        group = plain_group(name, NOON, of=community.pk)
        ends(place_id=group, community_id=community.pk, at=NOON, actor=actor)
    caught_up()


def main(target: Path) -> None:
    """Makes the house in a throwaway home and backs it up."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TONGPIN_HOME"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpin.wiring.settings")
        from tongpin.wiring.postgres import temporary_cluster

        with temporary_cluster(Path(folder), fsync=False) as temporary:
            os.environ["DATABASE_URL"] = temporary.cluster.dsn(role="app")
            import django

            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            build()
            from tongpin.wiring.backup import write_backup

            written = write_backup(to=target.resolve(), passphrase=PASSPHRASE, at=NOON)
            print(f"{written.path}: {written.size} bytes, {sum(written.tables.values())} rows")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

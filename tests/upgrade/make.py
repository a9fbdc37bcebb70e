"""Makes a small backup with this tree's own code, to be restored by every later one:

    .venv/bin/python -m tests.upgrade.make tests/upgrade/<name>.tar

The passphrase of its keys is `PASSPHRASE` below; nobody real is in it.
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
    connection.ensure_connection()
    while sequence_once(connection.connection):
        pass
    for projection in PROJECTIONS:
        while fold_once(projection):
            pass


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

"""Files a small shop might bring: 乐乐绘本馆's orders, a list of customers, a group's chat. All made up."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.core.team.cast import hire
from tongpin.core.intake import jobs
from tongpin.core.intake.actions import describe
from tongpin.core.intake.models import Batch
from tongpin.core.intake.uploads import receive
from tongpin.core.places.models import Community
from tongpin.core.team.rules import Actor, Held

HEAD = ["订单编号", "买家昵称", "收货人", "手机号", "商品名称", "数量", "实付金额", "订单状态", "付款时间", "备注3"]
GOOD = [
    ["A1001", "小美妈妈", "林小美", "13800002716", "绘本月读盒", "1", "89.00", "交易成功", "2026-10-22 12:04:05", ""],
    ["A1002", "阿强", "陈强", "13900008041", "婴儿睡袋", "1", "168.00", "交易成功", "2026-10-22 12:31:00", "送货上门"],
    ["A1003", "阿强", "陈强", "13900008041", "纸尿裤 L", "2", "198.00", "交易成功", "2026-10-23 08:10:00", ""],
]
WRONG = ["A1004", "=1+1", "王某", "13600001234", "纸尿裤 L", "1", "八九", "交易成功", "2026-10-23 09:00:00", ""]
LEDGER = [["交易时间", "摘要", "收入", "支出", "余额"], ["2026-11-01 10:00:00", "货款", "89.00", "", "1089.00"]]


def url(name: str, *arguments: object) -> str:
    return reverse(f"console:{name}", args=arguments)


def at_work(*roles: Held, login: str = "") -> Client:
    """Somebody of the team before an English browser, so that texts are those of the code."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(hire(*roles, login=login), backend="tongpin.core.team.entry.StaffBackend")
    return client


def table(*rows: list[str], encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def orders(*extra: list[str]) -> bytes:
    return table(HEAD, *GOOD, *extra, encoding="gb18030")


def many_orders(number: int) -> bytes:
    rows = [
        [f"B{i}", f"顾客{i}", "", f"139{i:08}", "绘本", "1", "9.00", "交易成功", "2026-10-22 12:04:05", ""]
        for i in range(number)
    ]
    return table(HEAD, *rows)


def chat(messages: int = 3) -> bytes:
    lines: list[dict[str, object]] = [
        {
            "_type": "header",
            "chatlab": {"version": "0.0.1"},
            "meta": {"name": "绘本 2 群", "platform": "wechat", "type": "group", "groupId": "88213@chatroom"},
        },
        {"_type": "member", "platformId": "wxid_1", "accountName": "小美妈妈"},
    ]
    lines += [
        {
            "_type": "message",
            "sender": "wxid_1",
            "accountName": "小美妈妈",
            "timestamp": 1_790_000_000 + i,
            "type": 0,
            "content": f"第 {i} 句",
        }
        for i in range(messages)
    ]
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()


def attached(content: bytes, name: str = "订单_202611.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def uploaded(
    content: bytes,
    *,
    at: datetime,
    name: str = "订单_202611.csv",
    shop: str = "乐乐绘本馆",
    community: Community | None = None,
) -> Batch:
    """A file that was received and recognised."""
    batch = receive(pieces=[content], file_name=name, by="staff:1", at=at)
    describe(batch=batch, at=at, shop_name=shop, community=community)
    return batch


SOMEBODY = Actor("staff", 1, "local")


def imported(
    content: bytes,
    *,
    at: datetime,
    name: str = "订单_202611.csv",
    shop: str = "乐乐绘本馆",
    community: Community | None = None,
    by: Actor = SOMEBODY,
) -> Batch:
    """A file that went through."""
    batch = uploaded(content, at=at, name=name, shop=shop, community=community)
    jobs.queue_import(batch=batch, actor=by, at=at)
    jobs.run(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch

"""The sheet of parts: every tag and class on a few pages, full and empty, for the eye and for the browser tests.

Names and figures are invented. The pages are also the examples `docs/look.md` points to.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.i18n import set_language

from tongpin.core.ledger.queries import LedgerClock
from tongpin.core.team.queries import Teammate
from tongpin.core.team.rules import Held
from tongpin.web.look.community import Choice
from tongpin.web.look.context import Shell
from tongpin.web.look.gate import open_to_all
from tongpin.web.look.parts import FilterChip, Hint, Portion, Stage
from tongpin.web.look.toast import say

AT = datetime(2026, 11, 24, 1, 12, 4, tzinfo=UTC)
ME = Teammate(1, "liqing", "李晴", "zh-hans", (Held("owner"),), "working", True, AT)


class SheetShell(Shell):
    """The frame as 李晴 sees it at 09:12, without a database."""

    me = ME
    clock = LedgerClock(AT, 0)
    communities = [Choice(1, "绘本妈妈营"), Choice(2, "妈妈晨跑团"), Choice(3, "辅食互助组")]
    community = None


class Group(forms.Form):
    """A form with every kind of control."""

    name = forms.CharField(label="群的名字", initial="绘本 7 群")
    capacity = forms.IntegerField(
        label="容量", error_messages={"invalid": "请写数字，如 200。企业微信扫码进群上限是 200。"}
    )
    kind = forms.ChoiceField(label="哪一种", choices=[("wecom", "企业微信群"), ("wechat", "微信群")])
    note = forms.CharField(label="备注", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    file = forms.FileField(label="名单", required=False)
    open = forms.BooleanField(label="现在就收新人", required=False)
    step = forms.ChoiceField(
        label="算在哪一步", choices=[("gather", "聚人"), ("give", "给予")], widget=forms.RadioSelect
    )


TODO = [
    (
        "快到期",
        [
            (
                "gather",
                "审核 <b>7</b> 份入群申请",
                "最久一份等了 16 小时，公约承诺 24 小时内答复",
                "剩 8 小时",
                "wait",
                "开始审核",
            ),
            (
                "sell",
                "拼团「绘本月读盒」3 人团<b>还差 1 人</b>",
                "许青禾 发起 · 不成团则今晚原路退款 ¥178",
                "今天 22:00",
                "wait",
                "邀 4 位想要的人",
            ),
        ],
    ),
    (
        "有人在等",
        [
            (
                "give",
                "林老师分享的预告：10 个群里 <b>2 个等人转发</b>",
                "绘本 4 群、晨跑 1 群 · 一键复制，各约 20 秒",
                "开讲 20:00",
                "wait",
                "去转发",
            ),
            (
                "give",
                "新人 <b>唐一诺</b> 的提问 5 小时没人答",
                "「两岁半只肯看车，要不要换书？」绘本 6 群",
                "已 5 小时",
                "wait",
                "请人回答",
            ),
        ],
    ),
    (
        "今天安排",
        [
            (
                "give",
                "19:00 话题「孩子不爱开口怎么办」<b>预告未发</b>",
                "6 个群 · 已约 3 位老成员先说，预告建议 12:00 前发",
                "12:00 前",
                "",
                "看预告",
            ),
            (
                "give",
                "<b>3 位铁粉</b> 14 天没说话",
                "何念安、顾明月、程以安 · 先问候，不推荐商品",
                "今天",
                "",
                "看话术",
            ),
            ("sell", "<b>5 人</b>到了复购期", "纸尿裤 4 人、绘本月读盒 1 人 · 各按本人间隔推算", "本周", "", "看名单"),
        ],
    ),
]
HAPPENED = [
    ("09:11", "give", "<b>沈嘉禾</b> 完成第 36 天打卡", "晨跑 1 群"),
    ("09:09", "sell", "<b>许青禾</b> 付款 ¥89，绘本月读盒拼团", "微信支付"),
    ("09:07", "gather", "一位新人扫「柜台活码」申请入群", "绘本 6 群"),
    ("09:02", "give", "<b>郑可心</b> 回答了新人的提问", "绘本 5 群"),
    ("08:55", "share", "<b>陈若溪</b> 的海报带来 1 人", "绘本 6 群"),
    ("08:47", "give", "早读推送送达 6/6 个群", "绘本妈妈营"),
    ("08:31", "gather", "<b>王小满</b> 通过审核，进了绘本 6 群", "李晴"),
    ("08:20", "house", "<b>罗小桐</b> 的两份记录合并为一人", "李晴"),
]
ALERTS = [
    (
        "趋势走弱",
        "绘本妈妈营：近 4 周有价值的贡献 <b>152</b> 条，前 4 周 <b>173</b> 条（−12%）。少的主要是「晒共读」，从 61 条到 38 条。",
        "请 2 位老成员出题",
    ),
    (
        "一人扛着",
        "妈妈晨跑团：罗小桐一人占 <b>44%</b>（18/41 条，4 周）。她停下，这个群会静一半。",
        "请罗小桐带一位搭档",
    ),
    ("花钱没回", "短视频主页花 <b>¥180</b>，来 <b>22</b> 人，还没有首单；柜台活码同期花 ¥60，首单 3 人。", "先停 2 周"),
]
COLUMNS = [
    ("订单编号", "′2610223374120", "订单号", "去掉前导制表符", ""),
    ("买家手机", "136****3308", "手机（遮了中间四位）", "只用来认人，不能拨打", ""),
    ("收货人", "郑*心", "称呼", "", ""),
    ("商品标题", "绘本月读盒 10 月", "商品 → 绘本月读盒", "9 种商品，8 种已对上", ""),
    ("实付金额", "89.00", "实付（元 → 分）", "", ""),
    ("付款时间", "2026/10/22 12:04", "付款时间（北京时间）", "", ""),
    ("分销员", "（空）", "介绍人", "两列同名，取第一列？", "ask"),
    ("备注3", "送货上门", "不导入", "原文仍存档", "off"),
]
LINES = [
    ("已认识", "good", 2, "2610223374120", "郑可心", "手机 + 称呼一致", "绘本月读盒", 8900, "10-22 12:04"),
    (
        "新人",
        "gather",
        3,
        "2610223374133",
        "丁*，139****8041",
        "没有同样的手机",
        "婴儿睡袋 90 码",
        16800,
        "10-22 12:31",
    ),
    (
        "待您定",
        "wait",
        7,
        "2610223374178",
        "叶*舟，137****5520",
        "像「叶小舟」，地址不同",
        "纸尿裤 L ×2",
        19800,
        "10-22 15:40",
    ),
    ("已导过", "", 11, "2609210011927", "顾明月", "09-30 那次已导入，跳过", "绘本月读盒", 8900, "09-21 09:12"),
    ("拒收", "fail", 15, "2610223374211", "130****0917", "金额读不懂：八九", "绘本月读盒", None, "10-23 08:10"),
    ("已认识", "good", 23, "2610223374297", "陈若溪", "手机一致", "婴儿睡袋 80 码", 16800, "10-23 10:05"),
    ("新人", "gather", 24, "2610223374305", "宋*，135****2266", "没有同样的手机", "绘本月读盒", 8900, "10-23 10:20"),
]
FILTERS = [
    FilterChip("全部", "?", 1842, chosen=True),
    FilterChip("新人", "?f=new", kind="gather"),
    FilterChip("已认识", "?f=known", kind="good"),
    FilterChip("待您定", "?f=waiting", kind="wait"),
    FilterChip("已导过", "?f=again", 165),
    FilterChip("拒收", "?f=rejected", 37, kind="warn"),
]
THREADS = [
    ("brand-wechat", "企业微信好友", "李晴的工作号", True),
    ("users", "绘本 2 群", "管理员提名中", True),
    ("speakerphone", "公众号", "已关注 · 41 天前点开", True),
    ("map-pin", "收货地址", "2 个", True),
    ("device-mobile", "小程序", "未登录过", False),
    ("mail", "邮箱", "没有", False),
]
STORY = [
    (
        datetime(2026, 11, 23, 12, tzinfo=UTC),
        [
            ("sell", "收到推广「绘本月读盒 · 冬」，没有点开", "19:30"),
            ("give", "收到社群早读《小熊等雪》，没有点开", "08:00"),
        ],
    ),
    (
        datetime(2026, 11, 10, 12, tzinfo=UTC),
        [("give", "最后一次发言，绘本 2 群", "21:31"), ("give", "回答新人「撕书期怎么选书」，收进文摘", "21:16")],
    ),
    (
        datetime(2026, 10, 22, 12, tzinfo=UTC),
        [("give", "五星评价，带 46 字", "3 天后"), ("sell", "付款 <b>¥89</b>，绘本月读盒（第 7 单，无折扣）", "12:04")],
    ),
    (
        datetime(2025, 8, 3, 12, tzinfo=UTC),
        [("insight", "升为铁粉，规则第 4 版", "凭据 5 条"), ("house", "两份记录合并", "李晴")],
    ),
]
STORY_FILTERS = [
    FilterChip("全部", "?", chosen=True),
    FilterChip("聚", "?s=gather", 3, kind="gather"),
    FilterChip("予", "?s=give", 94, kind="give"),
    FilterChip("售", "?s=sell", 21, kind="sell"),
    FilterChip("传", "?s=share", 8, kind="share"),
    FilterChip("更多", "?more", kind="out"),
]


def _page(request: HttpRequest, name: str, **values: object) -> HttpResponse:
    return render(
        request, f"sheet/{name}.html", {"shell": SheetShell(request), "by_community": True, "at": AT, **values}
    )


@open_to_all(reason="the sheet of parts, in tests only")
def today(request: HttpRequest) -> HttpResponse:
    """Today with everything, or (`?empty`) with nothing to do."""
    if "empty" in request.GET:
        return _page(request, "today_empty")
    return _page(request, "today", todo=TODO, happened=HAPPENED, alerts=ALERTS)


@open_to_all(reason="the sheet of parts, in tests only")
def imports(request: HttpRequest) -> HttpResponse:
    """The preview of an import, or (`?empty`) the room without one."""
    if "empty" in request.GET:
        hints = [
            Hint("要备什么", "网店后台导出的订单，或任何一张表。"),
            Hint("会怎样", "先看清每一行，再导入；七天内可整批撤回。"),
            Hint("不会怎样", "不会给任何人发消息。"),
        ]
        return _page(request, "imports_empty", hints=hints)
    return _page(
        request,
        "imports",
        columns=COLUMNS,
        lines=LINES,
        filters=FILTERS,
        stages=[Stage("选文件", "done", "?"), Stage("认列", "done"), Stage("预览", "now"), Stage("导入", "later")],
        portions=[Portion("新订单行", 1640, "gather"), Portion("已导过，跳过", 165), Portion("拒收", 37, "bad")],
    )


@open_to_all(reason="the sheet of parts, in tests only")
def person(request: HttpRequest) -> HttpResponse:
    """One person."""
    return _page(request, "person", threads=THREADS, story=STORY, filters=STORY_FILTERS)


@open_to_all(reason="the sheet of parts, in tests only")
def people(request: HttpRequest) -> HttpResponse:
    """A list of people, with a toast that can be taken back."""
    say(request, "已移出 3 人", undo="/undo")
    return _page(request, "people", lines=LINES, filters=FILTERS)


@open_to_all(reason="the sheet of parts, in tests only")
def settings(request: HttpRequest) -> HttpResponse:
    """The small parts, and a form with errors."""
    wrong = Group({"name": "绘本 7 群", "capacity": "五百", "kind": "wecom"})
    wrong.is_valid()
    return _page(request, "parts", form=wrong)


@open_to_all(reason="the sheet of parts, in tests only")
def sign_in(request: HttpRequest) -> HttpResponse:
    """A page without the frame."""
    return _page(request, "sign_in", form=Group())


def page(function: Callable[[HttpRequest], HttpResponse], route: str, name: str) -> object:
    """A route of the sheet."""
    return path(route, function, name=name)


console = [
    page(today, "", "today"),
    page(people, "people", "people"),
    page(person, "person", "person"),
    page(imports, "imports", "imports"),
    page(imports, "gather", "gather"),
    page(settings, "settings", "settings"),
    page(sign_in, "sign-in", "sign_in"),
    page(sign_in, "sign-out", "sign_out"),
]
urlpatterns = (
    path("", include((console, "console"))),
    path("look/", include("tongpin.web.look.urls")),
    path("language/", set_language, name="set_language"),
)

"""The words of imports: kinds of files, states, outcomes, bases of consent, and what a column can mean."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tongpin.channels.sheet.meaning import LABELS, Meaning
from tongpin.core.intake.queries import BatchSeen

KINDS: dict[str, Promise] = {
    "orders": _("orders, one row each"),
    "items": _("order lines, one row each"),
    "customers": _("customers"),
    "bills": _("payment bill"),
    "vouchers": _("vouchers"),
    "messages": _("chat"),
}
REFUSED_KINDS: dict[str, Promise] = {
    "ledger": _("ledger with balances"),
    "settlement": _("settlement sheet"),
    "products": _("list of goods"),
    "logistics": _("parcel list"),
    "chat": _("chat"),
    "unknown": _("not recognised"),
    "": _("not recognised"),
}
PLATFORMS: dict[str, Promise | str] = {
    "taobao": _("Taobao / Tmall"),
    "jd": _("JD"),
    "pinduoduo": _("Pinduoduo"),
    "douyin": _("Douyin"),
    "youzan": _("Youzan"),
    "kuaituantuan": _("Kuaituantuan"),
    "weidian": _("Weidian"),
    "wechat_pay": _("WeChat Pay"),
    "wechat": _("WeChat"),
    "alipay": _("Alipay"),
    "qq": "QQ",
    "slack": "Slack",
    "shopify": "Shopify",
    "online_retail": "Online Retail",
}
STATES: dict[str, tuple[Promise, str]] = {
    "uploaded": (_("waits for a look"), "wait"),
    "ready": (_("ready to import"), "wait"),
    "queued": (_("in line"), "out"),
    "running": (_("running"), "out"),
    "cancelled": (_("stopped"), "warn"),
    "done": (_("imported"), "good"),
    "failed": (_("failed"), "fail"),
    "taking_back": (_("being taken back"), "out"),
    "taken_back": (_("taken back"), ""),
}
"""Word and kind of chip."""

OUTCOMES: dict[str, tuple[Promise, str]] = {
    "new": (_("new"), "gather"),
    "known": (_("known already"), ""),
    "changed": (_("changed"), "good"),
    "waiting": (_("waits for you"), "wait"),
    "rejected": (_("rejected"), "warn"),
}
"""Word and kind of a filter's chip."""

PORTIONS: dict[str, str] = {"new": "gather", "changed": "good", "waiting": "accent", "known": "", "rejected": "bad"}
"""In which colour an outcome stands in the bar."""

CONSENT: dict[str, Promise] = {
    "": _("Nothing was agreed: only keep them"),
    "contract": _("They bought: service messages only"),
    "asked": _("They were asked and agreed: service and promotion"),
}
DATE_ORDERS: dict[str, Promise] = {
    "": _("as found"),
    "mdy": _("month before day"),
    "dmy": _("day before month"),
}
CHAT_FIELDS: dict[str, Promise] = {
    "time": _("time"),
    "text": _("words"),
    "sender_name": _("sender's name"),
    "sender_id": _("sender's id"),
    "place": _("group"),
    "thread": _("thread"),
    "reply_to": _("answers to"),
    "message_id": _("message number"),
    "type": _("kind of message"),
}

M = Meaning
_ENGLISH = {
    M.MERCHANT_ORDER_NUMBER: "merchant's order number",
    M.NET_AMOUNT: "paid (refunds taken off)",
    M.PAID_AMOUNT: "paid",
    M.RECEIVED_AMOUNT: "received by the shop",
    M.REFUND_AMOUNT: "refunded",
    M.CREATED_AT: "ordered at",
    M.CONTACT: "mail or phone",
    M.SALESPERSON: "brought by",
    M.SKU: "SKU",
    M.OPENID: "openid",
    M.UNIONID: "unionid",
    M.TRADE_KIND: "kind of trade",
    M.DIRECTION: "in or out",
    M.IGNORE: "do not import",
}
"""English names that are not the code with spaces. The Chinese ones stand in `channels/sheet/meaning`."""

GROUPS: tuple[tuple[Promise, Sequence[Meaning]], ...] = (
    (
        _("Who"),
        (
            M.NICKNAME, M.NAME, M.FAMILY_NAME, M.GIVEN_NAME, M.PHONE, M.MAIL, M.CONTACT, M.SHOP_ACCOUNT,
            M.OPENID, M.UNIONID, M.RECEIVER_NAME, M.RECEIVER_PHONE, M.PROVINCE, M.CITY,
            M.DISTRICT, M.ADDRESS, M.GENDER, M.BIRTHDAY, M.TAGS, M.IS_MEMBER,
        ),
    ),
    (
        _("Order"),
        (
            M.ORDER_NUMBER, M.SUB_ORDER_NUMBER, M.LINE_NUMBER, M.GROUP_NUMBER, M.ORDER_STATUS,
            M.REFUND_STATUS, M.CLOSED_REASON, M.TRANSACTION_NUMBER, M.MERCHANT_ORDER_NUMBER,
            M.REFUND_NUMBER, M.VOUCHER_CODE, M.SALESPERSON, M.STORE, M.SOURCE,
        ),
    ),
    (
        _("Goods"),
        (
            M.PRODUCT_TITLE, M.PRODUCT_ID, M.SKU, M.VARIANT, M.QUANTITY, M.UNIT_PRICE,
            M.LINE_AMOUNT,
        ),
    ),
    (
        _("Money"),
        (
            M.PAID_AMOUNT, M.NET_AMOUNT, M.PAYABLE, M.GOODS_AMOUNT, M.POSTAGE,
            M.DISCOUNT, M.RECEIVED_AMOUNT, M.REFUND_AMOUNT, M.SETTLE_AMOUNT, M.AMOUNT,
            M.FEE, M.CURRENCY, M.DIRECTION, M.COUNTERPARTY, M.TRADE_KIND,
            M.TOTAL_SPENT, M.ORDER_COUNT, M.BALANCE, M.POINTS,
        ),
    ),
    (
        _("Time"),
        (
            M.CREATED_AT, M.PAID_AT, M.SHIPPED_AT, M.COMPLETED_AT, M.REDEEMED_AT,
            M.BECAME_CUSTOMER_AT, M.LAST_BOUGHT_AT,
        ),
    ),
    (_("Remarks"), (M.BUYER_REMARK, M.SELLER_REMARK)),
)  # fmt: skip


def meaning_word(meaning: Meaning) -> str:
    """What a column means, in the reader's language."""
    if (get_language() or "zh").startswith("zh"):
        return LABELS[meaning]
    return _ENGLISH.get(meaning, meaning.value.replace("_", " "))


def meaning_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """All meanings in groups, as a select shows them."""
    ignored = (Meaning.IGNORE.value, meaning_word(Meaning.IGNORE))
    groups = [(str(name), [(m.value, meaning_word(m)) for m in meanings]) for name, meanings in GROUPS]
    grouped = {m for _name, meanings in GROUPS for m in meanings}
    others = [(m.value, meaning_word(m)) for m in Meaning if m not in grouped and m is not Meaning.IGNORE]
    return [("", [ignored, *others]), *groups]


def row_chip(outcome: str) -> tuple[str, str]:
    """Word and kind of chip of one row: what was rejected is the only solid one."""
    word, chip = OUTCOMES[outcome]
    return str(word), "fail" if outcome == "rejected" else chip


def platform_word(code: str) -> str:
    """The name of a platform."""
    return str(PLATFORMS.get(code, code))


def kind_word(kind: str) -> str:
    """What the rows of a file are."""
    return str(KINDS.get(kind) or REFUSED_KINDS.get(kind) or kind)


def source_word(batch: BatchSeen) -> str:
    """Where a file is from, as far as it is known."""
    platform = batch.layout.partition(".")[0]
    return batch.place_name or batch.shop_name or (platform_word(platform) if platform in PLATFORMS else "")

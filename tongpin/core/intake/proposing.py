"""Proposing (猜含义) what the fields of a sample mean, by their names and by what stands in them. A person has the last
word; what is not plain is left open. No database here."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tongpin.core.intake.meanings import SIGNS

NAMES: dict[str, str] = {
    "phone": "phone mobile tel telephone mobilephone phonenumber cellphone receiverphone receivermobile buyerphone"
    " buyermobile contactphone 手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 联系手机 收货手机 收件人电话"
    " 收货人手机 您的手机号",
    "mail": "mail email emailaddress 邮箱 电子邮箱 邮件 邮箱地址",
    "openid": "openid wxopenid weixinopenid wechatopenid xfieldweixinopenid",
    "unionid": "unionid wxunionid weixinunionid wechatunionid xfieldweixinunionid",
    "external_userid": "externaluserid",
    "shop_account": "buyeraccount buyerid yzopenid fansid shopaccount 买家账号 买家账户 买家会员名",
    "custom": "userid uid memberid customerid customid 用户id 会员id 会员号 客户编号 会员编号",
    "nickname": "nickname nick buyernick username wechatname wxname weixinnickname xfieldweixinnickname 昵称 微信昵称 微信名"
    " 称呼 怎么称呼",
    "name": "name realname fullname truename receivername contactname customername buyername 姓名 真实姓名 您的姓名 收货人"
    " 收件人 联系人 收货人姓名 家长姓名 报名人",
    "address": "address fulladdress receiveraddress shippingaddress 收货地址 地址 详细地址 住址 收件地址",
    "birthday": "birthday birthdate dateofbirth dob 生日 出生日期",
    "order_number": "orderno ordernumber ordersn orderid ordercode tid tradeno outtradeno 订单号 订单编号",
    "payable_yuan": "payable totalfee total totalamount totalprice orderamount amount 应付 应付金额 订单金额 总金额 总价",
    "payable_fen": "payablefen totalfen totalcents amountfen amountcents",
    "paid_yuan": "paid payment paidamount payamount payprice realpay actualamount 实付 实付金额 实付款 付款金额 支付金额 实收",
    "paid_fen": "paidfen payfen paidcents",
    "paid_at": "paidat paytime payat paymenttime paidtime 付款时间 支付时间",
    "product": "product productname producttitle goods goodsname goodstitle item itemname itemtitle title 商品 商品名称"
    " 商品标题 品名",
    "quantity": "quantity num qty count goodsnum 数量 商品数量 购买数量",
    "happened_at": "time timestamp at createdat createtime createdtime submittedat submittime happenedat datetime 提交时间"
    " 填写时间 创建时间 下单时间 报名时间 时间",
    "message_id": "messageid msgid eventid entryid submissionid responseid serialnumber uuid id 序号 编号 提交id 答卷编号",
    "tag": "标签",
}
"""The names by which fields go, without case and signs between words."""

OF_ORDERS = frozenset(
    {"payable_yuan", "payable_fen", "paid_yuan", "paid_fen", "paid_at", "product", "quantity", "order_number"}
)
KEPT = frozenset("remark note comment message source reason referrer city answer memo".split())
"""Names of what people answer in forms; it is kept as it is."""

_MEANS = {name: meaning for meaning, names in NAMES.items() for name in names.split()}
_HAN = re.compile(r"[\u3400-\u9fff]")
_PHONE = re.compile(r"(?:\+?86[- ]?)?1[3-9](?:[- ]?[\d*]){9}")
_MAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_MOMENT = re.compile(r"\d{10}(\d{3})?|\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}.*")
_SUM = re.compile(r"[¥￥]?\s?\d{1,11}(,\d{3})*(\.\d{1,2})?\s?元?")
_WHOLE = re.compile(r"\d{1,13}")
_FITS: dict[str, re.Pattern[str]] = {
    "phone": re.compile(r"[+\d*][\d*\-() ]{5,20}"),
    "mail": _MAIL,
    "happened_at": _MOMENT,
    "paid_at": _MOMENT,
    "birthday": _MOMENT,
    "payable_yuan": _SUM,
    "paid_yuan": _SUM,
    "payable_fen": _WHOLE,
    "paid_fen": _WHOLE,
    "quantity": _WHOLE,
}
"""What must stand in a field for its name to be believed."""


def propose(fields: Mapping[str, str], *, kind: str = "form") -> dict[str, str]:
    """What the fields of a sample plainly mean: {"data.tel": "phone"}. Each meaning once, but for `keep`."""
    best: dict[str, tuple[int, str]] = {}
    for path, value in fields.items():
        for meaning, weight in _guesses(path, value, kind).items():
            # Nearer the top is likelier the buyer's than that of somebody further down.
            score = weight - path.count(".")
            if meaning not in best or score > best[meaning][0]:
                best[meaning] = (score, path)
    if kind != "order" and "order_number" not in best:
        best = {meaning: found for meaning, found in best.items() if meaning not in OF_ORDERS}
    chosen: dict[str, tuple[int, str]] = {}
    for meaning, (score, path) in best.items():
        if path not in chosen or score > chosen[path][0]:
            chosen[path] = (score, meaning)
    proposed = {path: meaning for path, (_, meaning) in chosen.items()}
    return {
        path: proposed.get(path, "keep")
        for path, value in fields.items()
        if path in proposed or (kind == "form" and _is_an_answer(path, value))
    }


def _guesses(path: str, value: str, kind: str) -> dict[str, int]:
    """Meanings with their weight: by name 10, by what stands there 5."""
    found: dict[str, int] = {}
    leaf = _leaf(path)
    named = _MEANS.get(leaf)
    if kind == "order" and leaf in ("id", "number", "no"):
        named = "order_number"
    if named and (named not in _FITS or _FITS[named].fullmatch(value)):
        found[named] = 8 if leaf in ("id", "no", "number", "name", "title", "time", "at") else 10
    if not found and _PHONE.fullmatch(value):
        found["phone"] = 5
    elif not found and _MAIL.fullmatch(value):
        found["mail"] = 5
    return found


def _leaf(path: str) -> str:
    """The last name of a path, without the numbers of lists, case and signs between words."""
    names = [name for name in path.split(".") if not name.isdecimal()]
    return re.sub(r"[\s_\-:：*?？()（）]", "", names[-1] if names else "").lower()


def _is_an_answer(path: str, value: str) -> bool:
    """Whether somebody answered this, rather than a program: then it is worth keeping. Contact data never is."""
    leaf = _leaf(path)
    if _PHONE.search(value) or _MAIL.search(value) or _MEANS.get(leaf) in (*SIGNS, "name", "address"):
        return False
    return leaf in KEPT or bool(_HAN.search(leaf))

"""Tables that look like business and are no orders: named, so that nobody turns a ledger into sales."""

from .layout import Refused

_BALANCE = (
    "余额", "账户余额", "账户余额(元)", "账户结余", "账户结余(元)", "本次余额", "当前余额", "联机余额", "balance",
    "running balance", "余额(元)",
)  # fmt: skip
_TRACKING = ("运单号", "快递单号", "物流单号", "运单编号", "tracking number", "tracking no", "trackingnumber")
_ORDER = ("订单号", "订单编号", "主订单编号", "order id", "order number", "order no", "invoiceno", "跟团号")
_STOCK = (
    "库存",
    "可售库存",
    "总库存",
    "商品库存",
    "库存数量",
    "实际库存",
    "stock",
    "inventory",
    "variant inventory qty",
)

REFUSED = (
    Refused(
        kind="ledger",
        marks=(
            _BALANCE,
            (
                "借方", "贷方", "借方发生额", "贷方发生额", "借方金额", "贷方金额", "收入", "支出", "收入金额",
                "支出金额",
                "收入(元)", "支出(元)", "收入(+元)", "支出(-元)", "收入金额(+元)", "支出金额(-元)", "收支金额",
                "收支金额(元)", "收支类型", "发生额", "交易金额", "debit", "credit", "借贷标志", "摘要",
            ),
        ),
        without=("客户手机号",),
    ),
    Refused(
        kind="settlement",
        marks=(
            ("动账时间", "结算时间", "入账时间"),
            ("动账金额", "结算账户", "结算单类型", "动账方向", "动帐流水号", "收支类型", "账务类型"),
        ),
    ),
    Refused(
        kind="products",
        marks=(
            _STOCK,
            ("商品名称", "商品标题", "宝贝标题", "标题", "商品", "商品编码", "商品id", "title", "name", "product",
             "sku", "variant sku"),
        ),
        without=_ORDER,
    ),
    Refused(
        kind="products",
        marks=(
            ("上架时间", "商品状态", "上下架状态", "是否上架"),
            ("商品名称", "商品标题", "宝贝标题", "商品编码", "商品id"),
        ),
        without=_ORDER,
    ),
    Refused(
        kind="chat",
        marks=(("Talker", "TalkerId", "StrTalker"), ("Content", "StrContent", "msg")),
    ),
)  # fmt: skip

LOGISTICS_TITLES = _TRACKING

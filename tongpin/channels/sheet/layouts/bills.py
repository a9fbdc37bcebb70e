"""Payment bills: WeChat Pay's merchant bill (交易账单), and the personal bills of WeChat and Alipay."""

from ..meaning import Meaning as M
from .layout import Layout

WECHAT_PAY = Layout(
    id="wechat_pay.bill",
    platform="wechat_pay",
    kind="bills",
    currency="CNY",
    direction="in",
    marks=(("微信订单号",), ("商户订单号",), ("用户标识",), ("应结订单金额", "总金额")),
    columns={
        "交易时间": M.PAID_AT, "公众账号ID": M.IGNORE, "商户号": M.IGNORE, "特约商户号": M.IGNORE,
        "子商户号": M.IGNORE, "设备号": M.IGNORE, "微信订单号": M.TRANSACTION_NUMBER,
        "商户订单号": M.MERCHANT_ORDER_NUMBER, "用户标识": M.OPENID, "交易类型": M.TRADE_KIND,
        "交易状态": M.ORDER_STATUS, "付款银行": M.IGNORE, "货币种类": M.CURRENCY, "订单金额": M.AMOUNT,
        "应结订单金额": M.SETTLE_AMOUNT, "总金额": M.AMOUNT, "代金券金额": M.IGNORE, "代金券或立减优惠金额": M.IGNORE,
        "微信退款单号": M.REFUND_NUMBER, "商户退款单号": M.IGNORE, "退款金额": M.REFUND_AMOUNT,
        "充值券退款金额": M.IGNORE, "代金券或立减优惠退款金额": M.IGNORE, "退款类型": M.IGNORE,
        "退款状态": M.REFUND_STATUS, "商品名称": M.PRODUCT_TITLE, "商户数据包": M.IGNORE, "手续费": M.FEE,
        "费率": M.IGNORE, "申请退款金额": M.IGNORE, "费率备注": M.IGNORE, "退款申请时间": M.IGNORE,
        "退款成功时间": M.IGNORE,
    },
)  # fmt: skip

WECHAT_PERSONAL = Layout(
    id="wechat.bill",
    platform="wechat",
    kind="bills",
    currency="CNY",
    marks=(("交易时间",), ("交易单号",), ("商户单号",), ("收/支",), ("当前状态",)),
    columns={
        "交易时间": M.PAID_AT, "交易类型": M.TRADE_KIND, "交易对方": M.COUNTERPARTY, "商品": M.PRODUCT_TITLE,
        "收/支": M.DIRECTION, "金额(元)": M.AMOUNT, "支付方式": M.IGNORE, "当前状态": M.ORDER_STATUS,
        "交易单号": M.TRANSACTION_NUMBER, "商户单号": M.MERCHANT_ORDER_NUMBER, "备注": M.SELLER_REMARK,
    },
)  # fmt: skip

ALIPAY_PERSONAL = Layout(
    id="alipay.bill",
    platform="alipay",
    kind="bills",
    currency="CNY",
    marks=(
        ("交易时间", "交易创建时间", "付款时间"),
        ("交易对方",),
        ("收/支",),
        ("交易订单号", "交易号"),
        ("商家订单号",),
    ),
    columns={
        "交易时间": M.PAID_AT, "付款时间": M.PAID_AT, "交易创建时间": M.CREATED_AT, "最近修改时间": M.IGNORE,
        "交易分类": M.TRADE_KIND, "类型": M.TRADE_KIND, "交易对方": M.COUNTERPARTY, "对方账号": M.CONTACT,
        "商品说明": M.PRODUCT_TITLE, "商品名称": M.PRODUCT_TITLE, "收/支": M.DIRECTION, "金额": M.AMOUNT,
        "金额（元）": M.AMOUNT, "收/付款方式": M.IGNORE, "交易来源地": M.IGNORE, "交易状态": M.ORDER_STATUS,
        "交易订单号": M.TRANSACTION_NUMBER, "交易号": M.TRANSACTION_NUMBER, "商家订单号": M.MERCHANT_ORDER_NUMBER,
        "备注": M.SELLER_REMARK, "服务费（元）": M.FEE, "成功退款（元）": M.REFUND_AMOUNT, "资金状态": M.IGNORE,
    },
)  # fmt: skip

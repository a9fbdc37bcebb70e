"""Weidian (微店), the table of its order tool: goods and receivers of orders, neither sums nor times."""

from ..meaning import Meaning as M
from .layout import Layout

ITEMS = Layout(
    id="weidian.items",
    platform="weidian",
    kind="items",
    currency="CNY",
    marks=(("订单编号",), ("商品型号",), ("商品件数",)),
    columns={
        "订单编号": M.ORDER_NUMBER, "订单状态": M.ORDER_STATUS, "商品名称": M.PRODUCT_TITLE, "商品型号": M.VARIANT,
        "商品件数": M.QUANTITY, "商品单价": M.UNIT_PRICE, "下单时间": M.CREATED_AT, "付款时间": M.PAID_AT,
        "收货人/提货人姓名": M.RECEIVER_NAME, "收货人/提货人手机号": M.RECEIVER_PHONE,
        "收货/提货详细地址": M.ADDRESS, "下单模板信息": M.IGNORE, "买家留言": M.BUYER_REMARK,
        "卖家备注": M.SELLER_REMARK,
    },
)  # fmt: skip

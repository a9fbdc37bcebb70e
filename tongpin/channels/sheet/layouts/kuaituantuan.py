"""Kuaituantuan (快团团), the group leader's export. 跟团号 counts inside one group-buy and is no order number.

Where the file has no order number an order's key is made of 跟团号, 下单人, 支付时间 to the minute and 商品. Several
goods in one cell stay one line with its text.
"""

from ..meaning import Meaning as M
from .layout import Layout

ORDERS = Layout(
    id="kuaituantuan.orders",
    platform="kuaituantuan",
    kind="orders",
    currency="CNY",
    marks=(("跟团号",), ("下单人", "团员昵称"), ("商品", "商品名称")),
    columns={
        "跟团号": M.GROUP_NUMBER, "订单号": M.ORDER_NUMBER, "订单编号": M.ORDER_NUMBER, "下单人": M.NICKNAME,
        "团员昵称": M.NICKNAME, "团员备注": M.BUYER_REMARK, "支付时间": M.PAID_AT, "下单时间": M.CREATED_AT,
        "团长备注": M.SELLER_REMARK, "商品": M.PRODUCT_TITLE, "商品名称": M.PRODUCT_TITLE, "规格": M.VARIANT,
        "商品编码": M.SKU, "数量": M.QUANTITY, "分类": M.IGNORE, "商品金额": M.GOODS_AMOUNT, "运费": M.POSTAGE,
        "优惠金额": M.DISCOUNT, "订单金额": M.PAID_AMOUNT, "退款金额": M.REFUND_AMOUNT, "订单退款": M.REFUND_AMOUNT,
        "订单状态": M.ORDER_STATUS, "售后状态": M.REFUND_STATUS, "自提点": M.STORE, "收货人": M.RECEIVER_NAME,
        "联系电话": M.RECEIVER_PHONE, "省": M.PROVINCE, "省份": M.PROVINCE, "市": M.CITY, "城市": M.CITY,
        "区": M.DISTRICT, "区县": M.DISTRICT, "详细地址": M.ADDRESS, "物流公司": M.IGNORE, "快递公司": M.IGNORE,
        "物流单号": M.IGNORE, "快递单号": M.IGNORE, "团购标题": M.IGNORE, "团标题": M.IGNORE, "帮卖团长": M.SALESPERSON,
        "帮卖": M.SALESPERSON, "商品成本价": M.IGNORE, "发货时间": M.SHIPPED_AT,
    },
)  # fmt: skip

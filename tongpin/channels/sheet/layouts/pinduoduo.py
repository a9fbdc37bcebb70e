"""Pinduoduo. No sign of the buyer; 订单成交时间 may be blank (the number begins with yymmdd); one article per order.

A cancelled row may also be refunded; the sum of a refund is not in the file.
"""

from ..meaning import Meaning as M
from .layout import Layout

ORDERS = Layout(
    id="pinduoduo.orders",
    platform="pinduoduo",
    kind="orders",
    currency="CNY",
    date_in_number="pinduoduo",
    marks=(
        ("订单号",),
        ("商家实收金额(元)", "商家实收金额"),
        ("商品总价(元)", "商品总价"),
        ("样式ID", "多多支付立减金额(元)"),
    ),
    columns={
        "商品": M.PRODUCT_TITLE, "订单号": M.ORDER_NUMBER, "订单状态": M.ORDER_STATUS,
        "商品总价(元)": M.GOODS_AMOUNT, "商品总价": M.GOODS_AMOUNT, "邮费(元)": M.POSTAGE,
        "店铺优惠折扣(元)": M.DISCOUNT, "平台优惠折扣(元)": M.IGNORE, "多多支付立减金额(元)": M.IGNORE,
        "用户实付金额(元)": M.PAID_AMOUNT, "用户实付金额": M.PAID_AMOUNT, "商家实收金额(元)": M.RECEIVED_AMOUNT,
        "商家实收金额": M.RECEIVED_AMOUNT, "商品数量(件)": M.QUANTITY, "商品数量": M.QUANTITY,
        "订单成交时间": M.PAID_AT, "支付时间": M.PAID_AT, "拼单成功时间": M.PAID_AT, "订单付款时间": M.PAID_AT,
        "下单时间": M.CREATED_AT, "订单创建时间": M.CREATED_AT, "发货时间": M.SHIPPED_AT,
        "确认收货时间": M.COMPLETED_AT, "承诺发货时间": M.IGNORE, "商品id": M.PRODUCT_ID, "商品规格": M.VARIANT,
        "样式ID": M.SKU, "商家编码-规格维度": M.IGNORE, "商家编码-SKU维度": M.IGNORE, "商家编码-商品维度": M.IGNORE,
        "商家备注": M.SELLER_REMARK, "买家留言": M.BUYER_REMARK, "售后状态": M.REFUND_STATUS,
        "退款金额(元)": M.REFUND_AMOUNT, "快递单号": M.IGNORE, "快递公司": M.IGNORE, "收货人": M.RECEIVER_NAME,
        "手机": M.RECEIVER_PHONE, "手机号": M.RECEIVER_PHONE, "联系电话": M.RECEIVER_PHONE, "省": M.PROVINCE,
        "市": M.CITY, "区": M.DISTRICT, "街道": M.IGNORE, "详细地址": M.ADDRESS, "收货地址": M.ADDRESS,
        "是否抽奖或0元试用": M.IGNORE, "支付ID": M.TRANSACTION_NUMBER, "支付方式": M.IGNORE, "身份证姓名": M.IGNORE,
        "身份证号码": M.IGNORE, "备注": M.SELLER_REMARK,
    },
)  # fmt: skip

"""Douyin shop (抖音小店). One row per sub-order; receiver cells are ##密文; ids carry a tab in front.

Some rows join several sub-orders with «;»: such a row stays one line with its text.
"""

from ..meaning import Meaning as M
from .layout import Layout

ORDERS = Layout(
    id="douyin.orders",
    platform="douyin",
    kind="items",
    currency="CNY",
    marks=(("主订单编号",), ("选购商品",)),
    columns={
        "主订单编号": M.ORDER_NUMBER, "子订单编号": M.SUB_ORDER_NUMBER, "选购商品": M.PRODUCT_TITLE,
        "商品规格": M.VARIANT, "商品数量": M.QUANTITY, "商品ID": M.PRODUCT_ID, "商家编码": M.SKU,
        "商品单价": M.UNIT_PRICE, "商品金额": M.IGNORE, "订单应付金额": M.LINE_AMOUNT, "运费": M.IGNORE,
        "优惠总金额": M.IGNORE, "平台优惠": M.IGNORE, "商家优惠": M.IGNORE, "达人优惠": M.IGNORE,
        "商家改价": M.IGNORE, "支付优惠": M.IGNORE, "红包抵扣": M.IGNORE, "商家收入金额": M.SETTLE_AMOUNT,
        "收件人": M.RECEIVER_NAME, "收件人手机号": M.RECEIVER_PHONE, "省": M.PROVINCE, "市": M.CITY, "区": M.DISTRICT,
        "街道": M.IGNORE, "详细地址": M.ADDRESS, "订单提交时间": M.CREATED_AT, "支付完成时间": M.PAID_AT,
        "支付时间": M.PAID_AT, "支付方式": M.IGNORE, "商家备注": M.SELLER_REMARK, "买家留言": M.BUYER_REMARK,
        "订单完成时间": M.COMPLETED_AT, "订单状态": M.ORDER_STATUS, "售后状态": M.REFUND_STATUS,
        "取消原因": M.CLOSED_REASON, "发货时间": M.SHIPPED_AT, "承诺发货时间": M.IGNORE, "快递信息": M.IGNORE,
        "平台实际承担优惠金额": M.IGNORE, "商家实际承担优惠金额": M.IGNORE, "达人实际承担优惠金额": M.IGNORE,
        "达人ID": M.IGNORE, "达人昵称": M.SALESPERSON, "流量来源": M.IGNORE, "流量体裁": M.IGNORE,
        "流量渠道": M.IGNORE, "流量类型": M.IGNORE, "订单类型": M.IGNORE, "APP渠道": M.IGNORE,
        "是否修改过地址": M.IGNORE,
        "预计送达时间": M.IGNORE, "旗帜颜色": M.IGNORE, "门店名称": M.STORE, "预售类型": M.IGNORE,
        "广告渠道": M.IGNORE, "所属门店ID": M.IGNORE, "鲁班落地页ID": M.IGNORE, "商品类型": M.IGNORE,
        "仓库ID": M.IGNORE, "仓库名称": M.IGNORE, "供应商ID": M.IGNORE,
    },
)  # fmt: skip

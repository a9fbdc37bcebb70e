"""JD (京东 POP). One row per article; the order's own sums stand on every row of the order."""

from ..meaning import Meaning as M
from .layout import Layout

ORDERS = Layout(
    id="jd.orders",
    platform="jd",
    kind="items",
    currency="CNY",
    marks=(("订单号", "订单编号"), ("京东价",), ("订购数量",), ("下单帐号", "下单账号")),
    columns={
        "订单号": M.ORDER_NUMBER, "订单编号": M.ORDER_NUMBER, "商品ID": M.PRODUCT_ID, "商品名称": M.PRODUCT_TITLE,
        "订购数量": M.QUANTITY, "支付方式": M.IGNORE, "下单时间": M.CREATED_AT, "京东价": M.UNIT_PRICE,
        "订单金额": M.GOODS_AMOUNT, "结算金额": M.SETTLE_AMOUNT, "余额支付": M.IGNORE, "应付金额": M.PAYABLE,
        "订单状态": M.ORDER_STATUS, "订单类型": M.IGNORE, "下单帐号": M.SHOP_ACCOUNT, "下单账号": M.SHOP_ACCOUNT,
        "客户姓名": M.RECEIVER_NAME, "客户地址": M.ADDRESS, "联系电话": M.RECEIVER_PHONE, "订单备注": M.BUYER_REMARK,
        "发票类型": M.IGNORE, "发票抬头": M.IGNORE, "发票内容": M.IGNORE, "商家备注": M.SELLER_REMARK,
        "商家备注等级": M.IGNORE, "商家备注等级（等级1-5为由高到低）": M.IGNORE, "运费金额": M.POSTAGE,
        "付款确认时间": M.PAID_AT, "增值税发票": M.IGNORE, "货号": M.SKU, "订单完成时间": M.COMPLETED_AT,
        "订单来源": M.IGNORE, "订单渠道": M.IGNORE, "送装服务": M.IGNORE, "服务费": M.IGNORE, "仓库ID": M.IGNORE,
        "仓库名称": M.IGNORE, "商家SKUID": M.SKU, "预计发货时间": M.IGNORE, "是否为品牌订单": M.IGNORE,
        "是否为toB订单": M.IGNORE, "买家PIN": M.SHOP_ACCOUNT,
    },
)  # fmt: skip

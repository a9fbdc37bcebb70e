"""Taobao and Tmall: order list (ExportOrderList) and item list (宝贝报表, ExportOrderDetailList), 2012 to 2026.

买家实际支付金额 is what is left after refunds (seen in a month of real orders), so it is NET_AMOUNT.
"""

from ..meaning import Meaning as M
from .layout import Layout

ORDERS = Layout(
    id="taobao.orders",
    platform="taobao",
    kind="orders",
    currency="CNY",
    marks=(
        ("订单编号",),
        ("买家实际支付金额", "买家实付金额", "支付金额"),
        ("订单创建时间", "买家下单时间"),
        ("订单付款时间", "买家付款时间"),
    ),
    without=("标题", "商品标题", "子订单编号"),
    columns={
        "订单编号": M.ORDER_NUMBER, "支付单号": M.TRANSACTION_NUMBER, "买家会员名": M.SHOP_ACCOUNT,
        "买家支付宝账号": M.CONTACT, "买家应付货款": M.GOODS_AMOUNT, "买家应付邮费": M.POSTAGE,
        "总金额": M.PAYABLE, "买家实际支付金额": M.NET_AMOUNT, "买家实付金额": M.NET_AMOUNT, "支付金额": M.NET_AMOUNT,
        "退款金额": M.REFUND_AMOUNT, "订单状态": M.ORDER_STATUS, "买家留言": M.BUYER_REMARK,
        "收货人": M.RECEIVER_NAME, "收货人姓名": M.RECEIVER_NAME, "收货地址": M.ADDRESS,
        "联系手机": M.RECEIVER_PHONE, "联系电话": M.RECEIVER_PHONE, "订单创建时间": M.CREATED_AT,
        "买家下单时间": M.CREATED_AT, "订单付款时间": M.PAID_AT, "买家付款时间": M.PAID_AT, "发货时间": M.SHIPPED_AT,
        "确认收货时间": M.COMPLETED_AT, "宝贝标题": M.PRODUCT_TITLE, "宝贝规格": M.VARIANT, "宝贝总数量": M.QUANTITY,
        "店铺名称": M.STORE, "订单关闭原因": M.CLOSED_REASON, "订单备注": M.SELLER_REMARK, "备注": M.SELLER_REMARK,
        "买家支付积分": M.IGNORE, "返点积分": M.IGNORE, "买家实际支付积分": M.IGNORE, "运送方式": M.IGNORE,
        "宝贝种类": M.IGNORE, "物流单号": M.IGNORE, "运单号": M.IGNORE, "物流公司": M.IGNORE, "店铺Id": M.IGNORE,
        "卖家服务费": M.IGNORE, "买家服务费": M.IGNORE, "发票抬头": M.IGNORE, "是否手机订单": M.IGNORE,
        "分阶段订单信息": M.IGNORE, "特权订金订单id": M.IGNORE, "定金排名": M.IGNORE, "修改后的sku": M.IGNORE,
        "修改后的收货地址": M.IGNORE, "异常信息": M.IGNORE, "天猫卡券抵扣": M.IGNORE, "集分宝抵扣": M.IGNORE,
        "是否是O2O交易": M.IGNORE, "新零售交易类型": M.IGNORE, "新零售导购门店名称": M.IGNORE,
        "新零售导购门店id": M.IGNORE, "新零售发货门店名称": M.IGNORE, "新零售发货门店id": M.IGNORE,
        "打款商家金额": M.RECEIVED_AMOUNT, "确认收货打款金额": M.RECEIVED_AMOUNT, "含应开票给个人的个人红包": M.IGNORE,
        "是否代付": M.IGNORE, "支付详情": M.IGNORE, "数字资产": M.IGNORE, "主播id": M.IGNORE, "主播昵称": M.SALESPERSON,
    },
)  # fmt: skip

ITEMS = Layout(
    id="taobao.items",
    platform="taobao",
    kind="items",
    currency="CNY",
    marks=(("订单编号", "主订单编号"), ("标题", "商品标题", "宝贝标题"), ("购买数量",), ("外部系统编号", "商家编码")),
    columns={
        "订单编号": M.ORDER_NUMBER, "主订单编号": M.ORDER_NUMBER, "子订单编号": M.SUB_ORDER_NUMBER,
        "标题": M.PRODUCT_TITLE, "商品标题": M.PRODUCT_TITLE, "宝贝标题": M.PRODUCT_TITLE, "价格": M.UNIT_PRICE,
        "商品价格": M.UNIT_PRICE, "购买数量": M.QUANTITY, "外部系统编号": M.PRODUCT_ID, "商品id": M.PRODUCT_ID,
        "规格名称": M.VARIANT, "商品属性": M.VARIANT, "套餐信息": M.IGNORE, "备注": M.SELLER_REMARK,
        "订单状态": M.ORDER_STATUS, "商家编码": M.SKU, "支付单号": M.TRANSACTION_NUMBER, "买家会员名": M.SHOP_ACCOUNT,
        "买家昵称": M.NICKNAME, "买家应付货款": M.LINE_AMOUNT, "买家实际支付金额": M.IGNORE, "买家实付金额": M.IGNORE,
        "退款状态": M.REFUND_STATUS, "退款金额": M.REFUND_AMOUNT, "订单创建时间": M.CREATED_AT,
        "订单付款时间": M.PAID_AT, "买家付款时间": M.PAID_AT, "发货时间": M.SHIPPED_AT, "物流单号": M.IGNORE,
        "物流公司": M.IGNORE, "联系备注": M.IGNORE, "主订单备注": M.SELLER_REMARK, "备注标签": M.IGNORE,
        "主订单状态": M.IGNORE, "应发货时间": M.IGNORE, "是否主动赔付": M.IGNORE, "主动赔付金额": M.IGNORE,
        "主动赔付出账时间": M.IGNORE,
    },
)  # fmt: skip

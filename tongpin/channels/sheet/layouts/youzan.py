"""Youzan (有赞): orders (2022 and 2026 headers), items, customers. Order numbers hold their date: E20220331142238…."""

from ..meaning import Meaning as M
from .layout import Layout

ORDERS = Layout(
    id="youzan.orders",
    platform="youzan",
    kind="orders",
    currency="CNY",
    date_in_number="youzan",
    marks=(
        ("订单号",),
        ("订单实付金额", "应收订单金额"),
        ("全部商品名称", "商品种类数"),
        ("买家付款时间", "订单创建时间"),
    ),
    columns={
        "订单号": M.ORDER_NUMBER, "外部订单号": M.IGNORE, "销售渠道": M.IGNORE, "归属店铺": M.STORE,
        "订单类型": M.IGNORE, "订单状态": M.ORDER_STATUS, "推广方式": M.IGNORE, "订单来源": M.IGNORE,
        "订单创建时间": M.CREATED_AT, "买家付款时间": M.PAID_AT, "交易成功时间": M.COMPLETED_AT, "付款方式": M.IGNORE,
        "支付流水号": M.TRANSACTION_NUMBER, "商品金额合计": M.GOODS_AMOUNT, "运费": M.POSTAGE,
        "店铺优惠合计": M.DISCOUNT, "应收订单金额": M.PAYABLE, "订单实付金额": M.PAID_AMOUNT,
        "支付优惠合计": M.IGNORE, "支付营销优惠": M.IGNORE, "订单实收金额": M.RECEIVED_AMOUNT,
        "订单抵用积分数": M.IGNORE, "店铺优惠方式": M.IGNORE, "支付优惠方式": M.IGNORE,
        "全部商品名称": M.PRODUCT_TITLE, "商品种类数": M.IGNORE, "订单配送方式": M.IGNORE,
        "同城送达时间/提货时间": M.IGNORE, "收货人省份": M.PROVINCE, "收货人城市": M.CITY, "收货人地区": M.DISTRICT,
        "详细收货地址/提货地址": M.ADDRESS, "收货人/提货人": M.RECEIVER_NAME,
        "收货人手机号/提货人手机号": M.RECEIVER_PHONE, "买家备注": M.BUYER_REMARK, "订单星级": M.IGNORE,
        "买家昵称": M.NICKNAME, "买家姓名": M.NAME, "买家是否会员": M.IGNORE, "买家手机号": M.PHONE,
        "下单网点": M.IGNORE, "收银员": M.IGNORE, "分销员": M.SALESPERSON, "销售导购": M.IGNORE, "专属导购": M.IGNORE,
        "订单退款状态": M.REFUND_STATUS, "订单已退款金额": M.REFUND_AMOUNT, "商家订单备注": M.SELLER_REMARK,
        "桌号": M.IGNORE, "挂账主体": M.IGNORE, "挂账手机号": M.IGNORE, "团长订单": M.IGNORE,
        "订单风险标签": M.IGNORE, "分销员手机号": M.IGNORE, "分销员所属店铺/团队/分组": M.IGNORE,
        "分销员等级": M.IGNORE, "订单佣金类型": M.IGNORE, "订单佣金金额": M.IGNORE,
        "订单下级卖货提成类型": M.IGNORE, "订单下级卖货提成金额": M.IGNORE, "入住时间": M.IGNORE,
    },
)  # fmt: skip

ITEMS = Layout(
    id="youzan.items",
    platform="youzan",
    kind="items",
    currency="CNY",
    date_in_number="youzan",
    marks=(("订单号",), ("订单商品状态", "商品实际成交金额"), ("商品名称",), ("商品数量",)),
    columns={
        "订单号": M.ORDER_NUMBER, "外部订单号": M.IGNORE, "订单商品状态": M.ORDER_STATUS,
        "交易成功时间": M.COMPLETED_AT, "买家付款时间": M.PAID_AT, "订单创建时间": M.CREATED_AT,
        "商品名称": M.PRODUCT_TITLE, "商品类型": M.IGNORE, "商品类目": M.IGNORE, "商品目录": M.IGNORE,
        "商品规格": M.VARIANT, "规格编码": M.SKU, "商品编码": M.PRODUCT_ID, "商品单价": M.UNIT_PRICE,
        "商品成本价": M.IGNORE, "商品优惠方式": M.IGNORE, "商品优惠后价格": M.IGNORE, "商品数量": M.QUANTITY,
        "商品金额小计": M.IGNORE, "店铺优惠（分摊）": M.IGNORE, "商品实际成交金额": M.LINE_AMOUNT,
        "商品抵用积分数": M.IGNORE, "商品留言": M.IGNORE, "收货人/提货人": M.RECEIVER_NAME,
        "收货人手机号/提货人手机号": M.RECEIVER_PHONE, "收货人省份": M.PROVINCE, "收货人城市": M.CITY,
        "收货人地区": M.DISTRICT, "详细收货地址/提货地址": M.ADDRESS, "买家备注": M.BUYER_REMARK,
        "买家昵称": M.NICKNAME, "买家手机号": M.PHONE, "商品发货状态": M.IGNORE, "商品发货方式": M.IGNORE,
        "商品发货物流公司": M.IGNORE, "商品发货物流单号": M.IGNORE, "发货员工": M.IGNORE, "商品发货时间": M.SHIPPED_AT,
        "商品退款状态": M.REFUND_STATUS, "商品已退款金额": M.REFUND_AMOUNT, "商家订单备注": M.SELLER_REMARK,
        "周期购信息": M.IGNORE, "入住时间": M.IGNORE,
    },
)  # fmt: skip

CUSTOMERS = Layout(
    id="youzan.customers",
    platform="youzan",
    kind="customers",
    currency="CNY",
    marks=(("客户手机号",), ("客户姓名", "客户昵称"), ("成为客户时间", "客户积分", "消费次数")),
    columns={
        "客户姓名": M.NAME, "客户昵称": M.NICKNAME, "客户手机号": M.PHONE, "客户生日": M.BIRTHDAY,
        "客户性别": M.GENDER, "标签": M.TAGS, "是否会员": M.IS_MEMBER, "成长值": M.IGNORE, "免费等级": M.IGNORE,
        "付费等级": M.IGNORE, "权益卡": M.IGNORE, "客户积分": M.POINTS, "客户储值余额": M.BALANCE,
        "消费次数": M.ORDER_COUNT, "消费金额": M.TOTAL_SPENT, "累计退款金额": M.IGNORE, "累计退款订单数": M.IGNORE,
        "笔单价": M.IGNORE, "上次消费时间": M.LAST_BOUGHT_AT, "分销员": M.SALESPERSON, "导购员": M.IGNORE,
        "企微好友": M.IGNORE, "来源渠道": M.SOURCE, "来源方式": M.IGNORE, "成为客户时间": M.BECAME_CUSTOMER_AT,
        "成为会员时间": M.IGNORE, "成为会员店铺": M.STORE, "公众号": M.IGNORE, "公众号关注时间": M.IGNORE,
        "最近浏览时间": M.IGNORE, "微信地域": M.IGNORE, "所属区域": M.IGNORE, "指定时间消费次数": M.IGNORE,
        "指定时间消费金额": M.IGNORE,
    },
)  # fmt: skip

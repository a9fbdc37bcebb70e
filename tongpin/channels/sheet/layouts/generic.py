"""Plain column names, Chinese and English, of tables nobody gave us a layout for."""

from typing import Final

from ..meaning import LABELS
from ..meaning import Meaning as M
from ..titles import fold_title

_NAMES: Final[dict[M, str]] = {
    M.ORDER_NUMBER: (
        "订单号 订单编号 单号 订单id 主订单编号 主订单号 order_id order_number order_no orderid orderno "
        "invoice_no invoiceno invoice 订单"
    ),
    M.SUB_ORDER_NUMBER: "子订单号 子订单编号 sub_order_id line_id lineitem_id",
    M.LINE_NUMBER: "行号 明细行号 line_number line_no",
    M.GROUP_NUMBER: "跟团号",
    M.TRANSACTION_NUMBER: (
        "交易单号 交易号 支付流水号 流水号 支付单号 微信订单号 transaction_id transaction_number"
    ),
    M.MERCHANT_ORDER_NUMBER: "商户订单号 商户单号 商家订单号 merchant_order_number",
    M.REFUND_NUMBER: "退款单号 refund_id",
    M.SHOP_ACCOUNT: (
        "买家会员名 会员名 买家账号 会员账号 会员编号 会员号 会员卡号 会员id 用户id 用户编号 客户id 客户编号 "
        "顾客编号 买家id uid user_id userid customer_id customerid customer_no member_id buyer_id account"
    ),
    M.NICKNAME: (
        "昵称 买家昵称 客户昵称 微信昵称 微信名 微信 群昵称 会员昵称 下单人 nickname nick username user_name "
        "wechat"
    ),
    M.NAME: (
        "姓名 客户姓名 买家姓名 会员姓名 顾客姓名 称呼 客户 顾客 买家 名字 name customer_name customer buyer "
        "buyer_name full_name"
    ),
    M.RECEIVER_NAME: "收货人 收货人姓名 收件人 收件人姓名 提货人 recipient receiver ship_to shipping_name",
    M.PHONE: (
        "手机 手机号 手机号码 电话 电话号码 联系电话 联系手机 联系方式 买家手机 买家手机号 客户手机 客户手机号 "
        "客户电话 会员手机号 phone mobile phone_number mobile_phone tel telephone cell"
    ),
    M.RECEIVER_PHONE: (
        "收货人手机 收货人手机号 收货人电话 收件人手机 收件人手机号 收件人电话 收货电话 收货手机 shipping_phone "
        "receiver_phone"
    ),
    M.GIVEN_NAME: "given_name first_name firstname fname",
    M.FAMILY_NAME: "family_name last_name lastname lname surname",
    M.MAIL: "邮箱 电子邮箱 邮件 email e-mail mail email_address",
    M.OPENID: "openid open_id 用户标识 微信openid",
    M.UNIONID: "unionid union_id 微信unionid",
    M.PROVINCE: "省 省份 收货省份 province state",
    M.CITY: "市 城市 收货城市 city",
    M.DISTRICT: "区 区县 县 地区 district",
    M.ADDRESS: (
        "地址 收货地址 详细地址 收件地址 收件人地址 客户地址 联系地址 "
        "address shipping_address address_1 address1 street"
    ),
    M.PRODUCT_TITLE: (
        "商品 商品名称 商品名 商品标题 宝贝标题 品名 产品 产品名称 项目 项目名称 套餐 套餐名称 团购名称 课程 "
        "课程名称 商品信息 product product_name item item_name description title goods goods_name"
    ),
    M.PRODUCT_ID: "商品id 商品编号 商品编码 产品编号 货号 product_id item_id goods_id",
    M.SKU: "sku sku编码 sku_id skuid 规格编码 商家编码 stock_code stockcode 条码 商品条码 barcode",
    M.VARIANT: "规格 商品规格 款式 型号 颜色 尺码 variant option size",
    M.QUANTITY: "数量 购买数量 商品数量 件数 份数 商品件数 quantity qty count 商品数量(件) 购买份数",
    M.UNIT_PRICE: "单价 价格 商品单价 售价 成交单价 单价(元) price unit_price unitprice",
    M.LINE_AMOUNT: "小计 金额小计 商品小计 行金额 line_total line_amount subtotal_line",
    M.GOODS_AMOUNT: "商品金额 商品总价 商品总额 货款 商品金额(元) subtotal goods_amount",
    M.POSTAGE: "运费 邮费 快递费 配送费 shipping postage freight shipping_fee",
    M.DISCOUNT: "优惠 优惠金额 折扣 折扣金额 discount discount_amount",
    M.PAYABLE: (
        "应付 应付金额 应收金额 订单总额 订单总金额 总金额 总价 合计金额 total_amount order_total grand_total"
    ),
    M.PAID_AMOUNT: (
        "实付 实付金额 实付款 支付金额 付款金额 订单金额 成交金额 消费金额 金额 金额(元) 实付金额(元) "
        "订单金额(元) total amount paid_amount payment total_paid amount_paid order_amount price_paid"
    ),
    M.RECEIVED_AMOUNT: "实收 实收金额 商家实收 实收款",
    M.REFUND_AMOUNT: "退款 退款金额 已退款金额 退款金额(元) refund refund_amount refunded refunded_amount",
    M.SETTLE_AMOUNT: "结算金额 结算价 结算款 settle_amount settlement",
    M.CURRENCY: "币种 货币 货币种类 currency",
    M.ORDER_STATUS: "订单状态 状态 交易状态 支付状态 券状态 status order_status",
    M.REFUND_STATUS: "退款状态 售后状态 refund_status",
    M.CLOSED_REASON: "关闭原因 取消原因 cancel_reason",
    M.CREATED_AT: (
        "下单时间 订单创建时间 创建时间 下单日期 订单时间 订单日期 购买时间 购买日期 日期 时间 created_at created "
        "order_date order_time date datetime time purchase_date ordered_at"
    ),
    M.PAID_AT: (
        "付款时间 支付时间 订单付款时间 付款日期 支付日期 交易时间 成交时间 消费时间 消费日期 paid_at "
        "payment_time payment_date pay_time invoicedate invoice_date"
    ),
    M.SHIPPED_AT: "发货时间 发货日期 shipped_at ship_date",
    M.COMPLETED_AT: "完成时间 交易成功时间 确认收货时间 订单完成时间 completed_at",
    M.REDEEMED_AT: "核销时间 验券时间 验证时间 使用时间 核销日期 验券日期 redeemed_at used_at redeem_time",
    M.BUYER_REMARK: "买家留言 买家备注 客户留言 留言 团员备注 buyer_note note",
    M.SELLER_REMARK: "备注 商家备注 卖家备注 订单备注 客户备注 团长备注 remark remarks comment notes memo",
    M.SALESPERSON: "分销员 推广员 导购 介绍人 推荐人 邀请人 销售 业务员 团长 salesperson referrer agent",
    M.STORE: "门店 门店名称 店铺 店铺名称 消费门店 验券门店 核销门店 所属门店 store shop location",
    M.VOUCHER_CODE: (
        "券号 券码 团购券号 团购券码 消费码 核销码 验证码 代金券号 兑换码 voucher voucher_code coupon coupon_code"
    ),
    M.TAGS: "标签 客户标签 会员标签 tags tag",
    M.BIRTHDAY: "生日 出生日期 客户生日 birthday birth_date date_of_birth dob",
    M.GENDER: "性别 客户性别 gender sex",
    M.BECAME_CUSTOMER_AT: (
        "成为客户时间 注册时间 注册日期 入会时间 入会日期 加入时间 开卡时间 会员开通时间 registered_at joined_at "
        "signup_date became_customer_at"
    ),
    M.LAST_BOUGHT_AT: "上次消费时间 最近消费时间 最后消费时间 最近下单时间 last_order_date last_purchase",
    M.IS_MEMBER: "是否会员 is_member member",
    M.POINTS: "积分 客户积分 会员积分 可用积分 points",
    M.BALANCE: "余额 储值余额 客户储值余额 会员余额 卡余额",
    M.ORDER_COUNT: "消费次数 购买次数 订单数 累计订单数 下单次数 order_count orders_count orders",
    M.TOTAL_SPENT: "累计消费 累计消费金额 总消费 消费总额 累计金额 total_spent lifetime_value",
    M.SOURCE: "来源 来源渠道 客户来源 渠道 source channel",
    M.DIRECTION: "收/支 收支 收支类型 direction",
    M.COUNTERPARTY: "交易对方 对方 对方户名 counterparty",
    M.TRADE_KIND: "交易类型 交易分类",
    M.IGNORE: "序号 编号 运单号 快递单号 物流单号 快递公司 物流公司 支付方式 付款方式 country 国家 no id #",
}  # fmt: skip

SYNONYMS: Final[dict[str, M]] = {
    fold_title(name): meaning for meaning, names in _NAMES.items() for name in names.split()
}

for _meaning, _label in LABELS.items():
    # What the console calls a column is a plain name for it.
    SYNONYMS.setdefault(fold_title(_label), _meaning)

GUESSES: Final[tuple[tuple[str, M], ...]] = (
    # order matters: the first word a title contains decides
    ("收货人手机", M.RECEIVER_PHONE), ("收件人手机", M.RECEIVER_PHONE), ("手机", M.PHONE), ("订单号", M.ORDER_NUMBER),
    ("订单编号", M.ORDER_NUMBER), ("券码", M.VOUCHER_CODE), ("券号", M.VOUCHER_CODE), ("核销时间", M.REDEEMED_AT),
    ("验券时间", M.REDEEMED_AT), ("付款时间", M.PAID_AT), ("支付时间", M.PAID_AT), ("下单时间", M.CREATED_AT),
    ("创建时间", M.CREATED_AT), ("退款金额", M.REFUND_AMOUNT), ("实付", M.PAID_AMOUNT), ("应付", M.PAYABLE),
    ("单价", M.UNIT_PRICE), ("昵称", M.NICKNAME), ("姓名", M.NAME), ("邮箱", M.MAIL), ("商品名", M.PRODUCT_TITLE),
    ("商品标题", M.PRODUCT_TITLE), ("数量", M.QUANTITY), ("收货地址", M.ADDRESS), ("门店", M.STORE),
    ("订单状态", M.ORDER_STATUS), ("email", M.MAIL), ("phone", M.PHONE), ("mobile", M.PHONE),
)  # fmt: skip
"""For titles that are not plain: what is read this way is a guess and shown as one."""

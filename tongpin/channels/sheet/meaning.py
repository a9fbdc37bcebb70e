"""What a column can mean. Every layout, every guess and every mapping a person makes speaks in these words."""

from enum import StrEnum
from typing import Final, Literal

Reads = Literal["text", "id", "money", "price", "fee", "count", "time", "day", "phone", "mail", "status", "tags", "yes"]
"""How the cells of such a column are read."""


class Meaning(StrEnum):
    """Values are stable codes: mappings that people saved hold them."""

    ORDER_NUMBER = "order_number"
    SUB_ORDER_NUMBER = "sub_order_number"
    LINE_NUMBER = "line_number"
    GROUP_NUMBER = "group_number"
    TRANSACTION_NUMBER = "transaction_number"
    MERCHANT_ORDER_NUMBER = "merchant_order_number"
    REFUND_NUMBER = "refund_number"
    SHOP_ACCOUNT = "shop_account"
    NICKNAME = "nickname"
    NAME = "name"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    RECEIVER_NAME = "receiver_name"
    PHONE = "phone"
    RECEIVER_PHONE = "receiver_phone"
    MAIL = "mail"
    CONTACT = "contact"
    OPENID = "openid"
    UNIONID = "unionid"
    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    ADDRESS = "address"
    PRODUCT_TITLE = "product_title"
    PRODUCT_ID = "product_id"
    SKU = "sku"
    VARIANT = "variant"
    QUANTITY = "quantity"
    UNIT_PRICE = "unit_price"
    LINE_AMOUNT = "line_amount"
    GOODS_AMOUNT = "goods_amount"
    POSTAGE = "postage"
    DISCOUNT = "discount"
    PAYABLE = "payable"
    PAID_AMOUNT = "paid_amount"
    NET_AMOUNT = "net_amount"
    RECEIVED_AMOUNT = "received_amount"
    REFUND_AMOUNT = "refund_amount"
    SETTLE_AMOUNT = "settle_amount"
    AMOUNT = "amount"
    FEE = "fee"
    CURRENCY = "currency"
    ORDER_STATUS = "order_status"
    REFUND_STATUS = "refund_status"
    CLOSED_REASON = "closed_reason"
    CREATED_AT = "created_at"
    PAID_AT = "paid_at"
    SHIPPED_AT = "shipped_at"
    COMPLETED_AT = "completed_at"
    REDEEMED_AT = "redeemed_at"
    BUYER_REMARK = "buyer_remark"
    SELLER_REMARK = "seller_remark"
    SALESPERSON = "salesperson"
    STORE = "store"
    VOUCHER_CODE = "voucher_code"
    TAGS = "tags"
    BIRTHDAY = "birthday"
    GENDER = "gender"
    BECAME_CUSTOMER_AT = "became_customer_at"
    LAST_BOUGHT_AT = "last_bought_at"
    IS_MEMBER = "is_member"
    POINTS = "points"
    BALANCE = "balance"
    ORDER_COUNT = "order_count"
    TOTAL_SPENT = "total_spent"
    SOURCE = "source"
    DIRECTION = "direction"
    COUNTERPARTY = "counterparty"
    TRADE_KIND = "trade_kind"
    IGNORE = "ignore"


M = Meaning

READS: Final[dict[Meaning, Reads]] = {
    M.ORDER_NUMBER: "id", M.SUB_ORDER_NUMBER: "id", M.LINE_NUMBER: "id", M.GROUP_NUMBER: "id",
    M.TRANSACTION_NUMBER: "id", M.MERCHANT_ORDER_NUMBER: "id", M.REFUND_NUMBER: "id",
    M.SHOP_ACCOUNT: "id", M.NICKNAME: "text", M.NAME: "text", M.RECEIVER_NAME: "text", M.GIVEN_NAME: "text",
    M.FAMILY_NAME: "text",
    M.PHONE: "phone", M.RECEIVER_PHONE: "phone", M.MAIL: "mail", M.CONTACT: "mail", M.OPENID: "id", M.UNIONID: "id",
    M.PROVINCE: "text", M.CITY: "text", M.DISTRICT: "text", M.ADDRESS: "text",
    M.PRODUCT_TITLE: "text", M.PRODUCT_ID: "id", M.SKU: "id", M.VARIANT: "text",
    M.QUANTITY: "count", M.UNIT_PRICE: "price", M.LINE_AMOUNT: "money", M.GOODS_AMOUNT: "money",
    M.POSTAGE: "money", M.DISCOUNT: "money", M.PAYABLE: "money", M.PAID_AMOUNT: "money", M.NET_AMOUNT: "money",
    M.RECEIVED_AMOUNT: "money", M.REFUND_AMOUNT: "money", M.SETTLE_AMOUNT: "money", M.AMOUNT: "money",
    M.FEE: "fee", M.CURRENCY: "text", M.ORDER_STATUS: "status", M.REFUND_STATUS: "status", M.CLOSED_REASON: "text",
    M.CREATED_AT: "time", M.PAID_AT: "time", M.SHIPPED_AT: "time", M.COMPLETED_AT: "time", M.REDEEMED_AT: "time",
    M.BUYER_REMARK: "text", M.SELLER_REMARK: "text", M.SALESPERSON: "text", M.STORE: "text", M.VOUCHER_CODE: "id",
    M.TAGS: "tags", M.BIRTHDAY: "day", M.GENDER: "text", M.BECAME_CUSTOMER_AT: "time", M.LAST_BOUGHT_AT: "time",
    M.IS_MEMBER: "yes", M.POINTS: "count", M.BALANCE: "money", M.ORDER_COUNT: "count", M.TOTAL_SPENT: "money",
    M.SOURCE: "text", M.DIRECTION: "text", M.COUNTERPARTY: "text", M.TRADE_KIND: "text", M.IGNORE: "text",
}  # fmt: skip

LABELS: Final[dict[Meaning, str]] = {
    M.ORDER_NUMBER: "订单号", M.SUB_ORDER_NUMBER: "子订单号", M.LINE_NUMBER: "行号", M.GROUP_NUMBER: "跟团号",
    M.TRANSACTION_NUMBER: "交易单号", M.MERCHANT_ORDER_NUMBER: "商户订单号", M.REFUND_NUMBER: "退款单号",
    M.SHOP_ACCOUNT: "店铺账号", M.NICKNAME: "昵称", M.NAME: "称呼", M.RECEIVER_NAME: "收货人",
    M.GIVEN_NAME: "名", M.FAMILY_NAME: "姓",
    M.PHONE: "手机", M.RECEIVER_PHONE: "收货手机", M.MAIL: "邮箱", M.CONTACT: "邮箱或手机", M.OPENID: "openid",
    M.UNIONID: "unionid", M.PROVINCE: "省", M.CITY: "市", M.DISTRICT: "区县", M.ADDRESS: "地址",
    M.PRODUCT_TITLE: "商品", M.PRODUCT_ID: "商品编号", M.SKU: "规格编码", M.VARIANT: "规格",
    M.QUANTITY: "数量", M.UNIT_PRICE: "单价", M.LINE_AMOUNT: "小计", M.GOODS_AMOUNT: "商品金额",
    M.POSTAGE: "运费", M.DISCOUNT: "优惠", M.PAYABLE: "应付", M.PAID_AMOUNT: "实付", M.NET_AMOUNT: "实付（已扣退款）",
    M.RECEIVED_AMOUNT: "商家实收", M.REFUND_AMOUNT: "退款金额", M.SETTLE_AMOUNT: "结算金额", M.AMOUNT: "金额",
    M.FEE: "手续费", M.CURRENCY: "币种", M.ORDER_STATUS: "订单状态", M.REFUND_STATUS: "退款状态",
    M.CLOSED_REASON: "关闭原因", M.CREATED_AT: "下单时间", M.PAID_AT: "付款时间", M.SHIPPED_AT: "发货时间",
    M.COMPLETED_AT: "完成时间", M.REDEEMED_AT: "核销时间", M.BUYER_REMARK: "买家留言", M.SELLER_REMARK: "商家备注",
    M.SALESPERSON: "介绍人", M.STORE: "门店", M.VOUCHER_CODE: "券码", M.TAGS: "标签", M.BIRTHDAY: "生日",
    M.GENDER: "性别", M.BECAME_CUSTOMER_AT: "成为客户时间", M.LAST_BOUGHT_AT: "上次消费时间", M.IS_MEMBER: "是否会员",
    M.POINTS: "积分", M.BALANCE: "储值余额", M.ORDER_COUNT: "消费次数", M.TOTAL_SPENT: "消费金额", M.SOURCE: "来源",
    M.DIRECTION: "收/支", M.COUNTERPARTY: "交易对方", M.TRADE_KIND: "交易类型", M.IGNORE: "不导入",
}  # fmt: skip
"""Chinese names as the console shows them in «认作»; English ones belong to its message catalogue."""

BUYER_SIGNS: Final = frozenset(
    {
        M.SHOP_ACCOUNT, M.NICKNAME, M.NAME, M.RECEIVER_NAME, M.GIVEN_NAME, M.FAMILY_NAME, M.PHONE, M.RECEIVER_PHONE,
        M.MAIL, M.OPENID, M.UNIONID,
    }
)  # fmt: skip
PERSONAL: Final = frozenset(
    {
        M.NAME, M.RECEIVER_NAME, M.GIVEN_NAME, M.FAMILY_NAME, M.PHONE, M.RECEIVER_PHONE, M.MAIL, M.CONTACT, M.ADDRESS,
    }
)  # fmt: skip
"""Kept encrypted by whoever stores them."""

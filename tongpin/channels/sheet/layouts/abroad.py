"""Tables of shops outside China: Shopify's order export, and the column names of the UCI «Online Retail» data set."""

from ..meaning import Meaning as M
from .layout import Layout

SHOPIFY = Layout(
    id="shopify.orders",
    platform="shopify",
    kind="items",
    carries_order=True,
    marks=(("Name",), ("Financial Status",), ("Lineitem name",), ("Lineitem quantity",)),
    columns={
        "Name": M.ORDER_NUMBER, "Email": M.MAIL, "Financial Status": M.ORDER_STATUS, "Paid at": M.PAID_AT,
        "Fulfillment Status": M.IGNORE, "Fulfilled at": M.SHIPPED_AT, "Accepts Marketing": M.IGNORE,
        "Currency": M.CURRENCY, "Subtotal": M.GOODS_AMOUNT, "Shipping": M.POSTAGE, "Taxes": M.IGNORE,
        "Total": M.PAYABLE, "Discount Code": M.IGNORE, "Discount Amount": M.DISCOUNT, "Shipping Method": M.IGNORE,
        "Created at": M.CREATED_AT, "Lineitem quantity": M.QUANTITY, "Lineitem name": M.PRODUCT_TITLE,
        "Lineitem price": M.UNIT_PRICE, "Lineitem compare at price": M.IGNORE, "Lineitem sku": M.SKU,
        "Lineitem requires shipping": M.IGNORE, "Lineitem taxable": M.IGNORE,
        "Lineitem fulfillment status": M.IGNORE, "Lineitem discount": M.IGNORE, "Billing Name": M.NAME,
        "Billing Phone": M.PHONE, "Shipping Name": M.RECEIVER_NAME, "Shipping Phone": M.RECEIVER_PHONE,
        "Shipping Street": M.IGNORE, "Shipping Address1": M.ADDRESS, "Shipping City": M.CITY,
        "Shipping Province": M.PROVINCE, "Notes": M.BUYER_REMARK, "Note Attributes": M.IGNORE,
        "Cancelled at": M.IGNORE, "Payment Method": M.IGNORE, "Payment Reference": M.TRANSACTION_NUMBER,
        "Refunded Amount": M.REFUND_AMOUNT, "Vendor": M.IGNORE, "Outstanding Balance": M.IGNORE,
        "Employee": M.SALESPERSON, "Location": M.STORE, "Id": M.IGNORE, "Tags": M.IGNORE, "Risk Level": M.IGNORE,
        "Source": M.IGNORE, "Phone": M.PHONE, "Billing Street": M.IGNORE, "Billing Address1": M.IGNORE,
        "Billing Address2": M.IGNORE, "Billing Company": M.IGNORE, "Billing City": M.IGNORE, "Billing Zip": M.IGNORE,
        "Billing Province": M.IGNORE, "Billing Country": M.IGNORE, "Shipping Address2": M.IGNORE,
        "Shipping Company": M.IGNORE, "Shipping Zip": M.IGNORE, "Shipping Country": M.IGNORE, "Device ID": M.IGNORE,
        "Receipt Number": M.IGNORE, "Duties": M.IGNORE,
    },
)  # fmt: skip

ONLINE_RETAIL = Layout(
    id="online_retail.items",
    platform="online_retail",
    kind="items",
    priced=True,
    marks=(
        ("InvoiceNo", "Invoice"), ("StockCode",), ("Quantity",), ("UnitPrice", "Price"), ("InvoiceDate",),
        ("CustomerID",),
    ),
    columns={
        "InvoiceNo": M.ORDER_NUMBER, "Invoice": M.ORDER_NUMBER, "StockCode": M.SKU, "Description": M.PRODUCT_TITLE,
        "Quantity": M.QUANTITY, "InvoiceDate": M.PAID_AT, "UnitPrice": M.UNIT_PRICE, "Price": M.UNIT_PRICE,
        "CustomerID": M.SHOP_ACCOUNT, "Country": M.IGNORE,
    },
)  # fmt: skip

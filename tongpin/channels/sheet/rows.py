"""What the importer gets: typed rows, one struct per kind of table. Optional values are None where the file is silent.

Money is integer fen (hundredths of the currency), never negative for payments and refunds; amounts of returned lines
are negative. Moments are UTC. `row` is the row's number in the file, `cells` the cells as they stood there, so that a
row can be handed back. `notes` are codes of small things that were passed over. `key` and `line_key` do not change when
a spreadsheet program saved the file again, and hold no occurrence: equal ones in one file are counted by the importer.
"""

from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from .delimited import Cell

OrderStatus = Literal["placed", "paid", "shipped", "done", "cancelled", "refunded"]
RefundStatus = Literal["none", "asked", "partial", "done", "refused"]
BillStatus = Literal["paid", "refunded", "revoked", "closed"]
VoucherStatus = Literal["unused", "redeemed", "refunded", "expired"]
Direction = Literal["in", "out", "neutral"]

BadReason = Literal[
    "bad_bytes",
    "line_too_long",
    "cell_too_long",
    "quote_unbalanced",
    "cells_shifted",  # more cells than the header has: a separator inside a cell moved the rest
    "id_missing",
    "id_damaged",  # a spreadsheet wrote 2.61022E+12 or kept only fifteen digits
    "id_unreadable",
    "amount_unreadable",
    "amount_too_fine",  # parts of a fen where there can be none
    "amount_missing",
    "quantity_unreadable",
    "quantity_zero",
    "time_unreadable",
    "time_ambiguous",  # 03/04/2026: month first or day first?
    "time_far_off",
    "time_missing",
    "no_price",  # sold for nothing in a list where everything has a price
    "stock_adjustment",  # goods written off, no sale
    "book_adjustment",  # bad debt and the like
    "product_missing",
    "contact_missing",  # a customer without any sign to know the customer by
    "voucher_missing",
]

Note = str
"""`<meaning>_unreadable` (a lesser cell was passed over), `phone_hidden`, `phone_relay`, `status_unknown`,
`phone_unreadable`, `date_from_number`, `quantity_fractional`, `refund_inferred`, `code_masked`."""


class Buyer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Signs of a person. `phone` is E.164 for Chinese mobiles and never masked; `masked_phone` is a trait, no key."""

    shop_account: str | None = None
    nickname: str | None = None
    name: str | None = None
    phone: str | None = None
    masked_phone: str | None = None
    mail: str | None = None
    openid: str | None = None
    unionid: str | None = None
    province: str | None = None
    city: str | None = None
    district: str | None = None
    address: str | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Goods of an order. `key` is stable by content; `number` the platform's own sub-order number where it has one.

    `unit_exact` (in fen) only where a price has parts of a fen.
    """

    key: str
    number: str | None = None
    title: str | None = None
    product_id: str | None = None
    sku: str | None = None
    variant: str | None = None
    quantity: int | None = None
    unit_fen: int | None = None
    unit_exact: Decimal | None = None
    amount_fen: int | None = None


class OrderRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One order. `number` is None where the platform shows none; `key` then is made of its content. `bare_key` is the key
    it would have if nothing were known of its buyer; empty where that is no other.

    `paid_fen` is what the buyer paid before any refund, `received_fen` what the shop kept. `status` None: see
    `status_text`. The same key on several rows of a file (one row per item) means one order with more lines.
    """

    row: int
    key: str
    bare_key: str = ""
    number: str | None = None
    buyer: Buyer | None = None
    status: OrderStatus | None = None
    status_text: str | None = None
    refund_status: RefundStatus | None = None
    is_paid: bool = False
    created_at: datetime | None = None
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    completed_at: datetime | None = None
    goods_fen: int | None = None
    postage_fen: int | None = None
    discount_fen: int | None = None
    payable_fen: int | None = None
    paid_fen: int | None = None
    received_fen: int | None = None
    refund_fen: int | None = None
    currency: str | None = None
    lines: tuple[Line, ...] = ()
    province: str | None = None
    store: str | None = None
    salesperson: str | None = None
    buyer_remark: str | None = None
    seller_remark: str | None = None
    closed_reason: str | None = None
    transaction_number: str | None = None
    notes: tuple[Note, ...] = ()
    cells: list[Cell] = []


class ItemRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One line of an order. `at` may be None (Taobao's item list has no times: its order list has them).

    `order` holds what the row says about the whole order, equal on every row of the order: not to be summed.
    """

    row: int
    order_key: str
    order_number: str
    line: Line
    is_return: bool = False
    buyer: Buyer | None = None
    status: OrderStatus | None = None
    status_text: str | None = None
    refund_status: RefundStatus | None = None
    refund_fen: int | None = None
    is_paid: bool = False
    at: datetime | None = None
    created_at: datetime | None = None
    paid_at: datetime | None = None
    completed_at: datetime | None = None
    province: str | None = None
    currency: str | None = None
    order: OrderRow | None = None
    notes: tuple[Note, ...] = ()
    cells: list[Cell] = []

    @property
    def line_key(self) -> str:
        return self.line.key


class CustomerRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One customer as a shop knows them. `birthday` is 1990-05-12 or --05-12; `gender` male or female."""

    row: int
    key: str
    buyer: Buyer
    tags: tuple[str, ...] = ()
    gender: Literal["male", "female"] | None = None
    birthday: str | None = None
    is_member: bool | None = None
    points: int | None = None
    balance_fen: int | None = None
    order_count: int | None = None
    total_spent_fen: int | None = None
    became_customer_at: datetime | None = None
    last_bought_at: datetime | None = None
    source: str | None = None
    salesperson: str | None = None
    store: str | None = None
    remark: str | None = None
    notes: tuple[Note, ...] = ()
    cells: list[Cell] = []


class BillRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One movement of a payment bill. Amounts are positive; `direction` says which way the money went."""

    row: int
    key: str
    at: datetime
    amount_fen: int
    direction: Direction
    settle_fen: int | None = None
    status: BillStatus | None = None
    status_text: str | None = None
    refund_fen: int | None = None
    fee_fen: int | None = None
    transaction_number: str | None = None
    merchant_order_number: str | None = None
    refund_number: str | None = None
    counterparty: str | None = None
    buyer: Buyer | None = None
    title: str | None = None
    trade_kind: str | None = None
    currency: str | None = None
    remark: str | None = None
    notes: tuple[Note, ...] = ()
    cells: list[Cell] = []


class VoucherRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One voucher (团购券) sold or redeemed in a shop."""

    row: int
    key: str
    code: str
    status: VoucherStatus | None = None
    status_text: str | None = None
    redeemed_at: datetime | None = None
    bought_at: datetime | None = None
    title: str | None = None
    store: str | None = None
    price_fen: int | None = None
    settle_fen: int | None = None
    refund_fen: int | None = None
    order_number: str | None = None
    buyer: Buyer | None = None
    currency: str | None = None
    remark: str | None = None
    notes: tuple[Note, ...] = ()
    cells: list[Cell] = []


class BadRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A row that becomes nothing. `column` is the header's title (or the column's number), `text` the cell at fault."""

    row: int
    reason: BadReason
    column: str = ""
    text: str = ""
    cells: list[Cell] = []


TypedRow = OrderRow | ItemRow | CustomerRow | BillRow | VoucherRow | BadRow

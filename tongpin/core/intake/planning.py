"""Planning: what a typed row of an export says, as signs, facts and things told. No database, no clock.

The natural keys of a row's facts do not depend on who the person turns out to be, so the same row planned again meets its
own facts in the ledger, whatever was merged in between. An order's number is compared folded: a spreadsheet program that
took its zeros away makes no other order of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from tongpin.base.ids import digest
from tongpin.base.tally import Tally
from tongpin.base.text import clean
from tongpin.channels.sheet.rows import BillRow, Buyer, CustomerRow, ItemRow, Line, OrderRow, TypedRow, VoucherRow
from tongpin.core.people.signs import Sign, mail_address, phone_number

_encode = msgspec.json.Encoder().encode

SHOP_SCOPE = "shop:"
LATE = timedelta(days=2)
"""A row may be so much later than its file's arrival: clocks differ."""

ORDERS_KEPT = 20_000
"""Orders whose facts need not be said again; in an export the rows of an order stand near each other."""


@dataclass(slots=True)
class Saying:
    """One fact a row says: the person is filled in later. `product` is a key into the products of the shop."""

    kind: str
    digest: bytes
    at: datetime
    body: dict[str, object]
    product: str = ""


class Back(NamedTuple):
    """How much of an order, or of one of its lines, an export says went back in all."""

    line: str
    total_fen: int
    at: datetime


class Bare(NamedTuple):
    """An order without a number as it was if nothing was known of its buyer then: the digest of its first fact."""

    order_key: bytes
    plan: Callable[[], Plan]


@dataclass(slots=True)
class Plan:
    """All that one row says. `order_key` is the digest of its order's first fact."""

    row: int
    order: str = ""
    order_key: bytes = b""
    signs: tuple[Sign, ...] = ()
    weak: Sign | None = None
    """What the buyer hangs on where nothing else is told: the order itself."""
    nickname: str = ""
    name: str = ""
    traits: tuple[tuple[str, str], ...] = ()
    life: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    sayings: list[Saying] = field(default_factory=list)
    main: int = 0
    """Which saying decides whether the row is new; -1 where an earlier row of the file has said it already."""
    again: Saying | None = None
    """What is said in place of the main saying, where that is known and said something else."""
    products: tuple[tuple[str, str, str], ...] = ()
    back: Back | None = None
    reason: str = ""
    cells: Sequence[object] = ()
    bare: Bare | None = None


class _Order:
    """What rows before have said of an order, and under which name the first of them did."""

    __slots__ = ("back", "is_bare", "key", "line_start", "name", "told")

    def __init__(self, shop: int, key: str, name: str, *, is_bare: bool = False) -> None:
        self.is_bare = is_bare
        self.key = digest("order.placed", shop, key)
        self.name = name
        self.line_start = f"order.item_added\x1f{shop}\x1f{key}\x1f".encode()
        self.told: set[str] = set()
        self.back: dict[str, int] = {}


class Planner:
    """Plans the rows of one file, in order; counts equal lines, so it must see every row also when resuming."""

    def __init__(self, *, shop: int, provider: str, now: datetime) -> None:
        self.shop = shop
        self.scope = f"{SHOP_SCOPE}{shop}"
        self.provider = provider
        self.now = now
        self.seen = Tally()
        self.orders: dict[str, _Order] = {}

    def plan(self, row: TypedRow) -> Plan:
        """What the row says. BadRows are not for planning."""
        if isinstance(row, ItemRow):
            plan = self._item(row)
        elif isinstance(row, OrderRow):
            plan = self._order(row)
        elif isinstance(row, CustomerRow):
            plan = self._customer(row)
        elif isinstance(row, BillRow):
            plan = self._bill(row)
        elif isinstance(row, VoucherRow):
            plan = self._voucher(row)
        else:
            raise TypeError(f"no plan for {type(row).__name__}")
        if row.notes and not plan.reason:
            plan.reason = row.notes[0]
        return plan

    def _say(self, plan: Plan, kind: str, at: datetime, key: tuple[object, ...], **body: object) -> None:
        kept = {name: value for name, value in body.items() if value is not None and value != ""}
        plan.sayings.append(Saying(kind, digest(kind, *key), at, kept))

    def _times_seen(self, *key: object) -> int:
        return self.seen.count(int.from_bytes(digest(*key)[:8], "big"))

    def _buyer(self, plan: Plan, buyer: Buyer | None, *, weak: Sign | None) -> None:
        """Strong signs make a person known again; where there are none, what little is told hangs on the row's own sign."""
        plan.weak = weak
        if buyer is None:
            plan.reason = "nobody"
            return
        signs = strong_signs(buyer, self.scope)
        told = buyer.nickname or buyer.name or buyer.masked_phone or buyer.address
        if not signs and weak is not None and told:
            signs = [weak]
        if not signs:
            plan.reason = "nobody"
            return
        plan.signs = tuple(signs)
        if not told and buyer.province is None and buyer.city is None:
            return
        plan.nickname = buyer.nickname or ""
        name = buyer.name or ""
        plan.name = "" if "*" in name else name
        traits = []
        if buyer.masked_phone:
            traits.append(("masked_phone", buyer.masked_phone))
        if "*" in name:
            traits.append(("masked_name", name))
        plan.traits = tuple(traits)
        address = whole_address(buyer)
        if address:
            plan.life = (("address", address),)

    def _known_order(self, key: str, name: str, *, is_bare: bool = False) -> _Order:
        order = self.orders.get(key)
        if order is None:
            if len(self.orders) >= ORDERS_KEPT:
                self.orders.clear()
            order = self.orders[key] = _Order(self.shop, key, name, is_bare=is_bare)
        return order

    def _say_once(
        self, plan: Plan, order: _Order, kind: str, at: datetime, key: tuple[object, ...], /, **body: object
    ) -> bool:
        """Whether the row is the first to say it: facts of the whole order stand on every one of its rows."""
        if kind in order.told:
            return False
        order.told.add(kind)
        self._say(plan, kind, at, key, **body)
        return True

    def _order_facts(self, plan: Plan, row: OrderRow, key: str, order: _Order) -> None:
        at = row.created_at or row.paid_at or row.completed_at or self.now
        shop, name = self.shop, plan.order
        is_first = self._say_once(
            plan,
            order,
            "order.placed",
            at,
            (shop, key),
            order=name,
            payable_fen=row.payable_fen,
            goods_fen=row.goods_fen,
            postage_fen=row.postage_fen or None,
            discount_fen=row.discount_fen or None,
            currency=_currency(row.currency),
        )
        plan.main = 0 if is_first else -1
        if row.is_paid:
            self._say_once(
                plan,
                order,
                "order.paid",
                row.paid_at or at,
                (shop, key),
                order=name,
                amount_fen=row.paid_fen,
                currency=_currency(row.currency),
                discounted=True if row.discount_fen else None,
            )
        if row.shipped_at:
            self._say_once(plan, order, "order.shipped", row.shipped_at, (shop, key, 1), order=name)
        if row.status == "done" or (row.completed_at and row.status not in ("cancelled", "refunded")):
            done_at = row.completed_at or row.paid_at or at
            self._say_once(plan, order, "order.received", done_at, (shop, key), order=name)
        if row.status == "cancelled":
            self._say_once(plan, order, "order.cancelled", row.completed_at or at, (shop, key), order=name)
        total = row.refund_fen
        if total is None and row.refund_status == "done" and row.is_paid and row.paid_fen:
            total = row.paid_fen
            plan.reason = plan.reason or "refund_inferred"
        self._give_back(plan, order, "", total, row.completed_at or row.paid_at or at)

    @staticmethod
    def _give_back(plan: Plan, order: _Order, line: str, total: int | None, at: datetime) -> None:
        if total and total > order.back.get(line, 0):
            order.back[line] = total
            plan.back = Back(line, total, at)

    def _line(self, plan: Plan, order: _Order, line: Line, at: datetime, *, returned: bool = False) -> None:
        # Lines with a number of their own are told apart by it; a second one of the same number is the same line. The
        # key of a line says its order's number, if there is one: without, each row is an order, and this its only line.
        times = 1 if line.number or order.is_bare else self.seen.count(int(line.key, 16))
        product = product_key(line)
        body: dict[str, object] = {"order": plan.order, "line": line.key}
        if line.quantity is not None and line.quantity != 1:
            body["quantity"] = line.quantity
        if line.unit_fen is not None:
            body["unit_fen"] = line.unit_fen
        if line.amount_fen:
            body["amount_fen"] = line.amount_fen
        if returned:
            body["returned"] = True
        if times > 1:
            body["occurrence"] = times
        mark = blake2b(order.line_start + f"{line.key}\x1f{times}".encode(), digest_size=16).digest()
        plan.sayings.append(Saying("order.item_added", mark, at, body, product))
        if product:
            plan.products = (*plan.products, (product, line.title or product, line.variant or ""))

    def _order(self, row: OrderRow) -> Plan:
        key = row.key if row.number else self._own_number("order", row.key, row)
        plan = self._of_order(row, key, self._known_order(key, row.number or key, is_bare=not row.number))
        if row.bare_key:
            bare = self._own_number("bare", row.bare_key, row)
            plan.bare = Bare(digest("order.placed", self.shop, bare), partial(self._planned_bare, row, bare))
        return plan

    def _planned_bare(self, row: OrderRow, key: str) -> Plan:
        plan = self._of_order(row, key, _Order(self.shop, key, key, is_bare=True))
        plan.reason = plan.reason or (row.notes[0] if row.notes else "")
        return plan

    def _of_order(self, row: OrderRow, key: str, order: _Order) -> Plan:
        plan = Plan(row.row, order.name, order.key, cells=row.cells)
        self._buyer(plan, row.buyer, weak=Sign("order", self.scope, key))
        self._order_facts(plan, row, key, order)
        if row.lines:
            plan.main = len(plan.sayings)
            at = row.created_at or row.paid_at or row.completed_at or self.now
            for line in row.lines:
                self._line(plan, order, line, at)
        return plan

    def _own_number(self, what: str, key: str, row: OrderRow) -> str:
        """A name for an order whose platform shows none: its content; wholly equal rows are orders of their own."""
        times = self._times_seen(what, key, *(line.key for line in row.lines))
        return key if times == 1 else f"{key}:{times}"

    def _item(self, row: ItemRow) -> Plan:
        order = self._known_order(row.order_key, row.order_number)
        plan = Plan(row.row, order.name, order.key, cells=row.cells)
        buyer = row.buyer or (row.order.buyer if row.order else None)
        self._buyer(plan, buyer, weak=Sign("order", self.scope, row.order_key))
        at = row.at or (row.order.created_at or row.order.paid_at if row.order else None) or self.now
        if row.order is not None:
            self._order_facts(plan, row.order, row.order_key, order)
        else:
            self._item_facts(plan, row, order, at)
        plan.main = len(plan.sayings)
        self._line(plan, order, row.line, at, returned=row.is_return)
        if row.is_return:
            plan.reason = "return"
        return plan

    def _item_facts(self, plan: Plan, row: ItemRow, order: _Order, at: datetime) -> None:
        """What a line tells of its order, where the row says nothing of the order itself: no sums."""
        told, shop, name = order.told, self.shop, plan.order
        if "order.placed" not in told:
            told.add("order.placed")
            currency = _currency(row.currency)
            self._say(plan, "order.placed", row.created_at or at, (shop, row.order_key), order=name, currency=currency)
        if row.is_return:
            return
        if row.is_paid and "order.paid" not in told:
            told.add("order.paid")
            self._say(plan, "order.paid", row.paid_at or at, (shop, row.order_key), order=name)
        if row.status == "done" or (row.completed_at and row.status is None):
            self._say_once(plan, order, "order.received", row.completed_at or at, (shop, row.order_key), order=name)
        total = row.refund_fen
        if total is None and row.refund_status == "done" and row.is_paid:
            total = row.line.amount_fen
            plan.reason = plan.reason or "refund_inferred"
        self._give_back(plan, order, row.line.key, total, row.completed_at or row.paid_at or at)

    def _customer(self, row: CustomerRow) -> Plan:
        key = row.key
        times = self._times_seen("customer", key)
        marked = key if times == 1 else f"{key}:{times}"
        plan = Plan(row.row, cells=row.cells, tags=row.tags)
        self._buyer(plan, row.buyer, weak=Sign("sheet_row", self.scope, marked))
        if row.birthday:
            plan.life = (*plan.life, ("birthday", row.birthday))
        if row.gender:
            plan.life = (*plan.life, ("gender", row.gender))
        told: dict[str, object] = {
            "orders": row.order_count,
            "spent_fen": row.total_spent_fen,
            "since": row.became_customer_at.date().isoformat() if row.became_customer_at else None,
            "member": row.is_member,
        }
        self._say(plan, "customer.told", row.became_customer_at or self.now, (self.shop, marked), row=marked, **told)
        later = f"{marked}@{digest(*told.values()).hex()[:12]}"
        self._say(plan, "customer.told", self.now, (self.shop, later), row=later, **told)
        plan.again = plan.sayings.pop()
        return plan

    def _bill(self, row: BillRow) -> Plan:
        number = row.transaction_number or self._unnumbered(row)
        refund = row.refund_number or ("revoked" if row.status == "revoked" and row.direction == "out" else "")
        plan = Plan(row.row, row.merchant_order_number or "", cells=row.cells)
        self._buyer(plan, row.buyer, weak=None)
        self._say(
            plan,
            "bill_line.booked",
            row.at,
            (self.provider, number, refund),
            provider=self.provider,
            number=number,
            direction=row.direction,
            amount_fen=row.amount_fen,
            fee_fen=row.fee_fen or None,
            order=row.merchant_order_number,
            refund=refund,
            status=row.status,
        )
        return plan

    def _unnumbered(self, row: BillRow) -> str:
        """A line without a number of its own, under the merchant's number, which several payments may bear."""
        content = (row.merchant_order_number or row.key, row.at.strftime("%Y%m%d%H%M"), row.direction, row.amount_fen)
        times = self._times_seen("bill", row.refund_number, *content)
        number = f"{content[0]}~{digest(*content[1:]).hex()[:8]}"
        return number if times == 1 else f"{number}:{times}"

    def _voucher(self, row: VoucherRow) -> Plan:
        code = row.code if "*" not in row.code else self._masked_code(row)
        plan = Plan(row.row, row.order_number or "", cells=row.cells)
        self._buyer(plan, row.buyer, weak=Sign("order", self.scope, f"voucher:{code}"))
        product = (row.title or "")[:190]
        if row.status == "redeemed" or row.redeemed_at:
            self._say(
                plan,
                "voucher.redeemed",
                row.redeemed_at or row.bought_at or self.now,
                (self.shop, code),
                voucher=code,
                amount_fen=row.price_fen,
                settled_fen=row.settle_fen,
            )
            if product:
                plan.sayings[0].product = product
                plan.products = ((product, product, ""),)
        else:
            plan.reason = f"voucher_{row.status or 'unknown'}"
        return plan

    def _masked_code(self, row: VoucherRow) -> str:
        """Digits that are hidden may differ: what else the row says tells such codes apart."""
        when = (row.redeemed_at or row.bought_at or self.now).strftime("%Y%m%d%H%M")
        content = digest(row.code, when, row.title, row.price_fen).hex()[:8]
        times = self._times_seen("voucher", row.code, content)
        return f"{row.code}~{content}" if times == 1 else f"{row.code}~{content}:{times}"


def strong_signs(buyer: Buyer, scope: str) -> list[Sign]:
    """Exact keys of a buyer, the strongest first. Masked numbers are none."""
    signs: list[Sign] = []
    if buyer.unionid:
        signs.append(Sign("unionid", "", buyer.unionid))
    if buyer.openid:
        signs.append(Sign("openid", scope, buyer.openid))
    if buyer.phone and (number := phone_number(buyer.phone)):
        signs.append(Sign("phone", "", number))
    account = buyer.shop_account
    if account and "*" not in account and (account.isalnum() or (account := clean(account, limit=200))):
        signs.append(Sign("shop_account", scope, account))
    if buyer.mail and (mail := mail_address(buyer.mail)):
        signs.append(Sign("mail", "", mail))
    return signs


def whole_address(buyer: Buyer) -> str:
    """The address in one line. Many exports repeat province and city at its beginning; they are not said twice."""
    told = buyer.address or ""
    before = [part for part in (buyer.province, buyer.city, buyer.district) if part and part not in told]
    return "".join((*before, told))


def product_key(line: Line) -> str:
    """How a shop's export names a product: its own number with the variant's, else the title with the variant."""
    if line.product_id or line.sku:
        first, second = line.product_id, line.sku
    else:
        first, second = line.title, line.variant
    if first and second:
        return f"{first}/{second}"[:190]
    return (first or second or "")[:190]


def _currency(code: str | None) -> str | None:
    return code if code and code != "CNY" else None


def body_text(body: dict[str, object]) -> str:
    """A body as JSON text."""
    return _encode(body).decode()

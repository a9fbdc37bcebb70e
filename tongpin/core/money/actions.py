"""Every verb of money in one place, for rooms, doors and the clock."""

from __future__ import annotations

from tongpin.core.money.asking import (
    AlreadyPaid,
    BadAmount,
    PaymentConflict,
    PaymentNotOpen,
    ask_payment,
    begin,
    settle_by_hand,
)
from tongpin.core.money.discrepancies import NoSuchDiscrepancy, clear_discrepancy
from tongpin.core.money.noticing import Taken, take_notice
from tongpin.core.money.reconciling import Reconciled, reconcile
from tongpin.core.money.refunding import (
    NoSuchRefund,
    NotForAHuman,
    RefundConflict,
    RefundsSent,
    RefundTooMuch,
    ask_refund,
    drop_refund,
    retry_refund,
    send_refunds,
    settle_refund_by_hand,
)
from tongpin.core.money.rules import BadTitle
from tongpin.core.money.settling import NoSuchPayment, Outcome, close_payment, settle

__all__ = [
    "AlreadyPaid",
    "BadAmount",
    "BadTitle",
    "NoSuchDiscrepancy",
    "NoSuchPayment",
    "NoSuchRefund",
    "NotForAHuman",
    "Outcome",
    "PaymentConflict",
    "PaymentNotOpen",
    "Reconciled",
    "RefundConflict",
    "RefundTooMuch",
    "RefundsSent",
    "Taken",
    "ask_payment",
    "ask_refund",
    "begin",
    "clear_discrepancy",
    "close_payment",
    "drop_refund",
    "reconcile",
    "retry_refund",
    "send_refunds",
    "settle",
    "settle_by_hand",
    "settle_refund_by_hand",
    "take_notice",
]

"""Bodies of facts as they are stored."""

from __future__ import annotations

from tongpin.core.facts.form import body
from tongpin.core.facts.money import PaymentAsked


def test_a_default_that_came_from_elsewhere_is_left_out_too() -> None:
    """Two equal facts have equal bodies, wherever their texts came from."""
    written = {"payment": 1, "about_kind": "order", "about": 2, "amount_fen": 500, "provider": "sandbox"}
    plain = PaymentAsked(**written)
    from_a_table = PaymentAsked(**written, currency="".join(["C", "N", "Y"]))
    assert plain == from_a_table
    assert body(plain) == body(from_a_table) == written

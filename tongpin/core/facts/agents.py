"""Said by agents (分销员): recruited and approved, trained, with a microshop and, if they like, stock of their own.

An agent is a person; `agent` in the entry's further persons. Buying stock is never a condition of joining.
"""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Fen, PersonId, fact
from tongpin.core.facts.nouns import AgentOrderId, OfferId, ProductId, StaffId, TrackedCodeId


@fact("agent.applied", key=("person", "occurrence"), step="share", subject="person", further={"recruiter": "recruiter"})
class AgentApplied(Fact):
    """A person wants to sell for the house (申请分销)."""

    recruiter: PersonId = 0
    occurrence: int = 1


@fact("agent.verified", key=("person", "occurrence"), step="share", subject="person")
class AgentVerified(Fact):
    """An agent's real name and account were checked; without it nothing is paid out (实名)."""

    passed: bool
    occurrence: int = 1


@fact(
    "agent.approved", key=("person", "occurrence"), step="share", subject="person", further={"recruiter": "recruiter"}
)
class AgentApproved(Fact):
    """A person sells for the house from now on (成为分销员)."""

    level: int
    recruiter: PersonId = 0
    staff: StaffId = 0
    occurrence: int = 1


@fact("agent.refused", key=("person", "occurrence"), step="share", subject="person")
class AgentRefused(Fact):
    """An application to sell was not taken up."""

    reason: Code
    occurrence: int = 1


@fact("agent.levelled", key=("person", "occurrence"), step="share", subject="person")
class AgentLevelled(Fact):
    """An agent's level, and with it price and commission, changed (升降级)."""

    level: int
    old_level: int
    occurrence: int
    reason: Code = ""


@fact("agent.left", key=("person", "occurrence"), step="share", subject="person")
class AgentLeft(Fact):
    """An agent stopped or was suspended; what was earned is still paid."""

    reason: Code
    occurrence: int = 1


@fact("microshop.opened", key=("person", "occurrence"), step="share", subject="person")
class MicroshopOpened(Fact):
    """An agent's own shop page is open (微店)."""

    tracked_code: TrackedCodeId
    occurrence: int = 1


@fact("microshop.stocked", key=("person", "offer", "occurrence"), step="share", subject="person")
class MicroshopStocked(Fact):
    """An agent put an offer into the microshop, or took it out."""

    offer: OfferId
    product: ProductId
    taken_out: bool = False
    occurrence: int = 1


@fact("material.taken", key=("taking",), step="share", lane="bulk", subject="person", quiet=True)
class MaterialTaken(Fact):
    """An agent took a poster, picture or text to sell with (素材)."""

    taking: int
    material_kind: Code
    product: ProductId = 0


@fact("agent_order.placed", key=("agent_order",), step="share", lane="money")
class AgentOrderPlaced(Fact):
    """An agent buys stock at the wholesale price of their level (进货). No sale to a member: it earns nothing."""

    agent_order: AgentOrderId
    product: ProductId
    quantity: int
    unit_fen: Fen
    amount_fen: Fen
    level: int = 1


@fact("agent_order.paid", key=("agent_order",), step="share", lane="money")
class AgentOrderPaid(Fact):
    """An agent's stock is paid."""

    agent_order: AgentOrderId
    amount_fen: Fen


@fact("agent_order.shipped", key=("agent_order", "occurrence"), step="share", lane="money")
class AgentOrderShipped(Fact):
    """An agent's stock is on its way."""

    agent_order: AgentOrderId
    occurrence: int = 1


@fact("agent_order.returned", key=("agent_order", "occurrence"), step="share", lane="money")
class AgentOrderReturned(Fact):
    """An agent gave unsold stock back and has the money (退货)."""

    agent_order: AgentOrderId
    quantity: int
    amount_fen: Fen
    occurrence: int = 1


@fact("agent_order.cancelled", key=("agent_order",), step="share", lane="money")
class AgentOrderCancelled(Fact):
    """An agent's stock was not bought after all."""

    agent_order: AgentOrderId
    reason: Code

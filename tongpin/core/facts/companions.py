"""Said by companions (导购, 话题专家, 私人伙伴): contact one to one, months of nurturing, live sales."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, fact
from tongpin.core.facts.nouns import CommunityId, LiveSaleId, MessageId, OfferId, ProductId, StaffId


@fact("contact.made", key=("contact",), step="sell", lane="people")
class ContactMade(Fact):
    """A teammate turned to a person (联系): in which mode, for what purpose. `proposal` is the proposal it followed."""

    contact: int
    staff: StaffId
    mode: Code
    purpose: Code
    channel: Code = ""
    product: ProductId = 0
    proposal: int = 0


@fact("contact.answered", key=("contact",), step="sell", lane="people")
class ContactAnswered(Fact):
    """The person answered within seven days (回话)."""

    contact: int
    staff: StaffId
    purpose: Code
    hours: int = 0
    message: MessageId = 0


@fact("service_chat.opened", key=("chat",), step="sell", lane="session")
class ServiceChatOpened(Fact):
    """A person wrote to the customer service, the official account or a page and waits (接待)."""

    chat: int
    channel: Code
    product: ProductId = 0


@fact("service_chat.taken", key=("chat", "occurrence"), step="sell", lane="session")
class ServiceChatTaken(Fact):
    """A teammate took over a waiting person; `waited_seconds` is how long they waited."""

    chat: int
    channel: Code
    staff: StaffId
    waited_seconds: int = 0
    occurrence: int = 1


@fact("service_chat.closed", key=("chat",), step="sell", lane="session")
class ServiceChatClosed(Fact):
    """The conversation is over: helped, sold, handed on, left without an answer."""

    chat: int
    channel: Code
    outcome: Code
    staff: StaffId = 0


@fact("nurture.begun", key=("nurture",), step="sell")
class NurtureBegun(Fact):
    """A private partner takes a person along for months (私人陪伴), towards one product or one need."""

    nurture: int
    staff: StaffId
    product: ProductId = 0
    until: Day = ""


@fact("nurture.step_done", key=("nurture", "ordinal"), step="sell")
class NurtureStepDone(Fact):
    """A step of the plan is done: a visit, a trial, a talk, a present."""

    nurture: int
    ordinal: int
    act: Code
    staff: StaffId = 0


@fact("nurture.ended", key=("nurture",), step="sell")
class NurtureEnded(Fact):
    """The time together is over: bought, not now, not wanted."""

    nurture: int
    outcome: Code
    staff: StaffId = 0


@fact("live_sale.opened", key=("live_sale",), step="sell", lane="session")
class LiveSaleOpened(Fact):
    """A live sale is on (直播带货), with so many items."""

    live_sale: LiveSaleId
    staff: StaffId = 0
    items: int = 0
    community: CommunityId = 0


@fact("live_sale.item_shown", key=("live_sale", "ordinal"), step="sell", lane="session")
class LiveSaleItemShown(Fact):
    """The next item is shown and can be ordered by one tap."""

    live_sale: LiveSaleId
    ordinal: int
    product: ProductId
    offer: OfferId = 0


@fact("live_sale.watched", key=("live_sale", "person"), step="sell", lane="bulk", quiet=True)
class LiveSaleWatched(Fact):
    """A person watched a live sale."""

    live_sale: LiveSaleId
    seconds: int = 0


@fact("live_sale.ended", key=("live_sale",), step="sell", lane="session")
class LiveSaleEnded(Fact):
    """A live sale is over."""

    live_sale: LiveSaleId
    watchers: int = 0
    orders: int = 0

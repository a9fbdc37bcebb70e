"""What things are called that facts point to (事实里提到的东西), for every page that says facts in sentences."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Expression, F, Model, OuterRef, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Concat

from tongpin.core.audiences.models import Segment
from tongpin.core.goods.models import Product
from tongpin.core.intake.models import Batch
from tongpin.core.people.models import Tag
from tongpin.core.places.models import Community, Place, TrackedCode
from tongpin.core.team.models import Staff, WriteKey
from tongpin.loop.gather.entrances.models import Entrance
from tongpin.loop.give.digests.models import Digest
from tongpin.loop.give.talks.models import Question, Talk
from tongpin.loop.sell.offers.models import Offer
from tongpin.loop.sell.orders.models import Order
from tongpin.loop.sell.plays.group_buy.models import GroupBuy, Seat


def _of_target(model: type[Model], name: str) -> Subquery:
    return Subquery(model._default_manager.filter(pk=OuterRef("target")).values(name)[:1])


_LEADS_TO: tuple[tuple[str, type[Model], str], ...] = (
    ("entrance", Entrance, "name"),
    ("community", Community, "name"),
    ("talk", Talk, "title"),
    ("digest", Digest, "title"),
    ("offer", Offer, "title"),
    ("group_buy", GroupBuy, "title"),
)
_LED_TO = Case(*(When(target_kind=kind, then=_of_target(model, name)) for kind, model, name in _LEADS_TO))

NAMED: dict[str, tuple[type[Model], Expression | F]] = {
    "staff": (Staff, F("display_name")),
    "place": (Place, F("name")),
    "community": (Community, F("name")),
    "import": (Batch, F("file_name")),
    "product": (Product, F("name")),
    "tag": (Tag, F("name")),
    "segment": (Segment, F("name")),
    "write_key": (WriteKey, F("name")),
    "entrance": (Entrance, F("name")),
    "tracked_code": (TrackedCode, _LED_TO),
    "talk": (Talk, F("title")),
    "question": (Question, Concat(F("talk__title"), Value(" #"), Cast("pk", TextField()), output_field=TextField())),
    "digest": (Digest, F("title")),
    "offer": (Offer, F("title")),
    "group_buy": (GroupBuy, F("title")),
    "group_buy_seat": (Seat, F("group__title")),
    "order": (Order, F("number")),
}
"""Where the name of a thing stands. A code is called by what it leads to, a question by its talk and number: the words of members
are not for everybody who reads facts. A thing without a line here is said by its number."""


def rows_named(noun: str) -> Any:
    """The table of a noun, to be filtered by `pk`, and the name as an expression over it."""
    model, name = NAMED[noun]
    return model._default_manager, name

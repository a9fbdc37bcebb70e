"""The plain rival of a list: Django's own paginator, which counts all rows and skips by OFFSET, and a bare table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.template import engines

ROWS = 50
BARE = (
    "<!doctype html><title>{{ title }}</title><table>{% for row in page %}<tr>{% for cell in row %}<td>{{ cell }}</td>"
    "{% endfor %}</tr>{% endfor %}</table><p>{{ page.number }} of {{ page.paginator.num_pages }}, {{ page.paginator.count }} rows</p>"
)


def pages_of(village: Any) -> dict[str, Callable[[], str]]:
    """By the name of our page: the same rows the plain way."""
    from tongpin.core.intake.models import Batch
    from tongpin.core.people.models import Person
    from tongpin.core.sending.models import InboxLetter, RoomPost
    from tongpin.core.team.models import AuditLine
    from tongpin.loop.gather.admission.models import Application
    from tongpin.loop.give.digests.models import Digest
    from tongpin.loop.give.talks.models import Talk
    from tongpin.loop.sell.offers.models import Offer
    from tongpin.loop.sell.orders.models import Order
    from tongpin.loop.sell.plays.group_buy.models import GroupBuy
    from tongpin.loop.share.commissions.models import Commission
    from tongpin.loop.share.referrals.models import Referral, ReferralLink

    rows: dict[str, Any] = {
        "console:people": Person.objects.filter(erased_at=None),
        "console:orders": Order.objects.all(),
        "console:offers": Offer.objects.all(),
        "console:group_buys": GroupBuy.objects.all(),
        "console:give": Talk.objects.all(),
        "console:digests": Digest.objects.all(),
        "console:imports": Batch.objects.all(),
        "console:audit": AuditLine.objects.all(),
        "console:admissions": Application.objects.filter(state="waiting"),
        "console:share": Referral.objects.all(),
        "console:share_links": ReferralLink.objects.all(),
        "console:share_rewards": Commission.objects.all(),
        "member:orders": Order.objects.filter(person_id=village.mei),
        "member:letters": InboxLetter.objects.filter(person_id=village.mei),
        "member:room": RoomPost.objects.filter(place_id=village.room),
        "member:earned": Commission.objects.filter(introducer=village.mei),
    }
    bare = engines["django"].from_string(BARE)

    def plain(name: str) -> Callable[[], str]:
        return lambda: str(
            bare.render({"title": name, "page": Paginator(rows[name].order_by("-pk").values_list(), ROWS).page(1)})
        )

    return {name: plain(name) for name in rows}

"""Every page of console and member that can be looked at, found in the URL table, with an address in the village.

A page whose address nothing here knows fails the test that asks for it: a new page is measured without a test of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.test import Client

from tests.web.test_authorisation_matrix import Route, table
from tests.web.village import Village
from tongpin.base.ids import token, token_digest
from tongpin.core.money.models import Payment, Refund
from tongpin.core.people.models import Suggestion
from tongpin.core.sending.models import SignInLink
from tongpin.core.team.actions import invite, make_owner_link
from tongpin.core.team.models import Staff
from tongpin.core.team.rules import SYSTEM, Held
from tongpin.loop.gather.admission.models import Application
from tongpin.loop.give.digests.models import Digest
from tongpin.loop.give.talks.actions import ask
from tongpin.loop.give.talks.models import Talk
from tongpin.loop.sell.orders.models import Order
from tongpin.loop.share.commissions.models import Commission
from tongpin.web.look.gate import rule_of

Who = Literal["boss", "member", "stranger"]
STEPS_OF_ENTRY = {"console:sign_in", "console:enter", "console:open_link", "console:owner", "console:second_step"}
"""Pages of the console for somebody who is not signed in."""
NO_PAGE = {
    "console:second_step": "a session halfway through signing in is needed",
    "member:follow": "sends on and shows nothing",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page and who looks at it. `name` is the URL's name, with "(stranger)" for an open page without a session."""

    name: str
    address: str
    who: Who


class Looks:
    """The three who look: at the desk, on the phone of 小美, on a phone nobody signed in on."""

    def __init__(self, village: Village) -> None:
        self._held: dict[Who, Client] = {
            "boss": village.boss(), "member": village.phone(), "stranger": village.stranger(),
        }  # fmt: skip

    def at(self, page: Page) -> Any:
        return self._held[page.who].get(page.address)


def pages(village: Village) -> Iterator[Page]:
    """All of them, deeds included: those answer 405."""
    known = _arguments(village)
    for route in table():
        rule = rule_of(route.view)
        if rule is None or route.apps[:1] not in (("console",), ("member",)) or route.name in NO_PAGE:
            continue
        address = _address(route, known)
        if route.apps[0] == "console":
            yield Page(route.name, address, "stranger" if route.name in STEPS_OF_ENTRY else "boss")
        else:
            yield Page(route.name, address, "member")
            if rule.kind == "open":
                yield Page(f"{route.name} (stranger)", address, "stranger")
    yield from _more(village)


def _more(village: Village) -> Iterator[Page]:
    """Pages that look another way in another state."""
    codes = dict(Talk.objects.filter(pk__in=(village.before, village.over)).values_list("pk", "live_code"))
    for name, talk in (("before", village.before), ("over", village.over)):
        yield Page(f"member:talk, {name}", f"/t/{codes[talk]}/", "member")
        yield Page(f"member:talk, {name} (stranger)", f"/t/{codes[talk]}/", "stranger")
        yield Page(f"console:give_talk, {name}", f"/give/talks/{talk}/", "boss")
    yield Page("member:share, community", f"/me/share/?to=community-{village.home}", "member")
    yield Page("member:share, offer", f"/me/share/?to=offer-{village.offers[0]}", "member")
    yield Page("console:people, filtered", f"/people/?place={village.room}&sort=name", "boss")
    yield Page("console:people, searched", "/people/?q=小美", "boss")
    yield Page("console:orders, to ship", "/sell/orders/?state=to_ship", "boss")


def _address(route: Route, known: dict[str, Any]) -> str:
    found = {name: known.get(f"{route.name} {name}", known.get(name)) for name in route.arguments}
    missing = [name for name, value in found.items() if value is None]
    assert not missing, f"tests/web/pages.py does not know {missing} of {route.name}"
    return "/" + route.template.format(**found)


def _arguments(village: Village) -> dict[str, Any]:
    """A value for each argument of the URL table; "route argument" where routes mean different things by one name."""
    at = village.at
    order = Order.objects.get(pk=village.ordered)
    latest: dict[str, Any] = {
        "waiting": Application.objects.filter(state="waiting").order_by("pk").last(),
        "digest": Digest.objects.get(pk=village.digest),
        "earned": Commission.objects.filter(introducer=village.mei).order_by("pk").last(),
        "refund": Refund.objects.order_by("pk").last(),
        "mate": Staff.objects.order_by("pk").last(),
    }
    live = Talk.objects.get(pk=village.live)
    return {
        "community_id": village.home, "entrance_id": village.entrance.id, "digest_id": village.digest,
        "talk_id": village.live, "batch_id": village.batch, "person_id": village.mei, "other_id": village.newest,
        "segment_id": village.kept, "offer_id": village.offers[0], "group_id": village.group, "order_id": order.pk,
        "key_id": village.key, "hook_id": village.hook.id, "source_id": village.source, "place_id": village.room,
        "payment_id": Payment.objects.filter(provider="manual").order_by("pk").values_list("pk", flat=True).last(),
        "refund_id": latest["refund"].pk, "number": order.number, "code": live.live_code, "secret": village.stage,
        "application_id": latest["waiting"].pk, "staff_id": latest["mate"].pk, "cell": "gather", "format": "csv",
        "door": "public", "reason": "full", "kind": "mail", "part": "phone", "field": "phone", "act": "leave", "how": "away",
        "suggestion_id": Suggestion.objects.order_by("pk").values_list("pk", flat=True).last(),
        "console:import_columns batch_id": village.upload, "console:import_preview batch_id": village.upload,
        "console:import_counts batch_id": village.upload, "console:open_link token": _invited(village.at, village.rows),
        "console:owner token": make_owner_link(now=at),
        "member:digest code": latest["digest"].code, "member:digest_agree code": latest["digest"].code,
        "member:till_sandbox number": village.till.rstrip("/").rsplit("/", 1)[-1],
        "member:order_pay number": village.unpaid, "console:give_talk_edit talk_id": village.before,
        "console:give_talk_cancel talk_id": village.before, "console:give_talk_back segment_id": village.segment,
        "member:earned_line number": latest["earned"].pk, "payout_id": village.payout,
        "member:again_link secret": _sent(village.mei, at),
        "console:give_question_merge question_id": _question(village),
    } | dict.fromkeys(DEEDS_ONLY, 1)  # fmt: skip


DEEDS_ONLY = (
    "parked_id", "cost_id", "quote_id", "errand_id", "question_id", "merge_id", "tag_id", "note_id", "identity_id", "fact_id",
    "discrepancy_id", "post_id", "token_id", "visit_id", "console:people_tag_back act",
)  # fmt: skip
"""Arguments of addresses that only take deeds."""


def _invited(at: datetime, n: int) -> str:
    return invite(
        actor=SYSTEM, login=f"new{n}-{token()[:6]}", display_name="新来的", roles=[Held("viewer")], now=at
    ).secret


def _question(village: Village) -> int:
    """A question that waits, the same however often it is asked for."""
    return ask(
        talk_id=village.live,
        person_id=None,
        name="豆豆妈",
        words="跑几公里？",
        channel="live",
        key="pages",
        at=village.at,
    ).question_id


def _sent(person: int, at: datetime) -> str:
    secret = token()
    SignInLink.objects.create(digest=token_digest(secret), person_id=person, made_at=at)
    return secret

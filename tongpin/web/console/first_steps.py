"""What one does first in a new house (第一步): each ticked by what stands, until all are done or somebody puts them away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongpin.core.intake.models import Batch
from tongpin.core.people.models import Person
from tongpin.core.places.models import Community
from tongpin.core.team.models import Staff
from tongpin.core.team.queries import Teammate
from tongpin.core.team.rules import Communities, Everything, meet
from tongpin.loop.gather.admission.models import Application
from tongpin.loop.gather.charter.models import Door
from tongpin.loop.gather.entrances.models import Entrance
from tongpin.loop.give.talks.models import Talk
from tongpin.loop.sell.offers.models import Offer
from tongpin.web.console.import_parts import way
from tongpin.web.look.gate import StaffRequest, signed_in
from tongpin.web.look.toast import say

AWAY_COOKIE = "tongpin_first_steps"
"""A browser that says "away" here has put the first steps away by hand."""
AWAY_LASTS = 400 * 86400
DONE = "first_steps_done"
"""Kept in the session: nothing is left to do, and need not be looked up again."""


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One of the first steps. `aside`: good to do, and nothing the loop waits for."""

    step: str
    what: str
    why: str
    verb: str
    href: str
    done: bool
    aside: bool = False


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """The steps this person may do. `fresh`: the house knows nobody yet, and Today shows little else.

    `house`: how many facts are set aside and since when the house stands, where the steps were looked up.
    """

    steps: tuple[FirstStep, ...] = ()
    fresh: bool = False
    house: tuple[int, datetime] | None = None

    @property
    def next(self) -> FirstStep | None:
        """The first that is not done."""
        return next((one for one in self.steps if not one.done), None)

    @property
    def done(self) -> int:
        """How many are done."""
        return sum(one.done for one in self.steps)

    @property
    def later(self) -> tuple[FirstStep, ...]:
        """All but the next one."""
        return tuple(one for one in self.steps if one is not self.next)


@dataclass(frozen=True, slots=True)
class _Stands:
    """What stands in the house."""

    people: bool
    imported: bool
    community: int | None
    door: bool
    entrance: bool
    admitted: bool
    offer: bool
    talk: bool
    several: bool
    set_aside: int
    since: datetime


def first_steps(request: HttpRequest, mate: Teammate) -> FirstSteps:
    """What there is to do first, as far as this person may; nothing once it is done, or put away. One query at most."""
    if request.COOKIES.get(AWAY_COOKIE) == "away" or request.session.get(DONE):
        return FirstSteps()
    stands = _standing(mate)
    steps = (*_of_the_loop(mate, stands), *_of_the_house(mate, stands))
    left = any(not one.done for one in steps if not stands.people or not one.aside)
    if not left:
        request.session[DONE] = True
        return FirstSteps(house=(stands.set_aside, stands.since))
    return FirstSteps(steps, fresh=not stands.people, house=(stands.set_aside, stands.since))


def _standing(mate: Teammate) -> _Stands:
    def any_of(rows: QuerySet[Model]) -> Exists:
        return Exists(rows)

    edits = mate.scope("places.edit")
    own = Community.objects.filter(closed_at=None)
    if isinstance(edits, Communities):
        own = own.filter(pk__in=edits.ids)
    newest = own.order_by("-pk").values("pk")[:1]
    asked = Staff.objects.filter(pk=mate.id).values_list(
        any_of(Person.objects.all()),
        any_of(Batch.objects.filter(state=Batch.State.DONE)),
        Subquery(newest),
        any_of(Door.objects.all()),
        any_of(Entrance.objects.all()),
        any_of(Application.objects.filter(state=Application.State.ACCEPTED)),
        any_of(Offer.objects.all()),
        any_of(Talk.objects.all()),
        any_of(Staff.objects.exclude(pk=OuterRef("pk"))),
        RawSQL("(select count(*) from ledger_parked)", []),
        Subquery(Staff.objects.order_by("created_at").values("created_at")[:1]),
    )
    return _Stands(*asked.get())


def _of_the_loop(mate: Teammate, stands: _Stands) -> list[FirstStep]:
    here, edits = stands.community, mate.scope("places.edit")
    admits = meet(meet(mate.scope("people.see"), mate.scope("people.edit")), mate.scope("messages.see"))
    steps: list[FirstStep] = []

    def step(may: object, glyph: str, words: tuple[str, str, str], href: str, *, done: bool) -> None:
        if may and href:
            steps.append(FirstStep(glyph, *words, href, done))

    def inside(name: str, anchor: str = "") -> str:
        return f"{reverse(name, args=[here])}{anchor}" if here else way("console:communities")

    step(mate.scope("import.run"), "gather", _WORDS["import"](), way("console:import_upload"), done=stands.imported)
    founds = isinstance(edits, Everything)
    step(founds, "gather", _WORDS["found"](), way("console:communities"), done=here is not None)
    step(edits, "gather", _WORDS["door"](), inside("console:community_joining", "#doors"), done=stands.door)
    step(edits, "gather", _WORDS["entrance"](), inside("console:entrances", "#new-entrance"), done=stands.entrance)
    step(admits, "gather", _WORDS["admit"](), way("console:admissions"), done=stands.admitted)
    sells = meet(mate.scope("goods.see"), mate.scope("goods.edit"))
    step(sells, "sell", _WORDS["offer"](), way("console:offer_new"), done=stands.offer)
    step(edits, "give", _WORDS["talk"](), way("console:give_talk_new"), done=stands.talk)
    return steps


_WORDS: dict[str, Callable[[], tuple[str, str, str]]] = {
    "import": lambda: (
        _("Bring your old customers in"),
        _("orders of your shop, a list of customers, a group's chat: whatever export you have"), _("Import"),
    ),
    "found": lambda: (
        _("Found a community"),
        _("a name now; or all of it from a ready plan, by one command: bin/tongpin set-up group-buy"), _("Begin"),
    ),
    "door": lambda: (
        _("Prepare it, and open a door"), _("say what you do together, adopt rules; then seed users may ask to come in"), _("Look"),
    ),
    "entrance": lambda: (
        _("Make a way in"), _("a poster at the counter, a card in the parcel: each with its own code"), _("Make one"),
    ),
    "admit": lambda: (
        _("Let the first members in"), _("who scanned and applied waits with their answers"), _("Look"),
    ),
    "offer": lambda: (
        _("Put something on sale"), _("one thing they would buy together; a group price, if you like"), _("Begin"),
    ),
    "talk": lambda: (
        _("Hold a talk"), _("a guest tells something worth hearing, to all your groups at once"), _("Begin"),
    ),
}  # fmt: skip


def _of_the_house(mate: Teammate, stands: _Stands) -> list[FirstStep]:
    steps = [
        FirstStep(
            "house", _("Switch the second step on"), _("a code from your phone besides the password"), _("Set it up"),
            way("console:security"), mate.has_second_step, aside=True,
        )
    ]  # fmt: skip
    if mate.scope("team.manage"):
        steps.append(
            FirstStep(
                "house", _("Invite a teammate"), _("everybody has an account of their own"), _("Invite"),
                way("console:team"), stands.several, aside=True,
            )
        )  # fmt: skip
    return [one for one in steps if one.href]


@signed_in
@require_POST
def first_steps_set(request: StaffRequest, how: str) -> HttpResponse:
    """Puts the first steps away in this browser, or shows them again."""
    if how not in ("away", "back"):
        raise Http404
    answer = redirect("console:today")
    if how == "back":
        answer.delete_cookie(AWAY_COOKIE, samesite="Lax")
        return answer
    secure = settings.SESSION_COOKIE_SECURE
    answer.set_cookie(AWAY_COOKIE, "away", max_age=AWAY_LASTS, httponly=True, samesite="Lax", secure=secure)
    undo = reverse("console:first_steps", args=["back"])
    say(request, _("The first steps are put away in this browser."), undo=undo)
    return answer

"""One digest: its draft quote by quote with everybody's consent, the editor's words, publishing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tongpin.base.clock import now as present
from tongpin.core.people.scoping import among
from tongpin.core.sending.reaching import reachable
from tongpin.loop.give.digests import actions
from tongpin.loop.give.digests.cards import CardSeen, cards_of
from tongpin.loop.give.digests.phrases import asking_by_hand, link_of
from tongpin.loop.give.digests.queries import DigestSeen, QuoteSeen
from tongpin.web.console.digests_doors import digest_or_404
from tongpin.web.console.digests_forms import WRONG, WordsForm
from tongpin.web.console.errand_cards import Card
from tongpin.web.console.give_words import where_word
from tongpin.web.console.loop_strip import people_href
from tongpin.web.console.people_doors import actor_of
from tongpin.web.console.people_words import name_or_number
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say

CONSENTS: dict[str, tuple[str | Promise, str]] = {
    "unasked": (gettext_lazy("not asked"), "na"),
    "asked": (gettext_lazy("asked, no answer"), "wait"),
    "given": (gettext_lazy("agreed"), "good"),
    "refused": (gettext_lazy("does not want it"), "warn"),
}
NO_WAY: tuple[str | Promise, str] = (gettext_lazy("no message reaches them"), "na")
HOWS: dict[str, str | Promise] = {
    "page": gettext_lazy("on their own page"),
    "hand": gettext_lazy("told a teammate"),
    "standing": gettext_lazy("once for all, under privacy"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A quote in words. `may_open`: this teammate may see the person's page, `may_read`: the words; `source`: where it was
    said, if one can look."""

    it: QuoteSeen
    name: str
    may_open: bool
    word: str
    chip: str
    how: str
    source: str
    may_read: bool


@dataclass(frozen=True, slots=True)
class ByHand:
    """People whom no message reaches, to be asked in the group where they spoke (empty: in person): the text to paste."""

    place: str
    people: int
    text: str


@needs("places.see", "messages.see")
@require_http_methods(["GET", "HEAD", "POST"])
def digest(request: StaffRequest, digest_id: int) -> HttpResponse:
    """The digest; POST keeps the editor's words."""
    seen = digest_or_404(request, digest_id)
    may_edit = request.staff.scope("places.edit").holds(seen.community_id)
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    form = WordsForm(
        request.POST if request.method == "POST" else None, initial={"title": seen.title, "conclusion": seen.conclusion}
    )
    if form.is_bound and form.is_valid():
        try:
            actions.write_up(digest_id=seen.id, actor=actor_of(request), **form.cleaned_data)
        except actions.BadDigest as refused:
            field, words = WRONG[refused.reason]
            form.add_error(field, str(words))
        else:
            say(request, _("Kept."))
            return redirect("console:digest", seen.id)
    return render(
        request,
        "console/give/digest.html",
        _context(request, seen, form, may_edit),
        status=422 if form.is_bound else 200,
    )


def _context(request: StaffRequest, seen: DigestSeen, form: WordsForm, may_edit: bool) -> dict[str, object]:
    people = {one.person_id for one in seen.quotes} | {one.person_id for one in seen.givers}
    open_to = among(person_ids=people, scope=request.staff.scope("people.see"))
    standing = [one for one in seen.quotes if not one.left_out and one.stands]
    unasked = {one.person_id for one in standing if one.consent == "unasked"}
    lost = unasked - reachable(person_ids=unasked, at=present())
    lines = [_line(request, one, one.person_id in open_to, seen.live_code, lost) for one in seen.quotes]
    published = seen.state == "published"
    cards = [one for one in cards_of(digest_id=seen.id) if one.state == "given"] if published else []
    return {
        "it": seen,
        "lines": lines,
        "givers": [
            (name_or_number(one.name, one.person_id), one.person_id, one.gifts, one.person_id in open_to)
            for one in seen.givers
        ],
        "form": form,
        "may_edit": may_edit,
        "published": published,
        "link": link_of(code=seen.code),
        "shown": len(seen.shown),
        "days": _days(seen),
        "to_ask": len(unasked - lost),
        "lost": len(lost),
        "by_hand": _by_hand(request, seen.title, [one for one in standing if one.person_id in lost]),
        "waiting": len({one.person_id for one in standing if one.consent == "asked"}),
        "cards": [_card(seen, one) for one in cards],
        "loop_people": people_href("give"),
        "ready": bool(seen.shown) and bool(seen.conclusion) and not published,
    }


def _card(seen: DigestSeen, one: CardSeen) -> Card:
    noted = [reverse(f"console:digest_card_{deed}", args=[seen.id, one.id]) for deed in ("copied", "done")]
    return Card(one.place, where_word(one.platform), one.text, one.due, *noted)


def _may_read(request: StaffRequest, one: QuoteSeen) -> bool:
    """Words of another community's group are for its own teammates until whoever said them agrees."""
    return one.consent == "given" or request.scope.holds(one.community)


def _days(seen: DigestSeen) -> str:
    """The days it was said on: one day once."""
    first, last = (f"{timezone.localtime(at):%Y-%m-%d}" for at in (seen.first_at, seen.last_moment))
    return first if first == last else _("%(first)s – %(last)s") % {"first": first, "last": last}


def _by_hand(request: StaffRequest, title: str, quotes: Sequence[QuoteSeen]) -> list[ByHand]:
    """One text for each group they spoke in; words this teammate may not read stand in none."""
    groups: dict[int, list[QuoteSeen]] = {}
    for one in quotes:
        if _may_read(request, one):
            groups.setdefault(one.place_id, []).append(one)
    return [
        ByHand(
            found[0].place,
            len({one.person_id for one in found}),
            asking_by_hand(title=title, quotes=[(name_or_number(one.name, one.person_id), one.words) for one in found]),
        )
        for found in groups.values()
    ]


def _line(request: StaffRequest, one: QuoteSeen, may_open: bool, live_code: str, lost: Collection[int]) -> Line:
    word, chip = NO_WAY if one.person_id in lost and one.consent == "unasked" else CONSENTS[one.consent]
    name = name_or_number(one.name, one.person_id)
    how, reads = str(HOWS.get(one.how, "")), _may_read(request, one)
    return Line(one, name, may_open, str(word), chip, how, _source(one, live_code) if reads else "", reads)


def _source(one: QuoteSeen, live_code: str) -> str:
    """The very words where they were said: on the replay, in the room; of a chat that was brought in, its import."""
    if one.line and live_code:
        return f"{reverse('member:talk', args=[live_code])}#n{one.line}"
    if one.platform == "matrix" and one.batch is None:
        return f"https://matrix.to/#/{quote(one.room, safe='')}/{quote(one.key, safe='')}"
    return reverse("console:import", args=[one.batch]) if one.batch is not None else ""


@needs("places.see", "messages.see", "places.edit")
@require_POST
def digest_ask(request: StaffRequest, digest_id: int) -> HttpResponse:
    """Asks everybody who was not asked yet and whom a message reaches."""
    seen = digest_or_404(request, digest_id)
    asked = actions.ask_consent(digest_id=seen.id, at=present(), actor=actor_of(request))
    text = ngettext("%(n)s person is asked.", "%(n)s people are asked.", asked) % {"n": asked}
    nobody = _("Nobody new could be asked: everybody was asked, or no message reaches them.")
    say(request, text if asked else nobody)
    return redirect("console:digest", seen.id)


@needs("places.see", "messages.see", "places.edit")
@require_POST
def digest_consent(request: StaffRequest, digest_id: int, person_id: int) -> HttpResponse:
    """Notes what somebody told a teammate."""
    seen = digest_or_404(request, digest_id)
    agrees = request.POST.get("agrees") == "1"
    if not all(_may_read(request, one) for one in seen.quotes if one.person_id == person_id):
        raise Http404
    try:
        actions.answer_consent(
            digest_id=seen.id,
            person_id=person_id,
            agrees=agrees,
            how=actions.BY_HAND,
            at=present(),
            actor=actor_of(request),
        )
    except actions.NotQuoted:
        raise Http404 from None
    say(request, _("Noted: they agree.") if agrees else _("Noted: their words stay out."))
    return redirect("console:digest", seen.id)


@needs("places.see", "messages.see", "places.edit")
@require_POST
def digest_quote(request: StaffRequest, digest_id: int, quote_id: int) -> HttpResponse:
    """Leaves a quote out, or takes it in again."""
    seen = digest_or_404(request, digest_id)
    out = request.POST.get("out") == "1"
    try:
        actions.leave_out(digest_id=seen.id, quote_id=quote_id, out=out, actor=actor_of(request))
    except actions.DigestUnknown:
        raise Http404 from None
    return redirect("console:digest", seen.id)


@needs("places.see", "messages.see", "places.edit")
@require_POST
def digest_publish(request: StaffRequest, digest_id: int) -> HttpResponse:
    """The digest goes out with what was agreed to."""
    seen = digest_or_404(request, digest_id)
    try:
        quotes = actions.publish(digest_id=seen.id, at=present(), actor=actor_of(request))
    except actions.NotYet as refused:
        words = {
            "no_conclusion": _("Write first what it comes to, in a sentence."),
            "nothing_agreed": _("Nobody agreed to be quoted yet. Ask them, or note what they told you."),
        }
        say(request, words[refused.reason], kind="bad")
    else:
        text = ngettext("It is out with %(n)s quote.", "It is out with %(n)s quotes.", quotes)
        say(request, text % {"n": quotes})
    return redirect("console:digest", seen.id)

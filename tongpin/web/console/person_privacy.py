"""A person's own data: looked at in full, handed out, erased. Each is written to the audit trail."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongpin.base.clock import now as present
from tongpin.base.text import fold
from tongpin.core.intake.erasing import ImportInHand
from tongpin.core.people.erasure import erase
from tongpin.core.people.models import Consent, Identity, LifeFact, Note, Person, PersonTag, Purchase, Trait
from tongpin.core.people.privacy import NothingToShow, export, unmask
from tongpin.core.people.queries import display_names
from tongpin.core.people.roots import members_of
from tongpin.core.places.models import Membership, Message
from tongpin.core.team.trail import audit
from tongpin.web.console.people_doors import about_a_person, actor_of, done, root_or_404
from tongpin.web.console.people_words import name_or_number
from tongpin.web.console.person_page import card_or_404, person_answer
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.tags.words import listed


@needs("people.see", "people.contact")
@require_POST
@about_a_person
def person_show(request: StaffRequest, person_id: int, field: str) -> HttpResponse:
    """One kind of value in full, in this answer alone: a fragment for the script, else the whole page."""
    root, at = root_or_404(request, person_id), present()
    try:
        with transaction.atomic():
            values = unmask(person_id=root, field=field, staff=request.staff.id, actor=actor_of(request), at=at)
            audit(
                actor=request.actor,
                action="person.contact_seen",
                at=at,
                subject=("person", root),
                details={"field": field},
            )
    except NothingToShow:
        raise Http404 from None
    if request.headers.get("HX-Request"):
        return HttpResponse(format_html('<span class="masked">{}</span>', listed(values)))
    return person_answer(request, card_or_404(request, root), opened={field: values})


@needs("people.see", "people.export")
@require_POST
@about_a_person
def person_export(request: StaffRequest, person_id: int) -> HttpResponse:
    """Everything known of the person as a zip, to be handed to them."""
    root, at = root_or_404(request, person_id), present()
    with transaction.atomic():
        made = export(person_id=root, actor=actor_of(request), at=at, language=get_language() or "zh-hans")
        audit(
            actor=request.actor,
            action="person.exported",
            at=at,
            subject=("person", root),
            details={"request": made.request},
        )
    answer = HttpResponse(made.content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
    return answer


@dataclass(frozen=True, slots=True)
class Reach:
    """What an erasure would take away, and what the law keeps without a name."""

    records: int
    signs: int
    life: int
    notes: int
    tags: int
    consents: int
    places: int
    messages: int
    orders: int


def reach_of(members: list[int]) -> Reach:
    """Counted now, for the question. Eight queries."""
    return Reach(
        records=len(members),
        signs=Identity.objects.filter(person__in=members).count() + Trait.objects.filter(person__in=members).count(),
        life=LifeFact.objects.filter(person__in=members).count(),
        notes=Note.objects.filter(person__in=members).count(),
        tags=PersonTag.objects.filter(person__in=members, taken_at=None).count(),
        consents=Consent.objects.filter(person__in=members).count(),
        places=Membership.objects.filter(person__in=members).count(),
        messages=Message.objects.filter(person_id__in=members).count(),
        orders=Purchase.objects.filter(person_id__in=members).count(),
    )


def _same(typed: str, name: str) -> bool:
    """Spaces, width and case of letters do not matter; a name of signs alone must be typed as it stands."""
    if fold(name):
        return fold(typed) == fold(name)
    return "".join(typed.split()) == "".join(name.split())


@needs("people.see", "people.erase")
@require_http_methods(["GET", "HEAD", "POST"])
@about_a_person
def person_erase(request: StaffRequest, person_id: int) -> HttpResponse:
    """Says exactly what goes and what the law keeps; the name typed once more erases for good."""
    root = root_or_404(request, person_id)
    members = members_of(root=root)
    if not Person.objects.filter(pk=root, erased_at=None).exists():
        return redirect("console:person", person_id=root)
    names = display_names(person_ids=[root])
    name = name_or_number(names[root], root)
    typed, with_words = request.POST.get("name", ""), request.POST.get("words") == "gone"
    wrong = ""
    if request.method == "POST" and _same(typed, name):
        try:
            number = erase(person_id=root, with_words=with_words, actor=actor_of(request), at=present())
        except ImportInHand:
            wrong = _(
                "An import that is running holds this person. Wait until it is done, or stop it; nothing was erased."
            )
        else:
            _tell(request, root, number, with_words)
            return done(request, _("Erased. What the law keeps stands without a name."), "console:people")
    elif request.method == "POST":
        wrong = _("This is not the name. Nothing was erased.")
    context = {"person_id": root, "name": name, "reach": reach_of(members), "wrong": wrong, "with_words": with_words}
    return render(request, "console/people/erase.html", context, status=422 if wrong else 200)


def _tell(request: StaffRequest, root: int, number: int, with_words: bool) -> None:
    with transaction.atomic():
        audit(
            actor=request.actor,
            action="person.erased",
            at=present(),
            subject=("person", root),
            details={"request": number, "words": with_words},
        )

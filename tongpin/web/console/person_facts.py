"""What a person told of their life, and what they agreed to."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongpin.base.clock import now as present
from tongpin.core.people.consents import BadConsent, OwnNoStands, give_consent, withdraw_consent
from tongpin.core.people.labels import forget_life_fact, note_life_fact
from tongpin.core.people.models import LifeFact
from tongpin.core.people.roots import members_of
from tongpin.core.people.rules import BadLifeFact
from tongpin.web.console.people_doors import about_a_person, actor_of, done, root_or_404
from tongpin.web.console.people_words import BASES_BY_HAND, LIFE_EXAMPLES
from tongpin.web.look.gate import StaffRequest, needs

PERSON = "console:person"


@needs("people.see", "people.edit")
@require_POST
@about_a_person
def person_life(request: StaffRequest, person_id: int) -> HttpResponse:
    """Keeps a fact of life."""
    root = root_or_404(request, person_id)
    kind, value = request.POST.get("kind", ""), request.POST.get("value", "").strip()
    try:
        note_life_fact(person_id=root, kind=kind, value=value, actor=actor_of(request), at=present())
    except BadLifeFact:
        text = _("That could not be read. Write it like this: %(example)s") % {
            "example": LIFE_EXAMPLES.get(kind, "2024-07")
        }
        return done(request, text, PERSON, root, kind="bad", anchor="life")
    return done(request, _("Noted."), PERSON, root, anchor="life")


@needs("people.see", "people.edit")
@require_POST
@about_a_person
def person_life_forget(request: StaffRequest, person_id: int, fact_id: int) -> HttpResponse:
    """Deletes one fact of life for good."""
    root = root_or_404(request, person_id)
    if not LifeFact.objects.filter(pk=fact_id, person__in=members_of(root=root)).exists():
        raise Http404
    forget_life_fact(life_fact_id=fact_id, at=present())
    return done(request, _("Forgotten."), PERSON, root, anchor="life")


@needs("people.see", "people.edit")
@require_POST
@about_a_person
def person_consent(request: StaffRequest, person_id: int) -> HttpResponse:
    """Keeps what a person agreed to, with the basis on which we hold it."""
    root, given = root_or_404(request, person_id), request.POST
    basis = given.get("basis", "")
    try:
        if basis not in BASES_BY_HAND:
            raise BadConsent
        give_consent(
            person_id=root,
            purpose=given.get("purpose", ""),
            channel=given.get("channel", ""),
            basis=basis,
            actor=actor_of(request),
            at=present(),
        )
    except BadConsent:
        return done(
            request,
            _("Choose for what, by which channel, and how they said so."),
            PERSON,
            root,
            kind="bad",
            anchor="consents",
        )
    except OwnNoStands:
        text = _("They said no themselves, so only they can say yes. Send them the address of their page: %(link)s")
        link = settings.PUBLIC_URL.rstrip("/") + reverse("member:privacy")
        return done(request, text % {"link": link}, PERSON, root, kind="bad", anchor="consents")
    return done(request, _("Their yes is kept."), PERSON, root, anchor="consents")


@needs("people.see", "people.edit")
@require_POST
@about_a_person
def person_consent_withdraw(request: StaffRequest, person_id: int) -> HttpResponse:
    """Keeps a person's no: it holds at once."""
    root, given = root_or_404(request, person_id), request.POST
    try:
        withdraw_consent(
            person_id=root,
            purpose=given.get("purpose", ""),
            channel=given.get("channel", ""),
            actor=actor_of(request),
            at=present(),
        )
    except BadConsent:
        return done(request, _("Choose for what and by which channel."), PERSON, root, kind="bad", anchor="consents")
    return done(
        request,
        _("Their no is kept and holds from now on. Only their own word can change it."),
        PERSON,
        root,
        anchor="consents",
    )

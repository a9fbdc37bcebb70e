"""What one writes on a person's page: tags, notes, whose care they are in, what they are called, how they are known."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongpin.base.clock import now as present
from tongpin.core.people import labels
from tongpin.core.people.meeting import SignOfErased, SignTaken, drop_identity, link_identity, rename
from tongpin.core.people.models import Identity, Note, Tag
from tongpin.core.people.queries import person_card
from tongpin.core.people.roots import members_of
from tongpin.core.people.scoping import among
from tongpin.core.team.queries import teammate
from tongpin.web.console.people_doors import about_a_person, actor_of, done, root_or_404
from tongpin.web.console.people_forms import FAULTS
from tongpin.web.console.people_understand import understand
from tongpin.web.look.gate import StaffRequest, needs

PERSON = "console:person"


@needs("people.see", "people.edit")
@require_POST
@about_a_person
def person_tag_put(request: StaffRequest, person_id: int) -> HttpResponse:
    """Puts a tag on by its name, made where it is new."""
    root = root_or_404(request, person_id)
    name = request.POST.get("name", "")
    try:
        tag = labels.put_tag(person_id=root, name=name, actor=actor_of(request), at=present())
    except labels.Empty:
        return done(request, _("Give the tag a name."), PERSON, root, kind="bad")
    except labels.TagHasRule:
        return _has_rule(request, root)
    undo = reverse("console:person_tag_off", args=[root, tag])
    return done(request, _("Tagged “%(name)s”.") % {"name": name.strip()[:60]}, PERSON, root, undo=undo)


def _has_rule(request: StaffRequest, root: int) -> HttpResponse:
    return done(
        request,
        _("This tag follows a rule: the rule puts it on and takes it off, nobody else."),
        PERSON,
        root,
        kind="bad",
    )


def _tag_or_404(tag_id: int) -> Tag:
    tag = Tag.objects.filter(pk=tag_id).first() if tag_id < 1 << 63 else None
    if tag is None:
        raise Http404
    return tag


@needs("people.see", "people.edit")
@require_POST
@about_a_person
def person_tag_off(request: StaffRequest, person_id: int, tag_id: int) -> HttpResponse:
    """Takes a tag off."""
    root, tag = root_or_404(request, person_id), _tag_or_404(tag_id)
    try:
        labels.take_tag(person_id=root, tag_id=tag.pk, actor=actor_of(request), at=present())
    except labels.TagHasRule:
        return _has_rule(request, root)
    undo = reverse("console:person_tag_on", args=[root, tag.pk])
    return done(request, _("“%(name)s” taken off.") % {"name": tag.name}, PERSON, root, undo=undo)


@needs("people.see", "people.edit")
@require_POST
@about_a_person
def person_tag_on(request: StaffRequest, person_id: int, tag_id: int) -> HttpResponse:
    """Puts a tag on again."""
    root, tag = root_or_404(request, person_id), _tag_or_404(tag_id)
    try:
        labels.put_tag(person_id=root, name=tag.name, actor=actor_of(request), at=present())
    except labels.TagHasRule:
        return _has_rule(request, root)
    return done(request, _("“%(name)s” is on again.") % {"name": tag.name}, PERSON, root)


@needs("people.see", "people.edit")
@require_POST
@about_a_person
def person_owner(request: StaffRequest, person_id: int, staff_id: int | None = None) -> HttpResponse:
    """Puts a person into a teammate's care; 0 is nobody."""
    root = root_or_404(request, person_id)
    given = request.POST.get("staff", "")
    wanted = staff_id if staff_id is not None else int(given) if given.isdecimal() and len(given) < 19 else 0
    mate = teammate(staff_id=wanted) if 0 < wanted < 1 << 63 else None
    if wanted and (mate is None or mate.state == "off"):
        return done(request, _("This teammate does not work here any more. Choose another."), PERSON, root, kind="bad")
    before = person_card(person_id=root, may_see_contact=False).owner or 0
    labels.set_owner(person_id=root, staff=wanted or None, actor=actor_of(request), at=present())
    text = _("Now in the care of %(name)s.") % {"name": mate.display_name} if mate else _("Now in nobody's care.")
    undo = reverse("console:person_owner_again", args=[root, before]) if before != wanted and staff_id is None else ""
    return done(request, text, PERSON, root, undo=undo)


@needs("people.see", "people.edit")
@require_POST
@about_a_person
def person_note(request: StaffRequest, person_id: int) -> HttpResponse:
    """Keeps a note."""
    root = root_or_404(request, person_id)
    try:
        note = labels.write_note(
            person_id=root,
            words=request.POST.get("words", ""),
            staff=request.staff.id,
            staff_name=request.staff.display_name,
            actor=actor_of(request),
            at=present(),
        )
    except labels.Empty:
        return done(request, _("Write the note first."), PERSON, root, kind="bad", anchor="notes")
    undo = reverse("console:person_note_remove", args=[root, note])
    return done(request, _("Noted."), PERSON, root, undo=undo, anchor="notes")


@needs("people.see", "people.edit")
@require_POST
@about_a_person
def person_note_remove(request: StaffRequest, person_id: int, note_id: int) -> HttpResponse:
    """Takes a note off the page."""
    root = root_or_404(request, person_id)
    if not Note.objects.filter(pk=note_id, person__in=members_of(root=root)).exists():
        raise Http404
    labels.remove_note(note_id=note_id, at=present())
    undo = reverse("console:person_note_restore", args=[root, note_id])
    return done(request, _("The note is off the page."), PERSON, root, undo=undo, anchor="notes")


@needs("people.see", "people.edit")
@require_POST
@about_a_person
def person_note_restore(request: StaffRequest, person_id: int, note_id: int) -> HttpResponse:
    """Puts a note that was taken off back on the page."""
    root = root_or_404(request, person_id)
    if note_id >= 1 << 63 or not Note.objects.filter(pk=note_id, person__in=members_of(root=root)).exists():
        raise Http404
    labels.restore_note(note_id=note_id)
    undo = reverse("console:person_note_remove", args=[root, note_id])
    return done(request, _("The note is back."), PERSON, root, undo=undo, anchor="notes")


@needs("people.see", "people.edit")
@require_POST
@about_a_person
def person_name(request: StaffRequest, person_id: int) -> HttpResponse:
    """What a person is called. An empty real name leaves the one we hold."""
    root = root_or_404(request, person_id)
    nickname, name = request.POST.get("nickname", "").strip(), request.POST.get("name", "").strip()
    rename(person_id=root, nickname=nickname, name=name or None, at=present())
    return done(request, _("Name changed."), PERSON, root)


@needs("people.see", "people.edit")
@require_POST
@about_a_person
def person_sign(request: StaffRequest, person_id: int) -> HttpResponse:
    """Ties a phone, a mail or a WeChat id to a person."""
    root = root_or_404(request, person_id)
    meant = understand(request.POST.get("who", ""))
    if meant.sign is None:
        text = str(
            FAULTS.get(meant.fault) or _("Give a whole phone number, a mail address, or 微信号：… for a WeChat id.")
        )
        return done(request, text, PERSON, root, kind="bad")
    try:
        identity = link_identity(person_id=root, sign=meant.sign, actor=actor_of(request), at=present())
    except SignTaken as taken:
        seen = among(person_ids=[taken.other], scope=request.scope)
        text = (
            _("Somebody else has this already. Whether they are one person waits for you below.")
            if seen
            else _("Somebody outside your communities has this already. Nothing was changed.")
        )
        return done(request, text, PERSON, root, kind="bad", anchor="doubts")
    except SignOfErased:
        text = _(
            "Whoever this belongs to asked us to erase them. Leave the number out, or let them join by themselves."
        )
        return done(request, text, PERSON, root, kind="bad")
    undo = reverse("console:person_sign_drop", args=[root, identity])
    return done(request, _("Added. From now on they are known by it."), PERSON, root, undo=undo)


@needs("people.see", "people.edit")
@require_POST
@about_a_person
def person_sign_drop(request: StaffRequest, person_id: int, identity_id: int) -> HttpResponse:
    """Unties an identity: a changed phone, a wrong entry."""
    root = root_or_404(request, person_id)
    if not Identity.objects.filter(pk=identity_id, person__in=members_of(root=root)).exists():
        raise Http404
    drop_identity(identity_id=identity_id, actor=actor_of(request), at=present())
    return done(request, _("They are no longer known by it."), PERSON, root)

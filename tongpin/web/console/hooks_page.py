"""One webhook: its last posts, good and bad with reasons; what waits; pausing, a new address, closing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongpin.base.clock import now as present
from tongpin.core.intake.admitting import Busy
from tongpin.core.intake.hook_listing import HookSeen, PostSeen, posts_of
from tongpin.core.intake.hooks import (
    HookUnknown,
    Taken,
    close_hook,
    drop_post,
    keep_sample,
    pause_hook,
    read_again,
    renew_hook,
    resume_hook,
)
from tongpin.core.intake.meanings import Unusable
from tongpin.core.intake.proposing import propose
from tongpin.core.people.queries import display_names
from tongpin.web.console.hooks_fields import SampleUnreadable, masked, pasted
from tongpin.web.console.hooks_list import address_page, hook_or_404, line_of
from tongpin.web.console.hooks_words import POST_STATES, fault_words, meaning_word
from tongpin.web.console.import_parts import way
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say

SHOWN_AT_ONCE = 4
LONGEST_PASTED = 256 * 1024


@dataclass(frozen=True, slots=True)
class Post:
    """A post in words. `fields` are name, meaning and masked value."""

    id: int
    state: str
    at: datetime
    word: str
    chip: str
    who: str
    href: str
    why: str
    short: str
    fields: tuple[tuple[str, str, str], ...]
    may_drop: bool


@needs("hooks.manage")
@require_safe
def hook(request: StaffRequest, hook_id: int) -> HttpResponse:
    """One webhook; a fragment (htmx) is the list of its posts."""
    seen = hook_or_404(hook_id)
    context = _posts(seen) | {"line": line_of(seen), "hook": seen, "at": present()}
    if request.headers.get("HX-Request"):
        return render(request, "console/settings/hook_posts.html", context)
    meanings = [(path, meaning_word(meaning)) for path, meaning in seen.mapping.items()]
    return render(request, "console/settings/hook.html", context | {"meanings": meanings})


def _posts(seen: HookSeen) -> dict[str, object]:
    found = posts_of(hook_id=seen.id)
    names = display_names(person_ids=sorted({one.person_id for one in found if one.person_id}))
    posts = [_post(one, seen, names) for one in found]
    return {
        "waiting": [one for one in posts if one.may_drop],
        "taken": [one for one in posts if not one.may_drop],
    }


def _post(one: PostSeen, seen: HookSeen, names: dict[int, str]) -> Post:
    word, chip = POST_STATES[one.state]
    meant = propose(one.fields, kind=seen.kind) | seen.mapping
    fields = tuple(
        (path, meaning_word(seen.mapping[path]) if path in seen.mapping else "", masked(value, meant.get(path, "")))
        for path, value in one.fields.items()
    )
    who = names.get(one.person_id, "") or _("somebody without a name") if one.person_id else ""
    return Post(
        id=one.id,
        state=one.state,
        at=one.at,
        word=str(word),
        chip=chip,
        who=who,
        href=way("console:person", one.person_id) if one.person_id else "",
        why=fault_words(one.fault, one.field) if one.fault else "",
        short=" · ".join(value for _path, _meaning, value in fields[:SHOWN_AT_ONCE]),
        fields=fields,
        may_drop=one.state in ("sample", "refused"),
    )


@needs("hooks.manage")
@require_POST
def hook_sample(request: StaffRequest, hook_id: int) -> HttpResponse:
    """Keeps a pasted sample and leads to the meanings of its fields."""
    seen = hook_or_404(hook_id)
    text = request.POST.get("sample", "")[:LONGEST_PASTED]
    try:
        keep_sample(hook_id=seen.id, content=pasted(text), actor=request.actor, at=present())
    except (SampleUnreadable, Unusable):
        context = _posts(seen) | {"line": line_of(seen), "hook": seen, "at": present(), "typed": text, "wrong": True}
        meanings = [(path, meaning_word(meaning)) for path, meaning in seen.mapping.items()]
        return render(request, "console/settings/hook.html", context | {"meanings": meanings}, status=422)
    return redirect("console:hook_meanings", hook_id=seen.id)


def read_words(read: Taken) -> str:
    """What became of the posts that waited."""
    parts = []
    if read.new:
        parts.append(ngettext("%(count)s taken", "%(count)s taken", read.new) % {"count": read.new})
    if read.known:
        parts.append(ngettext("%(count)s known already", "%(count)s known already", read.known) % {"count": read.known})
    if read.faults:
        bad = len(read.faults)
        parts.append(ngettext("%(count)s cannot be used yet", "%(count)s cannot be used yet", bad) % {"count": bad})
    return " · ".join(parts)


def tell_read(request: StaffRequest, hook_id: int, text: str, *, undo: str = "") -> None:
    """Reads what waits, and says `text` with what became of it."""
    try:
        read = read_again(hook_id=hook_id, at=present())
    except HookUnknown:
        say(request, text, undo=undo)
        return
    except Busy:
        say(
            request,
            text + " " + _("What waited could not be read just now. Press «Read again» in a moment."),
            kind="bad",
        )
        return
    words = read_words(read)
    told = _("%(done)s What had waited: %(words)s.") % {"done": text, "words": words} if words else text
    say(request, told, undo=undo, kind="bad" if read.faults and not read.new and not read.known else "good")


@needs("hooks.manage")
@require_POST
def hook_again(request: StaffRequest, hook_id: int) -> HttpResponse:
    """Reads what waits or was refused once more."""
    seen = hook_or_404(hook_id)
    tell_read(request, seen.id, _("Read again."))
    return redirect("console:hook", hook_id=seen.id)


@needs("hooks.manage")
@require_POST
def hook_drop(request: StaffRequest, hook_id: int, post_id: int) -> HttpResponse:
    """Forgets one post that waits, such as a trial."""
    seen = hook_or_404(hook_id)
    if post_id < 1 << 63 and drop_post(hook_id=seen.id, post_id=post_id, actor=request.actor, at=present()):
        say(request, _("This post is forgotten. Nobody comes of it."))
    else:
        say(request, _("This post was read or forgotten already."), kind="bad")
    return redirect("console:hook", hook_id=seen.id)


@needs("hooks.manage")
@require_POST
def hook_pause(request: StaffRequest, hook_id: int) -> HttpResponse:
    """What comes is kept and waits."""
    seen = hook_or_404(hook_id)
    pause_hook(hook_id=seen.id, actor=request.actor, at=present())
    say(
        request,
        _("Paused. What comes is kept for a week and waits."),
        undo=reverse("console:hook_resume", args=[seen.id]),
    )
    return redirect("console:hook", hook_id=seen.id)


@needs("hooks.manage")
@require_POST
def hook_resume(request: StaffRequest, hook_id: int) -> HttpResponse:
    """Goes on, and reads what waited."""
    seen = hook_or_404(hook_id)
    resume_hook(hook_id=seen.id, actor=request.actor, at=present())
    tell_read(request, seen.id, _("It takes posts again."))
    return redirect("console:hook", hook_id=seen.id)


@needs("hooks.manage")
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("made")
@never_cache
def hook_renew(request: StaffRequest, hook_id: int) -> HttpResponse:
    """A new address, shown once; asked before, because the old one stops at once."""
    seen = hook_or_404(hook_id)
    if request.method != "POST":
        return render(request, "console/settings/hook_sure.html", {"hook": seen, "renew": True})
    made = renew_hook(hook_id=seen.id, actor=request.actor, at=present())
    return address_page(request, made, name=seen.name, kind=seen.kind)


@needs("hooks.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def hook_close(request: StaffRequest, hook_id: int) -> HttpResponse:
    """Closes it for good; what came stays, what waits is forgotten."""
    seen = hook_or_404(hook_id)
    if request.method != "POST":
        return render(request, "console/settings/hook_sure.html", {"hook": seen, "renew": False})
    close_hook(hook_id=seen.id, actor=request.actor, at=present())
    say(request, _("«%(name)s» is deleted. What came by it stays.") % {"name": seen.name})
    return redirect("console:hooks")

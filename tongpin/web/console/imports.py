"""Imports (导入老顾客): the list, and the page where files are put in."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tongpin.base.clock import now as present
from tongpin.core.intake.actions import describe
from tongpin.core.intake.jobs import named
from tongpin.core.intake.queries import HEAPS, BatchSeen, imports
from tongpin.core.intake.uploads import NoRoom, TooLarge, plain_name, receive
from tongpin.core.places.models import Community
from tongpin.core.team.rules import Everything
from tongpin.web.console.import_parts import communities_for, stages, who_did
from tongpin.web.console.import_words import STATES, kind_word, source_word
from tongpin.web.console.reasons import refusal_words
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.parts import FilterChip, Hint
from tongpin.web.look.toast import say

HEAP_WORDS: dict[str, tuple[Promise, str]] = {
    "open": (gettext_lazy("waits for a look"), "wait"),
    "running": (gettext_lazy("running"), "out"),
    "done": (gettext_lazy("imported"), "good"),
    "failed": (gettext_lazy("failed or stopped"), "warn"),
    "taken_back": (gettext_lazy("taken back"), ""),
}


@dataclass(frozen=True, slots=True)
class Line:
    """An import in the list."""

    batch: BatchSeen
    about: str
    state: str
    chip: str
    why: str
    who: str
    may_take_back: bool


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


@needs("import.see")
@require_safe
def import_list(request: StaffRequest) -> HttpResponse:
    """All imports, newest first. `heap` filters, `older` pages by key."""
    heap = request.GET.get("heap", "")
    heap = heap if heap in HEAPS else ""
    page = imports(scope=request.scope, heap=heap, older_than=_number(request.GET.get("older", "")))
    who = who_did(*{line.by for line in page.lines})
    now = present()
    may = bool(request.staff.scope("import.take_back"))
    lines = [
        Line(
            batch=one,
            about=_about(one),
            state=str(STATES[one.state][0]),
            chip=STATES[one.state][1],
            why=refusal_words(one.problem)[0] if one.problem else "",
            who=who[one.by],
            may_take_back=may and one.take_back_until is not None and one.take_back_until > now,
        )
        for one in page.lines
    ]
    address = reverse("console:imports")
    chips = [FilterChip(_("All"), address, page.total, chosen=not heap)]
    chips += [
        FilterChip(str(word), f"{address}?heap={name}", page.heaps[name], chosen=heap == name, kind=kind)
        for name, (word, kind) in HEAP_WORDS.items()
        if page.heaps[name] or heap == name
    ]
    older = page.older_than and f"{address}?{urlencode({'heap': heap, 'older': page.older_than})}"
    return render(
        request,
        "console/imports/list.html",
        {
            "lines": lines,
            "total": page.total,
            "chips": chips,
            "older": older or "",
            "first": f"{address}?heap={heap}" if "older" in request.GET else "",
            "may_run": bool(request.staff.scope("import.run")),
            "hints": _hints(),
        },
    )


def _about(one: BatchSeen) -> str:
    known = (kind_word(one.kind) if one.kind else "", source_word(one), one.community_name)
    return " · ".join(filter(None, known))


def _hints() -> list[Hint]:
    return [
        Hint(
            _("What to bring"),
            _(
                "Orders, customers, bills or vouchers as Taobao, JD, Pinduoduo, Douyin, Youzan, Kuaituantuan, WeChat"
                " Pay and Alipay export them; any table with a header; a group's exported chat."
            ),
        ),
        Hint(
            _("What will happen"),
            _("You see what every row becomes before anything is kept, and can take it back for 7 days."),
        ),
        Hint(_("What will not happen"), _("Nobody gets a message. What comes in is history.")),
    ]


class MultipleFiles(forms.ClearableFileInput):
    """A file field that takes several."""

    allow_multiple_selected = True


class UploadForm(forms.Form):
    """Files, and the community they belong to."""

    file = forms.FileField(label=gettext_lazy("Files"), required=False, widget=MultipleFiles())
    community = forms.ChoiceField(label=gettext_lazy("Community"), required=False)

    def __init__(
        self, *arguments: object, communities: list[tuple[int, str]], whole_house: bool, **more: object
    ) -> None:
        super().__init__(*arguments, **more)  # type: ignore[arg-type]
        house = [("", _("none, or several"))] if whole_house else []
        choices: list[tuple[str, str]] = [*house, *((str(number), name) for number, name in communities)]
        self.fields["community"] = forms.ChoiceField(label=_("Community"), required=False, choices=choices)
        if not communities:
            del self.fields["community"]

    def chosen(self) -> Community | None:
        """The community, or none."""
        number = self.cleaned_data.get("community") or ""
        return Community.objects.filter(pk=int(number)).first() if number else None


@needs("import.run")
@require_http_methods(["GET", "HEAD", "POST"])
def import_upload(request: StaffRequest) -> HttpResponse:
    """Takes files in and recognises them. Nothing is imported yet."""
    whole_house = isinstance(request.scope, Everything)
    communities = communities_for(request.scope)
    form = UploadForm(
        request.POST if request.method == "POST" else None, communities=communities, whole_house=whole_house
    )
    given = request.FILES.getlist("file") if request.method == "POST" else []
    if request.method == "POST" and form.is_valid():
        if given:
            community = form.chosen()
            if community is None and not whole_house:
                form.add_error("community", _("Say which community these people belong to."))
            else:
                kept = _receive_all(request, form, given, community)
                if kept:
                    return _go_on(request, kept, form)
        else:
            form.add_error("file", _("Choose a file first."))
    context = {
        "form": form,
        "stages": stages("file"),
        "limit": settings.IMPORT_LIMIT_MB,
        "hints": _hints(),
    }
    return render(request, "console/imports/upload.html", context, status=422 if form.is_bound else 200)


def _receive_all(
    request: StaffRequest, form: UploadForm, files: list[UploadedFile[bytes]], community: Community | None
) -> list[int]:
    """Keeps and recognises each file; those that cannot be kept are named in the form."""
    kept: list[int] = []
    for file in files:
        name, now = plain_name(file.name or ""), present()
        try:
            batch = receive(pieces=file.chunks(), file_name=name, by=named(request.actor), at=now)
        except TooLarge:
            form.add_error(
                "file",
                _("%(name)s is larger than %(limit)s MB. Export a shorter period, or split it.")
                % {"name": name, "limit": settings.IMPORT_LIMIT_MB},
            )
        except NoRoom:
            form.add_error(
                "file",
                _("%(name)s: the disk is full, nothing was kept. Free some room and upload again.") % {"name": name},
            )
        else:
            describe(batch=batch, at=now, community=community)
            kept.append(batch.pk)
    return kept


def _go_on(request: StaffRequest, kept: list[int], form: UploadForm) -> HttpResponse:
    """One file: to its columns. Several, or some refused: to the list."""
    for wrong in form.errors.get("file", []):
        say(request, str(wrong), kind="bad")
    if len(kept) == 1 and not form.errors:
        address = reverse("console:import_columns", args=kept)
    else:
        many = ngettext("%(count)s file waits for you.", "%(count)s files wait for you.", len(kept))
        say(request, many % {"count": len(kept)})
        address = f"{reverse('console:imports')}?heap=open"
    if request.headers.get("X-Upload"):  # the script draws how far it is, and goes there itself
        return JsonResponse({"go": address})
    return redirect(address)

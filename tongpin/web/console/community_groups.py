"""A community's groups (群): its rooms on our own pages, and groups elsewhere that a teammate makes known."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tongpin.base.clock import now as present
from tongpin.core.places.groups import PLATFORMS, BadGroup, GroupLine, add_group, groups_of
from tongpin.core.places.models import Community
from tongpin.loop.give.talks.rules import way_of
from tongpin.web.console.community_frame import about_a_community, head_of
from tongpin.web.console.give_words import WAYS, where_word
from tongpin.web.console.people_doors import actor_of
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say

WRONG: dict[str, tuple[str, str | Promise]] = {
    "no_name": ("name", gettext_lazy("Give the group its name, as it stands in the app.")),
    "strange_platform": ("platform", gettext_lazy("Choose where the group is.")),
    "strange_id": ("external_id", gettext_lazy("The room's internal id, such as !abc:example.com, from its settings.")),
    "elsewhere": ("name", gettext_lazy("This group belongs to another community already.")),
    "closed": ("name", gettext_lazy("This group was closed. Open it again in the list of its community.")),
    "own_room": ("name", gettext_lazy("A room on our own pages belongs to its community. Close it instead.")),
}
"""Reason of BadGroup → the field it stands beside, and the words."""


class GroupForm(forms.Form):
    """A group to be added: a room to be opened on our own pages, or a group elsewhere to be made known."""

    platform = forms.ChoiceField(label=gettext_lazy("Where it is"))
    name = forms.CharField(label=gettext_lazy("Name of the group"), max_length=120)
    external_id = forms.CharField(
        label=gettext_lazy("Internal room id (Matrix only)"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )

    def __init__(self, *arguments: object, **more: object) -> None:
        super().__init__(*arguments, **more)  # type: ignore[arg-type]
        self.fields["platform"].choices = [(one, where_word(one)) for one in PLATFORMS]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Row:
    """A group in words."""

    it: GroupLine
    platform: str
    way: str


@needs("places.see", community="community_id")
@require_http_methods(["GET", "HEAD", "POST"])
@about_a_community
def community_groups(request: StaffRequest, community_id: int) -> HttpResponse:
    """The list with the form beside it."""
    head = head_of(request, community_id)
    if request.method == "POST" and not head.may_edit:
        raise PermissionDenied
    form = GroupForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            _number, is_new = add_group(
                community=Community.objects.get(pk=head.id), at=present(), actor=actor_of(request), **form.cleaned_data
            )
        except BadGroup as wrong:
            field, words = WRONG[wrong.reason]
            form.add_error(field, str(words))
        else:
            say(request, _("The group is one of this community's now.") if is_new else _("It was here already."))
            return redirect("console:community_groups", community_id)
    found = groups_of(community_id=head.id)
    rows = [Row(one, where_word(one.platform), str(WAYS[way_of(one.platform)])) for one in found]
    context = {
        "head": head,
        "tab": "groups",
        "rows": [row for row in rows if row.it.closed_at is None],
        "closed": [row for row in rows if row.it.closed_at is not None],
        "form": form,
    }
    return render(request, "console/communities/groups.html", context, status=422 if form.is_bound else 200)

"""Forms of inbound webhooks."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongpin.core.intake.hook_listing import places_offered
from tongpin.web.console.hooks_words import KINDS

PLACE_KINDS: dict[str, Promise] = {
    "shop": gettext_lazy("Shops"),
    "group": gettext_lazy("Groups"),
    "official_account": gettext_lazy("Official accounts"),
    "page": gettext_lazy("Pages"),
    "venue": gettext_lazy("Venues"),
}


def place_choices(none: str, *, shops_only: bool = False) -> list[Any]:
    """Places in groups, as a select shows them. One query."""
    offered = [row for row in places_offered() if row[1] == "shop" or not shops_only]
    groups = groupby(offered, key=lambda row: row[1])
    return [("", none), *((str(PLACE_KINDS[kind]), [(str(n), name) for n, _k, name in rows]) for kind, rows in groups)]


class HookForm(forms.Form):
    """A new webhook."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it sends"),
        choices=[
            ("form", gettext_lazy("A form: sign-ups, surveys, bookings")),
            ("order", gettext_lazy("Orders of a shop")),
        ],
        widget=forms.RadioSelect,
        initial="form",
    )
    name = forms.CharField(label=gettext_lazy("What it is called"), max_length=80)
    place = forms.ChoiceField(label=gettext_lazy("Shop or place"), required=False)

    def __init__(self, *arguments: object, **more: object) -> None:
        super().__init__(*arguments, **more)  # type: ignore[arg-type]
        self.shops = {str(number) for number, kind, _name in places_offered() if kind == "shop"}
        self.fields["place"] = forms.ChoiceField(
            label=_("Shop or place"), required=False, choices=place_choices(_("none, or a shop of its own"))
        )

    def clean(self) -> dict[str, Any]:
        """Orders belong to a shop."""
        given = super().clean() or {}
        place = given.get("place") or ""
        if given.get("kind") == "order" and place and place not in self.shops:
            self.add_error("place", _("Orders belong to a shop. Choose one, or leave it for a shop of its own."))
        return given

    @property
    def place_id(self) -> int | None:
        """The chosen place."""
        return int(self.cleaned_data["place"]) if self.cleaned_data.get("place") else None


class MeaningForm(forms.Form):
    """What goes with the meanings of the fields."""

    event = forms.CharField(label=gettext_lazy("What it is called on timelines"), max_length=60, required=False)
    place = forms.ChoiceField(label=gettext_lazy("Shop or place"), required=False)

    def __init__(self, *arguments: object, **more: object) -> None:
        super().__init__(*arguments, **more)  # type: ignore[arg-type]
        self.fields["place"] = forms.ChoiceField(
            label=_("Shop or place"), required=False, choices=place_choices(_("as it is, or a shop of its own"))
        )


def kind_word(kind: str) -> str:
    """Form or order."""
    return str(KINDS[kind])

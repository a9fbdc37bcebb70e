"""Forms of digests: which stretch of which chat, and the editor's own words."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

WRONG = {
    "unknown": ("place", gettext_lazy("Choose a group or page of a community.")),
    "ends_before": ("last_day", gettext_lazy("The last day lies before the first.")),
    "too_long": ("last_day", gettext_lazy("Take at most 31 days.")),
    "nothing": (
        None,
        gettext_lazy(
            "Nothing in these days is long enough or was answered. Import the chat first, or take a longer stretch."
        ),
    ),
    "no_title": ("title", gettext_lazy("Give it a title.")),
    "not_ended": (None, gettext_lazy("A digest is made once the talk has ended.")),
}
"""Why there is no digest, and beside which field that stands."""


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class StretchForm(forms.Form):
    """A stretch of chat."""

    place = forms.ChoiceField(label=gettext_lazy("Which group"))
    first_day = forms.DateField(label=gettext_lazy("From"), widget=_day_input())
    last_day = forms.DateField(label=gettext_lazy("To, whole day"), widget=_day_input())
    title = forms.CharField(label=gettext_lazy("Title"), max_length=80)

    def choose_among(self, places: list[tuple[str, str]]) -> None:
        """The places a digest may be made of."""
        self.fields["place"].choices = places  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        """What the action takes: whole days of the merchant's zone."""
        given = self.cleaned_data
        return {
            "place_id": int(given["place"]),
            "first": _morning(given["first_day"]),
            "last": _morning(given["last_day"] + timedelta(days=1)),
            "title": given["title"],
        }

    def refuse(self, reason: str) -> None:
        """Says where and why there is none."""
        field, words = WRONG[reason]
        self.add_error(field, str(words))


class WordsForm(forms.Form):
    """The editor's own words."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=80)
    conclusion = forms.CharField(
        label=gettext_lazy("What it comes to, in a sentence or two"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))

"""Forms of give: planning a talk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from tongpin.web.console.give_words import TALK_WRONG
from tongpin.web.console.sell_forms import MomentField, Once


class TalkForm(forms.Form):
    """What a talk is, to be changed before it begins."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=80)
    guest_name = forms.CharField(label=gettext_lazy("Who speaks"), max_length=40)
    community = forms.ChoiceField(label=gettext_lazy("In which community"))
    starts_at = MomentField(label=gettext_lazy("Begins"))
    minutes = forms.IntegerField(label=gettext_lazy("Takes about, in minutes"), min_value=5, max_value=600, initial=60)
    about = forms.CharField(
        label=gettext_lazy("What the talk is about"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def choose_among(self, communities: list[tuple[str, str]]) -> None:
        """Where it may be held."""
        self.fields["community"].choices = communities  # type: ignore[attr-defined]

    def bear(self, *, guest: int, called: str) -> None:
        """Somebody of our own people speaks: what they give counts for them."""
        self.guest = (guest, called)
        self.fields["guest_name"].initial = called

    guest: tuple[int, str] | None = None

    def terms(self) -> dict[str, Any]:
        """What is planned, as the actions take it."""
        given = self.cleaned_data
        return {
            "title": given["title"],
            "guest_name": given["guest_name"],
            "starts_at": given["starts_at"],
            "ends_hint": given["starts_at"] + timedelta(minutes=given["minutes"]),
            "about": given["about"],
            "guest_person_id": self.guest[0] if self.guest else None,
        }

    def refuse(self, reason: str) -> None:
        """Says beside the field why it cannot be so."""
        field, words = TALK_WRONG.get(reason, ("title", gettext_lazy("A talk cannot be so.")))
        self.add_error(field if field in self.fields else None, str(words))


class PlanForm(TalkForm, Once):
    """A talk to be planned."""

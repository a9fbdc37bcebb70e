"""Forms of payments: the house's own account, and the reference that stands on a transfer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from tongpin.core.facts.sentences.codes import CODES
from tongpin.web.console.community_words import code_word

HOW = tuple(CODES["clearing"])


class ManualForm(forms.Form):
    """Where members transfer money to."""

    account = forms.CharField(
        label=gettext_lazy("Where to pay"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy("Holder, bank and number, one a line. Members read exactly this."),
    )
    picture_url = forms.CharField(
        label=gettext_lazy("Address of your collection code"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("A picture members can scan, such as https://shop.example.com/pay.png"),
    )
    is_on = forms.BooleanField(label=gettext_lazy("Members may pay this way"), required=False)


class ReferenceForm(forms.Form):
    """The reference on a transfer."""

    reference = forms.CharField(
        label=gettext_lazy("Reference on the transfer"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def how_choices() -> list[tuple[str, str]]:
    """How a difference was put right."""
    return [(one, code_word("clearing", one)) for one in HOW]

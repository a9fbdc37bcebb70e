"""Forms of payments: the house's own account, and the number that stands on a transfer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from tongpin.core.facts.sentences.codes import CODES
from tongpin.web.console.community_words import code_word
from tongpin.web.look.file_words import ACCEPTED_PICTURES

HOW = tuple(CODES["clearing"])


class ManualForm(forms.Form):
    """Where members transfer money to."""

    account = forms.CharField(
        label=gettext_lazy("Where to pay"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy("Holder, bank and number, one a line. Members read exactly this."),
    )
    picture = forms.FileField(
        label=gettext_lazy("Picture of your collection code"),
        widget=forms.FileInput(attrs={"accept": ACCEPTED_PICTURES}),
        allow_empty_file=True,
        required=False,
        help_text=gettext_lazy("Members scan it when they pay. JPEG, PNG, WebP or GIF, up to 20 MB."),
    )
    drop_picture = forms.BooleanField(label=gettext_lazy("Take the picture off"), required=False)
    is_on = forms.BooleanField(label=gettext_lazy("Members may pay this way"), required=False)


class ReferenceForm(forms.Form):
    """The note on a transfer: the order's number, as it was written."""

    reference = forms.CharField(
        label=gettext_lazy("Order number on the transfer"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def how_choices() -> list[tuple[str, str]]:
    """How a difference was put right."""
    return [(one, code_word("clearing", one)) for one in HOW]

"""Forms of channels. A password that is left empty stays what it was."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

_PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}


class MailForm(forms.Form):
    """The house's mail account."""

    host = forms.CharField(
        label=gettext_lazy("Mail server"), max_length=200, widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "url"})
    )
    security = forms.ChoiceField(
        label=gettext_lazy("Encryption"),
        choices=[
            ("tls", gettext_lazy("TLS (usual, port 465)")),
            ("starttls", gettext_lazy("STARTTLS (port 587)")),
            ("none", gettext_lazy("None (a server on this machine)")),
        ],
    )
    port = forms.CharField(
        label=gettext_lazy("Port"),
        max_length=5,
        required=False,
        widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "numeric"}),
        help_text=gettext_lazy("Leave it empty for the usual one."),
    )
    user = forms.CharField(
        label=gettext_lazy("User"), max_length=200, required=False, widget=forms.TextInput(attrs=_PLAIN)
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=500,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Many providers want an app password (授权码). It is kept encrypted and never shown."),
    )
    sender = forms.EmailField(label=gettext_lazy("Letters come from"), max_length=254)
    sender_name = forms.CharField(label=gettext_lazy("Name of the sender"), max_length=80, required=False)


class MatrixForm(forms.Form):
    """The house's place on a Matrix homeserver."""

    homeserver = forms.CharField(
        label=gettext_lazy("Homeserver"), max_length=300, widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "url"})
    )
    server_name = forms.CharField(
        label=gettext_lazy("Name of the server"), max_length=230, widget=forms.TextInput(attrs=_PLAIN)
    )
    localpart = forms.CharField(
        label=gettext_lazy("Our name there"), max_length=60, initial="tongpin", widget=forms.TextInput(attrs=_PLAIN)
    )


class TrialForm(forms.Form):
    """Where a test letter goes."""

    address = forms.EmailField(label=gettext_lazy("Send a test letter to"), max_length=254)

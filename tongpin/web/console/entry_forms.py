"""What is typed at the entrance: names, passwords, codes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tongpin.core.team.rules import LoginRefused, checked_login

LOGIN_HINT = _("2 to 80 characters without spaces, for example a mail address or linqing")


def login_widget(**more: Any) -> forms.TextInput:
    """A sign-in name: phones must not write it large or correct it."""
    return forms.TextInput(
        attrs={
            "autocomplete": "username",
            "autocapitalize": "none",
            "autocorrect": "off",
            "spellcheck": "false",
            **more,
        }
    )


def new_password_widget() -> forms.PasswordInput:
    """A password that is being chosen."""
    return forms.PasswordInput(attrs={"autocomplete": "new-password"})


class SignInForm(forms.Form):
    """Name and password."""

    login = forms.CharField(label=_("Sign-in name"), max_length=200, widget=login_widget(autofocus=True))
    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    own_device = forms.BooleanField(label=_("This is my own device: keep me signed in for 14 days"), required=False)
    next = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)


class CodeForm(forms.Form):
    """The second step: six digits of the app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True, "autocapitalize": "none"}
        ),
    )


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 10 characters; several words in a row are good"),
        max_length=1000,
        strip=False,
        widget=new_password_widget(),
    )
    repeat = forms.CharField(label=_("Once more"), max_length=1000, strip=False, widget=new_password_widget())

    def clean_password(self) -> str:
        """Long enough, and not one that everybody uses."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        """Twice the same."""
        given = super().clean() or {}
        if given.get("password") and given.get("repeat") and given["password"] != given["repeat"]:
            self.add_error("repeat", _("The two passwords differ."))
        return given


class FirstOwnerForm(NewPasswordForm):
    """The owner of a new house."""

    display_name = forms.CharField(
        label=_("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True})
    )
    login = forms.CharField(label=_("Sign-in name"), help_text=LOGIN_HINT, max_length=80, widget=login_widget())

    field_order = ["display_name", "login", "password", "repeat"]

    def clean_login(self) -> str:
        """A name one can sign in with."""
        return login_or_error(self.cleaned_data["login"])


def login_or_error(text: str) -> str:
    """A sign-in name for a new account, or the form's complaint."""
    try:
        return checked_login(text)
    except LoginRefused as error:
        raise ValidationError(_("This cannot be a sign-in name: 2 to 80 characters, no spaces or quotes.")) from error

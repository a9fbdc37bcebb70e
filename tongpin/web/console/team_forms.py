"""Forms of the team pages and of one's own account."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tongpin.core.team.rules import ROLES, Held, Role, may_grant
from tongpin.web.console.entry_forms import LOGIN_HINT, NewPasswordForm, login_or_error, login_widget
from tongpin.web.console.team_words import ROLE_WORDS

HOUSE = "house"


class RoleForm(forms.Form):
    """One role, in the whole house or in one community."""

    def __init__(
        self, *arguments: object, grants: Iterable[Held], communities: Iterable[tuple[int, str]], **more: object
    ) -> None:
        super().__init__(*arguments, **more)  # type: ignore[arg-type]
        held = tuple(grants)
        self.fields["role"] = forms.ChoiceField(
            label=_("Role"),
            choices=[(role, ROLE_WORDS[role]) for role in reversed(ROLES) if may_grant(actor=held, role=role)],
        )
        self.fields["where"] = forms.ChoiceField(
            label=_("In which community"),
            choices=[(HOUSE, _("The whole house")), *((str(number), name) for number, name in communities)],
        )

    def clean(self) -> dict[str, object]:
        """An owner owns the whole house."""
        given = super().clean() or {}
        if given.get("role") == "owner" and given.get("where") not in {HOUSE, None}:
            self.add_error("where", _("An owner owns the whole house; choose another role for one community."))
        return given

    def held(self) -> Held:
        """The role that was chosen."""
        role: Role = self.cleaned_data["role"]
        where = self.cleaned_data["where"]
        return Held(role, None if where == HOUSE else int(where))


class InviteForm(RoleForm):
    """A new teammate."""

    display_name = forms.CharField(label=_("Name"), max_length=80)
    login = forms.CharField(label=_("Sign-in name"), help_text=LOGIN_HINT, max_length=80, widget=login_widget())

    field_order = ["display_name", "login", "role", "where"]

    def clean_login(self) -> str:
        """A name one can sign in with."""
        return login_or_error(self.cleaned_data["login"])


class NameForm(forms.Form):
    """One's own name and language."""

    display_name = forms.CharField(
        label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("as in this browser")), *settings.LANGUAGES]
    )


class PresentPasswordForm(forms.Form):
    """The present password, before something that must not happen at an open screen."""

    present = forms.CharField(
        label=_("Present password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class OwnPasswordForm(NewPasswordForm):
    """A new password for oneself; the present one is asked unless one came in by a link just now."""

    field_order = ["present", "password", "repeat"]

    def __init__(self, *arguments: object, ask_present: bool, **more: object) -> None:
        super().__init__(*arguments, **more)  # type: ignore[arg-type]
        if ask_present:
            self.fields = {"present": PresentPasswordForm.base_fields["present"], **self.fields}

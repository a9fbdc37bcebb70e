"""Forms of sources we fetch from."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongpin.core.intake.recognising import TABLES
from tongpin.core.intake.sources import SourceSeen
from tongpin.web.console.hooks_forms import place_choices
from tongpin.web.console.import_words import CONSENT
from tongpin.web.console.import_words import KINDS as TABLE_KINDS
from tongpin.web.console.pulls_words import EVERY, KINDS

ONLY_JSON = ("items", "paging_how", "paging_next", "paging_param", "paging_more", "newest_first", "event", "place")
ONLY_TABLE = ("kind", "shop_name", "place_name", "community", "consent_basis")


def _every() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=gettext_lazy("How often"), choices=list(EVERY.items()), coerce=int, initial=15)


def _secret(label: Any, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, required=False, max_length=4000, widget=widget, **more)


class PullForm(forms.Form):
    """A new source."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is fetched"),
        choices=[(code, words[1]) for code, words in KINDS.items()],
        widget=forms.RadioSelect,
        initial="json_pages",
    )
    name = forms.CharField(label=gettext_lazy("What it is called"), max_length=80)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=2000, widget=forms.URLInput())
    secret = _secret(gettext_lazy("Token"))
    every = _every()


class PullSettingsForm(forms.Form):
    """All that can be said of a source; what its kind does not know is left out."""

    name = forms.CharField(label=gettext_lazy("What it is called"), max_length=80)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=2000, widget=forms.URLInput())
    every = _every()
    secret = _secret(gettext_lazy("New token"))
    forget = forms.BooleanField(label=gettext_lazy("Forget the token that is kept"), required=False)
    auth_how = forms.ChoiceField(
        label=gettext_lazy("How the token is shown"),
        choices=[
            ("bearer", gettext_lazy("as Authorization: Bearer … (usual)")),
            ("header", gettext_lazy("in a header of its own")),
            ("query", gettext_lazy("as a parameter of the address")),
        ],
    )
    auth_name = forms.CharField(label=gettext_lazy("Name of that header or parameter"), required=False, max_length=60)
    items = forms.CharField(label=gettext_lazy("Where the list stands"), required=False, max_length=200)
    paging_how = forms.ChoiceField(
        label=gettext_lazy("How it goes on"),
        choices=[
            ("none", gettext_lazy("everything on one page")),
            ("number", gettext_lazy("pages are numbered 1, 2, 3")),
            ("cursor", gettext_lazy("each answer names a cursor for the next")),
            ("link", gettext_lazy("each answer names the next address")),
        ],
    )
    paging_param = forms.CharField(label=gettext_lazy("Name of the parameter"), required=False, max_length=60)
    paging_next = forms.CharField(label=gettext_lazy("Where the next page is told"), required=False, max_length=200)
    paging_more = forms.CharField(
        label=gettext_lazy("Field that says whether there is more"), required=False, max_length=200
    )
    newest_first = forms.BooleanField(label=gettext_lazy("The newest come first"), required=False)
    event = forms.CharField(label=gettext_lazy("What it is called on timelines"), required=False, max_length=60)
    place = forms.ChoiceField(label=gettext_lazy("Shop"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Taken for"), required=False)
    shop_name = forms.CharField(label=gettext_lazy("Shop"), required=False, max_length=120)
    place_name = forms.CharField(label=gettext_lazy("Group"), required=False, max_length=120)
    community = forms.ChoiceField(label=gettext_lazy("Community"), required=False)
    consent_basis = forms.ChoiceField(label=gettext_lazy("What they agreed to"), required=False)

    def __init__(
        self, *arguments: object, source: SourceSeen, communities: list[tuple[int, str]], **more: object
    ) -> None:
        super().__init__(*arguments, **more)  # type: ignore[arg-type]
        self.source = source
        for name in ONLY_TABLE if source.kind == "json_pages" else ONLY_JSON:
            del self.fields[name]
        if not source.has_secret:
            del self.fields["forget"]
        if source.every_minutes not in EVERY:
            self.fields["every"].choices = [*EVERY.items(), (source.every_minutes, str(source.every_minutes))]  # type: ignore[attr-defined]
        kinds = [("", _("let it be recognised")), *((one, str(TABLE_KINDS[one])) for one in (*TABLES, "messages"))]
        named = [("0", _("none, or several")), *((str(number), name) for number, name in communities)]
        if "place" in self.fields:
            self._choose("place", place_choices(_("as it is, or a shop of its own"), shops_only=True))
            return
        for field, choices in (("kind", kinds), ("community", named), ("consent_basis", list(CONSENT.items()))):
            self._choose(field, choices)

    def _choose(self, name: str, choices: list[Any]) -> None:
        self.fields[name] = forms.ChoiceField(label=self.fields[name].label, required=False, choices=choices)

    def clean(self) -> dict[str, Any]:
        """A token in a header or parameter needs its name."""
        given = super().clean() or {}
        if given.get("auth_how") in ("header", "query") and not given.get("auth_name"):
            self.add_error("auth_name", _("Say its name."))
        return given

    def settings(self) -> dict[str, Any]:
        """The settings as the core takes them."""
        given = self.cleaned_data
        how, name = given["auth_how"], given["auth_name"]
        auth = {"header": name, "prefix": ""} if how == "header" else {"query": name} if how == "query" else {}
        if self.source.kind == "json_pages":
            paging = {
                "how": given["paging_how"],
                "next": given["paging_next"].strip(),
                "param": given["paging_param"].strip(),
                "more": given["paging_more"].strip(),
                "newest_first": given["newest_first"],
            }
            return {"items": given["items"].strip(), "paging": paging, "auth": auth}
        return {
            "kind": given["kind"],
            "shop_name": given["shop_name"],
            "place_name": given["place_name"],
            "community": int(given["community"] or 0),
            "consent_basis": given["consent_basis"],
            "auth": auth,
        }


def initial_of(source: SourceSeen) -> dict[str, Any]:
    """A source's settings as the form shows them. The token is never among them."""
    told = source.settings
    auth, paging = told.get("auth") or {}, told.get("paging") or {}
    how = "query" if auth.get("query") else "header" if "header" in auth or auth.get("prefix") == "" else "bearer"
    return {
        "name": source.name,
        "address": source.address,
        "every": source.every_minutes,
        "auth_how": how,
        "auth_name": auth.get("query") or (auth.get("header", "Authorization") if how == "header" else ""),
        "items": told.get("items", ""),
        "paging_how": paging.get("how", "none"),
        "paging_next": paging.get("next", ""),
        "paging_param": paging.get("param", ""),
        "paging_more": paging.get("more", ""),
        "newest_first": paging.get("newest_first", False),
        "event": source.event,
        "place": str(source.shop_id or ""),
        "kind": told.get("kind", ""),
        "shop_name": told.get("shop_name", ""),
        "place_name": told.get("place_name", ""),
        "community": str(told.get("community", 0)),
        "consent_basis": told.get("consent_basis", ""),
    }

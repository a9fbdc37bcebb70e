"""The small forms of people: adding somebody, and what one writes on a person's page."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongpin.base.text import clean
from tongpin.core.people.signs import Sign
from tongpin.web.console.people_understand import Fault, Understood, understand

FAULTS: dict[Fault, object] = {
    "phone": _("This is no whole phone number; a masked or shortened one finds nobody."),
    "mail": _("This is no mail address."),
}
TAG_SPLIT = ",，、;；\n"


class AddForm(forms.Form):
    """Somebody met by hand. One of the first two fields is enough."""

    who = forms.CharField(
        label=_("Phone or WeChat name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True, "enterkeyhint": "next"}),
    )
    nickname = forms.CharField(
        label=_("What you call them"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    tags = forms.MultipleChoiceField(label=_("Tags"), required=False, widget=forms.CheckboxSelectMultiple)
    more_tags = forms.CharField(
        label=_("Other tags"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "all-tags"}),
    )
    place = forms.ChoiceField(label=_("Group they are in"), required=False)
    note = forms.CharField(
        label=_("Note about them"),
        required=False,
        max_length=4000,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    anyway = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *arguments: object,
        tags: Sequence[str],
        places: Sequence[tuple[str, str]],
        must_place: bool,
        **more: object,
    ) -> None:
        super().__init__(*arguments, **more)  # type: ignore[arg-type]
        self.fields["tags"].choices = [(name, name) for name in tags]  # type: ignore[attr-defined]
        first = [] if must_place else [("", gettext("none yet"))]
        self.fields["place"].choices = [*first, *places]  # type: ignore[attr-defined]
        self.fields["place"].required = must_place
        if not places:
            del self.fields["place"]
        self.understood = Understood(fault="empty")
        wrong = " is-invalid" if self.is_bound and self.errors.get("who") else ""
        self.fields["who"].widget.attrs |= {"class": f"form-control{wrong}", "aria-describedby": "id_who_helptext"}

    def clean(self) -> dict[str, object]:
        """Reads the first field by itself, and wants at least a name."""
        given = super().clean() or {}
        self.understood = understand(str(given.get("who", "")))
        if self.understood.fault in FAULTS:
            self.add_error("who", str(FAULTS[self.understood.fault]))
        elif self.understood.fault == "empty" and not given.get("nickname"):
            self.add_error("who", gettext("Give a phone number, a WeChat name, or at least what you call them."))
        return given

    @property
    def signs(self) -> list[Sign]:
        """What they are known again by."""
        return [self.understood.sign] if self.understood.sign else []

    @property
    def wanted_tags(self) -> list[str]:
        """Ticked and typed tags, each once."""
        return list(
            dict.fromkeys([*self.cleaned_data.get("tags", []), *split_tags(self.cleaned_data.get("more_tags", ""))])
        )


def split_tags(text: str) -> list[str]:
    """Tags as typed, parted by commas of either script."""
    for mark in TAG_SPLIT:
        text = text.replace(mark, "\n")
    return [name for part in text.split("\n") if (name := clean(part, limit=60))]

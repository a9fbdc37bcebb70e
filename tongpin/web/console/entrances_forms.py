"""Forms of ways in: making one, and what one cost."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongpin.core.facts.sentences.codes import CODES
from tongpin.loop.gather.charter.rules import DOORS as DOOR_CODES
from tongpin.loop.gather.entrances.rules import EITHER, OFFLINE, ONLINE
from tongpin.web.console.community_words import DOORS, code_word

COST_KINDS = ("ads", "print", "material", "fair", "venue", "sample", "prize", "labour", "fee", "other")
"""Kinds of cost that a way in has; codes of facts."""
MOST_YUAN = Decimal(10_000_000)


class EntranceForm(forms.Form):
    """A new way in. Where a channel can be on the spot or online, the choice says which."""

    name = forms.CharField(
        label=gettext_lazy("What it is called"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    channel = forms.ChoiceField(label=gettext_lazy("Where people meet it"))
    door = forms.ChoiceField(label=gettext_lazy("Whom it is meant for"), initial="public")
    paid = forms.BooleanField(label=gettext_lazy("it costs money"), required=False)

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        choices: list[Any] = [
            ("", _("choose")),
            (_("on the spot, on paper"), [_option(code, "offline") for code in (*OFFLINE, *EITHER)]),
            (_("online"), [_option(code, "online") for code in (*ONLINE, *EITHER)]),
        ]
        self.fields["channel"].choices = choices  # type: ignore[attr-defined]
        self.fields["door"].choices = [(code, DOORS[code][0]) for code in reversed(DOOR_CODES)]  # type: ignore[attr-defined]

    @property
    def channel_code(self) -> str:
        """The channel's code."""
        return str(self.cleaned_data["channel"]).partition(":")[0]

    @property
    def offline(self) -> bool:
        """Whether it is met on the spot or on paper."""
        return str(self.cleaned_data["channel"]).endswith(":offline")


def _option(code: str, where: str) -> tuple[str, str]:
    return f"{code}:{where}", code_word("entrance_channel", code)


class CostForm(forms.Form):
    """What a way in cost."""

    amount = forms.CharField(
        label=gettext_lazy("Amount in yuan"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("For what"))
    first_day = forms.DateField(
        label=gettext_lazy("From day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Until day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    once = forms.CharField(max_length=40, widget=forms.HiddenInput)
    """Made new with each form, so that pressing twice books once."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        kinds = [(code, code_word("cost_kind", code)) for code in COST_KINDS if code in CODES["cost_kind"]]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]

    def clean_amount(self) -> int:
        """Whole fen, from what people type: 300, 300.50, ¥1,200 or 300元."""
        typed = str(self.cleaned_data["amount"])
        bare = typed.strip().strip("¥￥元").replace(",", "").replace("，", "").strip()
        try:
            yuan = Decimal(bare)
        except InvalidOperation:
            raise forms.ValidationError(_("This is no amount.")) from None
        if not yuan.is_finite() or not 0 < yuan <= MOST_YUAN:
            raise forms.ValidationError(_("An amount is above zero and no more than ten million."))
        fen = yuan * 100
        if fen != fen.quantize(Decimal(1), ROUND_HALF_UP):
            raise forms.ValidationError(_("There is nothing smaller than a fen: two digits after the point."))
        return int(fen)

    def clean(self) -> dict[str, Any]:
        """Both days or none, in order."""
        given = super().clean() or {}
        first, last = given.get("first_day"), given.get("last_day")
        if "first_day" not in self.errors and "last_day" not in self.errors:
            if (first is None) != (last is None):
                self.add_error("last_day" if last is None else "first_day", _("Give both days, or neither."))
            elif first and last and first > last:
                self.add_error("last_day", _("Choose a last day that is the first day or later."))
        return given

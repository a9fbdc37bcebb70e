"""Forms of sell: putting up a product, new prices, stock, a group, a parcel, money back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongpin.base.clock import now as present
from tongpin.base.ids import token
from tongpin.loop.sell.offers.amending import Amended
from tongpin.loop.sell.offers.queries import OfferSeen
from tongpin.loop.sell.offers.rules import MOST_FEN, MOST_SEATS, MOST_STOCK, Terms
from tongpin.web.console.sell_words import TERMS_WRONG, reason_word
from tongpin.web.look.file_words import ACCEPTED_PICTURES

REFUND_REASONS = ("quality", "damaged", "wrong_goods", "late", "not_as_told", "unwanted", "price", "goodwill")
CANCEL_REASONS = ("buyer", "sold_out", "duplicate", "house")
CLOSE_REASONS = ("withdrawn", "sold_out", "recalled")


def fen_of(typed: str, *, zero: bool = False) -> int:
    """Whole fen, from what people type: 69, 69.50, ¥1,200 or 69元. Raises ValidationError."""
    bare = typed.strip().strip("¥￥元").replace(",", "").replace("，", "").strip()
    try:
        yuan = Decimal(bare)
    except InvalidOperation:
        raise forms.ValidationError(_("This is no amount.")) from None
    if not yuan.is_finite() or yuan < 0 or (not yuan and not zero) or yuan * 100 > MOST_FEN:
        raise forms.ValidationError(_("An amount is above zero and no more than a million."))
    if (fen := int(yuan * 100)) != yuan * 100:
        raise forms.ValidationError(_("There is nothing smaller than a fen: two digits after the point."))
    return fen


def yuan_of(fen: int | None) -> str:
    """Fen as somebody would type them."""
    if fen is None:
        return ""
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


class YuanField(forms.CharField):
    """An amount in yuan, cleaned to fen; None where it may be left out and was."""

    def __init__(self, *, zero: bool = False, **more: Any) -> None:
        more.setdefault("max_length", 20)
        more.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**more)
        self.zero = zero

    def clean(self, value: Any) -> Any:
        """Fen."""
        typed = super().clean(value)
        return fen_of(typed, zero=self.zero) if typed else None


class MomentField(forms.DateTimeField):
    """A day and a time in the merchant's zone, still to come."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **more)

    def clean(self, value: Any) -> datetime | None:
        """Nothing ends in the past."""
        given: datetime | None = super().clean(value)
        if given is not None and given <= present():
            raise forms.ValidationError(_("This moment is past. Choose one still to come."))
        return given


class Once(forms.Form):
    """A form that counts once, however often it is sent."""

    once = forms.CharField(max_length=40, widget=forms.HiddenInput)

    @classmethod
    def fresh(cls, **initial: Any) -> Any:
        """An empty form with a sign of its own."""
        return cls(initial={"once": token(size=20), **initial})


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class OfferForm(Once):
    """A product to be put up."""

    name = forms.CharField(label=gettext_lazy("What it is called"), max_length=60)
    words = forms.CharField(
        label=gettext_lazy("What it is, and whom it suits"), max_length=4000, required=False, widget=_text(4)
    )
    unsuited = forms.CharField(
        label=gettext_lazy("Whom it does not suit"), max_length=2000, required=False, widget=_text(2)
    )
    community = forms.ChoiceField(label=gettext_lazy("For whom"))
    price = YuanField(label=gettext_lazy("Price in yuan"))
    group_price = YuanField(label=gettext_lazy("Price together"), required=False)
    group_seats = forms.IntegerField(
        label=gettext_lazy("People in a group"), min_value=2, max_value=MOST_SEATS, required=False
    )
    group_hours = forms.IntegerField(
        label=gettext_lazy("Hours a group has"), min_value=1, max_value=336, required=False
    )
    stock = forms.IntegerField(label=gettext_lazy("In stock"), min_value=1, max_value=MOST_STOCK, required=False)
    per_person = forms.IntegerField(
        label=gettext_lazy("At most per person"), min_value=1, max_value=MOST_STOCK, required=False
    )
    postage = YuanField(label=gettext_lazy("Postage"), required=False, zero=True)
    cost = YuanField(label=gettext_lazy("What it costs us"), required=False, zero=True)
    ends = MomentField(label=gettext_lazy("On sale until"), required=False)

    def choose_among(self, communities: list[tuple[str, str]]) -> None:
        """Whom it may be put up for."""
        self.fields["community"].choices = communities  # type: ignore[attr-defined]

    def terms(self) -> Terms:
        """What is asked and given."""
        given = self.cleaned_data
        together = given["group_price"] is not None
        return Terms(
            price_fen=given["price"],
            group_price_fen=given["group_price"],
            group_seats=given["group_seats"] if together else None,
            group_hours=given["group_hours"] or 24,
            postage_fen=given["postage"] or 0,
            limit=given["stock"] or 0,
            per_person=given["per_person"] or 0,
            ends=given["ends"],
        )

    def refuse(self, reason: str) -> None:
        """Says beside the field why these terms cannot be offered."""
        refuse(self, reason)


class EditForm(forms.Form):
    """What an offer says and grants, besides its prices."""

    name = forms.CharField(label=gettext_lazy("What it is called"), max_length=60)
    words = forms.CharField(
        label=gettext_lazy("What it is, and whom it suits"), max_length=4000, required=False, widget=_text(4)
    )
    unsuited = forms.CharField(
        label=gettext_lazy("Whom it does not suit"), max_length=2000, required=False, widget=_text(2)
    )
    postage = YuanField(label=gettext_lazy("Postage"), required=False, zero=True)
    per_person = forms.IntegerField(
        label=gettext_lazy("At most per person"), min_value=1, max_value=MOST_STOCK, required=False
    )
    ends = MomentField(label=gettext_lazy("On sale until"), required=False)
    group_hours = forms.IntegerField(
        label=gettext_lazy("Hours a group has"), min_value=1, max_value=336, required=False
    )
    stock = forms.IntegerField(label=gettext_lazy("In stock"), min_value=1, max_value=MOST_STOCK, required=False)

    @classmethod
    def of(cls, seen: OfferSeen) -> EditForm:
        """The form, filled in as the offer stands."""
        return cls(
            initial={
                "name": seen.title,
                "words": seen.words,
                "unsuited": seen.unsuited,
                "postage": yuan_of(seen.postage_fen),
                "per_person": seen.per_person or None,
                "ends": seen.ends,
                "group_hours": seen.group_hours,
            }
        )

    def wanted(self) -> Amended:
        """What it is to be."""
        given = self.cleaned_data
        return Amended(
            title=given["name"],
            words=given["words"],
            unsuited=given["unsuited"],
            postage_fen=given["postage"] or 0,
            per_person=given["per_person"] or 0,
            ends=given["ends"],
            group_hours=given["group_hours"],
            limit=given["stock"] or 0,
        )


class PriceForm(forms.Form):
    """New prices of an offer."""

    price = YuanField(label=gettext_lazy("Price in yuan"))
    group_price = YuanField(label=gettext_lazy("Price together"), required=False)
    group_seats = forms.IntegerField(
        label=gettext_lazy("People in a group"), min_value=2, max_value=MOST_SEATS, required=False
    )
    cost = YuanField(label=gettext_lazy("What it costs us"), required=False, zero=True)


class StockForm(Once):
    """Goods that came in, or were taken out."""

    quantity = forms.IntegerField(label=gettext_lazy("How many came in"), min_value=-MOST_STOCK, max_value=MOST_STOCK)


class PictureForm(forms.Form):
    """A picture of an offer."""

    file = forms.FileField(
        label=gettext_lazy("Picture"),
        widget=forms.FileInput(attrs={"accept": ACCEPTED_PICTURES}),
        allow_empty_file=True,
    )
    says = forms.CharField(label=gettext_lazy("What it shows"), max_length=120, required=False)


class GroupForm(Once):
    """A group to be opened."""

    seats = forms.IntegerField(label=gettext_lazy("People in a group"), min_value=2, max_value=MOST_SEATS)
    ends = MomentField(label=gettext_lazy("Runs until"))


class ShipForm(forms.Form):
    """A parcel that left the house."""

    carrier = forms.CharField(label=gettext_lazy("Carrier"), max_length=40, required=False)
    parcel = forms.CharField(label=gettext_lazy("Number of the parcel"), max_length=60, required=False)


class RefuseForm(forms.Form):
    """Why a buyer gets nothing back, in words for them."""

    answer = forms.CharField(label=gettext_lazy("Why not, for the buyer to read"), max_length=300, widget=_text(2))


class RefundForm(Once):
    """Money to be given back."""

    amount = YuanField(label=gettext_lazy("Amount in yuan"))
    reason = forms.ChoiceField(label=gettext_lazy("Why"))

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["reason"].choices = [(one, reason_word(one)) for one in REFUND_REASONS]  # type: ignore[attr-defined]


def refuse(form: forms.Form, reason: str) -> None:
    """Says beside the field why terms cannot be offered; above the form where it has no such field."""
    field, words = TERMS_WRONG.get(reason, ("", gettext_lazy("These terms do not go together.")))
    form.add_error(field if field in form.fields else None, str(words))

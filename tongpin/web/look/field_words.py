"""What is wrong with a field, in words that say what to do: instead of Django's own, for all forms at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import validators
from django.utils.translation import gettext_lazy, ngettext_lazy


def speak_plainly() -> None:
    """Gives Django's validators and fields our words. Called once, when the house starts."""
    validators.MaxLengthValidator.message = ngettext_lazy(
        "At most %(limit_value)d character fits here; this is %(show_value)d long.",
        "At most %(limit_value)d characters fit here; this is %(show_value)d long.",
        "limit_value",
    )
    validators.MinLengthValidator.message = ngettext_lazy(
        "At least %(limit_value)d character is needed; this is %(show_value)d long.",
        "At least %(limit_value)d characters are needed; this is %(show_value)d long.",
        "limit_value",
    )
    validators.MinValueValidator.message = gettext_lazy("Give %(limit_value)s or more.")
    validators.MaxValueValidator.message = gettext_lazy("Give %(limit_value)s or less.")
    nowhere = gettext_lazy("Choose one of the list; “%(value)s” is not on it.")
    words: dict[type[forms.Field], dict[str, Any]] = {
        forms.Field: {"required": gettext_lazy("Fill this in.")},
        forms.ChoiceField: {"required": gettext_lazy("Choose one."), "invalid_choice": nowhere},
        forms.MultipleChoiceField: {"invalid_choice": gettext_lazy("Choose from the list; “%(value)s” is not on it.")},
        forms.IntegerField: {"invalid": gettext_lazy("Give a whole number.")},
        forms.DecimalField: {"invalid": gettext_lazy("Give a number.")},
        forms.DateField: {"invalid": gettext_lazy("Give a day, such as 2026-11-22.")},
        forms.DateTimeField: {"invalid": gettext_lazy("Give a day and a time, such as 2026-11-22 19:30.")},
        forms.TimeField: {"invalid": gettext_lazy("Give a time, such as 19:30.")},
    }
    for kind, own in words.items():
        # A dictionary of its own: what a kind says must not reach the kind it comes from.
        said = {**vars(kind).get("default_error_messages", {}), **own}
        setattr(kind, "default_error_messages", said)  # noqa: B010

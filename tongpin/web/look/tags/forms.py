"""Form fields with their label, hint and error."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.forms import BaseForm, BoundField

register = template.Library()


@register.inclusion_tag("look/parts/field.html")
def field(
    bound: BoundField, *, hint: str = "", example: str = "", later: bool = False, **attributes: object
) -> dict[str, object]:
    """One form field: label, control, hint, error beside it with an example. Further words become attributes.

    `later`: it may stay empty for now and is needed in the end, so it is not called optional.
    """
    widget = bound.field.widget
    several = isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))
    single = isinstance(widget, forms.CheckboxInput)
    wanted: dict[str, Any] = {name.replace("_", "-"): value for name, value in attributes.items()}
    if isinstance(widget, forms.NumberInput):
        # The browser throws away what its number field cannot read; typed text is never lost, so it is a text field.
        widget.input_type = "text"
        wanted.setdefault("inputmode", "numeric" if type(bound.field) is forms.IntegerField else "decimal")
    looks = [_look_of(widget, check=single or several), str(widget.attrs.get("class", ""))]
    wanted["class"] = " ".join(look for look in [*looks, "is-invalid" if bound.errors else ""] if look)
    if hint and bound.id_for_label and not bound.help_text:
        wanted["aria-describedby"] = f"{bound.id_for_label}_helptext"
    if several:
        widget.attrs.update(wanted)
    return {
        "field": bound,
        "control": "" if several else bound.as_widget(attrs=wanted),
        "check": single,
        "several": several,
        "hint": hint or bound.help_text,
        "example": example,
        "optional": not bound.field.required and not single and not later,
    }


def _look_of(widget: forms.Widget, *, check: bool) -> str:
    if check:
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


@register.inclusion_tag("look/parts/form_wrong.html")
def form_wrong(form: BaseForm) -> dict[str, object]:
    """What is wrong with a form as a whole; nothing where nothing is."""
    return {"errors": form.non_field_errors()}

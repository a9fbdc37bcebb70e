"""Parts of a page that are drawn from a template of their own."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.contrib.messages.storage.base import Message
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from tongpin.base.text import mask_address, mask_mail, mask_name, mask_phone
from tongpin.web.look import parts, toast, wording

register = template.Library()

MASKS = {"phone": mask_phone, "mail": mask_mail, "name": mask_name, "address": mask_address}


@register.inclusion_tag("look/parts/figure.html")
def figure(
    value: object,
    *,
    label: str = "",
    unit: str = "",
    change: str = "",
    better: bool | None = None,
    against: str = "",
    have: int | None = None,
    need: int = 30,
) -> dict[str, object]:
    """A key figure: number, unit, change in good or bad, what it is compared with; with too few the chip instead."""
    direction = "▼" if change[:1] in {"-", wording.MINUS} else "▲"
    enough = have is None or have >= need
    return {
        "value": value,
        "label": label,
        "unit": unit,
        "change": change.lstrip("+-" + wording.MINUS),
        "direction": direction,
        "better": better,
        "against": against,
        "enough": enough,
        "have": have,
        "need": need,
    }


@register.inclusion_tag("look/parts/mask.html")
def mask(value: str, kind: str, show: str = "") -> dict[str, object]:
    """A phone, mail, name or address with its middle hidden. `show`: where a POST tells it and is audited."""
    return {"text": MASKS[kind](value) if value else "—", "show": show if value else ""}


@register.inclusion_tag("look/parts/filters.html")
def filters(chips: Sequence[parts.FilterChip], label: str = "") -> dict[str, object]:
    """Filters above a table as round chips with counts; the chosen one on ink."""
    return {"chips": chips, "label": label or gettext("Filter")}


@register.inclusion_tag("look/parts/pager.html")
def pager(
    older: str = "", newer: str = "", count: int | None = None, first: str = "", ahead: bool = False
) -> dict[str, object]:
    """Keyset paging: addresses of older and newer rows, how many older ones if that is known, and the first page.

    ahead: the list looks into what is to come, the next first.
    """
    text = (
        ngettext("%(count)s older", "%(count)s older", count or 0) % {"count": wording.grouped(count)}
        if count
        else gettext("Later ones")
        if ahead
        else gettext("Older")
    )
    back = gettext("To the next ones") if ahead else gettext("To the newest")
    return {"older": older, "newer": newer, "first": first, "text": text, "back": back}


@register.simple_tag(takes_context=True)
def opens(context: Context, url_name: str) -> bool:
    """Whether the one who looks may open a page that takes no arguments; tabs that would refuse them are not shown."""
    return bool(context["shell"].opens(url_name))


@register.inclusion_tag("look/parts/stepper.html")
def stepper(stages: Sequence[parts.Stage]) -> dict[str, object]:
    """The steps of a wizard: done with a tick, the present one filled, later ones hollow."""
    return {"stages": stages}


@register.inclusion_tag("look/parts/empty.html")
def empty(
    title: str,
    text: str = "",
    *,
    art: str = "",
    action: str = "",
    href: str = "",
    more: str = "",
    more_href: str = "",
    step: str = "neutral",
    hints: Sequence[parts.Hint] = (),
    small: bool = False,
) -> dict[str, object]:
    """An empty page that teaches: one sentence, one drawing (templates/look/art), one button, hints below."""
    return {
        "title": title,
        "text": text,
        "art": f"look/art/{art}.svg" if art else "",
        "action": action,
        "href": href,
        "more": more,
        "more_href": more_href,
        "step": step,
        "hints": hints,
        "small": small,
    }


@register.inclusion_tag("look/parts/split.html")
def split(portions: Sequence[parts.Portion]) -> dict[str, object]:
    """A bar true to scale with its key below: what a whole is made of."""
    return {"stretches": parts.stretches(portions), "portions": portions, "total": sum(p.count for p in portions)}


@register.inclusion_tag("look/parts/copy.html")
def copy(text: str, *, label: str = "", key: str = "", kind: str = "btn-copy") -> dict[str, object]:
    """A button that copies `text`; `key` presses it from the keyboard."""
    return {"text": text, "label": label or gettext("Copy"), "key": key, "kind": kind}


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context,
    content: str,
    *,
    id: str,
    title: str,
    action: str = "",
    label: str = "",
    safe: str = "",
    repeat: int | None = None,
    note: str = "",
    danger: bool = True,
    narrow: bool = False,
    fragment: str = "",
) -> SafeString:
    """A dialog: its title the consequence, its button the whole truth. `repeat`: the number to type first."""
    return render_to_string(
        "look/parts/confirm.html",
        {
            "content": content,
            "id": id,
            "title": title,
            "action": action,
            "label": label,
            "repeat": repeat,
            "note": note,
            "safe": safe or gettext("Not now"),
            "danger": danger,
            "narrow": narrow,
            "fragment": fragment,
            "csrf_token": context.get("csrf_token", ""),
        },
    )


@register.filter
def undo_of(message: Message) -> str:
    """The address that takes back what a message tells."""
    return toast.undo_of(message)

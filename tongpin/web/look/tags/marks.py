"""Small signs: icon, tile, chip, avatar, bar. A sign never stands without its word."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tongpin.web.look import parts
from tongpin.web.look.icons import ICONS

register = template.Library()


def step_word(code: str) -> str:
    """The word of a step or room in the reader's language."""
    words = {
        "gather": gettext("Gather"),
        "give": gettext("Give"),
        "sell": gettext("Sell"),
        "share": gettext("Share"),
        "insight": gettext("Insight"),
        "house": gettext("House-keeping"),
    }
    return words[code]


@register.simple_tag
def asset(path: str) -> str:
    """A static file's address. Before files were collected the plain one, so that an error page can always be drawn."""
    try:
        return str(staticfiles_storage.url(path))
    except ValueError:
        return f"{settings.STATIC_URL}{path}"


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """An icon of the sprite, 13, 16, 20 or 24 px; never without a word beside it."""
    return _drawn(name, size)


def _drawn(name: str, size: int) -> SafeString:
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"no icon {name!r}: add it to tongpin/web/look/icons.py")
    look = "icon" if size == 16 else f"icon icon-{size}"
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        look,
        asset("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def tile(step: str, size: str = "") -> SafeString:
    """The tile of a step (步标), by its code or its glyph; size small, large or nothing. Other glyphs are neutral."""
    code = step if step in parts.STEPS else parts.GLYPHS.get(step, "")
    look = f"tile {code if code in parts.COLOURED else 'neutral'}" + (f" tile-{size}" if size else "")
    word = step_word(code) if code else ""
    label = format_html(' role="img" aria-label="{}" title="{}"', word, word) if word else ' aria-hidden="true"'
    return format_html('<span class="{}"{}>{}</span>', look, SafeString(label), parts.STEPS.get(code, step[:1]))


@register.simple_tag
def chip(text: object, kind: str = "", icon: str = "") -> SafeString:
    """A status: word, shape and colour together. Kinds: good wait warn fail ink out na, a step's code, or none.

    `icon` replaces the kind's own shape; "none" leaves it out where a whole column says the same thing.
    """
    if kind not in parts.CHIP_KINDS:
        raise template.TemplateSyntaxError(f"no chip {kind!r}: one of {', '.join(sorted(parts.CHIP_KINDS - {''}))}")
    shape = "" if icon == "none" else icon or parts.CHIP_ICONS.get(kind, "")
    drawn = _drawn(shape, 13) if shape else ""
    return format_html('<span class="{}">{}{}</span>', parts.chip_look(kind), drawn, text)


@register.simple_tag
def too_few(have: int, need: int, unit: str = "") -> SafeString:
    """The hatched chip 数据不足 with what is there and what is needed."""
    text = gettext("Not enough data: %(have)s / %(need)s") % {"have": have, "need": need}
    return chip(f"{text} {unit}".strip(), kind="na")


@register.simple_tag
def avatar(name: str, size: str = "") -> SafeString:
    """The first character of a name in a circle; size small, large or nothing. The name itself stands beside it."""
    look = f"avatar avatar-{size}" if size else "avatar"
    return format_html('<span class="{}" aria-hidden="true">{}</span>', look, (name.strip() or "?")[0].upper())


@register.simple_tag
def bar(part: float, *, of: float = 1, kind: str = "") -> SafeString:
    """A thin bar filled to part / of. The number itself must stand beside it."""
    share = min(max(100 * part / of if of else 0, 0), 100)
    return format_html(
        '<svg class="bar {}" aria-hidden="true"><rect width="{}%" height="100%"/></svg>', kind, f"{share:.2f}"
    )

"""Numbers, money and moments in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, pgettext

from tongpin.base import clock
from tongpin.base.counted import Counted
from tongpin.base.money import Money
from tongpin.web.look import wording

register = template.Library()


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


@register.simple_tag
def money(fen: int | Money | None, style: str = "exact") -> str:
    """An amount of fen: exact ¥89.00, whole ¥89, short ¥12.8 万. Nothing known is a dash."""
    if fen is None:
        return "—"
    return wording.yuan(fen.fen if isinstance(fen, Money) else fen, style=style, chinese=_chinese())


@register.simple_tag
def when(at: datetime | None, style: str = "") -> SafeString:
    """A moment in the merchant's zone, in full on hover. Styles: time (09:11), day (11-23), date, said (今天 09:11), or by
    nearness: today without its day."""
    if at is None:
        return SafeString("—")
    local = timezone.localtime(at)
    text = {"time": f"{local:%H:%M}", "date": f"{local:%Y-%m-%d}", "day": f"{local:%m-%d}"}.get(style) or near(
        at, today=style == "said"
    )
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), wording.full_moment(local), text)


@register.simple_tag
def day_heading(at: datetime) -> str:
    """The heading of a day on a timeline: 今天 11-24, 昨天 11-23, then 11-17, then 2025-11-08."""
    local, today = timezone.localtime(at), timezone.localtime(clock.now())
    found = wording.moment(local, now=today)
    digits = f"{local:%m-%d}" if local.year == today.year or found.nearness != "far" else f"{local:%Y-%m-%d}"
    word = {"today": gettext("Today"), "yesterday": gettext("Yesterday"), "tomorrow": gettext("Tomorrow")}
    return f"{word[found.nearness]} {digits}" if found.nearness in word else digits


def near(at: datetime, *, today: bool = False) -> str:
    """A moment by nearness, as `when` shows it: 09:11, 明天 09:11, 11-23 09:11; with `today` also 今天 09:11."""
    local = timezone.localtime(at)
    found = wording.moment(local, now=timezone.localtime(clock.now()))
    if found.nearness == "today" and today:
        return f"{pgettext('before an hour', 'Today')} {found.digits}"
    if found.nearness == "yesterday":
        return f"{gettext('Yesterday')} {found.digits}"
    if found.nearness == "tomorrow":
        return f"{gettext('Tomorrow')} {found.digits}"
    return found.digits


@register.filter
def spaced(text: object) -> str:
    """Han–Latin spacing for text that people or files brought."""
    return wording.spaced(str(text))


@register.filter
def short_number(number: int | float | Decimal | None) -> str:
    """万 and 亿 in Chinese, K and M in English."""
    return "—" if number is None else wording.short_number(number, chinese=_chinese())


@register.filter
def grouped(number: int | Counted | None) -> str:
    """1,312: thousands apart in both languages; 1,000+ where counting stopped."""
    return "—" if number is None else wording.grouped(number)


@register.filter
def percent(share: float | None) -> str:
    """0.087 as 8.7%."""
    return "—" if share is None else re.sub(r"\.0%$", "%", f"{100 * share:.1f}%").replace("-", wording.MINUS)


@register.filter
def people(count: int) -> str:
    """12 人, 1 person, 12 people."""
    return ngettext("%(count)s person", "%(count)s people", count) % {"count": wording.grouped(count)}


@register.simple_tag
def listed(words: Sequence[object]) -> str:
    """Words in a row with the language's own comma."""
    return pgettext("between words of a list", ", ").join(str(word) for word in words)

"""Moments as members read them: 今晚 22:40, 11 月 22 日. In full on hover."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from tongpin.web.look.wording import full_moment
from tongpin.web.member.shop_words import by_the_clock, date_of


def clock(at: datetime | None) -> SafeString:
    """The moment by day and hour: 今天 14:07, 11 月 22 日 14:07."""
    return SafeString("—") if at is None else _timed(at, by_the_clock(at))


def day(at: datetime | None) -> SafeString:
    """The date: 11 月 22 日, with its year where that is another one."""
    return SafeString("—") if at is None else _timed(at, date_of(at))


def heading(at: datetime) -> str:
    """The date with its day of the week, as the head of a page: 11 月 22 日 星期日."""
    return date_format(timezone.localtime(at), pgettext("format of a date with its weekday", "l, j F"))


def _timed(at: datetime, text: str) -> SafeString:
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), full_moment(timezone.localtime(at)), text
    )


register = template.Library()
register.simple_tag(clock)
register.simple_tag(day)
register.simple_tag(heading)

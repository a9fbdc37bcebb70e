"""The tags every template may use without loading them (settings: builtins). `docs/look.md` shows each in use."""

from __future__ import annotations

from django import template

from tongpin.web.look.tags import forms, marks, pieces, words

register = template.Library()

for _library in (marks, words, pieces, forms):
    register.tags.update(_library.register.tags)
    register.filters.update(_library.register.filters)

"""Every reason a file is refused for has its sentence."""

from __future__ import annotations

from django.utils import translation

from tongpin.core.files.refusal import REASONS
from tongpin.web.look.file_words import refusal_word


def test_every_reason_a_file_is_refused_for_is_worded() -> None:
    with translation.override("en"):
        assert {code: refusal_word(code) for code in REASONS} == REASONS

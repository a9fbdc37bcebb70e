"""No code of an import reaches a page without words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

import tongpin.channels.sheet.chats as chats
from tongpin.channels.sheet.layouts import BY_ID, Kind, RefusedKind
from tongpin.channels.sheet.meaning import LABELS, Meaning
from tongpin.channels.sheet.moments import DateOrder
from tongpin.channels.sheet.recognised import ColumnNote, NotImportable
from tongpin.channels.sheet.refusal import Refusal
from tongpin.channels.sheet.rows import BadReason
from tongpin.core.intake.models import Batch
from tongpin.core.intake.queries import OUTCOMES as ROW_OUTCOMES
from tongpin.web.console import import_words, reasons

CHATS = "".join(path.read_text() for path in Path(chats.__file__).parent.glob("*.py"))


def test_every_reason_of_a_row_has_words() -> None:
    assert set(get_args(BadReason)) - set(reasons.ROWS) == set()
    said = set(re.findall(r'bad\([\w.+ ]+, "(\w+)"', CHATS)) | set(re.findall(r'Unread\("(\w+)"', CHATS))
    assert said
    assert said - set(reasons.ROWS) == set()


def test_every_refusal_of_a_file_says_what_to_do() -> None:
    codes = {*get_args(Refusal), *get_args(NotImportable)} - {""}
    codes |= set(re.findall(r'Refused\("(\w+)"\)', CHATS)) | set(re.findall(r'_no\([^,]+, "(\w+)"', CHATS))
    codes |= {"file_gone", "file_erased", "broke_off"}
    assert codes - set(reasons.REFUSALS) == set()
    assert [code for code, (title, act) in reasons.REFUSALS.items() if not str(title) or not str(act)] == []


def test_every_note_kind_state_and_outcome_has_words() -> None:
    assert set(get_args(ColumnNote)) == set(reasons.COLUMNS)
    assert {*get_args(Kind), *get_args(RefusedKind)} - {*import_words.KINDS, *import_words.REFUSED_KINDS} == set()
    assert set(Batch.State.values) == set(import_words.STATES)
    assert set(ROW_OUTCOMES) == set(import_words.OUTCOMES) == set(import_words.PORTIONS)
    assert set(get_args(DateOrder)) == set(import_words.DATE_ORDERS)
    assert {layout.platform for layout in BY_ID.values()} - set(import_words.PLATFORMS) == set()


def test_every_meaning_can_be_chosen_once_in_both_languages() -> None:
    from django.utils import translation

    for language in ("en", "zh-hans"):
        with translation.override(language):
            offered = [value for _, options in import_words.meaning_choices() for value, _ in options]
            words = [import_words.meaning_word(meaning) for meaning in Meaning]
        assert sorted(offered) == sorted(meaning.value for meaning in Meaning)
        assert len(set(words)) == len(words)
    assert set(LABELS) == set(Meaning)


@pytest.mark.parametrize("code", ["new_reason_of_tomorrow", "status_unreadable"])
def test_a_code_without_words_is_still_readable(code: str) -> None:
    assert reasons.row_words(code) == code.replace("_", " ")
    assert reasons.refusal_words(code) == (code.replace("_", " "), "")

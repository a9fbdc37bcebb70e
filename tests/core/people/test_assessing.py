"""What was found about people is kept once, told when it is news, and goes with the person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.loop.gather.cast import somebody, told
from tongpin.core.people.assessed import UNKNOWN, Assessed, Evidence
from tongpin.core.people.assessing import TRUST, Standing, assess_many, assessment_of
from tongpin.core.people.erasure import erase
from tongpin.core.people.exporting import collect
from tongpin.core.people.merging import merge
from tongpin.core.people.models import Assessment

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def found(person: int, at: datetime, *, value: float | None = 0.7, count: int = 3) -> Assessed:
    pieces = (Evidence("bought", True, count, 2.5, at - timedelta(days=2)), Evidence("muted", False, 1, 0.5, at))
    return Assessed(person, value, UNKNOWN if value is None else "high", 3.0, 2.0, pieces)


def keep(at: datetime, *ones: Assessed) -> int:
    return assess_many(kind=TRUST, found=ones, as_of=at, at=at)


def facts() -> list[dict[str, Any]]:
    return [body for _, body in told("person.assessed")]


def test_a_finding_is_read_as_it_was_kept_and_told_once(noon: datetime) -> None:
    person = somebody(noon)
    assert keep(noon, found(person, noon)) == 1
    assert assessment_of(person_id=person, kind=TRUST) == Standing(found(person, noon), noon)
    assert keep(noon, found(person, noon)) == 0
    assert facts() == [
        {
            "assessment": "trust",
            "as_of": noon.isoformat(),
            "value": 0.7,
            "word": "high",
            "n": 4,
            "evidence": ["bought", "muted"],
        }
    ]


def test_only_news_is_told_and_a_finding_that_stands_is_dated_anew_once_a_day(noon: datetime) -> None:
    person = somebody(noon)
    keep(noon, found(person, noon))
    assert keep(noon + HOUR, found(person, noon, value=0.698)) == 0
    assert keep(noon + 25 * HOUR, found(person, noon, value=0.698)) == 1
    assert len(facts()) == 1
    keep(noon + 26 * HOUR, found(person, noon, value=0.64))
    keep(noon + 27 * HOUR, found(person, noon, value=0.64, count=4))
    keep(noon + 28 * HOUR, found(person, noon, value=None, count=4))
    assert [(one.get("value"), one["n"], one["word"]) for one in facts()[1:]] == [
        (0.64, 4, "high"),
        (0.64, 5, "high"),
        (None, 5, "unknown"),
    ]


def test_a_look_back_changes_nothing_that_stands_for_a_later_moment(noon: datetime) -> None:
    person = somebody(noon)
    keep(noon, found(person, noon))
    assert keep(noon - HOUR, found(person, noon, value=0.1)) == 0
    assert keep(noon - HOUR) == 0
    held = assessment_of(person_id=person, kind=TRUST)
    assert held is not None
    assert held.found.value == 0.7


def test_of_whom_nothing_is_found_any_more_nothing_stands(noon: datetime) -> None:
    one, other = somebody(noon), somebody(noon, "阿强")
    keep(noon, found(one, noon), found(other, noon))
    keep(noon + HOUR, found(other, noon))
    assert assessment_of(person_id=one, kind=TRUST) is None
    assert assessment_of(person_id=other, kind=TRUST) is not None


def test_a_merged_record_is_read_as_the_person_it_belongs_to(noon: datetime) -> None:
    kept, gone = somebody(noon), somebody(noon, "小美二号")
    merge(kept=kept, gone=gone, reasons=[], actor="staff:1", at=noon)
    keep(noon, found(kept, noon))
    held = assessment_of(person_id=gone, kind=TRUST)
    assert held is not None
    assert held.found.person_id == kept


def test_it_goes_with_the_person_and_does_not_come_back(noon: datetime) -> None:
    person = somebody(noon)
    keep(noon, found(person, noon))
    erase(person_id=person, with_words=False, actor="staff:1", at=noon)
    assert Assessment.objects.count() == 0
    assert keep(noon + HOUR, found(person, noon)) == 0
    assert Assessment.objects.count() == 0


def test_what_was_concluded_is_handed_out_with_its_reasons(noon: datetime) -> None:
    person = somebody(noon)
    keep(noon, found(person, noon))
    (section,) = [one for one in collect([person]) if one.code == "assessments"]
    assert section.rows == [
        {"kind": "trust", "value": 0.7, "source": "high", "reasons": "bought ×3, muted ×1", "at": noon}
    ]

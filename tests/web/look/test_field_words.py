"""What is wrong with a field says what to do, in every form."""

from __future__ import annotations

import pytest
from django import forms
from django.utils import translation


class Asked(forms.Form):
    name = forms.CharField(max_length=3)
    seats = forms.IntegerField(min_value=2, max_value=5)
    day = forms.DateField(required=False)
    kind = forms.ChoiceField(choices=[("a", "a")])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {},
            {"name": ["Fill this in."], "seats": ["Fill this in."], "kind": ["Choose one."]},
        ),
        (
            {"name": "abcdef", "seats": "1", "day": "x", "kind": "b"},
            {
                "name": ["At most 3 characters fit here; this is 6 long."],
                "seats": ["Give 2 or more."],
                "day": ["Give a day, such as 2026-11-22."],
                "kind": ["Choose one of the list; “b” is not on it."],
            },
        ),
        (
            {"name": "a", "seats": "9", "kind": "a"},
            {"seats": ["Give 5 or less."]},
        ),
        ({"name": "a", "seats": "2.5", "kind": "a"}, {"seats": ["Give a whole number."]}),
    ],
)
def test_a_field_says_what_to_give_instead(given: dict[str, str], told: dict[str, list[str]]) -> None:
    with translation.override("en"):
        assert dict(Asked(given).errors) == told

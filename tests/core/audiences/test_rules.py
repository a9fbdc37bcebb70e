"""What a segment's rule may say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.core.audiences.rules import BadRule, Rule, reach_of, read, written
from tongpin.core.team.rules import Communities, Everything

NUMBER = st.none() | st.integers(min_value=1, max_value=2**53)
RULES = st.builds(
    Rule,
    tag=NUMBER,
    owner=NUMBER,
    place=NUMBER,
    has_orders=st.none() | st.booleans(),
    via=st.sampled_from(["", "import", "import:12", "hand"]),
)


@given(rule=RULES)
def test_a_rule_is_read_as_it_was_written(rule: Rule) -> None:
    assert read(written(rule)) == rule
    assert rule.says_nothing == (written(rule) == {})


@pytest.mark.parametrize(
    ("stored", "word"),
    [
        ([], "write"),
        ({"search": "小美"}, "search: a rule may say"),
        ({"tag": 0}, "tag: give a number"),
        ({"place": True}, "place: give a number"),
        ({"has_orders": "yes"}, "has_orders: say true or false"),
        ({"via": "a b"}, "via: give a code"),
    ],
)
def test_what_cannot_be_read_says_what_would_be_right(stored: object, word: str) -> None:
    with pytest.raises(BadRule, match=word):
        read(stored)


def test_a_list_is_of_what_its_keeper_sees_or_of_its_place() -> None:
    here = Communities(frozenset({1, 2}))
    assert reach_of(scope=Everything(), place_community=None) == frozenset()
    assert reach_of(scope=here, place_community=None) == frozenset({1, 2})
    assert [reach_of(scope=one, place_community=2) for one in (Everything(), here)] == [frozenset({2})] * 2
    assert reach_of(scope=here, place_community=3) is None

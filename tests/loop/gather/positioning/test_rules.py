"""What a canvas says."""

from __future__ import annotations

from tongpin.loop.gather.positioning.rules import NEEDED, PARTS, Canvas, filled, lacking, unknown_codes


def test_a_canvas_counts_the_parts_that_say_something() -> None:
    assert len(PARTS) == 13
    assert filled(Canvas()) == 0
    assert filled(Canvas(thing_done_together="读书", kinds=("learning", "interest"), motives=("fun",))) == 3


def test_without_the_thing_and_the_ideal_member_it_lacks_what_is_needed() -> None:
    assert lacking(Canvas(vision="x")) == NEEDED
    assert lacking(Canvas(thing_done_together="读书")) == ("ideal_member",)
    assert lacking(Canvas(thing_done_together="读书", ideal_member="妈妈")) == ()


def test_codes_outside_the_tables_and_codes_twice_are_named() -> None:
    assert unknown_codes(Canvas(kinds=("learning", "person"), tie="kin", motives=("fun", "knowledge"))) == ()
    strange = Canvas(kinds=("learning", "learning", "cult"), tie="blood", motives=("greed",))
    assert unknown_codes(strange) == ("learning", "cult", "blood", "greed")

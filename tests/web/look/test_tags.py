"""Each tag, drawn whole."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client
from django.utils.translation import override

from tongpin.base.money import Money
from tongpin.web.look.parts import FilterChip, Portion, Stage, stretches

AT = datetime(2026, 11, 24, 1, 12, 4, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("sheet")


def drawn(source: str, language: str = "zh-hans", **values: object) -> str:
    with override(language):
        return Template(source).render(Context(values)).strip()


def test_a_tile_says_its_step_to_those_who_cannot_see_its_colour() -> None:
    by_glyph, by_code = drawn('{% tile "聚" %}'), drawn('{% tile "gather" %}')
    assert by_glyph == by_code == '<span class="tile gather" role="img" aria-label="聚人" title="聚人">聚</span>'
    assert drawn('{% tile "give" "small" %}', "en") == (
        '<span class="tile give tile-small" role="img" aria-label="Give" title="Give">予</span>'
    )
    assert (
        drawn('{% tile "house" %}') == '<span class="tile neutral" role="img" aria-label="内务" title="内务">务</span>'
    )


def test_a_chip_has_word_shape_and_colour_together() -> None:
    assert drawn('{% chip "已送达" "good" %}') == (
        '<span class="chip chip-good"><svg class="icon icon-13" aria-hidden="true" focusable="false">'
        '<use href="/static/vendor/icons.svg#check"></use></svg>已送达</span>'
    )
    assert drawn('{% chip "新人" "gather" %}') == '<span class="chip gather">新人</span>'
    assert drawn('{% chip "失败" "fail" icon="none" %}') == '<span class="chip chip-fail">失败</span>'


def test_what_people_wrote_is_never_markup() -> None:
    assert "<script>" not in drawn("{% chip name %}{% avatar name %}{{ name|spaced }}", name="<script>x</script>")


@pytest.mark.parametrize("source", ['{% icon "unicorn" %}', '{% chip "x" "purple" %}'])
def test_an_unknown_icon_or_kind_is_refused_aloud(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        drawn(source)


def test_too_few_says_what_is_there_and_what_is_needed() -> None:
    assert drawn("{% too_few 18 30 %}") == '<span class="chip chip-na">数据不足：18 / 30</span>'
    assert drawn("{% too_few 18 30 %}", "en") == '<span class="chip chip-na">Not enough data: 18 / 30</span>'


def test_a_figure_with_too_few_shows_no_change() -> None:
    full = drawn('{% figure "41" unit="人" change="-3" better=False against="上期 44" %}')
    few = drawn('{% figure "2 / 7" change="+9" have=7 %}')
    assert '<span class="figure-change down">▼ 3</span><span class="figure-against">上期 44</span>' in full
    assert "figure-change" not in few
    assert "数据不足：7 / 30" in few


@time_machine.travel(AT)
def test_a_moment_is_short_and_full_on_hover() -> None:
    assert drawn("{% when at %}", at=AT) == (
        '<time datetime="2026-11-24T01:12:04+00:00" title="2026-11-24 09:12:04 UTC+08:00">09:12</time>'
    )
    night = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert ">昨天 20:00<" in drawn("{% when at %}", at=night)
    assert ">Yesterday 20:00<" in drawn("{% when at %}", "en", at=night)
    assert ">11-23<" in drawn('{% when at "day" %}', at=night)
    assert drawn("{% day_heading at %}", at=night) == "昨天 11-23"
    assert drawn("{% day_heading at %}", at=datetime(2025, 8, 3, 4, tzinfo=UTC)) == "2025-08-03"
    assert drawn("{% when at %}", at=None) == "—"


def test_amounts_and_numbers_follow_the_language() -> None:
    assert drawn("{% money fen %}", fen=8900) == "¥89.00"
    assert drawn('{% money fen "short" %}', "en", fen=Money(12_841_600)) == "¥128K"
    assert drawn("{% money fen %}", fen=None) == "—"
    assert drawn("{{ n|people }} {{ n|grouped }}", n=1312) == "1,312 人 1,312"
    assert drawn("{{ n|people }}", "en", n=1) == "1 person"
    assert drawn("{{ x|percent }} {{ y|percent }}", x=0.0871, y=-0.5) == "8.7% −50%"
    assert drawn("{% listed names %}", names=["郑可心", "陈若溪"]) == "郑可心、陈若溪"


def test_a_mask_hides_the_middle_and_offers_the_audited_way() -> None:
    shown = drawn('{% mask "13812342716" "phone" show="/people/7/phone" %}', csrf_token="t")
    assert "13812342716" not in shown
    assert "138****2716" in shown
    assert 'method="post" action="/people/7/phone"' in shown
    assert drawn('{% mask "" "mail" show="/x" %}') == '<span class="masked">—</span>'


def test_a_field_tells_its_error_beside_itself_and_keeps_what_was_typed() -> None:
    class Group(forms.Form):
        capacity = forms.IntegerField(label="容量", error_messages={"invalid": "请写数字"})

    form = Group({"capacity": "五百"})
    drawn_field = drawn('{% field form.capacity example="200" %}', form=form)
    assert '<label class="form-label" for="id_capacity">容量</label>' in drawn_field
    assert 'type="text"' in drawn_field
    assert 'inputmode="numeric"' in drawn_field
    assert 'value="五百"' in drawn_field
    assert 'class="form-control is-invalid"' in drawn_field
    assert 'aria-invalid="true"' in drawn_field
    assert 'id="id_capacity_error"' in drawn_field
    assert "请写数字 例如：200" in drawn_field


def test_a_field_with_several_choices_marks_each() -> None:
    class Step(forms.Form):
        step = forms.ChoiceField(label="步", choices=[("a", "聚"), ("b", "予")], widget=forms.RadioSelect)

    assert drawn("{% field form.step %}", form=Step()).count('class="form-check-input"') == 2


def test_filters_show_counts_and_the_chosen_one() -> None:
    chips = [FilterChip("全部", "?", 1842, chosen=True), FilterChip("拒收", "?f=r", 37, kind="warn")]
    assert drawn("{% filters chips %}", chips=chips) == (
        '<nav class="filters" aria-label="筛选"><a class="chip" href="?" aria-current="true">全部 1,842</a>'
        '<a class="chip chip-warn" href="?f=r">拒收 37</a></nav>'
    )


def test_a_pager_without_anywhere_to_go_is_not_there() -> None:
    assert drawn("{% pager %}") == ""
    assert "更早 1,811 条" in drawn('{% pager older="?before=3" count=1811 %}')


def test_the_stepper_names_the_present_step() -> None:
    stages = [Stage("选文件", "done", "/a"), Stage("预览", "now"), Stage("导入", "later")]
    source = drawn("{% stepper stages %}", stages=stages)
    assert source.count('class="done"') == 1
    assert '<li aria-current="step"><b>2</b><span>预览</span></li>' in source


def test_a_confirmation_waits_for_the_number_and_offers_the_safe_way_first() -> None:
    source = drawn(
        '{% confirm id="go" title="发给 198 人" action="/send" label="10 分钟后发给 198 人" repeat=198 %}'
        "为什么{% endconfirm %}",
        csrf_token="t",
    )
    assert '<dialog class="dialog dialog-danger" id="go" aria-labelledby="go-title">' in source
    assert 'data-must-equal="198"' in source
    assert '<button class="btn btn-danger" disabled>10 分钟后发给 198 人</button>' in source
    assert source.index("data-close autofocus") < source.index("btn-danger")
    assert 'name="csrfmiddlewaretoken" value="t"' in source


def test_a_bar_needs_no_inline_style() -> None:
    assert drawn("{% bar 1120 of=1640 kind='bar-accent' %}") == (
        '<svg class="bar bar-accent" aria-hidden="true"><rect width="68.29%" height="100%"/></svg>'
    )


def test_parts_of_a_whole_are_drawn_end_to_end_and_none_vanishes() -> None:
    found = stretches([Portion("新", 1640), Portion("无", 0), Portion("拒", 1)])
    assert [s.portion.label for s in found] == ["新", "拒"]
    ends = [float(s.x.rstrip("%")) + float(s.width.rstrip("%")) for s in found]
    assert all(end <= 100.1 for end in ends)
    assert float(found[1].width.rstrip("%")) > 0.2


def test_the_tags_need_no_load(sheet: Client) -> None:
    assert sheet.get("/").status_code == 200

"""What facts say to people."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.facts.samples import for_every_kind, full, minimal
from tongpin.channels.port import REASONS
from tongpin.core.facts.catalogue import CATALOGUE
from tongpin.core.facts.lake import own
from tongpin.core.facts.sentences import SENTENCES, Language, Part, Ref, Sentence, Text, When, sentence
from tongpin.core.facts.sentences.codes import CODES, word
from tongpin.core.facts.sentences.grammar import HINTS, NOT_NOUNS, Slot, parse, render

BOTH: tuple[Language, Language] = ("en", "zh")


def plain(parts: list[Part]) -> str:
    """The sentence with ‹noun 3› for a reference and ‹13:00› for a moment."""
    shown = []
    for part in parts:
        if isinstance(part, Text):
            shown.append(part.text)
        else:
            shown.append(f"‹{part.noun} {part.id}›" if isinstance(part, Ref) else f"‹{part.at:%H:%M}›")
    return "".join(shown)


def test_every_word_has_a_sentence_and_every_sentence_a_word() -> None:
    assert set(SENTENCES) == set(CATALOGUE)


@for_every_kind
def test_a_sentence_reads_well_with_the_least_and_with_everything(kind: str) -> None:
    for language in BOTH:
        for told in (minimal(kind), full(kind)):
            said = plain(sentence(kind, told, language=language))
            assert said.strip() == said
            assert said
            assert not set("[]{}") & set(said)
            assert " ," not in said
            assert "  " not in said
            assert "—" not in said
            assert "None" not in said
            if language == "zh":
                assert any("\u4e00" <= letter <= "\u9fff" for letter in said)


@for_every_kind
def test_what_stands_for_sure_in_a_sentence_is_always_told(kind: str) -> None:
    columns = {column.name: column for column in own(kind)}
    for template in (SENTENCES[kind].en, SENTENCES[kind].zh):
        for piece in parse(template):
            assert not piece.flag or piece.flag in columns
            for part in piece.parts:
                if isinstance(part, Slot) and not piece.condition:
                    column = columns[part.field]
                    a_thing = column.meaning not in NOT_NOUNS or column.meaning in ("code", "day", "time")
                    assert not a_thing or column.default not in (0, "", []), part
                    assert not column.nullable, part


@for_every_kind
def test_a_hint_fits_its_field(kind: str) -> None:
    columns = {column.name: column for column in own(kind)}
    for template in (SENTENCES[kind].en, SENTENCES[kind].zh):
        for piece in parse(template):
            for part in piece.parts:
                if not isinstance(part, Slot):
                    continue
                column = columns[part.field]
                assert (part.hint == "fen") == (column.meaning == "fen"), part
                assert (part.hint == "bp") == (column.meaning == "basis points"), part
                if column.meaning == "code" and part.hint != "raw":
                    assert (part.hint or part.field) in CODES, part
                elif part.hint:
                    assert part.hint in HINTS or part.hint.startswith("n "), part
                    assert column.type in ("int64", "float64") or part.hint == "raw", part


def test_every_code_table_is_used_and_worded_in_both_languages() -> None:
    used = {
        part.hint or part.field
        for said in SENTENCES.values()
        for template in (said.en, said.zh)
        for piece in parse(template)
        for part in piece.parts
        if isinstance(part, Slot)
    }
    assert set(CODES) <= used
    for table, words in CODES.items():
        assert words, table
        for code, (en, zh) in words.items():
            assert code == code.lower()
            assert en
            assert zh
            assert len({*words}) == len(words)


@pytest.mark.parametrize(
    ("kind", "told", "en", "zh"),
    [
        (
            "checkin.done",
            {"practice": 1, "day": "2026-11-24", "streak": 36, "total": 88},
            "checked in, day 36 in a row",
            "完成第 36 天打卡",
        ),
        ("order.paid", {"order": "A1", "amount_fen": 8900}, "paid ¥89.00", "付款 ¥89.00"),
        (
            "order.paid",
            {"order": "A1", "amount_fen": 8900, "introducer": 7},
            "paid ¥89.00, introduced by ‹person 7›",
            "付款 ¥89.00，‹person 7› 介绍",
        ),
        (
            "order.paid",
            {"order": "A1", "amount_fen": 123456, "currency": "GBP"},
            "paid GBP 1,234.56",
            "付款 GBP 1,234.56",
        ),
        ("order.paid", {"order": "A1"}, "paid", "付款"),
        (
            "group_buy.joined",
            {"group_buy": 4, "seat": 3, "order": "A1", "missing": 0},
            "joined the group ‹group_buy 4›, the last seat",
            "参团「‹group_buy 4›」，最后一席",
        ),
        (
            "admission.applied",
            {"application": 1, "community": 6, "tracked_code": 2},
            "asked to be let into ‹community 6› by ‹tracked_code 2›",
            "扫「‹tracked_code 2›」申请加入「‹community 6›」",
        ),
        ("referral.bound", {"inviter": 9}, "was brought by ‹person 9›", "由 ‹person 9› 带来"),
        (
            "rung.changed",
            {"axis": "relation", "old": "fan", "new": "devoted_fan", "occurrence": 1},
            "moved from fan to devoted fan",
            "从粉丝变为铁粉",
        ),
        (
            "thanks.given",
            {"thanks": 1, "thanked": 5, "staff": 2},
            "thanked ‹person 5› (‹staff 2›)",
            "谢谢 ‹person 5›（‹staff 2›）",
        ),
        (
            "activity.planned",
            {"about_kind": "talk", "about": 8, "starts": "2026-11-24T12:00:00Z"},
            "‹talk 8› stands in the calendar for ‹12:00›",
            "「‹talk 8›」排在 ‹12:00›",
        ),
        (
            "import.finished",
            {"batch": 3, "kind_of_file": "orders", "rows": 541909, "new": 397884, "rejected": 1},
            "The file ‹import 3› (orders) is in: 541,909 rows, 397,884 new, 1 rejected",
            "导入完成「‹import 3›」（订单）：54.2 万行，新增 39.8 万，拒收 1",
        ),
        (
            "commission.accrued",
            {
                "commission": 1,
                "order": "A1",
                "base_fen": 10000,
                "rate": 1250,
                "amount_fen": 1250,
                "held_until": "2026-12-09",
            },
            "earned ¥12.50 commission (¥100.00 × 12.5%), kept until the goods can no longer go back",
            "得佣金 ¥12.50（¥100.00 × 12.5%），退货期过后可提",
        ),
        (
            "commission.withheld",
            {"commission": 1, "reason": "received"},
            "has a commission kept longer: the days count from arrival",
            "佣金再留一阵：退货期从签收算起",
        ),
        (
            "order.item_added",
            {"order": "A1", "line": "1", "product": 3, "amount_fen": 8900},
            "ordered 1 × ‹product 3› for ¥89.00",
            "买了 1 件「‹product 3›」，¥89.00",
        ),
        (
            "order.item_added",
            {"order": "A1", "line": "1", "product": 3, "quantity": 2},
            "ordered 2 × ‹product 3›",
            "买了 2 件「‹product 3›」",
        ),
        ("poster.drawn", {"poster": 1, "tracked_code": 4}, "has a poster of their own", "有了自己的海报"),
        (
            "share.asked",
            {"about_kind": "order", "about": 5},
            "was asked on the page to tell a friend: ‹order 5›",
            "页面上问了一句：愿意把「‹order 5›」告诉朋友吗",
        ),
        (
            "talk.attended",
            {"talk": 8, "how": "live", "seconds": 2160},
            "heard the talk ‹talk 8› for 36 min (live)",
            "听了分享「‹talk 8›」36 分钟（直播页）",
        ),
    ],
)
def test_sentences_as_people_would_say_them(kind: str, told: dict[str, object], en: str, zh: str) -> None:
    assert plain(sentence(kind, told, language="en")) == en
    assert plain(sentence(kind, told, language="zh")) == zh


def test_every_reason_of_a_channel_is_worded() -> None:
    assert REASONS.keys() - CODES["send_failure"].keys() == set()


def test_references_and_moments_are_parts_of_their_own_so_that_a_page_can_link_them() -> None:
    told = {"about_kind": "talk", "about": 8, "starts": "2026-11-24T12:00:00Z"}
    assert sentence("activity.planned", told, language="zh") == [
        Text("「"),
        Ref("talk", 8),
        Text("」排在 "),
        When(datetime(2026, 11, 24, 12, tzinfo=UTC)),
    ]


def test_a_sentence_stands_alone_where_no_person_is_its_subject() -> None:
    assert not SENTENCES["order.paid"].stands_alone
    assert not SENTENCES["vote.cast"].stands_alone
    assert SENTENCES["place.filled"].stands_alone
    assert SENTENCES["stage.changed"].stands_alone
    assert {
        kind for kind, cls in CATALOGUE.items() if cls.key_fields[0] == "person" and SENTENCES[kind].stands_alone
    } == set()


def test_a_kind_this_software_does_not_know_is_said_by_its_name() -> None:
    assert sentence("moon.landed", {"feet": 2}, language="en") == [Text("moon.landed")]


def test_a_code_without_words_is_shown_as_it_is() -> None:
    assert word("refusal", "advertiser", "zh") == "疑似广告号"
    assert word("refusal", "some_new_reason", "en") == "some new reason"


@pytest.mark.parametrize("template", ["a ] b", "a [b", "{x", "a [b {c]"])
def test_a_stray_bracket_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match="stray bracket"):
        parse(template)


def test_optional_parts_stand_only_with_their_values() -> None:
    template = "a[, {x:n}][?f: if][!f: unless]"

    def said(**values: object) -> str:
        meanings = dict.fromkeys(values, "")
        return plain(render(template, dict(values), meanings, language="en"))

    assert said(x=5, f=True) == "a, 5 if"
    assert said(x=0, f=False) == "a unless"
    assert said(x=None, f=0) == "a unless"


def test_seven_days_are_one_word_and_one_day_another() -> None:
    for value, en, zh in ((1, "1 day", "1"), (7, "7 days", "7"), (0, "0 days", "0")):
        for language, expected in (("en", en), ("zh", zh)):
            assert plain(render("{x:n day|days}", {"x": value}, {"x": ""}, language=language)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hint", "value", "en", "zh"),
    [
        ("n", 9999, "9,999", "9,999"),
        ("n", 10000, "10,000", "1 万"),
        ("n", 123456789, "123,456,789", "1.2 亿"),
        ("pct", 0.314, "31%", "31%"),
        ("bp", 1500, "15%", "15%"),
        ("x", 0.25, "0.2", "0.2"),
        ("x", 3.0, "3", "3"),
        ("signed", -3, "−3", "−3"),
        ("signed", 3, "+3", "+3"),
        ("span", 20, "20 s", "20 秒"),
        ("span", 9000, "2.5 h", "2.5 小时"),
        ("minutes", 90, "90 min", "90 分钟"),
        ("bytes", 2_500_000, "2.5 MB", "2.5 MB"),
        ("fen", -8900, "-¥89.00", "-¥89.00"),
    ],
)
def test_hints(hint: str, value: float, en: str, zh: str) -> None:
    meaning = "fen" if hint == "fen" else ""
    assert plain(render(f"{{v:{hint}}}", {"v": value}, {"v": meaning}, language="en")) == en
    assert plain(render(f"{{v:{hint}}}", {"v": value}, {"v": meaning}, language="zh")) == zh


@given(st.sampled_from(sorted(CATALOGUE)), st.integers(min_value=-(10**12), max_value=10**12), st.sampled_from(BOTH))
def test_any_number_can_be_said(kind: str, number: int, language: Language) -> None:
    told = {
        c.name: number if c.type == "int64" else value for c, value in zip(own(kind), full(kind).values(), strict=True)
    }
    assert sentence(kind, told, language=language)


def test_a_sentence_is_plain_data() -> None:
    assert Sentence("did it", "做了") == Sentence(en="did it", zh="做了")

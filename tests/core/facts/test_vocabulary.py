"""What every word of the vocabulary must have, and what none may say."""

from __future__ import annotations

import re

import msgspec
import pytest

from tests.core.facts.samples import for_every_kind, full, minimal
from tongpin.core.facts import tracking
from tongpin.core.facts.catalogue import CATALOGUE, SPEAKERS
from tongpin.core.facts.form import KINDS, Fact, body, fact
from tongpin.core.facts.lake import own

WORDS_AND_CONTACTS = re.compile(
    r"(^|_)(text|words|title|content|nickname|real_name|full_name|surname|person_name|phone|mobile|tel|mail|email"
    r"|address|street|province|city|postcode|birthday|birth|gender|id_card|ip|comment|remark|caption|quote|answer_text"
    r"|description|url|link_to)$"
)
CODES_THAT_NAME = {
    ("event.tracked", "name"),
    ("page.viewed", "name"),
    ("screen.viewed", "name"),
    ("form.received", "name"),
}


def test_the_catalogue_holds_every_word_that_was_named() -> None:
    assert dict(sorted(KINDS.items())) == CATALOGUE
    assert sum(len(modules) for modules in SPEAKERS.values()) == len({m for ms in SPEAKERS.values() for m in ms})
    said = {cls.__module__ for cls in CATALOGUE.values()}
    assert said == {module.__name__ for modules in SPEAKERS.values() for module in modules}


@for_every_kind
def test_a_class_is_called_like_its_kind_and_says_what_it_means(kind: str) -> None:
    cls = CATALOGUE[kind]
    assert cls.__name__ == "".join(part.capitalize() for part in re.split(r"[._]", kind))
    assert cls.__doc__
    assert cls.__doc__ != Fact.__doc__
    assert len(cls.__doc__.strip().splitlines()) <= 5


@for_every_kind
def test_a_fact_is_frozen_takes_keywords_only_and_comes_back_from_its_body_unchanged(kind: str) -> None:
    cls = CATALOGUE[kind]
    for told in (minimal(kind), full(kind)):
        said = msgspec.convert(told, cls)
        stored = body(said)
        assert msgspec.convert(stored, cls, strict=False) == said
        assert msgspec.json.decode(msgspec.json.encode(stored)) == stored
        assert stored.items() <= told.items()
    assert msgspec.structs.fields(cls)
    with pytest.raises(TypeError):
        cls(1)
    with pytest.raises(AttributeError):
        setattr(said, own(kind)[0].name, 9)


@for_every_kind
def test_the_natural_key_is_made_of_ids_codes_days_and_counts_of_its_own(kind: str) -> None:
    cls = CATALOGUE[kind]
    columns = {column.name: column for column in own(kind)}
    assert cls.key_fields
    assert len(set(cls.key_fields)) == len(cls.key_fields)
    for field in cls.key_fields:
        if field in ("person", "place"):
            continue
        column = columns[field]
        assert column.type in ("int64", "string"), field
        assert column.meaning not in ("fen", "time"), field
        assert not column.nullable, field


@for_every_kind
def test_a_key_of_who_and_where_alone_carries_what_can_recur(kind: str) -> None:
    cls = CATALOGUE[kind]
    nouns = {
        c.name for c in own(kind) if c.meaning in ("community", "tag", "badge", "segment", "product", "offer", "course")
    }
    once = {"person.met", "course.passed", "practice.joined"}
    if set(cls.key_fields) <= {"person", "place", *nouns} and kind not in once:
        assert kind in ONLY_ONCE


ONLY_ONCE = {"community.founded", "place.opened", "product.named", "lesson.released"}
"""What happens once to its subject, for good."""


@for_every_kind
def test_order_is_kept_by_something_that_is_always_told(kind: str) -> None:
    cls = CATALOGUE[kind]
    needed = {field.name for field in msgspec.structs.fields(cls) if field.required}
    assert cls.subject in {"person", "place"} | needed


@for_every_kind
def test_further_persons_are_persons(kind: str) -> None:
    meanings = {column.name: column.meaning for column in own(kind)}
    named = CATALOGUE[kind].further
    assert {meanings[field] for field in named.values()} <= {"person"}
    assert {name for name, meaning in meanings.items() if meaning == "person"} == set(named.values())


@for_every_kind
def test_no_field_can_hold_words_or_contact_data(kind: str) -> None:
    speaker = CATALOGUE[kind].__module__
    for column in own(kind):
        if column.type == "json":
            assert speaker == tracking.__name__
            assert column.name in ("properties", "traits", "context")
        if column.type in ("string", "list<string>"):
            assert column.meaning in ("code", "day"), column.name
            assert not WORDS_AND_CONTACTS.search(column.name), column.name
            assert column.name != "name" or (kind, "name") in CODES_THAT_NAME


def test_a_pair_of_kind_and_id_stands_together() -> None:
    for columns in map(own, CATALOGUE):
        names = {column.name for column in columns}
        for column in columns:
            if column.meaning == "about":
                assert f"{column.name}_kind" in names


def test_a_body_speaks_json_so_that_what_is_stored_equals_what_is_told_again() -> None:
    merged = CATALOGUE["person.merged"]
    told = merged(merge=1, gone=2, reasons=("phone_same",))
    assert body(told) == {"merge": 1, "gone": 2, "reasons": ["phone_same"]}


def test_a_wrong_word_is_refused_when_it_is_named() -> None:
    def naming(kind: str, **said: object) -> type[Fact]:
        class Made(Fact):
            """A made word."""

            thing: int
            source: int = 0

        class Plain(Fact):
            """Another."""

            thing: int

        return fact(kind, step="house", **said)(Made if kind == "made.clashing" else Plain)  # type: ignore[arg-type]

    for kind, said, complaint in (
        ("order.paid", {"key": ("thing",)}, "named twice"),
        ("Made Up", {"key": ("thing",)}, "noun.past"),
        ("made.up", {"key": ("nothing",)}, "no such field"),
        ("made.up", {"key": ("thing",), "subject": "nothing"}, "no such field"),
        ("made.up", {"key": ("thing",), "further": {"helper": "nobody"}}, "no such field"),
        ("made.clashing", {"key": ("thing",)}, "said by the entry"),
    ):
        with pytest.raises(ValueError, match=complaint):
            naming(kind, **said)
    assert not {"made.up", "made.clashing"} & set(KINDS)

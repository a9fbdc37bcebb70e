"""Said by intake: imports and what happened to them, and facts taken back."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, fact
from tongpin.core.facts.nouns import About, BatchId


@fact("import.finished", key=("batch",), step="house", lane="people")
class ImportFinished(Fact):
    """A file was placed: how many rows ended how (导入)."""

    batch: BatchId
    kind_of_file: Code
    rows: int
    new: int = 0
    known: int = 0
    changed: int = 0
    waiting: int = 0
    rejected: int = 0
    people: int = 0
    orders: int = 0
    messages: int = 0


@fact("import.taken_back", key=("batch", "occurrence"), step="house", lane="people")
class ImportTakenBack(Fact):
    """A whole import was withdrawn within its seven days (撤回)."""

    batch: BatchId
    facts: int
    occurrence: int = 1


@fact("chat.attached", key=("batch", "about_kind", "about"), step="give", lane="people", subject="about")
class ChatAttached(Fact):
    """A group's exported chat was attached to a topic, talk or community; it counts as if it had been heard live."""

    batch: BatchId
    about_kind: Code
    about: About
    messages: int = 0
    people: int = 0


@fact("fact.withdrawn", key=("entry",), step="house", lane="bulk", quiet=True)
class FactWithdrawn(Fact):
    """An earlier entry no longer counts; readers undo it. The entry itself stays."""

    entry: int
    withdrawn_kind: Code


@fact("fact.restored", key=("entry",), step="house", lane="bulk", quiet=True)
class FactRestored(Fact):
    """The withdrawal of an entry was a slip: it counts again, once and for good, while nothing was told in its place.

    A file that is imported once more says its facts anew; it restores none.
    """

    entry: int
    restored_kind: Code

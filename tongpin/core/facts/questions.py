"""Said by questions (问答): asked anywhere at any time, routed to who knows, answered, kept as knowledge."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, PersonId, fact
from tongpin.core.facts.nouns import About, CommunityId, MessageId, ProductId, QuestionId, StaffId


@fact("question.asked", key=("question",), step="give", lane="session")
class QuestionAsked(Fact):
    """Somebody asked something (提问): in a group, on a page, in a talk, at the service. `daily`: the house asks."""

    question: QuestionId
    channel: Code
    community: CommunityId = 0
    about_kind: Code = ""
    about: About = 0
    product: ProductId = 0
    message: MessageId = 0
    length: int = 0
    daily: bool = False


@fact("question.routed", key=("question", "occurrence"), step="give", lane="session", further={"expert": "expert"})
class QuestionRouted(Fact):
    """A question was handed to who knows: a member, a teammate, the guest."""

    question: QuestionId
    expert: PersonId = 0
    staff: StaffId = 0
    by: Code = ""
    occurrence: int = 1


@fact("question.answered", key=("question", "answer"), step="give", lane="session", further={"asker": "asker"})
class QuestionAnswered(Fact):
    """Somebody answered (回答): the entry's person, or a teammate."""

    question: QuestionId
    answer: int
    asker: PersonId = 0
    staff: StaffId = 0
    message: MessageId = 0
    length: int = 0
    first: bool = False


@fact(
    "answer.accepted",
    key=("question", "answer", "occurrence"),
    step="give",
    subject="question",
    further={"asker": "asker"},
)
class AnswerAccepted(Fact):
    """An answer was accepted by who asked or by a host (采纳). The entry's person gave it."""

    question: QuestionId
    answer: int
    asker: PersonId = 0
    staff: StaffId = 0
    by: Code = ""
    occurrence: int = 1


@fact("question.closed", key=("question", "occurrence"), step="give")
class QuestionClosed(Fact):
    """A question needs no answer any more: answered, merged into another, out of place, given up."""

    question: QuestionId
    outcome: Code
    into: QuestionId = 0
    occurrence: int = 1


@fact("knowledge.kept", key=("article", "edition"), step="give")
class KnowledgeKept(Fact):
    """A question with its answer entered the members' knowledge base (知识库), or got a better edition."""

    article: int
    edition: int
    question: QuestionId = 0
    community: CommunityId = 0


@fact("knowledge.searched", key=("search",), step="give", lane="bulk", quiet=True)
class KnowledgeSearched(Fact):
    """Somebody looked something up: how many articles were found, was one opened. Nothing found is a need."""

    search: int
    found: int
    article: int = 0
    community: CommunityId = 0

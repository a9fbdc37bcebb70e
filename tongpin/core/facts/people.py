"""Said by people (人): who came, what we may do, what we think of them. No names, no contact data, no words."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, PersonId, fact
from tongpin.core.facts.nouns import MessageId, ProductId, StaffId, TagId


@fact("person.met", key=("person",), step="gather", subject="person")
class PersonMet(Fact):
    """A person enters the record for the first time. `via` is how: import, tracking, hand, chat, join…

    `identities` are the kinds of identity the person came with; later ones are told by `identity.linked`.
    """

    via: Code
    identities: tuple[Code, ...] = ()


@fact("person.classed", key=("person", "occurrence"), step="house", subject="person")
class PersonClassed(Fact):
    """Whether a person counts as member, teammate or machine: measures of members leave the last two out."""

    person_kind: Code
    staff: StaffId = 0
    occurrence: int = 1


@fact("identity.linked", key=("person", "identity"), step="gather", subject="person")
class IdentityLinked(Fact):
    """A person was found to own one more identity (phone, mail, openid…). The value itself stays out."""

    identity: int
    identity_kind: Code
    strength: Code


@fact("identity.dropped", key=("person", "identity"), step="house", subject="person")
class IdentityDropped(Fact):
    """An identity no longer belongs to the person (changed phone, wrong entry)."""

    identity: int
    identity_kind: Code


@fact("touchpoint.asked", key=("person", "channel", "occurrence"), step="gather", subject="person")
class TouchpointAsked(Fact):
    """Somebody who hangs on a single thread was asked for the next link (多触点): follow, group, phone, mini app."""

    channel: Code
    occurrence: int = 1


@fact("person.merged", key=("merge",), step="house", subject="merge", further={"gone": "gone"})
class PersonMerged(Fact):
    """Two records were found to be one person (合并). The entry's person is kept, `gone` is read through the alias."""

    merge: int
    gone: PersonId
    reasons: tuple[Code, ...] = ()


@fact("person.parted", key=("merge",), step="house", subject="merge", further={"gone": "gone"})
class PersonParted(Fact):
    """A merge was taken back (拆开)."""

    merge: int
    gone: PersonId


@fact("merge.refused", key=("suggestion",), step="house", subject="suggestion", further={"other": "other"})
class MergeRefused(Fact):
    """A human decided that two records are two people."""

    suggestion: int
    other: PersonId


@fact("consent.given", key=("consent",), step="gather", subject="person")
class ConsentGiven(Fact):
    """A person agreed to a purpose on a channel, with the basis on which we hold that (同意)."""

    consent: int
    purpose: Code
    channel: Code
    basis: Code


@fact("consent.withdrawn", key=("consent",), step="gather", subject="person")
class ConsentWithdrawn(Fact):
    """A person took consent back; contact for that purpose stops at once."""

    consent: int
    purpose: Code
    channel: Code


@fact("tag.put", key=("person", "tag", "occurrence"), step="give", subject="person")
class TagPut(Fact):
    """A tag was put on a person by hand, by rule or by an import (标签)."""

    tag: TagId
    by: Code
    occurrence: int = 1


@fact("tag.taken", key=("person", "tag", "occurrence"), step="give", subject="person")
class TagTaken(Fact):
    """A tag was taken off a person."""

    tag: TagId
    by: Code
    occurrence: int = 1


@fact("note.written", key=("note",), step="give", subject="person")
class NoteWritten(Fact):
    """A teammate wrote a note about a person; the words stand in the note (笔记)."""

    note: int
    length: int


@fact("owner.set", key=("person", "occurrence"), step="give", subject="person")
class OwnerSet(Fact):
    """A teammate became responsible for a person (负责人); `staff` 0 means nobody."""

    staff: StaffId
    occurrence: int


@fact("life_fact.noted", key=("life_fact",), step="give", subject="person")
class LifeFactNoted(Fact):
    """Something lasting about a person's life that they told us (a child's birth month…). The value stays out."""

    life_fact: int
    life_kind: Code


@fact(
    "person.assessed",
    key=("person", "assessment", "product", "as_of"),
    step="insight",
    lane="bulk",
    subject="person",
    quiet=True,
)
class PersonAssessed(Fact):
    """An assessment of a person was stored (trust, rung, stage, readiness for a product) with n and evidence (评估).

    `factors` are its parts, each 0 to 1, in the order in which the assessment names them.
    """

    assessment: Code
    as_of: Day
    value: float | None = None
    word: Code = ""
    n: int = 0
    evidence: tuple[Code, ...] = ()
    product: ProductId = 0
    factors: tuple[float, ...] = ()


@fact("trust.witnessed", key=("witness",), step="give", subject="person")
class TrustWitnessed(Fact):
    """A teammate saw a sign of trust or distrust that no other fact says (信任凭据), as praise in a private chat."""

    witness: int
    positive: bool
    sign: Code
    staff: StaffId = 0


@fact("rung.changed", key=("person", "axis", "occurrence"), step="insight", subject="person")
class RungChanged(Fact):
    """A person moved on the ladder (陌生 → 用户 → 粉丝 → 铁粉) or on the buying axis (顾客 …)."""

    axis: Code
    old: Code
    new: Code
    occurrence: int
    evidence: tuple[Code, ...] = ()


@fact("need.found", key=("need",), step="give", subject="person")
class NeedFound(Fact):
    """A need was found in a talk or in what a person wrote, and confirmed by a human (需求); `due` if it has a day."""

    need: int
    grade: Code
    message: MessageId = 0
    product: ProductId = 0
    due: Day = ""


@fact("need.settled", key=("need", "occurrence"), step="give", subject="person")
class NeedSettled(Fact):
    """A need that was found came to an end: met, passed on, not to be met (跟进)."""

    need: int
    outcome: Code
    occurrence: int = 1


@fact("talk_with.planned", key=("appointment",), step="give", subject="person")
class TalkWithPlanned(Fact):
    """A one-to-one talk with a representative member is due (定期私聊)."""

    appointment: int
    staff: StaffId
    due: Day


@fact("talk_with.held", key=("appointment",), step="give", subject="person")
class TalkWithHeld(Fact):
    """A periodic one-to-one talk with a representative member took place."""

    appointment: int
    staff: StaffId


@fact("person.exported", key=("request",), step="house", subject="person")
class PersonExported(Fact):
    """All that is known of a person was handed out at their request."""

    request: int


@fact("erasure.asked", key=("request",), step="house", subject="person")
class ErasureAsked(Fact):
    """A person asked to be erased; they have some days to change their mind."""

    request: int
    with_words: bool
    due: Day


@fact("erasure.called_off", key=("request",), step="house", subject="person")
class ErasureCalledOff(Fact):
    """A person changed their mind and stays."""

    request: int


@fact("person.erased", key=("request",), step="house", subject="person")
class PersonErased(Fact):
    """A person was erased: names, contact data and, where asked, their words are gone (抹去)."""

    request: int
    with_words: bool


@fact("contact.unmasked", key=("view",), step="house", subject="person")
class ContactUnmasked(Fact):
    """A teammate looked at a person's full contact data; kept for the audit trail."""

    view: int
    staff: StaffId
    field: Code

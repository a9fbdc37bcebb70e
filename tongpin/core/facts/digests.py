"""Said by digests (精华整理): the best of a discussion or a talk, written up with consent and published."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, fact
from tongpin.core.facts.nouns import About, CommunityId, DigestId, MessageId, PieceId


@fact("digest.drafted", key=("digest",), step="give")
class DigestDrafted(Fact):
    """A draft lies ready, made of real messages."""

    digest: DigestId
    about_kind: Code
    about: About
    quotes: int = 0


@fact("digest.quoted", key=("digest", "message"), step="give", subject="digest")
class DigestQuoted(Fact):
    """A member's words stand in a published digest (收进文摘), with their consent."""

    digest: DigestId
    message: MessageId
    community: CommunityId = 0


@fact("digest.published", key=("digest",), step="give")
class DigestPublished(Fact):
    """A digest is out (文摘发布). As a piece it is published on surfaces and read like any other."""

    digest: DigestId
    about_kind: Code
    about: About
    piece: PieceId = 0
    quotes: int = 0
    community: CommunityId = 0

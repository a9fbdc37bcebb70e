"""What cards and letters of a digest say, in the house's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from tongpin.loop.give.digests.models import Digest

PAGE = "/d/{code}/"
"""The digest's page. It is printed and shared: it does not change."""

CLIPPED = 60
"""So much of somebody's words reminds them which are meant."""


@dataclass(frozen=True, slots=True)
class Face:
    """A card: its title, a line below, the link, and what stands above it where it is pasted by hand."""

    title: str
    line: str
    link: str
    lead: str = ""


def link_of(*, code: str) -> str:
    """The whole link of a digest's page."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{PAGE.format(code=code)}"


def asking(*, digest: Digest) -> Face:
    """May we quote you?"""
    with translation.override(settings.LANGUAGE_CODE):
        line = _("You said something in “%(title)s” that helped others. Look at it and say whether we may quote it.")
        return Face(_("May we quote you?"), line % {"title": digest.title}, link_of(code=digest.code))


def asking_by_hand(*, title: str, quotes: Sequence[tuple[str, str]]) -> str:
    """The same question as plain text for the group where it was said; `quotes` are (who, words). It is worked out when it
    is looked at and kept nowhere, as words are."""
    with translation.override(settings.LANGUAGE_CODE):
        lead = _("These words in “%(title)s” helped others. May we quote them, with your name here?") % {"title": title}
        said = [
            _("%(name)s: %(words)s") % {"name": name, "words": _clipped(" ".join(words.split()))}
            for name, words in quotes
        ]
        end = _("Answer “yes” or “no”; who does not answer is not quoted.")
        return "\n".join((lead, *said, end))


def _clipped(words: str) -> str:
    return words if len(words) <= CLIPPED else f"{words[:CLIPPED]}…"


def announcing(*, digest: Digest) -> Face:
    """The digest is out."""
    with translation.override(settings.LANGUAGE_CODE):
        return Face(
            digest.title, digest.conclusion[:120], link_of(code=digest.code), _("The best of it, to read again:")
        )


def pasted(face: Face) -> str:
    """A card as plain text for a group that shows no cards."""
    return "\n".join(part for part in (face.lead, face.title, face.line, face.link) if part)

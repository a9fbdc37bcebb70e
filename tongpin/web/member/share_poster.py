"""What stands on a member's poster (海报): the community's one thing, their own sentence, the code of their own link."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpin.loop.gather.admission.queries import questions_of
from tongpin.loop.gather.positioning.queries import positioning_of
from tongpin.loop.share.posters.fonts import FontMissing, chinese_font
from tongpin.loop.share.posters.queries import last_poster
from tongpin.loop.share.posters.rules.words import LIMITS, Words
from tongpin.web.member.share_targets import Target


def can_draw() -> bool:
    """Whether this house has a font that writes Chinese: without one there is a code, and no poster."""
    try:
        chinese_font()
    except FontMissing:
        return False
    return True


def own_words(*, person_id: int, code_id: int, called: str) -> tuple[str, str]:
    """The name and the sentence a member chose last; a masked name is shown to nobody."""
    last = last_poster(person_id=person_id, code_id=code_id)
    if last is not None:
        return last.name, last.sentence
    return ("" if "*" in called or "@" in called else called)[: LIMITS["name"]], ""


def poster_words(*, target: Target, name: str, sentence: str, address: str) -> Words:
    """Everything a poster of a community says. What is the community's is cut to its room; what they typed is not."""
    positioning = positioning_of(community_id=target.number)
    asked = len(questions_of(community_id=target.number) or ())
    thing = positioning.canvas.thing_done_together if positioning else ""
    leads = (
        ngettext(
            "Free to look. %(n)s short question, and you have applied.",
            "Free to look. %(n)s short questions, and you have applied.",
            asked,
        )
        % {"n": asked}
        if asked
        else _("Free to look. Read what we do, then decide.")
    )
    return Words(
        place=_cut(target.title, LIMITS["place"]),
        together=_cut(thing or target.title, LIMITS["together"]),
        name=name or _("A member"),
        sentence=sentence,
        call=_cut(_("Hold to scan"), LIMITS["call"]),
        leads_to=_cut(leads, LIMITS["leads_to"]),
        address=address,
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"

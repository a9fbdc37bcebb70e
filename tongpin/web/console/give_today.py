"""What give puts on Today: talks that need somebody now, cards that wait to be pasted, questions nobody took up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpin.core.team.queries import Teammate
from tongpin.loop.give.talks.queries import COMING, talks_at_hand
from tongpin.loop.give.talks.seen import TalkAtHand, TalkLine
from tongpin.web.console.errand_cards import to_paste
from tongpin.web.console.give_words import DUE, DUE_VERBS
from tongpin.web.console.today_parts import Heap, Todo, two_days
from tongpin.web.look.tags.words import near

SHOWN = 5


def at_hand(mate: Teammate, now: datetime) -> tuple[TalkAtHand, ...]:
    """The talks this teammate may see that Today speaks of, in the order they start. One query."""
    scope = mate.scope("places.see")
    first, _later, last = two_days(now)
    return talks_at_hand(at=now, first=first, last=last, scope=scope) if scope else ()


def of_give(mate: Teammate, talks: Sequence[TalkAtHand], now: datetime) -> Iterator[Todo]:
    """Everything of give that waits for this teammate."""
    edits, reads = mate.scope("places.edit"), mate.scope("messages.see")
    due = sorted((one.since, one.talk.id, one) for one in talks if one.since and edits.holds(one.talk.community_id))
    for *_order, one in due[:SHOWN]:
        yield _of_talk(one.talk, one.needs)
    heard = [one for one in talks if reads.holds(one.talk.community_id)]
    cards = sorted((one for one in heard if one.cards), key=lambda one: (one.cards_due is None, one.cards_due))
    for one in cards[:SHOWN]:
        yield _of_cards(one, now)
    for one in heard:
        if one.talk.waiting and one.talk.state in COMING:
            yield _of_questions(one.talk)


def _of_talk(line: TalkLine, reason: str) -> Todo:
    word, chip = DUE[reason]
    what = format_html(_("Talk «%(title)s»: <b>%(what)s</b>") % {"title": "{}", "what": "{}"}, line.title, word)
    begins = _("begins %(time)s") % {"time": near(line.starts_at)}
    why = " · ".join(filter(None, (line.guest_name, line.community, begins)))
    heap: Heap = "expiring" if reason != "not_ended" else "waiting"
    href = reverse("console:give_talk", args=[line.id])
    return Todo(heap, "give", what, why, _("now"), chip, str(DUE_VERBS[reason]), href)


def _of_cards(one: TalkAtHand, now: datetime) -> Todo:
    text = ngettext(
        "«%(title)s»: <b>%(count)s card</b> to be pasted by hand",
        "«%(title)s»: <b>%(count)s cards</b> to be pasted by hand",
        one.cards,
    )
    what = format_html(text % {"title": "{}", "count": "{}"}, one.talk.title, one.cards)
    return to_paste(what, due=one.cards_due, page=reverse("console:give_talk", args=[one.talk.id]), now=now)


def _of_questions(line: TalkLine) -> Todo:
    text = ngettext(
        "«%(title)s»: <b>%(count)s question</b> nobody took up",
        "«%(title)s»: <b>%(count)s questions</b> nobody took up",
        line.waiting,
    )
    what = format_html(text % {"title": "{}", "count": "{}"}, line.title, line.waiting)
    why = _("hand it to the guest, or answer it yourself")
    href = f"{reverse('console:give_talk', args=[line.id])}#questions"
    return Todo("waiting", "give", what, why, _("somebody waits"), "wait", _("Look"), href)

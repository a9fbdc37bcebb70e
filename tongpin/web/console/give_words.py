"""Words for the codes of give: where talks stand, what is due, what cannot be, how late a piece is."""

from __future__ import annotations

from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from tongpin.web.console.import_words import platform_word

Words = dict[str, str | Promise]
Chips = dict[str, tuple[str | Promise, str]]
"""code → (word, kind of chip)"""

TALK_STATES: Chips = {
    "draft": (gettext_lazy("planned, nobody was told"), "out"),
    "announced": (gettext_lazy("announced"), "wait"),
    "live": (pgettext_lazy("talk", "live"), "ink"),
    "ended": (gettext_lazy("over"), "good"),
    "cancelled": (gettext_lazy("called off"), "na"),
}
CANCEL_REASONS: Words = {
    "guest_ill": gettext_lazy("the guest is ill"),
    "too_few": gettext_lazy("too few signed up"),
    "clash": gettext_lazy("clashes with something else"),
    "weather": gettext_lazy("the weather"),
    "other": gettext_lazy("another reason"),
}
DUE: Chips = {
    "not_announced": (gettext_lazy("nobody was told of it yet"), "warn"),
    "no_stage_link": (gettext_lazy("the guest has no link to the stage yet"), "warn"),
    "not_started": (gettext_lazy("it should have begun"), "warn"),
    "not_ended": (gettext_lazy("it goes on past its end: was it ended?"), "wait"),
}
DUE_VERBS: Words = {
    "not_announced": gettext_lazy("Announce it"),
    "no_stage_link": gettext_lazy("Make the link"),
    "not_started": gettext_lazy("Look"),
    "not_ended": gettext_lazy("Look"),
}
WAYS: Words = {
    "every": gettext_lazy("every piece, by itself"),
    "cards": gettext_lazy("two cards, by hand"),
}
QUESTION_STATES: Chips = {
    "waiting": (gettext_lazy("waits"), "wait"),
    "shown": (gettext_lazy("before the guest's eyes"), "give"),
    "answered": (gettext_lazy("answered"), "good"),
    "dropped": (gettext_lazy("left out"), "na"),
    "merged": (gettext_lazy("asked by others too"), "na"),
}
CARDS: Words = {
    "before": gettext_lazy("card before the talk"),
    "moved": gettext_lazy("card: it moved"),
    "after": gettext_lazy("card with the replay"),
    "called_off": gettext_lazy("card: it is called off"),
}
FORMS: Words = {
    "text": gettext_lazy("words"),
    "picture": gettext_lazy("picture"),
    "voice": gettext_lazy("voice"),
}
TALK_WRONG: dict[str, tuple[str, str | Promise]] = {
    "no_title": ("title", gettext_lazy("Give the talk a title.")),
    "no_guest": ("guest_name", gettext_lazy("Who speaks? Write their name as members know it.")),
    "too_long": ("about", gettext_lazy("Shorten this to 2,000 characters.")),
    "ends_before": ("ends_hint", gettext_lazy("It must end after it begins.")),
    "in_the_past": ("starts_at", gettext_lazy("This moment is past. Choose one still to come.")),
}
"""Reason of BadTalk → the field it stands beside, and the words."""

PLACES_WRONG: Words = {
    "none": gettext_lazy("Choose at least one group."),
    "unknown": gettext_lazy("One of these groups is gone. Choose again."),
    "closed": gettext_lazy("One of these groups was closed meanwhile. Choose again."),
    "too_many": gettext_lazy("These are too many groups at once. Choose fewer."),
}


def where_word(platform: str) -> str:
    """What a platform is called, our own pages too."""
    return {"web": _("our own pages"), "matrix": "Matrix"}.get(platform) or platform_word(platform)


def lag_word(lag: timedelta | None) -> str:
    """How late something arrived: 42 seconds, 3 minutes."""
    if lag is None:
        return "—"
    seconds = max(0, round(lag.total_seconds()))
    if seconds < 60:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    if seconds < 5400:
        return ngettext("%(n)s minute", "%(n)s minutes", round(seconds / 60)) % {"n": round(seconds / 60)}
    return ngettext("%(n)s hour", "%(n)s hours", round(seconds / 3600)) % {"n": round(seconds / 3600)}


def places_wrong(reason: str) -> str:
    """Why these places cannot be told."""
    return str(PLACES_WRONG.get(reason) or _("These groups cannot be told. Choose again."))


def question_wrong(reason: str) -> str:
    """Why a question cannot be dealt with so."""
    return {
        "empty": _("Write the answer first."),
        "too_long": _("The answer is too long. Shorten it."),
        "into_itself": _("Choose other questions than the one they go into."),
        "closed": _("This question was left out or joined to another meanwhile."),
    }.get(reason, _("This question belongs to another talk."))

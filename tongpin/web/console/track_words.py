"""The words of tracked events: their kinds, and why one could not be used."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENT_KINDS: dict[str, Promise] = {
    "event.tracked": _("event"),
    "page.viewed": _("page"),
    "screen.viewed": _("screen"),
    "traits.told": _("traits"),
    "group.told": _("group"),
    "alias.told": _("two ids joined"),
}
PROBLEMS: dict[str, Promise] = {
    "too_large": _("larger than 32 KB"),
    "not_understood": _("not the JSON of an event"),
    "cannot_be_stored": _("holds a number or text a database cannot hold"),
    "unknown_type": _("unknown type"),
    "nobody": _("neither userId nor anonymousId"),
    "no_event": _("a track without the name of its event"),
    "clock": _("the time is far from any possible one"),
    "alias": _("an alias needs previousId and userId"),
    "group": _("a group needs its groupId"),
}
TELLING = frozenset({"too_large", "not_understood", "cannot_be_stored", "unknown_type"})
"""Problems whose detail says more than their words."""

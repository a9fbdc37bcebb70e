"""Words for the codes of gather: what communities are about, doors, ways in, refusals, the checklist."""

from __future__ import annotations

from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from tongpin.core.facts.sentences.codes import word
from tongpin.loop.gather.launch.phrases import TO_DO

Words = dict[str, str | Promise]

KINDS: Words = {
    "product": gettext_lazy("a product"),
    "education": gettext_lazy("education"),
    "service": gettext_lazy("a service"),
    "linking": gettext_lazy("linking people"),
    "learning": gettext_lazy("learning together"),
    "values": gettext_lazy("shared values"),
    "interest": gettext_lazy("an interest"),
    "person": gettext_lazy("a person"),
}
TIES: Words = {
    "kin": gettext_lazy("family and home town"),
    "school": gettext_lazy("school"),
    "work": gettext_lazy("work"),
    "interest": gettext_lazy("a shared interest"),
    "use": gettext_lazy("using the same things"),
}
MOTIVES: Words = {
    "fun": gettext_lazy("fun"),
    "knowledge": gettext_lazy("knowledge"),
    "opportunity": gettext_lazy("opportunity"),
}
PARTS: Words = {
    "thing_done_together": gettext_lazy("What we do together"),
    "kinds": gettext_lazy("What it is about"),
    "ideal_member": gettext_lazy("Ideal member"),
    "vision": gettext_lazy("What we want to reach together"),
    "values": gettext_lazy("What we hold to"),
    "benefit_members": gettext_lazy("What members get"),
    "benefit_operator": gettext_lazy("What we get, and what it costs"),
    "tie": gettext_lazy("What holds us together"),
    "hobby_or_need": gettext_lazy("The hobby or need we share"),
    "difference": gettext_lazy("What others do not have"),
    "scene": gettext_lazy("Where and when we meet"),
    "kept_up_together": gettext_lazy("What nobody keeps up alone"),
    "motives": gettext_lazy("Why people come"),
}
DOORS: dict[str, tuple[str | Promise, str | Promise]] = {
    "seeds": (
        gettext_lazy("Seed users"),
        gettext_lazy("Whoever comes by an entrance made for seed users may ask to join. You let each of them in."),
    ),
    "members": (
        gettext_lazy("Brought by members"),
        gettext_lazy("Whoever comes by a member's own link may ask to join. You let each of them in."),
    ),
    "public": (
        gettext_lazy("Everybody"),
        gettext_lazy("Everybody who finds the page may ask to join. You let each of them in."),
    ),
}
STEPS: dict[str, tuple[str | Promise, str | Promise]] = {
    "welcomed": (gettext_lazy("Greet them"), gettext_lazy("by you: say hello, and that it is good to have them")),
    "rules_read": (gettext_lazy("Read the rules"), gettext_lazy("they read the charter once more")),
    "how_it_works": (gettext_lazy("How it works"), gettext_lazy("what happens when, and where to find it")),
    "introduced": (gettext_lazy("Introduce themselves"), gettext_lazy("a sentence or two, so that others can answer")),
    "first_act": (
        gettext_lazy("Do it for the first time"),
        gettext_lazy("the thing you do together, small and at once"),
    ),
}
REFUSALS: Words = {
    "advertiser": gettext_lazy("advertises"),
    "off_positioning": gettext_lazy("looks for something else"),
    "answers_thin": gettext_lazy("the answers say too little"),
    "full": gettext_lazy("we are full"),
    "no_endorsement": gettext_lazy("nobody vouches"),
    "not_real": gettext_lazy("no real person"),
    "banned": gettext_lazy("was asked to leave before"),
    "fee_unpaid": gettext_lazy("the entry fee is unpaid"),
}
ITEMS: Words = {
    "positioning": gettext_lazy("Positioning"),
    "rules": gettext_lazy("Rules"),
    "welcome": gettext_lazy("The welcome"),
    "threshold": gettext_lazy("Questions to applicants"),
    "place": gettext_lazy("A place to meet"),
    "roles": gettext_lazy("Roles"),
    "rituals": gettext_lazy("Rituals"),
    "content": gettext_lazy("Sources of content"),
    "goal": gettext_lazy("Goal"),
    "plan": gettext_lazy("Plan"),
    "entrance": gettext_lazy("An entrance"),
}


def _language() -> str:
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


def code_word(table: str, code: str) -> str:
    """A code that facts have a word for: role, entrance_channel, door_reason, entrance_reason, cost_kind."""
    return word(table, code, _language())


def to_do(item: str) -> str:
    """What an item of the checklist asks for."""
    english, chinese = TO_DO[item]
    return chinese if _language() == "zh" else english


def state_of(*, open_doors: tuple[str, ...], once_open: bool, ended: bool = False) -> tuple[str, str]:
    """(word, chip) for how far a community is open."""
    if ended:
        return _("ended"), "na"
    if "public" in open_doors:
        return _("open to everybody"), "good"
    if "members" in open_doors:
        return _("open by invitation"), "good"
    if "seeds" in open_doors:
        return _("open to seed users"), "good"
    return (_("shut"), "wait") if once_open else (_("being prepared"), "out")


def span(waited: timedelta) -> str:
    """How long somebody waits: minutes, hours, then days."""
    minutes = max(1, int(waited.total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return ngettext("%(count)s day", "%(count)s days", hours // 24) % {"count": hours // 24}

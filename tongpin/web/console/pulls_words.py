"""The words of fetching: kinds of sources, their states, how often, and what is wrong in the merchant's words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from tongpin.web.console.hooks_words import fault_words
from tongpin.web.console.reasons import NEEDS, refusal_words

KINDS: dict[str, tuple[Promise, Promise]] = {
    "json_pages": (
        _("interface"),
        _("An interface (API) that lists orders, customers or sign-ups as JSON"),
    ),
    "csv_url": (
        _("table"),
        _("A table at an address: CSV or Excel, such as a shared sheet"),
    ),
}
"""A short word, and what it is."""

EVERY: dict[int, Promise] = {
    5: _("every 5 minutes"),
    15: _("every quarter of an hour"),
    60: _("every hour"),
    360: _("every 6 hours"),
    1440: _("every day"),
    10080: _("every week"),
}
STATES: dict[str, tuple[Promise, str]] = {
    "new": (_("not started"), "wait"),
    "paused": (_("paused"), "out"),
    "failing": (_("fails"), "fail"),
    "fetching": (_("fetching"), "out"),
    "late": (_("late"), "warn"),
    "waiting": (_("waits for you"), "wait"),
    "well": (_("goes well"), "good"),
}
PROBLEMS: dict[str, tuple[Promise, Promise]] = {
    "refused:url": (
        _("This is no address"),
        _("It begins with https:// and names a server, such as https://shop.example.com/orders."),
    ),
    "refused:scheme": (
        _("This is no address of the web"),
        _("It begins with https:// or http://."),
    ),
    "refused:userinfo": (
        _("The address holds a name and password"),
        _("Put the password into the field for the token instead."),
    ),
    "refused:port": (
        _("This port is not fetched from"),
        _("Use 80, 443, 8080 or 8443; the house may allow others in TONGPIN_EGRESS_ALLOWED."),
    ),
    "refused:own": (
        _("This address is this house itself"),
        _("Give the address of the shop or sheet."),
    ),
    "refused:address": (
        _("This address lies inside a private network"),
        _("Only public servers are fetched from; the house may allow its own in TONGPIN_EGRESS_ALLOWED."),
    ),
    "refused:redirects": (
        _("It leads on and on"),
        _("Open it in a browser and take the address you end at."),
    ),
    "refused:elsewhere": (
        _("It leads to another server"),
        _("Open it in a browser and take the address you end at."),
    ),
    "refused:downgrade": (
        _("It leads to an unencrypted page"),
        _("Ask the other side for an address with https://."),
    ),
    "toomuch:size": (
        _("The answer is too large"),
        _("Ask for smaller pages, or for a shorter period."),
    ),
    "toomuch:headers": (
        _("The answer has too many headers"),
        _("Ask who runs the other side."),
    ),
    "toomuch:time": (
        _("It took too long"),
        _("Ask for smaller pages, or for a shorter period."),
    ),
    "unreachable:name": (
        _("There is no server of this name"),
        _("Look at the spelling of the address."),
    ),
    "unreachable:connect": (
        _("The server does not answer"),
        _("Look at the address, or ask who runs the other side."),
    ),
    "unreachable:tls": (
        _("Its certificate is not valid"),
        _("Ask who runs the other side; nothing was sent."),
    ),
    "unreachable:slow": (
        _("The server answers too slowly"),
        _("It is tried again by itself."),
    ),
    "unreachable:broken": (
        _("The answer broke off"),
        _("It is tried again by itself."),
    ),
    "unreachable:packing": (
        _("The answer cannot be unpacked"),
        _("Ask who runs the other side."),
    ),
    "not_let_in": (
        _("The other side does not let us in"),
        _("The token is wrong or has run out: put a new one in."),
    ),
    "status": (
        _("The other side answers with an error"),
        _("If it stays so, ask who runs it and name the number."),
    ),
    "not_json": (
        _("The answer is no JSON"),
        _("Is it the address of the interface, and not of a page for people?"),
    ),
    "no_list": (
        _("There is no list where it should be"),
        _("Say in the settings where the list stands, such as data.orders."),
    ),
    "too_many_items": (
        _("More than 5,000 things on one page"),
        _("Ask for smaller pages."),
    ),
    "next_unreadable": (
        _("The address of the next page cannot be read"),
        _("Look at «where the next page is told» in the settings."),
    ),
    "next_elsewhere": (
        _("The next page lies on another server"),
        _("Nothing was sent there: your token would have gone along."),
    ),
    "token_unreadable": (
        _("The token cannot be opened"),
        _("The key file was changed: put the token in once more."),
    ),
    "busy": (
        _("The house was busy"),
        _("It is tried again by itself."),
    ),
    "broke_off": (
        _("Something unexpected happened"),
        _("It is tried again by itself; if it stays so, tell us with the time it happened."),
    ),
    "empty": (
        _("The file is empty"),
        _("Look at it in a browser."),
    ),
    "size": (
        _("The file is too large"),
        _("Share a shorter period."),
    ),
    "no_room": (
        _("The disk is nearly full"),
        _("Make room on the server."),
    ),
}
SETTINGS_FAULTS: dict[str, Promise] = {
    "not_understood": _("These settings cannot be read. Load the page again."),
    "too_long": _("At most 200 characters."),
    "needs_param": _("Say the name of the parameter, such as page or cursor."),
    "needs_next": _("Say where the answer tells the next page, such as data.next."),
    "not_a_header": _("This cannot be the name of a header."),
    "needs_time": _("A newest-first list needs a field that means «when it happened»."),
    "no_such_kind": _("There is no such kind."),
    "no_such_basis": _("There is no such basis."),
    "no_such_community": _("This community is not there any more."),
}


def problem_words(problem: str) -> tuple[str, str]:
    """What is wrong, and what to do. Nothing for no problem."""
    if not problem:
        return "", ""
    code, _colon, more = problem.partition(":")
    if code == "import_waits":
        _batch, _colon, needs = more.partition(":")
        if needs in NEEDS:
            return translate("The file needs one more word from you"), str(NEEDS[needs])
        return translate("The file needs a look"), " ".join(refusal_words(needs)).strip()
    if code in ("not_a_table", "table_empty"):
        return refusal_words(more or code)
    if problem in PROBLEMS:
        title, act = PROBLEMS[problem]
        return str(title), str(act)
    title, act = PROBLEMS.get(code, PROBLEMS["broke_off"])
    return f"{title} ({more})" if more and code in ("status", "not_let_in", "no_list") else str(title), str(act)


def waiting_import(problem: str) -> int | None:
    """The import that a problem is about."""
    parts = problem.split(":")
    return int(parts[1]) if parts[0] == "import_waits" and len(parts) > 1 and parts[1].isdecimal() else None


def faults_words(faults: dict[str, int]) -> list[tuple[str, int]]:
    """What could not be used, in words, with how often."""
    return [(fault_words(*code.split(":", 1)), number) for code, number in faults.items()]


def every_word(minutes: int) -> str:
    """How often."""
    return str(EVERY[minutes]) if minutes in EVERY else translate("every %(count)s minutes") % {"count": minutes}

"""Channels in words: what each is called, and why one does not work."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

KINDS: dict[str, Promise] = {"mail": gettext_lazy("Mail"), "matrix": gettext_lazy("Matrix")}

REASONS: dict[str, Promise] = {
    "bad_config": gettext_lazy("a setting is missing or cannot be; connect it anew"),
    "no_answer": gettext_lazy("the server did not answer in time"),
    "no_such_address": gettext_lazy("there is nobody under this address"),
    "not_allowed": gettext_lazy("the server does not let us do this"),
    "rate_limited": gettext_lazy("the server wants us to be slower"),
    "refused": gettext_lazy("the server refused"),
    "refused_us": gettext_lazy("the server does not accept name and password"),
    "too_late": gettext_lazy("it waited too long"),
    "unexpected": gettext_lazy("something went wrong; the log says where"),
    "unknown_channel": gettext_lazy("the part that spoke to it is no longer installed"),
    "unreachable": gettext_lazy("the server cannot be reached; look at its name and port"),
}

MUST: dict[str, Promise] = {
    "host": gettext_lazy("The mail server's name, such as smtp.example.com."),
    "port": gettext_lazy("A number from 1 to 65535, or left out."),
    "security": gettext_lazy("Unencrypted only for a server on this machine."),
    "sender": gettext_lazy("The address letters come from, such as hello@example.com."),
    "password": gettext_lazy("Give user and password together, or neither."),
    "homeserver": gettext_lazy("The homeserver's address, such as https://matrix.example.com."),
    "server_name": gettext_lazy("What stands behind the colon of its ids, such as example.com."),
    "localpart": gettext_lazy("A name of a-z, digits and . - = /, such as tongpin."),
}
"""What each setting must be, where the channel refused it."""

STATES: dict[str, tuple[Promise, str]] = {
    "queued": (gettext_lazy("on its way"), "out"),
    "claimed": (gettext_lazy("on its way"), "out"),
    "sent": (gettext_lazy("arrived at the server"), "good"),
    "failed": (gettext_lazy("did not arrive"), "fail"),
    "withheld": (gettext_lazy("did not arrive"), "fail"),
    "cancelled": (gettext_lazy("called back"), "na"),
}
"""How far a letter is, and the colour of its chip."""


def reason_word(code: str) -> str:
    """Why, in words; the code itself where nobody has words for it."""
    return str(REASONS.get(code, code))

"""The words of roles, rights and deeds. Codes stay codes everywhere else."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongpin.core.team.rules import Right, Role

ROLE_WORDS: dict[Role, Promise] = {
    "owner": _("Owner"),
    "manager": _("Manager"),
    "operator": _("Operator"),
    "assistant": _("Assistant"),
    "analyst": _("Analyst"),
    "viewer": _("Viewer"),
}
ROLE_MEANS: dict[Role, Promise] = {
    "owner": _("everything, also backups and other owners"),
    "manager": _("everything but backups; invites the team"),
    "operator": _("works with members: reaches them, imports, merges; downloads only the rejected rows of own imports"),
    "assistant": _("adds people, notes and tags; sees contact data masked"),
    "analyst": _("figures and downloads; no contact data, no words, no changes"),
    "viewer": _("looks at masked people, places and imports"),
}
RIGHT_WORDS: dict[Right, Promise] = {
    "people.see": _("see people"),
    "people.contact": _("see phone numbers and addresses unmasked"),
    "people.edit": _("add and change people"),
    "people.merge": _("merge people"),
    "people.export": _("hand out the data of one person"),
    "people.erase": _("erase people"),
    "messages.see": _("read what members said"),
    "places.see": _("see communities and places"),
    "places.edit": _("change communities and places"),
    "goods.see": _("see goods"),
    "goods.edit": _("change goods"),
    "money.see": _("see money"),
    "import.see": _("see imports"),
    "import.run": _("import files"),
    "import.take_back": _("take imports back"),
    "download": _("download tables"),
    "ledger.see": _("see the state of the ledger"),
    "ledger.retry": _("retry facts that were set aside"),
    "keys.manage": _("manage write keys"),
    "hooks.manage": _("manage inbound webhooks and fetching"),
    "team.manage": _("manage the team"),
    "audit.see": _("read the audit trail"),
    "settings.change": _("change settings"),
    "backup.run": _("run backups"),
    "api.use": _("use the API"),
}
HOW_WORDS: dict[str, Promise] = {
    "password": _("with password"),
    "code": _("with password and code"),
    "recovery": _("with password and recovery code"),
    "owner_link": _("by owner link"),
    "invitation": _("by invitation"),
}
DEEDS: dict[str, Promise] = {
    "file.downloaded": _("downloaded a file"),
    "hook.made": _("made a webhook"),
    "hook.renewed": _("renewed a webhook's address"),
    "hook.closed": _("closed a webhook"),
    "hook.mapped": _("said what a webhook's fields mean"),
    "hook.paused": _("paused a webhook"),
    "hook.resumed": _("let a webhook go on"),
    "hook.sample_given": _("gave a webhook's sample"),
    "hook.post_dropped": _("forgot a post to a webhook"),
    "source.made": _("added a source to fetch from"),
    "source.changed": _("changed a source to fetch from"),
    "source.started": _("started a source to fetch from"),
    "source.paused": _("paused a source to fetch from"),
    "source.closed": _("closed a source to fetch from"),
    "import.cancelled": _("stopped an import"),
    "import.run": _("ran an import"),
    "import.taken_back": _("took an import back"),
    "key.made": _("made a write key"),
    "key.revoked": _("revoked a write key"),
    "key.rolled": _("renewed a write key"),
    "link.owner_made": _("made an owner link"),
    "link.owner_used": _("came in by the owner link"),
    "link.password_made": _("made a link for a new password"),
    "parked.passed_over": _("left a fact out that was set aside"),
    "parked.retried": _("retried a fact that was set aside"),
    "pass.made": _("made a link for a guest"),
    "pass.revoked": _("revoked a link of a guest"),
    "person.contact_seen": _("looked at contact data unmasked"),
    "person.erased": _("erased a person"),
    "person.exported": _("handed out the data of a person"),
    "person.merged": _("merged two people"),
    "person.parted": _("parted merged people"),
    "staff.invited": _("invited a teammate"),
    "staff.joined": _("accepted the invitation"),
    "staff.locked_out": _("shut the door after wrong passwords"),
    "staff.owner_made": _("became the owner"),
    "staff.password_set": _("set a new password"),
    "staff.recovery_code_used": _("used a recovery code"),
    "staff.recovery_codes_made": _("made new recovery codes"),
    "staff.roles_set": _("changed roles"),
    "staff.second_step_off": _("switched the second step off"),
    "staff.second_step_on": _("switched the second step on"),
    "staff.session_ended": _("ended a session"),
    "staff.sessions_ended": _("ended all sessions"),
    "staff.signed_in": _("signed in"),
    "staff.switched_off": _("switched a teammate off"),
    "staff.switched_on": _("switched a teammate on again"),
    "token.made": _("made an API token"),
    "token.revoked": _("revoked an API token"),
}
"""What the trail's action codes mean. A code without words is shown as it is."""


def place_in_words(place: str) -> str | Promise:
    """A network as it is kept with visits and deeds."""
    return _("this machine") if place == "local" else place


ACTORS: dict[str, Promise] = {
    "staff": _("teammate"),
    "token": _("API token"),
    "pass": _("link"),
    "system": _("the server"),
}
DETAIL_NAMES: dict[str, Promise | str] = {
    "how": "", "kind": "", "roles": "", "count": "×", "list": "", "format": "", "field": "", "rights": _("rights:"),
    "rows": _("rows:"), "fields": _("fields:"), "other": _("the other:"), "merge": _("merge:"), "request": _("request:"),
    "order": _("order:"), "words": _("words erased:"), "reaction": "", "lane": _("lane:"),
}  # fmt: skip
DETAIL_WORDS: dict[str, Promise | str] = {
    **HOW_WORDS,
    **{str(role): word for role, word in ROLE_WORDS.items()},
    **{str(right): word for right, word in RIGHT_WORDS.items()},
    "browser": _("for browsers"),
    "server": _("for servers"),
    "rejected_rows": _("rejected rows"),
    "csv": "CSV",
    "xlsx": "Excel",
    "json_pages": _("interface"),
    "csv_url": _("table"),
    "True": pgettext_lazy("audit", "yes"),
    "False": pgettext_lazy("audit", "no"),
}
"""Names and codes of details that have words; all others are shown as they are."""


def detail_in_words(code: object) -> str:
    """A code of a detail; `operator:7` is a role in community 7."""
    base, _colon, community = str(code).partition(":")
    word = DETAIL_WORDS.get(base)
    return str(code) if word is None else f"{word} #{community}" if community else str(word)


SUBJECTS: dict[str, Promise] = {
    "staff": _("teammate"),
    "person": _("person"),
    "pass": _("link"),
    "write_key": _("write key"),
    "token": _("API token"),
    "batch": _("import"),
    "entry": _("fact"),
    "hook": _("webhook"),
    "source": _("source to fetch from"),
}

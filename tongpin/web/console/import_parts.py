"""What the pages of imports have in common: the file in words, the steps of the way, finding the import asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from tongpin.base.text import mask_address, mask_mail, mask_name, mask_phone
from tongpin.channels.sheet.meaning import PERSONAL, Meaning
from tongpin.channels.sheet.recognised import Column
from tongpin.core.intake.models import Batch
from tongpin.core.intake.queries import BatchSeen, batch_of, imported_before
from tongpin.core.intake.recognising import chat_found, table_found
from tongpin.core.places.models import Community
from tongpin.core.team.queries import names_of
from tongpin.core.team.rules import Communities, Scope
from tongpin.web.console.import_words import KINDS, kind_word, platform_word
from tongpin.web.look.gate import StaffRequest
from tongpin.web.look.parts import Stage

Step = Literal["file", "columns", "preview", "run"]

MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d{9})(?!\d)")
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
PHONES = frozenset({Meaning.PHONE, Meaning.RECEIVER_PHONE})
NAMES = PERSONAL & {Meaning.NAME, Meaning.RECEIVER_NAME, Meaning.FAMILY_NAME, Meaning.GIVEN_NAME}


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file in words. `sure` is a whole percentage, 0 where nothing was recognised."""

    name: str
    kind: str
    platform: str
    sure: int
    columns: int
    known: int
    encoding: str
    sheet: str
    size: int
    before: BatchSeen | None


def batch_or_404(request: StaffRequest, batch_id: int) -> Batch:
    """The import of the address, if it lies where this person may look."""
    batch = batch_of(batch_id=batch_id, scope=request.scope)
    if batch is None:
        raise Http404
    return batch


def file_facts(batch: Batch) -> FileFacts:
    """What a file was taken for. One query (whether the same bytes came before)."""
    kind, platform, sure, columns, known, encoding, sheet = kind_word(batch.kind), "", 0.0, 0, 0, "", ""
    if "table" in batch.recognised:
        table = table_found(batch)
        platform, sure = table.platform, table.confidence
        columns = len(table.columns) if batch.kind in KINDS else 0
        known = sum(column.certainty != "ignored" for column in table.columns)
        encoding, sheet = table.opened.encoding, table.opened.sheet
    elif "chat" in batch.recognised:
        opened, chat = chat_found(batch)
        platform = chat.chat.platform if chat.chat else ""
        sure, encoding, sheet = chat.confidence, chat.encoding, opened.sheet
    platform = "" if platform == "unknown" else platform_word(platform)
    facts = FileFacts(
        batch.file_name, kind, platform, round(100 * sure), columns, known, encoding.upper(), sheet, batch.size, None
    )
    before = imported_before(batch)
    return replace(facts, before=before)


def stages(step: Step, batch: Batch | BatchSeen | None = None) -> list[Stage]:
    """The four steps; those behind lead back as long as the import has not begun."""
    order: list[Step] = ["file", "columns", "preview", "run"]
    words = {"file": _("Choose a file"), "columns": _("Recognise"), "preview": _("Preview"), "run": _("Import")}
    number = batch.pk if isinstance(batch, Batch) else batch.id if batch else 0
    ways = {"columns": "console:import_columns", "preview": "console:import_preview"}
    now = order.index(step)
    drawn: list[Stage] = []
    for at, name in enumerate(order):
        state: Literal["done", "now", "later"] = "done" if at < now else "now" if at == now else "later"
        href = reverse(ways[name], args=[number]) if name in ways and at < now and step != "run" else ""
        drawn.append(Stage(words[name], state, href))
    return drawn


def shown_sample(column: Column) -> str:
    """A cell of the file to know a column by, with the middle of contact data hidden."""
    return masked_cell(column.sample, column.meaning)


def masked_cell(text: str, meaning: Meaning) -> str:
    """A cell as everybody may see it."""
    digits = re.sub(r"\D", "", text)
    if meaning in PHONES and len(digits) >= 7 and "*" not in text:
        return mask_phone(digits)
    if meaning in NAMES:
        return text if "*" in text else mask_name(text.strip("'` \t"))
    if meaning is Meaning.ADDRESS:
        return text if "*" in text else mask_address(text)
    text = MOBILE.sub(lambda found: mask_phone(found[1]), text)
    return MAIL.sub(lambda found: mask_mail(found[0]), text)


def communities_for(scope: Scope) -> list[tuple[int, str]]:
    """Communities that an import may be brought into by somebody with this scope. One query."""
    found = Community.objects.filter(closed_at__isnull=True).order_by("name")
    if isinstance(scope, Communities):
        found = found.filter(pk__in=scope.ids)
    return list(found.values_list("pk", "name"))


def who_did(*values: str) -> dict[str, str]:
    """Names for actors as they are kept: staff:7 is a teammate's name, cli the command line. One query."""
    ids = {int(one.partition(":")[2]) for one in values if one.startswith("staff:") and one[6:].isdecimal()}
    names = names_of(staff_ids=ids) if ids else {}
    words = {"cli": _("command line"), "system": _("the server")}
    return {
        one: names.get(int(one[6:]), one) if one.startswith("staff:") and one[6:].isdecimal() else words.get(one, one)
        for one in values
    }


def way(name: str, *arguments: object) -> str:
    """The address of a page that may not exist yet; empty then."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""

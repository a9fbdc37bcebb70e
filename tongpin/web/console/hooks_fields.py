"""The fields of a sample on a screen (字段): what each means, its value as everybody may see it, what it would become."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from django.utils.translation import gettext as _

from tongpin.base.text import mask_mail
from tongpin.channels.sheet.meaning import Meaning
from tongpin.core.intake.hook_listing import Become, would_become
from tongpin.core.intake.meanings import BadMapping, Heard, OrderHeard, Unusable
from tongpin.core.intake.proposing import propose
from tongpin.core.people.queries import display_names
from tongpin.web.console.hooks_words import fault_words, mapping_fault
from tongpin.web.console.import_parts import masked_cell, way
from tongpin.web.look.wording import yuan

FIELD = "m."
"""What the names of the selects begin with; the field's path follows."""

SHOWN = 60
MASKS = {"phone": Meaning.PHONE, "name": Meaning.NAME, "address": Meaning.ADDRESS}


class SampleUnreadable(ValueError):
    """What was pasted is neither JSON nor the fields of a form."""


@dataclass(frozen=True, slots=True)
class FieldSeen:
    """One field of a sample. `is_guess`: its meaning was proposed and not chosen by anybody."""

    path: str
    name: str
    value: str
    chosen: str
    is_guess: bool


@dataclass(frozen=True, slots=True)
class BecomeSeen:
    """What a sample would become, in words. `wrong` says why it would be refused."""

    wrong: str = ""
    who: str = ""
    href: str = ""
    is_known: bool = False
    signs: tuple[str, ...] = ()
    what: str = ""
    details: tuple[str, ...] = ()
    at: datetime | None = None


def pasted(text: str) -> Any:
    """What somebody pasted: JSON, `a=1&b=2`, or lines such as 「手机: 138…」. Raises SampleUnreadable."""
    given = text.strip()
    if given[:1] in ("{", "["):
        try:
            return msgspec.json.decode(given)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
            raise SampleUnreadable from error
    if "\n" not in given and "=" in given:
        found = dict(parse_qsl(given, max_num_fields=500))
    else:
        pairs = (re.split(r"\s*[:：=\t]\s*", line.strip(), maxsplit=1) for line in given.splitlines())
        found = {pair[0]: pair[1] for pair in pairs if len(pair) == 2 and pair[0] and pair[1]}
    if not found:
        raise SampleUnreadable
    return found


def said(given: Mapping[str, Any]) -> dict[str, str]:
    """The mapping as a form sent it: path → meaning, fields that mean nothing left out."""
    return {
        name.removeprefix(FIELD): str(value)
        for name, value in given.items()
        if name.startswith(FIELD) and value and len(name) < 500
    }


def fields_seen(fields: Mapping[str, str], *, chosen: Mapping[str, str] | None, kind: str) -> list[FieldSeen]:
    """The fields with their meanings: those chosen, else those proposed. What was chosen and is not in the sample stays."""
    guessed = propose(fields, kind=kind)
    meant = guessed if chosen is None else chosen
    return [
        FieldSeen(
            path=path,
            name=f"{FIELD}{path}",
            value=masked(fields.get(path, ""), meant.get(path, "") or guessed.get(path, "")),
            chosen=meant.get(path, ""),
            is_guess=chosen is None and path in guessed,
        )
        for path in [*fields, *(path for path in meant if path not in fields)]
    ]


def masked(value: str, meaning: str = "") -> str:
    """A value to know a field by, with the middle of contact data hidden."""
    if meaning == "mail" and "@" in value:
        return mask_mail(value)
    return masked_cell(value, MASKS.get(meaning, Meaning.IGNORE))[:SHOWN]


def become_seen(
    fields: Mapping[str, str], mapping: Mapping[str, str], *, via: str, shop_id: int | None, event: str, at: datetime
) -> BecomeSeen:
    """What a sample would become by a mapping. At most four queries, and nothing is written."""
    try:
        found = would_become(fields=fields, mapping=mapping, via=via, shop_id=shop_id, at=at)
    except BadMapping as wrong:
        return BecomeSeen(wrong=mapping_fault(wrong.fault, wrong.meaning))
    except Unusable as wrong:
        return BecomeSeen(wrong=fault_words(wrong.fault, wrong.field))
    return _in_words(found, event)


def _in_words(found: Become, event: str) -> BecomeSeen:
    heard = found.heard
    who, href = "", ""
    if found.person_id is not None:
        who = display_names(person_ids=[found.person_id]).get(found.person_id, "") or _("somebody without a name")
        href = way("console:person", found.person_id)
    elif heard.signs:
        who = heard.nickname or masked(heard.name, "name") or _("somebody without a name")
    elif heard.order is not None:
        who = _("nobody: the order counts in the money, not in the people")
    else:
        who = _("nobody: kept without a person")
    return BecomeSeen(
        who=who,
        href=href,
        is_known=found.person_id is not None,
        signs=tuple(_signs(heard)),
        what=_order(heard.order) if heard.order else _("form «%(name)s»") % {"name": event},
        details=tuple(_details(heard)),
        at=heard.at,
    )


def _signs(heard: Heard) -> list[str]:
    shown = []
    for one in heard.signs:
        if one.kind in ("sheet_row", "order"):
            continue
        value = one.value.removeprefix("+86") if one.kind == "phone" else one.value
        shown.append(masked(value, one.kind)[:30])
    return shown + [value for _kind, value in heard.traits]


def _order(order: OrderHeard) -> str:
    return _("order %(number)s") % {"number": order.number}


def _details(heard: Heard) -> list[str]:
    parts: list[str] = []
    if heard.order is not None:
        order = heard.order
        if order.product:
            parts.append(order.product + (f" ×{order.quantity}" if order.quantity != 1 else ""))
        if order.is_paid:
            parts.append(_("paid %(sum)s") % {"sum": yuan(order.paid_fen)} if order.paid_fen is not None else _("paid"))
        elif order.payable_fen is not None:
            parts.append(_("not paid yet, %(sum)s") % {"sum": yuan(order.payable_fen)})
        else:
            parts.append(_("not paid yet"))
    if heard.tag:
        parts.append(_("tag «%(name)s»") % {"name": heard.tag})
    parts += [f"{path.rsplit('.', 1)[-1]}: {masked(value)}" for path, value in heard.kept[:6]]
    return parts

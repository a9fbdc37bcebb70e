"""Signing in on another phone: a link to a mailbox, good once and for a quarter of an hour.

A mailbox is somebody's where an order or a teammate said so, or where they opened such a link from their signed-in phone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from django.db import transaction

from tongpin.base.ids import token, token_digest
from tongpin.channels.port import Content
from tongpin.core.people.calling import display_names
from tongpin.core.people.meeting import SignOfErased, SignTaken, link_identity
from tongpin.core.people.models import Identity, Person
from tongpin.core.people.resolving import sign_digest
from tongpin.core.people.roots import PersonIsErased, PersonUnknown, root_of
from tongpin.core.people.signs import sign
from tongpin.core.people.visitors import Visit, begin_session
from tongpin.core.sending.models import SignInLink
from tongpin.core.sending.queueing import NewLetter, queue_letter
from tongpin.core.sending.reaching import MAIL
from tongpin.core.team.keys import keyring

LASTS = timedelta(minutes=15)
KEPT = timedelta(days=1)
CONTEXT = "sign_in_link.mail"
ABOUT = "sign_in_link"

Words: TypeAlias = Callable[[str, str], Content]
"""(what the person is called, the link's secret) → the letter."""


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """A link that still opens: whom it signs in, and whether it makes a mailbox theirs."""

    person_id: int
    called: str
    proves: bool


def send_sign_in(*, mail: str, words: Words, at: datetime) -> bool:
    """A link to a mailbox that is known as somebody's. False, and nothing happens, where it is nobody's: whoever asked
    must be answered alike. Raises BadSign for what is no address."""
    wanted = sign("mail", mail)
    held = Identity.objects.filter(digest=sign_digest(wanted)).values_list("person_id", flat=True).first()
    if held is None:
        return False
    person = root_of(person_id=held)
    if Person.objects.filter(pk=person, erased_at__isnull=False).exists():
        return False
    _send(person, wanted.value, words, at=at, proves=False)
    return True


def send_proof(*, person_id: int, mail: str, words: Words, at: datetime) -> None:
    """A link that makes a mailbox this person's, to that mailbox. Raises BadSign for what is no address."""
    _send(root_of(person_id=person_id), sign("mail", mail).value, words, at=at, proves=True)


@transaction.atomic
def _send(person_id: int, mail: str, words: Words, *, at: datetime, proves: bool) -> None:
    secret = token()
    digest = token_digest(secret)
    SignInLink.objects.filter(made_at__lt=at - KEPT).delete()
    SignInLink.objects.create(
        digest=digest,
        person_id=person_id,
        mail_sealed=keyring().encrypt(mail, context=CONTEXT) if proves else None,
        made_at=at,
    )
    letter = NewLetter(
        key=f"{ABOUT}:{digest.hex()}",
        letter_class="service",
        channel=MAIL,
        content=words(display_names(person_ids=[person_id]).get(person_id, ""), secret),
        address=mail,
        about_kind=ABOUT,
        not_after=at + LASTS,
        fleeting=True,
    )
    queue_letter(letter=letter, at=at)


def link_seen(*, secret: str, at: datetime) -> LinkSeen | None:
    """What a link would do; looking at it does not use it up (mail programs look at links by themselves)."""
    row = SignInLink.objects.filter(digest=token_digest(secret), used_at=None, made_at__gt=at - LASTS).first()
    if row is None:
        return None
    person = root_of(person_id=row.person_id)
    called = display_names(person_ids=[person]).get(person, "")
    return LinkSeen(person, called, row.mail_sealed is not None)


@transaction.atomic
def use_link(*, secret: str, at: datetime) -> Visit | None:
    """Signs its person in on this phone, once. None where the link is used, too old, or never was."""
    open_links = SignInLink.objects.filter(digest=token_digest(secret), used_at=None, made_at__gt=at - LASTS)
    if not open_links.update(used_at=at):
        return None
    row = SignInLink.objects.get(digest=token_digest(secret))
    try:
        visit = begin_session(person_id=row.person_id, at=at)
    except (PersonIsErased, PersonUnknown):
        return None
    if row.mail_sealed is not None:
        mail = sign("mail", keyring().decrypt(row.mail_sealed, context=CONTEXT))
        try:
            link_identity(person_id=visit.person_id, sign=mail, actor=f"person:{visit.person_id}", at=at)
        except (SignTaken, SignOfErased):
            # Another record holds it: a person decides on the suggestion. The phone is signed in all the same.
            return visit
    return visit

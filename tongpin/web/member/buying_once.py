"""One order for one press of a button (防重复下单), also for somebody whose phone we do not know yet.

A form carries a signed key. A person's orders are told apart by it (orders and seats see to that); a stranger has no
person before the order, so the key remembers for a day whom it met: the second of two presses finds the first one's.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.signing import BadSignature, TimestampSigner

from tongpin.base.ids import digest, token
from tongpin.core.people.visitors import Visit, begin_session, meet_visitor

LASTS = timedelta(hours=12)
SALT = "tongpin.checkout"


class FormTooOld(ValueError):
    """The key of the form is not ours, or was given long ago; show the form again with a new one."""


def new_key() -> str:
    """A key for a form that is shown now."""
    return TimestampSigner(salt=SALT).sign(token(size=20))


def checked(key: str) -> str:
    """The key itself. Raises FormTooOld."""
    try:
        TimestampSigner(salt=SALT).unsign(key, max_age=LASTS)
    except BadSignature:
        raise FormTooOld("this form is too old") from None
    return key


def order_key(key: str, *about: object) -> str:
    """What an order made with this form is known by; another number of goods is another order."""
    return f"web:{digest(key, *about).hex()}"


def visitor(*, key: str, nickname: str, at: datetime) -> Visit:
    """The person who sends this form for the first time, or who they became when they sent it a moment ago.

    Belongs inside the transaction that makes the order: a second press waits here until the first is through.
    """
    name = digest("checkout", key).hex()
    store = SessionStore()
    empty = store.encode({})
    row, is_new = Session.objects.get_or_create(
        session_key=name, defaults={"session_data": empty, "expire_date": at + LASTS}
    )
    known = None if is_new else store.decode(row.session_data).get("person")
    if isinstance(known, int):
        return begin_session(person_id=known, at=at)
    visit = meet_visitor(nickname=nickname, at=at)
    Session.objects.filter(session_key=name).update(session_data=store.encode({"person": visit.person_id}))
    return visit

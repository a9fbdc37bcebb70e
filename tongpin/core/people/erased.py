"""The list of the erased (已抹去): keyed marks of their identities, kept outside every backup.

A restore of an old backup and the same file imported again both obey it. It holds no name and no number: a mark can only
be compared with the mark of an identity that arrives.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.conf import settings

from tongpin.core.people.signs import mail_address, phone_number
from tongpin.core.team.keys import keyring

_PARTS = re.compile(r"[^\s()（）<>《》【】\[\]{}:：,，;；\"'=]+")
_PARTS_KEPT = 200

_seen: tuple[float, int] = (-1.0, -1)
_marks: frozenset[bytes] = frozenset()


def erased_list() -> frozenset[bytes]:
    """The marks, read again only when the file changed."""
    global _seen, _marks
    path = Path(settings.ERASED_LIST)
    try:
        status = path.stat()
    except FileNotFoundError:
        return frozenset()
    stamp = (status.st_mtime, status.st_size)
    if stamp != _seen:
        raw = path.read_bytes()
        _marks = frozenset(raw[i : i + 16] for i in range(0, len(raw) - len(raw) % 16, 16))
        _seen = stamp
    return _marks


def add_to_erased_list(marks: list[bytes]) -> None:
    """Appends marks (16 bytes each) and makes sure that they are on disk before the erasure goes on."""
    path = Path(settings.ERASED_LIST)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as out:
        out.write(b"".join(marks))
        out.flush()
        os.fsync(out.fileno())


def parts_of(text: str) -> list[str]:
    """The pieces of a line that may be an account, a number or a mail address."""
    return _PARTS.findall(text)[:_PARTS_KEPT]


def tells_of_erased(texts: Iterable[str], *, scopes: Sequence[str]) -> bool:
    """Whether one of these is a sign of somebody who was erased: a phone, a mail address, or an account of `scopes`
    («shop_account/shop:3», «custom/s-1»)."""
    marks = erased_list()
    if not marks:
        return False
    ring = keyring()
    for text in dict.fromkeys(one for one in texts if one):
        told = [(scope, text) for scope in scopes]
        if number := phone_number(text):
            told.append(("phone/", number))
        if mail := mail_address(text):
            told.append(("mail/", mail))
        if any(ring.erased_mark(kind, value) in marks for kind, value in told):
            return True
    return False

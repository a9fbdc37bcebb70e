"""How like two people's phones, mails, shop accounts and other numbers are."""

import re
from dataclasses import dataclass
from typing import Final

from tongpin.core.people.likeness.spelling import edits, figures, fold, near, swapped_neighbours
from tongpin.core.people.likeness.values import Reason
from tongpin.core.people.likeness.weights import (
    BITS,
    CHARACTER,
    DIGIT,
    MASKED_ACCOUNT_MOST,
    MASKED_PHONE_MOST,
    PREFIX,
)

_HIDDEN: Final = re.compile(r"[*x×✱●○•·_?]+")
_NOT_SHOWN: Final = re.compile(r"[^0-9*]")
_COUNTRY: Final = re.compile(r"^(?:\+|00)?86(?=1[0-9*]{10}$)")
_SHARED_BOXES: Final = frozenset({"info", "admin", "service", "sales", "office", "contact", "hello", "support", "mail"})


@dataclass(frozen=True, slots=True)
class Shown:
    """What a mask lets see: the digits before and after it."""

    head: str
    tail: str


def read_phone(raw: str) -> str | Shown | None:
    """A full number (China without 86, others with their code), what a mask shows of one, or None."""
    text = _NOT_SHOWN.sub("", _HIDDEN.sub("*" * 4, fold(raw))) if _HIDDEN.search(fold(raw)) else ""
    if text:
        # The length of a run of stars is no evidence; the country code is known by what follows it.
        bare = re.sub(r"^(?:0086|86)(?=1[0-9]{0,10}\*)", "", text)
        head, tail = bare.partition("*")[0], bare.rpartition("*")[2]
        return Shown(head, tail) if len(head) + len(tail) > 1 else None
    digits = _NOT_SHOWN.sub("", fold(raw))
    digits = _COUNTRY.sub("", digits)
    if len(digits) >= 7 and len(set(digits)) > 1:
        return digits
    return Shown("", digits) if 3 <= len(digits) < 7 else None


def phone_ends(phone: str | Shown) -> tuple[str, str]:
    return (phone, phone) if isinstance(phone, str) else (phone.head, phone.tail)


def compare_phones(a: tuple[str | Shown, ...], b: tuple[str | Shown, ...]) -> Reason | None:
    """The best of all pairs; a difference counts little, people have several phones."""
    if not a or not b:
        return None
    found = [reason for x in a for y in b if (reason := _compare_two_phones(x, y))]
    return max(found, key=lambda r: (r.weight, r.code, r.detail)) if found else _simple("phone_differs")


def _compare_two_phones(a: str | Shown, b: str | Shown) -> Reason | None:
    if isinstance(a, str) and isinstance(b, str):
        if a == b:
            return _simple("phone_same")
        close = len(a) == len(b) and (edits(a, b) == 1 or swapped_neighbours(a, b))
        # The last digit apart is rather a neighbouring line of one firm than a slip.
        return _simple("phone_near") if close and a[-1] == b[-1] else None
    (head_a, tail_a), (head_b, tail_b) = phone_ends(a), phone_ends(b)
    head, tail = min(len(head_a), len(head_b)), min(len(tail_a), len(tail_b))
    if head_a[:head] != head_b[:head] or (tail and tail_a[-tail:] != tail_b[-tail:]):
        return None
    if any(isinstance(x, str) and len(x) < head + tail for x in (a, b)):
        return None
    bits = (PREFIX * min(head, 3) / 3 + DIGIT * max(0, head - 3)) + DIGIT * tail
    if bits <= 0:
        return None
    detail = tuple(code for code in (f"head_{min(head, 9)}" * bool(head), f"tail_{min(tail, 9)}" * bool(tail)) if code)
    return Reason("phone_mask_fits", True, min(MASKED_PHONE_MOST, bits), detail)


def _simple(code: str) -> Reason:
    return Reason(code, BITS[code] > 0, BITS[code])


def read_mail(raw: str) -> str:
    """Folded, without a +tag; empty where it is no mail address."""
    local, at, domain = fold(raw).strip().rpartition("@")
    local = local.partition("+")[0]
    return f"{local}@{domain}" if at and local and domain else ""


def compare_mails(a: tuple[str, ...], b: tuple[str, ...]) -> Reason | None:
    if not a or not b:
        return None
    found = [code for x in a for y in b if (code := _mail_code(x, y))]
    return _simple(max(found, key=lambda code: BITS[code])) if found else _simple("mail_differs")


def telling_local(mail: str) -> str:
    """The part before @ where it is long enough to tell a person."""
    local = mail.partition("@")[0]
    return local if len(local) >= 5 and local not in _SHARED_BOXES else ""


def _mail_code(a: str, b: str) -> str | None:
    if a == b:
        return "mail_same"
    local_a, local_b = telling_local(a), telling_local(b)
    if not local_a or not local_b:
        return None
    if near(a, b) and figures(a) == figures(b) and sum(c.isalpha() for c in local_a) >= 4:
        return "mail_near"
    return "mail_local_same" if local_a == local_b else None


def read_numbered(raw: str) -> tuple[str, str] | None:
    """`kind:value` folded, without spaces, dashes and dots in the value; None where the value is empty."""
    kind, colon, value = raw.partition(":")
    kind, value = (kind, value) if colon else ("", kind)
    plain = re.sub(r"[\s.\-]+", "", fold(value))
    return (fold(kind).strip(), plain) if plain else None


def compare_accounts(a: tuple[tuple[str, str], ...], b: tuple[tuple[str, str], ...]) -> Reason | None:
    """Accounts of one shop only; several accounts are common, so a difference says nothing."""
    found = [reason for x in a for y in b if x[0] == y[0] and (reason := _account(x[1], y[1]))]
    return max(found, key=lambda r: (r.weight, r.code, r.detail)) if found else None


def _account(a: str, b: str) -> Reason | None:
    if "*" not in a and "*" not in b:
        return _simple("account_same") if a == b else None
    (head_a, tail_a), (head_b, tail_b) = _account_ends(a), _account_ends(b)
    head, tail = min(len(head_a), len(head_b)), min(len(tail_a), len(tail_b))
    fits = head_a[:head] == head_b[:head] and (not tail or tail_a[-tail:] == tail_b[-tail:])
    shown = head + tail
    if not fits or not shown or any("*" not in x and len(x) < shown for x in (a, b)):
        return None
    return Reason("account_mask_fits", True, min(MASKED_ACCOUNT_MOST, CHARACTER * shown), (f"shown_{min(shown, 9)}",))


def _account_ends(account: str) -> tuple[str, str]:
    if "*" not in account:
        return account, account
    return account.partition("*")[0], account.rpartition("*")[2]


def compare_numbers(a: tuple[tuple[str, str], ...], b: tuple[tuple[str, str], ...]) -> Reason | None:
    """Numbers of one kind only (tax number, member card); the best agreement, else a difference."""
    found = [reason for x in a for y in b if x[0] == y[0] and (reason := _number(x[1], y[1]))]
    return max(found, key=lambda r: (r.weight, r.code, r.detail)) if found else None


def _number(a: str, b: str) -> Reason:
    if a == b:
        return Reason("number_same", True, min(BITS["number_same"], DIGIT * len(a)))
    slip = len(a) == len(b) >= 6 and (edits(a, b) == 1)
    # Cards are handed out in a row: families and friends differ in the last digit.
    return _simple("number_near") if slip and a[-1] == b[-1] else _simple("number_differs")

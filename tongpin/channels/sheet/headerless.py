"""Tables without a header whose columns are plain by their cells alone, such as CDNOW: id id yyyymmdd count dollars."""

import re
from typing import Final, Literal

from .cells import BLANK, text_of
from .columns import cell_at
from .contacts import mail_of, phone_of
from .meaning import Meaning
from .reading import Cell, RawRow
from .recognised import Column

M = Meaning
CellKind = Literal["blank", "phone", "mail", "date", "money", "count", "id", "text"]

_DATE: Final = re.compile(
    r"(?:19|20)\d{2}(?:[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?"
    r"|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))",
    re.ASCII,
)
_MONEY: Final = re.compile(r"[¥￥$£€]?-?\d{1,9}\.\d{1,2}", re.ASCII)
_COUNT: Final = re.compile(r"\d{1,3}", re.ASCII)
_ID: Final = re.compile(r"[A-Za-z]{0,4}\d[\dA-Za-z-]{0,31}", re.ASCII)
_ROWS: Final = 2_000


def headerless_columns(rows: list[RawRow]) -> list[Column]:
    """Meanings as guesses where there is one reading only; all ignored where there are several."""
    width = min(max(len(row.cells) for row in rows), 1_000)
    rows = [row for row in rows if len(row.cells) == width][:_ROWS]
    kinds = [_kind_of_column(rows, index) for index in range(width)]
    meanings = _meanings(kinds, rows)
    return [
        Column(index, f"#{index + 1}", meaning, "ignored" if meaning is M.IGNORE else "guess")
        for index, meaning in enumerate(meanings)
    ]


def _kind_of_column(rows: list[RawRow], index: int) -> CellKind:
    texts = [text for row in rows if (text := text_of(row.cells[index])) not in BLANK]
    if not texts:
        return "blank"
    kinds: tuple[tuple[CellKind, re.Pattern[str]], ...] = (("date", _DATE), ("money", _MONEY), ("count", _COUNT))
    if all(_is_mobile(text) for text in texts):
        return "phone"
    if all(mail_of(text) for text in texts):
        return "mail"
    for kind, pattern in kinds:
        if all(pattern.fullmatch(text) for text in texts):
            # «00004» is an id and no count, however small.
            return "id" if kind == "count" and any(text[0] == "0" and len(text) > 1 for text in texts) else kind
    return "id" if all(_ID.fullmatch(text) for text in texts) else "text"


def _is_mobile(text: str) -> bool:
    """Not any phone: «2026-10-22» has the digits of a landline."""
    phone, masked, _ = phone_of(text)
    return masked is not None or (phone is not None and phone.startswith("+"))


def _meanings(kinds: list[CellKind], rows: list[RawRow]) -> list[Meaning]:
    """One date, one sum, at most one count and one text; ids in front; or only contacts. Else nothing is plain."""
    where = {kind: [i for i, one in enumerate(kinds) if one == kind] for kind in set(kinds)}
    meanings = [M.IGNORE] * len(kinds)
    single = all(len(where.get(kind, [])) <= 1 for kind in ("date", "money", "count", "text", "phone", "mail"))
    if not single:
        return meanings
    _put(meanings, where.get("phone"), M.PHONE)
    _put(meanings, where.get("mail"), M.MAIL)
    ids = where.get("id", [])
    if "date" not in where or "money" not in where:
        others = ids or "count" in where or "date" in where
        contacts_only = ("phone" in where or "mail" in where) and not others
        if contacts_only and "text" in where and "money" not in where:
            meanings[where["text"][0]] = M.NAME
        return meanings if contacts_only else [M.IGNORE] * len(kinds)
    if not ids and "phone" not in where and "mail" not in where:
        return [M.IGNORE] * len(kinds)
    _put(meanings, where["date"], M.PAID_AT)
    _put(meanings, where["money"], M.PAID_AMOUNT)
    _put(meanings, where.get("count"), M.QUANTITY)
    _put(meanings, where.get("text"), M.PRODUCT_TITLE)
    return _with_ids(meanings, ids, rows)


def _put(meanings: list[Meaning], where: list[int] | None, meaning: Meaning) -> None:
    for index in where or ():
        meanings[index] = meaning


def _with_ids(meanings: list[Meaning], ids: list[int], rows: list[RawRow]) -> list[Meaning]:
    """Ids that come back are buyers', ids that never do are orders'; one that only follows another is noise."""
    kept: list[int] = []
    for index in ids:
        if not any(_follows(rows, first, index) for first in kept):
            kept.append(index)
    for index in kept:
        values = [text_of(row.cells[index]) for row in rows]
        meaning = M.ORDER_NUMBER if len(set(values)) == len(values) else M.SHOP_ACCOUNT
        if meaning in meanings:
            return [M.IGNORE] * len(meanings)
        meanings[index] = meaning
    return meanings


def _follows(rows: list[RawRow], first: int, second: int) -> bool:
    """Whether the second column has one value for each value of the first, and the other way round."""
    pairs: set[tuple[Cell, Cell]] = {(text_of(row.cells[first]), text_of(cell_at(row.cells, second))) for row in rows}
    return len(pairs) == len({pair[0] for pair in pairs}) == len({pair[1] for pair in pairs})

"""One cell: text without the tricks exporters play on spreadsheet programs, and ids that survived."""

import re
from datetime import datetime
from functools import lru_cache
from typing import Final

from .delimited import Cell
from .rows import BadReason

BLANK: Final = frozenset({"", "-", "--", "---", "—", "——", "/", "null", "NULL", "None", "nan", "NaN", "N/A", "#N/A"})

_INVISIBLE: Final = " \t\r\n\v\f\u00a0\u3000\ufeff\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060"
_FORMULA: Final = re.compile(r'="(.*)"', re.DOTALL)
_DAMAGED: Final = re.compile(r"[+-]?\d(?:\.\d+)?[Ee]\+\d{1,3}")
_DECIMAL_ID: Final = re.compile(r"(\d+)\.0+", re.ASCII)
_ROUNDED: Final = re.compile(r"\d{15}0{2,}", re.ASCII)
_NUMBER: Final = re.compile(r"([+-]?)(\d+)(?:\.(\d+))?", re.ASCII)
_LONGEST_ID: Final = 200
_EXCEL_EXACT: Final = 10**15  # a spreadsheet keeps fifteen digits of a number, the rest become zeros
_FLOAT_EXACT: Final = 2**53


class CellProblem(Exception):
    """This cell makes its row impossible. The text of the cell is an attribute, never part of the message."""

    def __init__(self, reason: BadReason, *, column: int = -1, text: str = "") -> None:
        super().__init__(reason)
        self.reason: BadReason = reason
        self.column = column
        self.text = text


def text_of(cell: Cell) -> str:
    """Trimmed text: no tabs, backticks or apostrophes in front, no ="…" around, no invisible characters at the ends."""
    text = (cell if isinstance(cell, str) else _plain(cell)).strip()
    if not text.isascii():
        text = text.strip(_INVISIBLE)
    if text and text[0] in "'`=":
        text = _unwrapped(text)
    return text.replace("\r\n", "\n") if "\r" in text else text


def value_of(cell: Cell) -> str | None:
    """Like text_of; None where the exporter meant «nothing»."""
    text = text_of(cell)
    return None if text in BLANK else text


def id_of(cell: Cell, *, rounded: bool = False) -> str | None:
    """An id as text, zeros in front kept. Raises CellProblem("id_damaged") where a spreadsheet destroyed digits.

    `rounded`: the whole column shows the mark of fifteen kept digits, so such ids are damaged and not just round.
    """
    if isinstance(cell, float):
        return _id_of_number(cell)
    text = value_of(cell)
    if text is None:
        return None
    if not text.isalpha():
        if "." in text and (whole := _DECIMAL_ID.fullmatch(text)):
            text = whole[1]
        elif "+" in text and _DAMAGED.fullmatch(text):
            raise CellProblem("id_damaged", text=text)
        if rounded and _ROUNDED.fullmatch(text):
            raise CellProblem("id_damaged", text=text)
    if len(text) > _LONGEST_ID:
        raise CellProblem("id_unreadable", text=text[:_LONGEST_ID])
    return text


def _id_of_number(number: float) -> str:
    if not number.is_integer():
        return repr(number)
    whole = int(number)
    if abs(whole) >= _FLOAT_EXACT or (abs(whole) >= _EXCEL_EXACT and whole % 10 == 0):
        raise CellProblem("id_damaged", text=repr(number))
    return str(whole)


def looks_rounded(text: str) -> bool:
    """A long id whose digits after the fifteenth are zeros."""
    return _ROUNDED.fullmatch(text) is not None


def looks_damaged(cell: Cell) -> bool:
    """«2.61022E+12»: what a spreadsheet program writes where an id was."""
    try:
        id_of(cell)
    except CellProblem:
        return True
    return False


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """For keys only: the same for what a spreadsheet program may make of a text when it saves the file again.

    Zeros before and after a number, the spelling of TRUE and runs of white space do not count.
    """
    number = _NUMBER.fullmatch(text)
    if number:
        sign, whole, fraction = number.groups()
        whole = whole.lstrip("0") or "0"
        fraction = (fraction or "").rstrip("0")
        return ("-" if sign == "-" else "") + whole + ("." + fraction if fraction else "")
    if len(text) <= 5 and text.upper() in ("TRUE", "FALSE"):
        return text.upper()
    return " ".join(text.split()) if " " in text or "\n" in text or "\t" in text else text


def _unwrapped(text: str) -> str:
    formula = _FORMULA.fullmatch(text)
    if formula:
        text = formula[1]
    return text.lstrip("'`").strip(_INVISIBLE) if text[:1] in ("'", "`") else text.strip(_INVISIBLE)


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXCEL_EXACT else repr(cell)
    if isinstance(cell, datetime):
        midnight = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return cell.strftime("%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M:%S")
    return str(cell)

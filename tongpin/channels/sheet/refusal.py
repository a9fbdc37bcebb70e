"""Why a whole file cannot be taken. One exception, so that every door words it in one place."""

from typing import Literal

Refusal = Literal[
    "empty_file",  # nothing in it, or only white space
    "archive_broken",  # gz or zip cut off or damaged
    "archive_password",  # unpack it first (WeChat and Alipay send bills that way)
    "archive_empty",
    "archive_many_files",  # one table per archive; `files` says how many
    "archive_nested",  # an archive in an archive
    "archive_bomb",  # unpacks to more than the limits allow
    "workbook_broken",
    "workbook_password",
    "workbook_too_large",  # save the sheet as CSV (UTF-8)
    "workbook_empty",
    "sheet_missing",  # `sheet` names what was asked for
    "format_unknown",  # `looks_like` says what it seems to be: pdf, image, word, ods, xlsb, html, rar…
    "encoding_unknown",
    "not_a_table",  # JSON or running text where rows were wanted
]


class Unreadable(Exception):
    """The file is refused as a whole; `reason` is a code, `facts` are counts and names of formats, never cells."""

    def __init__(self, reason: Refusal, **facts: str | int) -> None:
        super().__init__(reason, facts)
        self.reason: Refusal = reason
        self.facts = facts

    def __str__(self) -> str:
        return " ".join([self.reason, *(f"{name}={value}" for name, value in self.facts.items())])

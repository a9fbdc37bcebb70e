"""Every code an import can end with, in words: reasons of rows, of whole files, and what still has to be said.

Codes come from channels/sheet and core/intake. A row's words are short; a file's words say what to do.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ROWS: dict[str, str | Promise] = {
    # cells that cannot be read
    "bad_bytes": _("characters that cannot be read"),
    "line_too_long": _("line over 1 MB"),
    "cell_too_long": _("cell too long"),
    "quote_unbalanced": _("quotation mark never closed"),
    "cells_shifted": _("more cells than columns: a separator inside a cell moved the rest"),
    "id_missing": _("number missing"),
    "id_damaged": _("number damaged by a spreadsheet program"),
    "id_rounded": _("number rounded by a spreadsheet program"),
    "id_unreadable": _("number unreadable"),
    "amount_unreadable": _("amount unreadable"),
    "amount_too_fine": _("amount with parts of a fen"),
    "amount_missing": _("amount missing"),
    "quantity_unreadable": _("quantity unreadable"),
    "quantity_zero": _("quantity zero"),
    "time_unreadable": _("date unreadable"),
    "time_ambiguous": _("date unclear: month or day first?"),
    "time_far_off": _("date far from any possible one"),
    "time_missing": _("date missing"),
    "no_price": _("no price in a list where everything has one"),
    "stock_adjustment": _("stock written off, no sale"),
    "book_adjustment": _("bookkeeping entry, no sale"),
    "product_missing": _("product missing"),
    "contact_missing": _("nothing to know the customer by"),
    "voucher_missing": _("voucher code missing"),
    # conversations
    "text_unreadable": _("words unreadable"),
    "line_unknown": _("line of an unknown kind"),
    "member_without_id": _("member without an id"),
    "other_conversation": _("belongs to a conversation you did not choose"),
    "no_message_begun": _("line before the first message"),
    "file_truncated": _("the file breaks off here"),
    "json_broken": _("broken JSON"),
    "nested_too_deep": _("nested too deep"),
    # taken, with a remark
    "nobody": _("no sign of the buyer: kept in the money, not in the people"),
    "return": _("a return"),
    "nothing_to_record": _("says nothing that could be kept"),
    "like_somebody": _("like somebody known, not enough to be sure"),
    "voucher_unused": _("voucher not used yet"),
    "voucher_refunded": _("voucher given back"),
    "voucher_expired": _("voucher expired"),
    "voucher_unknown": _("voucher in an unknown state"),
    "text_cut": _("words cut at 20,000 characters"),
    "undecodable": _("some characters could not be read"),
    "notice_joined": _("notice: somebody joined"),
    "notice_left": _("notice: somebody left"),
    "notice_recalled": _("notice: somebody recalled a message"),
    "notice_renamed": _("notice: the group got a new name"),
    "notice_other": _("notice of the platform"),
    # small things that were passed over
    "phone_hidden": _("phone hidden"),
    "phone_relay": _("phone of a relay service"),
    "phone_unreadable": _("phone unreadable"),
    "status_unknown": _("status unknown"),
    "date_from_number": _("date read from the order number"),
    "quantity_fractional": _("quantity in fractions"),
    "refund_inferred": _("refund inferred from the status"),
    "code_masked": _("voucher code masked"),
    "direction_unreadable": _("direction unreadable"),
}

REFUSALS: dict[str, tuple[str | Promise, str | Promise]] = {
    # the file itself
    "empty_file": (_("The file is empty"), _("Export it once more and look into it before you upload it.")),
    "empty": (_("The file is empty"), _("Export it once more and look into it before you upload it.")),
    "table_empty": (
        _("Only a header, no rows"),
        _("Choose a longer period in the shop's back office and export again."),
    ),
    "archive_broken": (
        _("The archive is damaged"),
        _("Download it once more, or unpack it and upload what is inside."),
    ),
    "archive_password": (
        _("The archive has a password"),
        _("WeChat and Alipay send bills this way: unpack it with the password they told you, then upload the table."),
    ),
    "archive_empty": (_("The archive is empty"), _("Unpack it on your computer and see what is inside.")),
    "archive_many_files": (
        _("Several files in one archive"),
        _("Unpack it and upload the files; several at once is fine."),
    ),
    "archive_nested": (_("An archive inside an archive"), _("Unpack it and upload what is inside.")),
    "archive_bomb": (_("Unpacks to more than this house takes"), _("Split it into smaller files.")),
    "workbook_broken": (
        _("The spreadsheet is damaged"),
        _("Open it in a spreadsheet program, save it as .xlsx, upload that."),
    ),
    "workbook_password": (_("The spreadsheet has a password"), _("Save it without the password and upload that.")),
    "workbook_too_large": (
        _("The spreadsheet is too large to open"),
        _("Save the sheet as CSV (UTF-8) and upload that."),
    ),
    "workbook_empty": (_("The spreadsheet has no sheets"), _("Export it once more.")),
    "sheet_missing": (_("The sheet is not there any more"), _("Upload the file once more.")),
    "format_unknown": (
        _("Not a table and not a chat"),
        _("CSV, Excel (.xlsx, .xls), text and JSON can be read. A page saved as .xls: open it and save it as .xlsx."),
    ),
    "encoding_unknown": (_("The characters cannot be told"), _("Save it as CSV (UTF-8) and upload that.")),
    "not_a_table": (_("This is no table"), _("If it is a group's chat, choose «chat» above.")),
    "not_text": (
        _("This is no text"),
        _("Pictures and databases cannot be read; export the chat as text, CSV or JSON."),
    ),
    # what kind of file
    "columns_missing": (
        _("Columns are missing"),
        _("Say below which column holds what is missing, or choose another kind."),
    ),
    "layouts_tie": (_("It fits two kinds of export"), _("Say above what the rows are.")),
    "date_order_unclear": (_("Is 03/04 the 3rd of April or the 4th of March?"), _("Say above how dates are written.")),
    "header_not_found": (_("No header was recognised"), _("Say below what the columns mean.")),
    "kind_unclear": (_("It is not clear what the rows are"), _("Say above what they are, then what the columns mean.")),
    "ledger": (
        _("This is a ledger with balances, not orders"),
        _("Nothing is made of it: money in it is already in the orders. Export the order list instead."),
    ),
    "settlement": (
        _("This is a settlement sheet, not orders"),
        _("It tells what the platform paid out. Export the order list instead."),
    ),
    "products": (_("This is a list of goods, not orders"), _("It knows no customers. Export the order list instead.")),
    "logistics": (
        _("This is a parcel list, not orders"),
        _("It lacks goods and amounts. Export the order list instead."),
    ),
    "chat_export": (_("This is a conversation"), _("Choose «chat» above.")),
    # conversations
    "unknown_format": (
        _("No chat format was recognised"),
        _("Choose what the columns mean, or convert it to ChatLab or CSV."),
    ),
    "format_comes_later": (
        _("This chat format is not supported yet"),
        _("Convert it to ChatLab, CSV or JSONL with a time, a sender and the words in each row."),
    ),
    "mapping_needed": (_("It is not clear which column holds what"), _("Say below where the time and the words are.")),
    "column_not_found": (_("A chosen column is not there"), _("Choose once more below.")),
    "several_conversations": (
        _("Several conversations in one file"),
        _("Choose below which of them you may bring in."),
    ),
    "too_many_places": (_("More than 5,000 conversations"), _("Export fewer conversations at a time.")),
    "ids_rounded": (
        _("A spreadsheet program rounded the message numbers"),
        _("Messages could not be known again. Upload the file as the export tool wrote it, never opened in between."),
    ),
    "seconds_lost": (
        _("A spreadsheet program cut the seconds"),
        _("Messages could not be known again. Upload the file as the export tool wrote it, never opened in between."),
    ),
    # later
    "file_gone": (
        _("The file is no longer here"),
        _("Upload it once more: rows that are in already are not counted twice."),
    ),
    "file_erased": (
        _("The file held somebody who was erased"),
        _("It was removed at their wish. Export it anew; they will be left out."),
    ),
    "broke_off": (
        _("Something unexpected happened"),
        _("What was placed stays. Upload the file again; if it happens again, tell us with the time it happened."),
    ),
    "json_broken": (_("Broken JSON"), _("Export it once more, without opening it in between.")),
    "file_truncated": (_("The file breaks off"), _("Export it once more; what was placed stays.")),
}

NEEDS: dict[str, str | Promise] = {
    "shop": _("Say which shop it is from: orders of two shops may have the same numbers."),
    "place": _("Say which group the chat is from."),
}

COLUMNS: dict[str, str | Promise] = {
    "": "",
    "same_title_first": _("Two columns have this name. Take this one?"),
    "same_title": _("the other column of this name"),
    "unknown_title": _("unknown title"),
    "empty": _("no content"),
    "masked": _("digits hidden: helps to know people again, joins nobody"),
    "hidden": _("hidden altogether"),
    "strips_marks": _("marks in front are removed"),
    "yuan_to_fen": _("yuan"),
    "net_of_refunds": _("refunds are already taken off"),
    "local_time": _("local time"),
    "date_order": _("month or day first?"),
    "ids_damaged": _("numbers damaged by a spreadsheet program"),
    "ids_rounded": _("numbers rounded by a spreadsheet program"),
    "encrypted": _("kept encrypted"),
}
ALARMING = frozenset({"date_order", "ids_damaged", "ids_rounded"})
"""Notes of columns that somebody should read before going on."""


def row_words(code: str) -> str:
    """A row's reason, or nothing. A lesser cell that was passed over says `<meaning>_unreadable`."""
    if not code:
        return ""
    return str(ROWS.get(code, code.replace("_", " ")))


def refusal_words(code: str) -> tuple[str, str]:
    """Why a whole file is not taken, and what to do."""
    title, act = REFUSALS.get(code, (code.replace("_", " "), ""))
    return str(title), str(act)

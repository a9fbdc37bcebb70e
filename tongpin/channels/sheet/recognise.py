"""What table is this, and what does each column mean? By header and content, never by the file's name."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from . import plain_names
from .columns import columns_of, described
from .headerless import headerless_columns
from .layouts import BY_ID, LAYOUTS, REFUSED, Kind, Layout, RefusedKind
from .layouts.generic import SYNONYMS
from .meaning import BUYER_SIGNS, Meaning
from .moments import DateOrder
from .packing import LIMITS, Limits
from .reading import open_file
from .recognised import Column, NotImportable, Recognised
from .sample import Sample, find_header, header_with, likely_header, take_sample
from .titles import fingerprint, fold_title, titles_of

M = Meaning
UserMapping = Mapping[str | int, str]
"""Column title («分销员#2» for the second of its name) or 0-based index → code of a Meaning."""

_MONEY = (
    M.PAID_AMOUNT, M.NET_AMOUNT, M.PAYABLE, M.GOODS_AMOUNT, M.RECEIVED_AMOUNT, M.LINE_AMOUNT, M.UNIT_PRICE,
    M.SETTLE_AMOUNT,
)  # fmt: skip
_TIMES = (M.PAID_AT, M.CREATED_AT, M.COMPLETED_AT)
_GOODS = (M.PRODUCT_TITLE, M.PRODUCT_ID, M.SKU)

NEEDS: dict[Kind, tuple[tuple[Meaning, ...], ...]] = {
    "orders": (_TIMES, _MONEY),
    "items": ((M.ORDER_NUMBER,), (*_GOODS, M.VARIANT)),
    "customers": (tuple(sorted(BUYER_SIGNS)),),
    "bills": ((M.TRANSACTION_NUMBER, M.MERCHANT_ORDER_NUMBER), (M.AMOUNT, M.SETTLE_AMOUNT), (M.PAID_AT, M.CREATED_AT)),
    "vouchers": ((M.VOUCHER_CODE,),),
}


_REFUSED_AS: dict[RefusedKind, NotImportable] = {
    "ledger": "ledger",
    "settlement": "settlement",
    "products": "products",
    "logistics": "logistics",
    "chat": "chat_export",
    "unknown": "kind_unclear",
}


class MappingProblem(ValueError):
    """The mapping names a column or a meaning that does not exist; `key` says which."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def recognise_file(
    path: str | Path,
    *,
    as_kind: Kind | None = None,
    mapping: UserMapping | None = None,
    date_order: DateOrder = "",
    header_row: int | None = None,
    sheet: str = "",
    encoding: str = "",
    limits: Limits = LIMITS,
) -> Recognised:
    """Open, sample and recognise; of a workbook's sheets the one that is recognised best. Raises Unreadable."""
    opened = open_file(path, sheet=sheet, encoding=encoding, limits=limits)
    names = (opened.sheet,) if sheet or not opened.is_workbook else opened.sheets[:10]
    found = [
        recognise(
            take_sample(opened.on_sheet(name) if name else opened),
            as_kind=as_kind,
            mapping=mapping if len(names) == 1 else None,
            date_order=date_order,
            header_row=header_row,
        )
        for name in names
    ]
    best = max(found, key=lambda one: (one.importable, one.layout != "", one.confidence))
    if mapping is None or len(names) == 1:
        return best
    return recognise(
        take_sample(best.opened), as_kind=as_kind, mapping=mapping, date_order=date_order, header_row=header_row
    )


def recognise(
    sample: Sample,
    *,
    as_kind: Kind | None = None,
    mapping: UserMapping | None = None,
    date_order: DateOrder = "",
    header_row: int | None = None,
) -> Recognised:
    """`as_kind`, `mapping` and `header_row` (0: there is none) come from a person and win over what is found.

    Raises MappingProblem.
    """
    if sample.opened.format in ("json", "jsonl"):
        return Recognised(opened=sample.opened, kind="unknown", importable=False, reason="not_a_table")
    header = _header(sample, mapping) if header_row is None else header_row
    if not header:
        return _without_header(sample, as_kind, mapping, date_order)
    cells = next((row.cells for row in sample.rows if row.number == header), [])
    titles = titles_of(cells)
    folded = frozenset(fold_title(title) for title in titles if title)
    layout, rivals = _best_layout(folded, as_kind)
    if layout is None:
        refused = next((kind for kind in REFUSED if kind.fits(folded)), None)
        if refused is not None and not mapping:
            return _refused(sample, header, titles, refused.kind)
    columns = columns_of(titles, layout, sample, header)
    return _concluded(sample, header, columns, layout, rivals, as_kind, mapping, date_order)


def _header(sample: Sample, mapping: UserMapping | None) -> int:
    named = [key for key in mapping or () if isinstance(key, str) and not key.startswith("#")]
    found = header_with(sample, named) if named else 0
    return found or find_header(sample) or likely_header(sample)


def _best_layout(folded: frozenset[str], as_kind: Kind | None) -> tuple[Layout | None, tuple[str, ...]]:
    """The layout that knows the most titles; rivals know as many and mean another kind."""
    scored = [
        ((sum(title in layout.folded for title in folded), layout.kind == as_kind), layout)
        for layout in LAYOUTS
        if layout.fits(folded) and _agrees(as_kind, layout.kind)
    ]
    if not scored:
        return None, ()
    most = max(score for score, _ in scored)
    best = [layout for score, layout in scored if score == most]
    if most[0] < 0.34 * len(folded):
        return None, ()
    return best[0], tuple(layout.id for layout in best[1:])


def _agrees(as_kind: Kind | None, kind: Kind) -> bool:
    """Who says orders means a file of orders, whether it has a row for each order or for each line."""
    return as_kind in (None, kind) or {as_kind, kind} == {"orders", "items"}


def _without_header(
    sample: Sample, as_kind: Kind | None, mapping: UserMapping | None, date_order: DateOrder
) -> Recognised:
    rows = sample.after(0)
    if not rows:
        return Recognised(opened=sample.opened, kind="unknown", importable=False, reason="table_empty")
    columns = headerless_columns(rows)
    if mapping is None and not any(column.meaning is not M.IGNORE for column in columns):
        shown = described(columns, sample, 0, "")
        return Recognised(
            opened=sample.opened, kind="unknown", importable=False, reason="header_not_found", columns=tuple(shown)
        )
    return _concluded(sample, 0, columns, None, (), as_kind, mapping, date_order)


def _concluded(
    sample: Sample,
    header: int,
    columns: list[Column],
    layout: Layout | None,
    rivals: tuple[str, ...],
    as_kind: Kind | None,
    mapping: UserMapping | None,
    date_order: DateOrder,
) -> Recognised:
    columns = _mapped(columns, mapping)
    rows = sample.after(header)
    by_words = plain_names.kind_of({column.meaning for column in columns}, columns, rows)
    kind = layout.kind if layout else as_kind or by_words
    if layout is None and as_kind == "orders" and by_words == "items":
        kind = "items"
    if layout is not None:
        columns = _filled_up(columns, NEEDS[layout.kind])
    if layout is None and kind is not None:
        columns = plain_names.settled(columns, kind, rows)
    columns = described(columns, sample, header, date_order)
    present = {column.meaning for column in columns}
    missing = _missing(kind, present, layout)
    tracked = any(fold_title(column.title) in plain_names.TRACKING for column in columns)
    return Recognised(
        opened=sample.opened,
        kind=kind or ("logistics" if tracked else "unknown"),
        importable=(reason := _reason(kind, columns, missing, rivals, tracked=tracked, empty=not rows)) == "",
        reason=reason,
        layout=layout.id if layout else "",
        platform=layout.platform if layout else "",
        confidence=_confidence(columns, layout, header),
        header_row=header,
        columns=tuple(columns),
        missing=missing,
        rivals=rivals,
        fingerprint=fingerprint([column.title for column in columns]) if header else f"bare:{len(columns)}",
        currency=layout.currency if layout else plain_names.currency_of(columns, rows),
    )


def _mapped(columns: list[Column], mapping: UserMapping | None) -> list[Column]:
    columns = list(columns)
    for key, code in (mapping or {}).items():
        number = key if isinstance(key, int) else next((c.index for c in columns if c.title == key), None)
        if number is None:
            folded = [c.index for c in columns if fold_title(c.title) == fold_title(str(key))]
            number = folded[0] if folded else -1
        if not 0 <= number < len(columns) or code not in Meaning._value2member_map_:
            raise MappingProblem(str(key))
        meaning = Meaning(code)
        certainty = "ignored" if meaning is M.IGNORE else "sure"
        columns[number] = msgspec.structs.replace(columns[number], meaning=meaning, certainty=certainty, note="")
    return columns


def _filled_up(columns: list[Column], needs: tuple[tuple[Meaning, ...], ...]) -> list[Column]:
    """A platform renamed a column that matters: take a plain word for it, as a guess."""
    for group in needs:
        if any(column.meaning in group for column in columns):
            continue
        for at, column in enumerate(columns):
            meaning = SYNONYMS.get(fold_title(column.title))
            if column.note == "unknown_title" and meaning in group and meaning is not None:
                columns[at] = msgspec.structs.replace(column, meaning=meaning, certainty="guess", note="")
                break
    return columns


def _missing(kind: Kind | None, present: set[Meaning], layout: Layout | None) -> tuple[tuple[Meaning, ...], ...]:
    if kind is None:
        return ()
    dated = layout is not None and layout.date_in_number != ""
    return tuple(group for group in NEEDS[kind] if present.isdisjoint(group) and not (dated and group is _TIMES))


def _reason(
    kind: Kind | None,
    columns: list[Column],
    missing: tuple[tuple[Meaning, ...], ...],
    rivals: tuple[str, ...],
    *,
    tracked: bool,
    empty: bool,
) -> NotImportable:
    if empty:
        return "table_empty"
    if kind is None:
        return "logistics" if tracked else "kind_unclear"
    if missing:
        return "columns_missing"
    if any(BY_ID[rival].kind != kind for rival in rivals):
        return "layouts_tie"
    if any(column.note == "date_order" for column in columns):
        return "date_order_unclear"
    return ""


def _confidence(columns: list[Column], layout: Layout | None, header: int) -> float:
    titled = [column for column in columns if not column.title.startswith("#")] if header else columns
    if not titled:
        return 0.0
    if layout is not None:
        return round(sum(fold_title(c.title.split("#")[0]) in layout.folded for c in titled) / len(titled), 2)
    weight = {"sure": 1.0, "guess": 0.7, "ask": 0.5, "ignored": 0.0}
    return round(0.9 * sum(weight[column.certainty] for column in titled) / len(titled), 2)


def _refused(sample: Sample, header: int, titles: tuple[str, ...], kind: RefusedKind) -> Recognised:
    columns = [
        msgspec.structs.replace(column, meaning=M.IGNORE, certainty="ignored")
        for column in columns_of(titles, None, sample, header)
    ]
    return Recognised(
        opened=sample.opened,
        kind=kind,
        importable=False,
        reason=_REFUSED_AS[kind],
        confidence=0.9,
        header_row=header,
        columns=tuple(columns),
        fingerprint=fingerprint(titles),
    )

"""`tongpin import FILE…`: recognises, imports, says what every row became. It never asks: what is unclear is refused with
what to pass."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from traceback import extract_tb
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.utils.translation import override

from tongpin.base.clock import now
from tongpin.channels.sheet.chats.values import Refused
from tongpin.channels.sheet.refusal import Unreadable
from tongpin.core.intake.actions import describe, start, stop_here
from tongpin.core.intake.models import Batch, Row
from tongpin.core.intake.previewing import dry_run
from tongpin.core.intake.recognising import MappingProblem, Verdict
from tongpin.core.intake.running import Taken, run_batch
from tongpin.core.intake.uploads import NoRoom, TooLarge, discard, receive
from tongpin.web.console.reasons import refusal_words, row_words

REFUSED = 2
SOME_REJECTED = 1
STOPPED = 130
PROBLEMS = 1000
"""Rejected rows named in the JSON; all of them can be downloaded as a file in the console."""

SHOP = "未命名的店"
"""The shop of a file that does not say which it is from, where --shop does not either."""

COUNTS = ("rows", "new", "known", "changed", "waiting", "rejected", "people", "orders", "messages")

WORDS = {
    "columns_missing": "columns are missing ({missing}); say what they are with --map COLUMN=MEANING",
    "layouts_tie": "the file fits two layouts; say which with --as orders|items|customers|bills|vouchers",
    "date_order_unclear": "03/04/2026: is the month or the day first? Export with YYYY-MM-DD dates",
    "header_not_found": "no header was recognised; map columns by number: --map 0=order_number --map 1=paid_at …",
    "kind_unclear": "say what the rows are with --as orders|items|customers|bills|vouchers|messages",
    "mapping_needed": "say which columns hold the time and the text: --map time=COLUMN --map text=COLUMN",
    "several_conversations": "several conversations in one file; say which: --map only=NAME (or * for all)",
    "ledger": "this is a ledger (balances), not orders; nothing was imported",
    "settlement": "this is a settlement sheet, not orders; nothing was imported",
    "products": "this is a product snapshot, not orders; nothing was imported",
    "logistics": "this is a logistics sheet, not orders; nothing was imported",
    "chat_export": "this is a conversation: use --as messages",
    "not_a_table": "this is no table; if it is a group's chat, use --as messages",
    "format_comes_later": "this chat format is not supported yet: convert it to ChatLab or CSV",
    "place": "say which group the conversation is from: --place NAME",
    "too_many_rows": "more rows than can be told apart; split the file",
}


def command(given: argparse.Namespace) -> int:
    """Imports the files in order; the worst outcome of any is the exit code."""
    worst = 0
    for name in given.files:
        path = Path(name)
        try:
            worst = max(worst, _one(path, given))
        except KeyboardInterrupt:
            return STOPPED
        except DatabaseError as error:
            worst = max(worst, _refuse(given, path, f"the database failed ({type(error).__name__}): run tongpin check"))
    return worst


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            yield piece


def _one(path: Path, given: argparse.Namespace) -> int:
    try:
        if path.stat().st_size > settings.IMPORT_LIMIT_MB * 1_000_000:
            raise TooLarge(f"at most {settings.IMPORT_LIMIT_MB} MB; split the file")
        batch = receive(pieces=_pieces(path), file_name=path.name, by="cli", at=now())
    except (TooLarge, NoRoom) as error:
        return _refuse(given, path, str(error))
    except OSError as error:
        return _refuse(given, path, (error.strerror or type(error).__name__).lower())
    try:
        verdict = _described(batch, given)
    except MappingProblem as problem:
        return _refuse(given, path, f"--map: there is no column or meaning {problem.key!r}", batch)
    except BaseException:
        _drop(batch)
        raise
    if not verdict.importable or verdict.needs:
        why = _words(verdict.needs[0] if verdict.needs else verdict.reason, batch)
        return _refuse(given, path, why, batch, verdict)
    return _dry(path, given, batch, verdict) if given.dry_run else _run(path, given, batch, verdict)


def _described(batch: Batch, given: argparse.Namespace) -> Verdict:
    mapping = {column: meaning for column, _, meaning in (part.rpartition("=") for part in given.map)}
    if "" in mapping:
        raise MappingProblem(mapping[""])

    def told(shop: str) -> Verdict:
        return describe(
            batch=batch,
            at=now(),
            kind=given.kind or "",
            mapping=mapping or None,
            shop_name=shop,
            place_name=given.place,
            consent_basis=given.consent,
        )

    verdict = told(given.shop)
    if verdict.importable and verdict.needs == ("shop",):
        verdict = told(SHOP)
    return verdict


def _dry(path: Path, given: argparse.Namespace, batch: Batch, verdict: Verdict) -> int:
    try:
        counts = dry_run(batch, at=now())
    except (Unreadable, Refused) as refusal:
        return _refuse(given, path, _words(refusal.reason, batch), batch, verdict)
    finally:
        _drop(batch)
    return _say(given, path, verdict, _shop_of(batch, given, verdict), counts, [], dry=True)


def _run(path: Path, given: argparse.Namespace, batch: Batch, verdict: Verdict) -> int:
    batch = start(batch=batch, actor="cli", at=now())
    try:
        batch = run_batch(batch, told=_progress(given))
    except Taken:
        return _refuse(given, path, "another process is importing this very upload")
    except KeyboardInterrupt:
        batch = stop_here(batch=batch, at=now(), problem="")
        print(f"\n{path.name}: stopped; {batch.counts.get('rows', 0):,} rows were placed", file=sys.stderr)
        raise
    except Exception as error:  # the text of an error may hold cells of the file: its type says enough
        where = extract_tb(error.__traceback__)[-1]
        batch = stop_here(batch=batch, at=now(), problem="broke_off")
        why = f"broke off on {type(error).__name__} ({Path(where.filename).name}:{where.lineno}); import it again to go on"
        return _say(given, path, verdict, _shop_of(batch, given, verdict), batch.counts, [], failed=why)
    shop = _shop_of(batch, given, verdict)
    if batch.state == Batch.State.FAILED:
        return _say(given, path, verdict, shop, batch.counts, [], failed=_words(batch.problem, batch))
    rejected = Row.objects.filter(batch=batch, outcome=Row.Outcome.REJECTED).order_by("row")[:PROBLEMS]
    problems = [{"row": row.row, "reason": row.reason} for row in rejected]
    return _say(given, path, verdict, shop, batch.counts, problems, cancelled=batch.state == Batch.State.CANCELLED)


def _shop_of(batch: Batch, given: argparse.Namespace, verdict: Verdict) -> str:
    if batch.shop is not None:
        return batch.shop.name
    return batch.shop_name or (verdict.platform if verdict.kind != "messages" else given.place)


def _progress(given: argparse.Namespace) -> Callable[[Batch, float], None]:
    def told(batch: Batch, share: float) -> None:
        if sys.stderr.isatty():
            print(f"\r  {share:5.0%}  {batch.counts.get('rows', 0):,}", end="", file=sys.stderr, flush=True)

    return told


def _words(code: str, batch: Batch) -> str:
    """What is wrong and what to pass or do."""
    if code in WORDS:
        missing = " and ".join("/".join(group) for group in batch.recognised.get("table", {}).get("missing", ()))
        return WORDS[code].format(missing=missing or "see the console")
    with override("en"):
        return ": ".join(filter(None, refusal_words(code)))


def _drop(batch: Batch) -> None:
    """Nothing of a file that is not imported stays."""
    discard(batch)
    Batch.objects.filter(pk=batch.pk).delete()


def _refuse(
    given: argparse.Namespace, path: Path, why: str, batch: Batch | None = None, verdict: Verdict | None = None
) -> int:
    if batch is not None:
        _drop(batch)
    if given.json:
        known = {"kind": verdict.kind, "layout": verdict.layout, "platform": verdict.platform} if verdict else None
        _print_json({"recognised": known, "shop": given.shop}, {}, [{"row": 0, "reason": why}])
    else:
        print(f"{path.name}: {why}", file=sys.stderr)
    return REFUSED


def _print_json(head: dict[str, Any], counts: dict[str, Any], problems: list[dict[str, Any]]) -> None:
    told = {name: int(counts.get(name, 0)) for name in COUNTS}
    body = head | told | {"reasons": counts.get("reasons", {}), "problems": problems}
    print(json.dumps(body, ensure_ascii=False))


def _say(
    given: argparse.Namespace,
    path: Path,
    verdict: Verdict,
    shop: str,
    counts: dict[str, Any],
    problems: list[dict[str, Any]],
    *,
    dry: bool = False,
    failed: str = "",
    cancelled: bool = False,
) -> int:
    told = {name: int(counts.get(name, 0)) for name in COUNTS}
    if failed:
        problems = [{"row": 0, "reason": failed}, *problems]
    if given.json:
        recognised = {"kind": verdict.kind, "layout": verdict.layout, "platform": verdict.platform}
        _print_json({"recognised": recognised, "shop": shop}, counts, problems)
    else:
        how = "would become" if dry else "became"
        print(f"\n{path.name}: {verdict.platform or verdict.layout} {verdict.kind}, {told['rows']:,} rows {how}:")
        print("  " + " · ".join(f"{told[name]:,} {name}" for name in COUNTS[1:6]))
        print(f"  {told['people']:,} new people, {told['orders']:,} new orders, {told['messages']:,} new messages")
        with override("en"):
            for reason, number in sorted(counts.get("reasons", {}).items(), key=lambda item: -item[1]):
                print(f"    {number:>8,}  {row_words(reason)}")
    if failed:
        print(f"{path.name}: {failed}", file=sys.stderr)
        return REFUSED
    return SOME_REJECTED if told["rejected"] or cancelled else 0

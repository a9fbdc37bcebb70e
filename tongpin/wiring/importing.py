"""`tongpin import FILE…`: recognises, imports, says what every row became. It never asks: what is unclear is refused with
what to pass."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tongpin.base.clock import now
from tongpin.core.intake.actions import describe, start
from tongpin.core.intake.models import Batch, Row
from tongpin.core.intake.previewing import dry_run
from tongpin.core.intake.recognising import MappingProblem, Verdict
from tongpin.core.intake.running import Taken, run_batch
from tongpin.core.intake.uploads import NoRoom, TooLarge, discard, receive

REFUSED = 2
SOME_REJECTED = 1
PROBLEMS = 1000
"""Rejected rows named in the JSON; all of them can be downloaded as a file in the console."""

WORDS = {
    "columns_missing": "columns are missing; say what they are with --map COLUMN=MEANING (docs/import lists the meanings)",
    "layouts_tie": "the file fits two layouts; say which with --as orders|items|customers|bills|vouchers",
    "date_order_unclear": "03/04/2026: is the month or the day first? Export with YYYY-MM-DD dates",
    "header_not_found": "no header was recognised; map columns by number: --map 0=order_number",
    "kind_unclear": "say what the rows are with --as orders|items|customers|bills|vouchers|messages",
    "mapping_needed": "say which columns hold the time and the text: --map time=COLUMN --map text=COLUMN",
    "ledger": "this is a ledger (balances), not orders; nothing was imported",
    "settlement": "this is a settlement sheet, not orders; nothing was imported",
    "products": "this is a product snapshot, not orders; nothing was imported",
    "logistics": "this is a logistics sheet, not orders; nothing was imported",
    "chat_export": "this is a conversation: use --as messages",
    "format_comes_later": "this chat format is not supported yet: convert it to ChatLab or CSV",
    "shop": "say which shop it is from: --shop NAME",
    "place": "say which group the conversation is from: --place NAME",
}


def command(given: argparse.Namespace) -> int:
    """Imports the files in order; the worst outcome of any is the exit code."""
    worst = 0
    for name in given.files:
        worst = max(worst, _one(Path(name), given))
    return worst


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            yield piece


def _one(path: Path, given: argparse.Namespace) -> int:
    try:
        batch = receive(pieces=_pieces(path), file_name=path.name, by="cli", at=now())
    except (OSError, TooLarge, NoRoom) as error:
        return _refuse(given, path, str(error) if not isinstance(error, FileNotFoundError) else "no such file")
    mapping = dict(part.split("=", 1) for part in given.map if "=" in part)
    try:
        verdict = describe(
            batch=batch,
            at=now(),
            kind=given.kind or "",
            mapping=mapping or None,
            shop_name=given.shop,
            place_name=given.place,
            consent_basis=given.consent,
        )
    except MappingProblem as problem:
        return _refuse(given, path, f"--map: there is no column or meaning {problem.key!r}", batch)
    if not verdict.importable or verdict.needs:
        reason = verdict.needs[0] if verdict.needs else verdict.reason
        return _refuse(given, path, WORDS.get(reason, reason.replace("_", " ")), batch, verdict)
    if given.dry_run:
        counts = dry_run(batch, at=now())
        discard(batch)
        batch.delete()
        return _say(given, path, verdict, batch.shop_name, counts, [], dry=True)
    batch = start(batch=batch, actor="cli", at=now())
    try:
        batch = run_batch(batch, told=_progress(given))
    except Taken:
        return _refuse(given, path, "another process is importing this very upload")
    if batch.state == Batch.State.FAILED:
        return _refuse(given, path, batch.problem.replace("_", " "))
    rejected = Row.objects.filter(batch=batch, outcome=Row.Outcome.REJECTED).order_by("row")[:PROBLEMS]
    problems = [{"row": row.row, "reason": row.reason} for row in rejected]
    shop = batch.shop.name if batch.shop else batch.shop_name
    return _say(given, path, verdict, shop, batch.counts, problems)


def _progress(given: argparse.Namespace) -> Any:
    def told(batch: Batch, share: float) -> None:
        if sys.stderr.isatty():
            print(f"\r  {share:5.0%}  {batch.counts.get('rows', 0):,}", end="", file=sys.stderr, flush=True)

    return told


def _refuse(
    given: argparse.Namespace, path: Path, why: str, batch: Batch | None = None, verdict: Verdict | None = None
) -> int:
    if batch is not None:
        discard(batch)
        batch.delete()
    if given.json:
        known = {"kind": verdict.kind, "layout": verdict.layout, "platform": verdict.platform} if verdict else None
        counts = dict.fromkeys(
            ("rows", "new", "known", "changed", "waiting", "rejected", "people", "orders", "messages"), 0
        )
        problem = [{"row": 0, "reason": why}]
        print(json.dumps({"recognised": known, "shop": given.shop, **counts, "problems": problem}, ensure_ascii=False))
    else:
        print(f"{path.name}: {why}", file=sys.stderr)
    return REFUSED


def _say(
    given: argparse.Namespace,
    path: Path,
    verdict: Verdict,
    shop: str,
    counts: dict[str, Any],
    problems: list[dict[str, Any]],
    *,
    dry: bool = False,
) -> int:
    names = ("rows", "new", "known", "changed", "waiting", "rejected", "people", "orders", "messages")
    told = {name: int(counts.get(name, 0)) for name in names}
    if given.json:
        recognised = {"kind": verdict.kind, "layout": verdict.layout, "platform": verdict.platform}
        reasons = {"reasons": counts.get("reasons", {})}
        answer = {"recognised": recognised, "shop": shop, **told, **reasons, "problems": problems}
        print(json.dumps(answer, ensure_ascii=False))
    else:
        how = "would become" if dry else "became"
        print(f"\n{path.name}: {verdict.platform or verdict.layout} {verdict.kind}, {told['rows']:,} rows {how}:")
        print("  " + " · ".join(f"{told[name]:,} {name}" for name in names[1:6]))
        print(f"  {told['people']:,} new people, {told['orders']:,} new orders, {told['messages']:,} new messages")
        for reason, number in sorted(counts.get("reasons", {}).items(), key=lambda item: -item[1]):
            print(f"    {number:>8,}  {reason.replace('_', ' ')}")
    return SOME_REJECTED if told["rejected"] else 0

"""What `tongpin import` answers: sentences for a person, one JSON object for a program, and the exit code."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.utils.translation import override

from tongpin.core.intake.models import Batch
from tongpin.core.intake.recognising import Verdict, resolved_shop, shops_told
from tongpin.core.intake.shops import to_choose
from tongpin.core.intake.uploads import discard, plain_name
from tongpin.web.console.reasons import refusal_words, row_words

REFUSED = 2
SOME_REJECTED = 1

SHOP = "未命名的店"
"""The shop of a table that is no platform's and does not say which shop it is from, where --shop does not either."""

COUNTS = ("rows", "new", "known", "changed", "waiting", "rejected", "people", "orders", "messages")

WORDS = {
    "columns_missing": "columns are missing ({missing}); say what they are with --map COLUMN=MEANING",
    "layouts_tie": "the file fits two layouts; say which with --as orders|items|customers|bills|vouchers",
    "date_order_unclear": "03/04/2026: is the month or the day first? Say it with --date-order mdy|dmy",
    "header_not_found": "no header was recognised; say which row it is with --header-row NUMBER, or map columns by"
    " number: --map 0=order_number --map 1=paid_at …",
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
    "shop": "several shops ({shops}): say which this file is from with --shop NAME",
}


def words(code: str, batch: Batch) -> str:
    """What is wrong and what to pass or do."""
    if code in WORDS:
        table = batch.recognised.get("table", {})
        missing = " and ".join("/".join(group) for group in table.get("missing", ()))
        shops = shops_told(batch) or to_choose(table.get("platform", ""))
        return WORDS[code].format(missing=missing or "see the console", shops=", ".join(shops))
    with override("en"):
        return ": ".join(filter(None, refusal_words(code)))


def shown(path: Path) -> str:
    """A file's name, unable to do anything to a terminal."""
    return plain_name(path.name)


def drop(batch: Batch) -> None:
    """Nothing of a file that is not imported stays."""
    discard(batch)
    Batch.objects.filter(pk=batch.pk).delete()


def refuse(
    given: argparse.Namespace, path: Path, why: str, batch: Batch | None = None, verdict: Verdict | None = None
) -> int:
    """The whole file is refused."""
    if batch is not None:
        drop(batch)
    if given.json:
        known = {"kind": verdict.kind, "layout": verdict.layout, "platform": verdict.platform} if verdict else None
        _print_json({"recognised": known, "shop": given.shop}, {}, [{"row": 0, "reason": why}])
    else:
        print(f"{shown(path)}: {why}", file=sys.stderr)
    return REFUSED


def whose(batch: Batch, given: argparse.Namespace, verdict: Verdict) -> tuple[str, str]:
    """(shop or place, how it was found and how to say another)."""
    if verdict.kind == "messages":
        return batch.place_name or given.place, ""
    if verdict.kind == "bills":
        return batch.shop_name or verdict.platform, ""
    name, _, found = resolved_shop(batch)
    how: str = found
    if found == "named" and not given.shop:
        how = "unnamed" if name == SHOP else "remembered"
    why = {
        "named": "",
        "told": "as the file says; another: --shop NAME",
        "only": f"the only {verdict.platform} shop known here; another: --shop NAME",
        "remembered": "as when its columns were mapped; another: --shop NAME",
        "unnamed": "nobody has named it; if you have several shops, say which: --shop NAME",
    }
    return name, why[how]


def say(
    given: argparse.Namespace,
    path: Path,
    verdict: Verdict,
    shop: tuple[str, str],
    counts: dict[str, Any],
    problems: list[dict[str, Any]],
    *,
    dry: bool = False,
    failed: str = "",
    cancelled: bool = False,
) -> int:
    """What became of the rows; returns the exit code."""
    told = {name: int(counts.get(name, 0)) for name in COUNTS}
    if failed:
        problems = [{"row": 0, "reason": failed}, *problems]
    if given.json:
        recognised = {"kind": verdict.kind, "layout": verdict.layout, "platform": verdict.platform}
        _print_json({"recognised": recognised, "shop": shop[0]}, counts, problems)
    else:
        _print(path, verdict, shop, counts, told, dry=dry)
    if failed:
        print(f"{shown(path)}: {failed}", file=sys.stderr)
        return REFUSED
    return SOME_REJECTED if told["rejected"] or cancelled else 0


def _print(
    path: Path, verdict: Verdict, shop: tuple[str, str], counts: dict[str, Any], told: dict[str, int], *, dry: bool
) -> None:
    how = "would become" if dry else "became"
    what = f"{verdict.platform or verdict.layout} {verdict.kind}".strip()
    print(f"\n{shown(path)}: {what}, {told['rows']:,} rows {how}:")
    print("  " + " · ".join(f"{told[name]:,} {name}" for name in COUNTS[1:6]))
    print(f"  {told['people']:,} new people, {told['orders']:,} new orders, {told['messages']:,} new messages")
    if shop[0]:
        print(f"  {'place' if verdict.kind == 'messages' else 'shop'}: {shop[0]}{f' ({shop[1]})' if shop[1] else ''}")
    with override("en"):
        for reason, number in sorted(counts.get("reasons", {}).items(), key=lambda item: -item[1]):
            print(f"    {number:>8,}  {row_words(reason)}")


def _print_json(head: dict[str, Any], counts: dict[str, Any], problems: list[dict[str, Any]]) -> None:
    told = {name: int(counts.get(name, 0)) for name in COUNTS}
    body = head | told | {"reasons": counts.get("reasons", {}), "problems": problems}
    print(json.dumps(body, ensure_ascii=False))

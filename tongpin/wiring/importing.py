"""`tongpin import FILE…`: recognises, imports, says what every row became. It never asks: what is unclear is refused with
what to pass."""

from __future__ import annotations

import argparse
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
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
from tongpin.core.intake.handing_back import hand_back
from tongpin.core.intake.models import Batch, Row
from tongpin.core.intake.previewing import dry_run
from tongpin.core.intake.recognising import MappingProblem, Verdict, shops_told
from tongpin.core.intake.running import Taken, run_batch
from tongpin.core.intake.uploads import NoRoom, TooLarge, receive
from tongpin.web.console.reasons import row_words
from tongpin.wiring.import_answers import COUNTS, SHOP, drop, refuse, say, shown, whose, words

STOPPED = 130
PROBLEMS = 1000
"""Rejected rows named in the JSON; all of them come with --rejected, or from the console."""

_FORMATS = {".csv": "csv", ".xlsx": "xlsx"}


class _Bad(ValueError):
    """Something that was passed cannot be; the text says what to pass."""


def command(given: argparse.Namespace) -> int:
    """Imports the files in order; the worst outcome of any is the exit code."""
    worst = 0
    try:
        _check_rejected(given)
    except _Bad as bad:
        return refuse(given, Path(given.files[0]), str(bad))
    for name in given.files:
        path = Path(name)
        try:
            worst = max(worst, _one(path, given))
        except KeyboardInterrupt:
            return STOPPED
        except DatabaseError as error:
            worst = max(worst, refuse(given, path, f"the database failed ({type(error).__name__}): run tongpin check"))
    return worst


def _check_rejected(given: argparse.Namespace) -> None:
    """Whether the rejected rows can be written where they are wanted; asked before anything is imported."""
    if not given.rejected:
        return
    target = Path(given.rejected)
    if len(given.files) > 1:
        raise _Bad("--rejected: import one file at a time, for every file has its own columns")
    if given.dry_run:
        raise _Bad("--rejected: a dry run writes nothing; leave one of the two away")
    if target.suffix.lower() not in _FORMATS:
        raise _Bad("--rejected: give a name that ends in .csv or .xlsx")
    if target.is_dir() or not target.parent.is_dir() or not os.access(target.parent, os.W_OK):
        raise _Bad(f"--rejected: {target} cannot be written there")
    with suppress(OSError):
        if target.samefile(given.files[0]):
            raise _Bad("--rejected: that is the file to import; give another name")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            yield piece


def _received(path: Path) -> Batch:
    """Raises TooLarge, NoRoom, OSError, _Bad."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise _Bad("is a directory: name the files in it")
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISFIFO(status.st_mode)):
        raise _Bad("is no file")
    if status.st_size > settings.IMPORT_LIMIT_MB * 1_000_000:
        raise TooLarge(f"at most {settings.IMPORT_LIMIT_MB} MB; split the file")
    return receive(pieces=_pieces(path), file_name=path.name, by="cli", at=now())


def _one(path: Path, given: argparse.Namespace) -> int:
    try:
        batch = _received(path)
    except (TooLarge, NoRoom, _Bad) as error:
        return refuse(given, path, str(error))
    except OSError as error:
        return refuse(given, path, (error.strerror or type(error).__name__).lower())
    try:
        verdict = _described(batch, given)
    except MappingProblem as problem:
        return refuse(given, path, f"--map: there is no column or meaning {problem.key!r}", batch)
    except _Bad as bad:
        return refuse(given, path, str(bad), batch)
    except BaseException:
        drop(batch)
        raise
    if not verdict.importable or verdict.needs:
        why = words(verdict.needs[0] if verdict.needs else verdict.reason, batch)
        return refuse(given, path, why, batch, verdict)
    return _dry(path, given, batch, verdict) if given.dry_run else _run(path, given, batch, verdict)


def _described(batch: Batch, given: argparse.Namespace) -> Verdict:
    """Raises MappingProblem, _Bad."""
    mapping = {column: meaning for column, _, meaning in (part.rpartition("=") for part in given.map)}
    if "" in mapping:
        raise MappingProblem(mapping[""])

    def told(shop: str, **more: str) -> Verdict:
        return describe(
            batch=batch,
            at=now(),
            kind=given.kind or "",
            mapping=(mapping | more) or None,
            date_order=given.date_order,
            header_row=given.header_row,
            shop_name=shop,
            place_name=given.place,
            consent_basis=given.consent,
        )

    verdict = told(given.shop)
    if given.header_row is not None:
        if verdict.kind == "messages":
            verdict = _headed(verdict, given, told)
        elif given.header_row and "table" in batch.recognised and not batch.recognised["table"]["columns"]:
            raise _Bad(f"--header-row: there is no row {given.header_row} with words in it at the top of the file")
    if verdict.importable and verdict.needs == ("shop",) and not verdict.platform and not shops_told(batch):
        verdict = told(SHOP)
    return verdict


def _headed(verdict: Verdict, given: argparse.Namespace, told: Callable[..., Verdict]) -> Verdict:
    """A conversation's header is its first row, or there is none."""
    if given.header_row > 1:
        raise _Bad("--header-row: a conversation's header is its first row; say 0 where there is none")
    return told(given.shop, headerless="yes") if given.header_row == 0 else verdict


def _dry(path: Path, given: argparse.Namespace, batch: Batch, verdict: Verdict) -> int:
    shop = whose(batch, given, verdict)
    try:
        counts = dry_run(batch, at=now())
    except (Unreadable, Refused) as refusal:
        return refuse(given, path, words(refusal.reason, batch), batch, verdict)
    finally:
        drop(batch)
    return say(given, path, verdict, _seen(batch, shop), counts, [], dry=True)


def _run(path: Path, given: argparse.Namespace, batch: Batch, verdict: Verdict) -> int:
    shop = whose(batch, given, verdict)
    batch = start(batch=batch, actor="cli", at=now())
    try:
        batch = run_batch(batch, told=_progress(given))
    except Taken:
        return refuse(given, path, "another process is importing this very upload")
    except KeyboardInterrupt:
        batch = stop_here(batch=batch, at=now(), problem="")
        print(f"\n{shown(path)}: stopped; {batch.counts.get('rows', 0):,} rows were placed", file=sys.stderr)
        raise
    except Exception as error:  # the text of an error may hold cells of the file: its type says enough
        where = extract_tb(error.__traceback__)[-1]
        batch = stop_here(batch=batch, at=now(), problem="broke_off")
        why = f"broke off on {type(error).__name__} ({Path(where.filename).name}:{where.lineno}); import it again to go on"
        return say(given, path, verdict, _seen(batch, shop), batch.counts, [], failed=why)
    if batch.state == Batch.State.FAILED:
        return say(given, path, verdict, _seen(batch, shop), batch.counts, [], failed=words(batch.problem, batch))
    rejected = Row.objects.filter(batch=batch, outcome=Row.Outcome.REJECTED).order_by("row")[:PROBLEMS]
    problems: list[dict[str, Any]] = [{"row": row.row, "reason": row.reason} for row in rejected]
    note = _hand_back(batch, given) if problems and given.rejected else ""
    if note.startswith("!"):
        problems.insert(0, {"row": 0, "reason": note[1:].strip()})
    cancelled = batch.state == Batch.State.CANCELLED
    code = say(given, path, verdict, _seen(batch, shop), batch.counts, problems, cancelled=cancelled)
    if note:
        print(note.removeprefix("! "), file=sys.stderr)
    return code


def _seen(batch: Batch, shop: tuple[str, str]) -> tuple[str, str]:
    """The shop or place as it is called now that it is there."""
    return (batch.shop.name if batch.shop is not None else shop[0]), shop[1]


def _hand_back(batch: Batch, given: argparse.Namespace) -> str:
    """Writes the rejected rows, whole or not at all; returns what to say. «!» stands before what went wrong."""
    target = Path(given.rejected)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with override("en"), os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            form: Any = _FORMATS[target.suffix.lower()]
            number = hand_back(batch=batch, target=out, format=form, word=lambda reason: str(row_words(reason)))
        part.replace(target)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        why = (error.strerror or type(error).__name__).lower()
        return f"! --rejected: {target} was not written ({why}); download the rejected rows in the console"
    return f"{number:,} rejected rows with their reasons: {target}"


def _progress(given: argparse.Namespace) -> Callable[[Batch, float], None]:
    def told(batch: Batch, share: float) -> None:
        if sys.stderr.isatty():
            print(f"\r  {share:5.0%}  {batch.counts.get('rows', 0):,}", end="", file=sys.stderr, flush=True)

    return told


__all__ = ["COUNTS", "PROBLEMS", "SHOP", "command"]

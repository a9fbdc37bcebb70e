"""Every page of console and member at 100,000 people, in process: p95 in milliseconds, questions to the database, size.

The house: a made-up crowd with three years of orders, group buys, talks, letters and rewards around a village of the
tests; the pages are those of the URL table. `raw` is the same rows the plain way (count and OFFSET), where they are a list.
It stands on the tests' own people, so it needs what the tests need.

    bin/bench pages [--json] [--size 100000] [--rounds 30] [--only NAME …]

`--only` measures the pages of these names; a name that ends in * those that begin so.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

WARM = 3
NOT_ALLOWED = 405
MOST_MS = {"console": 150.0, "member": 100.0}
MOST_QUERIES = 20


def percentile(times: list[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def timed(ask: Callable[[], Any], rounds: int) -> list[float]:
    times = []
    for turn in range(WARM + rounds):
        began = time.perf_counter()
        ask()
        if turn >= WARM:
            times.append((time.perf_counter() - began) * 1000)
    return times


def measured(village: Any, rounds: int, only: Collection[str], told: Callable[[str], None]) -> Iterator[dict[str, Any]]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from benches.reference.pages_plain import pages_of
    from tests.web.pages import Looks, pages

    rivals, looks = pages_of(village), Looks(village)
    for page in pages(village):
        if only and not any(fnmatchcase(page.name, one) for one in only):
            continue
        answer = looks.at(page)
        if answer.status_code == NOT_ALLOWED:
            continue
        if answer.status_code >= 400:
            raise SystemExit(f"{page.name}: {page.address} answers {answer.status_code}")
        with CaptureQueriesContext(connection) as asked:
            answer = looks.at(page)
        # Before the next request: it empties the log.
        queries = len(asked)
        if answer.status_code >= 400:
            told(f"{page.name}: answers once only, not measured")
            continue
        times = timed(lambda page=page: looks.at(page), rounds)  # type: ignore[misc]
        plain = percentile(timed(rivals[page.name], rounds), 0.95) if page.name in rivals else None
        value = percentile(times, 0.95)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        over = value > MOST_MS[page.name.split(":")[0]] or queries > MOST_QUERIES
        one = {
            "case": page.name,
            "value": round(value, 2),
            "unit": "ms p95",
            "raw": round(plain, 2) if plain is not None else None,
            "ratio": round(plain / value, 1) if plain is not None else None,
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
            "p50": round(statistics.median(times), 2),
            "queries": queries,
            "bytes": len(content),
            "compressed": len(gzip.compress(content)),
        }
        told(
            f"{'OVER ' if over else ''}{one['case']}: p50 {one['p50']} ms, p95 {one['value']} ms, plain {one['raw']} ms,"
            f" {one['queries']} queries, {one['compressed']} bytes compressed"
        )
        yield one


def busy_house(size: int) -> Any:
    """The crowd, and the village grown around it."""
    from benches.reference import pages_crowd, people_crowd
    from tests.web.village import Village
    from tongpin.base.clock import now

    people_crowd.make(size)
    pages_crowd.next_numbers()
    village = Village(now() - timedelta(hours=9))
    village.grow()
    pages_crowd.make(village, size)
    fresh(village)
    return village


def fresh(village: Any) -> None:
    """What is good for a short while only is made anew: links to enter by, the till of an order to be paid."""
    from tongpin.base.clock import now

    village.at = now()
    village.unpaid = village.order(0, "late").number
    village.till = village.phone().post(f"/me/orders/{village.unpaid}/pay/", {"till": "sandbox"})["Location"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpin.wiring.settings")
    os.environ["TONGPIN_STATIC_STORAGE"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    results: list[dict[str, Any]] = []

    def told(line: str) -> None:
        print(line, file=sys.stderr if given.json else sys.stdout, flush=True)

    with tempfile.TemporaryDirectory(prefix="tongpin-bench-") as folder:
        os.environ["TONGPIN_HOME"] = folder
        (Path(folder) / "static").mkdir()
        from tongpin.wiring.postgres import temporary_cluster

        with temporary_cluster(Path(folder), fsync=False) as temporary:
            os.environ["DATABASE_URL"] = temporary.cluster.dsn(role="app")
            import django

            django.setup()
            from django.conf import settings
            from django.core.management import call_command
            from django.db import connection

            # What `setup_test_environment` adds besides costs a page more than its queries: it copies every context.
            settings.ALLOWED_HOSTS = ["testserver"]
            call_command("migrate", verbosity=0)
            from benches.reference.people_crowd import written_out

            began = time.perf_counter()
            village = busy_house(given.size)
            written_out(temporary.cluster.dsn(role="super"))
            told(f"a house of {given.size:,} people made in {time.perf_counter() - began:.0f} s")
            results += measured(village, given.rounds, given.only, told)
            connection.close()
    if given.json:
        print(json.dumps({"name": "pages", "results": results}, ensure_ascii=False))


if __name__ == "__main__":
    main()

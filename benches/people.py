"""Lists of people, search, filters and a person's page at 100,000 and 1,000,000 people, in process.

People are made straight in SQL; each case is asked many times with changing values, and its first page is compared with
what a plain, admin-like page (count and OFFSET) says. Value is the p95 in milliseconds; `raw` is the rival's.

    bin/bench people [--json] [--sizes 100000,1000000] [--rounds N] [--only NAME …]

`--only` measures the cases of these names; a name that ends in * those that begin so.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

WARM = 3


def percentile(times: list[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def measured(ask: Callable[[int], Any], rounds: int) -> tuple[list[float], Any]:
    """Milliseconds of each round, and what the first one found."""
    first = ask(0)
    for i in range(WARM):
        ask(i)
    times = []
    for i in range(rounds):
        began = time.perf_counter()
        ask(i)
        times.append((time.perf_counter() - began) * 1000)
    return times, first


def cases(size: int) -> Iterator[tuple[str, Callable[[int], Any], Callable[[int], Any] | None]]:
    """(name, our way, the plain way of the same question where there is one)."""
    from benches.reference import people_plain as plain
    from benches.reference.people_crowd import PLACES, TAGS, big_person, order_number, phone, real_name
    from tongpin.core.people.queries import people_page, person_card, timeline_of
    from tongpin.core.team.rules import Communities, Everything

    everything = Everything()
    dice = random.Random(7)
    some = [dice.randrange(1, size + 1) for _ in range(1000)]

    def page(**asked: Any) -> list[int]:
        return [row.person_id for row in people_page(scope=everything, **asked).rows]

    def deep(sort: Any) -> Callable[[int], Any]:
        marks: list[str | None] = [None]
        for _ in range(40):
            marks.append(people_page(scope=everything, sort=sort, after=marks[-1]).next)
        return lambda i: people_page(scope=everything, sort=sort, after=marks[i % len(marks)])

    for sort in ("recent", "name", "new", "spent"):
        yield f"list by {sort}", lambda i, s=sort: page(sort=s), lambda i, s=sort: plain.page(sort=s)
        yield f"list by {sort}, pages 1 to 40", deep(sort), None
    yield "list by new, page 2,000 of the plain way", deep("new"), lambda i: plain.page(sort="new", page=2000)
    for text in ("小", "小美", "美妈", "若溪妈", "阿强"):
        yield (
            f"search {len(text)} characters ({text}), recent",
            lambda i, t=text: page(search=t),
            (lambda i, t=text: plain.page(search=t, sort="recent")),
        )
    yield "search a phone", lambda i: page(search=phone(3 * (1 + i % 5000))), None
    yield "search a real name", lambda i: page(search=real_name(i % 100)), None
    yield "search an order number", lambda i: page(search=order_number(3 * (1 + i % 5000))), None
    yield "search what nobody has", lambda i: page(search=f"没有{i}"), None
    for tag in TAGS:
        for sort in ("recent", "name", "spent"):
            yield (
                f"tag on {TAGS[tag]} of people by {sort}",
                lambda i, t=tag, s=sort: page(tag=t, sort=s),
                (lambda i, t=tag, s=sort: plain.page(tag=t, sort=s)),
            )
    yield "owner, recent", lambda i: page(owner=1 + i % 20), None
    yield "bought, recent", lambda i: page(has_orders=True), lambda i: plain.page(has_orders=True, sort="recent")
    yield "never bought, by name", lambda i: page(has_orders=False, sort="name"), None
    yield "via, new", lambda i: page(via="import", sort="new"), None
    for place in PLACES:
        yield f"place with {PLACES[place]} of people, recent", lambda i, p=place: page(place=p), None
    scope = Communities(frozenset({2}))
    yield "scope of one community, recent", lambda i: people_page(scope=scope), None
    yield "scope, search 小美, tag", lambda i: people_page(scope=scope, search="小美", tag=3), None
    yield "tag, owner, bought, by spent", lambda i: page(tag=3, owner=1 + i % 20, has_orders=True, sort="spent"), None

    def person(i: int) -> Any:
        number = some[i % 1000]
        return person_card(person_id=number, may_see_contact=True), timeline_of(person_id=number)

    def busy(i: int) -> Any:
        return person_card(person_id=big_person(), may_see_contact=True), timeline_of(
            person_id=big_person(), step="sell"
        )

    yield "a person's page with timeline", person, None
    yield "the page of somebody with 5,000 facts", busy, None


def run(
    size: int, rounds: int, only: Collection[str], settle: Callable[[], None], told: Callable[[str], None]
) -> list[dict[str, Any]]:
    from benches.reference import people_crowd

    began = time.perf_counter()
    people_crowd.make(size)
    settle()
    told(f"{size:,} people made in {time.perf_counter() - began:.0f} s")
    results: list[dict[str, Any]] = []
    for name, ask, rival in cases(size):
        if only and not any(fnmatchcase(name, one) for one in only):
            continue
        times, first = measured(ask, rounds)
        raw = None
        if rival is not None:
            plain_times, right = measured(rival, 3)
            raw = percentile(plain_times, 0.95)
            # A walk may stop before the page is full; what it gives must be right and in order.
            if isinstance(first, list) and first != right[: max(len(first), 1)]:
                raise SystemExit(f"{name}: {first[:5]} is not {right[:5]}")
        value = percentile(times, 0.95)
        results.append(
            {
                "case": f"{size:,} people: {name}",
                "value": round(value, 2),
                "unit": "ms p95",
                "raw": round(raw, 2) if raw is not None else None,
                "ratio": round(raw / value, 1) if raw is not None else None,
                "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
                "p50": round(statistics.median(times), 2),
            }
        )
        last = results[-1]
        told(f"{last['case']}: p50 {last['p50']} ms, p95 {last['value']} ms, plain {last['raw']} ms")
    return results


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpin.wiring.settings")
    results: list[dict[str, Any]] = []

    def told(line: str) -> None:
        print(line, file=sys.stderr if given.json else sys.stdout, flush=True)

    with tempfile.TemporaryDirectory(prefix="tongpin-bench-") as folder:
        os.environ["TONGPIN_HOME"] = folder
        from tongpin.wiring.postgres import temporary_cluster

        with temporary_cluster(Path(folder), fsync=False) as temporary:
            os.environ["DATABASE_URL"] = temporary.cluster.dsn(role="app")
            import django

            django.setup()
            from django.core.management import call_command
            from django.db import connection

            from benches.reference.people_crowd import written_out

            call_command("migrate", verbosity=0)
            for size in (int(one) for one in given.sizes.split(",")):
                results += run(
                    size, given.rounds, given.only, lambda: written_out(temporary.cluster.dsn(role="super")), told
                )
            connection.close()
    if given.json:
        print(json.dumps({"name": "people", "results": results}, ensure_ascii=False))


if __name__ == "__main__":
    main()

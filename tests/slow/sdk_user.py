"""A shop's program that tracks with an SDK: `python -m tests.slow.sdk_user segment|rudder HOST KEY EVENTS SECONDS FILE`.

It writes each event's number, the id the SDK gave it and what the SDK gave up, to FILE. Only documented options are used.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

RETRIES = 30
"""The SDKs give a batch up after ten tries; a server that is killed again and again needs more."""


def client(which: str, host: str, key: str, given_up: list[str]) -> Any:
    def on_error(error: Exception, items: list[Any]) -> None:
        given_up.append(f"{len(items)} events: {type(error).__name__} {error}"[:300])

    options: dict[str, Any] = {
        "host": host, "on_error": on_error, "max_retries": RETRIES, "max_queue_size": 20_000, "timeout": 10,
    }  # fmt: skip
    if which == "segment":
        from segment.analytics.client import Client

        return Client(key, gzip=True, **options)
    from rudderstack.analytics.client import Client as RudderClient

    return RudderClient(key, **options)


def main(which: str, host: str, key: str, events: str, seconds: str, target: str) -> None:
    given_up: list[str] = []
    sdk = client(which, host, key, given_up)
    count, pace = int(events), float(seconds) / int(events)
    told: list[tuple[int, str]] = []
    began = time.monotonic()
    for n in range(count):
        who = f"{which}-{n % 500}"
        if n % 10 == 0:
            accepted, message = sdk.identify(who, {"nickname": f"小美{n % 500}", "plan": "gold", "n": n})
        elif n % 10 == 1:
            accepted, message = sdk.page(who, name="绘本", properties={"n": n})
        else:
            accepted, message = sdk.track(who, "看商品", {"n": n, "sku": f"s{n % 300}"})
        assert accepted, f"the SDK did not take event {n}"
        told.append((n, message["messageId"]))
        if (ahead := pace * n - (time.monotonic() - began)) > 0.05:
            time.sleep(ahead)
    sdk.flush()
    sdk.shutdown()
    Path(target).write_text(json.dumps({"told": told, "given_up": given_up}))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""What eight real SDKs sent gives the right facts."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

from tests.web.track.conftest import SITE, Caller, entries, kinds
from tongpin.core.intake.models import TrackProblem


def test_the_nineteen_recorded_requests_give_the_right_facts(caller: Caller, real_data: Path) -> None:
    requests = [json.loads(line) for line in (real_data / "vectors" / "segment_http.jsonl").read_text().splitlines()]
    assert len(requests) == 19
    for request in requests:
        body = dict(request["body"])
        is_browser = body.get("writeKey") == "WKbrowser"
        secret = caller.browser if is_browser else caller.server
        for name in ("writeKey", "api_key"):
            if name in body:
                body[name] = secret
        raw = json.dumps(body).encode()
        if request["headers"].get("Content-Encoding") == "gzip":
            raw = gzip.compress(raw)
        key = secret if "Authorization" in request["headers"] else None
        status, answer, _ = caller.post(request["path"], raw, key=key, origin=SITE if is_browser else "",
                                        content_type=request["headers"]["Content-Type"])  # fmt: skip
        problems = list(TrackProblem.objects.values_list("reason", "detail"))
        assert (status, answer, problems) == (200, {"success": True}, []), request["path"]
    assert Counter(kinds()) == {
        "event.tracked": 5 * 2 + 2 + 1 + 1 + 2,
        "page.viewed": 5 + 2 + 1,
        "screen.viewed": 5,
        "traits.told": 5 + 2 + 1 + 2 + 2,
        "group.told": 5 + 2 + 1 + 1,
        "alias.told": 5 + 2 + 1 + 1,
    }
    bought = [e for e in entries() if e["kind"] == "event.tracked" and e["name"] == "Order Completed"]
    assert [e["properties"]["revenue"] for e in bought] == [99] * len(bought)
    assert len(bought) == 8
    assert next(e for e in entries() if e["kind"] == "group.told")["group"] == "g1"
    people = {e["person"] for e in entries() if e["kind"] == "event.tracked" and not e.get("claimed")}
    assert None not in people

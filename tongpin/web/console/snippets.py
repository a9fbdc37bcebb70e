"""What to paste so that a site, a server or a shell sends events here, one snippet for each SDK."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

PLACEHOLDER = "YOUR_WRITE_KEY"


@dataclass(frozen=True, slots=True)
class Snippet:
    """Lines to copy. `code` names it in addresses."""

    code: str
    title: str
    text: str


def snippets(*, kind: Literal["browser", "server"], key: str, house: str) -> list[Snippet]:
    """Snippets for a key. `house` is the address of this house, `key` the write key or a placeholder."""
    root = house.rstrip("/")
    return [_browser(key, root), _curl(key, root)] if kind == "browser" else [
        _segment_python(key, root), _rudder_python(key, root), _segment_node(key, root), _curl(key, root),
    ]  # fmt: skip


def _browser(key: str, root: str) -> Snippet:
    parts = urlsplit(root)
    host, scheme = parts.netloc, parts.scheme
    text = f"""\
// npm install @segment/analytics-next
import {{ AnalyticsBrowser }} from "@segment/analytics-next";

const analytics = AnalyticsBrowser.load({{
  writeKey: "{key}",
  cdnSettings: {{
    integrations: {{ "Segment.io": {{ apiKey: "{key}", apiHost: "{host}/v1", protocol: "{scheme}" }} }},
  }},
}});
analytics.page();
analytics.track("Product Viewed", {{ product: "A-17" }});
"""
    return Snippet("browser", "analytics.js", text)


def _segment_python(key: str, root: str) -> Snippet:
    text = f"""\
# pip install segment-analytics-python
import segment.analytics as analytics

analytics.write_key = "{key}"
analytics.host = "{root}"
analytics.identify("user-17", {{"phone": "138…", "nickname": "小美"}})
analytics.track("user-17", "Order Paid", {{"order": "A-17", "amount": 89.0}})
analytics.flush()
"""
    return Snippet("segment-python", "segment-analytics-python", text)


def _rudder_python(key: str, root: str) -> Snippet:
    text = f"""\
# pip install rudder-sdk-python
import rudderstack.analytics as rudder

rudder.write_key = "{key}"
rudder.dataPlaneUrl = "{root}"
rudder.track("user-17", "Order Paid", {{"order": "A-17", "amount": 89.0}})
rudder.flush()
"""
    return Snippet("rudder-python", "rudder-sdk-python", text)


def _segment_node(key: str, root: str) -> Snippet:
    text = f"""\
// npm install @segment/analytics-node
import {{ Analytics }} from "@segment/analytics-node";

const analytics = new Analytics({{ writeKey: "{key}", host: "{root}", path: "/v1/batch" }});
analytics.track({{ userId: "user-17", event: "Order Paid", properties: {{ order: "A-17", amount: 89.0 }} }});
await analytics.closeAndFlush();
"""
    return Snippet("segment-node", "analytics-node", text)


def _curl(key: str, root: str) -> Snippet:
    event = json.dumps({"userId": "user-17", "event": "Product Viewed", "properties": {"product": "A-17"}})
    text = f"""\
curl -u {key}: {root}/v1/track \\
  -H 'Content-Type: application/json' \\
  -d '{event}'
"""
    return Snippet("curl", "curl", text)

"""PostHog's way of saying the same (POST /batch/): translated into Segment-spec events, nothing more."""

from __future__ import annotations

from typing import Any

import msgspec

_NAMES = {"$pageview": "page", "$screen": "screen"}


def translated(body: bytes) -> bytes:
    """The body of a Segment batch. Raises msgspec.DecodeError where it is no PostHog batch."""
    told = msgspec.json.decode(body)
    if not isinstance(told, dict) or not isinstance(told.get("batch"), list):
        raise msgspec.DecodeError("expected {api_key, batch: […]}")
    events = [event for one in told["batch"] if isinstance(one, dict) for event in _events(one)]
    return msgspec.json.encode({"batch": events, "writeKey": told.get("api_key"), "sentAt": told.get("sent_at")})


def _events(one: dict[str, Any]) -> list[dict[str, Any]]:
    told = one.get("properties") if isinstance(one.get("properties"), dict) else {}
    properties = {k: v for k, v in (told or {}).items() if not k.startswith("$") and k not in ("distinct_id", "alias")}
    name, user = str(one.get("event", "")), one.get("distinct_id")
    base = {"messageId": one.get("uuid"), "timestamp": one.get("timestamp"), "userId": user}
    traits = one.get("$set") or (told or {}).get("$set") or {}
    if name in ("$set", "$identify"):
        events = [{**base, "type": "identify", "traits": traits}]
        anonymous = (told or {}).get("$anon_distinct_id")
        if anonymous:
            events.append({**base, "messageId": f"{one.get('uuid')}:alias", "type": "alias", "previousId": anonymous})
        return events
    if name == "$groupidentify":
        group = (told or {}).get("$group_key")
        return [{**base, "type": "group", "groupId": group, "traits": (told or {}).get("$group_set") or {}}]
    if name == "$create_alias":
        return [{**base, "type": "alias", "userId": (told or {}).get("alias"), "previousId": user}]
    if name in _NAMES:
        url = {"url": told["$current_url"]} if told and "$current_url" in told else {}
        return [{**base, "type": _NAMES[name], "properties": {**properties, **url}}]
    return [{**base, "type": "track", "event": name, "properties": properties}]

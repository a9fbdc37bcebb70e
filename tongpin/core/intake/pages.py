"""Fetching pages of JSON (接口拉取): any API that lists things page by page, read by a mapping made from a sample.

The cursor stays at the last page that held something, so asking again reads that page again and finds what was added;
what is known already changes nothing. A list that begins with the newest is read down to where the last whole round began.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal
from zoneinfo import ZoneInfo

import httpx
import msgspec
from django.conf import settings as house

from tongpin.base.egress import Egress, Limits
from tongpin.core.intake.admitting import AT_ONCE, Teller, admit
from tongpin.core.intake.fetching import (
    Auth,
    BadSettings,
    Failed,
    Sample,
    Step,
    Tally,
    check_status,
    is_header,
    shown_token,
    with_parameters,
)
from tongpin.core.intake.meanings import Heard, Unusable, check_mapping, flat, read
from tongpin.core.intake.models import Source

MOST = 5000
"""Things on one page at most."""

OVERLAP = timedelta(hours=1)
"""So far below where the last round began a newest-first list is read again: things may come in late."""

How = Literal["none", "cursor", "link", "number"]


class Paging(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one page leads to the next.

    `cursor`: the field `next` is handed back as the parameter `param`. `link`: `next` is the next page's address (without
    a field, the Link header tells it). `number`: `param` counts 1, 2, 3. `more` is a field that may say it is the end.
    """

    how: How = "none"
    next: str = ""
    param: str = ""
    more: str = ""
    newest_first: bool = False


class PageSettings(msgspec.Struct, frozen=True, omit_defaults=True):
    """`items` is where the list stands in the answer, such as data.orders; empty where the answer is the list."""

    items: str = ""
    paging: Paging = Paging()
    auth: Auth = Auth()
    mapping: dict[str, str] = {}


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where fetching stands. `until` is the newest moment of the last whole round, `newest` that of the present one."""

    page: str = ""
    until: datetime | None = None
    newest: datetime | None = None


def limits() -> Limits:
    """A page is no archive."""
    return Limits(size=10_000_000, seconds=60, step=20)


def check(given: Mapping[str, Any], *, with_mapping: bool) -> dict[str, Any]:
    """Settings as they are kept. Raises BadSettings, BadMapping."""
    try:
        found = msgspec.convert(dict(given), PageSettings)
    except msgspec.ValidationError as error:
        raise BadSettings("not_understood") from error
    for name, path in (("items", found.items), ("next", found.paging.next), ("more", found.paging.more)):
        if len(path) > 200:
            raise BadSettings("too_long", name)
    how = found.paging.how
    if how in ("cursor", "number") and not re.fullmatch(r"[\w.\-\[\]]{1,60}", found.paging.param):
        raise BadSettings("needs_param", "param")
    if how == "cursor" and not found.paging.next:
        raise BadSettings("needs_next", "next")
    if not is_header(found.auth.header):
        raise BadSettings("not_a_header", "header")
    if found.paging.newest_first and found.mapping and "happened_at" not in found.mapping.values():
        raise BadSettings("needs_time", "newest_first")
    mapping = check_mapping(found.mapping) if with_mapping or found.mapping else {}
    built: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(found, mapping=mapping))
    return built


def try_out(source: Source, door: Egress, *, at: datetime) -> Sample:
    """Fetches the first page and keeps nothing of it. Raises Failed, EgressError."""
    told = msgspec.convert(source.settings, PageSettings)
    answer, headers = _fetched(source, told, Place(), door, at)
    items = _items(answer, told.items)
    onward, more = _onward(source.address, told.paging, Place(), answer, headers, bool(items))
    fields = max((flat(item) for item in items[:20]), key=len, default={})
    return Sample(fields, len(items), more and bool(onward))


def step(source: Source, door: Egress, *, at: datetime) -> Step:
    """Fetches the page at the cursor. Raises Failed, EgressError."""
    told = msgspec.convert(source.settings, PageSettings)
    place = _place(source.cursor)
    answer, headers = _fetched(source, told, place, door, at)
    items = _items(answer, told.items)
    heard, tally = _read(source, told, items, at)
    onward, more = _onward(source.address, told.paging, place, answer, headers, bool(items))
    onward_place = _moved(place, told.paging, heard, onward, more)
    if told.paging.newest_first and not onward_place.page:
        more = False
    teller = _teller(source)
    parts: list[Callable[[], Tally]] = [
        partial(_write, teller, heard[start : start + AT_ONCE], at) for start in range(0, len(heard), AT_ONCE)
    ]
    return Step([*parts, lambda: tally], msgspec.json.encode(onward_place).decode(), more)


def _fetched(source: Source, told: PageSettings, place: Place, door: Egress, at: datetime) -> tuple[Any, httpx.Headers]:
    headers, parameters = shown_token(source, told.auth)
    address = source.address
    if told.paging.how == "link" and place.page:
        address = place.page
    elif told.paging.how == "cursor" and place.page:
        parameters = {**parameters, told.paging.param: place.page}
    elif told.paging.how == "number":
        parameters = {**parameters, told.paging.param: place.page or "1"}
    answer = door.fetch(with_parameters(address, parameters), headers={"Accept": "application/json"}, secrets=headers)
    check_status(answer.status, answer.headers, at=at)
    try:
        return msgspec.json.decode(answer.content), answer.headers
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Failed("not_json") from error


def _items(answer: Any, path: str) -> Sequence[Any]:
    items = dig(answer, path)
    if not isinstance(items, list):
        raise Failed(f"no_list:{path[:100]}")
    if len(items) > MOST:
        raise Failed("too_many_items")
    return items


def dig(value: Any, path: str) -> Any:
    """What stands at `a.b.0.c`; -1 is the last of a list. None where there is nothing."""
    for name in path.split(".") if path else ():
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and re.fullmatch(r"-?\d{1,6}", name, re.ASCII):
            place = int(name)
            value = value[place] if -len(value) <= place < len(value) else None
        else:
            return None
    return value


def _read(source: Source, told: PageSettings, items: Sequence[Any], at: datetime) -> tuple[list[Heard], Tally]:
    teller, tally = _teller(source), Tally()
    heard = []
    for item in items:
        try:
            heard.append(
                read(
                    flat(item),
                    told.mapping,
                    own_scope=teller.own_scope,
                    shop_scope=teller.shop_scope,
                    received_at=at,
                    zone=ZoneInfo(house.ZONE),
                )
            )
        except Unusable as fault:
            tally.faults[f"{fault.fault}:{fault.field}"] += 1
    return heard, tally


def _write(teller: Teller, heard: Sequence[Heard], at: datetime) -> Tally:
    done = admit(heard, teller=teller, received_at=at)
    new = sum(1 for one in done if one.is_new)
    return Tally(new, len(done) - new)


def _teller(source: Source) -> Teller:
    return Teller(f"pull:{source.pk}", 0, source.event or source.name[:60], source.shop_id)


def _onward(
    address: str, paging: Paging, place: Place, answer: Any, headers: httpx.Headers, has_items: bool
) -> tuple[str, bool]:
    """The next page, and whether to go there at once. The present page where it was the last."""
    if paging.how == "none":
        return "", False
    ends = bool(paging.more) and not dig(answer, paging.more)
    if paging.how == "number":
        number = int(place.page or 1)
        return (str(number + 1), not ends) if has_items else (str(max(number - 1, 1)), False)
    told = dig(answer, paging.next) if paging.next else _link(headers.get("link", ""))
    if not isinstance(told, (str, int)) or isinstance(told, bool) or not str(told) or str(told) == place.page:
        return place.page, False
    if paging.how == "cursor":
        return str(told)[:4000], has_items and not ends
    return _same_house(address, place.page or address, str(told)), has_items and not ends


def _same_house(address: str, page: str, told: str) -> str:
    """The next page's address. It must be where the source is: its token goes there. Raises Failed."""
    try:
        onward = httpx.URL(page).join(told[:4000])
        source = httpx.URL(address)
    except (httpx.InvalidURL, ValueError) as error:
        raise Failed("next_unreadable") from error
    if (onward.scheme, onward.host, onward.port) != (source.scheme, source.host, source.port):
        raise Failed("next_elsewhere")
    return str(onward)


def _link(header: str) -> str:
    """The address of `rel="next"` in a Link header."""
    for part in re.split(r",\s*(?=<)", header[:8000]):
        found = re.match(r"\s*<([^>]*)>(.*)", part)
        if found and re.search(r';\s*rel="?[^";]*\bnext\b', found[2]):
            return found[1]
    return ""


def _place(cursor: str) -> Place:
    try:
        return msgspec.json.decode(cursor, type=Place) if cursor else Place()
    except msgspec.DecodeError:
        return Place()


def _moved(place: Place, paging: Paging, heard: Sequence[Heard], onward: str, more: bool) -> Place:
    if not paging.newest_first:
        return Place(onward)
    newest = max([one.at for one in heard] + [at for at in (place.newest,) if at], default=None)
    oldest = min((one.at for one in heard), default=None)
    reached = place.until is not None and oldest is not None and oldest < place.until - OVERLAP
    if reached or not more:
        return Place("", newest or place.until)
    return Place(onward, place.until, newest)

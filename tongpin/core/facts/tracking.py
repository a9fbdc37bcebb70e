"""Said by outside software through the tracking API and webhooks. From a browser key these are claims, never money."""

from __future__ import annotations

from typing import Any

from tongpin.core.facts.form import Code, Fact, fact
from tongpin.core.facts.nouns import WriteKeyId


@fact("event.tracked", key=("write_key", "message"), step="give", lane="bulk", quiet=True)
class EventTracked(Fact):
    """A named happening in outside software (track). Free properties: erasure empties this body."""

    write_key: WriteKeyId
    message: Code
    name: Code
    claimed: bool = False
    properties: dict[str, Any] = {}
    context: dict[str, Any] = {}


@fact("page.viewed", key=("write_key", "message"), step="give", lane="bulk", quiet=True)
class PageViewed(Fact):
    """A page was looked at (page)."""

    write_key: WriteKeyId
    message: Code
    name: Code = ""
    claimed: bool = False
    properties: dict[str, Any] = {}
    context: dict[str, Any] = {}


@fact("screen.viewed", key=("write_key", "message"), step="give", lane="bulk", quiet=True)
class ScreenViewed(Fact):
    """A screen of an app was looked at (screen)."""

    write_key: WriteKeyId
    message: Code
    name: Code = ""
    claimed: bool = False
    properties: dict[str, Any] = {}
    context: dict[str, Any] = {}


@fact("traits.told", key=("write_key", "message"), step="gather", lane="bulk", quiet=True)
class TraitsTold(Fact):
    """Outside software told traits of a person (identify). Contact data among them went to the person, not here."""

    write_key: WriteKeyId
    message: Code
    claimed: bool = False
    traits: dict[str, Any] = {}
    context: dict[str, Any] = {}


@fact("group.told", key=("write_key", "message"), step="gather", lane="bulk", quiet=True)
class GroupTold(Fact):
    """Outside software told that a person belongs to a group of its own (group)."""

    write_key: WriteKeyId
    message: Code
    group: Code
    claimed: bool = False
    traits: dict[str, Any] = {}
    context: dict[str, Any] = {}


@fact("alias.told", key=("write_key", "message"), step="gather", lane="people", quiet=True)
class AliasTold(Fact):
    """Outside software told that two of its ids are one (alias)."""

    write_key: WriteKeyId
    message: Code
    claimed: bool = False
    context: dict[str, Any] = {}


@fact("form.received", key=("hook", "message"), step="gather", lane="people")
class FormReceived(Fact):
    """An inbound webhook brought a filled form or a happening, read by the mapping the user made."""

    hook: int
    message: Code
    name: Code
    properties: dict[str, Any] = {}

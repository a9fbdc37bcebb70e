"""Short messages after an act, with a way back. `say` survives a redirect, `toast` rides on an htmx answer."""

from __future__ import annotations

from typing import Literal, TypeVar

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponseBase
from django_htmx.http import trigger_client_event

ToastKind = Literal["good", "bad"]
Answer = TypeVar("Answer", bound=HttpResponseBase)

_UNDO = "undo="


def say(request: HttpRequest, text: str, *, undo: str = "", kind: ToastKind = "good") -> None:
    """Shows `text` on the next page. `undo` is an address that a POST takes the act back by (撤回)."""
    level = messages.ERROR if kind == "bad" else messages.SUCCESS
    messages.add_message(request, level, text, extra_tags=f"{_UNDO}{undo}" if undo else "")


def toast(response: Answer, text: str, *, undo: str = "", kind: ToastKind = "good") -> Answer:
    """Shows `text` when the browser gets this htmx answer; also on a refusal, where it says why."""
    return trigger_client_event(response, "toast", {"text": text, "undo": undo, "kind": kind})


def undo_of(message: Message) -> str:
    """The address that takes back what a message tells, or nothing."""
    tags = message.extra_tags or ""
    return tags.removeprefix(_UNDO) if tags.startswith(_UNDO) else ""

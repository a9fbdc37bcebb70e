"""Taking one piece of a talk off the guest's form: words, a picture or a voice, under a key that makes it one."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tongpin.core.files.actions import keep_picture, keep_voice, let_go
from tongpin.core.files.queries import FileSeen
from tongpin.core.files.refusal import PICTURE_MOST, VOICE_MOST, FileRefused
from tongpin.loop.give.ground import said
from tongpin.loop.give.talks.actions import BadQuestion, BadSegment, Given, NotNow, TalkUnknown, give_segment
from tongpin.loop.give.talks.models import Segment
from tongpin.loop.give.talks.rules import wrong_with_segment
from tongpin.loop.give.talks.seen import TalkPage
from tongpin.web.look.file_words import refusal_word
from tongpin.web.member.talk_rows import FILES_OF

MOST_BODY = max(PICTURE_MOST, VOICE_MOST) + 200_000
"""Bytes of a form: one file, the words and what stands around them."""

MOST_WORDS = 4000


class NotGiven(Exception):
    """The piece was not taken; the text says what to do. `again`: the same may be sent once more. `typed`, `question`:
    the words and which question they answer, as far as they were read."""

    def __init__(self, words: str, *, again: bool = False, typed: str = "", question: str = "") -> None:
        super().__init__(words)
        self.again, self.typed, self.question = again, typed, question


def give(request: HttpRequest, talk: TalkPage, *, actor: str, at: datetime) -> Given:
    """Keeps the file, then says the piece. A body that is too large is refused before it is read. Raises NotGiven."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() or int(length) > MOST_BODY:
        raise NotGiven(_("The file is larger than 20 MB: send a smaller one."))
    form, key = request.POST, request.POST.get("key", "").replace("\0", "")
    words = form.get("words", "").strip()
    typed = form.get("question", "")
    try:
        return _given(request, talk, key, words, typed, actor, at)
    except NotGiven as no:
        no.typed, no.question = words, typed
        raise


def _given(request: HttpRequest, talk: TalkPage, key: str, words: str, typed: str, actor: str, at: datetime) -> Given:
    kind, file = _file_in(request)
    if Segment.objects.filter(talk=talk.id, client_key=key).exists():
        kept = None  # it arrived before: the same segment is told again, and no file is read twice
    elif talk.state != "live":
        raise NotGiven(_not_now(talk.state))
    else:
        _look_at(kind, words, key, with_file=file is not None)
        kept = _kept(kind, file, talk, actor, at) if file is not None else None
    say = partial(
        give_segment,
        talk_id=talk.id,
        form=kind,
        client_key=key,
        at=at,
        actor=actor,
        words=words,
        files=(kept.name,) if kept is not None else (),
        seconds=round(kept.seconds) if kept is not None else 0,
    )
    try:
        if typed.isascii() and typed.isdecimal() and len(typed) < 19:
            # A question that was dropped meanwhile is no reason to lose what the guest said.
            with suppress(BadQuestion, TalkUnknown):
                return say(question_id=int(typed))
        return say()
    except BadSegment as no:
        raise NotGiven(_bad_segment(no.reason)) from None
    except NotNow as no:
        if kept is not None and not Segment.objects.filter(talk=talk.id, files__contains=[kept.name]).exists():
            let_go(file_id=kept.id, at=at, actor=actor)  # the talk ended while it was read: nobody said it
        raise NotGiven(_not_now(no.state)) from None


def _look_at(kind: str, words: str, key: str, *, with_file: bool) -> None:
    """Before a file is read and kept: what cannot be said leaves none behind. Raises NotGiven."""
    files = ("0" * 40,) if with_file else ()
    if reason := wrong_with_segment(form=kind, words=said(words), files=files, client_key=key):
        raise NotGiven(_bad_segment(reason))


def file_of(segment_id: int) -> dict[str, str]:
    """Where the file of a piece is fetched, where it has one."""
    names = Segment.objects.filter(pk=segment_id).values_list("files", flat=True).first()
    return {"file": f"/f/{names[0]}"} if names else {}


def _file_in(request: HttpRequest) -> tuple[str, UploadedFile[Any] | None]:
    """(form, file): a voice, else a picture, else words alone."""
    for name in ("voice", "picture"):
        found = request.FILES.get(name)
        if found is not None and found.size:
            return name, found
    return "text", None


def _kept(kind: str, file: UploadedFile[Any], talk: TalkPage, actor: str, at: datetime) -> FileSeen:
    keep = keep_voice if kind == "voice" else keep_picture
    try:
        return keep(
            content=file.read(),
            person_id=talk.guest_person_id,
            about_kind=FILES_OF,
            about=talk.id,
            at=at,
            actor=actor,
        )
    except FileRefused as no:
        raise NotGiven(refusal_word(no.code), again=no.code == "busy") from None


def _not_now(state: str) -> str:
    if state in ("draft", "announced"):
        return _("Press “Begin the talk” first: nothing goes out before.")
    return _("The talk is over: nothing goes out any more.")


def _bad_segment(reason: str) -> str:
    return {
        "empty": _("Write something first."),
        "too_long": _("That is more than %(count)s characters: send it in two pieces.") % {"count": MOST_WORDS},
        "no_key": _("Reload this page, then send it again: it is kept on this phone."),
    }.get(reason, _("This could not be sent. Try words, a picture or a voice."))

"""Hearing (听): things said in a place become messages with their words, and facts with features of them.

The fact holds lengths and hashes; the words stay in the message and are gone when it is deleted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from tongpin.base.ids import digest
from tongpin.base.text import fold
from tongpin.core.ledger.bulk import Line

SKETCH = 32
"""Shingle hashes kept of a message: the smallest ones, enough to tell how alike two messages are (bottom-k sketch)."""

TOKENS = 48
_HAN = re.compile("[\u3400-\u9fff]")
_LINK = re.compile(r"https?://|www\.", re.I)
_encode = msgspec.json.Encoder().encode


class Heard(NamedTuple):
    """Something said: by whom, when, under which key within its place, in which words.

    `thread` is the key of the first message of its thread.
    """

    key: str
    person_id: int | None
    at: datetime
    kind: str
    words: str
    reply_key: str = ""
    thread: str = ""


class Features(NamedTuple):
    """What the ledger keeps of words."""

    length: int
    han: int
    links: int
    shingles: tuple[int, ...]
    tokens: dict[int, str]


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "ignore"), digest_size=6).digest(), "big")


def features_of(words: str) -> Features:
    """Length in characters, Han characters, links, a sketch of 5-character shingles, and token hashes with their words."""
    import rjieba  # noqa: PLC0415 - its dictionary takes 32 MB: only who hears words pays for it

    text = fold(words)
    shingles = sorted({_hash(text[i : i + 5]) for i in range(len(text) - 4)})[:SKETCH]
    tokens: dict[int, str] = {}
    for token in rjieba.cut(words[:4000]):
        folded = fold(token)
        if len(folded) >= 2 and not folded.isdecimal():
            tokens[_hash(folded)] = folded[:40]
            if len(tokens) >= TOKENS:
                break
    return Features(len(words), len(_HAN.findall(words)), len(_LINK.findall(words)), tuple(shingles), tokens)


def hear_many(*, place_id: int, heard: Sequence[Heard], batch: int | None) -> tuple[list[Line], set[str]]:
    """Writes messages that are new in their place, and returns their facts and the keys that were new.

    Belongs in the transaction that records the facts. Replies are tied to messages of the same place by key.
    """
    threads = _threads(place_id, {one.thread for one in heard if one.thread})
    unique = {one.key: one for one in heard}
    ordered = sorted(unique.values(), key=lambda one: one.key)
    with connection.cursor() as cursor:
        written = _write(cursor, place_id, ordered, threads, batch)
        replying = [one for one in ordered if one.key in written and one.reply_key]
        replies = _tie_replies(cursor, place_id, replying, written)
    lines: list[Line] = []
    words: dict[int, str] = {}
    for one in heard:
        message = written.get(one.key)
        if message is None or unique[one.key] is not one:
            continue
        told = features_of(one.words) if one.words else Features(0, 0, 0, (), {})
        words.update(told.tokens)
        reply = replies.get(one.key, (0, None))
        lines.append(_line(one, place_id, message, told, thread=threads.get(one.thread, 0), reply=reply))
    _keep_words(words)
    return lines, set(written)


def _write(
    cursor: Any, place_id: int, ordered: Sequence[Heard], threads: dict[str, int], batch: int | None
) -> dict[str, int]:
    """Writes what is new; the message of each new key."""
    cursor.execute(
        "insert into message (place_id, person_id, key, kind, words, said_at, thread_id, batch) select %s, p, k, n, w, a, t, %s"
        " from unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::bigint[])"
        " as x(p, k, n, w, a, t) on conflict (place_id, key) do nothing returning id, key",
        [
            place_id,
            batch,
            [one.person_id for one in ordered],
            [one.key for one in ordered],
            [one.kind for one in ordered],
            [one.words for one in ordered],
            [one.at for one in ordered],
            [threads.get(one.thread) for one in ordered],
        ],
    )
    return {str(key): int(message) for message, key in cursor.fetchall()}


def _line(
    one: Heard, place_id: int, message: int, told: Features, *, thread: int, reply: tuple[int, int | None]
) -> Line:
    """The fact of a message: features of it, never the words."""
    replied_to, answered = reply
    body = {
        "message": message,
        "message_key": one.key,
        "message_kind": one.kind,
        "length": told.length,
        "han": told.han,
        "reply_to": replied_to,
        "thread": thread,
        "answered": answered,
        "links": told.links,
        "shingles": told.shingles,
        "tokens": tuple(told.tokens),
    }
    kept = _encode({name: value for name, value in body.items() if value}).decode()
    further = (("answered", answered),) if answered else ()
    key = digest("message.heard", place_id, one.key)
    return Line(key, "message.heard", one.at.isoformat(), one.person_id, place_id, kept, 1, further)


def _threads(place_id: int, keys: set[str]) -> dict[str, int]:
    """The threads by the keys of their first messages. Where that message is known, its own thread goes on."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select key, thread_id from message where place_id = %s and key = any(%s) and thread_id is not null",
            [place_id, sorted(keys)],
        )
        found = {str(key): int(thread) for key, thread in cursor.fetchall()}
        cursor.execute(
            "insert into thread (place_id, key) select %s, k from unnest(%s::text[]) k"
            " on conflict (place_id, key) do update set key = excluded.key returning key, id",
            [place_id, sorted(key[:120] for key in keys - found.keys())],
        )
        made = {str(key): int(thread) for key, thread in cursor.fetchall()}
    return {key: found[key] if key in found else made[key[:120]] for key in keys}


def _tie_replies(
    cursor: object, place_id: int, replying: list[Heard], written: dict[str, int]
) -> dict[str, tuple[int, int | None]]:
    """For each replying key: the message replied to and its person. Writes `reply_to` beside the words."""
    if not replying:
        return {}
    cursor.execute(  # type: ignore[attr-defined]
        "select key, id, person_id from message where place_id = %s and key = any(%s)",
        [place_id, sorted({one.reply_key for one in replying})],
    )
    known = {str(key): (int(message), person) for key, message, person in cursor.fetchall()}  # type: ignore[attr-defined]
    ties = {one.key: known[one.reply_key] for one in replying if one.reply_key in known}
    if ties:
        cursor.execute(  # type: ignore[attr-defined]
            "update message m set reply_to = t.r from unnest(%s::bigint[], %s::bigint[]) as t(id, r) where m.id = t.id",
            [[written[key] for key in ties], [reply for reply, _ in ties.values()]],
        )
    return ties


def _keep_words(words: dict[int, str]) -> None:
    if words:
        ordered = sorted(words.items())
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into feature_word (hash, word, places) select h, w, '{}' from unnest(%s::bigint[], %s::text[])"
                " as t(h, w) on conflict do nothing",
                [[value for value, _ in ordered], [word for _, word in ordered]],
            )


def meet_members(
    *, place_id: int, members: Sequence[tuple[int, str, str, datetime]], batch: int | None, origin_source: str
) -> list[Line]:
    """People seen in a place become its members, once: (person, called, role, first seen). Returns `member.joined` facts."""
    unique: dict[int, tuple[int, str, str, datetime]] = {}
    for one in members:
        before = unique.get(one[0])
        unique[one[0]] = (
            one if before is None else (one[0], one[1] or before[1], one[2] or before[2], min(one[3], before[3]))
        )
    if not unique:
        return []
    ordered = sorted(unique.values(), key=lambda one: one[0])
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into membership (place_id, person_id, called, role, first_seen_at, occurrence, batch)"
            " select %s, p, c, r, s, 1, %s from unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[]) as t(p, c, r, s)"
            " on conflict (place_id, person_id) do update set called = case when excluded.called <> '' then excluded.called"
            " else membership.called end, first_seen_at = least(membership.first_seen_at, excluded.first_seen_at)"
            " returning person_id, (xmax = 0)",
            [
                place_id,
                batch,
                [one[0] for one in ordered],
                [one[1][:120] for one in ordered],
                [one[2][:30] for one in ordered],
                [one[3] for one in ordered],
            ],
        )
        fresh = {int(person) for person, is_new in cursor.fetchall() if is_new}
    return [
        Line(
            digest("member.joined", person, place_id, 1),
            "member.joined",
            seen.isoformat(),
            person,
            place_id,
            _encode({"scene": origin_source}).decode(),
        )
        for person, _, _, seen in ordered
        if person in fresh
    ]

"""Inbound webhooks (回调): any form or shop posts to a secret address; a mapping made from a sample says what it means.

Until it is mapped a webhook keeps what comes, sealed, for a week; mapping it reads that again, so nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import connection, transaction

from tongpin.base.ids import token, token_digest
from tongpin.base.secrets import KeyFileError
from tongpin.base.text import clean
from tongpin.core.intake.admitting import AT_ONCE, Admitted, Teller, admit, trying_again
from tongpin.core.intake.meanings import Heard, Unusable, check_mapping, flat, read, things_in
from tongpin.core.intake.models import Hook, HookPost
from tongpin.core.places.actions import know_place
from tongpin.core.places.models import Place
from tongpin.core.team.keys import keyring
from tongpin.core.team.rules import Actor
from tongpin.core.team.trail import audit

LIMIT = 256 * 1024
"""Bytes of one post at most."""

KEPT = timedelta(days=7)
KEPT_POSTS = 200
"""So many posts that went well are kept a webhook; what still needs somebody is kept the whole week."""

SAMPLE, POST = "hook.sample", "hook.post"
"""In whose name contents are sealed."""

State = HookPost.State
Kind = Literal["form", "order"]


class HookUnknown(LookupError):
    """There is no such webhook, or it was closed."""


class HookUnnamed(ValueError):
    """A webhook needs a name."""


class ShopUnknown(LookupError):
    """The orders of a webhook belong to a shop that is known, or to a new one; a form to a place that is known."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Which of the things in a post cannot be used, and why: a code and the meaning it lies in."""

    place: int
    fault: str
    field: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a post: kept as a sample, or so many new, known already, refused."""

    state: Literal["sample", "recorded", "known", "refused"]
    new: int = 0
    known: int = 0
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A webhook just made, or given a new address. The secret is nowhere else."""

    id: int
    secret: str


@transaction.atomic
def open_hook(
    *, name: str, event: str = "", kind: Kind = "form", place_id: int | None = None, actor: Actor, at: datetime
) -> Made:
    """A new webhook. `event` is what its happenings are called on timelines; `place_id` the shop of its orders, or the
    place a form belongs to. Raises HookUnnamed, ShopUnknown."""
    called = clean(name, limit=80)
    if not called:
        raise HookUnnamed("give the webhook a name")
    secret = token()
    hook = Hook.objects.create(
        name=called, event=clean(event, limit=60) or called[:60], kind=kind, token_digest=token_digest(secret),
        shop=None if place_id is None else _place(place_id, shop=kind == "order"), made_at=at,
    )  # fmt: skip
    audit(actor=actor, action="hook.made", at=at, subject=("hook", hook.pk))
    return Made(hook.pk, secret)


@transaction.atomic
def renew_hook(*, hook_id: int, actor: Actor, at: datetime) -> Made:
    """A new address; the old one stops at once. Raises HookUnknown."""
    secret = token()
    if not Hook.objects.filter(pk=hook_id, closed_at=None).update(token_digest=token_digest(secret)):
        raise HookUnknown
    audit(actor=actor, action="hook.renewed", at=at, subject=("hook", hook_id))
    return Made(hook_id, secret)


@transaction.atomic
def close_hook(*, hook_id: int, actor: Actor, at: datetime) -> None:
    """Nothing is taken at this address any more; what it brought stays. Doing it twice changes nothing."""
    if Hook.objects.filter(pk=hook_id, closed_at=None).update(closed_at=at, sample_sealed=None):
        HookPost.objects.filter(hook=hook_id).update(sealed=None)
        audit(actor=actor, action="hook.closed", at=at, subject=("hook", hook_id))


@transaction.atomic
def pause_hook(*, hook_id: int, actor: Actor, at: datetime) -> None:
    """What comes from now on is kept, sealed, and waits. Doing it twice changes nothing. Raises HookUnknown."""
    hook = _held(hook_id)
    if hook.paused_at is None:
        hook.paused_at = at
        hook.save(update_fields=["paused_at"])
        audit(actor=actor, action="hook.paused", at=at, subject=("hook", hook_id))


@transaction.atomic
def resume_hook(*, hook_id: int, actor: Actor, at: datetime) -> None:
    """Takes posts again; call `read_again` for those that waited. Doing it twice changes nothing. Raises HookUnknown."""
    hook = _held(hook_id)
    if hook.paused_at is not None:
        hook.paused_at = None
        hook.save(update_fields=["paused_at"])
        audit(actor=actor, action="hook.resumed", at=at, subject=("hook", hook_id))


@transaction.atomic
def keep_sample(*, hook_id: int, content: Any, actor: Actor, at: datetime) -> dict[str, str]:
    """A sample somebody gave by hand: only to make the mapping from, it never becomes a happening. Returns its fields.

    Raises HookUnknown, Unusable.
    """
    hook = _held(hook_id)
    fields: dict[str, str] = next((one for one in map(flat, things_in(content)) if one), {})
    if not fields:
        raise Unusable("empty")
    hook.sample_sealed = _sealed(fields, SAMPLE)
    hook.save(update_fields=["sample_sealed"])
    audit(actor=actor, action="hook.sample_given", at=at, subject=("hook", hook_id), details={"fields": len(fields)})
    return fields


@transaction.atomic
def drop_post(*, hook_id: int, post_id: int, actor: Actor, at: datetime) -> bool:
    """Forgets a post that waits or was refused, such as a trial: it is never read. False where there is none to drop."""
    waiting = HookPost.objects.filter(pk=post_id, hook=hook_id, state__in=(State.SAMPLE, State.REFUSED))
    if not waiting.delete()[0]:
        return False
    audit(actor=actor, action="hook.post_dropped", at=at, subject=("hook", hook_id))
    return True


def _held(hook_id: int) -> Hook:
    hook = Hook.objects.select_for_update().filter(pk=hook_id, closed_at=None).first()
    if hook is None:
        raise HookUnknown
    return hook


@transaction.atomic
def map_hook(
    *, hook_id: int, mapping: Mapping[str, str], event: str = "", shop_id: int | None = None, actor: Actor, at: datetime
) -> None:
    """Says what the fields mean: {"data.user.mobile": "phone", …}, and whose orders they are (None: the shop it has, else
    one of its own).

    Call `read_again` afterwards. Raises BadMapping, HookUnknown, ShopUnknown.
    """
    used = check_mapping(mapping)
    hook = _held(hook_id)
    if "order_number" in used.values():
        hook.shop = _shop(hook, shop_id, at)
    elif shop_id is not None:
        hook.shop = _place(shop_id, shop=False)
    hook.mapping, hook.event = used, clean(event, limit=60) or hook.event
    hook.save(update_fields=["mapping", "event", "shop"])
    audit(actor=actor, action="hook.mapped", at=at, subject=("hook", hook.pk), details={"fields": len(used)})


def _shop(hook: Hook, shop_id: int | None, at: datetime) -> Place:
    if shop_id is not None:
        return _place(shop_id, shop=True)
    if hook.shop is not None and hook.shop.kind == Place.Kind.SHOP:
        return hook.shop
    return know_place(kind=Place.Kind.SHOP, platform="hook", name=hook.name, at=at, actor=f"hook:{hook.pk}")


def _place(place_id: int, *, shop: bool) -> Place:
    place = Place.objects.filter(pk=place_id, **({"kind": Place.Kind.SHOP} if shop else {})).first()
    if place is None:
        raise ShopUnknown
    return place


def read_again(*, hook_id: int, at: datetime) -> Taken:
    """Reads what waits or was refused once more, by the present mapping. Raises HookUnknown, Busy."""
    hook = Hook.objects.filter(pk=hook_id, closed_at=None).first()
    if hook is None or not hook.mapping:
        raise HookUnknown
    waiting = HookPost.objects.filter(hook=hook, state__in=(State.SAMPLE, State.REFUSED), received_at__gt=at - KEPT)
    new = known = 0
    faults: list[Fault] = []
    after = 0
    while posts := list(waiting.filter(pk__gt=after, sealed__isnull=False).order_by("pk")[:AT_ONCE]):
        after = posts[-1].pk
        for post in posts:
            fields = _opened(post.sealed, POST)
            try:
                heard = _read(hook, fields, post.received_at)
            except Unusable as fault:
                faults.append(Fault(post.pk, fault.fault, fault.field))
                waiting.filter(pk=post.pk).update(state=State.REFUSED, fault=fault.fault, field=fault.field)
                continue
            (done,) = trying_again(lambda: _write_again(hook, post, heard))  # noqa: B023 - called at once
            new, known = new + done.is_new, known + (not done.is_new)
    return Taken(_verdict(new, known, bool(faults)), new, known, tuple(faults))


def _write_again(hook: Hook, post: HookPost, heard: Heard) -> list[Admitted]:
    done = admit([heard], teller=_teller(hook), received_at=post.received_at)
    HookPost.objects.filter(pk=post.pk).update(
        state=State.RECORDED if done[0].is_new else State.KNOWN, fault="", field="", person_id=done[0].person_id
    )
    return done


def take(*, secret: str, content: Any, received_at: datetime) -> Taken:
    """Takes one post, or a list of them. The same happening twice is one; what can be used is, whatever lies beside it.

    Raises HookUnknown, Unusable (where the post as a whole is nothing), Busy.
    """
    hook = Hook.objects.filter(token_digest=token_digest(secret), closed_at=None).first()
    if hook is None:
        raise HookUnknown
    told = [flat(thing) for thing in things_in(content)]
    if not any(told):
        raise Unusable("empty")
    if not hook.mapping or hook.paused_at is not None:
        _keep_sample(hook, told, received_at)
        return Taken("sample")
    good: list[tuple[dict[str, str], Heard]] = []
    faults: list[Fault] = []
    for place, fields in enumerate(told):
        try:
            good.append((fields, _read(hook, fields, received_at)))
        except Unusable as fault:
            faults.append(Fault(place, fault.fault, fault.field))
    done = trying_again(lambda: _write(hook, good, received_at)) if good else []
    HookPost.objects.bulk_create(
        HookPost(
            hook=hook, received_at=received_at, state=State.REFUSED, fault=one.fault, field=one.field,
            sealed=_sealed(told[one.place], POST),
        )
        for one in faults
    )  # fmt: skip
    new = sum(1 for one in done if one.is_new)
    return Taken(_verdict(new, len(done) - new, bool(faults)), new, len(done) - new, tuple(faults))


def _verdict(new: int, known: int, faulty: bool) -> Literal["recorded", "known", "refused"]:
    return "recorded" if new else "known" if known or not faulty else "refused"


def _write(hook: Hook, good: Sequence[tuple[dict[str, str], Heard]], received_at: datetime) -> list[Admitted]:
    done = admit([heard for _, heard in good], teller=_teller(hook), received_at=received_at)
    HookPost.objects.bulk_create(
        HookPost(
            hook=hook,
            received_at=received_at,
            state=State.RECORDED if one.is_new else State.KNOWN,
            person_id=one.person_id,
            # Of somebody who was erased nothing is kept, not even for a week.
            sealed=None if heard.signs and one.person_id is None else _sealed(fields, POST),
        )
        for (fields, heard), one in zip(good, done, strict=True)
    )
    return done


@transaction.atomic
def _keep_sample(hook: Hook, told: Sequence[dict[str, str]], received_at: datetime) -> None:
    first = next(fields for fields in told if fields)
    Hook.objects.filter(pk=hook.pk).update(sample_sealed=_sealed(first, SAMPLE))
    HookPost.objects.bulk_create(
        HookPost(hook=hook, received_at=received_at, state=State.SAMPLE, sealed=_sealed(fields, POST))
        for fields in told
        if fields
    )


def _teller(hook: Hook) -> Teller:
    return Teller(f"hook:{hook.pk}", hook.pk, hook.event, hook.shop_id)


def _read(hook: Hook, fields: Mapping[str, str], received_at: datetime) -> Heard:
    teller = _teller(hook)
    return read(
        fields, hook.mapping, own_scope=teller.own_scope, shop_scope=teller.shop_scope, received_at=received_at,
        zone=ZoneInfo(settings.ZONE),
    )  # fmt: skip


def _sealed(fields: Mapping[str, str], context: str) -> bytes:
    return keyring().encrypt(msgspec.json.encode(fields).decode(), context=context)


def _opened(sealed: bytes | memoryview | None, context: str) -> dict[str, str]:
    """The fields again; none where the key file was changed."""
    if sealed is None:
        return {}
    try:
        return msgspec.json.decode(keyring().decrypt(sealed, context=context), type=dict[str, str])
    except KeyFileError:
        return {}


def sample_of(hook: Hook) -> dict[str, str]:
    """The last post that came before the mapping, as flat fields."""
    return _opened(hook.sample_sealed, SAMPLE)


def content_of(post: HookPost) -> dict[str, str]:
    """What was posted, as flat fields; nothing once it was forgotten."""
    return _opened(post.sealed, POST)


def forget_posts(*, at: datetime) -> int:
    """Posts older than a week go, and of those that went well all but the last. Returns how many."""
    gone, _ = HookPost.objects.filter(received_at__lt=at - KEPT).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from hook_post p using (select h.id, (select x.id from hook_post x where x.hook_id = h.id"
            " and x.state in ('recorded', 'known') order by x.id desc offset %s limit 1) as last from hook h) o"
            " where p.hook_id = o.id and p.id <= o.last and p.state in ('recorded', 'known')",
            [KEPT_POSTS],
        )
        return gone + int(cursor.rowcount)

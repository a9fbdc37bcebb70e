"""All that somebody leaves in a house besides what is imported: `python -m tests.slow.inside_gifts FUNCTION JSON`."""

from __future__ import annotations

import io
import math
import struct
import wave
from datetime import timedelta
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from PIL import Image

from tests.loop.gather.cast import LIN, opened
from tests.loop.sell.cast import on_shelf
from tests.slow.inside import main_of
from tongpin.base.clock import now
from tongpin.base.ids import token
from tongpin.channels.port import Content
from tongpin.core.figures.actions import put_figure
from tongpin.core.files.actions import keep_picture, keep_voice
from tongpin.core.money.setting_up import set_up_till
from tongpin.core.people.assessed import Assessed, Evidence
from tongpin.core.people.assessing import assess_many
from tongpin.core.places.actions import know_place
from tongpin.core.places.models import Community, Place
from tongpin.core.sending import again
from tongpin.core.sending.models import SignInLink
from tongpin.core.sending.reaching import serve
from tongpin.core.team.keys import keyring
from tongpin.loop.gather.admission.actions import apply
from tongpin.loop.give.digests.models import Digest, Giver, Quote, QuoteConsent
from tongpin.loop.give.talks.actions import announce, ask, end, give_segment, hear_live, plan_talk, start
from tongpin.loop.give.talks.models import Segment
from tongpin.loop.sell.orders.actions import place_order
from tongpin.loop.sell.orders.writing import Recipient
from tongpin.loop.sell.plays.group_buy.actions import join, open_group_buy
from tongpin.loop.share.posters.actions import draw_poster
from tongpin.loop.share.posters.rules.words import Words
from tongpin.loop.share.referrals.actions import own_link


def _picture(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (shade, 90, 255 - shade)).save(out, "PNG")
    return out.getvalue()


def _voice(pitch: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        tone = (int(9_000 * math.sin(2 * math.pi * pitch * n / 16_000)) for n in range(16_000))
        sound.writeframes(b"".join(struct.pack("<h", one) for one in tone))
    return out.getvalue()


def leave(person: int, number: int, told: dict[str, str]) -> dict[str, Any]:
    """Applies, leads a talk and asks in another's, is quoted, gets letters, shares a link and a poster, buys.

    Gives the names of the files they gave and the codes of their links.
    """
    at = now()
    community = opened(at, name=f"青禾 {number} 社")
    apply(
        community_id=community, person_id=person, answers=[told["answer"], "有人一起"], charter_edition=1, at=at,
        actor=f"person:{person}",
    )  # fmt: skip
    held = Community.objects.get(pk=community)
    room = know_place(
        kind=Place.Kind.GROUP, platform="web", name=f"网页 {number}", external_id=f"web-{number}", community=held, at=at,
        actor=LIN,
    ).pk  # fmt: skip
    files = _lead_a_talk(person, number, told, community, room)
    _ask_another(person, told, community, number)
    serve(
        person_id=person,
        key=f"test:{number}",
        content=Content(text=told["letter"]),
        about_kind="test",
        about=number,
        at=at,
    )
    SignInLink.objects.create(
        digest=token(size=20).encode(), person_id=person, made_at=at,
        mail_sealed=keyring().encrypt(told["mail"], context=again.CONTEXT),
    )  # fmt: skip
    link = own_link(person_id=person, target_kind="community", target=community, at=at, actor=LIN)
    words = Words(
        place="青禾读书社", together="读十页书", name=told["nickname"][:16], sentence=told["sentence"], call="长按认码",
        leads_to="先看看", address=f"http://example.com/l/{link.code}",
    )  # fmt: skip
    draw_poster(person_id=person, code_id=link.code_id, words=words, at=at, actor=LIN)
    _buy(person, number, told)
    return {"files": files, "room": room}


def _lead_a_talk(person: int, number: int, told: dict[str, str], community: int, room: int) -> list[str]:
    at = now()
    talk = plan_talk(
        community_id=community, title="睡前十分钟", guest_name=told["nickname"], guest_person_id=person,
        starts_at=at + timedelta(minutes=1), at=at, actor=LIN,
    )  # fmt: skip
    announce(talk_id=talk, place_ids=[room], at=at, actor=LIN)
    start(talk_id=talk, at=at, actor="guest")
    about = {"person_id": person, "about_kind": "talk", "about": talk, "at": at, "actor": LIN}
    picture = keep_picture(content=_picture(40 + 60 * number), **about)  # type: ignore[arg-type]
    voice = keep_voice(content=_voice(300 + 70 * number), **about)  # type: ignore[arg-type]
    for form, words, files in (
        ("text", told["said"], ()),
        ("picture", "", (picture.name,)),
        ("voice", "", (voice.name,)),
    ):
        give_segment(
            talk_id=talk, form=form, words=words, files=files, seconds=1 if form == "voice" else 0, client_key=form, at=at,
            actor="guest",
        )  # fmt: skip
    end(talk_id=talk, at=at, actor="guest")
    segment = Segment.objects.get(talk=talk, number=1)
    digest = Digest.objects.create(
        community_id=community, code=token(size=10), about_kind="place", about=room, first_at=at, last_at=at, title="摘要",
        messages=1, people=1, drafted_at=at, drafted_by=LIN,
    )  # fmt: skip
    Quote.objects.create(digest=digest, segment=segment, person_id=person, position=1)
    QuoteConsent.objects.create(digest=digest, person_id=person, state="given", how="hand", answered_at=at)
    Giver.objects.create(digest=digest, person_id=person, gifts=1)
    return [picture.name, voice.name]


def _ask_another(person: int, told: dict[str, str], community: int, number: int) -> None:
    at = now()
    room = know_place(
        kind=Place.Kind.GROUP, platform="web", name=f"又 {number}", external_id=f"again-{number}", at=at, actor=LIN
    ).pk
    talk = plan_talk(
        community_id=community,
        title="另一场",
        guest_name="林老师",
        starts_at=at + timedelta(minutes=1),
        at=at,
        actor=LIN,
    )
    announce(talk_id=talk, place_ids=[room], at=at, actor=LIN)
    start(talk_id=talk, at=at, actor="guest")
    ask(talk_id=talk, person_id=person, name=told["nickname"], words=told["asked"], channel="web", at=at)
    hear_live(talk_id=talk, person_id=person, seconds=0, at=at)


def _buy(person: int, number: int, told: dict[str, str]) -> None:
    at = now()
    set_up_till(kind="sandbox", settings={}, is_on=True, at=at, actor=LIN)
    offer = on_shelf(at - timedelta(days=1), key=f"towel-{number}")
    recipient = Recipient(told["name"], told["phone"], told["address"])
    place_order(
        key=f"k{number}", person_id=person, lines=[(offer, 1)], provider="sandbox", recipient=recipient, at=at,
        actor=f"person:{person}",
    )  # fmt: skip
    group = open_group_buy(key=f"g{number}", offer_id=offer, person_id=person, at=at, actor=f"person:{person}")
    join(group_id=group, person_id=person, provider="sandbox", recipient=recipient, at=at, actor=f"person:{person}")


def judge(people: list[int]) -> None:
    """Findings about them, and a figure behind which they stand."""
    at = now()
    seen = (Evidence("answered", True, 3, 2.5, at),)
    assess_many(kind="trust", found=[Assessed(one, 0.8, "high", 3.0, 2.0, seen) for one in people], as_of=at, at=at)
    put_figure(
        measure="k_value", as_of=at, known_at=at, body={"value": 1.0}, n=2, quality="ok", at=at, people={"1": people}
    )


if __name__ == "__main__":
    main_of(globals())

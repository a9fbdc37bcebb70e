"""Gifts of value to a community (有价值的贡献), SCIENCE §2.5: judged ones, else a proxy over what was said."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import ibis
import ibis.expr.types as ir

from tongpin.insight.days import seconds
from tongpin.insight.lake import Clocks, Lake
from tongpin.insight.latest import latest
from tongpin.insight.members import within

Method = Literal["judged", "proxy"]
"""judged: `value.judged` of quality ≥ .40. proxy, while nothing was judged: a text of 60 characters or more that
answers another, or any message that another person answered within 24 hours.

Where a place never tells what answers what (exported chats), the next text of another person within 10 minutes answers
(§2.2), within 24 hours in a thread; a text so answered has 8 Han characters or 20 in all, and no link.

By either, words that a published digest quotes were kept by hand (K of §2.5, q = 1). Recalled messages never count."""

QUALITY = 0.40
LENGTH = 60
ANSWERED_WITHIN = timedelta(hours=24)
BESIDE = timedelta(minutes=10)
HAN, LATIN = 8, 20
"""An own text of fewer Han characters and fewer characters in all says too little."""


def contributions(*, lake: Lake, clocks: Clocks, community: int = 0) -> tuple[ir.Table, Method]:
    """Contributions of value: `person`, `at` (when it was made), `staff` (by a teammate); and how they were found."""
    judged = lake.of(community, lake.facts("value.judged", clocks))
    method: Method = "judged" if lake.read(judged.limit(1)).num_rows else "proxy"

    def found() -> ir.Table:
        return _proxy(lake, clocks, community) if method == "proxy" else _by_hand(lake, clocks, community, judged)

    return lake.shared("contributions", clocks, community, found), method


def _by_hand(lake: Lake, clocks: Clocks, community: int, judged: ir.Table) -> ir.Table:
    """What was judged good enough, and what a digest quotes besides."""
    found = _judged(lake, clocks, judged)
    further = _quoted(lake, clocks, community)
    further = further.anti_join(found.filter(found["message"].notnull()), "message")
    return ibis.union(*(one.select("person", "at", "staff") for one in (found, further)))


def _judged(lake: Lake, clocks: Clocks, judged: ir.Table) -> ir.Table:
    """The latest formula's word on each thing; a message counts when it was said, not when it was judged. `message` is
    null for all else."""
    last = latest(judged, "about_kind", "about", by="formula")
    last = last.filter(last["quality"] >= QUALITY, last["person_id"].notnull())
    heard = lake.facts("message.heard", clocks)
    heard = heard.group_by("message").agg(said_at=heard["at"].min())
    joined = last.left_join(heard, [last["about"] == heard["message"], last["about_kind"] == "message"])
    return joined.select(
        person="person_id",
        at=ibis.coalesce(joined["said_at"], joined["at"]),
        staff=joined["internal"] | joined["by_staff"],
        message=ibis.ifelse(joined["about_kind"] == "message", joined["about"], None),
    )


def _standing(lake: Lake, clocks: Clocks, community: int) -> ir.Table:
    """What was said and not recalled."""
    heard = within(lake.facts("message.heard", clocks), lake=lake, clocks=clocks, community=community)
    recalled = lake.facts("message.recalled", clocks).select(_gone="message")
    return heard.anti_join(recalled, heard["message"] == recalled["_gone"])


def _quoted(lake: Lake, clocks: Clocks, community: int) -> ir.Table:
    """Messages that stand in a published digest, dated when they were said."""
    said = _standing(lake, clocks, community)
    kept = lake.facts("digest.quoted", clocks).select("message").distinct()
    said = said.filter(said["person_id"].notnull()).semi_join(kept, "message")
    return said.select("at", "message", person="person_id", staff=said["internal"])


def _proxy(lake: Lake, clocks: Clocks, community: int) -> ir.Table:
    standing = _standing(lake, clocks, community)
    kept = lake.facts("digest.quoted", clocks).select("message")
    said = standing.filter(standing["person_id"].notnull(), standing["message_kind"] != "system")
    answers = (said["reply_to"] != 0) | said["answered"].notnull()
    told = said.mutate(answers=answers).select(
        "seq", "at", "message", "reply_to", "answered", "answers", "length", "internal", "place_id", person="person_id"
    )
    answered = _answered(told)
    long_answer = told["answers"] & (told["length"] >= LENGTH)
    valued = ibis.union(answered.select("message"), _beside(standing), kept.select("message"))
    found = told.filter(long_answer | told["message"].isin(valued["message"]))
    return found.select("person", "at", staff=found["internal"])


def _beside(standing: ir.Table) -> ir.Table:
    """In places that never tell what answers what: texts that say enough and were followed at once by another's."""
    tells = standing.filter((standing["reply_to"] != 0) | standing["answered"].notnull())
    texts = standing.filter(standing["message_kind"] == "text", standing["length"] > 0, standing["place_id"].notnull())
    texts = texts.anti_join(tells.select("place_id").distinct(), "place_id")
    next_ = ibis.window(group_by=["place_id", "thread"], order_by=["at", "seq"])
    told = texts.mutate(by=texts["person_id"].lead().over(next_), then=texts["at"].lead().over(next_))
    time = ibis.ifelse(told["thread"] != 0, int(ANSWERED_WITHIN.total_seconds()), int(BESIDE.total_seconds()))
    enough = ((told["han"] >= HAN) | (told["length"] >= LATIN)) & (told["links"] == 0)
    other = told["person_id"].notnull() & told["by"].notnull() & (told["by"] != told["person_id"])
    found = told.filter(enough, other, seconds(told["then"]) - seconds(told["at"]) <= time)
    return found.select("message")


def _answered(told: ir.Table) -> ir.Table:
    """Messages that another person answered in time: by their number where the chat tells it, else the latest message
    of the person answered, in the same place."""
    answer = told.filter(told["answers"]).select(
        by="person", then="at", answer="seq", to="reply_to", whom="answered", where="place_id"
    )
    numbered = answer.filter(answer["to"] != 0)
    direct = told.inner_join(numbered, told["message"] == numbered["to"])
    direct = direct.filter(_in_time(direct)).select("message")
    named = answer.filter(answer["to"] == 0)
    beside = told.inner_join(named, [told["person"] == named["whom"], told["place_id"] == named["where"]])
    beside = beside.filter(_in_time(beside))
    return ibis.union(direct, latest(beside, "answer", by="at").select("message")).distinct()


def _in_time(joined: ir.Table) -> ir.BooleanColumn:
    late = seconds(joined["then"]) - seconds(joined["at"])
    return (joined["by"] != joined["person"]) & (late >= 0) & (late <= int(ANSWERED_WITHIN.total_seconds()))

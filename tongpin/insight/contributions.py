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
answers another, or any message that another person answered within 24 hours; recalled messages never."""

QUALITY = 0.40
LENGTH = 60
ANSWERED_WITHIN = timedelta(hours=24)


def contributions(*, lake: Lake, clocks: Clocks, community: int = 0) -> tuple[ir.Table, Method]:
    """Contributions of value: `person`, `at` (when it was made), `staff` (by a teammate); and how they were found."""
    judged = lake.facts("value.judged", clocks)
    if community:
        judged = judged.filter(judged["community"] == community)
    if lake.read(judged.limit(1)).num_rows:
        return lake.kept(_judged(lake, clocks, judged)), "judged"
    return lake.kept(_proxy(lake, clocks, community)), "proxy"


def _judged(lake: Lake, clocks: Clocks, judged: ir.Table) -> ir.Table:
    """The latest formula's word on each thing; a message counts when it was said, not when it was judged."""
    last = latest(judged, "about_kind", "about", by="formula")
    last = last.filter(last["quality"] >= QUALITY, last["person_id"].notnull())
    heard = lake.facts("message.heard", clocks)
    heard = heard.group_by("message").agg(said_at=heard["at"].min())
    joined = last.left_join(heard, [last["about"] == heard["message"], last["about_kind"] == "message"])
    return joined.select(
        person="person_id",
        at=ibis.coalesce(joined["said_at"], joined["at"]),
        staff=joined["internal"] | joined["by_staff"],
    )


def _proxy(lake: Lake, clocks: Clocks, community: int) -> ir.Table:
    heard = within(lake.facts("message.heard", clocks), lake=lake, clocks=clocks, community=community)
    recalled = lake.facts("message.recalled", clocks).select(_gone="message")
    said = heard.filter(heard["person_id"].notnull(), heard["message_kind"] != "system")
    said = said.anti_join(recalled, said["message"] == recalled["_gone"])
    answers = (said["reply_to"] != 0) | said["answered"].notnull()
    told = said.mutate(answers=answers).select(
        "seq", "at", "message", "reply_to", "answered", "answers", "length", "internal", "place_id", person="person_id"
    )
    answered = _answered(told)
    long_answer = told["answers"] & (told["length"] >= LENGTH)
    found = told.filter(long_answer | told["message"].isin(answered["message"]))
    return found.select("person", "at", staff=found["internal"])


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

"""Every verb of talks in one place, for doors, reactions and the clock."""

from __future__ import annotations

from tongpin.loop.give.talks.amending import amend_talk, cancel
from tongpin.loop.give.talks.announcing import Announced, BadPlaces, announce, remind_due
from tongpin.loop.give.talks.answering import (
    answer,
    drop_question,
    hand_question,
    merge_questions,
    put_back_question,
    recall_question,
)
from tongpin.loop.give.talks.asking import Asked, BadQuestion, ask, take_message, was_asked
from tongpin.loop.give.talks.attending import Attached, attach_chat, hear_live, open_replay, sign_up
from tongpin.loop.give.talks.closing import StillLive, close_group
from tongpin.loop.give.talks.ending import end, end_overdue
from tongpin.loop.give.talks.keeping import NotNow, TalkUnknown
from tongpin.loop.give.talks.planning import BadTalk, new_stage_link, plan_talk
from tongpin.loop.give.talks.relaying import relay, relay_number, relayed, relayed_due
from tongpin.loop.give.talks.speaking import BadSegment, Given, give_segment, redact_segment, start
from tongpin.loop.give.talks.unsigning import sign_off

__all__ = [
    "Announced",
    "Asked",
    "Attached",
    "BadPlaces",
    "BadQuestion",
    "BadSegment",
    "BadTalk",
    "Given",
    "NotNow",
    "StillLive",
    "TalkUnknown",
    "amend_talk",
    "announce",
    "answer",
    "ask",
    "attach_chat",
    "cancel",
    "close_group",
    "drop_question",
    "end",
    "end_overdue",
    "give_segment",
    "hand_question",
    "hear_live",
    "merge_questions",
    "new_stage_link",
    "open_replay",
    "plan_talk",
    "put_back_question",
    "recall_question",
    "redact_segment",
    "relay",
    "relay_number",
    "relayed",
    "relayed_due",
    "remind_due",
    "sign_off",
    "sign_up",
    "start",
    "take_message",
    "was_asked",
]

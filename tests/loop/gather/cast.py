"""A community made ready step by step, and what the ledger tells of it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import connection

from tongpin.core.people.meeting import add_by_hand
from tongpin.core.places.actions import found_community
from tongpin.core.places.rooms import web_place_of
from tongpin.loop.gather.admission.actions import set_questions
from tongpin.loop.gather.admission.rules import Question
from tongpin.loop.gather.charter.actions import adopt_charter
from tongpin.loop.gather.charter.rules import Charter
from tongpin.loop.gather.launch.actions import open_door
from tongpin.loop.gather.positioning.actions import write_positioning
from tongpin.loop.gather.positioning.rules import Canvas
from tongpin.loop.gather.welcome.actions import plan_welcome
from tongpin.loop.gather.welcome.rules import Step

LIN = "staff:1"
"""林老师, who runs the community."""
WANG = "staff:2"
"""王可, the other teammate."""

CANVAS = Canvas(thing_done_together="每天早上读十页书", ideal_member="想读书又总被打断的妈妈", kinds=("learning",))
CHARTER = Charter(rules=("不发广告", "22:00 后不闲聊"))
QUESTIONS = (
    Question(text="我们怎么称呼你"),
    Question(kind="choice", text="你最想得到什么", choices=("有人一起", "学到方法"), required=False),
)
STEPS = (Step("welcomed", "欢迎你"), Step("rules_read"), Step("introduced", "说说你自己"))
ANSWERS = ("小美", "有人一起")


def community(at: datetime, name: str = "青禾读书社") -> int:
    return int(found_community(name=name, actor=LIN, at=at).pk)


def prepared(at: datetime, name: str = "青禾读书社") -> int:
    """A community with all that the checklist needs, its doors shut."""
    made = community(at, name)
    write_positioning(community_id=made, canvas=CANVAS, at=at, actor=LIN)
    adopt_charter(community_id=made, charter=CHARTER, at=at, actor=LIN)
    set_questions(community_id=made, questions=QUESTIONS, at=at, actor=LIN)
    plan_welcome(community_id=made, steps=STEPS)
    web_place_of(community_id=made, at=at, actor=LIN)
    return made


def opened(at: datetime, name: str = "青禾读书社", door: str = "public") -> int:
    made = prepared(at, name)
    open_door(community_id=made, door=door, at=at, actor=LIN)
    return made


def somebody(at: datetime, name: str = "小美") -> int:
    return add_by_hand(nickname=name, actor=LIN, at=at).person_id


def told(*kinds: str) -> list[tuple[str, dict[str, Any]]]:
    """Facts of these kinds in the order of writing, with their bodies."""
    with connection.cursor() as cursor:
        cursor.execute("select kind, body::text::jsonb from entry where kind = any(%s) order by seq", [list(kinds)])
        rows = cursor.fetchall()
    return [(kind, json.loads(body) if isinstance(body, str) else body) for kind, body in rows]

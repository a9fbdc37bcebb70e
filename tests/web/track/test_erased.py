"""Events that software goes on sending of somebody who was erased."""

from __future__ import annotations

import base64
from datetime import datetime

import pytest

from tests.web.track.conftest import Caller, entries
from tongpin.core.intake.models import TrackProblem
from tongpin.core.intake.recent import events_of
from tongpin.core.people.erasure import erase
from tongpin.core.people.models import Identity, Person
from tongpin.core.people.resolving import memory
from tongpin.core.team.models import WriteKey

MEI = {"userId": "u1", "anonymousId": "d1"}


def problem(raw: dict[str, object]) -> dict[str, object]:
    """An event nobody can use: a track without its event's name."""
    return {"type": "track", **raw}


def test_of_people_who_were_erased_nothing_is_kept_of_good_and_bad_events(caller: Caller, noon: datetime) -> None:
    memory.forget()
    told = {"type": "identify", "messageId": "m1", "traits": {"phone": "13812342716", "nickname": "小美"}, **MEI}
    said = {"type": "track", "event": "Said", "messageId": "m0", "properties": {"words": "我叫小美"}, **MEI}
    caller.post("/v1/batch", {"batch": [told, said]})
    erase(person_id=Identity.objects.get(kind="phone").person_id, with_words=True, actor="staff:1", at=noon)
    before = len(entries())
    again = [
        {"type": "track", "event": "Said", "messageId": "m2", "properties": {"words": "我住在城南路"}, **MEI},
        {"type": "identify", "messageId": "m3", "traits": {"phone": "138 1234 2716"}, "anonymousId": "d1"},
        problem({"messageId": "m4", "userId": "u1", "properties": {"words": "我住在城南路"}}),
        problem({"messageId": "m5", "userId": "u9", "properties": {"call": "请打 13812342716 找我"}}),
        problem({"messageId": "m6", "userId": "u9", "properties": {"words": "还有货吗"}}),
        {"type": "track", "event": "Said", "messageId": "m7", "userId": "u9"},
    ]
    status, answer, _ = caller.post("/v1/batch", {"batch": again})
    assert (status, answer) == (200, {"success": True, "unusable": 3})
    caller.app.admission.close()
    assert [one["message"] for one in entries()[before:] if "message" in one] == ["m7"]
    assert sorted(sealed is None for sealed in TrackProblem.objects.values_list("sealed", flat=True)) == [
        False,
        True,
        True,
    ]
    shown = "".join(one.body for one in events_of(key_id=WriteKey.objects.get(kind="server").pk))
    assert [mark for mark in ("m7", "城南路", "m3", "m0", "我叫小美") if mark in shown] == ["m7"]
    assert Person.objects.filter(erased_at=None).count() == 1


@pytest.mark.parametrize("raw", [b"not json 13812342716", base64.b64encode(b"\x00\xff"), b"[1, null, true]"])
def test_texts_of_events_of_any_shape_are_looked_through(raw: bytes) -> None:
    from tongpin.core.intake.tracking import _texts

    assert ("13812342716" in list(_texts(raw))) is (b"13812342716" in raw)

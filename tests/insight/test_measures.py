"""Every measure on nothing, on one, on whatever little there is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.insight.making import NOON, World, clocks, make_lake
from tongpin.core.facts.admission import AdmissionAccepted, AdmissionApplied
from tongpin.core.facts.entrances import EntranceMade
from tongpin.core.facts.orders import OrderPaid
from tongpin.core.facts.places import MemberJoined, MessageHeard, PlaceOpened
from tongpin.core.facts.referrals import ReferralBound
from tongpin.insight.lake import Lake
from tongpin.insight.measures.catalogue import MEASURES, BadParameter, measured, parameters_for
from tongpin.insight.measures.referral_k import KParameters
from tongpin.insight.result import Result

EVERY = pytest.mark.parametrize("name", list(MEASURES))
COMMUNITIES = pytest.mark.parametrize("community", ["0", "3"])


def results_of(folder: Path, world: World, name: str, **told: str) -> Result:
    with Lake(make_lake(folder, world)) as lake:
        return measured(name=name, lake=lake, clocks=clocks(), parameters=parameters_for(name=name, told=told))


def no_pretence(result: Result) -> None:
    """No share, mean or cost over nothing; no bound without a value; no row says other than numbers, words or None."""
    assert (result.value is None) == (result.quality == "none")
    assert (result.low is None) == (result.high is None)
    if result.value is None:
        assert result.low is None
    json.dumps(result.as_json(), allow_nan=False)


@EVERY
@COMMUNITIES
def test_nothing_at_all_is_not_defined(tmp_path: Path, name: str, community: str) -> None:
    result = results_of(tmp_path, World(), name, community=community)
    no_pretence(result)
    assert (result.value, result.n, result.quality) == (None, 0, "none")
    assert [part for part in result.parts if name != "referral_k"] == []


def test_who_is_first_heard_in_a_group_is_a_member_but_no_newcomer(tmp_path: Path) -> None:
    world = World()
    world.tell(PlaceOpened(place_kind="group", community=3), days=50, place=7)
    world.tell(MemberJoined(scene="heard"), days=2, person=1, place=7)  # a chat was brought in
    world.tell(MemberJoined(scene="heard"), days=9, person=2, place=7)
    world.tell(AdmissionAccepted(application=1, community=3), days=1, person=2)  # was there already
    world.tell(AdmissionAccepted(application=2, community=3), days=4, person=3)
    world.tell(MemberJoined(scene="heard"), days=3, person=3, place=7)  # came first, spoke later
    world.tell(MemberJoined(), days=5, person=4, place=7)
    world.tell(ReferralBound(inviter=4), days=4, person=3)
    world.tell(ReferralBound(inviter=4), days=3, person=5)  # bought, and is no member
    loop = results_of(tmp_path, world, "loop_by_entrance")
    assert [loop.more[name] for name in ("gather", "share", "share_to_gather")] == [2, 2, 1]
    assert (loop.people["gather"], loop.people["share"]) == ((4, 3), (5, 3))
    steps = results_of(tmp_path, world, "four_steps", community="3")
    assert steps.value == 2.0


def one_of_each() -> World:
    """One member who came, spoke, bought and was brought: each once."""
    world = World()
    world.tell(EntranceMade(entrance=1, channel="counter", tracked_code=5, community=3), days=20)
    world.tell(AdmissionApplied(application=1, community=3, tracked_code=5), days=19, person=1)
    world.tell(AdmissionAccepted(application=1, community=3), days=18, person=1)
    world.tell(MessageHeard(message=1, message_key="a", length=80, reply_to=9), days=3, person=1, place=7)
    world.tell(OrderPaid(order="A", amount_fen=500), days=2, person=1, place=8)
    world.tell(ReferralBound(inviter=2), days=18, person=1)
    return world


@EVERY
def test_one_of_each_is_low_at_best_and_never_pretends(tmp_path: Path, name: str) -> None:
    result = results_of(tmp_path, one_of_each(), name)
    no_pretence(result)
    expected = {
        "people_by_entrance": (None, 1, "none"),
        "four_steps": (1.0, 1, "low"),
        "loop_by_entrance": (500.0, 1, "low"),
        "referral_k": (0.0, 1, "low"),
        "weekly_givers": (0.0, 1, "low"),
        "vitality": (0.0, 1, "low"),
        "trust": (None, 0, "none"),
        "rfm": (0.0, 1, "low"),
    }
    assert (result.value, result.quality) == (expected[name][0], expected[name][2])
    assert result.n == expected[name][1]


@EVERY
def test_what_is_only_of_teammates_or_withdrawn_is_nothing(tmp_path: Path, name: str) -> None:
    staff, gone = one_of_each(), World()
    staff.internal = {1}
    for told in one_of_each().facts:
        gone.tell(told.fact, person=told.person, place=told.place, withdrawn=True)
    for world, folder in ((staff, tmp_path / "staff"), (gone, tmp_path / "gone")):
        result = results_of(folder, world, name)
        no_pretence(result)
        assert (result.value, result.n) == (None, 0)


@EVERY
def test_every_measure_says_what_it_means(name: str) -> None:
    assert len(MEASURES[name].doc) > 80
    assert MEASURES[name].parameters().min_n > 1


def test_what_is_typed_becomes_parameters_or_a_clear_word() -> None:
    assert parameters_for(name="referral_k", told={"within": "7", "community": "3"}) == KParameters(
        community=3, within=7
    )
    with pytest.raises(BadParameter, match="referral_k knows no weeks; it may be asked community, min_n, within"):
        parameters_for(name="referral_k", told={"weeks": "2"})
    with pytest.raises(BadParameter, match="within=soon: give a whole number"):
        parameters_for(name="referral_k", told={"within": "soon"})


def test_measuring_loads_neither_pandas_nor_django(tmp_path: Path) -> None:
    make_lake(tmp_path, one_of_each())
    code = (
        "import sys; from pathlib import Path; from datetime import *; from zoneinfo import ZoneInfo;"
        "from tongpin.insight.lake import *; from tongpin.insight.measures.catalogue import *;"
        f"lake = Lake(Path({str(tmp_path)!r})); at = datetime.fromisoformat({NOON.isoformat()!r});"
        "[measured(name=n, lake=lake, clocks=Clocks(at, at, ZoneInfo('Asia/Shanghai'))) for n in MEASURES];"
        "print('django' in sys.modules, 'pandas' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.stderr, run.stdout.split()) == ("", ["False", "False"])

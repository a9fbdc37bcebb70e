"""`tongpin set-up`: what is missing is written, what stands is left, a second run changes nothing."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

import pytest

from tests.loop.gather.cast import told
from tongpin.core.money.setting_up import TillSeen, tills
from tongpin.core.places.models import Community
from tongpin.loop.gather.admission.queries import questions_of
from tongpin.loop.gather.charter.queries import charter_of
from tongpin.loop.gather.entrances.queries import entrances_in
from tongpin.loop.gather.launch.actions import open_door
from tongpin.loop.gather.positioning.actions import write_positioning
from tongpin.loop.gather.positioning.queries import positioning_of
from tongpin.loop.gather.positioning.rules import Canvas
from tongpin.loop.gather.welcome.queries import welcome_steps_of
from tongpin.wiring.setting_up import BadSetup, command, left_to_a_person, packaged, read_setup, set_up

pytestmark = pytest.mark.django_db
KINDS = ("community.founded", "positioning.written", "charter.adopted", "entrance.made", "setting.changed")


def asked(file: str = "group-buy", community: str = "绘本拼团") -> argparse.Namespace:
    return argparse.Namespace(file=file, community=community)


def test_a_community_is_made_ready_and_a_second_run_changes_nothing(
    noon: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(asked()) == 0
    first = capsys.readouterr().out
    facts = told(*KINDS)
    made = Community.objects.get()
    assert [kind for kind, _ in facts] == [*KINDS[:3], "entrance.made", "entrance.made", "setting.changed"]
    assert (made.name, [one.name for one in entrances_in(community_id=made.pk)]) == (
        "绘本拼团",
        ["包裹卡片", "老客邀请"],
    )
    assert len(questions_of(community_id=made.pk) or ()) == 2
    assert len(welcome_steps_of(community_id=made.pk)) == 5
    assert [(one.kind, one.is_on) for one in tills()] == [("sandbox", True)]
    assert ("stands" in first, "open a door" in first, "lacks" in first) == (False, True, False)
    assert command(asked()) == 0
    assert ("wrote" in capsys.readouterr().out, told(*KINDS)) == (False, facts)


def test_the_checklist_is_whole_so_that_a_door_can_be_opened(noon: datetime) -> None:
    number, _ = set_up(setup=read_setup("group-buy"), community="绘本拼团", at=noon)
    assert open_door(community_id=number, door="seeds", at=noon, actor="staff:1")
    assert not any("door" in line for line in left_to_a_person(community=number))


def test_what_a_person_wrote_stands(noon: datetime) -> None:
    number, _ = set_up(setup=read_setup("group-buy"), community="绘本拼团", at=noon)
    own = Canvas(thing_done_together="每天睡前读一本", ideal_member="两岁孩子的妈妈")
    write_positioning(community_id=number, canvas=own, at=noon, actor="staff:1")
    again, did = set_up(setup=read_setup("group-buy"), community=" 绘本拼团 ", at=noon)
    held, charter = positioning_of(community_id=number), charter_of(community_id=number)
    assert held is not None
    assert charter is not None
    assert (again, held.canvas, held.edition, charter.edition) == (number, own, 2, 1)
    assert not any(one.wrote for one in did)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('title = "x"', "positioning"),
        ('title = "x"\n[positioning]\nthing = "y"\n[charter]\nrules = ["a"]', "thing"),
        ('title = "x"\n[positioning]\nthing_done_together = "y"\n[charter]\nrules = []', "at least one rule"),
        ('title = "x"\n[positioning]\nthing_done_together = "y"\nkinds = ["z"]\n[charter]\nrules = ["a"]', "z"),
        ("title = ", "Invalid value"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_nothing_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    assert command(asked(str(path))) == 2
    assert said in capsys.readouterr().err
    assert (Community.objects.count(), told(*KINDS), tills()) == (0, [], list[TillSeen]())


def test_an_unknown_name_is_told_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(asked("nope")) == 2
    assert "there is group-buy" in capsys.readouterr().err
    assert command(asked(community=" ")) == 2
    assert Community.objects.count() == 0


@pytest.mark.parametrize("name", packaged())
def test_every_packaged_set_up_can_be_read(name: str) -> None:
    setup = read_setup(name)
    assert setup.title
    with pytest.raises(BadSetup, match="no such"):
        read_setup(f"{name}-not")

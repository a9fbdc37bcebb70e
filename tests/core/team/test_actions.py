"""Changing the team: owner link, invitations, roles, links for guests; each deed with its line in the trail."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.hashers import check_password

from tests.core.team.cast import PASSWORD, acting, hire
from tongpin.core.team import actions, queries
from tongpin.core.team.models import AuditLine, Grant, Pass, Staff
from tongpin.core.team.rules import SYSTEM, Held, LoginRefused

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def deeds() -> list[str]:
    return list(AuditLine.objects.order_by("id").values_list("action", flat=True))


def found_house(noon: datetime, *, login: str = "qing") -> int:
    return actions.make_first_owner(
        secret=actions.make_owner_link(now=noon),
        login=login,
        display_name=" 晴姐 ",
        password=PASSWORD,
        language="en",
        place="local",
        now=noon,
    )


def test_the_first_owner_link_makes_the_owner_of_the_house(noon: datetime) -> None:
    owner = Staff.objects.get(pk=found_house(noon, login=" Qing "))
    assert (owner.login, owner.display_name, owner.language, owner.joined_at) == ("qing", "晴姐", "en", noon)
    assert check_password(PASSWORD, owner.password)
    assert queries.grants_of(staff_id=owner.pk) == (Held("owner"),)
    assert queries.owners() == [owner.pk]
    assert deeds() == ["link.owner_made", "staff.owner_made"]


def test_an_owner_link_is_kept_as_a_digest_only(noon: datetime) -> None:
    token = actions.make_owner_link(now=noon)
    kept = Pass.objects.get()
    assert bytes(kept.digest) != token.encode()
    assert token not in str(vars(kept)) + str(AuditLine.objects.values())


def test_looking_at_a_link_does_not_use_it_up(noon: datetime) -> None:
    token = actions.make_owner_link(now=noon)
    seen = [queries.find_link(token=token, now=noon) for _ in range(3)]
    assert seen == [queries.LinkSeen("owner", None, noon + 15 * MINUTE)] * 3
    assert Pass.objects.get().used_count == 0


def test_an_owner_link_works_once(noon: datetime) -> None:
    owner = found_house(noon)
    token = actions.make_owner_link(now=noon)
    assert actions.enter_by_owner_link(secret=token, place="local", now=noon) == owner
    with pytest.raises(actions.LinkSpent):
        actions.enter_by_owner_link(secret=token, place="local", now=noon)
    assert queries.find_link(token=token, now=noon) is None
    assert deeds()[-2:] == ["link.owner_made", "link.owner_used"]


def test_an_owner_link_lasts_fifteen_minutes(noon: datetime) -> None:
    found_house(noon)
    token = actions.make_owner_link(now=noon)
    assert queries.find_link(token=token, now=noon + 14 * MINUTE) is not None
    assert queries.find_link(token=token, now=noon + 15 * MINUTE) is None
    with pytest.raises(actions.LinkSpent):
        actions.enter_by_owner_link(secret=token, place="local", now=noon + 15 * MINUTE)


def test_a_new_owner_link_takes_the_place_of_the_one_before(noon: datetime) -> None:
    found_house(noon)
    first, second = actions.make_owner_link(now=noon), actions.make_owner_link(now=noon)
    assert queries.find_link(token=first, now=noon) is None
    assert queries.find_link(token=second, now=noon) is not None


def test_an_owner_link_makes_no_second_first_owner(noon: datetime) -> None:
    found_house(noon)
    with pytest.raises(actions.LinkSpent):
        found_house(noon, login="stranger")
    assert Staff.objects.count() == 1


def test_a_refused_name_leaves_the_link_good(noon: datetime) -> None:
    token = actions.make_owner_link(now=noon)
    with pytest.raises(LoginRefused):
        actions.make_first_owner(
            secret=token, login="a b", display_name="x", password=PASSWORD, language="", place="", now=noon
        )
    assert queries.find_link(token=token, now=noon) is not None
    assert not Staff.objects.exists()


def test_an_invited_teammate_joins_by_the_link_with_a_password_of_their_own(noon: datetime) -> None:
    owner = hire(Held("owner"))
    invited = actions.invite(
        actor=acting(owner), login="XiaoMan", display_name="小满", roles=[Held("operator", 7)], now=noon
    )
    mate = queries.teammate(staff_id=invited.staff_id)
    assert mate is not None
    assert (mate.login, mate.state, mate.grants) == ("xiaoman", "invited", (Held("operator", 7),))
    assert not Staff.objects.get(pk=mate.id).has_usable_password()
    assert actions.join(secret=invited.secret, password=PASSWORD, place="local", now=noon) == mate.id
    joined = Staff.objects.get(pk=mate.id)
    assert joined.joined_at == noon
    assert check_password(PASSWORD, joined.password)
    with pytest.raises(actions.LinkSpent):
        actions.join(secret=invited.secret, password="another long one", place="local", now=noon)
    assert deeds() == ["staff.invited", "staff.joined"]
    assert AuditLine.objects.get(action="staff.invited").details == {"roles": ["operator:7"]}


def test_an_invitation_lasts_three_days_and_stops_when_the_teammate_is_switched_off(noon: datetime) -> None:
    owner = hire(Held("owner"))
    invited = actions.invite(actor=acting(owner), login="man", display_name="小满", roles=[Held("viewer")], now=noon)
    assert queries.find_link(token=invited.secret, now=noon + timedelta(days=2, hours=23)) is not None
    assert queries.find_link(token=invited.secret, now=noon + timedelta(days=3)) is None
    actions.switch_off(actor=acting(owner), staff_id=invited.staff_id, now=noon)
    assert queries.find_link(token=invited.secret, now=noon) is None


def test_two_teammates_cannot_have_one_name(noon: datetime) -> None:
    owner = hire(Held("owner"), login="qing")
    with pytest.raises(actions.LoginTaken):
        actions.invite(actor=acting(owner), login=" QING ", display_name="x", roles=[Held("viewer")], now=noon)
    assert Staff.objects.count() == 1
    assert deeds() == []


@pytest.mark.parametrize("roles", [[Held("owner")], [Held("manager")], [Held("viewer"), Held("manager", 3)], []])
def test_a_manager_invites_nobody_as_manager_owner_or_nothing(roles: list[Held], noon: datetime) -> None:
    manager = hire(Held("manager"))
    with pytest.raises(actions.NotAllowed):
        actions.invite(actor=acting(manager), login="new", display_name="x", roles=roles, now=noon)
    assert Staff.objects.count() == 1
    assert not Pass.objects.exists()


def test_a_manager_of_one_community_invites_nobody(noon: datetime) -> None:
    manager = hire(Held("manager", 3))
    with pytest.raises(actions.NotAllowed):
        actions.invite(actor=acting(manager), login="new", display_name="x", roles=[Held("viewer", 3)], now=noon)


def test_a_manager_cannot_become_the_owner_by_a_link_for_the_owner(noon: datetime) -> None:
    owner, manager, other = hire(Held("owner")), hire(Held("manager")), hire(Held("manager"), login="second")
    for target in (owner, other):
        with pytest.raises(actions.NotAllowed):
            actions.make_password_link(actor=acting(manager), staff_id=target.pk, now=noon)
        with pytest.raises(actions.NotAllowed):
            actions.lift_second_step(actor=acting(manager), staff_id=target.pk, now=noon)
        with pytest.raises(actions.NotAllowed):
            actions.end_sessions(actor=acting(manager), staff_id=target.pk, keep=None, now=noon)
        with pytest.raises(actions.NotAllowed):
            actions.switch_off(actor=acting(manager), staff_id=target.pk, now=noon)
    assert not Pass.objects.exists()
    assert set(Staff.objects.values_list("is_active", flat=True)) == {True}


def test_the_roles_of_a_teammate_change_and_the_trail_says_to_what(noon: datetime) -> None:
    owner, mate = hire(Held("owner")), hire(Held("operator"))
    actions.set_roles(
        actor=acting(owner), staff_id=mate.pk, roles=[Held("viewer"), Held("manager", 4), Held("viewer")], now=noon
    )
    assert queries.grants_of(staff_id=mate.pk) == (Held("viewer"), Held("manager", 4))
    line = AuditLine.objects.get()
    assert (line.action, line.actor_id, line.subject_id, line.place) == (
        "staff.roles_set", owner.pk, mate.pk, "203.0.113.0/24",
    )  # fmt: skip
    assert line.details == {"roles": ["manager:4", "viewer"]}


def test_setting_the_roles_one_has_changes_nothing(noon: datetime) -> None:
    owner = hire(Held("owner"))
    actions.set_roles(actor=acting(owner), staff_id=owner.pk, roles=[Held("owner")], now=noon)
    assert deeds() == []


def test_the_last_owner_can_neither_step_down_nor_be_switched_off(noon: datetime) -> None:
    owner = hire(Held("owner"))
    hire(Held("owner"), login="invited only", joined=False)
    with pytest.raises(actions.LastOwner):
        actions.set_roles(actor=acting(owner), staff_id=owner.pk, roles=[Held("manager")], now=noon)
    with pytest.raises(actions.LastOwner):
        actions.switch_off(actor=acting(owner), staff_id=owner.pk, now=noon)
    assert queries.owners() == [owner.pk]
    assert queries.grants_of(staff_id=owner.pk) == (Held("owner"),)
    assert deeds() == []


def test_one_of_two_owners_may_step_down(noon: datetime) -> None:
    first, second = hire(Held("owner"), login="first"), hire(Held("owner"), login="second")
    actions.set_roles(actor=acting(first), staff_id=first.pk, roles=[], now=noon)
    assert queries.owners() == [second.pk]


def test_a_manager_cannot_lift_themselves(noon: datetime) -> None:
    hire(Held("owner"))
    manager = hire(Held("manager"))
    with pytest.raises(actions.NotAllowed):
        actions.set_roles(actor=acting(manager), staff_id=manager.pk, roles=[Held("owner")], now=noon)
    assert queries.grants_of(staff_id=manager.pk) == (Held("manager"),)


def test_an_owner_owns_the_whole_house_or_nothing() -> None:
    mate = hire()
    with pytest.raises(Exception, match="owner_of_the_whole_house"):
        Grant.objects.create(staff=mate, role="owner", community_id=3, granted_at=mate.created_at)


def test_who_is_switched_off_has_no_rights_left_anywhere(noon: datetime) -> None:
    owner, mate = hire(Held("owner")), hire(Held("analyst"))
    actions.switch_off(actor=acting(owner), staff_id=mate.pk, now=noon)
    seen = queries.teammate(staff_id=mate.pk)
    assert seen is not None
    assert seen.state == "off"
    actions.switch_on(actor=acting(owner), staff_id=mate.pk, now=noon)
    assert [line.state for line in queries.team() if line.id == mate.pk] == ["working"]
    assert deeds() == ["staff.switched_off", "staff.switched_on"]


def test_a_guest_gets_a_link_onto_one_thing_with_the_rights_of_guests_only(noon: datetime) -> None:
    operator = hire(Held("operator", 7))
    token = actions.make_pass(
        actor=acting(operator),
        kind="guest",
        subject=("talk", 12),
        community_id=7,
        rights=["stage.speak"],
        expires_at=noon + timedelta(days=1),
        now=noon,
    )
    found = queries.find_pass(token=token, now=noon, kinds=("guest",))
    assert found is not None
    assert (found.kind, found.subject, found.community_id, found.rights) == (
        "guest", ("talk", 12), 7, frozenset({"stage.speak"}),
    )  # fmt: skip
    assert queries.find_pass(token=token, now=noon, kinds=("sponsor", "supplier")) is None
    assert queries.find_pass(token=token, now=noon + timedelta(days=1), kinds=("guest",)) is None
    assert queries.find_link(token=token, now=noon) is None
    actions.used_pass(pass_id=found.id, now=noon)
    actions.used_pass(pass_id=found.id, now=noon)
    assert Pass.objects.get().used_count == 2
    actions.revoke_pass(actor=acting(operator), pass_id=found.id, now=noon)
    assert queries.find_pass(token=token, now=noon, kinds=("guest",)) is None
    assert deeds() == ["pass.made", "pass.revoked"]


def test_a_pass_beyond_ones_kind_community_or_time_is_refused(noon: datetime) -> None:
    operator = hire(Held("operator", 7))

    def make(*, right: str, community: int | None, until: datetime) -> None:
        actions.make_pass(
            actor=acting(operator),
            kind="guest",
            subject=("talk", 12),
            community_id=community,
            rights=[right],  # type: ignore[list-item]
            expires_at=until,
            now=noon,
        )

    with pytest.raises(actions.PassRefused):
        make(right="proof.see", community=7, until=noon + MINUTE)
    with pytest.raises(actions.PassRefused):
        make(right="stage.speak", community=7, until=noon)
    with pytest.raises(actions.NotAllowed):
        make(right="stage.speak", community=8, until=noon + MINUTE)
    with pytest.raises(actions.NotAllowed):
        make(right="stage.speak", community=None, until=noon + MINUTE)
    assert not Pass.objects.exists()


def test_the_command_line_may_do_what_an_owner_may(noon: datetime) -> None:
    hire(Held("owner"), login="first")
    invited = actions.invite(actor=SYSTEM, login="second", display_name="x", roles=[Held("owner")], now=noon)
    assert queries.grants_of(staff_id=invited.staff_id) == (Held("owner"),)


def test_the_team_is_listed_with_two_queries_however_large(django_assert_num_queries: object) -> None:
    hire(Held("owner"), Held("viewer", 3))
    for number in range(5):
        hire(Held("operator", number), login=f"mate{number}")
    hire(login="gone", joined=False)
    with django_assert_num_queries(2):  # type: ignore[operator]
        everybody = queries.team()
    assert [mate.state for mate in everybody] == ["working"] * 6 + ["invited"]
    assert queries.names_of(staff_ids={everybody[0].id}) == {everybody[0].id: everybody[0].display_name}

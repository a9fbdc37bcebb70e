"""Roles, rights and scopes, decided on plain values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpin.core.team.rules import (
    HOUSE_RIGHTS,
    NOTHING,
    PASS_KINDS,
    PASS_RIGHTS,
    RIGHTS,
    ROLE_RIGHTS,
    ROLES,
    Communities,
    Everything,
    Held,
    LoginRefused,
    allows,
    checked_login,
    device_of,
    login_form,
    may_grant,
    may_manage,
    meet,
    network_of,
    scope_of,
    seniority,
)

COMMUNITIES = st.integers(1, 4)
HELD = st.builds(Held, st.sampled_from(ROLES), st.none() | COMMUNITIES).filter(
    lambda held: held.role != "owner" or held.community_id is None
)
GRANTS = st.lists(HELD, max_size=5)
SCOPES = st.just(Everything()) | st.builds(Communities, st.frozensets(COMMUNITIES))


def test_every_role_and_every_kind_of_link_has_rights_and_a_reason() -> None:
    assert tuple(ROLE_RIGHTS) == ROLES
    assert all(row.rights and len(row.reason) > 20 for row in ROLE_RIGHTS.values())
    assert tuple(PASS_RIGHTS) == PASS_KINDS
    assert all(rights and reason for rights, reason in PASS_RIGHTS.values())


def test_the_table_of_rights_reads_as_it_was_decided() -> None:
    may = {right: {role for role in ROLES if right in ROLE_RIGHTS[role].rights} for right in RIGHTS}
    everybody = set(ROLES)
    leaders = {"owner", "manager"}
    at_work = leaders | {"operator"}
    assert may == {
        "people.see": everybody,
        "people.contact": at_work,
        "people.edit": at_work | {"assistant"},
        "people.merge": at_work,
        "people.export": leaders,
        "people.erase": leaders,
        "messages.see": at_work | {"assistant"},
        "places.see": everybody,
        "places.edit": at_work,
        "goods.see": everybody,
        "goods.edit": at_work,
        "money.see": at_work | {"analyst"},
        "import.see": everybody,
        "import.run": at_work,
        "import.take_back": at_work,
        "download": leaders | {"analyst"},
        "ledger.see": at_work | {"analyst"},
        "ledger.retry": leaders,
        "keys.manage": leaders,
        "hooks.manage": leaders,
        "team.manage": leaders,
        "audit.see": leaders,
        "settings.change": leaders,
        "backup.run": {"owner"},
        "api.use": leaders | {"analyst"},
    }


def test_a_role_in_one_community_shows_that_community_only() -> None:
    grants = [Held("operator", 7)]
    assert scope_of(grants=grants, right="people.see") == Communities(frozenset({7}))
    assert allows(grants=grants, right="people.see", community_id=7)
    assert not allows(grants=grants, right="people.see", community_id=8)
    assert not allows(grants=grants, right="people.see", community_id=None)


def test_a_role_over_the_house_shows_everything_also_what_belongs_to_no_community() -> None:
    grants = [Held("viewer"), Held("operator", 7)]
    assert scope_of(grants=grants, right="people.see") == Everything()
    assert scope_of(grants=grants, right="people.contact") == Communities(frozenset({7}))
    assert allows(grants=grants, right="people.see", community_id=None)


@given(GRANTS, st.sampled_from(sorted(HOUSE_RIGHTS)))
def test_no_role_in_a_community_gives_a_right_over_the_house(grants: list[Held], right: str) -> None:
    inside = [held for held in grants if held.community_id is not None]
    assert scope_of(grants=inside, right=right) == NOTHING  # type: ignore[arg-type]


@given(GRANTS, HELD, st.sampled_from(RIGHTS), st.none() | COMMUNITIES)
def test_one_more_role_never_takes_a_right_away(
    grants: list[Held], more: Held, right: str, community: int | None
) -> None:
    if allows(grants=grants, right=right, community_id=community):  # type: ignore[arg-type]
        assert allows(grants=[*grants, more], right=right, community_id=community)  # type: ignore[arg-type]


@given(st.lists(SCOPES, max_size=4), st.none() | COMMUNITIES)
def test_what_meets_holds_exactly_what_each_scope_holds(
    scopes: list[Everything | Communities], one: int | None
) -> None:
    assert meet(*scopes).holds(one) == all(scope.holds(one) for scope in scopes)


def test_only_an_owner_makes_owners_and_managers() -> None:
    can = {giver: [role for role in ROLES if may_grant(actor=[Held(giver)], role=role)] for giver in ROLES}
    below = ["operator", "assistant", "analyst", "viewer"]
    assert can == {"owner": list(ROLES), "manager": below, **{role: [] for role in below}}


def test_a_manager_of_one_community_gives_no_roles() -> None:
    assert seniority(grants=[Held("manager", 7)]) == 1
    assert not may_grant(actor=[Held("manager", 7)], role="viewer")


def test_a_manager_may_not_touch_another_manager_or_an_owner() -> None:
    manager = [Held("manager")]
    assert may_manage(actor=manager, target=[Held("operator"), Held("viewer", 3)])
    assert may_manage(actor=manager, target=[])
    assert not may_manage(actor=manager, target=[Held("manager")])
    assert not may_manage(actor=manager, target=[Held("viewer"), Held("owner")])
    assert may_manage(actor=[Held("owner")], target=[Held("owner")])


@given(GRANTS, GRANTS, HELD)
def test_whoever_may_give_a_role_outranks_it_or_owns_the_house(
    actor: list[Held], target: list[Held], wanted: Held
) -> None:
    if may_grant(actor=actor, role=wanted.role):
        assert may_manage(actor=actor, target=[wanted])
    if may_manage(actor=actor, target=target):
        assert seniority(grants=actor) == 3 or seniority(grants=target) < seniority(grants=actor)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("127.0.0.1", "local"),
        ("::1", "local"),
        ("", ""),
        (None, ""),
        ("not an address", ""),
    ],
)
def test_an_address_is_kept_as_its_network_only(address: str | None, network: str) -> None:
    assert network_of(address) == network


def test_a_sign_in_name_is_the_same_however_it_was_typed() -> None:
    assert login_form("  LinQing@Example.COM ") == login_form("ｌinqing＠example.com") == "linqing@example.com"
    assert checked_login(" 晴姐 ") == "晴姐"


@pytest.mark.parametrize("text", ["", "x", "a b", "<b>", 'o"hara', "tab\tbed", "nul\x00", "x" * 81])
def test_a_name_that_would_confuse_is_refused(text: str) -> None:
    with pytest.raises(LoginRefused):
        checked_login(text)


def test_a_device_is_named_as_people_know_it() -> None:
    wechat = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 MicroMessenger/8.0.50"
    chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
    assert device_of(wechat) == "WeChat · iPhone"
    assert device_of(chrome) == "Chrome · Windows"
    assert device_of("curl/8") == ""

"""Write keys and API tokens."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from tests.core.team.cast import acting, hire
from tongpin.core.team import actions, credentials, queries
from tongpin.core.team.models import ApiToken, AuditLine, WriteKey
from tongpin.core.team.rules import Communities, Everything, Held

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def deeds() -> list[str]:
    return list(AuditLine.objects.order_by("id").values_list("action", flat=True))


def test_a_browser_key_is_public_and_kept_to_its_sites_and_namespace(noon: datetime) -> None:
    owner = hire(Held("owner"))
    made = credentials.make_write_key(
        actor=acting(owner),
        kind="browser",
        name=" 小店网页 ",
        origins=["https://Shop.example.com/", "http://localhost:3000", "https://shop.example.com:443"],
        now=noon,
    )
    found = queries.find_write_key(secret=made.secret, now=noon)
    assert found is not None
    assert (found.kind, found.name, found.origins) == (
        "browser", "小店网页", ("http://localhost:3000", "https://shop.example.com"),
    )  # fmt: skip
    assert found.namespace.startswith("b-")
    assert made.secret.startswith("tpb_")
    assert queries.write_keys(now=noon)[0].public == made.secret


def test_a_server_key_is_shown_once(noon: datetime) -> None:
    owner = hire(Held("owner"))
    made = credentials.make_write_key(actor=acting(owner), kind="server", name="shop", namespace="shop", now=noon)
    listed = queries.write_keys(now=noon)
    assert [(one.public, one.hint, one.key.namespace) for one in listed] == [("", made.secret[-4:], "shop")]
    row = WriteKey.objects.values().get()
    assert made.secret not in str(row)
    assert made.secret.encode() not in bytes(row["digest"])
    assert queries.find_write_key(secret=made.secret + "x", now=noon) is None
    assert deeds() == ["key.made"]


@pytest.mark.parametrize(
    "origin", ["", "shop.example.com", "https://a/b", "https://a?x", "ftp://a", "https://u@a", "https://a:99999"]
)
def test_what_is_no_origin_is_refused(origin: str, noon: datetime) -> None:
    owner = hire(Held("owner"))
    with pytest.raises(credentials.OriginRefused):
        credentials.make_write_key(actor=acting(owner), kind="browser", name="x", origins=[origin], now=noon)
    assert not WriteKey.objects.exists()


def test_a_browser_key_cannot_speak_for_a_servers_user_ids(noon: datetime) -> None:
    owner = acting(hire(Held("owner")))
    with pytest.raises(credentials.OriginRefused):
        credentials.make_write_key(actor=owner, kind="browser", name="x", now=noon)
    with pytest.raises(credentials.NamespaceRefused):
        credentials.make_write_key(actor=owner, kind="browser", name="x", origins=["*"], namespace="shop", now=noon)
    for namespace in ("b-12345678", "Shop", "a b", "x" * 41):
        with pytest.raises(credentials.NamespaceRefused):
            credentials.make_write_key(actor=owner, kind="server", name="x", namespace=namespace, now=noon)
    assert not WriteKey.objects.exists()


def test_a_rolled_key_and_the_old_one_both_work_for_a_day_in_one_namespace(noon: datetime) -> None:
    owner = hire(Held("owner"))
    old = credentials.make_write_key(actor=acting(owner), kind="server", name="shop", now=noon)
    new = credentials.roll_write_key(actor=acting(owner), key_id=old.id, now=noon)
    assert new is not None
    before, after = (queries.find_write_key(secret=one.secret, now=noon) for one in (old, new))
    assert before is not None
    assert after is not None
    assert before.namespace == after.namespace
    assert (before.ends_at, after.ends_at) == (noon + DAY, None)
    assert before.is_good(at=noon)
    assert not before.is_good(at=noon + DAY)
    assert queries.find_write_key(secret=old.secret, now=noon + DAY) is None
    assert queries.find_write_key(secret=new.secret, now=noon + DAY) is not None
    assert credentials.roll_write_key(actor=acting(owner), key_id=old.id, now=noon) is None
    assert deeds() == ["key.made", "key.rolled", "key.made"]


def test_a_revoked_key_stops_at_once_also_one_that_was_rolled(noon: datetime) -> None:
    owner = hire(Held("owner"))
    old = credentials.make_write_key(actor=acting(owner), kind="server", name="shop", now=noon)
    credentials.roll_write_key(actor=acting(owner), key_id=old.id, now=noon)
    assert credentials.revoke_write_key(actor=acting(owner), key_id=old.id, now=noon)
    assert queries.find_write_key(secret=old.secret, now=noon) is None
    assert not credentials.revoke_write_key(actor=acting(owner), key_id=old.id, now=noon)
    assert deeds()[-1] == "key.revoked"


def test_the_version_goes_up_with_every_change_of_a_key_and_only_then(noon: datetime) -> None:
    owner = hire(Held("owner"))
    versions = [queries.key_version()]
    made = credentials.make_write_key(actor=acting(owner), kind="server", name="shop", now=noon)
    versions.append(queries.key_version())
    found = queries.find_write_key(secret=made.secret, now=noon)
    assert found is not None
    credentials.used_write_key(key=found, now=noon)
    versions.append(queries.key_version())
    credentials.roll_write_key(actor=acting(owner), key_id=made.id, now=noon)
    versions.append(queries.key_version())
    credentials.revoke_write_key(actor=acting(owner), key_id=made.id, now=noon)
    versions.append(queries.key_version())
    assert [later > earlier for earlier, later in pairwise(versions)] == [
        True,
        False,
        True,
        True,
    ]


def test_use_is_noted_at_most_once_a_minute(noon: datetime, django_assert_num_queries: object) -> None:
    owner = hire(Held("owner"))
    made = credentials.make_write_key(actor=acting(owner), kind="server", name="shop", now=noon)
    first = queries.find_write_key(secret=made.secret, now=noon)
    assert first is not None
    credentials.used_write_key(key=first, now=noon)
    credentials.used_write_key(key=first, now=noon + timedelta(seconds=59))
    assert WriteKey.objects.get().last_used_at == noon
    again = queries.find_write_key(secret=made.secret, now=noon)
    assert again is not None
    with django_assert_num_queries(0):  # type: ignore[operator]
        credentials.used_write_key(key=again, now=noon + timedelta(seconds=59))
    credentials.used_write_key(key=again, now=noon + timedelta(seconds=60))
    assert WriteKey.objects.get().last_used_at == noon + timedelta(seconds=60)


def test_finding_a_key_is_one_query(noon: datetime, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert queries.find_write_key(secret="tps_nothing", now=noon) is None


def test_a_token_has_some_of_its_owners_rights(noon: datetime) -> None:
    analyst = hire(Held("analyst"))
    made = credentials.make_api_token(
        actor=acting(analyst), staff_id=analyst.pk, name="sheet", rights=["people.see", "money.see"], now=noon
    )
    found = queries.find_api_token(secret=made.secret, now=noon)
    assert found is not None
    assert (found.staff_id, found.name) == (analyst.pk, "sheet")
    assert found.scopes == {"money.see": Everything(), "people.see": Everything()}
    assert found.scope("download") == Communities()
    assert made.secret.startswith("tpa_")
    assert made.secret not in str(ApiToken.objects.values())
    assert [one.hint for one in queries.api_tokens(now=noon, staff_id=analyst.pk)] == [made.secret[-4:]]
    assert deeds() == ["token.made"]


def test_a_token_may_be_kept_to_communities(noon: datetime) -> None:
    analyst = hire(Held("analyst", 3), Held("analyst", 4))
    made = credentials.make_api_token(
        actor=acting(analyst),
        staff_id=analyst.pk,
        name="sheet",
        rights=["people.see"],
        community_ids=[4, 9],
        now=noon,
    )
    found = queries.find_api_token(secret=made.secret, now=noon)
    assert found is not None
    assert found.scopes == {"people.see": Communities(frozenset({4}))}


def test_a_token_kept_to_communities_has_no_right_over_the_house(noon: datetime) -> None:
    owner = hire(Held("owner"))
    rights = ["people.see", "ledger.see"]
    for communities, held in (([4], {"people.see": Communities(frozenset({4}))}),
                              (None, {"people.see": Everything(), "ledger.see": Everything()})):  # fmt: skip
        made = credentials.make_api_token(
            actor=acting(owner), staff_id=owner.pk, name="x", rights=rights, community_ids=communities, now=noon
        )
        found = queries.find_api_token(secret=made.secret, now=noon)
        assert found is not None
        assert found.scopes == held


def test_a_token_loses_what_its_owner_loses(noon: datetime) -> None:
    owner, analyst = hire(Held("owner")), hire(Held("analyst"))
    made = credentials.make_api_token(
        actor=acting(analyst), staff_id=analyst.pk, name="x", rights=["people.see", "money.see"], now=noon
    )
    actions.set_roles(actor=acting(owner), staff_id=analyst.pk, roles=[Held("analyst", 3), Held("viewer")], now=noon)
    found = queries.find_api_token(secret=made.secret, now=noon)
    assert found is not None
    assert found.scopes == {right: Communities(frozenset({3})) for right in ("people.see", "money.see")}
    actions.set_roles(actor=acting(owner), staff_id=analyst.pk, roles=[Held("viewer")], now=noon)
    assert queries.find_api_token(secret=made.secret, now=noon) is None
    actions.set_roles(actor=acting(owner), staff_id=analyst.pk, roles=[Held("analyst")], now=noon)
    assert queries.find_api_token(secret=made.secret, now=noon) is not None
    actions.switch_off(actor=acting(owner), staff_id=analyst.pk, now=noon)
    assert queries.find_api_token(secret=made.secret, now=noon) is None


@pytest.mark.parametrize("rights", [[], ["people.contact"], ["people.see", "backup.run"]])
def test_nobody_gives_a_token_what_they_do_not_hold(rights: list[str], noon: datetime) -> None:
    analyst = hire(Held("analyst"))
    with pytest.raises(credentials.RightRefused):
        credentials.make_api_token(
            actor=acting(analyst),
            staff_id=analyst.pk,
            name="x",
            rights=rights,
            now=noon,  # type: ignore[arg-type]
        )
    operator = hire(Held("operator"))
    with pytest.raises(credentials.RightRefused):
        credentials.make_api_token(
            actor=acting(operator), staff_id=operator.pk, name="x", rights=["people.see"], now=noon
        )
    assert not ApiToken.objects.exists()


def test_a_token_ends_when_its_time_is_over_or_it_is_revoked(noon: datetime) -> None:
    analyst = hire(Held("analyst"))
    made = credentials.make_api_token(
        actor=acting(analyst), staff_id=analyst.pk, name="x", rights=["people.see"], expires_at=noon + DAY, now=noon
    )
    assert queries.find_api_token(secret=made.secret, now=noon + DAY) is None
    assert not credentials.revoke_api_token(actor=acting(analyst), token_id=made.id, staff_id=analyst.pk + 1, now=noon)
    assert queries.find_api_token(secret=made.secret, now=noon) is not None
    assert credentials.revoke_api_token(actor=acting(analyst), token_id=made.id, staff_id=analyst.pk, now=noon)
    assert queries.find_api_token(secret=made.secret, now=noon) is None
    assert queries.api_tokens(now=noon) == []
    assert deeds() == ["token.made", "token.revoked"]


def test_a_tokens_use_is_noted_at_most_once_a_minute(noon: datetime) -> None:
    analyst = hire(Held("analyst"))
    made = credentials.make_api_token(
        actor=acting(analyst), staff_id=analyst.pk, name="x", rights=["people.see"], now=noon
    )
    seen = queries.find_api_token(secret=made.secret, now=noon)
    assert seen is not None
    for seconds in (0, 30, 59):
        credentials.used_api_token(seen=seen, now=noon + timedelta(seconds=seconds))
    assert ApiToken.objects.get().last_used_at == noon

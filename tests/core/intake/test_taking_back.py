"""An import taken back leaves nothing behind; the same file brings all of it again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings
from time_machine import travel

from tests.core.intake.sheets import after, bodies, bought, bring, facts, lines, table, told
from tests.core.intake.test_tables import CUSTOMERS, HEAD, LIN, MEI, QIANG, SHOP, with_
from tongpin.core.intake import actions
from tongpin.core.intake.actions import NotNow, TooLate, take_back
from tongpin.core.intake.models import Batch, RefundTold, Row
from tongpin.core.ledger.models import Origin
from tongpin.core.people.labels import write_note
from tongpin.core.people.models import (
    Activity,
    Consent,
    Identity,
    LifeFact,
    LikenessKey,
    Person,
    PersonAlias,
    PersonTag,
    Purchase,
    Spending,
    Suggestion,
    Trait,
)
from tongpin.core.people.resolving import memory
from tongpin.core.places.models import FeatureWord, Membership, Message, Thread

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(noon: datetime, settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.IMPORTS = tmp_path / "imports"
    with travel(noon, tick=True):
        yield


def gone(batch: Batch, at: datetime) -> int:
    number = take_back(batch=batch, actor="staff:1", at=at)
    batch.refresh_from_db()
    return number


def test_all_goes_and_all_comes_back(noon: datetime) -> None:
    masked = with_(QIANG, number="000200", account="", name="林*美", phone="138****2716")
    file = table(HEAD, with_(MEI, refund="20.00"), QIANG, QIANG, masked)
    batch = bring(file, at=noon, shop_name=SHOP, consent_basis="asked")
    before, orders, counts = facts(), bought(), dict(batch.counts)
    assert gone(batch, noon) == sum(before.values())
    assert (batch.state, facts(), bought()) == ("taken_back", {}, {})
    for model in (Person, Identity, Trait, LikenessKey, Suggestion, Consent, LifeFact, RefundTold, Purchase, Spending):
        assert model.objects.count() == 0, model
    assert Activity.objects.count() == 0
    assert set(Row.objects.values_list("person_id", flat=True)) == {None}
    memory.forget()
    again = bring(file, at=noon, shop_name=SHOP, consent_basis="asked")
    assert again.counts == counts
    assert (facts(), bought()) == (before, orders)


def test_seven_days_and_not_while_it_runs(noon: datetime) -> None:
    batch = bring(table(HEAD, MEI), at=noon, shop_name=SHOP)
    ended = batch.finished_at
    assert ended is not None
    with pytest.raises(TooLate):
        gone(batch, ended + timedelta(days=7, seconds=1))
    assert facts()["order.paid"] == 1
    Batch.objects.update(state="running")
    with pytest.raises(NotNow):
        gone(batch, noon)
    Batch.objects.update(state="done")
    assert gone(batch, ended + timedelta(days=7)) > 0
    with pytest.raises(NotNow):
        gone(batch, noon)


def test_what_was_begun_in_time_is_finished_later(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between two steps; the rest is done days later, and the numbers are those of the whole."""
    batch = bring(table(HEAD, MEI, QIANG), at=noon, shop_name=SHOP)
    whole = sum(facts().values())
    monkeypatch.setattr(actions, "_parts", lambda blocks: [[(n, n)] for lo, hi in blocks for n in range(lo, hi + 1)])
    with monkeypatch.context() as broken:
        broken.setattr(actions, "withdraw_blocks", after(3, actions.withdraw_blocks, RuntimeError("killed")))
        with pytest.raises(RuntimeError):
            gone(batch, noon)
    batch.refresh_from_db()
    assert (batch.state, sum(facts().values())) == ("taking_back", whole - 3)
    assert gone(batch, noon + timedelta(days=30)) == whole
    assert (batch.state, facts()) == ("taken_back", {})
    assert bodies("import.taken_back") == [{"batch": batch.pk, "facts": whole}]


def test_who_is_known_otherwise_stays(noon: datetime) -> None:
    first = bring(table(HEAD, MEI), at=noon, shop_name=SHOP)
    person = Person.objects.get()
    second = bring(table(HEAD, with_(MEI, number="000300", account="mei_new")), at=noon, shop_name=SHOP)
    assert Identity.objects.count() == 3
    gone(second, noon)
    assert sorted(Identity.objects.values_list("kind", flat=True)) == ["phone", "shop_account"]
    assert (Person.objects.get(), bought().keys()) == (person, {"000123"})
    assert told(first.counts)["people"] == 1


def test_a_person_a_later_import_rests_on_stays(noon: datetime) -> None:
    first = bring(table(HEAD, MEI), at=noon, shop_name=SHOP)
    bring(table(HEAD, with_(MEI, number="000300")), at=noon, shop_name=SHOP)
    gone(first, noon)
    assert (Person.objects.count(), Identity.objects.count()) == (1, 2)
    assert bought().keys() == {"000300"}
    assert told(bring(table(HEAD, MEI), at=noon, shop_name=SHOP).counts) == {"rows": 1, "new": 1, "orders": 1}


def test_a_person_somebody_wrote_a_note_about_stays(noon: datetime) -> None:
    batch = bring(table(HEAD, MEI, QIANG), at=noon, shop_name=SHOP)
    mei = Person.objects.order_by("pk")[0]
    write_note(person_id=mei.pk, words="喜欢绘本", staff=None, staff_name="林", actor="staff:1", at=noon)
    gone(batch, noon)
    assert list(Person.objects.all()) == [mei]


def test_overlapping_imports_fill_each_others_gaps(noon: datetime) -> None:
    """A tells 20 back, B 50 in all; A is taken back and imported again: 50 in all, not 30."""
    a, b = table(HEAD, with_(MEI, refund="20.00")), table(HEAD, with_(MEI, refund="50.00"), QIANG)
    first = bring(a, at=noon, shop_name=SHOP)
    bring(b, at=noon, shop_name=SHOP)
    assert bought()["000123"][-1] == 5000
    gone(first, noon)
    assert {order: row[-1] for order, row in bought().items()} == {"000123": 3000, "000124": 0}
    again = bring(a, at=noon, shop_name=SHOP)
    assert told(again.counts) == {"rows": 1, "new": 1, "orders": 1}
    assert bought()["000123"] == (True, True, False, 1, 8900, 8900, 5000)
    assert told(bring(b, at=noon, shop_name=SHOP).counts) == {"rows": 2, "known": 2}


def test_customers_go_with_tags_and_birthdays(noon: datetime) -> None:
    batch = bring(table(CUSTOMERS, LIN), at=noon, shop_name=SHOP)
    gone(batch, noon)
    assert (PersonTag.objects.count(), LifeFact.objects.count(), Person.objects.count(), facts()) == (0, 0, 0, {})


def test_a_merge_that_came_of_the_file_goes_and_comes_back(noon: datetime) -> None:
    """The masked order's nameless buyer is the phone's owner, says the later export."""
    bring(table(HEAD, with_(MEI, number="9", account="")), at=noon, shop_name=SHOP)
    bring(table(HEAD, with_(MEI, account="", name="", phone="138****2716")), at=noon, shop_name=SHOP)
    whole = table(HEAD, with_(MEI, account=""))
    batch = bring(whole, at=noon, shop_name=SHOP)
    assert PersonAlias.objects.count() == 1
    gone(batch, noon)
    assert PersonAlias.objects.count() == 0
    bring(whole, at=noon, shop_name=SHOP)
    assert PersonAlias.objects.count() == 1


CHAT = {
    "chatlab": {"version": "0.0.1"},
    "meta": {"name": "绘本群", "platform": "wechat", "type": "group", "groupId": "1@chatroom"},
}


def said(n: int, who: str, words: str, **more: object) -> dict[str, object]:
    return {
        "_type": "message",
        "sender": who,
        "accountName": who,
        "timestamp": 1_790_000_000 + n,
        "type": 0,
        "content": words,
        **more,
    }


def test_words_go_with_their_conversation(noon: datetime) -> None:
    first = bring(
        lines({"_type": "header", **CHAT}, said(1, "wxid_a", "大家好 绘本到了"), said(2, "wxid_b", "收到谢谢")), at=noon
    )
    more = lines(
        {"_type": "header", **CHAT},
        said(1, "wxid_a", "大家好 绘本到了"),
        said(2, "wxid_b", "收到谢谢"),
        said(3, "wxid_c", "独角兽贴纸还有吗 谢谢"),
    )
    longer = bring(more, at=noon)
    assert told(longer.counts) == {"rows": 3, "known": 2, "new": 1, "people": 1, "messages": 1}
    words = set(FeatureWord.objects.values_list("word", flat=True))
    gone(longer, noon)
    assert (Message.objects.count(), Membership.objects.count(), Person.objects.count()) == (2, 2, 2)
    left = set(FeatureWord.objects.values_list("word", flat=True))
    assert left < words
    assert "谢谢" in left
    assert not [word for word in left if "独角" in word or "贴纸" in word]
    gone(first, noon)
    assert (Message.objects.count(), Membership.objects.count(), Person.objects.count(), Thread.objects.count()) == (
        0,
        0,
        0,
        0,
    )
    assert (FeatureWord.objects.count(), facts()) == (0, {})
    again = bring(more, at=noon)
    assert told(again.counts) == {"rows": 3, "new": 3, "people": 3, "messages": 3}


def test_everything_that_was_taken_back_is_history(noon: datetime) -> None:
    """Reactions see live facts only: neither the import nor its withdrawal moves anybody to write to people."""
    batch = bring(table(HEAD, MEI), at=noon, shop_name=SHOP)
    gone(batch, noon)
    with connection.cursor() as cursor:
        cursor.execute("select distinct kind from entry where origin = %s order by 1", [int(Origin.LIVE)])
        assert [kind for (kind,) in cursor.fetchall()] == ["import.finished", "import.taken_back"]
